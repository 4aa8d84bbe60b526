//! What is said of a plan before its conclusion: the pace, and the cap that is already sent.

use super::rate_limits::{QuotaVerdict, RateLimitVerdict};
use super::result::PlanResult;
use crate::forecast::{CapVerdict, Judgement};
use crate::report::emphasis::Emphasis;
use crate::units::{CallVolume, TokenRange, Tokens};
use crate::workload::RoomRange;

/// One thing to say of a plan.
pub(super) enum Remark<'a> {
    Pace(&'a RateLimitVerdict),
    Quota(&'a QuotaVerdict),
    /// The cap that is already sent.
    Sent(&'a Judgement),
    /// What the range of an estimated prompt leaves of the room, and the cap that may not fit it.
    Range(TokenRange, RoomRange, Option<Tokens>),
}

impl PlanResult {
    /// What there is to say, in the order in which it is said.
    pub(super) fn remarks(&self) -> Vec<Remark<'_>> {
        // A cap that no minute admits is told already.
        let is_fine = |sent: &&Judgement| sent.verdict == CapVerdict::Ok;
        let blocked = self.admission.as_ref().is_some_and(|admission| !admission.admitted);
        let sent = self.sent.as_ref().filter(|sent| !(blocked && is_fine(sent)));
        let mut remarks = Vec::new();
        remarks.extend(self.admission.as_ref().map(Remark::Pace));
        remarks.extend(self.quota.as_ref().map(Remark::Quota));
        remarks.extend(sent.map(Remark::Sent));
        remarks.extend(self.about_range());
        remarks
    }

    /// Whether one of them is a problem.
    pub(super) fn has_problem(&self) -> bool {
        self.remarks().iter().any(|remark| remark.tone() == Emphasis::Bad)
    }

    fn about_range(&self) -> Option<Remark<'_>> {
        let (prompt, room) = (self.prompt_tokens_range?, self.room_range?);
        let cap = self.sent.as_ref().map(|sent| sent.cap);
        let cap = cap.or(self.recommended_max_completion_tokens).filter(|_| room.cap_may_not_fit);
        (room.low != room.high || room.cap_may_not_fit).then_some(Remark::Range(prompt, room, cap))
    }
}

impl Remark<'_> {
    /// How it is meant.
    pub(super) fn tone(&self) -> Emphasis {
        let of = |passes: bool| if passes { Emphasis::Plain } else { Emphasis::Bad };
        match self {
            Self::Pace(admission) => of(admission.passes()),
            Self::Quota(quota) => of(quota.fits != Some(false)),
            Self::Sent(sent) => match (sent.verdict, &sent.refusal) {
                (CapVerdict::Refused, Some(_)) | (CapVerdict::RiskAboveTarget, _) => Emphasis::Bad,
                (CapVerdict::BelowReserve, _) => Emphasis::Caution,
                _ => Emphasis::Good,
            },
            Self::Range(.., Some(_)) => Emphasis::Bad,
            Self::Range(.., None) => Emphasis::Caution,
        }
    }

    /// The sentence, about this plan.
    pub(super) fn text(&self, of: &PlanResult) -> String {
        let calls = CallVolume { calls: of.calls, period: of.period };
        match self {
            Self::Pace(admission) => admission.sentence(calls),
            Self::Quota(quota) => quota.sentence(calls),
            Self::Sent(sent) => about_sent(of, sent),
            Self::Range(prompt, room, cap) => {
                let left = format!(
                    "{} to {} prompt tokens leave a room of {} to {}",
                    prompt.low, prompt.high, room.low, room.high
                );
                match cap {
                    Some(cap) => format!("{left}: the cap {cap} may not fit"),
                    None => left,
                }
            }
        }
    }
}

fn about_sent(of: &PlanResult, sent: &Judgement) -> String {
    let cap = sent.cap;
    match (sent.verdict, &sent.refusal) {
        (CapVerdict::Refused, Some(api)) => {
            format!("the cap of {cap} that you send is refused ({}): {}", api.status, api.message)
        }
        (CapVerdict::RiskAboveTarget, _) => {
            let risk = sent.length_risk.map(|risk| risk.to_string()).unwrap_or_default();
            format!("the cap of {cap} that you send cuts off {risk} of answers")
        }
        (CapVerdict::BelowReserve, _) => {
            let reserve = of.reserve.unwrap_or_default();
            format!("the cap of {cap} that you send is below the reserve of {reserve}")
        }
        _ => format!("the cap of {cap} that you send is fine"),
    }
}
