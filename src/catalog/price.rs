//! Dated price lists.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::units::{Rate, Tokens};
use crate::{Error, ErrorKind};

/// A service tier with a price of its own.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The default.
    #[default]
    Standard,
    /// Answered within a day through the Batch API.
    Batch,
    /// Cheaper and slower, refused when capacity is short.
    Flex,
    /// Dearer and faster; also sold as "fast".
    Priority,
}

impl Tier {
    /// Every tier, in the order in which price lists show them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Batch, Self::Flex, Self::Priority];

    /// The name, such as `standard`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Tier {
    type Err = Error;

    /// Reads the names above and those of the API's `service_tier`: `default` and `auto` are
    /// standard, `fast` is priority.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "default" | "auto" => Ok(Self::Standard),
            "fast" => Ok(Self::Priority),
            name => Self::ALL.into_iter().find(|tier| tier.name() == name).ok_or_else(|| {
                Error::new(ErrorKind::Amount, format!("`{text}` is not a service tier"))
                    .hint("the tiers are standard, batch, flex and priority")
            }),
        }
    }
}

/// The prices of one tier, in USD per million tokens, optionally for prompts over a length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// The tier these prices belong to.
    pub tier: Tier,
    /// A cliff: these prices apply to the whole request when its prompt is longer than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Tokens>,
    /// Prompt tokens.
    pub input: Rate,
    /// Prompt tokens read from the cache; absent means that they cost the input rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<Rate>,
    /// Prompt tokens written to the cache, where the provider charges for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Rate>,
    /// The same with the provider's longer retention (an hour, or more than 12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_extended: Option<Rate>,
    /// Completion tokens, reasoning included.
    pub output: Rate,
}

impl Rates {
    /// The row of a price list that a request with this prompt pays in this tier, if there is one.
    ///
    /// Past a long-prompt threshold the whole request takes the row of that threshold.
    #[must_use]
    pub fn of(list: &[Self], tier: Tier, prompt: Tokens) -> Option<&Self> {
        list.iter()
            .filter(|row| row.tier == tier && row.over.is_none_or(|over| prompt > over))
            .max_by_key(|row| row.over)
    }

    /// The price of a cached prompt token: the cached rate, or the input rate where there is none.
    #[must_use]
    pub fn cached(&self) -> Rate {
        self.cached_input.unwrap_or(self.input)
    }
}

/// The whole price list of a model from one day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceEntry {
    /// The first day of these prices.
    #[serde(deserialize_with = "super::date::required")]
    pub from: Date,
    /// The last day for which the seller promised these prices, such as the end of a promotion. Where
    /// no later list is known they may hold longer.
    #[serde(
        default,
        deserialize_with = "super::date::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub until: Option<Date>,
    /// One row per tier, and one more per long-prompt cliff of a tier.
    pub rates: Vec<Rates>,
    /// Where the figures come from.
    pub source: String,
    /// The day they were last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What is uncertain or disputed about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl PriceEntry {
    /// The prices that a request with this prompt pays in this tier, see [`Rates::of`].
    #[must_use]
    pub fn rates(&self, tier: Tier, prompt: Tokens) -> Option<&Rates> {
        Rates::of(&self.rates, tier, prompt)
    }

    /// The tiers that have a price, in the order of the list, each once.
    pub fn tiers(&self) -> impl Iterator<Item = Tier> {
        self.rates.iter().filter(|row| row.over.is_none()).map(|row| row.tier)
    }
}
