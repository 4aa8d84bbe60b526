//! The calls of a Codex rollout, which tells sums.

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::memory::Memory;
use crate::logs::conversation;
use crate::logs::figures::LoggedUsage;
use crate::logs::record::{CodexEvent, LogFormat, UsageRecord};
use crate::logs::usage::Usage;

/// How far a Codex rollout had come.
#[derive(Debug, Default)]
pub(super) struct Rollout {
    session: Option<String>,
    /// The session whose events this one repeats at its beginning, and when they were written.
    repeated: Option<(String, Option<Timestamp>)>,
    model: Option<String>,
    effort: Option<String>,
    total: Option<LoggedUsage>,
}

impl Rollout {
    /// The call between the last total of a rollout and this one.
    pub(super) fn follow(&mut self, event: CodexEvent, memory: &Memory) -> Option<UsageRecord> {
        match event {
            CodexEvent::Session { id, parent, time } => {
                // A forked file has the parent's own beginning below its own.
                if self.session.is_none() {
                    self.session = id;
                    self.repeated = parent.map(|parent| (parent, time));
                }
                None
            }
            CodexEvent::Turn { model, effort } => {
                self.model = model.or(self.model.take());
                self.effort = effort;
                None
            }
            CodexEvent::Total { bill, last, day, time, task } => {
                let bill = *bill;
                let before = self.total.replace(bill);
                if before == Some(bill) || self.repeats_parent(bill, time, memory) {
                    return None;
                }
                // Totals that fell have begun anew.
                let call = match before.map(|before| difference(bill, before)) {
                    Some(Some(call)) => call,
                    Some(None) | None => last.map_or(bill, |last| *last),
                };
                let mut record = UsageRecord::new(LogFormat::Codex, call);
                record.model.clone_from(&self.model);
                record.effort.clone_from(&self.effort);
                record.day = day;
                record.time = time;
                record.task = task;
                record.group = conversation::conversation(self.session.clone());
                // Archived copies of a session, and forks of it, have the same events.
                let session = self.session.as_deref();
                record.identity = session.map(|session| event_key(session, bill));
                Some(record)
            }
        }
    }

    /// Whether an event of a forked session was written by its parent: in the second in which the fork
    /// began, or with a total that the parent had.
    fn repeats_parent(
        &mut self,
        total: LoggedUsage,
        time: Option<Timestamp>,
        memory: &Memory,
    ) -> bool {
        let Some((parent, began)) = &self.repeated else { return false };
        let same_second = time.zip(*began).is_some_and(|(a, b)| a.as_second() == b.as_second());
        let is_repeated = same_second || memory.recall(event_key(parent, total)).is_some();
        if !is_repeated {
            self.repeated = None;
        }
        is_repeated
    }
}

fn event_key(session: &str, total: LoggedUsage) -> u64 {
    xxh3_64(format!("{session} {:?} {:?}", total.usage, total.reasoning).as_bytes())
}

/// What was added to each figure; `None` when one has fallen.
fn difference(now: LoggedUsage, before: LoggedUsage) -> Option<LoggedUsage> {
    let (n, b) = (now.usage, before.usage);
    let usage = Usage::of_parts(
        n.prompt().checked_sub(b.prompt())?.checked_sub(
            n.cached().checked_sub(b.cached())? + n.written().checked_sub(b.written())?,
        )?,
        n.cached().checked_sub(b.cached())?,
        n.written().checked_sub(b.written())?,
        n.completion().checked_sub(b.completion())?,
    );
    let reasoning = match (now.reasoning, before.reasoning) {
        (Some(now), Some(before)) => Some(now.checked_sub(before)?),
        (now, _) => now,
    };
    Some(LoggedUsage { usage, reasoning, ..now })
}
