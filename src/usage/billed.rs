//! The token counts that a bill is made of.

use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// The billed tokens of one call, in parts that do not overlap: a prompt is uncached, cached and
/// written tokens together, and reasoning is inside the completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    uncached: Tokens,
    cached: Tokens,
    written: Tokens,
    completion: Tokens,
}

impl Usage {
    /// A call with nothing cached.
    #[must_use]
    pub const fn new(prompt: Tokens, completion: Tokens) -> Self {
        Self::of_parts(prompt, Tokens::ZERO, Tokens::ZERO, completion)
    }

    /// A call whose prompt is the first three together: tokens outside the cache, read from it, and
    /// written to it.
    #[must_use]
    pub const fn of_parts(
        uncached: Tokens,
        cached: Tokens,
        written: Tokens,
        completion: Tokens,
    ) -> Self {
        Self { uncached, cached, written, completion }
    }

    /// The same call with `cached` of its uncached prompt tokens read from the cache.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when that is more than the prompt.
    pub fn with_cached(self, cached: Tokens) -> Result<Self, Error> {
        let uncached = self.uncached.checked_sub(cached).ok_or_else(|| {
            let message =
                format!("{cached} cached tokens are more than the prompt of {}", self.prompt());
            Error::new(ErrorKind::Usage, message).hint("cached tokens are part of the prompt")
        })?;
        Ok(Self { uncached, cached, ..self })
    }

    /// The same prompt with another completion.
    #[must_use]
    pub const fn with_completion(self, completion: Tokens) -> Self {
        Self { completion, ..self }
    }

    /// All prompt tokens.
    #[must_use]
    pub fn prompt(self) -> Tokens {
        self.uncached + self.cached + self.written
    }

    /// Prompt tokens outside the cache.
    #[must_use]
    pub const fn uncached(self) -> Tokens {
        self.uncached
    }

    /// Prompt tokens read from the cache.
    #[must_use]
    pub const fn cached(self) -> Tokens {
        self.cached
    }

    /// Prompt tokens written to the cache.
    #[must_use]
    pub const fn written(self) -> Tokens {
        self.written
    }

    /// All completion tokens, reasoning included.
    #[must_use]
    pub const fn completion(self) -> Tokens {
        self.completion
    }
}
