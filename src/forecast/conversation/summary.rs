//! What is said of a value over many runs.

use serde::Serialize;

use super::column::Column;
use super::played_step::{Columns, EndedTurns, SoFar};
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
    pub(super) fn of(number: u32, ended: EndedTurns, runs: usize, all: &SoFar) -> Option<Self> {
        let EndedTurns { columns, caps, cut_off, empty } = ended;
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
pub(super) fn tokens(values: Column<u64>) -> Summary<Tokens> {
    let (sum, n) = (values.sum(), values.len() as u128);
    let mean = (2 * sum + n) / (2 * n);
    let [p5, p50, p95] = values.quantiles().map(Tokens::new);
    Summary { mean: Tokens::new(u64::try_from(mean).unwrap_or(u64::MAX)), p5, p50, p95 }
}

/// The summary of costs, of which there is at least one; the mean is rounded half up to a whole picodollar.
pub(super) fn money(values: Column<Money>) -> Summary<Money> {
    let mean = values.sum().divided(values.len() as u64);
    let [p5, p50, p95] = values.quantiles();
    Summary { mean, p5, p50, p95 }
}
