//! What the recommended cap must satisfy: the reserve and the risk, from a [`CallSpec`].

use super::call_spec::{CallSpec, Reserve};
use super::measured_profile::MeasuredProfile;
use crate::catalog::Model;
use crate::forecast::{CallEffort, CapPolicy, SafeCap, own_cap};
use crate::units::{Probability, Tokens, grouped};

/// The policy of a call, and one sentence on why the reserve is released or stays, where the call leaves
/// that to its profile.
#[must_use]
pub fn cap_policy(
    spec: &CallSpec,
    profile: Option<&MeasuredProfile>,
) -> (CapPolicy, Option<String>) {
    let advised = CapPolicy::default();
    let policy = CapPolicy { risk: spec.risk.unwrap_or(advised.risk), ..advised };
    match spec.reserve {
        None => (policy, None),
        Some(Reserve::Kept(reserve)) => (CapPolicy { reserve, ..policy }, None),
        Some(Reserve::Auto) => {
            let (policy, why) = release(profile, policy);
            (policy, Some(why))
        }
    }
}

/// The policy of a call with a budget of reasoning tokens that the cap must exceed, and one sentence where that
/// makes the reserve larger.
#[must_use]
pub(super) fn above_budget(
    policy: CapPolicy,
    model: &Model,
    effort: CallEffort,
) -> (CapPolicy, Option<String>) {
    let known = model.thinking.as_ref().and_then(|thinking| thinking.budget);
    let below_cap = known.is_some_and(|known| known.below_cap);
    let Some(budget) = effort.budget.filter(|budget| below_cap && *budget >= policy.reserve) else {
        return (policy, None);
    };
    let reserve = if policy.released { budget + Tokens::new(1) } else { budget + policy.reserve };
    let why = format!(
        "the cap must be above the budget of reasoning, so that {reserve} tokens are kept for a budget of {budget}"
    );
    (CapPolicy { reserve, ..policy }, Some(why))
}

/// Releases the reserve if the user's own measurements allow it, and says why or why not.
fn release(profile: Option<&MeasuredProfile>, policy: CapPolicy) -> (CapPolicy, String) {
    let stays = |why: String| (policy, format!("{why}: the reserve of {} stays", policy.reserve));
    let Some(profile) = profile.filter(|profile| profile.may_release()) else {
        return stays(
            "only a profile of your own requests to this model and effort can release it (--profile FILE)"
                .to_owned(),
        );
    };
    match own_cap(&profile.sample, policy.risk, &profile.prior) {
        SafeCap::Cap(cap) => (
            CapPolicy { reserve: cap, released: true, ..policy },
            format!(
                "the reserve of {} is released: {cap} holds {} of {} own requests with 95 % confidence",
                policy.reserve,
                Probability::clamped(1.0 - policy.risk.get()),
                grouped(profile.about.n)
            ),
        ),
        SafeCap::TooSmall { n, needed } => stays(format!(
            "n is too small for {} at 95 % confidence (has {}, needs {needed})",
            policy.risk,
            with_worth(n, profile.sample.worth())
        )),
        SafeCap::AtLeast(cap) => stays(format!(
            "too many requests were cut off: the cap for {} is at least {cap}; raise the cap and log again",
            policy.risk
        )),
    }
}

/// `100`, or `100, worth 31` where calls that belong together are worth fewer.
pub(crate) fn with_worth(n: u64, worth: f64) -> String {
    let worth = Tokens::from_f64(worth).get();
    if worth < n { format!("{}, worth {}", grouped(n), grouped(worth)) } else { grouped(n) }
}
