//! Distributions as the data of a page that draws from them itself.

use serde::Serialize;

use super::completion::Completion;
use super::sampler::CompletionSampler;
use super::share::Share;
use super::token_dist::TokenDist;
use crate::units::Tokens;

/// What is drawn from a distribution of amounts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum DrawnAmount {
    /// Always the same.
    Constant {
        /// The amount.
        constant: Tokens,
    },
    /// The logarithm has this mean and this spread: normal, or Student's t.
    Curve {
        /// Mean of the logarithm.
        mu: f64,
        /// Its spread.
        sigma: f64,
        /// Degrees of freedom of Student's t; null for a normal.
        dof: Option<f64>,
    },
    /// Measured amounts.
    Measured {
        /// The amounts, ascending; null has no end.
        values: Vec<Option<u64>>,
        /// Their weights.
        weights: Vec<f64>,
    },
}

impl From<&TokenDist> for DrawnAmount {
    fn from(dist: &TokenDist) -> Self {
        match dist {
            TokenDist::Constant(constant) => Self::Constant { constant: *constant },
            TokenDist::Lognormal { mu, sigma } => Self::Curve { mu: *mu, sigma: *sigma, dof: None },
            TokenDist::LogStudent { mu, sigma, dof } => {
                Self::Curve { mu: *mu, sigma: *sigma, dof: Some(*dof) }
            }
            TokenDist::Histogram(measured) => {
                let (values, weights) = measured.points().unzip();
                Self::Measured { values, weights }
            }
        }
    }
}

/// What is drawn from a distribution of completions.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum DrawnCompletion {
    /// Reasoning and visible tokens, one by one.
    Split {
        /// The reasoning.
        reasoning: DrawnAmount,
        /// The visible answer.
        visible: DrawnAmount,
        /// The most reasoning tokens.
        most: Option<Tokens>,
    },
    /// Observations, drawn whole.
    Observed {
        /// The weight of each and all before it, reasoning, completion (null has no end) and content.
        rows: Vec<(f64, Option<u64>, Option<u64>, u64)>,
    },
    /// A total of which a share is reasoning.
    Predicted {
        /// The total.
        total: DrawnAmount,
        /// Centre, intercept, slope and deviation of the odds of reasoning, see [`Share`].
        share: Option<[f64; 4]>,
        /// The most reasoning tokens.
        most: Option<Tokens>,
    },
}

impl Completion {
    /// What a simulation draws; `None` where only the total is known.
    #[must_use]
    pub fn drawn(&self) -> Option<DrawnCompletion> {
        CompletionSampler::new(self, false, None)?;
        let most = self.budget();
        if let Some(measured) = self.measurement() {
            return Some(DrawnCompletion::Observed { rows: measured.rows().collect() });
        }
        if let Some((total, share)) = self.prediction() {
            let of = |share: Share| [share.centre, share.intercept, share.slope, share.sd];
            return Some(DrawnCompletion::Predicted {
                total: total.into(),
                share: share.map(of),
                most,
            });
        }
        let (reasoning, visible) = self.parts()?;
        Some(DrawnCompletion::Split { reasoning: reasoning.into(), visible: visible.into(), most })
    }
}

impl TokenDist {
    /// How it is written, such as `200..4000`, where that can be told from it: reading it gives the same again.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        const PAIRS: [(u32, u32); 6] = [(5, 95), (50, 95), (50, 90), (10, 90), (50, 99), (25, 75)];
        match self {
            Self::Constant(amount) => Some(amount.get().to_string()),
            Self::Lognormal { mu, sigma } => PAIRS.into_iter().find_map(|(low, high)| {
                let at = |percent: u32| {
                    Tokens::from_f64(self.quantile(f64::from(percent) / 100.0)).get()
                };
                let text = if (low, high) == (5, 95) {
                    format!("{}..{}", at(low), at(high))
                } else {
                    format!("p{low}={},p{high}={}", at(low), at(high))
                };
                let Ok(Self::Lognormal { mu: m, sigma: s }) = text.parse() else { return None };
                ((m - mu).abs() < 1e-9 && (s - sigma).abs() < 1e-9).then_some(text)
            }),
            Self::LogStudent { .. } | Self::Histogram(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_told_from_the_curve() {
        for text in ["400", "200..4000", "p50=4288,p95=11072", "p10=5,p90=70", "1..2"] {
            let dist: TokenDist = text.parse().unwrap();
            assert_eq!(dist.literal().as_deref(), Some(text));
        }
        let odd: TokenDist = "p7=300,p81=9000".parse().unwrap();
        assert_eq!(odd.literal(), None);
    }
}
