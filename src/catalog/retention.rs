//! What a model keeps of its reasoning.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names;
use crate::{Error, ErrorKind};

/// What of a turn's reasoning stays in the context of the next.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Retention {
    /// Nothing: reasoning is dropped after the turn.
    #[default]
    None,
    /// It is kept between the tool calls of one turn.
    InTurn,
    /// All of it.
    All,
}

impl FromStr for Retention {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        names::variant(text, ErrorKind::Amount, "a kind of retention", "kinds")
    }
}
