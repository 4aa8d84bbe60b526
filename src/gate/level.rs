//! How much it matters that a budget is exceeded or a rule broken.

use std::str::FromStr;

use serde::Serialize;

use super::verdict::Verdict;
use crate::names;
use crate::{Error, ErrorKind};

/// The consequence of an exceeded budget or a broken rule, the mildest first.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Level {
    /// It is not looked at.
    Off,
    /// It is reported as advice.
    Advice,
    /// It is reported as a warning.
    Warn,
    /// The gate fails.
    Fail,
}

impl Level {
    /// What a gate says when this happened.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Off | Self::Advice => Verdict::Pass,
            Self::Warn => Verdict::Warn,
            Self::Fail => Verdict::Fail,
        }
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        names::variant(text, ErrorKind::Amount, "a level", "levels")
    }
}
