//! What comes on top of tokens: fees by use of a tool, and what multiplies a whole bill.

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

use crate::units::{CallVolume, Factor, Money};
use crate::{Error, ErrorKind};

/// What a provider charges for by use.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FeeItem {
    /// A search of the web by the provider's own tool; at Google, grounding with Google Search.
    WebSearch,
    /// OpenAI's older `web_search_preview` tool.
    WebSearchPreview,
    /// A search of posts on X.
    XSearch,
    /// A search of stored files or collections.
    FileSearch,
    /// A search of the files attached to a request.
    AttachmentSearch,
    /// Grounding with a map service.
    MapsGrounding,
    /// A container in which the provider runs code.
    CodeExecution,
    /// The request itself, where a provider charges for it besides its tokens.
    Request,
}

/// What one unit of a fee is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::Display,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FeeUnit {
    /// A call of the tool.
    Call,
    /// A search query; one call may make several.
    Query,
    /// A prompt whose answer used the tool at least once.
    Prompt,
    /// A request, whether or not it used a tool.
    Request,
    /// An hour of a container.
    Hour,
    /// A session of a container of 20 minutes.
    Session,
}

/// What one use costs, from one day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// What is charged for.
    pub item: FeeItem,
    /// Which size of it, where sizes have prices of their own: `1g` of memory, `low` search context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// The first day of this fee.
    #[serde(deserialize_with = "super::date::required")]
    pub from: Date,
    /// US dollars for one unit.
    #[serde(deserialize_with = "money")]
    pub usd: Money,
    /// What one unit is.
    pub unit: FeeUnit,
    /// How many units an account has free of charge. They are shared by all of its calls, so a single
    /// call cannot know whether it is one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub free: Option<CallVolume>,
    /// Where the figure comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What is uncertain about it, or when it is not charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Fee {
    /// How many units so many uses are; `None` where it is charged by time, which the uses do not say.
    #[must_use]
    pub const fn units(&self, uses: u64) -> Option<u64> {
        match self.unit {
            FeeUnit::Call | FeeUnit::Query | FeeUnit::Session => Some(uses),
            FeeUnit::Prompt if uses == 0 => Some(0),
            FeeUnit::Prompt | FeeUnit::Request => Some(1),
            FeeUnit::Hour => None,
        }
    }

    /// The fee in force on `day` among the fees of a model.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`] when none is known. A use without a known fee is never free.
    pub(super) fn find<'a>(
        fees: &'a [Self],
        (model, item, size): (&str, FeeItem, Option<&str>),
        day: Date,
    ) -> Result<&'a Self, Error> {
        let of_item = || fees.iter().filter(|fee| fee.item == item);
        of_item()
            .filter(|fee| fee.from <= day && fee.size.as_deref() == size)
            .max_by_key(|fee| fee.from)
            .ok_or_else(|| {
                let of_size = size.map(|size| format!(" of size `{size}`")).unwrap_or_default();
                let message = format!("no fee for {item}{of_size} of `{model}` is known on {day}");
                let mut known: Vec<String> = of_item()
                    .map(|fee| match &fee.size {
                        Some(size) => format!("`{size}` since {}", fee.from),
                        None => format!("one since {}", fee.from),
                    })
                    .collect();
                known.dedup();
                let error = Error::new(ErrorKind::MissingPrice, message);
                if known.is_empty() {
                    error.hint("add it as a [[model.fee]] with `--catalog FILE`")
                } else {
                    error.hint(format!("known: {}", known.join(", ")))
                }
            })
    }
}

fn money<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
    let text = String::deserialize(deserializer)?;
    let money: Money = text.parse().map_err(|e: Error| D::Error::custom(e.message()))?;
    if money < Money::ZERO {
        return Err(D::Error::custom(format!("a fee of {money} is negative")));
    }
    Ok(money)
}

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
