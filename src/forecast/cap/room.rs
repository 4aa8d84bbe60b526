//! How much a model can still write after a prompt.

use serde::Serialize;

use crate::catalog::Limits;
use crate::units::Tokens;

/// Which of a model's limits ends the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomLimit {
    /// The model's own maximum of completion tokens.
    OutputCap,
    /// What the prompt leaves of the context window.
    Window,
    /// The limit of the prompt alone.
    InputLimit,
}

/// The largest completion that fits after a prompt, and what limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// `min(output cap, window - prompt)`, and 0 when the prompt is too long.
    pub tokens: Tokens,
    /// The limit that decides.
    pub limit: RoomLimit,
}

impl Room {
    /// The room after a prompt of this many tokens.
    #[must_use]
    pub fn after(prompt: Tokens, limits: &Limits) -> Self {
        if limits.input_limit.is_some_and(|limit| prompt > limit) {
            return Self { tokens: Tokens::ZERO, limit: RoomLimit::InputLimit };
        }
        let left = limits.window.saturating_sub(prompt);
        if limits.output_cap <= left {
            Self { tokens: limits.output_cap, limit: RoomLimit::OutputCap }
        } else {
            Self { tokens: left, limit: RoomLimit::Window }
        }
    }

    /// How many prompt tokens must go before `wanted` tokens fit; `None` when they fit already or
    /// never do, because the model's own cap is smaller.
    #[must_use]
    pub fn cut_for(prompt: Tokens, wanted: Tokens, limits: &Limits) -> Option<Tokens> {
        if wanted > limits.output_cap {
            return None;
        }
        let longest = limits.window.saturating_sub(wanted);
        let longest = limits.input_limit.map_or(longest, |limit| limit.min(longest));
        prompt.checked_sub(longest).filter(|cut| *cut > Tokens::ZERO)
    }
}
