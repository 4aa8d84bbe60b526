//! How a request says how much a model is to reason.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::api::Endpoint;
use crate::names;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// A level of effort, from none up.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Effort {
    /// No reasoning.
    None,
    /// Hardly any.
    Minimal,
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// More than `high`.
    Xhigh,
    /// As much as the model can.
    Max,
}

impl Effort {
    /// Every level, the lowest first.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;
}

impl FromStr for Effort {
    type Err = Error;

    /// Reads a level in lower or upper case: Gemini writes `HIGH`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let lower = text.to_lowercase();
        names::variant(&lower, ErrorKind::Amount, "a level of effort", "levels")
    }
}

/// A value of Anthropic's `thinking.type`, and of those who copy it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ThinkingMode {
    /// The model reasons within a budget.
    Enabled,
    /// The model decides how much it reasons.
    Adaptive,
    /// The model does not reason.
    Disabled,
    /// The model reasons between tool calls only.
    BetweenTools,
}

/// The bounds of a budget of reasoning tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a yes or no of an API")]
pub struct ThinkingBudget {
    /// The smallest budget.
    pub min: Tokens,
    /// The largest budget; absent where the cap alone bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Tokens>,
    /// Whether the budget must be below the cap of the request.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub below_cap: bool,
    /// Whether a budget of 0 turns reasoning off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zero: bool,
    /// Whether -1 leaves the budget to the model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dynamic: bool,
    /// Whether the model aims at the budget and may go over it; else its API ends the reasoning there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub target: bool,
}

/// What a model takes about its reasoning, and what it does when nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Thinking {
    /// Whether a call that says nothing about it reasons.
    pub by_default: bool,
    /// The levels of effort that requests may name, the lowest first; empty where they may name none.
    #[serde(default)]
    pub efforts: Vec<Effort>,
    /// The level that holds when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_effort: Option<Effort>,
    /// Levels that one endpoint alone takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_at: Vec<EffortAt>,
    /// The values of `thinking.type` that requests may have; empty where there is no such field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<ThinkingMode>,
    /// The budget of reasoning tokens that requests may name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<ThinkingBudget>,
    /// Whether `temperature` and `top_p` are accepted while the model does not reason, though they are
    /// refused while it does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sampling_when_off: bool,
    /// Where this comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What is uncertain or disputed about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A level of effort that one endpoint alone takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EffortAt {
    /// The level.
    pub effort: Effort,
    /// The endpoint.
    pub endpoint: Endpoint,
}

impl Thinking {
    /// Whether a request can keep the model from reasoning.
    #[must_use]
    pub fn can_be_off(&self) -> bool {
        !self.by_default
            || self.efforts.contains(&Effort::None)
            || self.modes.contains(&ThinkingMode::Disabled)
            || self.budget.is_some_and(|budget| budget.zero)
    }
}
