//! The prices that logged calls paid, looked up once per model and day.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::terms::{fees, prompts, rates_at, zone};
use crate::billing::{Bill, bill_logged};
use crate::catalog::{Catalog, Condition, FeeItem, Model, PriceEntry, Rates};
use crate::logs::{ServiceTier, UsageRecord};
use crate::units::Money;
use crate::{Error, ErrorKind};

/// The names that are remembered.
const REMEMBERED: usize = 10_000;

/// For so many names without a price it is looked for what they may mean. A log may have another one in
/// each call.
const EXPLAINED: usize = 1_000;

/// A catalogue with what was found in it so far.
pub struct PriceBook<'c> {
    catalog: &'c Catalog,
    /// The day that is taken for calls without one, where they have a price at all.
    as_of: Option<Date>,
    found: BTreeMap<String, BTreeMap<Date, Result<Listed<'c>, Error>>>,
    /// How many names were explained that mean no model.
    explained: usize,
}

/// A model with its price list of a day.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'c> {
    /// The model.
    pub model: &'c Model,
    /// The price list in force.
    pub price: &'c PriceEntry,
}

/// What a logged call cost.
#[derive(Debug, Clone)]
pub struct Charge<'c> {
    /// The id of the model; its name in the log where the seller's own charge is taken.
    pub id: Cow<'c, str>,
    /// The model, with the rates of the call's day, tier and prompt length; null where the
    /// catalogue does not have it and the seller's own charge is taken.
    pub model: Option<(&'c Model, &'c Rates)>,
    /// The first day of the price list with these rates; null where there are none.
    pub rates_from: Option<Date>,
    /// What it paid for.
    pub bill: Bill,
    /// The sum of the lines.
    pub cost: Money,
    /// The fees among the lines: what was used, how often, and what each use cost.
    pub fees: Vec<(FeeItem, u64, Money)>,
    /// What the call was charged for besides and the sum does not have, such as `2 web_search`.
    pub lacking: Vec<String>,
}

impl<'c> PriceBook<'c> {
    /// A book of this catalogue; calls without a day are priced at `as_of`.
    #[must_use]
    pub fn new(catalog: &'c Catalog, as_of: Date) -> Self {
        Self { catalog, as_of: Some(as_of), found: BTreeMap::new(), explained: 0 }
    }

    /// A book of this catalogue for calls that have a day each: one without a day has no price, so that
    /// the same calls cost the same whenever they are priced.
    #[must_use]
    pub fn by_own_days(catalog: &'c Catalog) -> Self {
        Self { catalog, as_of: None, found: BTreeMap::new(), explained: 0 }
    }

    fn day(&self, day: Option<Date>) -> Result<Date, Error> {
        day.or(self.as_of).ok_or_else(|| {
            Error::new(ErrorKind::MissingPrice, "the call has no day, and prices depend on it")
                .hint("give its day, or the day to price such calls at as `as_of`")
        })
    }

    /// The model that a name means on a day, with its prices.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`], [`ErrorKind::NotReleased`] or [`ErrorKind::MissingPrice`], which a
    /// call without a day has in a book [by own days](PriceBook::by_own_days).
    pub fn listed(&mut self, name: &str, day: Option<Date>) -> Result<Listed<'c>, Error> {
        let day = self.day(day)?;
        if let Some(found) = self.found.get(name).and_then(|days| days.get(&day)) {
            return found.clone();
        }
        if self.explained >= EXPLAINED && self.catalog.meant(name, day).is_none() {
            let message = format!("the catalogue has no model `{name}`");
            return Err(Error::new(ErrorKind::UnknownModel, message)
                .hint("`outlay models` lists every model; `--catalog FILE` adds one"));
        }
        let model = self.catalog.resolve(name, day);
        self.explained += usize::from(model.is_err());
        let found = model.and_then(|model| Ok(Listed { model, price: model.price_at(day)? }));
        // Names that no model has may be as many as there are calls.
        if self.found.len() >= REMEMBERED {
            self.found.clear();
        }
        self.found.entry(name.to_owned()).or_default().insert(day, found.clone());
        found
    }

    /// Prices a logged call at the rates of its own time and tier: its tokens by kind, times the
    /// factors of speed and residency, and the fees of the tools it used. Reasoning is inside the
    /// completion. Where the log has the seller's own charge, and it is another one, that is taken.
    ///
    /// # Errors
    /// As [`PriceBook::listed`]; also [`ErrorKind::MissingPrice`] for a tier, a medium, a speed or a
    /// place without a price, and [`ErrorKind::Malformed`] where the log names no model or has no
    /// prompt tokens.
    pub fn charge(&mut self, record: &UsageRecord) -> Result<Charge<'c>, Error> {
        let priced = self.at_list_price(record);
        let Some(paid) = record.recorded.filter(|recorded| recorded.is_bill) else {
            return priced;
        };
        match priced {
            Ok(charge) if charge.cost == paid.usd => Ok(charge),
            other => {
                let other = other.ok();
                let name = || Cow::Owned(record.model.clone().unwrap_or_default());
                Ok(Charge {
                    id: other.as_ref().map_or_else(name, |charge| charge.id.clone()),
                    rates_from: other.as_ref().and_then(|charge| charge.rates_from),
                    model: other.and_then(|charge| charge.model),
                    bill: Bill::charged(record.bill.usage, paid.usd),
                    cost: paid.usd,
                    fees: Vec::new(),
                    lacking: Vec::new(),
                })
            }
        }
    }

    fn at_list_price(&mut self, record: &UsageRecord) -> Result<Charge<'c>, Error> {
        let name = record.model.as_deref().ok_or_else(|| {
            Error::new(ErrorKind::Malformed, "the log names no model").hint("name it with --model")
        })?;
        let (name, region) = zone(name);
        let Listed { model, price } = self.listed(&name, record.day)?;
        if !record.bill.prompt_known {
            return Err(Error::new(ErrorKind::Malformed, "the log has no prompt tokens")
                .hint("calibrate reads such logs; without prompts they have no cost"));
        }
        let tier = match &record.tier {
            ServiceTier::Known(tier) => *tier,
            ServiceTier::Other(name) => {
                let message = format!("the tier `{name}` has no price per token");
                return Err(Error::new(ErrorKind::MissingPrice, message)
                    .hint("the tiers with a price are standard, batch, flex and priority"));
            }
        };
        let [shortest, prompt, longest] = prompts(record);
        let (rates, hour) = rates_at(record, model, price, (tier, prompt))?;
        let mut lacking: Vec<String> = hour.map(ToOwned::to_owned).into_iter().collect();
        if shortest != longest && price.rates(tier, shortest) != price.rates(tier, longest) {
            let what = "the rates of long prompts, which the report does not tell apart";
            lacking.push(what.to_owned());
        }
        let day = self.day(record.day)?;
        let mut bill = bill_logged(&record.bill, rates)?;
        for (condition, value) in [
            (Condition::Speed, record.speed.as_deref()),
            (Condition::Residency, record.residency.as_deref()),
            (Condition::Region, region),
        ] {
            let Some(value) = value else { continue };
            if let Some(multiplier) = model.multiplier(condition, value, day)? {
                bill = bill.times(multiplier.factor);
            }
        }
        let (fees, unknown) = fees(model, record, day);
        for (_, uses, each) in &fees {
            bill = bill.with_fee(*each, *uses);
        }
        lacking.extend(unknown);
        let id = Cow::Borrowed(model.id.as_str());
        let (model, rates_from) = (Some((model, rates)), Some(price.from));
        Ok(Charge { id, model, rates_from, cost: bill.total(), bill, fees, lacking })
    }
}
