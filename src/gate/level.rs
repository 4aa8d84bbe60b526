//! How much it matters that a budget is exceeded or a rule broken.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::verdict::Verdict;
use crate::{Error, ErrorKind};

/// The consequence of an exceeded budget or a broken rule, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
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
    const ALL: [Self; 4] = [Self::Off, Self::Advice, Self::Warn, Self::Fail];

    const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Advice => "advice",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

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

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|level| level.name() == text).ok_or_else(|| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a level"))
                .hint("the levels are off, advice, warn and fail")
        })
    }
}
