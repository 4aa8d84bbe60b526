//! How well the mean completion of a workload is known, and with it what many calls cost.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF as _, StudentsT};

use super::share::{ReasoningBudget, moment_of};
use super::token_dist::{TokenDist, normal_quantile, normal_survival};

/// Points at which the probability that one model costs less than another is evaluated.
const NODES: u32 = 512;
/// The quantiles of the standard normal there.
static NORMAL: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let at = |i: u32| normal_quantile((f64::from(i) + 0.5) / f64::from(NODES));
    (0..NODES).map(at).collect()
});

/// The mean completion of a workload, known up to a factor.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadMean {
    /// One call of the workload as it is best known, which gives the mean and how much calls differ.
    pub within: TokenDist,
    /// The variance of the logarithm of the mean.
    pub variance: f64,
    /// Degrees of freedom of that variance; `None` is a normal.
    pub dof: Option<f64>,
    /// The part of the variance that other models share on the same workload.
    pub shared: f64,
}

impl WorkloadMean {
    /// The logarithm of the factor by which the mean may differ, at the probability `p`.
    #[must_use]
    pub fn factor(&self, p: f64) -> f64 {
        quantile(p, self.dof) * self.variance.sqrt()
    }

    /// The mean of `min(T, limit)` over `answers` calls, within a budget of reasoning where there is one: what
    /// the budget ends does not grow with the mean of the workload.
    #[must_use]
    pub(super) fn of_answers(
        &self,
        limit: f64,
        answers: u64,
        bound: Option<ReasoningBudget>,
    ) -> MeanOfAnswers {
        let mean = moment_of(&self.within, bound, 1, limit);
        let square = moment_of(&self.within, bound, 2, limit);
        let ended = bound.map_or(0.0, |bound| {
            bound.most * bound.reasoning_at_least(&self.within, bound.most) / mean.max(1.0)
        });
        let grows = (1.0 - ended).clamp(0.0, 1.0);
        let cv2 = if mean > 0.0 { (square / (mean * mean) - 1.0).max(0.0) } else { 0.0 };
        // The variance of a sample, from that of its own distribution.
        let cv2 = cv2 * self.dof.map_or(1.0, |dof| (dof + 1.0) / dof);
        let [variance, shared] = [self.variance, self.shared].map(|of| of * grows * grows);
        MeanOfAnswers::new(mean, cv2, variance, answers, self.dof, shared)
    }
}

/// The mean of the billed completions of a number of answers: `mean·exp(q·spread)` at every quantile `q` of
/// a normal, or of Student's t.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MeanOfAnswers {
    /// What is expected, in tokens.
    pub mean: f64,
    /// The standard deviation of its logarithm.
    pub spread: f64,
    /// Degrees of freedom; a normal has none.
    pub dof: Option<f64>,
    /// The part of the variance that other models share on the same workload.
    pub shared: f64,
    /// The squared coefficient of variation of the answers among themselves, over their number: it is of these
    /// answers alone, and all else is the same for every answer of the workload.
    pub own: f64,
}

impl MeanOfAnswers {
    /// A mean that is known with the `variance` of its logarithm, of answers whose squared coefficient of
    /// variation is `cv2`: `spread² = variance + log(1 + cv²/N)`.
    pub(super) fn new(
        mean: f64,
        cv2: f64,
        variance: f64,
        answers: u64,
        dof: Option<f64>,
        shared: f64,
    ) -> Self {
        let own = cv2 / answers.max(1) as f64;
        let spread = (variance + own.ln_1p()).sqrt();
        Self { mean, spread, dof, shared, own }
    }

    /// What so many of them come to, which is known as well.
    #[must_use]
    pub fn times(self, answers: u64) -> Self {
        Self { mean: self.mean * answers as f64, ..self }
    }

    /// Whether what is not known of the workload moves both alike.
    fn moves_as(&self, other: &Self) -> bool {
        let bits = |mean: &Self| (mean.spread.to_bits(), mean.own.to_bits());
        bits(self) == bits(other) && self.dof.map(f64::to_bits) == other.dof.map(f64::to_bits)
    }

    /// The part of the spread that all answers of the workload have in common.
    fn common(&self) -> f64 {
        (self.spread.powi(2) - self.own.ln_1p()).max(0.0).sqrt()
    }

    /// The mean that is not exceeded with the probability `p`.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        self.mean * (self.z(p) * self.spread).exp()
    }

    /// The quantile of the standard normal, or of Student's t, that goes with it.
    #[must_use]
    pub fn z(&self, p: f64) -> f64 {
        quantile(p, self.dof)
    }
}

/// The factor by which a sum of costs of one workload may differ from what is expected, at the probability `p`;
/// each cost with the mean that it is proportional to.
///
/// What is not known of the workload moves all of them together. What answers differ among themselves is
/// independent, so that it shrinks with the number of all: a sum over equal inputs is known as well as that many
/// calls of one.
#[must_use]
pub fn factor_of_sum(costs: &[(f64, MeanOfAnswers)], p: f64) -> f64 {
    factor_of(costs.iter().copied(), p)
}

/// The same for costs that are kept otherwise.
pub(in crate::forecast) fn factor_of(
    costs: impl Iterator<Item = (f64, MeanOfAnswers)> + Clone,
    p: f64,
) -> f64 {
    let all: f64 = costs.clone().map(|(cost, _)| cost).sum();
    if all <= 0.0 {
        return 1.0;
    }
    let (mut common, mut z, mut own) = (0.0, 0.0, 0.0);
    // Most inputs of a corpus have the room and the cap of their model, and with them one mean.
    let mut last: Option<(MeanOfAnswers, f64, f64)> = None;
    for (cost, mean) in costs {
        let (z_here, factor) = match last {
            Some((known, z, factor)) if known.moves_as(&mean) => (z, factor),
            _ => {
                let z = mean.z(p);
                (z, (z * mean.common()).exp())
            }
        };
        last = Some((mean, z_here, factor));
        let part = cost / all;
        common += part * factor;
        z += part * z_here;
        own += part * part * mean.own;
    }
    let common = common.ln();
    (z.signum() * (common * common + z * z * own.ln_1p()).sqrt()).exp()
}

/// The variance of the logarithm of a mean that `n` values give, where the variance of the logarithm of one
/// is `s2`: `s²/n + s⁴/(2(n - 1))` (Cox's interval of a lognormal mean, in Zhou and Gao 1997).
pub(super) fn variance_of_mean(s2: f64, n: f64) -> f64 {
    s2 / n + s2 * s2 / (2.0 * (n - 1.0))
}

fn quantile(p: f64, dof: Option<f64>) -> f64 {
    dof.map_or_else(|| normal_quantile(p), |dof| student_quantile(p, dof))
}

/// The quantile of Student's t.
pub(super) fn student_quantile(p: f64, dof: f64) -> f64 {
    StudentsT::new(0.0, 1.0, dof.max(1e-3)).map_or(f64::NAN, |t| t.inverse_cdf(p))
}

/// One side of a comparison: what is paid whatever the completion, and by token of it.
#[derive(Debug, Clone, Copy)]
pub struct CostOfMean {
    /// The mean completion of the workload.
    pub mean: MeanOfAnswers,
    /// The limit of a completion.
    pub limit: f64,
    /// What a call costs before its completion.
    pub prompt: f64,
    /// What a token of the completion costs, above 0.
    pub per_token: f64,
}

/// The probability that the mean call of `a` costs less than that of `b` on the same workload. What the
/// workload does to both alike is one factor; what a model does on its own is independent.
#[must_use]
pub fn costs_less(a: &CostOfMean, b: &CostOfMean) -> f64 {
    let side = |side: &CostOfMean| (side.mean.mean.max(1e-9).ln(), side.mean.spread.max(1e-9));
    let ((mean_a, h_a), (mean_b, h_b)) = (side(a), side(b));
    let shared = a.mean.shared.min(b.mean.shared);
    let correlation = (shared / (h_a * h_b)).clamp(0.0, 1.0);
    let rest = (h_b * (1.0 - correlation * correlation).sqrt()).max(1e-9);
    let at = |z: &f64| {
        let cost = a.prompt + a.per_token * (mean_a + h_a * z).exp().min(a.limit);
        // B costs more when its completion is longer than this.
        let least = (cost - b.prompt) / b.per_token;
        if least <= 0.0 {
            return 1.0;
        }
        if least > b.limit {
            return 0.0;
        }
        normal_survival((least.ln() - mean_b - correlation * h_b * z) / rest)
    };
    NORMAL.iter().map(at).sum::<f64>() / f64::from(NODES)
}

/// The same for costs that are proportional to completions, as those of conversations are roughly, from the
/// mean costs of both. `None` where nothing is uncertain.
#[must_use]
pub fn costs_less_in_proportion(a: (f64, &MeanOfAnswers), b: (f64, &MeanOfAnswers)) -> Option<f64> {
    let ((cost_a, a), (cost_b, b)) = (a, b);
    let shared = a.shared.min(b.shared);
    let apart = (a.spread.powi(2) + b.spread.powi(2) - 2.0 * shared).max(0.0).sqrt();
    if a.spread.max(b.spread) < 1e-6 || cost_a <= 0.0 || cost_b <= 0.0 {
        return None;
    }
    Some(normal_survival((cost_a / cost_b).ln() / apart.max(1e-9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(mu: f64, shared: f64) -> WorkloadMean {
        let within = TokenDist::Lognormal { mu, sigma: 0.6 };
        WorkloadMean { within, variance: 0.85, dof: None, shared }
    }

    fn side(mean: &WorkloadMean) -> CostOfMean {
        let mean = mean.of_answers(1e9, 1_000_000, None);
        CostOfMean { mean, limit: 1e9, prompt: 0.0, per_token: 1.0 }
    }

    #[test]
    fn the_same_workload_makes_a_comparison_surer() {
        let (short, long) = (mean(7.0, 0.0), mean(7.5, 0.0));
        let apart = costs_less(&side(&short), &side(&long));
        // Independent: P = Φ(0.5 / √(2·0.85)).
        assert!((apart - 0.6493).abs() < 2e-3, "{apart}");
        let (short, long) = (mean(7.0, 0.3), mean(7.5, 0.3));
        let together = costs_less(&side(&short), &side(&long));
        // The shared part drops out: P = Φ(0.5 / √(2·0.55)).
        assert!((together - 0.6832).abs() < 2e-3, "{together}");
        let even = costs_less(&side(&short), &side(&short));
        assert!((even - 0.5).abs() < 2e-3, "{even}");
    }

    #[test]
    fn calls_over_equal_inputs_are_known_as_those_of_one() {
        for dof in [None, Some(19.0)] {
            let mean = WorkloadMean { dof, ..mean(7.0, 0.3) };
            let one = mean.of_answers(1e9, 1_000, None);
            let tenth = mean.of_answers(1e9, 100, None);
            let split: Vec<(f64, MeanOfAnswers)> = (0..10).map(|_| (0.5, tenth)).collect();
            for p in [0.05, 0.5, 0.95] {
                let (found, wanted) = (factor_of_sum(&split, p), one.quantile(p) / one.mean);
                assert!((found / wanted - 1.0).abs() < 1e-9, "{p}: {found}, not {wanted}");
            }
        }
    }

    #[test]
    fn many_calls_do_not_shrink_what_is_not_known_of_the_workload() {
        let mean = mean(7.0, 0.3);
        let range = |n| {
            let mean = mean.of_answers(1e9, n, None);
            mean.quantile(0.95) / mean.quantile(0.05)
        };
        assert!(
            range(10) > range(1_000)
                && range(1_000_000) > (2.0 * 1.645 * 0.85_f64.sqrt()).exp() * 0.999
        );
    }
}
