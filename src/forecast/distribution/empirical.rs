//! Measured completions as a distribution.
//!
//! A completion that was cut off says only that it would have been at least that long. Its weight is
//! shared among the longer ones (the redistribution to the right of Efron 1967, which gives the
//! Kaplan-Meier estimate); weight that finds no longer one stays without end.

use std::sync::Arc;

use super::histogram::Histogram;
use super::profile::{Observation, Sample};
use super::share::Share;
use super::token_dist::TokenDist;

/// How many completions the prior of the share of reasoning is worth.
const PRIOR_SHARES: f64 = 2.0;

/// A distribution made of observations: reasoning and completion are kept together.
#[derive(Debug, Clone)]
pub struct Empirical {
    pub(super) completion: Histogram,
    pub(super) reasoning: Histogram,
    visible: Histogram,
    /// Observations with the sum of their weights and those before them, for sampling.
    draws: Vec<(f64, Draw)>,
    n: u64,
    censored: u64,
}

/// One drawn completion; `None` is a length without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::forecast) struct Draw {
    pub(in crate::forecast) reasoning: Option<u64>,
    pub(in crate::forecast) completion: Option<u64>,
    pub(in crate::forecast) content: u64,
}

impl Draw {
    fn visible(self) -> Option<u64> {
        Some(self.completion?.saturating_sub(self.reasoning?))
    }
}

impl Empirical {
    /// The distribution of a sample; `None` when it is empty.
    #[must_use]
    pub fn new(sample: &Sample) -> Option<Self> {
        Self::weighted(weights(sample), sample.n(), sample.censored())
    }

    /// The same completions, had their reasoning ended at a budget. What has no end keeps none.
    pub(super) fn within_budget(&self, most: u64) -> Self {
        let mut last = 0.0;
        let mut weighted: Vec<(Draw, f64)> = self
            .draws
            .iter()
            .map(|(sum, draw)| {
                let weight = sum - last;
                last = *sum;
                let over = draw.reasoning.map(|reasoning| reasoning.saturating_sub(most));
                let reasoning = Some(draw.reasoning.unwrap_or(most).min(most));
                let completion = draw.completion.map(|all| all - over.unwrap_or_default());
                (Draw { reasoning, completion, ..*draw }, weight)
            })
            .collect();
        let order = |draw: &Draw| (draw.completion.unwrap_or(u64::MAX), draw.reasoning);
        weighted.sort_by_key(|(draw, _)| order(draw));
        Self::weighted(weighted, self.n, self.censored).unwrap_or_else(|| self.clone())
    }

    fn weighted(weighted: Vec<(Draw, f64)>, n: u64, censored: u64) -> Option<Self> {
        let completion = Histogram::new(weighted.iter().map(|(draw, w)| (draw.completion, *w)))?;
        let reasoning = Histogram::new(weighted.iter().map(|(draw, w)| (draw.reasoning, *w)))?;
        let visible = Histogram::new(weighted.iter().map(|(draw, w)| (draw.visible(), *w)))?;
        let mut sum = 0.0;
        let draws = weighted
            .into_iter()
            .map(|(draw, weight)| {
                sum += weight;
                (sum, draw)
            })
            .collect();
        Some(Self { completion, reasoning, visible, draws, n, censored })
    }

    /// The distribution of completion tokens alone.
    #[must_use]
    pub fn completion(&self) -> TokenDist {
        TokenDist::Histogram(Arc::new(self.completion.clone()))
    }

    /// The distribution of reasoning tokens alone.
    #[must_use]
    pub fn reasoning(&self) -> TokenDist {
        TokenDist::Histogram(Arc::new(self.reasoning.clone()))
    }

    /// The distribution of what is billed besides reasoning, alone.
    #[must_use]
    pub fn visible(&self) -> TokenDist {
        TokenDist::Histogram(Arc::new(self.visible.clone()))
    }

    /// How completions divide: the slope and the spread of the prior, with an intercept that these
    /// completions move as two of them are worth of it. `None` where the prior has none.
    pub(super) fn share(&self, prior: Option<Share>) -> Option<Share> {
        let prior = prior?;
        let mut shift = 0.0;
        let mut last = 0.0;
        for (sum, draw) in &self.draws {
            let weight = sum - last;
            last = *sum;
            let (Some(reasoning), Some(completion)) = (draw.reasoning, draw.completion) else {
                continue;
            };
            let visible = completion.saturating_sub(reasoning) as f64;
            let odds = ((reasoning as f64 + 0.5) / (visible + 0.5)).ln();
            let log_t = (completion.max(1) as f64).ln();
            shift += weight * (odds - prior.intercept - prior.slope * (log_t - prior.centre));
        }
        let n = self.n as f64;
        Some(Share { intercept: prior.intercept + shift * n / (n + PRIOR_SHARES), ..prior })
    }

    /// How many completions were measured.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// How many of them were cut off.
    #[must_use]
    pub fn censored(&self) -> u64 {
        self.censored
    }

    /// Whether only one completion was ever seen.
    pub(super) fn is_constant(&self) -> bool {
        self.draws.len() == 1
    }

    /// Every observation: the sum of the weights up to it, reasoning, completion and content.
    pub(super) fn rows(&self) -> impl Iterator<Item = (f64, Option<u64>, Option<u64>, u64)> {
        self.draws.iter().map(|(sum, draw)| (*sum, draw.reasoning, draw.completion, draw.content))
    }

    /// The sum of the weights up to each observation.
    pub(super) fn sums(&self) -> Vec<f64> {
        self.draws.iter().map(|(sum, _)| *sum).collect()
    }

    /// The observation at which the weights first exceed `u`, `0 <= u < 1`; none of those in front of the
    /// place where the search begins is it.
    #[inline]
    pub(super) fn draw_from(&self, start: usize, u: f64) -> Draw {
        let last = self.draws.len() - 1;
        let mut i = start.min(last);
        while i < last && self.draws[i].0 <= u {
            i += 1;
        }
        self.draws[i].1
    }
}

/// Every observation with its weight; the weights add up to 1.
fn weights(sample: &Sample) -> Vec<(Draw, f64)> {
    let mut left = sample.n();
    let mut mass = 1.0;
    let mut weighted = Vec::new();
    let mut cut_off = Vec::new();
    for (observation, times) in sample.observations() {
        if observation.censored {
            // Its share stays in `mass` and falls to those that are left.
            cut_off.push((observation, times));
        } else {
            let weight = mass * times as f64 / left as f64;
            weighted.push((finished(observation), weight));
            mass -= weight;
            cut_off.clear();
        }
        left -= times;
    }
    // Only the longest observations can be left: they were all cut off.
    let unresolved: u64 = cut_off.iter().map(|(_, times)| times).sum();
    for (observation, times) in cut_off {
        weighted.push((endless(observation), mass * times as f64 / unresolved as f64));
    }
    weighted
}

/// Where the text was not kept, everything but the reasoning counts as content: an upper bound.
fn content(observation: &Observation) -> u64 {
    let visible = observation.completion.saturating_sub(observation.reasoning);
    observation.content.unwrap_or(visible).get()
}

fn finished(observation: &Observation) -> Draw {
    Draw {
        reasoning: Some(observation.reasoning.get()),
        completion: Some(observation.completion.get()),
        content: content(observation),
    }
}

/// Cut off with nothing longer to compare with: a reasoning that filled all of it has no end either.
fn endless(observation: &Observation) -> Draw {
    let filled = observation.reasoning == observation.completion;
    Draw {
        reasoning: (!filled).then_some(observation.reasoning.get()),
        completion: None,
        content: content(observation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Tokens;

    fn sample(rows: &[(u64, bool, u64)]) -> Sample {
        let mut sample = Sample::default();
        for (completion, censored, times) in rows {
            let completion = Tokens::new(*completion);
            let observation = Observation {
                completion,
                censored: *censored,
                reasoning: completion,
                content: None,
            };
            sample.add(observation, *times).unwrap();
        }
        sample
    }

    /// The remission times of 6-MP in Freireich et al. 1963 (R: `survival::survfit`, data set
    /// `MASS::gehan`): S(6) = 0.857, S(7) = 0.807, S(10) = 0.753, S(13) = 0.690, S(16) = 0.627,
    /// S(22) = 0.538, S(23) = 0.448.
    #[test]
    fn survival_is_the_kaplan_meier_estimate_of_a_textbook() {
        let events = [(6, 3), (7, 1), (10, 1), (13, 1), (16, 1), (22, 1), (23, 1)];
        let censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let mut rows: Vec<_> = events.iter().map(|(t, n)| (*t, false, *n)).collect();
        rows.extend(censored.iter().map(|t| (*t, true, 1)));
        let distribution = Empirical::new(&sample(&rows)).unwrap();
        assert_eq!((distribution.n(), distribution.censored()), (21, 12));
        for (t, wanted) in [
            (5.0, 1.0),
            (6.0, 0.857),
            (7.0, 0.807),
            (10.0, 0.753),
            (13.0, 0.690),
            (16.0, 0.627),
            (22.0, 0.538),
            (23.0, 0.448),
            (100.0, 0.448),
        ] {
            let found = distribution.completion.survival(t);
            assert!((found - wanted).abs() < 0.0006, "S({t}) = {found}, not {wanted}");
        }
        assert!(distribution.completion.quantile(0.99).is_infinite());
    }

    #[test]
    fn draws_follow_the_weights() {
        let distribution = Empirical::new(&sample(&[(10, false, 1), (20, false, 3)])).unwrap();
        let completion = |u| distribution.draw_from(0, u).completion;
        assert_eq!(
            [completion(0.0), completion(0.24), completion(0.26), completion(0.999)],
            [Some(10), Some(10), Some(20), Some(20)]
        );
    }
}
