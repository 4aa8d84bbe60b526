//! Draws from the distributions of this room, fast enough for millions.

use super::completion::Completion;
use super::empirical::{Draw, Empirical};
use super::share::Share;
use super::token_dist::{TokenDist, normal_quantile, normal_survival};
use crate::units::Tokens;

/// Intervals of a table: a power of two.
const INTERVALS: usize = 4_096;

/// A distribution of amounts, prepared for drawing.
#[derive(Debug, Clone)]
pub(in crate::forecast) enum AmountSampler {
    Constant(u64),
    /// Quantiles at multiples of 1 / INTERVALS, between which the inside is interpolated; the two
    /// outermost intervals are computed exactly.
    Curve {
        quantiles: Table,
        dist: TokenDist,
    },
    Empirical(TokenDist),
}

impl AmountSampler {
    pub(in crate::forecast) fn new(dist: &TokenDist) -> Self {
        match dist {
            TokenDist::Constant(amount) => Self::Constant(amount.get()),
            TokenDist::Lognormal { .. } | TokenDist::LogStudent { .. } => {
                let at = |i: usize| dist.quantile(i as f64 / INTERVALS as f64);
                // The ends have no quantile; the intervals next to them never use the table.
                let quantiles = Table::new(|i| at(i.clamp(1, INTERVALS - 1)));
                Self::Curve { quantiles, dist: dist.clone() }
            }
            TokenDist::Histogram(_) => Self::Empirical(dist.clone()),
        }
    }

    /// The amount at the share `u` of the distribution, `0 <= u < 1`; `None` is without end.
    #[inline]
    pub(in crate::forecast) fn at(&self, u: f64) -> Option<u64> {
        match self {
            Self::Constant(amount) => Some(*amount),
            Self::Curve { quantiles, dist } => {
                let amount = quantiles.within(u).unwrap_or_else(|| at_an_end(dist, u));
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "amounts are positive, and the cast saturates; by way of i64 it is fast"
                )]
                Some((amount + 0.5) as i64 as u64)
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
    Split { reasoning: AmountSampler, visible: AmountSampler, most: u64 },
    /// Observations, drawn whole.
    Empirical { measured: Empirical, places: Places },
    /// A predicted completion, of which a share is reasoning. All visible tokens count as content.
    Predicted { total: AmountSampler, share: Option<Share>, most: u64 },
    /// The total alone: what of it is reasoning is not known, nor what is carried over.
    Total(AmountSampler),
}

impl CompletionSampler {
    /// `None` when only the total is known, and that will not do: what of it goes into the history is not.
    pub(in crate::forecast) fn new(completion: &Completion, total_will_do: bool) -> Option<Self> {
        if let Some(measured) = completion.measurement() {
            let places = Places::new(&measured.sums());
            return Some(Self::Empirical { measured: measured.clone(), places });
        }
        // A budget ends the reasoning of each.
        let most = completion.budget().map_or(u64::MAX, Tokens::get);
        if let Some((total, share)) = completion.prediction() {
            return Some(Self::Predicted { total: AmountSampler::new(total), share, most });
        }
        if let (Some(total), true) = (completion.total_alone(), total_will_do) {
            return Some(Self::Total(AmountSampler::new(total)));
        }
        let (reasoning, visible) = completion.parts()?;
        Some(Self::Split {
            reasoning: AmountSampler::new(reasoning),
            visible: AmountSampler::new(visible),
            most,
        })
    }

    /// The completion at the shares `u` and `v`, `0 <= u, v < 1`.
    #[inline]
    pub(in crate::forecast) fn at(&self, u: f64, v: f64) -> Draw {
        match self {
            Self::Split { reasoning, visible, most } => {
                let (reasoning, visible) = (reasoning.at(u), visible.at(v));
                let ended = (*most < u64::MAX).then_some(*most);
                let reasoning = reasoning.map(|reasoning| reasoning.min(*most)).or(ended);
                let completion = reasoning.zip(visible).map(|(r, v)| r + v);
                Draw { reasoning, completion, content: visible.unwrap_or_default() }
            }
            Self::Empirical { measured, places } => measured.draw_from(places.before(u), u),
            Self::Total(total) => {
                let completion = total.at(u);
                Draw { reasoning: None, completion, content: completion.unwrap_or_default() }
            }
            Self::Predicted { total, share, most } => {
                let completion = total.at(u).unwrap_or(u64::MAX);
                let reasoning = share.map_or(0, |share| {
                    let log_t = (completion.max(1) as f64).ln();
                    let z = normal_quantile(v.max(f64::MIN_POSITIVE));
                    let share = share.reasoning(log_t, z);
                    Tokens::from_f64(completion as f64 * share).get().min(completion)
                });
                let (visible, reasoning) = (completion - reasoning, reasoning.min(*most));
                Draw {
                    reasoning: Some(reasoning),
                    completion: Some(visible + reasoning),
                    content: visible,
                }
            }
        }
    }

    /// Whether reasoning and visible tokens are drawn one by one.
    pub(in crate::forecast) fn is_split(&self) -> bool {
        matches!(self, Self::Split { .. })
    }

    /// Whether every draw is the same.
    pub(in crate::forecast) fn is_constant(&self) -> bool {
        match self {
            Self::Split { reasoning, visible, .. } => {
                reasoning.is_constant() && visible.is_constant()
            }
            Self::Empirical { measured, .. } => measured.is_constant(),
            Self::Total(total) => total.is_constant(),
            Self::Predicted { .. } => false,
        }
    }
}

/// How far the table of the normal distribution function reaches.
const REACH: f64 = 8.0;

/// Draws that have one factor in common: `u' = Φ(√ρ·z + √(1 - ρ)·Φ⁻¹(u))`, which is as uniform as `u`.
#[derive(Debug)]
pub(in crate::forecast) struct Correlation {
    common: f64,
    own: f64,
    /// Normal quantiles at multiples of 1 / INTERVALS.
    quantiles: Table,
    /// Φ from -REACH to REACH.
    shares: Table,
}

impl Correlation {
    /// Draws whose normal scores have the correlation `rho`, 0 to 1.
    pub(in crate::forecast) fn new(rho: f64) -> Self {
        let rho = rho.clamp(0.0, 1.0);
        let quantile =
            |i: usize| normal_quantile(i.clamp(1, INTERVALS - 1) as f64 / INTERVALS as f64);
        let at = |i: usize| REACH * (2.0 * i as f64 / INTERVALS as f64 - 1.0);
        Self {
            common: rho.sqrt(),
            own: (1.0 - rho).sqrt(),
            quantiles: Table::new(quantile),
            shares: Table::new(|i| normal_survival(-at(i))),
        }
    }

    /// The standard normal at the share `u`, `0 <= u < 1`.
    #[inline]
    pub(in crate::forecast) fn factor(&self, u: f64) -> f64 {
        self.quantiles.within(u).unwrap_or_else(|| normal_quantile(u.max(f64::MIN_POSITIVE)))
    }

    /// The share that a draw `u` becomes beside the common factor `z`.
    #[inline]
    pub(in crate::forecast) fn share(&self, z: f64, u: f64) -> f64 {
        let x = self.common * z + self.own * self.factor(u);
        let at = (x + REACH) * (INTERVALS as f64 / (2.0 * REACH));
        let at = end_within(at, INTERVALS as f64 - 1e-6);
        end_within(self.shares.at(at), 1.0 - f64::EPSILON)
    }
}

/// The value within 0 and `most`. Two branches that are hardly ever taken cost less than a clamp.
#[inline]
fn end_within(value: f64, most: f64) -> f64 {
    if value < 0.0 {
        return 0.0;
    }
    if value > most { most } else { value }
}

/// The quantile outside the table, which few draws ask for.
#[cold]
fn at_an_end(dist: &TokenDist, u: f64) -> f64 {
    dist.quantile(u.max(f64::MIN_POSITIVE))
}

/// Values at the ends of intervals of equal length, with straight lines between them.
#[derive(Debug, Clone)]
pub(in crate::forecast) struct Table(Box<[f64; INTERVALS + 1]>);

impl Table {
    fn new(at: impl Fn(usize) -> f64) -> Self {
        Self(Box::new(std::array::from_fn(at)))
    }

    /// The value at `x`, `0 <= x < INTERVALS`.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "x is 0 or more, and no larger than the table"
    )]
    fn at(&self, x: f64) -> f64 {
        // Casts of i32 are an instruction each, those of usize a dozen.
        let whole = x as i32;
        // The mask changes no place of the table; it spares the checks of its ends.
        let i = whole as usize & (INTERVALS - 1);
        let (start, end) = (self.0[i], self.0[i + 1]);
        start + (end - start) * (x - f64::from(whole))
    }

    /// The value at the share `u` of the length, `0 <= u < 1`; `None` in the outermost intervals.
    #[inline]
    fn within(&self, u: f64) -> Option<f64> {
        let x = u * INTERVALS as f64;
        (x >= 1.0 && x < (INTERVALS - 1) as f64).then(|| self.at(x))
    }
}

/// Where a search among sorted sums begins, for shares in intervals of equal length.
#[derive(Debug, Clone)]
pub(in crate::forecast) struct Places(Vec<usize>);

impl Places {
    /// For sums from above 0 to 1. Twice as many intervals as sums leave less than one step to search.
    fn new(sums: &[f64]) -> Self {
        // A power of two, so that a share is never rounded into the next interval.
        let intervals = (2 * sums.len()).next_power_of_two();
        let start = |i: usize| i as f64 / intervals as f64;
        Self((0..intervals).map(|i| sums.partition_point(|sum| *sum <= start(i))).collect())
    }

    /// The place of a sum that is not beyond the first one above `u`, `0 <= u < 1`.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the intervals"
    )]
    fn before(&self, u: f64) -> usize {
        self.0[(u * self.0.len() as f64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The correlation of two turns that take one of two equally likely values is `(2/π)·asin ρ`.
    #[test]
    fn a_pool_of_two_values_has_the_known_correlation() {
        for (rho, wanted) in
            [(0.05, 0.031_844), (0.1, 0.063_769), (0.25, 0.160_861), (0.5, 0.333_333)]
        {
            let alike = Correlation::new(rho);
            let n = 2_000;
            let at = |i: u32| (f64::from(i) + 0.5) / f64::from(n);
            // E over the factor of P(upper half)², by midpoints: 1/4 + correlation/4.
            let both: f64 = (0..n)
                .map(|i| {
                    let z = alike.factor(at(i));
                    let upper = (0..n).filter(|j| alike.share(z, at(*j)) >= 0.5).count();
                    (upper as f64 / f64::from(n)).powi(2)
                })
                .sum::<f64>()
                / f64::from(n);
            assert!((4.0 * both - 1.0 - wanted).abs() < 2e-3, "{rho}: {}", 4.0 * both - 1.0);
        }
    }

    #[test]
    fn each_turn_keeps_its_distribution() {
        let alike = Correlation::new(0.25);
        let n = 800;
        let at = |i: u32| (f64::from(i) + 0.5) / f64::from(n);
        for share in [0.05, 0.5, 0.95] {
            let below = (0..n)
                .flat_map(|i| (0..n).map(move |j| (i, j)))
                .filter(|(i, j)| alike.share(alike.factor(at(*i)), at(*j)) < share)
                .count();
            let found = below as f64 / f64::from(n * n);
            assert!((found - share).abs() < 2e-3, "{share}: {found}");
        }
    }
}
