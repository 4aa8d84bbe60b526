//! What is said of a value over many runs.

use serde::Serialize;

use super::dialogue::{End, TurnPlayed};
use super::played_step::{Columns, SoFar};
use crate::units::{Money, Probability, Tokens};

/// Mean, p5, median and p95 of a value over the runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary<T> {
    /// The mean.
    pub mean: T,
    /// One in twenty is lower.
    pub p5: T,
    /// Half are lower.
    pub p50: T,
    /// One in twenty is higher.
    pub p95: T,
}

/// One turn over the runs that reached it. Of a turn with steps, prompt, cached tokens, room and cap are
/// those of its last step; completion tokens and cost are sums.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TurnSummary {
    /// The turn, from 1.
    pub turn: u32,
    /// The share of runs that reached it.
    pub reached: Probability,
    /// Prompt tokens.
    pub prompt_tokens: Summary<Tokens>,
    /// How many of them are read from the cache.
    pub cached_tokens: Summary<Tokens>,
    /// What fits after the prompt.
    pub room: Summary<Tokens>,
    /// The cap that is sent.
    pub cap: Summary<Tokens>,
    /// Billed completion tokens, retries included.
    pub completion_tokens: Summary<Tokens>,
    /// The share of answers that are cut off.
    pub length_risk: Probability,
    /// The share that comes out empty.
    pub empty_risk: Probability,
    /// The cost of the turn, retries and summaries included.
    pub cost_usd: Summary<Money>,
    /// The mean cost of a conversation up to here, over all runs, those that have ended included.
    pub cumulative_usd: Money,
    /// The share of conversations that have ended by here because nothing fits any more.
    pub window_full: Probability,
    /// The share of conversations with a turn that its budget has stopped by here.
    pub budget_hit: Probability,
}

/// One step of a turn over the runs that reached it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StepSummary {
    /// The turn, from 1.
    pub turn: u32,
    /// The step of the turn, from 1.
    pub step: u32,
    /// The share of runs that reached it.
    pub reached: Probability,
    /// Prompt tokens.
    pub prompt_tokens: Summary<Tokens>,
    /// How many of them are read from the cache.
    pub cached_tokens: Summary<Tokens>,
    /// What fits after the prompt.
    pub room: Summary<Tokens>,
    /// Billed completion tokens, retries included.
    pub completion_tokens: Summary<Tokens>,
    /// The cost of the step, retries and a summary before it included.
    pub cost_usd: Summary<Money>,
    /// The mean cost of a conversation up to here, over all runs, those that have ended included.
    pub cumulative_usd: Money,
    /// The share of conversations that have ended by here because nothing fits any more.
    pub window_full: Probability,
    /// The share of conversations with a turn that its budget has stopped by here.
    pub budget_hit: Probability,
}

/// The steps of all turns together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StepTotals {
    /// Requests of a conversation.
    pub requests: Summary<Tokens>,
    /// The share of all prompt tokens that an earlier request had sent already.
    pub resent_share: Probability,
    /// The share of all prompt tokens that are read from the cache.
    pub cached_share: Probability,
    /// The share of conversations with a turn that its budget stopped.
    pub budget_hit: Probability,
}

impl TurnSummary {
    /// The turn over those of so many runs that reached it, and what all of them have come to.
    pub(super) fn of<'a>(
        number: u32,
        turns: impl Iterator<Item = &'a TurnPlayed>,
        runs: usize,
        all: &SoFar,
    ) -> Option<Self> {
        // One pass over the runs: they are far apart in memory.
        let mut columns = Columns::with_capacity(runs);
        let mut caps = Vec::with_capacity(runs);
        let (mut cut_off, mut empty) = (0, 0);
        for turn in turns {
            columns.push([turn.prompt, turn.cached, turn.room, turn.completion], turn.cost);
            caps.push(turn.cap);
            cut_off += usize::from(turn.was_empty || turn.end == End::Partial);
            empty += usize::from(turn.was_empty);
        }
        let reached = caps.len();
        (reached > 0).then(|| Self {
            turn: number,
            reached: share(reached, runs),
            prompt_tokens: tokens(columns.prompt),
            cached_tokens: tokens(columns.cached),
            room: tokens(columns.room),
            cap: tokens(caps),
            completion_tokens: tokens(columns.completion),
            length_risk: share(cut_off, reached),
            empty_risk: share(empty, reached),
            cost_usd: money(columns.cost),
            cumulative_usd: all.spent.divided(runs as u64),
            window_full: share(all.overflowed, runs),
            budget_hit: share(all.stopped, runs),
        })
    }
}

impl StepSummary {
    /// The step over those of so many runs that reached it, and what all of them have come to.
    pub(super) fn of(
        (turn, step): (u32, u32),
        columns: Columns,
        runs: usize,
        all: &SoFar,
    ) -> Option<Self> {
        let reached = columns.prompt.len();
        (reached > 0).then(|| Self {
            turn,
            step,
            reached: share(reached, runs),
            prompt_tokens: tokens(columns.prompt),
            cached_tokens: tokens(columns.cached),
            room: tokens(columns.room),
            completion_tokens: tokens(columns.completion),
            cost_usd: money(columns.cost),
            cumulative_usd: all.spent.divided(runs as u64),
            window_full: share(all.overflowed, runs),
            budget_hit: share(all.stopped, runs),
        })
    }
}

/// How many of how many.
pub(super) fn share(some: usize, all: usize) -> Probability {
    Probability::clamped(some as f64 / all as f64)
}

/// The summary of amounts, of which there is at least one; the mean is rounded half up.
pub(super) fn tokens(values: Vec<u64>) -> Summary<Tokens> {
    let (sum, n) = (values.iter().map(|value| u128::from(*value)).sum::<u128>(), values.len());
    let mean = (2 * sum + n as u128) / (2 * n as u128);
    let [p5, p50, p95] = quantiles(values, |value, least| value - least).map(Tokens::new);
    Summary { mean: Tokens::new(u64::try_from(mean).unwrap_or(u64::MAX)), p5, p50, p95 }
}

/// The summary of costs, of which there is at least one; the mean is rounded half up to a whole picodollar.
pub(super) fn money(values: Vec<Money>) -> Summary<Money> {
    let mean = values.iter().copied().sum::<Money>().divided(values.len() as u64);
    let above = |value: Money, least: Money| {
        u64::try_from((value - least).picodollars()).unwrap_or(u64::MAX)
    };
    let [p5, p50, p95] = quantiles(values, above);
    Summary { mean, p5, p50, p95 }
}

/// As many parts the range of values is cut into.
const PARTS: usize = 1_024;

/// The smallest values that 5 %, 50 % and 95 % of the values do not exceed; `above` is how far a value lies
/// above the least one, and may end at some length.
///
/// The values are counted by equal parts of their range first, so that only those of the part with the
/// quantile are put in order.
fn quantiles<T: Ord + Copy>(values: Vec<T>, above: impl Fn(T, T) -> u64) -> [T; 3] {
    let n = values.len();
    let least = values.iter().copied().fold(values[0], T::min);
    let most = values.iter().copied().fold(values[0], T::max);
    if least == most {
        return [least; 3];
    }
    let range = above(most, least);
    let shift = (u64::BITS - range.leading_zeros()).saturating_sub(PARTS.ilog2());
    let part_of = |value: T| usize::try_from(above(value, least) >> shift).unwrap_or(PARTS - 1);
    let mut counts = [0; PARTS];
    for value in &values {
        counts[part_of(*value)] += 1;
    }
    let mut is_wanted = [false; PARTS];
    let mut wanted = [5, 50, 95].map(|percent| {
        let mut place = place_of(percent, n);
        let mut part = 0;
        while place >= counts[part] {
            place -= counts[part];
            part += 1;
        }
        is_wanted[part] = true;
        (part, place, Vec::with_capacity(counts[part]))
    });
    for value in values {
        let part = part_of(value);
        if is_wanted[part] {
            for (_, _, candidates) in wanted.iter_mut().filter(|(of, ..)| *of == part) {
                candidates.push(value);
            }
        }
    }
    wanted.map(|(_, place, mut candidates)| *candidates.select_nth_unstable(place).1)
}

/// Where among `n` values in order, from 0 on, the one is that so many percent do not exceed.
pub(super) fn place_of(percent: usize, n: usize) -> usize {
    (n * percent).div_ceil(100).max(1) - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Ranks of the sorted values, whatever their range.
        #[test]
        fn quantiles_are_those_of_the_sorted_values(
            narrow in prop::collection::vec(0_u64..50, 1..300),
            wide in prop::collection::vec(any::<u64>(), 1..300),
            costs in prop::collection::vec((0..10_i128.pow(30)).prop_map(Money::from_picodollars), 1..300),
        ) {
            for mut values in [narrow, wide] {
                let found = tokens(values.clone());
                values.sort_unstable();
                let at = |percent| Tokens::new(values[place_of(percent, values.len())]);
                prop_assert_eq!([found.p5, found.p50, found.p95], [at(5), at(50), at(95)]);
            }
            let found = money(costs.clone());
            let mut costs = costs;
            costs.sort_unstable();
            let at = |percent| costs[place_of(percent, costs.len())];
            prop_assert_eq!([found.p5, found.p50, found.p95], [at(5), at(50), at(95)]);
        }
    }
}
