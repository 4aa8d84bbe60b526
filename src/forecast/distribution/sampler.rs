//! Draws from the distributions of this room, fast enough for millions.

use super::completion::Completion;
use super::empirical::{Draw, Empirical};
use super::token_dist::TokenDist;

/// Intervals of equal probability in the table of a curve.
const INTERVALS: usize = 4_096;

/// A distribution of amounts, prepared for drawing.
#[derive(Debug, Clone)]
pub(in crate::forecast) enum AmountSampler {
    Constant(u64),
    /// Quantiles at multiples of 1 / INTERVALS, between which the inside is interpolated; the two
    /// outermost intervals are computed exactly.
    Curve {
        quantiles: Vec<f64>,
        dist: TokenDist,
    },
    Empirical(TokenDist),
}

impl AmountSampler {
    pub(in crate::forecast) fn new(dist: &TokenDist) -> Self {
        match dist {
            TokenDist::Constant(amount) => Self::Constant(amount.get()),
            TokenDist::Lognormal { .. } => {
                let at = |i: usize| dist.quantile(i as f64 / INTERVALS as f64);
                // The ends have no quantile; the intervals next to them never use the table.
                let quantiles = (0..=INTERVALS).map(|i| at(i.clamp(1, INTERVALS - 1))).collect();
                Self::Curve { quantiles, dist: dist.clone() }
            }
            TokenDist::Histogram(_) => Self::Empirical(dist.clone()),
        }
    }

    /// The amount at the share `u` of the distribution, `0 <= u < 1`; `None` is without end.
    pub(in crate::forecast) fn at(&self, u: f64) -> Option<u64> {
        match self {
            Self::Constant(amount) => Some(*amount),
            Self::Curve { quantiles, dist } => {
                let x = u * INTERVALS as f64;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "u is at least 0 and below 1"
                )]
                let i = x as usize;
                let amount = if i == 0 || i + 1 >= INTERVALS {
                    dist.quantile(u.max(f64::MIN_POSITIVE))
                } else {
                    quantiles[i] + (quantiles[i + 1] - quantiles[i]) * (x - i as f64)
                };
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "amounts are positive, and the cast saturates"
                )]
                Some((amount + 0.5) as u64)
            }
            Self::Empirical(dist) => dist.measured_at(u),
        }
    }

    /// Whether every draw is the same.
    pub(in crate::forecast) fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }
}

/// A distribution of completions, prepared for drawing.
#[derive(Debug, Clone)]
pub(in crate::forecast) enum CompletionSampler {
    /// Reasoning and visible tokens, drawn one by one. All visible tokens count as content.
    Split { reasoning: AmountSampler, visible: AmountSampler },
    /// Observations, drawn whole.
    Empirical(Empirical),
}

impl CompletionSampler {
    /// `None` when only the total is known: what of it goes into the history is not.
    pub(in crate::forecast) fn new(completion: &Completion) -> Option<Self> {
        if let Some(measured) = completion.measurement() {
            return Some(Self::Empirical(measured.clone()));
        }
        let (reasoning, visible) = completion.parts()?;
        Some(Self::Split {
            reasoning: AmountSampler::new(reasoning),
            visible: AmountSampler::new(visible),
        })
    }

    /// The completion at the shares `u` and `v`, `0 <= u, v < 1`.
    pub(in crate::forecast) fn at(&self, u: f64, v: f64) -> Draw {
        match self {
            Self::Split { reasoning, visible } => {
                let (reasoning, visible) = (reasoning.at(u), visible.at(v));
                let completion = reasoning.zip(visible).map(|(r, v)| r + v);
                Draw { reasoning, completion, content: visible.unwrap_or_default() }
            }
            Self::Empirical(measured) => measured.draw(u),
        }
    }

    /// Whether every draw is the same.
    pub(in crate::forecast) fn is_constant(&self) -> bool {
        match self {
            Self::Split { reasoning, visible } => reasoning.is_constant() && visible.is_constant(),
            Self::Empirical(measured) => measured.is_constant(),
        }
    }
}
