//! What holds for every run of a conversation.

use super::super::cap::CapPolicy;
use super::cache::PromptCache;
use super::policy::{History, OnLength};
use super::task::Steps;
use crate::catalog::{Model, PriceEntry, Retention, Tier};
use crate::request::Framing;
use crate::units::Tokens;

/// The most ways of caching that one simulation prices.
pub const MOST_CACHES: usize = 4;

/// The rules of a conversation, the same in every run.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// The model.
    pub model: &'a Model,
    /// The price list in force.
    pub price: &'a PriceEntry,
    /// The tier.
    pub tier: Tier,
    /// Tokens before the first turn that are never dropped, framing and definitions of tools included.
    pub base: Tokens,
    /// Turns that were already had: user and answer, framing included.
    pub past: Vec<Tokens>,
    /// The cap that is sent; `None` takes the recommended one at every turn.
    pub cap: Option<Tokens>,
    /// What the recommended cap must satisfy.
    pub policy: CapPolicy,
    /// The smallest cap within the risk, or `None` when none is; only for the recommended cap.
    pub cap_for_risk: Option<Tokens>,
    /// The tokens around its messages.
    pub framing: Framing,
    /// What of the reasoning stays.
    pub retention: Retention,
    /// What happens to the history.
    pub history: History,
    /// What happens after an empty answer.
    pub on_length: OnLength,
    /// How prompts are cached: what is billed, and after it other ways that the same requests are priced
    /// with. `None` caches nothing. At least one, and at most [`MOST_CACHES`].
    pub caches: Vec<Option<PromptCache>>,
    /// The steps of a turn; `None` for one request a turn.
    pub steps: Option<Steps>,
}

impl Rules<'_> {
    pub(super) fn reserve(&self) -> u64 {
        if self.model.reasoning { self.policy.reserve.get() } else { 0 }
    }

    /// The cap of a call with this room.
    pub(super) fn cap_at(&self, room: u64) -> u64 {
        let recommended = || {
            let wanted = self.cap_for_risk.map_or(u64::MAX, Tokens::get);
            wanted.max(self.reserve()).max(1).min(room)
        };
        self.cap.map_or_else(recommended, Tokens::get)
    }
}
