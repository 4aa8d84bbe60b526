//! Draws from the distributions of this room, fast enough for millions.

use std::sync::LazyLock;

use super::completion::Completion;
use super::empirical::{Draw, Empirical};
use super::share::Share;
use super::token_dist::{TokenDist, normal_quantile, normal_survival};
use crate::units::Tokens;

/// Intervals of a table: a power of two.
const INTERVALS: usize = 4_096;
/// How far tables by standard normals reach: Φ is 1 in all but the last of its digits there.
const REACH: f64 = 8.0;
/// The most that is drawn from a curve: what fits a `i64`.
const MOST_AMOUNT: f64 = i64::MAX as f64;

/// A distribution of amounts, prepared for drawing.
#[derive(Debug, Clone)]
pub(in crate::forecast) enum AmountSampler {
    Constant(u64),
    /// A curve, drawn from on its own.
    Curve(Curve),
    /// A lognormal beside a factor: `exp(σ√ρ·z)` times what the lognormal of the rest draws.
    Scaled {
        common: f64,
        own: Curve,
        dist: TokenDist,
    },
    /// Another curve beside a factor: amounts at standard normals.
    Scored {
        scores: Scores,
        dist: TokenDist,
    },
    Empirical(TokenDist),
}

/// Quantiles at multiples of 1 / INTERVALS, between which the inside is interpolated; the two outermost
/// intervals are computed exactly.
#[derive(Debug, Clone)]
pub(in crate::forecast) struct Curve {
    quantiles: Table,
    dist: TokenDist,
}

impl Curve {
    fn new(dist: TokenDist) -> Self {
        let quantiles = match dist {
            TokenDist::Lognormal { mu, sigma } => {
                Table::new(|i| (mu + sigma * NORMAL_QUANTILES.0[i]).exp())
            }
            _ => Table::of_quantiles(|p| dist.quantile(p)),
        };
        Self { quantiles, dist }
    }

    #[inline]
    fn at(&self, u: f64) -> f64 {
        self.quantiles.within(u).unwrap_or_else(|| at_an_end(&self.dist, u))
    }
}

/// What the draws of a run have in common.
#[derive(Debug, Clone, Copy)]
pub(in crate::forecast) struct Factor {
    /// As a standard normal.
    pub(in crate::forecast) score: f64,
    /// What it multiplies a lognormal by.
    scale: f64,
}

impl AmountSampler {
    /// For draws on their own.
    pub(in crate::forecast) fn new(dist: &TokenDist) -> Self {
        match dist {
            TokenDist::Constant(amount) => Self::Constant(amount.get()),
            TokenDist::Lognormal { .. } | TokenDist::LogStudent { .. } => {
                Self::Curve(Curve::new(dist.clone()))
            }
            TokenDist::Histogram(_) => Self::Empirical(dist.clone()),
        }
    }

    /// For draws beside a factor.
    fn beside_a_factor(dist: &TokenDist, alike: &Correlation) -> Self {
        match *dist {
            TokenDist::Lognormal { mu, sigma } => Self::Scaled {
                common: sigma * alike.common,
                own: Curve::new(TokenDist::Lognormal { mu, sigma: sigma * alike.own }),
                dist: dist.clone(),
            },
            TokenDist::LogStudent { .. } => {
                let at = |z: f64| dist.quantile(normal_survival(-z)).min(MOST_AMOUNT);
                Self::Scored { scores: Scores::new(at), dist: dist.clone() }
            }
            TokenDist::Constant(_) | TokenDist::Histogram(_) => Self::new(dist),
        }
    }

    /// The amount at the share `u` of the distribution, `0 <= u < 1`; `None` is without end.
    #[inline]
    pub(in crate::forecast) fn at(&self, u: f64) -> Option<u64> {
        match self {
            Self::Constant(amount) => Some(*amount),
            Self::Curve(curve) => Some(whole(curve.at(u))),
            Self::Scaled { dist, .. } | Self::Scored { dist, .. } => {
                Some(whole(at_an_end(dist, u)))
            }
            Self::Empirical(dist) => dist.measured_at(u),
        }
    }

    /// The factor of a run with this standard normal.
    fn factor(&self, score: f64) -> Factor {
        let scale = match self {
            Self::Scaled { common, .. } => (common * score).exp(),
            Self::Constant(_) | Self::Curve(_) | Self::Scored { .. } | Self::Empirical(_) => 1.0,
        };
        Factor { score, scale }
    }

    /// The amount at the share `u`, beside a factor.
    #[inline]
    fn beside(&self, alike: &Correlation, factor: Factor, u: f64) -> Option<u64> {
        match self {
            Self::Constant(amount) => Some(*amount),
            Self::Scaled { own, .. } => Some(whole(own.at(u) * factor.scale)),
            Self::Scored { scores, .. } => Some(whole(scores.at(alike.score(factor.score, u)))),
            Self::Curve(_) | Self::Empirical(_) => self.at(alike.share(factor.score, u)),
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
    /// With a correlation, for draws that have factors in common.
    pub(in crate::forecast) fn new(
        completion: &Completion,
        total_will_do: bool,
        alike: Option<&Correlation>,
    ) -> Option<Self> {
        if let Some(measured) = completion.measurement() {
            let places = Places::new(&measured.sums());
            return Some(Self::Empirical { measured: measured.clone(), places });
        }
        let amounts = |dist: &TokenDist| match alike {
            Some(alike) => AmountSampler::beside_a_factor(dist, alike),
            None => AmountSampler::new(dist),
        };
        // A budget ends the reasoning of each.
        let most = completion.budget().map_or(u64::MAX, Tokens::get);
        if let Some((total, share)) = completion.prediction() {
            return Some(Self::Predicted { total: amounts(total), share, most });
        }
        if let (Some(total), true) = (completion.total_alone(), total_will_do) {
            return Some(Self::Total(amounts(total)));
        }
        let (reasoning, visible) = completion.parts()?;
        Some(Self::Split { reasoning: amounts(reasoning), visible: amounts(visible), most })
    }

    /// The completion at the shares `u` and `v`, `0 <= u, v < 1`.
    #[inline]
    pub(in crate::forecast) fn at(&self, u: f64, v: f64) -> Draw {
        match self {
            Self::Split { reasoning, visible, most } => {
                split(reasoning.at(u), visible.at(v), *most)
            }
            Self::Empirical { measured, places } => measured.draw_from(places.before(u), u),
            Self::Total(total) => alone(total.at(u)),
            Self::Predicted { total, share, most } => {
                predicted(total.at(u), share.as_ref(), v, *most)
            }
        }
    }

    /// The factors of a run with these standard normals: one of the completion or its reasoning, one of a
    /// visible part that is drawn apart.
    pub(in crate::forecast) fn factors(&self, [first, second]: [f64; 2]) -> [Factor; 2] {
        let (one, other) = match self {
            Self::Split { reasoning, visible, .. } => (Some(reasoning), Some(visible)),
            Self::Predicted { total, .. } | Self::Total(total) => (Some(total), None),
            Self::Empirical { .. } => (None, None),
        };
        let factor = |of: Option<&AmountSampler>, score| {
            of.map_or(Factor { score, scale: 1.0 }, |of| of.factor(score))
        };
        [factor(one, first), factor(other, second)]
    }

    /// The completion at the shares `u` and `v`, beside the factors of its run.
    #[inline]
    pub(in crate::forecast) fn beside(
        &self,
        alike: &Correlation,
        [first, second]: [Factor; 2],
        [u, v]: [f64; 2],
    ) -> Draw {
        match self {
            Self::Split { reasoning, visible, most } => {
                let visible = visible.beside(alike, second, v);
                split(reasoning.beside(alike, first, u), visible, *most)
            }
            Self::Empirical { .. } => self.at(alike.share(first.score, u), v),
            Self::Total(total) => alone(total.beside(alike, first, u)),
            Self::Predicted { total, share, most } => {
                predicted(total.beside(alike, first, u), share.as_ref(), v, *most)
            }
        }
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

/// Reasoning and visible tokens that were drawn one by one; a budget ends the reasoning.
#[inline]
fn split(reasoning: Option<u64>, visible: Option<u64>, most: u64) -> Draw {
    let ended = (most < u64::MAX).then_some(most);
    let reasoning = reasoning.map(|reasoning| reasoning.min(most)).or(ended);
    let completion = reasoning.zip(visible).map(|(r, v)| r + v);
    Draw { reasoning, completion, content: visible.unwrap_or_default() }
}

/// A completion whose reasoning is not known.
fn alone(completion: Option<u64>) -> Draw {
    Draw { reasoning: None, completion, content: completion.unwrap_or_default() }
}

/// A predicted completion, of which the share at `v` is reasoning; a budget ends that.
fn predicted(total: Option<u64>, share: Option<&Share>, v: f64, most: u64) -> Draw {
    let completion = total.unwrap_or(u64::MAX);
    let reasoning = share.map_or(0, |share| {
        let log_t = (completion.max(1) as f64).ln();
        let share = share.reasoning(log_t, normal_quantile(above_0(v)));
        Tokens::from_f64(completion as f64 * share).get().min(completion)
    });
    let (visible, reasoning) = (completion - reasoning, reasoning.min(most));
    Draw { reasoning: Some(reasoning), completion: Some(visible + reasoning), content: visible }
}

/// Draws that have one factor in common: `√ρ·z + √(1 - ρ)·Φ⁻¹(u)` is as normal as `Φ⁻¹(u)`.
#[derive(Debug)]
pub(in crate::forecast) struct Correlation {
    common: f64,
    own: f64,
    quantiles: &'static Table,
    shares: &'static Scores,
}

/// Normal quantiles at multiples of 1 / INTERVALS.
static NORMAL_QUANTILES: LazyLock<Table> = LazyLock::new(|| Table::of_quantiles(normal_quantile));

/// Φ at standard normals.
static NORMAL_SHARES: LazyLock<Scores> = LazyLock::new(|| Scores::new(|z| normal_survival(-z)));

impl Correlation {
    /// Draws whose normal scores have the correlation `rho`, 0 to 1.
    pub(in crate::forecast) fn new(rho: f64) -> Self {
        let rho = rho.clamp(0.0, 1.0);
        Self {
            common: rho.sqrt(),
            own: (1.0 - rho).sqrt(),
            quantiles: &NORMAL_QUANTILES,
            shares: &NORMAL_SHARES,
        }
    }

    /// The standard normal at the share `u`, `0 <= u < 1`.
    #[inline]
    pub(in crate::forecast) fn factor(&self, u: f64) -> f64 {
        self.quantiles.within(u).unwrap_or_else(|| normal_quantile(above_0(u)))
    }

    /// The standard normal that a draw `u` becomes beside the common factor `z`.
    #[inline]
    fn score(&self, z: f64, u: f64) -> f64 {
        self.common * z + self.own * self.factor(u)
    }

    /// The share that a draw `u` becomes beside the common factor `z`.
    #[inline]
    pub(in crate::forecast) fn share(&self, z: f64, u: f64) -> f64 {
        end_within(self.shares.at(self.score(z, u)), 1.0 - f64::EPSILON)
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

/// A share that has a quantile.
fn above_0(u: f64) -> f64 {
    u.max(f64::MIN_POSITIVE)
}

/// The quantile outside the table, which few draws ask for.
#[cold]
fn at_an_end(dist: &TokenDist, u: f64) -> f64 {
    dist.quantile(above_0(u))
}

/// The nearest whole amount.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "amounts are positive, and the cast saturates; by way of i64 it is fast"
)]
fn whole(amount: f64) -> u64 {
    (amount + 0.5) as i64 as u64
}

/// Values at standard normals from -REACH to REACH; beyond them, those of the ends.
#[derive(Debug, Clone)]
pub(in crate::forecast) struct Scores(Table);

impl Scores {
    fn new(at: impl Fn(f64) -> f64) -> Self {
        Self(Table::new(|i| at(REACH * (2.0 * i as f64 / INTERVALS as f64 - 1.0))))
    }

    #[inline]
    fn at(&self, z: f64) -> f64 {
        let place = (z + REACH) * (INTERVALS as f64 / (2.0 * REACH));
        self.0.at(end_within(place, INTERVALS as f64 - 1e-6))
    }
}

/// Values at the ends of intervals of equal length, with straight lines between them.
#[derive(Debug, Clone)]
pub(in crate::forecast) struct Table(Box<[f64; INTERVALS + 1]>);

impl Table {
    fn new(at: impl Fn(usize) -> f64) -> Self {
        Self(Box::new(std::array::from_fn(at)))
    }

    /// Quantiles at multiples of 1 / INTERVALS.
    fn of_quantiles(quantile: impl Fn(f64) -> f64) -> Self {
        // The ends have no quantile; the intervals next to them never use the table.
        Self::new(|i| quantile(i.clamp(1, INTERVALS - 1) as f64 / INTERVALS as f64))
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

    /// An amount beside a factor is the quantile at the share that its draw becomes.
    #[test]
    fn an_amount_beside_a_factor_is_the_quantile_at_its_share() {
        let dists = [
            TokenDist::Constant(Tokens::new(800)),
            TokenDist::Lognormal { mu: 8.4, sigma: 0.6 },
            TokenDist::Lognormal { mu: 3.0, sigma: 2.5 },
            TokenDist::LogStudent { mu: 7.0, sigma: 0.9, dof: 5.0 },
            TokenDist::LogStudent { mu: 7.0, sigma: 0.9, dof: 41.0 },
        ];
        for (rho, dist) in [0.05, 0.25, 0.9, 1.0]
            .into_iter()
            .flat_map(|rho| dists.iter().map(move |dist| (rho, dist)))
        {
            let alike = Correlation::new(rho);
            let sampler = AmountSampler::beside_a_factor(dist, &alike);
            for z in [-7.0, -2.5, -0.3, 0.0, 1.0, 3.0, 7.0] {
                let mut last = 0;
                for u in (0..1_000).map(|i| f64::from(i) / 1_000.0) {
                    let drawn = sampler.beside(&alike, sampler.factor(z), u).unwrap();
                    assert!(drawn >= last, "{dist:?} at {z}, {u}: {drawn} after {last}");
                    last = drawn;
                    let score = rho.sqrt() * z + (1.0 - rho).sqrt() * normal_quantile(above_0(u));
                    if score.abs() < 4.5 {
                        let wanted = dist.quantile(normal_survival(-score));
                        let error = (drawn as f64 - wanted).abs();
                        // The straight lines near the ends of the tables are the least true.
                        assert!(error <= 0.51 + 0.01 * wanted, "{dist:?}: {drawn}, not {wanted}");
                    }
                }
            }
            let alone = AmountSampler::new(dist);
            for u in [0.0, 0.001, 0.3, 0.5, 0.9, 0.999] {
                let (one, other) = (sampler.at(u).unwrap(), alone.at(u).unwrap());
                assert!(one.abs_diff(other) as f64 <= 1.0 + 0.02 * other as f64, "{dist:?} at {u}");
            }
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
