//! One run: a conversation with what has happened in it.

use super::super::distribution::Factor;
use super::dialogue::{Conversation, End, Sent};
use super::rules::{MOST_CACHES, Rules};
use super::task::Steps;
use crate::units::Money;

/// A conversation with what has happened in it.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that can happen")]
pub(super) struct Run {
    pub(super) conversation: Conversation,
    pub(super) factors: Factors,
    /// What it cost, by way of caching.
    pub(super) costs: [Money; MOST_CACHES],
    pub(super) agents: Money,
    pub(super) requests: u64,
    pub(super) truncated: bool,
    pub(super) empty: bool,
    pub(super) overflowed: bool,
    pub(super) stopped: bool,
    pub(super) turn: RunTurn,
}

/// What all draws of a run have in common.
#[derive(Clone, Copy)]
pub(super) struct Factors {
    /// Of its completions or their reasoning, and of a visible part that was declared apart.
    pub(super) completion: [Factor; 2],
    /// Of what its steps add, as a standard normal.
    pub(super) growth: f64,
}

/// The turn of a run that is being played.
#[derive(Default)]
pub(super) struct RunTurn {
    /// Whether another step follows.
    pub(super) goes_on: bool,
    /// How many steps it takes, the one with the answer included.
    pub(super) steps: u64,
    pub(super) done: u64,
    /// Tokens of prompts and completions.
    pub(super) tokens: u64,
    /// Tokens of completions.
    pub(super) completion: u64,
    /// What it cost, the agents it started included.
    pub(super) cost: Money,
    /// Whether an answer came out empty on the way.
    pub(super) was_empty: bool,
}

/// What is drawn for a turn beside the user's message.
pub(super) struct Opening {
    /// Seconds since the turn before.
    pub(super) gap: f64,
    /// How many steps it takes, the one with the answer included.
    pub(super) steps: u64,
    /// What the agents cost that it starts.
    pub(super) agents: Money,
}

impl Run {
    /// A run of a conversation that has not begun.
    pub(super) fn new(conversation: Conversation, factors: Factors) -> Self {
        Self {
            conversation,
            factors,
            costs: [Money::ZERO; MOST_CACHES],
            agents: Money::ZERO,
            requests: 0,
            truncated: false,
            empty: false,
            overflowed: false,
            stopped: false,
            turn: RunTurn::default(),
        }
    }

    /// Begins a turn with a user's message of so many tokens.
    #[inline]
    pub(super) fn open(&mut self, rules: &Rules<'_>, user: u64, opening: &Opening) {
        self.conversation.open(rules, user, opening.gap);
        self.turn.steps = opening.steps;
        self.turn.cost = opening.agents;
        if opening.agents > Money::ZERO {
            self.agents += opening.agents;
            for sum in &mut self.costs {
                *sum += opening.agents;
            }
        }
    }

    /// Takes what a step came to, after which its turn goes on or has ended.
    pub(super) fn take(&mut self, rules: &Rules<'_>, sent: &Sent) {
        self.requests += u64::from(sent.end != End::Overflow);
        self.truncated |= sent.was_empty || sent.end == End::Partial;
        self.empty |= sent.was_empty;
        self.overflowed |= sent.end == End::Overflow;
        let turn = &mut self.turn;
        turn.done += 1;
        turn.tokens += sent.prompt + sent.completion;
        turn.completion += sent.completion;
        turn.cost += sent.cost;
        turn.was_empty |= sent.was_empty;
        turn.goes_on = sent.end == End::Called;
        let is_hit = |steps: &Steps| steps.budget.is_hit(turn.cost, turn.tokens, turn.done);
        if turn.goes_on && rules.steps.as_ref().is_some_and(is_hit) {
            turn.goes_on = false;
            self.stopped = true;
            self.conversation.close(rules);
        }
    }
}
