//! What one step of all runs comes to, added up while each run is at hand.

use super::column::Column;
use super::dialogue::{End, Sent};
use super::run::{Run, RunTurn};
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
    /// What this run has come to.
    #[inline]
    pub(super) fn take(&mut self, run: &Run) {
        self.spent += run.costs[0];
        self.overflowed += usize::from(run.overflowed);
        self.stopped += usize::from(run.stopped);
        self.go_on += usize::from(run.turn.goes_on);
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
    pub(super) prompt: Column<u64>,
    pub(super) cached: Column<u64>,
    pub(super) room: Column<u64>,
    pub(super) completion: Column<u64>,
    pub(super) cost: Column<Money>,
}

impl Columns {
    fn with_capacity(runs: usize) -> Self {
        Self {
            prompt: Column::with_capacity(runs),
            cached: Column::with_capacity(runs),
            room: Column::with_capacity(runs),
            completion: Column::with_capacity(runs),
            cost: Column::with_capacity(runs),
        }
    }

    fn extend(&mut self, rows: &[Sent]) {
        self.prompt.extend(rows.iter().map(|row| row.prompt));
        self.cached.extend(rows.iter().map(|row| row.cached));
        self.room.extend(rows.iter().map(|row| row.room));
        self.completion.extend(rows.iter().map(|row| row.completion));
        self.cost.extend(rows.iter().map(|row| row.cost));
    }

    /// This step of further runs.
    fn append(&mut self, other: Self) {
        self.prompt.append(other.prompt);
        self.cached.append(other.cached);
        self.room.append(other.room);
        self.completion.append(other.completion);
        self.cost.append(other.cost);
    }
}

/// The turns that ended with a step.
#[derive(Debug, Default)]
pub(super) struct EndedTurns {
    /// Prompt, cached tokens and room of the last request, completion and cost of all.
    pub(super) columns: Columns,
    /// The cap of the last request.
    pub(super) caps: Column<u64>,
    /// How many have an answer that was cut off.
    pub(super) cut_off: usize,
    /// How many have an answer that came out empty.
    pub(super) empty: usize,
}

impl EndedTurns {
    /// Takes what ended turns sent last, with the completion and the cost of all they sent.
    fn extend(&mut self, rows: &[Sent]) {
        self.columns.extend(rows);
        self.caps.extend(rows.iter().map(|row| row.cap));
    }

    /// The turns of further runs.
    pub(super) fn add(&mut self, other: Self) {
        self.columns.append(other.columns);
        self.caps.append(other.caps);
        self.cut_off += other.cut_off;
        self.empty += other.empty;
    }
}

/// One step of many runs.
#[derive(Debug, Default)]
pub(super) struct PlayedStep {
    pub(super) requests: Requests,
    pub(super) so_far: SoFar,
    /// What its summary is made of; `None` where it has none.
    pub(super) columns: Option<Columns>,
    pub(super) ended: EndedTurns,
    /// What was sent, to be summed up.
    sent: Vec<Sent>,
    /// What was sent last in turns that ended, with the sums of the turn, to be summed up.
    last: Vec<Sent>,
}

impl PlayedStep {
    /// A step of so many runs, with or without a summary.
    pub(super) fn of(runs: usize, summarised: bool) -> Self {
        let columns = Columns::with_capacity(runs);
        let ended = EndedTurns { columns, caps: Column::with_capacity(runs), cut_off: 0, empty: 0 };
        let columns = summarised.then(|| Columns::with_capacity(runs));
        Self { columns, ended, ..Self::default() }
    }

    /// Takes a run that has played the step, with what it sent.
    #[inline]
    pub(super) fn take(&mut self, run: &Run, sent: Sent) {
        self.requests.take(&sent);
        if self.columns.is_some() {
            self.sent.push(sent);
        }
        let RunTurn { goes_on, completion, cost, was_empty, .. } = run.turn;
        if !goes_on {
            self.ended.cut_off += usize::from(was_empty || sent.end == End::Partial);
            self.ended.empty += usize::from(was_empty);
            self.last.push(Sent { completion, cost, was_empty, ..sent });
        }
    }

    /// Sums up what was taken, in one loop for each amount.
    pub(super) fn sum_up(&mut self) {
        if let Some(columns) = &mut self.columns {
            columns.extend(&self.sent);
        }
        self.ended.extend(&self.last);
        self.sent.clear();
        self.last.clear();
    }

    /// This step of further runs.
    pub(super) fn add(&mut self, other: Self) {
        self.requests.add(other.requests);
        self.so_far.add(other.so_far);
        if let (Some(columns), Some(other)) = (&mut self.columns, other.columns) {
            columns.append(other);
        }
        self.ended.add(other.ended);
    }
}
