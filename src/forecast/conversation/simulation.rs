//! What a simulation comes to.

use super::billed_run::BilledRun;
use super::summary::{StepSummary, StepTotals, Summary, TurnSummary};
use crate::billing::BilledUsage;
use crate::units::{Money, Probability, Tokens};

/// All turns, and the conversations as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// The turns that any run reached.
    pub turns: Vec<TurnSummary>,
    /// The steps that any run reached, as far as they are summarised; empty without steps.
    pub steps: Vec<StepSummary>,
    /// All steps together; nothing without steps.
    pub step_totals: Option<StepTotals>,
    /// The cost of a conversation.
    pub total_cost: Summary<Money>,
    /// The mean cost of the same requests by each way of caching of the rules; the first is billed.
    pub cost_by_cache: Vec<Money>,
    /// What the agents that it starts cost of that, on average.
    pub agents_cost: Money,
    /// Every request of all runs, summed up by the row of the price list that it pays.
    pub billed: Vec<BilledUsage>,
    /// The cost of every run, the cheapest first.
    pub costs: Vec<Money>,
    /// Requests of a conversation, those of its agents left out.
    pub requests: Summary<Tokens>,
    /// What the run is billed for that one in twenty costs more than.
    pub p95_run: BilledRun,
    /// What the most expensive run is billed for.
    pub dearest_run: BilledRun,
    /// The cost of the most expensive one.
    pub most_expensive: Money,
    /// The first turn at which the median room is below the reserve.
    pub first_below_reserve: Option<u32>,
    /// The first turn at which any run overflows the window.
    pub first_overflow: Option<u32>,
    /// The share of conversations with an answer that is cut off.
    pub truncated: Probability,
    /// The share with an answer that comes out empty.
    pub empty: Probability,
    /// The share that ends because nothing fits any more.
    pub overflowed: Probability,
    /// The share with an answer that is cut off, or that overflows.
    pub unusable: Probability,
    /// Whether nothing is random, so that one run is the answer.
    pub exact: bool,
    /// How many runs.
    pub runs: u32,
}
