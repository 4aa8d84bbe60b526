//! What a conversation does when its history gets long, and when an answer comes out empty.

use std::fmt;
use std::str::FromStr;

use crate::names;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// What happens to the history when the window gets short.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Nothing is dropped; the conversation ends when it no longer fits.
    #[default]
    Full,
    /// The oldest turns are dropped, whole, until the reserve and the cap fit.
    DropOldest,
    /// Only the last turns are ever sent.
    Window(u32),
    /// When the reserve or the cap no longer fits, the history is replaced by a summary of this many
    /// tokens. The call that writes it is billed, as visible tokens alone, if it fits itself.
    Summarize(Tokens),
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::DropOldest => f.write_str("drop-oldest"),
            Self::Window(turns) => write!(f, "window:{turns}"),
            Self::Summarize(tokens) => write!(f, "summarize:{}", tokens.get()),
        }
    }
}

impl FromStr for History {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a history policy"))
                .hint("write full, drop-oldest, window:N (turns) or summarize:N (tokens)")
        };
        match text.split_once(':') {
            None if text == "full" => Ok(Self::Full),
            None if text == "drop-oldest" => Ok(Self::DropOldest),
            Some(("window", turns)) => turns.parse().map(Self::Window).map_err(|_| refuse()),
            Some(("summarize", tokens)) => {
                tokens.parse().map(Self::Summarize).map_err(|_: Error| refuse())
            }
            _ => Err(refuse()),
        }
    }
}

/// What happens after an answer that came out empty.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum OnLength {
    /// The conversation ends.
    #[default]
    Stop,
    /// It is asked for again with the same cap, up to five times.
    Retry,
    /// It is asked for again with twice the cap, up to the room.
    Double,
    /// The conversation goes on without it.
    Continue,
}

impl FromStr for OnLength {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        names::variant(text, ErrorKind::Amount, "a way to go on after an empty answer", "ways")
    }
}
