//! The token counts that a bill is made of.

use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// The billed tokens of one call: `cached ⊆ prompt`, and reasoning is inside `completion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    prompt: Tokens,
    cached: Tokens,
    completion: Tokens,
}

impl Usage {
    /// A call with nothing cached.
    #[must_use]
    pub const fn new(prompt: Tokens, completion: Tokens) -> Self {
        Self { prompt, cached: Tokens::ZERO, completion }
    }

    /// The same call with `cached` of its prompt tokens read from the cache.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when that is more than the prompt.
    pub fn with_cached(self, cached: Tokens) -> Result<Self, Error> {
        if cached > self.prompt {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{cached} cached tokens are more than the prompt of {}", self.prompt),
            )
            .hint("cached tokens are part of the prompt"));
        }
        Ok(Self { cached, ..self })
    }

    /// The same prompt with another completion.
    #[must_use]
    pub const fn with_completion(self, completion: Tokens) -> Self {
        Self { completion, ..self }
    }

    /// All prompt tokens, cached ones included.
    #[must_use]
    pub const fn prompt(self) -> Tokens {
        self.prompt
    }

    /// Prompt tokens read from the cache.
    #[must_use]
    pub const fn cached(self) -> Tokens {
        self.cached
    }

    /// Prompt tokens that were not cached.
    #[must_use]
    pub const fn uncached(self) -> Tokens {
        self.prompt.saturating_sub(self.cached)
    }

    /// All completion tokens, reasoning included.
    #[must_use]
    pub const fn completion(self) -> Tokens {
        self.completion
    }
}
