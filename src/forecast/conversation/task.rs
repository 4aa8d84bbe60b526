//! The steps of a turn with tools, and the budget at which its loop is stopped.

use super::super::distribution::TokenDist;
use crate::units::{Money, Tokens};

/// The most requests of one turn: a loop that is still going then has no end.
pub const MOST_STEPS_OF_A_TURN: u64 = 10_000;

/// The steps of a turn: each sends everything so far and ends in calls of tools, the last in the answer.
#[derive(Debug, Clone)]
pub struct Steps {
    /// How many requests a turn takes, the one with the answer included; `None` calls tools until the
    /// budget or the window ends it.
    pub count: Option<TokenDist>,
    /// Calls in one step; they run side by side, and each has a result.
    pub calls: TokenDist,
    /// Tokens of one call, billed as output beside the visible tokens of the step.
    pub call: TokenDist,
    /// Tokens of one result.
    pub result: TokenDist,
    /// What a step adds to the prompt of the next one, where logs measured it as a whole: it takes the place
    /// of calls, results, and what stays of the completion.
    pub growth: Option<Growth>,
    /// Where the loop is stopped.
    pub budget: LoopBudget,
}

/// What a step adds to the prompt of the next one.
#[derive(Debug, Clone)]
pub struct Growth {
    /// Tokens.
    pub tokens: TokenDist,
    /// How alike those of one conversation are: the correlation of their normal scores, 0 to 1.
    pub rho: f64,
}

/// Where the loop of a turn is stopped: after the first step that reaches one of these.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LoopBudget {
    /// What a turn may cost.
    pub usd: Option<Money>,
    /// What it may send and receive, in tokens of prompts and completions together.
    pub tokens: Option<Tokens>,
    /// How many requests it may take.
    pub steps: Option<u64>,
}

impl LoopBudget {
    /// Whether anything ends the loop.
    #[must_use]
    pub const fn is_set(&self) -> bool {
        self.usd.is_some() || self.tokens.is_some() || self.steps.is_some()
    }

    /// Whether a turn that has come so far is stopped.
    pub(super) fn is_hit(&self, usd: Money, tokens: u64, steps: u64) -> bool {
        self.usd.is_some_and(|most| usd >= most)
            || self.tokens.is_some_and(|most| tokens >= most.get())
            || self.steps.is_some_and(|most| steps >= most)
    }
}

/// Agents that a turn starts, as a conversation of their own.
#[derive(Debug, Clone)]
pub struct SubAgent {
    /// How many of them a turn starts.
    pub runs: TokenDist,
    /// What each of many of them cost, the cheapest first; at least one.
    pub costs: Vec<Money>,
}

impl SubAgent {
    /// The cost at the share `u` of its runs, `0 <= u < 1`.
    pub(super) fn cost_at(&self, u: f64) -> Money {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "u is at least 0 and below 1"
        )]
        let place = (u * self.costs.len() as f64) as usize;
        self.costs.get(place).copied().unwrap_or_default()
    }

    /// Whether every one costs the same, as often as the others.
    pub(super) fn is_constant(&self) -> bool {
        matches!(self.runs, TokenDist::Constant(_)) && self.costs.len() == 1
    }
}
