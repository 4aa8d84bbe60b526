//! How much a model takes: of one request, until which day, by minute, and of a product.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::units::{CallVolume, Tokens};

/// How many tokens a model reads and writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The context window: prompt and completion together.
    pub window: Tokens,
    /// The model's own maximum of completion tokens.
    pub output_cap: Tokens,
    /// A limit of the prompt alone, for models that have one besides the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_limit: Option<Tokens>,
    /// Where the figures come from.
    pub source: String,
    /// The day they were last compared with the source.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub checked: Date,
    /// What is uncertain or disputed about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The end of a model, as announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The day the shutdown was announced.
    #[serde(
        default,
        deserialize_with = "crate::catalog::date::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub announced: Option<Date>,
    /// The first day the API refuses the model.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub shutdown: Date,
    /// The id of the model that the provider names as the replacement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Where this comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub checked: Date,
    /// What is uncertain or disputed about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Requests and tokens per minute of one usage tier, from one day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// The first day this limit was seen.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub from: Date,
    /// The provider's usage tier, such as `1`.
    pub tier: String,
    /// Requests per minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpm: Option<u64>,
    /// Requests per day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpd: Option<u64>,
    /// Tokens per minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tpm: Option<Tokens>,
    /// Tokens that may wait in the batch queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_queue: Option<Tokens>,
    /// Where the figures come from.
    pub source: String,
    /// The day they were last compared with the source.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub checked: Date,
}

/// How many messages a product allows, from one day on; no limit of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageQuota {
    /// The product, such as `chatgpt`.
    pub product: String,
    /// The first day of the quota.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub from: Date,
    /// Messages in a period, such as `50/week`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub quota: CallVolume,
    /// Where the figure comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub checked: Date,
}
