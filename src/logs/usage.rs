//! The token counts that a bill is made of.

use serde::{Deserialize, Serialize};

use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// The billed tokens of one call, in parts that do not overlap: a prompt is uncached, cached and
/// written tokens together, and reasoning is inside the completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Usage {
    /// Prompt tokens outside the cache.
    #[serde(rename = "uncached_tokens")]
    uncached: Tokens,
    /// Prompt tokens read from the cache.
    #[serde(rename = "cached_tokens")]
    cached: Tokens,
    /// Prompt tokens written to the cache for its usual lifetime.
    #[serde(rename = "written_tokens", default)]
    written: Tokens,
    /// Prompt tokens written to the cache for its longer lifetime.
    #[serde(rename = "written_extended_tokens", default)]
    written_extended: Tokens,
    /// Completion tokens, reasoning included.
    #[serde(rename = "completion_tokens")]
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
        Self { uncached, cached, written, written_extended: Tokens::ZERO, completion }
    }

    /// The same call with this many more prompt tokens, written to the cache for its longer lifetime.
    #[must_use]
    pub const fn with_written_extended(self, written_extended: Tokens) -> Self {
        Self { written_extended, ..self }
    }

    /// Both calls together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            uncached: self.uncached + other.uncached,
            cached: self.cached + other.cached,
            written: self.written + other.written,
            written_extended: self.written_extended + other.written_extended,
            completion: self.completion + other.completion,
        }
    }

    /// The call as often as this.
    #[must_use]
    pub fn times(self, calls: u64) -> Self {
        let times = |tokens: Tokens| Tokens::new(tokens.get().saturating_mul(calls));
        Self {
            uncached: times(self.uncached),
            cached: times(self.cached),
            written: times(self.written),
            written_extended: times(self.written_extended),
            completion: times(self.completion),
        }
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

    /// The same call with `written` of its uncached prompt tokens written to the cache; all of them where
    /// that is more.
    #[must_use]
    pub fn with_written(self, written: Tokens) -> Self {
        let moved = written.min(self.uncached);
        Self {
            uncached: self.uncached.saturating_sub(moved),
            written: self.written + moved,
            ..self
        }
    }

    /// The same call with `written` of its uncached prompt tokens written for the longer lifetime of the cache;
    /// all of them where that is more.
    #[must_use]
    pub fn with_long_written(self, written: Tokens) -> Self {
        let moved = written.min(self.uncached);
        Self {
            uncached: self.uncached.saturating_sub(moved),
            written_extended: self.written_extended + moved,
            ..self
        }
    }

    /// The same prompt with another completion.
    #[must_use]
    pub const fn with_completion(self, completion: Tokens) -> Self {
        Self { completion, ..self }
    }

    /// All prompt tokens.
    #[must_use]
    pub fn prompt(self) -> Tokens {
        self.uncached + self.cached + self.written + self.written_extended
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

    /// Prompt tokens written to the cache for its usual lifetime.
    #[must_use]
    pub const fn written(self) -> Tokens {
        self.written
    }

    /// Prompt tokens written to the cache for its longer lifetime.
    #[must_use]
    pub const fn written_extended(self) -> Tokens {
        self.written_extended
    }

    /// All completion tokens, reasoning included.
    #[must_use]
    pub const fn completion(self) -> Tokens {
        self.completion
    }
}
