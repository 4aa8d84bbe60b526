//! The prices that logged calls paid, looked up once per model and day.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::billing::{Bill, bill};
use crate::catalog::{Catalog, Model, PriceEntry, Rates};
use crate::logs::{ServiceTier, UsageRecord};
use crate::units::Money;
use crate::{Error, ErrorKind};

/// A catalogue with what was found in it so far.
pub struct PriceBook<'c> {
    catalog: &'c Catalog,
    /// The day that is taken for calls without one.
    as_of: Date,
    found: HashMap<String, BTreeMap<Date, Result<Listed<'c>, Error>>>,
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
    /// The model that its name means.
    pub model: &'c Model,
    /// The rates of its day, tier and prompt length.
    pub rates: &'c Rates,
    /// What it paid for.
    pub bill: Bill,
    /// The sum of the lines.
    pub cost: Money,
}

impl<'c> PriceBook<'c> {
    /// A book of this catalogue; calls without a day are priced at `as_of`.
    #[must_use]
    pub fn new(catalog: &'c Catalog, as_of: Date) -> Self {
        Self { catalog, as_of, found: HashMap::new() }
    }

    /// The model that a name means on a day, with its prices.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`], [`ErrorKind::NotReleased`] or [`ErrorKind::MissingPrice`].
    pub fn listed(&mut self, name: &str, day: Option<Date>) -> Result<Listed<'c>, Error> {
        let day = day.unwrap_or(self.as_of);
        if !self.found.contains_key(name) {
            self.found.insert(name.to_owned(), BTreeMap::new());
        }
        let catalog = self.catalog;
        let days = self.found.entry(name.to_owned()).or_default();
        let found = days.entry(day).or_insert_with(|| {
            let model = catalog.resolve(name, day)?;
            Ok(Listed { model, price: model.price_at(day)? })
        });
        found.clone()
    }

    /// Prices a logged call: `(prompt - cached)·in + cached·cached_in + written·write + completion·out`
    /// at the rates of its own day and tier. Reasoning is inside the completion.
    ///
    /// # Errors
    /// As [`PriceBook::listed`]; also [`ErrorKind::MissingPrice`] for a tier without a price, and
    /// [`ErrorKind::Malformed`] where the log names no model or has no prompt tokens.
    pub fn charge(&mut self, record: &UsageRecord) -> Result<Charge<'c>, Error> {
        let name = record.model.as_deref().ok_or_else(|| {
            Error::new(ErrorKind::Malformed, "the log names no model").hint("name it with --model")
        })?;
        let Listed { model, price } = self.listed(name, record.day)?;
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
        let usage = record.bill.usage;
        let rates = model.rates(price, tier, usage.prompt())?;
        let bill = bill(usage, rates);
        Ok(Charge { model, rates, cost: bill.total(), bill })
    }
}
