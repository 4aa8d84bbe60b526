//! The risks of a completion over every cap, for a picture.

use serde::Serialize;

use super::super::distribution::Completion;
use crate::units::{Probability, Tokens};

/// Steps from no cap at all to the largest one.
const STEPS: u64 = 100;

/// The risks of one cap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CapRisk {
    /// The cap.
    pub max_completion_tokens: Tokens,
    /// Probability that the answer is cut off.
    pub length_risk: Probability,
    /// The part of it where nothing visible comes out; null where reasoning is not known apart.
    pub empty_risk: Option<Probability>,
}

/// The risks from the smallest cap to `most` in steps of about a hundredth, and at the caps in
/// `also` that are not above it; ascending. `reasons` says whether the model has hidden reasoning.
#[must_use]
pub fn risk_by_cap(
    completion: &Completion,
    reasons: bool,
    most: Tokens,
    also: &[Tokens],
) -> Vec<CapRisk> {
    let steps = STEPS.min(most.get());
    let even = (1..=steps).map(|i| Tokens::from_f64(most.as_f64() * i as f64 / steps as f64));
    let wanted = also.iter().copied().filter(|cap| *cap > Tokens::ZERO && *cap <= most);
    let mut caps: Vec<Tokens> = even.chain(wanted).collect();
    caps.sort_unstable();
    caps.dedup();
    let at = |cap| CapRisk {
        max_completion_tokens: cap,
        length_risk: completion.length_risk(cap),
        empty_risk: completion.empty_risk(cap).filter(|_| reasons),
    };
    caps.into_iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_curve_falls_and_has_every_cap_that_is_asked_for(
            (low, more) in (1..20_000_u64, 1..40_000_u64), most in 1..200_000_u64, also in 1..200_000_u64,
        ) {
            let distribution = Completion::split(
                format!("{low}..{}", low + more).parse().unwrap(),
                "200..1200".parse().unwrap(),
            );
            let curve = risk_by_cap(&distribution, true, Tokens::new(most), &[Tokens::new(also)]);
            prop_assert_eq!(curve.last().unwrap().max_completion_tokens, Tokens::new(most));
            for pair in curve.windows(2) {
                prop_assert!(pair[0].max_completion_tokens < pair[1].max_completion_tokens);
                prop_assert!(pair[0].length_risk.get() + 1e-12 >= pair[1].length_risk.get());
            }
            let found = curve.iter().find(|point| point.max_completion_tokens.get() == also);
            prop_assert_eq!(found.is_some(), also <= most || curve.iter().any(|p| p.max_completion_tokens.get() == also));
            if let Some(point) = found {
                prop_assert_eq!(point.length_risk, distribution.length_risk(Tokens::new(also)));
                prop_assert_eq!(point.empty_risk, distribution.empty_risk(Tokens::new(also)));
            }
        }
    }

    #[test]
    fn a_tiny_room_has_a_short_curve() {
        let distribution = Completion::split("100".parse().unwrap(), "50".parse().unwrap());
        let curve = risk_by_cap(&distribution, false, Tokens::new(3), &[]);
        assert_eq!(curve.len(), 3);
        assert!(curve.iter().all(|point| point.empty_risk.is_none()));
        assert!(risk_by_cap(&distribution, true, Tokens::ZERO, &[Tokens::new(5)]).is_empty());
    }
}
