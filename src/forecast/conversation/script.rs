//! What is simulated, besides the rules.

use std::collections::BTreeMap;

use super::super::distribution::{Completion, TokenDist, TurnRange};
use super::task::SubAgent;
use super::time_dist::TimeDist;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// The most requests of all runs together that are simulated.
pub const MOST_STEPS: u64 = 100_000_000;

/// What is simulated, besides the rules.
#[derive(Debug, Clone)]
pub struct Script<'a> {
    /// The user's messages that are known, in tokens, from the first turn on.
    pub known: Vec<Tokens>,
    /// The user's message of every other turn.
    pub user: TokenDist,
    /// The images, documents, sounds and films in each of those, in tokens.
    pub media: Tokens,
    /// The time between two turns.
    pub gap: TimeDist,
    /// The distribution of the completions, one a step.
    pub completion: &'a Completion,
    /// That of the turns, or of the steps of a task, whose completions are known apart, in place of it.
    pub by_turn: BTreeMap<TurnRange, Completion>,
    /// How many turns.
    pub turns: u32,
    /// The agents that every turn starts.
    pub agents: Vec<SubAgent>,
    /// How many runs, when something is random.
    pub runs: u32,
    /// How alike the completions of one conversation are: the correlation of their normal scores, 0 to 1.
    /// Each turn alone has the distribution of the completions, whatever this is.
    pub rho: f64,
    /// The seed of the draws. The same seed gives the same draws for every model.
    pub seed: u64,
}

pub(super) fn refuse<T>(message: impl Into<String>, hint: &str) -> Result<T, Error> {
    Err(Error::new(ErrorKind::Amount, message.into()).hint(hint))
}
