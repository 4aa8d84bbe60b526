//! How completion tokens divide into reasoning and visible tokens.

use serde::Deserialize;

use super::token_dist::{TokenDist, normal_survival};

/// Quantiles of the completion at which the split is evaluated.
const NODES: u32 = 64;

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
