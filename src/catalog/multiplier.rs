//! What multiplies a whole bill: where a call is processed, and how fast.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::units::Factor;
use crate::{Error, ErrorKind};

/// What a multiplier depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Where the data of the call stay: Anthropic's `inference_geo`, a regional host name of OpenAI.
    Residency,
    /// The region or kind of deployment that a cloud serves the call from, such as a data zone.
    Region,
    /// How fast the answer is written: Anthropic's `speed`.
    Speed,
}

impl fmt::Display for Condition {
    /// The name as the catalogue writes it, such as `residency`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl Condition {
    /// Whether a value is how a call says that nothing special is asked for.
    fn is_plain(self, value: &str) -> bool {
        match self {
            Self::Residency | Self::Region => matches!(value, "" | "global" | "not_available"),
            Self::Speed => matches!(value, "" | "standard" | "default"),
        }
    }
}

/// A factor of every part of the bill, from one day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Multiplier {
    /// What it depends on.
    pub by: Condition,
    /// The values that it holds for, as the provider writes them, such as `us`.
    pub of: Vec<String>,
    /// The first day of it.
    #[serde(deserialize_with = "super::date::required")]
    pub from: Date,
    /// What every rate is multiplied by.
    pub factor: Factor,
    /// Where the figure comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What is uncertain about it, or what it does not hold for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Multiplier {
    /// The multiplier in force on `day` among those of a model; null for a value that asks for
    /// nothing special, such as `global`.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`] for a value whose price is not known: it is never taken as 1.
    pub(super) fn find<'a>(
        multipliers: &'a [Self],
        (model, by, value): (&str, Condition, &str),
        day: Date,
    ) -> Result<Option<&'a Self>, Error> {
        let value = value.to_lowercase();
        let of_kind = || multipliers.iter().filter(|one| one.by == by);
        let found = of_kind()
            .filter(|one| one.from <= day && one.of.contains(&value))
            .max_by_key(|one| one.from);
        if found.is_some() || by.is_plain(&value) {
            return Ok(found);
        }
        let message = format!("no price of `{model}` with {by} `{value}` is known on {day}");
        let known: Vec<_> = of_kind().flat_map(|one| &one.of).map(String::as_str).collect();
        let error = Error::new(ErrorKind::MissingPrice, message);
        Err(if known.is_empty() {
            error.hint("add it as a [[model.multiplier]] with `--catalog FILE`")
        } else {
            error.hint(format!("its known values of {by}: {}", known.join(", ")))
        })
    }
}
