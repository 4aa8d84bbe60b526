//! What is said of a value over many runs.

use serde::Serialize;

use super::dialogue::{End, Sent, TurnPlayed};
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

/// What all runs have come to by a step.
pub(super) struct SoFar {
    /// What they cost together.
    pub(super) spent: Money,
    /// How many have ended because nothing fits.
    pub(super) overflowed: usize,
    /// How many have a turn that its budget stopped.
    pub(super) stopped: usize,
}

impl TurnSummary {
    /// The turn over those of so many runs that reached it, and what all of them have come to.
    pub(super) fn of(number: u32, turns: &[&TurnPlayed], runs: usize, all: &SoFar) -> Option<Self> {
        if turns.is_empty() {
            return None;
        }
        let share = |of: fn(&TurnPlayed) -> bool| {
            share(turns.iter().filter(|turn| of(turn)).count(), turns.len())
        };
        let tokens = |of: fn(&TurnPlayed) -> u64| tokens(turns.iter().map(|turn| of(turn)));
        Some(Self {
            turn: number,
            reached: self::share(turns.len(), runs),
            prompt_tokens: tokens(|turn| turn.prompt),
            cached_tokens: tokens(|turn| turn.cached),
            room: tokens(|turn| turn.room),
            cap: tokens(|turn| turn.cap),
            completion_tokens: tokens(|turn| turn.completion),
            length_risk: share(|turn| turn.was_empty || turn.end == End::Partial),
            empty_risk: share(|turn| turn.was_empty),
            cost_usd: money(turns.iter().map(|turn| turn.cost)),
            cumulative_usd: all.spent.divided(runs as u64),
            window_full: self::share(all.overflowed, runs),
            budget_hit: self::share(all.stopped, runs),
        })
    }
}

impl StepSummary {
    /// The step over the runs that reached it, and what all of them have come to.
    pub(super) fn of(
        (turn, step): (u32, u32),
        played: &[Option<Sent>],
        all: &SoFar,
    ) -> Option<Self> {
        let steps: Vec<&Sent> = played.iter().flatten().collect();
        if steps.is_empty() {
            return None;
        }
        let tokens = |of: fn(&Sent) -> u64| tokens(steps.iter().map(|sent| of(sent)));
        Some(Self {
            turn,
            step,
            reached: share(steps.len(), played.len()),
            prompt_tokens: tokens(|sent| sent.prompt),
            cached_tokens: tokens(|sent| sent.cached),
            room: tokens(|sent| sent.room),
            completion_tokens: tokens(|sent| sent.completion),
            cost_usd: money(steps.iter().map(|sent| sent.cost())),
            cumulative_usd: all.spent.divided(played.len() as u64),
            window_full: share(all.overflowed, played.len()),
            budget_hit: share(all.stopped, played.len()),
        })
    }
}

/// How many of how many.
pub(super) fn share(some: usize, all: usize) -> Probability {
    Probability::clamped(some as f64 / all as f64)
}

/// The summary of amounts, of which there is at least one; the mean is rounded half up.
pub(super) fn tokens(values: impl Iterator<Item = u64>) -> Summary<Tokens> {
    let values: Vec<u64> = values.collect();
    let (sum, n) = (values.iter().map(|value| u128::from(*value)).sum::<u128>(), values.len());
    let mean = (2 * sum + n as u128) / (2 * n as u128);
    let [p5, p50, p95] = quantiles(values).map(Tokens::new);
    Summary { mean: Tokens::new(u64::try_from(mean).unwrap_or(u64::MAX)), p5, p50, p95 }
}

/// The summary of costs, of which there is at least one; the mean is rounded half up to a whole picodollar.
pub(super) fn money(values: impl Iterator<Item = Money>) -> Summary<Money> {
    let values: Vec<Money> = values.collect();
    let mean = values.iter().copied().sum::<Money>().divided(values.len() as u64);
    let [p5, p50, p95] = quantiles(values);
    Summary { mean, p5, p50, p95 }
}

/// The smallest values that 5 %, 50 % and 95 % of the values do not exceed.
fn quantiles<T: Ord + Copy>(mut values: Vec<T>) -> [T; 3] {
    let n = values.len();
    // From the largest on: each selection leaves what is smaller in front of it.
    let mut end = n;
    let mut at = |percent: usize| {
        let i = place_of(percent, n);
        let value = *values[..end].select_nth_unstable(i).1;
        end = i + 1;
        value
    };
    let p95 = at(95);
    let p50 = at(50);
    [at(5), p50, p95]
}

/// Where among `n` values in order, from 0 on, the one is that so many percent do not exceed.
pub(super) fn place_of(percent: usize, n: usize) -> usize {
    (n * percent).div_ceil(100).max(1) - 1
}
