//! What the range of an estimated prompt leaves of the room, and what it costs.

use serde::Serialize;

use crate::Error;
use crate::catalog::Limits;
use crate::forecast::{Call, Room, costs};
use crate::units::{Money, TokenRange, Tokens};

/// An estimated prompt between the fewest and the most tokens that it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromptRange {
    /// Its tokens.
    pub tokens: TokenRange,
    /// The room after it.
    pub room: RoomRange,
    /// What a call costs; null where the API would refuse the longest prompt.
    pub cost: Option<CostRange>,
}

/// The room after an estimated prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RoomRange {
    /// After the longest that it may be.
    pub low: Tokens,
    /// After the shortest.
    pub high: Tokens,
    /// Whether the cap that is sent, or the recommended one, is larger than the lowest room: the API may
    /// refuse it.
    pub cap_may_not_fit: bool,
}

/// What a call costs with an estimated prompt: the mean, or the worst case where no completion is known.
/// The cap is the one of the call, or the largest that fits the longest prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CostRange {
    /// With the fewest tokens that it may have.
    pub low: Money,
    /// With the mean.
    pub mean: Money,
    /// With the most.
    pub high: Money,
}

impl PromptRange {
    /// What the range means, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let TokenRange { low, high, .. } = self.tokens;
        let cost = self.cost.map_or_else(String::new, |cost| {
            format!(", a call {} to {}", cost.low.for_people(), cost.high.for_people())
        });
        let fit = if self.room.cap_may_not_fit { "; the cap may not fit" } else { "" };
        format!("the prompt may have {low} to {high} tokens{cost}{fit}")
    }

    /// What a range of tokens means for a call, and for a cap that is to fit.
    pub(super) fn of(tokens: TokenRange, call: &Call<'_>, cap: Option<Tokens>) -> Self {
        let room = RoomRange::after(tokens, &call.model.limits, cap);
        Self { tokens, room, cost: CostRange::of(tokens, call).ok() }
    }
}

impl RoomRange {
    fn after(prompt: TokenRange, limits: &Limits, cap: Option<Tokens>) -> Self {
        let low = Room::after(prompt.high, limits).tokens;
        let high = Room::after(prompt.low, limits).tokens;
        Self { low, high, cap_may_not_fit: cap.is_none_or(|cap| cap > low) }
    }
}

impl CostRange {
    fn of(prompt: TokenRange, call: &Call<'_>) -> Result<Self, Error> {
        // A cap that may not fit would be refused with the longest prompt; all three take one that fits.
        let room = Room::after(prompt.high, &call.model.limits).tokens;
        let cap = call.cap.map(|cap| cap.min(room));
        let cost = |prompt: Tokens| {
            let cached = call.cached.min(prompt);
            // What is written is all that is not read, or declared; a longer prompt writes more.
            let is_rest = call.written > Tokens::ZERO
                && call.written == call.prompt.saturating_sub(call.cached);
            let written = if is_rest { prompt } else { call.written };
            let cost = costs(&Call { prompt, cached, written, cap, ..*call })?.cost;
            Ok::<_, Error>(cost.expected.unwrap_or(cost.worst_case))
        };
        Ok(Self { low: cost(prompt.low)?, mean: cost(prompt.mean)?, high: cost(prompt.high)? })
    }
}
