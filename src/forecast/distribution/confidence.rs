//! How far a sample allows the reserve to be released.

use serde::Serialize;
use statrs::distribution::{Beta, ContinuousCDF as _};
use statrs::function::beta::beta_reg;

use super::noncentral::CONFIDENCE;
use super::own_calls::{ENOUGH_CALLS, OwnCalls};
use super::priors::Prior;
use super::profile::Sample;
use super::token_dist::normal_quantile;
use crate::units::{Probability, Tokens};

/// The share of a few calls that may be cut off before they no longer allow a cap.
const MOST_CUT_OFF: f64 = 0.05;

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

/// The smallest cap that is within `risk` with 95 % confidence, from the sample alone.
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

/// The smallest cap that is within `risk` with 95 % confidence, from the sample and the prior of its work.
///
/// From [`needed_n`] observations on the sample alone decides, see [`safe_cap`]. With fewer, from
/// [`ENOUGH_CALLS`] on or what they are worth, it is the tolerance bound of [`OwnCalls::bound`], unless more
/// than 5 % of them were cut off.
#[must_use]
pub fn own_cap(sample: &Sample, risk: Probability, prior: &Prior) -> SafeCap {
    let n = sample.n();
    // Calls that belong together are worth fewer, and an order statistic takes each for one.
    if n >= needed_n(risk) && sample.worth() >= n as f64 {
        return safe_cap(sample, risk);
    }
    // What the fit says of the longest calls rests on those that were cut off.
    if sample.censored() as f64 > MOST_CUT_OFF * n as f64 {
        return SafeCap::AtLeast(longest(sample));
    }
    let enough = sample.worth() >= ENOUGH_CALLS as f64;
    let bound = || OwnCalls::new(sample, prior).and_then(|own| own.bound(risk));
    match enough.then(bound).flatten() {
        Some(cap) => SafeCap::Cap(cap),
        None => SafeCap::TooSmall { n, needed: ENOUGH_CALLS },
    }
}

/// The upper bound, with 95 % confidence, of the risk that completions are longer than `cap`
/// (Clopper-Pearson), of as many completions as they are worth. `None` when some were cut off.
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
    let each = sample.worth() / n as f64;
    let tail = Beta::new(longer as f64 * each + 1.0, (n - longer) as f64 * each).ok()?;
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
    let r = rank_below(CONFIDENCE, n, 1.0 - risk.get());
    SafeCap::Cap(order_statistic(sample, r.min(n)).unwrap_or_default())
}

/// P(Bin(n, p) < r), `1 <= r <= n + 1`.
fn below(r: u64, n: u64, p: f64) -> f64 {
    if r > n {
        return 1.0;
    }
    // The regularised incomplete beta function is the binomial's tail.
    1.0 - beta_reg(r as f64, (n - r + 1) as f64, p)
}

fn safe_cap_censored(sample: &Sample, risk: Probability) -> SafeCap {
    let z = normal_quantile(CONFIDENCE);
    let met = survival_curve(sample).into_iter().find(|step| step.limit(z) <= risk.get());
    match met {
        Some(step) => SafeCap::Cap(step.at),
        None => SafeCap::AtLeast(longest(sample)),
    }
}

fn longest(sample: &Sample) -> Tokens {
    sample.observations().last().map_or(Tokens::ZERO, |(observation, _)| observation.completion)
}

/// The Kaplan-Meier estimate after the events at one value.
#[derive(Debug, Clone, Copy)]
struct Step {
    at: Tokens,
    survival: f64,
    /// Greenwood's sum: the variance of `log S`.
    variance: f64,
}

impl Step {
    /// The pointwise limit of S, `z` standard errors away on the `log(-log S)` scale: an upper one
    /// for a positive `z`.
    fn limit(&self, z: f64) -> f64 {
        if self.survival <= 0.0 || self.survival >= 1.0 {
            return self.survival;
        }
        let log = -self.survival.ln();
        self.survival.powf((-z * self.variance.sqrt() / log).exp())
    }
}

/// The steps of the Kaplan-Meier estimate of `P(T > x)`; events go before what was cut off there.
fn survival_curve(sample: &Sample) -> Vec<Step> {
    let (mut left, mut survival, mut variance) = (sample.n() as f64, 1.0, 0.0);
    let mut steps = Vec::new();
    for (observation, times) in sample.observations() {
        let times = times as f64;
        if !observation.censored {
            survival *= 1.0 - times / left;
            variance += times / (left * (left - times));
            steps.push(Step { at: observation.completion, survival, variance });
        }
        left -= times;
    }
    steps
}

/// A quantile of a sample, with its two-sided 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct QuantileBounds {
    /// The probability.
    #[serde(skip)]
    pub p: f64,
    /// The smallest value that is not exceeded with that probability; nothing where too many were
    /// cut off to say.
    pub tokens: Option<Tokens>,
    /// The lower bound; nothing where the sample is too small to have one.
    pub low: Option<Tokens>,
    /// The upper bound; nothing where the sample is too small, or too much of it was cut off.
    pub high: Option<Tokens>,
}

/// The quantile at `p`, `0 < p < 1`, of the completions of a sample.
///
/// Without cut-off observations the bounds are the order statistics `x_(l)` and `x_(u)` with the
/// largest `l` for which `P(Bin(n, p) < l) <= 0.025` and the smallest `u` for which
/// `P(Bin(n, p) >= u) <= 0.025`. With cut-off ones they are where the pointwise limits of the
/// Kaplan-Meier estimate fall to `1 - p` (Brookmeyer and Crowley 1982, on the `log(-log S)` scale).
#[must_use]
pub fn quantile_bounds(sample: &Sample, p: f64) -> QuantileBounds {
    if sample.censored() > 0 {
        let curve = survival_curve(sample);
        let z = normal_quantile(0.975);
        let first = |limit: &dyn Fn(&Step) -> f64| {
            // A hair of tolerance, because S is a product of fractions.
            curve.iter().find(|step| limit(step) <= 1.0 - p + 1e-12).map(|step| step.at)
        };
        return QuantileBounds {
            p,
            tokens: first(&|step| step.survival),
            low: first(&|step| step.limit(-z)),
            high: first(&|step| step.limit(z)),
        };
    }
    let n = sample.n();
    // P(Bin < r) grows with r: the largest rank within the tail stands before the first beyond it.
    let low = rank_above(0.025, n, p).checked_sub(1).filter(|r| *r > 0);
    let rank_of_quantile = Tokens::from_f64((n as f64 * p - 1e-9).ceil()).get().max(1);
    QuantileBounds {
        p,
        tokens: order_statistic(sample, rank_of_quantile),
        low: low.and_then(|r| order_statistic(sample, r)),
        high: order_statistic(sample, rank_below(0.975, n, p)),
    }
}

/// The smallest `r` for which `P(Bin(n, p) < r) >= share`; `n + 1` when no rank of the sample is.
fn rank_below(share: f64, n: u64, p: f64) -> u64 {
    first_rank(n, |r| below(r, n, p) >= share)
}

/// The smallest `r` for which `P(Bin(n, p) < r) > tail`.
fn rank_above(tail: f64, n: u64, p: f64) -> u64 {
    first_rank(n, |r| below(r, n, p) > tail)
}

/// The first of the ranks 1 to n + 1 from which on `holds` does, as it does for the last.
fn first_rank(n: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (1, n + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}

/// The `r`-th smallest completion, from 1.
fn order_statistic(sample: &Sample, r: u64) -> Option<Tokens> {
    let mut seen = 0;
    let found = sample.observations().find(|(_, times)| {
        seen += times;
        seen >= r
    });
    found.map(|(observation, _)| observation.completion)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::profile::Observation;
    use super::*;

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

    fn safe(sample: &Sample, risk: Probability) -> SafeCap {
        let prior = Prior {
            kind: None,
            centre: 6.0,
            within: 0.4,
            between: 0.85,
            shared: 0.25,
            model: 0.43,
            model_known: false,
            share: None,
            tail: None,
        };
        own_cap(sample, risk, &prior)
    }

    #[test]
    fn one_percent_needs_299_observations() {
        assert_eq!(needed_n(risk(0.01)), 299);
        assert_eq!(needed_n(risk(0.05)), 59);
        assert_eq!(safe(&one_to(299, 1_000), risk(0.01)), SafeCap::Cap(Tokens::new(299)));
    }

    #[test]
    fn twenty_calls_give_a_bound_and_fewer_do_not() {
        assert_eq!(safe(&one_to(19, 1_000), risk(0.01)), SafeCap::TooSmall { n: 19, needed: 20 });
        let SafeCap::Cap(bound) = safe(&one_to(20, 1_000), risk(0.01)) else {
            panic!("20 calls give a cap")
        };
        assert!(bound > Tokens::new(20));
        // Twenty calls of two conversations are no twenty calls.
        let mut alike = one_to(20, 1_000);
        alike.set_worth(6.4);
        assert_eq!(safe(&alike, risk(0.01)), SafeCap::TooSmall { n: 20, needed: 20 });
    }

    /// SciPy 1.17.1: the smallest r with `binom.cdf(r - 1, n, 1 - risk) >= 0.95`.
    #[test]
    fn order_statistics_agree_with_an_independent_implementation() {
        for (n, p, r) in
            [(1_000, 0.01, 996), (1_000, 0.05, 962), (473, 0.01, 472), (10_000, 0.01, 9_917)]
        {
            assert_eq!(safe(&one_to(n, n + 1), risk(p)), SafeCap::Cap(Tokens::new(r)), "{n} {p}");
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
        assert_eq!(safe(&one_to(1_000, 981), risk(0.01)), SafeCap::AtLeast(Tokens::new(981)));
    }

    /// Every i-th of 400 completions, cut off by one of three caps in turn.
    fn under_three_caps() -> Sample {
        let mut sample = Sample::default();
        for i in 0..400_u64 {
            let (length, cap) = (100 + i * 7_919 % 10_007, [4_000, 8_000, 9_000][(i % 3) as usize]);
            let observation = Observation {
                completion: Tokens::new(length.min(cap)),
                censored: length > cap,
                reasoning: Tokens::ZERO,
                content: None,
            };
            sample.add(observation, 1).unwrap();
        }
        sample
    }

    fn tokens(n: impl Into<Option<u64>>) -> Option<Tokens> {
        n.into().map(Tokens::new)
    }

    /// lifelines 0.30.3, `KaplanMeierFitter` (exponential Greenwood limits): the first value at which
    /// S, or a limit of it, is at most 1 - p.
    #[test]
    fn quantiles_of_cut_off_samples_agree_with_an_independent_implementation() {
        let sample = under_three_caps();
        assert_eq!((sample.n(), sample.censored()), (400, 125));
        for (p, at, low, high) in [
            (0.1, tokens(1_091), tokens(812), tokens(1_389)),
            (0.5, tokens(5_113), tokens(4_574), tokens(5_642)),
            (0.75, tokens(7_634), tokens(7_095), tokens(8_144)),
            (0.9, None, tokens(8_673), None),
        ] {
            let bounds = quantile_bounds(&sample, p);
            assert_eq!((bounds.tokens, bounds.low, bounds.high), (at, low, high), "{p}");
        }
        for (at_risk, cap) in [(0.3, 7_557), (0.2, 8_596)] {
            assert_eq!(safe(&sample, risk(at_risk)), SafeCap::Cap(Tokens::new(cap)));
        }
        assert_eq!(safe(&sample, risk(0.15)), SafeCap::AtLeast(Tokens::new(9_000)));
    }

    /// SciPy 1.17.1, `binom.cdf`: the ranks of the bounds in a sample of 1 to n.
    #[test]
    fn quantiles_of_complete_samples_agree_with_an_independent_implementation() {
        for (n, p, rank, low, high) in [
            (1_218, 0.5, 609, tokens(575), tokens(644)),
            (1_218, 0.99, 1_206, tokens(1_199), tokens(1_213)),
            (100, 0.95, 95, tokens(90), tokens(100)),
            (100, 0.99, 99, tokens(97), None),
            (30, 0.5, 15, tokens(10), tokens(21)),
            (5, 0.5, 3, None, None),
            (20, 0.05, 1, None, tokens(4)),
        ] {
            let bounds = quantile_bounds(&one_to(n, n + 1), p);
            assert_eq!(
                (bounds.tokens, bounds.low, bounds.high),
                (tokens(rank), low, high),
                "{n} {p}"
            );
        }
    }

    /// P(T > x) from the definition: the product over the values at which completions end of the
    /// share that goes on, counted anew over the whole list each time.
    fn survival_by_hand(list: &[(u64, bool)], x: u64) -> f64 {
        let mut ends: Vec<u64> =
            list.iter().filter(|(t, cut)| !cut && *t <= x).map(|(t, _)| *t).collect();
        ends.sort_unstable();
        ends.dedup();
        let goes_on = |t: u64| {
            let at_risk = list.iter().filter(|(other, _)| *other >= t).count() as f64;
            let ended = list.iter().filter(|(other, cut)| *other == t && !cut).count() as f64;
            1.0 - ended / at_risk
        };
        ends.into_iter().map(goes_on).product()
    }

    proptest! {
        #[test]
        fn survival_is_that_of_the_definition(
            list in prop::collection::vec((1..30_u64, any::<bool>()), 1..60),
            x in 0..32_u64,
        ) {
            let mut sample = Sample::default();
            for (completion, censored) in &list {
                let completion = Tokens::new(*completion);
                let observation =
                    Observation { completion, censored: *censored, reasoning: completion, content: None };
                sample.add(observation, 1).unwrap();
            }
            let by_hand = survival_by_hand(&list, x);
            let curve = survival_curve(&sample);
            let step = curve.iter().rev().find(|step| step.at <= Tokens::new(x));
            prop_assert!((step.map_or(1.0, |step| step.survival) - by_hand).abs() < 1e-12);
            let distribution = super::super::empirical::Empirical::new(&sample).unwrap();
            prop_assert!((distribution.completion.survival(x as f64) - by_hand).abs() < 1e-9);
        }

        /// The ranks are those that adding up the binomial's terms one by one gives.
        #[test]
        fn ranks_are_those_of_a_plain_sum(n in 1..80_usize, p in 0.02..0.98_f64) {
            let mut term = (1.0 - p).powf(n as f64);
            let mut below_r = vec![0.0];
            for k in 0..n {
                below_r.push(below_r[k] + term);
                term *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            }
            let low = (1..=n).rev().find(|r| below_r[*r] <= 0.025);
            let high = (1..=n).find(|r| below_r[*r] >= 0.975);
            let n = n as u64;
            let (low, high) = (low.map(|r| r as u64), high.map(|r| r as u64));
            let bounds = quantile_bounds(&one_to(n, n + 1), p);
            prop_assert_eq!((bounds.low, bounds.high), (low.map(Tokens::new), high.map(Tokens::new)));
        }
    }
}
