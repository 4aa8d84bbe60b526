//! The gate of `plan --strict`.

use crate::forecast::{CapPolicy, CapVerdict, Judgement, Plan, PlanStatus};
use crate::gate::Verdict;

/// Passes a plan whose room holds the reserve and whose known risk is within the target; a cap that
/// is already sent is judged in place of the recommended one.
#[must_use]
pub fn strict(plan: &Plan, sent: Option<&Judgement>, policy: &CapPolicy) -> Verdict {
    let cap_is_good = match sent {
        Some(judgement) => judgement.verdict == CapVerdict::Ok,
        // Of unknown work the reserve alone is judged.
        None if !plan.work_is_known => true,
        None => plan.length_risk.is_none_or(|risk| risk <= policy.risk),
    };
    if plan.status == PlanStatus::Ok && cap_is_good { Verdict::Pass } else { Verdict::Fail }
}
