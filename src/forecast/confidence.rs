//! How far a sample allows the reserve to be released.

use statrs::distribution::{Beta, ContinuousCDF as _};
use statrs::function::beta::beta_reg;

use super::dist::normal_quantile;
use crate::units::{Probability, Tokens};
use crate::usage::Sample;

/// The one-sided confidence of the bounds in this file.
pub const CONFIDENCE: f64 = 0.95;

/// What a sample says about the smallest cap within a length risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SafeCap {
    /// With 95 % confidence this cap is within the risk.
    Cap(Tokens),
    /// The sample is too small for the risk.
    TooSmall {
        /// Its size.
        n: u64,
        /// The size that is needed when nothing is cut off.
        needed: u64,
    },
    /// Too many observations were cut off: the cap is at least this.
    AtLeast(Tokens),
}

/// The smallest cap that is within `risk` with 95 % confidence.
///
/// Without cut-off observations it is the order statistic `x_(r)` with the smallest `r` for which
/// `P(Bin(n, 1 - risk) < r) >= 0.95` (Clopper-Pearson). With cut-off ones it is the smallest `x` at
/// which the upper limit of the Kaplan-Meier estimate is at most `risk`, by Greenwood's variance on
/// the `log(-log S)` scale.
#[must_use]
pub fn safe_cap(sample: &Sample, risk: Probability) -> SafeCap {
    let n = sample.n();
    let needed = needed_n(risk);
    if n < needed {
        return SafeCap::TooSmall { n, needed };
    }
    if sample.censored() > 0 {
        safe_cap_censored(sample, risk)
    } else {
        safe_cap_complete(sample, n, risk)
    }
}

/// The upper bound, with 95 % confidence, of the risk that completions are longer than `cap`
/// (Clopper-Pearson). `None` when some were cut off.
#[must_use]
pub fn length_risk_upper(sample: &Sample, cap: Tokens) -> Option<Probability> {
    let n = sample.n();
    if n == 0 || sample.censored() > 0 {
        return None;
    }
    let longer: u64 =
        sample.observations().filter(|(o, _)| o.completion > cap).map(|(_, times)| times).sum();
    if longer == n {
        return Some(Probability::clamped(1.0));
    }
    // The p at which so few would be longer only with probability 0.05.
    let tail = Beta::new((longer + 1) as f64, (n - longer) as f64).ok()?;
    Some(Probability::clamped(tail.inverse_cdf(CONFIDENCE)))
}

/// How many finished observations a risk needs: the smallest `n` with `(1 - risk)^n <= 0.05`.
#[must_use]
pub fn needed_n(risk: Probability) -> u64 {
    let n = (1.0 - CONFIDENCE).ln() / (1.0 - risk.get()).ln();
    // 0 % needs a sample without end.
    Tokens::from_f64(n.ceil()).get().max(1)
}

fn safe_cap_complete(sample: &Sample, n: u64, risk: Probability) -> SafeCap {
    let enough = |r: u64| below(r, n, 1.0 - risk.get()) >= CONFIDENCE;
    // P(Bin < r) grows with r, and r = n is enough because n is.
    let (mut low, mut high) = (1, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let mut seen = 0;
    let cap = sample.observations().find(|(_, times)| {
        seen += times;
        seen >= high
    });
    SafeCap::Cap(cap.map_or(Tokens::ZERO, |(observation, _)| observation.completion))
}

/// P(Bin(n, p) < r), `1 <= r <= n`.
fn below(r: u64, n: u64, p: f64) -> f64 {
    // The regularised incomplete beta function is the binomial's tail.
    1.0 - beta_reg(r as f64, (n - r + 1) as f64, p)
}

fn safe_cap_censored(sample: &Sample, risk: Probability) -> SafeCap {
    let z = normal_quantile(CONFIDENCE);
    let (mut left, mut survival, mut greenwood) = (sample.n() as f64, 1.0, 0.0);
    let mut longest = Tokens::ZERO;
    for (observation, times) in sample.observations() {
        let times = times as f64;
        longest = observation.completion;
        if !observation.censored {
            survival *= 1.0 - times / left;
            if survival <= 0.0 {
                return SafeCap::Cap(observation.completion);
            }
            greenwood += times / (left * (left - times));
            let log = f64::ln(survival);
            let upper = survival.powf((-z * (greenwood.sqrt() / -log)).exp());
            if upper <= risk.get() {
                return SafeCap::Cap(observation.completion);
            }
        }
        left -= times;
    }
    SafeCap::AtLeast(longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Observation;

    fn one_to(n: u64, cut_off_from: u64) -> Sample {
        let mut sample = Sample::default();
        for completion in 1..=n {
            let observation = Observation {
                completion: Tokens::new(completion.min(cut_off_from)),
                censored: completion >= cut_off_from,
                reasoning: Tokens::ZERO,
                content: None,
            };
            sample.add(observation, 1).unwrap();
        }
        sample
    }

    fn risk(p: f64) -> Probability {
        Probability::clamped(p)
    }

    #[test]
    fn one_percent_needs_299_observations() {
        assert_eq!(needed_n(risk(0.01)), 299);
        assert_eq!(needed_n(risk(0.05)), 59);
        assert_eq!(
            safe_cap(&one_to(298, 1_000), risk(0.01)),
            SafeCap::TooSmall { n: 298, needed: 299 }
        );
        assert_eq!(safe_cap(&one_to(299, 1_000), risk(0.01)), SafeCap::Cap(Tokens::new(299)));
    }

    /// SciPy 1.17.1: the smallest r with `binom.cdf(r - 1, n, 1 - risk) >= 0.95`.
    #[test]
    fn order_statistics_agree_with_an_independent_implementation() {
        for (n, p, r) in
            [(1_000, 0.01, 996), (1_000, 0.05, 962), (473, 0.01, 472), (10_000, 0.01, 9_917)]
        {
            assert_eq!(
                safe_cap(&one_to(n, n + 1), risk(p)),
                SafeCap::Cap(Tokens::new(r)),
                "{n} {p}"
            );
        }
    }

    /// SciPy 1.17.1: `beta.ppf(0.95, k + 1, n - k)`.
    #[test]
    fn upper_bounds_agree_with_an_independent_implementation() {
        for (n, cap, wanted) in [
            (1_273, 1_273, 0.002_350_518_6),
            (1_000, 990, 0.016_903_175_1),
            (100, 50, 0.586_378_285_4),
        ] {
            let found = length_risk_upper(&one_to(n, n + 1), Tokens::new(cap)).unwrap().get();
            assert!((found - wanted).abs() < 1e-8, "{n} {cap}: {found}");
        }
    }

    #[test]
    fn what_was_cut_off_too_early_is_not_known() {
        // 2 of 100 were cut off at 990, so nothing says where the last 1 % ends.
        assert_eq!(safe_cap(&one_to(1_000, 981), risk(0.01)), SafeCap::AtLeast(Tokens::new(981)));
    }
}
