//! What in a catalogue needs attention: rows that were not verified for long, and changes ahead.

use jiff::civil::Date;
use serde::Serialize;

use super::model::{Model, Status};
use super::price::{PriceEntry, Tier};
use super::registry::Catalog;
use crate::units::{Rate, Tokens};

/// Why a model needs a look, from the mildest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// A table of it was last compared with its source too long ago.
    Stale,
    /// Its prices are promised for few days more, or were for a time that is over.
    Promotion,
    /// It has other prices soon.
    NewPrice,
    /// It shuts down soon.
    Ending,
    /// It was shut down.
    ShutDown,
}

impl Matter {
    /// The matter as a sentence names it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Stale => "not verified",
            Self::Promotion => "promotion",
            Self::NewPrice => "new price",
            Self::Ending => "shuts down",
            Self::ShutDown => "shut down",
        }
    }
}

/// A model that needs a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Upkeep {
    /// Its id.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// Why.
    pub matter: Matter,
    /// The day that matters: when it was last verified, until when its prices are promised, when it
    /// changes them, or when it shuts down.
    pub day: Date,
    /// How many days that is from the day of the check; negative when it is past.
    pub days: i32,
    /// What is the matter, without the model and the day.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpkeepRules {
    /// How many days old a comparison with the source may be.
    pub max_age: u32,
    /// How many days ahead a shutdown, a new price or the end of a promotion is reported.
    pub within: u32,
    /// Whether models that were shut down are listed as well.
    pub shut_down: bool,
}

impl Default for UpkeepRules {
    /// 60 days of age, 90 days ahead, no models that were shut down.
    fn default() -> Self {
        Self { max_age: 60, within: 90, shut_down: false }
    }
}

/// What needs a look on `as_of`, among models that were released by then: matter by matter, within
/// one by day and model.
pub fn upkeep<'a>(
    catalog: &Catalog,
    models: impl IntoIterator<Item = &'a Model>,
    rules: UpkeepRules,
    as_of: Date,
) -> Vec<Upkeep> {
    let mut found = Vec::new();
    for model in models {
        if model.released > as_of {
            continue;
        }
        let check = Check { catalog, model, rules, as_of };
        if let Status::ShutDown(day) = model.status_at(as_of) {
            found.extend(rules.shut_down.then(|| check.gone(day)));
        } else {
            found.extend(check.stale());
            found.extend(check.promotion());
            found.extend(check.new_prices());
            found.extend(check.ending());
        }
    }
    found.sort_by(|a, b| (a.matter, a.day, &a.model).cmp(&(b.matter, b.day, &b.model)));
    found
}

/// One model, and what is looked for.
struct Check<'a> {
    catalog: &'a Catalog,
    model: &'a Model,
    rules: UpkeepRules,
    as_of: Date,
}

impl Check<'_> {
    fn item(&self, matter: Matter, day: Date, message: String, help: String) -> Upkeep {
        Upkeep {
            model: self.model.id.clone(),
            provider: self.model.provider.clone(),
            matter,
            day,
            days: (day - self.as_of).get_days(),
            message,
            help,
        }
    }

    /// Whether a coming day is near enough to be listed.
    fn soon(&self, day: Date) -> bool {
        let days = (day - self.as_of).get_days();
        u32::try_from(days).is_ok_and(|days| 0 < days && days <= self.rules.within)
    }

    /// The tables that a call of this day is planned with; of the prices those in force.
    fn stale(&self) -> Option<Upkeep> {
        let model = self.model;
        let price = model.price_at(self.as_of).ok();
        let tables = [
            Some(("model", model.checked)),
            Some(("counting", model.counting.checked)),
            Some(("limits", model.limits.checked)),
            price.map(|price| ("price", price.checked)),
            model.lifecycle.as_ref().map(|end| ("lifecycle", end.checked)),
            model.features.as_ref().map(|features| ("features", features.checked)),
        ];
        let age = |day: Date| u32::try_from((self.as_of - day).get_days()).unwrap_or(0);
        let old: Vec<_> = tables
            .into_iter()
            .flatten()
            .filter(|(_, day)| age(*day) > self.rules.max_age)
            .collect();
        let oldest = old.iter().map(|(_, day)| *day).min()?;
        let names: Vec<_> = old.iter().map(|(name, _)| *name).collect();
        Some(self.item(
            Matter::Stale,
            oldest,
            names.join(", "),
            "compare with the source, then set `checked`".to_owned(),
        ))
    }

    /// Prices in force whose promise ends soon or has ended, while no later ones are known.
    fn promotion(&self) -> Option<Upkeep> {
        let price = self.model.price_at(self.as_of).ok()?;
        let until = price.until.filter(|_| self.model.prices.last() == Some(price))?;
        let near = until <= self.as_of || self.soon(until);
        near.then(|| {
            self.item(
                Matter::Promotion,
                until,
                "promised until then; no later price is known".to_owned(),
                "compare with the source, then add the price that follows".to_owned(),
            )
        })
    }

    fn new_prices(&self) -> Vec<Upkeep> {
        let pairs = self.model.prices.windows(2).filter(|pair| self.soon(pair[1].from));
        pairs
            .map(|pair| {
                self.item(
                    Matter::NewPrice,
                    pair[1].from,
                    change(&pair[0], &pair[1]),
                    format!("forecast with --as-of {}", pair[1].from),
                )
            })
            .collect()
    }

    fn ending(&self) -> Option<Upkeep> {
        match self.model.status_at(self.as_of) {
            Status::Ending(day) if self.soon(day) => Some(self.end(Matter::Ending, day)),
            _ => None,
        }
    }

    fn gone(&self, day: Date) -> Upkeep {
        self.end(Matter::ShutDown, day)
    }

    fn end(&self, matter: Matter, day: Date) -> Upkeep {
        let end = self.model.lifecycle.as_ref();
        let message = end.and_then(|end| end.note.clone()).unwrap_or_default();
        // A successor that ends before this model does not help.
        let help = self.catalog.advice_after(self.model, day.max(self.as_of));
        self.item(matter, day, message, help)
    }
}

/// The standard rates of short prompts that differ between two lists.
fn change(before: &PriceEntry, after: &PriceEntry) -> String {
    let rates = |entry: &PriceEntry| entry.rates(Tier::Standard, Tokens::ZERO).cloned();
    let (Some(old), Some(new)) = (rates(before), rates(after)) else { return String::new() };
    let difference = |label: &str, old: Rate, new: Rate| {
        (old != new).then(|| format!("{label} {} to {}", old.for_people(), new.for_people()))
    };
    let changes: Vec<_> = [
        difference("input", old.input, new.input),
        difference("cached", old.cached(), new.cached())
            .filter(|_| old.cached_input.or(new.cached_input).is_some()),
        difference("output", old.output, new.output),
    ]
    .into_iter()
    .flatten()
    .collect();
    if changes.is_empty() { "other tiers".to_owned() } else { changes.join(", ") }
}
