//! What a gate says.

use serde::Serialize;

/// Whether a gate lets something through, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, strum::Display)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Verdict {
    /// It does.
    Pass,
    /// It does, with a word about it.
    Warn,
    /// It does not.
    Fail,
}
