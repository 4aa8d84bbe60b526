//! Which engine counts.

use std::str::FromStr;

use super::encoding::Encoding;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// What counts tokens.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// This crate.
    #[default]
    Outlay,
    /// tiktoken-rs, to compare with; only with the feature `reference`.
    Reference,
}

impl FromStr for Engine {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "outlay" => Ok(Self::Outlay),
            "reference" => Ok(Self::Reference),
            _ => Err(Error::new(ErrorKind::Usage, format!("`{text}` is not an engine"))
                .hint("the engines are outlay and reference")),
        }
    }
}

impl Engine {
    /// The number of tokens of `text`, as [`Encoding::count`] defines it.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the engine was not built in. [`ErrorKind::Tokenizer`] when tiktoken-rs
    /// has no such vocabulary, or gives up, which takes about a million white space characters in a row.
    pub fn count(self, encoding: Encoding, text: &str) -> Result<Tokens, Error> {
        match self {
            Self::Outlay => Ok(encoding.count(text)),
            #[cfg(feature = "reference")]
            Self::Reference => super::reference::count(encoding, text),
            #[cfg(not(feature = "reference"))]
            Self::Reference => Err(Error::new(
                ErrorKind::Usage,
                "the reference engine is not part of this program",
            )
            .hint("build it with `--features reference`")),
        }
    }
}
