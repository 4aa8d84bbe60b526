//! What one step of all runs comes to, added up while each run is at hand.

use super::dialogue::{End, Sent};
use super::run::Run;
use crate::billing::BilledUsage;
use crate::units::Money;

/// What the requests of any number of steps sent and are billed for.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) count: u64,
    pub(super) billed: Vec<BilledUsage>,
    /// Tokens of the prompts that were sent.
    pub(super) prompt: u128,
    /// How many of them an earlier request had sent already.
    pub(super) resent: u128,
    /// How many of them are read from the cache.
    pub(super) cached: u128,
}

impl Requests {
    /// Takes what was sent, whose bill is among the sums already.
    fn take(&mut self, sent: &Sent) {
        self.count += 1;
        if sent.end != End::Overflow {
            self.prompt += u128::from(sent.prompt);
            self.resent += u128::from(sent.resent);
            self.cached += u128::from(sent.cached);
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.count += other.count;
        for billed in other.billed {
            billed.add_to(&mut self.billed);
        }
        self.prompt += other.prompt;
        self.resent += other.resent;
        self.cached += other.cached;
    }
}

/// What runs have come to by a step.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct SoFar {
    /// What they cost together.
    pub(super) spent: Money,
    /// How many have ended because nothing fits.
    pub(super) overflowed: usize,
    /// How many have a turn that its budget stopped.
    pub(super) stopped: usize,
    /// How many have a turn that another step follows in.
    pub(super) go_on: usize,
}

impl SoFar {
    fn take(&mut self, run: &Run) {
        self.add(Self {
            spent: run.costs[0],
            overflowed: run.overflowed.into(),
            stopped: run.stopped.into(),
            go_on: run.turn.goes_on.into(),
        });
    }

    fn add(&mut self, other: Self) {
        self.spent += other.spent;
        self.overflowed += other.overflowed;
        self.stopped += other.stopped;
        self.go_on += other.go_on;
    }
}

/// The amounts of one turn or step, of each run that reached it.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) prompt: Vec<u64>,
    pub(super) cached: Vec<u64>,
    pub(super) room: Vec<u64>,
    pub(super) completion: Vec<u64>,
    pub(super) cost: Vec<Money>,
}

impl Columns {
    pub(super) fn with_capacity(runs: usize) -> Self {
        Self {
            prompt: Vec::with_capacity(runs),
            cached: Vec::with_capacity(runs),
            room: Vec::with_capacity(runs),
            completion: Vec::with_capacity(runs),
            cost: Vec::with_capacity(runs),
        }
    }

    pub(super) fn push(&mut self, [prompt, cached, room, completion]: [u64; 4], cost: Money) {
        self.prompt.push(prompt);
        self.cached.push(cached);
        self.room.push(room);
        self.completion.push(completion);
        self.cost.push(cost);
    }

    /// This step of further runs.
    fn append(&mut self, mut other: Self) {
        self.prompt.append(&mut other.prompt);
        self.cached.append(&mut other.cached);
        self.room.append(&mut other.room);
        self.completion.append(&mut other.completion);
        self.cost.append(&mut other.cost);
    }
}

/// One step of many runs.
#[derive(Debug, Default)]
pub(super) struct PlayedStep {
    pub(super) requests: Requests,
    pub(super) so_far: SoFar,
    /// What its summary is made of; empty where it has none.
    pub(super) columns: Columns,
}

impl PlayedStep {
    /// Takes a run that has played the step, with what it sent, and where the step is `summarised` its
    /// amounts.
    pub(super) fn take(&mut self, run: &Run, sent: Option<&Sent>, summarised: bool) {
        if let Some(sent) = sent {
            self.requests.take(sent);
            if summarised {
                let amounts = [sent.prompt, sent.cached, sent.room, sent.completion];
                self.columns.push(amounts, sent.cost);
            }
        }
        self.so_far.take(run);
    }

    /// This step of further runs.
    pub(super) fn add(&mut self, other: Self) {
        self.requests.add(other.requests);
        self.so_far.add(other.so_far);
        self.columns.append(other.columns);
    }
}
