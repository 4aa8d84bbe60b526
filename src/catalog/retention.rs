//! What a model keeps of its reasoning.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind};

/// What of a turn's reasoning stays in the context of the next.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Retention {
    /// Nothing: reasoning is dropped after the turn.
    #[default]
    None,
    /// It is kept between the tool calls of one turn.
    InTurn,
    /// All of it.
    All,
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::InTurn => "in-turn",
            Self::All => "all",
        })
    }
}

impl FromStr for Retention {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::None, Self::InTurn, Self::All]
            .into_iter()
            .find(|kind| kind.to_string() == text)
            .ok_or_else(|| {
                Error::new(ErrorKind::Amount, format!("`{text}` is not a kind of retention"))
                    .hint("write none, in-turn or all")
            })
    }
}
