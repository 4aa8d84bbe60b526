//! How completion tokens divide into reasoning and visible tokens.

use serde::Deserialize;

use super::token_dist::{TokenDist, normal_quantile, normal_survival};

/// Quantiles of the completion at which the split is evaluated.
const NODES: u32 = 64;
/// Quantiles of the completion, and of the odds, over which moments are summed.
const MOMENT_NODES: (u32, u32) = (256, 32);

/// `log(R / V)` given the completion T: normal with mean `intercept + slope·(log T - centre)` and standard
/// deviation `sd`. Longer completions are longer because they reason more, which the slope keeps.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The log T at which the mean is `intercept`.
    pub centre: f64,
    /// The mean of `log(R / V)` there.
    pub intercept: f64,
    /// How much it grows with log T.
    pub slope: f64,
    /// What the completion does not explain.
    pub sd: f64,
}

impl Share {
    fn mean(&self, log_t: f64) -> f64 {
        self.intercept + self.slope * (log_t - self.centre)
    }

    /// The share of reasoning in a completion of `exp(log_t)` tokens, `z` standard deviations from its mean.
    pub(super) fn reasoning(&self, log_t: f64, z: f64) -> f64 {
        1.0 / (1.0 + (-(self.mean(log_t) + self.sd * z)).exp())
    }

    /// The share of reasoning in a usual completion.
    pub(super) fn usual(&self) -> f64 {
        self.reasoning(self.centre, 0.0)
    }

    /// The share when reasoning is `ratio` times as long and the visible part as it was.
    pub(super) fn scaled(self, ratio: f64) -> Self {
        Self { intercept: self.intercept + ratio.ln(), ..self }
    }

    /// P(R >= limit), for completions that follow `total`.
    pub(super) fn reasoning_at_least(&self, total: &TokenDist, limit: f64) -> f64 {
        // R is part of T, so only completions longer than the limit count.
        let longer = total.at_least(limit);
        if longer <= 0.0 || limit <= 0.0 {
            return longer;
        }
        let nodes = (0..NODES).map(|i| {
            let beyond = longer * (f64::from(i) + 0.5) / f64::from(NODES);
            let t = total.quantile(1.0 - beyond);
            if t <= limit {
                return 0.0;
            }
            let needed = (limit / (t - limit)).ln();
            normal_survival((needed - self.mean(t.ln())) / self.sd.max(1e-9))
        });
        longer * nodes.sum::<f64>() / f64::from(NODES)
    }
}

/// A budget that ends the reasoning of completions: `T' = V + min(R, budget)` is billed in place of `T = V + R`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReasoningBudget {
    /// How completions divide without it.
    pub share: Share,
    /// The most reasoning tokens.
    pub most: f64,
}

impl ReasoningBudget {
    /// P(T' > limit), for completions that would follow `total`.
    ///
    /// `T' > limit` where `T > limit` and the budget takes no more away than what is beyond the limit:
    /// `R < most + T - limit`.
    pub(super) fn survival(&self, total: &TokenDist, limit: f64) -> f64 {
        let longer = total.survival(limit);
        if limit < self.most || longer <= 0.0 {
            return longer;
        }
        let nodes = (0..NODES).map(|i| {
            let beyond = longer * (f64::from(i) + 0.5) / f64::from(NODES);
            let t = total.quantile(1.0 - beyond).max(limit);
            let odds = ((self.most + t - limit) / (limit - self.most).max(1e-9)).ln();
            normal_survival((self.share.mean(t.ln()) - odds) / self.share.sd.max(1e-9))
        });
        longer * nodes.sum::<f64>() / f64::from(NODES)
    }

    /// P(min(R, most) >= limit).
    pub(super) fn reasoning_at_least(&self, total: &TokenDist, limit: f64) -> f64 {
        if limit > self.most { 0.0 } else { self.share.reasoning_at_least(total, limit) }
    }

    /// E\[min(T', c)^k\]. Up to the budget T' is T; beyond it, it is never below the budget.
    pub(super) fn moment(&self, total: &TokenDist, k: i32, c: f64) -> f64 {
        let beyond = total.survival(self.most);
        if c <= self.most || beyond <= 0.0 {
            return total.truncated_moment(k, c);
        }
        let (lengths, odds) = MOMENT_NODES;
        let at = |i: u32, n: u32| (f64::from(i) + 0.5) / f64::from(n);
        let deviates: Vec<f64> = (0..odds).map(|j| normal_quantile(at(j, odds))).collect();
        let mut longer = 0.0;
        for i in 0..lengths {
            let t = total.quantile(1.0 - beyond * at(i, lengths)).max(self.most);
            for z in &deviates {
                let over = (t * self.share.reasoning(t.ln(), *z) - self.most).max(0.0);
                longer += (t - over).min(c).powi(k);
            }
        }
        let up_to = total.truncated_moment(k, self.most) - beyond * self.most.powi(k);
        up_to + beyond * longer / f64::from(lengths * odds)
    }
}

/// E\[min(T, c)^k\], within the budget where there is one.
pub(super) fn moment_of(total: &TokenDist, bound: Option<ReasoningBudget>, k: i32, c: f64) -> f64 {
    match bound {
        Some(bound) => bound.moment(total, k, c),
        None => total.truncated_moment(k, c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a completion of some thousand tokens two thirds are reasoning.
    const SHARE: Share = Share { centre: 8.0, intercept: 0.7, slope: 0.5, sd: 0.8 };

    fn total() -> TokenDist {
        TokenDist::Lognormal { mu: 8.0, sigma: 0.9 }
    }

    #[test]
    fn a_budget_that_is_never_reached_changes_nothing() {
        let budget = ReasoningBudget { share: SHARE, most: 1e9 };
        for limit in [0.0, 500.0, 3_000.0, 40_000.0] {
            assert!((budget.survival(&total(), limit) - total().survival(limit)).abs() < 1e-12);
            let moment = budget.moment(&total(), 1, limit);
            assert!((moment - total().truncated_moment(1, limit)).abs() < 1e-9);
        }
    }

    /// 20,000,000 draws of NumPy (`default_rng(1)`): log T ~ N(8, 0.9), log odds ~ N(0.7 + 0.5 (log T - 8), 0.8),
    /// T' = T - R + min(R, 2048).
    #[test]
    fn a_budget_agrees_with_an_independent_simulation() {
        let budget = ReasoningBudget { share: SHARE, most: 2_048.0 };
        for (limit, risk) in [
            (1_000.0, 0.887_631),
            (2_048.0, 0.661_768),
            (3_000.0, 0.374_629),
            (4_096.0, 0.143_577),
            (6_000.0, 0.032_802),
            (10_000.0, 0.003_350),
        ] {
            let found = budget.survival(&total(), limit);
            assert!((found - risk).abs() < 0.02 * risk + 1e-4, "{limit}: {found}, not {risk}");
        }
        for (k, limit, wanted) in
            [(1, 1e9, 2_740.68), (1, 3e3, 2_280.79), (2, 1e9, 9_970_222.0), (2, 6e3, 9_051_689.0)]
        {
            let found = budget.moment(&total(), k, limit);
            assert!((found / wanted - 1.0).abs() < 0.01, "{k}, {limit}: {found}, not {wanted}");
        }
        let empty = budget.reasoning_at_least(&total(), 2_048.0);
        assert!((empty - 0.472_716).abs() < 0.005, "{empty}");
        assert!(budget.reasoning_at_least(&total(), 2_049.0) <= 0.0);
    }

    /// Two thirds are two to one; three times as much reasoning makes six to one of it.
    #[test]
    fn more_reasoning_scales_the_odds() {
        let share = Share { intercept: 2_f64.ln(), ..SHARE };
        assert!((share.usual() - 2.0 / 3.0).abs() < 1e-12);
        assert!((share.scaled(3.0).usual() - 6.0 / 7.0).abs() < 1e-12);
        assert!((share.scaled(0.25).usual() - 1.0 / 3.0).abs() < 1e-12);
    }
}
