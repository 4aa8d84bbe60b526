//! Which engine counts.

use std::str::FromStr;
#[cfg(feature = "reference")]
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Error, ErrorKind};

/// What counts tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// This crate.
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

#[cfg(feature = "reference")]
static REFERENCE: AtomicBool = AtomicBool::new(false);

impl Engine {
    /// Lets this engine answer [`Encoding::count`](super::Encoding::count) from now on, in the whole
    /// process.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it was not built in.
    pub fn choose(self) -> Result<(), Error> {
        #[cfg(feature = "reference")]
        REFERENCE.store(self == Self::Reference, Ordering::Relaxed);
        #[cfg(not(feature = "reference"))]
        if self == Self::Reference {
            return Err(Error::new(
                ErrorKind::Usage,
                "the reference engine is not part of this program",
            )
            .hint("build it with `--features reference`"));
        }
        Ok(())
    }

    /// The engine that answers now.
    #[must_use]
    pub fn chosen() -> Self {
        #[cfg(feature = "reference")]
        if REFERENCE.load(Ordering::Relaxed) {
            return Self::Reference;
        }
        Self::Outlay
    }
}
