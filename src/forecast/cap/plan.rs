//! The recommended `max_completion_tokens`.

use std::fmt;

use serde::Serialize;

use super::super::distribution::Completion;
use super::room::{Room, RoomLimit};
use crate::catalog::Model;
use crate::units::{Probability, Tokens};

/// The reserve that OpenAI advises for reasoning and outputs "when you start experimenting"
/// (guide "Reasoning models", 2024-09).
const ADVISED_RESERVE: Tokens = Tokens::new(25_000);

/// What the recommended cap must satisfy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapPolicy {
    /// Tokens to keep for reasoning and outputs; it does not apply to models that do not reason.
    pub reserve: Tokens,
    /// The accepted probability that an answer is cut off.
    pub risk: Probability,
    /// Whether `reserve` is no longer the advised one, but the cap that the user's own measurements
    /// allow at 95 % confidence.
    pub released: bool,
    /// Tokens per minute of the account: a call whose prompt and cap are more is never admitted.
    pub tokens_per_minute: Option<Tokens>,
}

impl Default for CapPolicy {
    /// A reserve of 25,000 tokens and a risk of 1 %.
    fn default() -> Self {
        Self {
            reserve: ADVISED_RESERVE,
            risk: Probability::clamped(0.01),
            released: false,
            tokens_per_minute: None,
        }
    }
}

/// The term that decided the recommended cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// The reserve.
    Reserve,
    /// The length risk asked for.
    Risk,
    /// The model's own maximum of completion tokens.
    OutputCap,
    /// What the prompt leaves of the window.
    Window,
    /// The limit of the prompt alone.
    InputLimit,
    /// The tokens per minute of the account, of which a call takes its prompt and its whole cap.
    TokensPerMinute,
}

impl From<RoomLimit> for Binding {
    fn from(limit: RoomLimit) -> Self {
        match limit {
            RoomLimit::OutputCap => Self::OutputCap,
            RoomLimit::Window => Self::Window,
            RoomLimit::InputLimit => Self::InputLimit,
        }
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reserve => "reserve",
            Self::Risk => "risk target",
            Self::OutputCap => "output cap",
            Self::Window => "window",
            Self::InputLimit => "input limit",
            Self::TokensPerMinute => "tokens per minute",
        })
    }
}

/// Whether the prompt leaves enough room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// The room holds the reserve.
    Ok,
    /// There is room, but less than the reserve.
    BelowReserve,
    /// The prompt leaves no room at all.
    NoRoom,
}

impl fmt::Display for PlanStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::BelowReserve => "below reserve",
            Self::NoRoom => "no room",
        })
    }
}

/// The room after a prompt and the cap to send.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Prompt tokens.
    pub prompt: Tokens,
    /// The largest completion that fits.
    pub room: Tokens,
    /// The reserve, for models that reason.
    pub reserve: Option<Tokens>,
    /// `min(room, max(reserve, smallest cap within the risk))`, and no more than a minute admits; `None`
    /// without room.
    pub recommended: Option<Tokens>,
    /// The term that decided.
    pub binding: Binding,
    /// Whether the room is enough.
    pub status: PlanStatus,
    /// Prompt tokens to cut before the reserve fits, or before anything fits.
    pub cut: Option<Tokens>,
    /// Probability that the answer is cut off at the recommended cap, where the distribution of the
    /// completion is known.
    pub length_risk: Option<Probability>,
    /// The part of it where nothing visible comes out.
    pub empty_risk: Option<Probability>,
    /// Whether the work is known well enough for a cap to follow from its risk: of unknown work the reserve
    /// alone decides.
    pub work_is_known: bool,
}

/// Recommends `max_completion_tokens` for a prompt. Of unknown work the risks are told, but no cap follows.
#[must_use]
pub fn plan(
    model: &Model,
    prompt: Tokens,
    policy: &CapPolicy,
    completion: Option<&Completion>,
) -> Plan {
    let limits = &model.limits;
    let room = Room::after(prompt, limits);
    let reserve = model.reasoning.then_some(policy.reserve);
    let floor = reserve.unwrap_or(Tokens::ZERO);

    let status = if room.tokens == Tokens::ZERO {
        PlanStatus::NoRoom
    } else if room.tokens < floor {
        PlanStatus::BelowReserve
    } else {
        PlanStatus::Ok
    };
    let known = completion.filter(|distribution| !distribution.is_of_unknown_work());
    let identified = known.is_none_or(|distribution| distribution.identifies(policy.risk));
    let for_risk = known.map(|distribution| distribution.smallest_cap(policy.risk, room.tokens));
    let (wanted, wanted_by) = match for_risk {
        Some(Some(cap)) if cap > floor => (Some(cap), Binding::Risk),
        // No cap in the room meets the risk; where the data do not say which would, the reserve stays.
        Some(None) if identified => (None, Binding::Risk),
        Some(None) | None if floor == Tokens::ZERO => (None, Binding::OutputCap),
        _ if policy.released => (Some(floor), Binding::Risk),
        _ => (Some(floor.max(Tokens::new(1))), Binding::Reserve),
    };
    let (recommended, binding) = match wanted {
        Some(cap) if cap <= room.tokens => (cap, wanted_by),
        _ => (room.tokens, room.limit.into()),
    };
    let left_of_minute = policy.tokens_per_minute.map(|minute| minute.saturating_sub(prompt));
    let (recommended, binding) = match left_of_minute {
        // A prompt that takes the whole minute is no matter of the cap.
        Some(left) if left < recommended && left > Tokens::ZERO => (left, Binding::TokensPerMinute),
        _ => (recommended, binding),
    };
    let recommended = (status != PlanStatus::NoRoom).then_some(recommended);
    Plan {
        prompt,
        room: room.tokens,
        reserve,
        recommended,
        binding,
        status,
        cut: Room::cut_for(prompt, floor.max(Tokens::new(1)), limits),
        length_risk: completion
            .zip(recommended)
            .map(|(distribution, cap)| distribution.length_risk(cap)),
        empty_risk: completion
            .filter(|_| model.reasoning)
            .zip(recommended)
            .and_then(|(distribution, cap)| distribution.empty_risk(cap)),
        work_is_known: known.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    /// o1-mini has a window of 128,000 and writes at most 65,536; the reserve is 25,000.
    #[test]
    fn the_reserve_itself_fits() {
        let catalog = Catalog::embedded();
        let model = catalog.get("o1-mini").unwrap();
        for (prompt, room, recommended, status, cut) in [
            (0, 65_536, Some(25_000), PlanStatus::Ok, None),
            (102_999, 25_001, Some(25_000), PlanStatus::Ok, None),
            (103_000, 25_000, Some(25_000), PlanStatus::Ok, None),
            (103_001, 24_999, Some(24_999), PlanStatus::BelowReserve, Some(1)),
            (127_999, 1, Some(1), PlanStatus::BelowReserve, Some(24_999)),
            (128_000, 0, None, PlanStatus::NoRoom, Some(25_000)),
        ] {
            let plan = plan(model, Tokens::new(prompt), &CapPolicy::default(), None);
            assert_eq!(
                (plan.room, plan.recommended, plan.status, plan.cut),
                (Tokens::new(room), recommended.map(Tokens::new), status, cut.map(Tokens::new)),
                "{prompt}"
            );
        }
        let minute =
            CapPolicy { tokens_per_minute: Some(Tokens::new(30_000)), ..CapPolicy::default() };
        for (prompt, recommended, binding) in [
            (5_000, 25_000, Binding::Reserve),
            (5_001, 24_999, Binding::TokensPerMinute),
            (29_999, 1, Binding::TokensPerMinute),
            (30_000, 25_000, Binding::Reserve),
        ] {
            let plan = plan(model, Tokens::new(prompt), &minute, None);
            let found = (plan.recommended, plan.binding);
            assert_eq!(found, (Some(Tokens::new(recommended)), binding), "{prompt}");
        }
    }
}
