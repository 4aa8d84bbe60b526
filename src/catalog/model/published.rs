//! What was measured of a model and published.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A measured output speed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Speed {
    /// Completion tokens per second, reasoning included.
    pub output_tokens_per_second: u32,
    /// Where the figure comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub checked: Date,
}

/// What a benchmark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum BenchmarkKind {
    /// What the model can do.
    Capability,
    /// What it refuses to do.
    Safety,
    /// What people prefer.
    Preference,
    /// How fast it is.
    Speed,
}

/// A published result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// The benchmark, such as `AIME 2024`.
    pub name: String,
    /// What the value measures, with its unit, such as `pass@1, %`.
    pub metric: String,
    /// The value as published.
    pub value: String,
    /// What the benchmark is about.
    pub kind: BenchmarkKind,
    /// Who published the value.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub checked: Date,
    /// Another published value, and which of the two holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<Dispute>,
}

/// A value that contradicts another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// The other value.
    pub value: String,
    /// Who published it.
    pub source: String,
    /// Which value holds, and why.
    pub verdict: String,
}
