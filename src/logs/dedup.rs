//! What is known across records: which responses were seen, and how far a rollout had come.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::counts::{Bill, Counts};
use super::record::{CodexEvent, Entry, LogFormat, UsageRecord};
use crate::Error;

/// How many ids one half of the memory holds, 1,835,008: what 2^21 places of a hash table take.
const REMEMBERED: usize = (1 << 21) / 8 * 7;

/// The memory of a run over logs.
///
/// A response is known by the 64-bit hash of its id. The last 1.8 million ids at least are remembered,
/// whatever the size of the logs; [`Dedup::has_forgotten`] says whether older ones were dropped.
#[derive(Debug, Default)]
pub struct Dedup {
    recent: HashSet<u64>,
    older: HashSet<u64>,
    forgotten: bool,
    rollout: Rollout,
}

/// Where a Codex rollout stands.
#[derive(Debug, Default)]
struct Rollout {
    model: Option<String>,
    effort: Option<String>,
    total: Option<Bill>,
}

impl Dedup {
    /// Starts another log: a rollout does not go on from one file to the next.
    pub fn next_source(&mut self) {
        self.rollout = Rollout::default();
    }

    /// Whether ids were dropped, so that a repetition that far apart is counted twice.
    #[must_use]
    pub fn has_forgotten(&self) -> bool {
        self.forgotten
    }

    /// Reads an entry in the light of those before it: the result is a call, a duplicate, a request
    /// without a bill, or no call.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Malformed`] when the totals of a rollout contradict each other.
    pub fn enter(&mut self, entry: Entry) -> Result<Entry, Error> {
        Ok(match entry {
            Entry::Call(record) => self.once(record),
            Entry::Codex(event) => {
                self.rollout.follow(event)?.map_or(Entry::NoCall, |record| self.once(record))
            }
            other => other,
        })
    }

    fn once(&mut self, record: UsageRecord) -> Entry {
        match record.id.as_ref().map(|id| xxh3_64(id.as_bytes())) {
            Some(id) if !self.remember(id) => Entry::Duplicate(record),
            _ => Entry::Call(record),
        }
    }

    /// Whether this id is new.
    fn remember(&mut self, id: u64) -> bool {
        if self.older.contains(&id) || !self.recent.insert(id) {
            return false;
        }
        if self.recent.len() >= REMEMBERED {
            self.forgotten |= !self.older.is_empty();
            std::mem::swap(&mut self.recent, &mut self.older);
            self.recent.clear();
        }
        true
    }
}

impl Rollout {
    /// The call between the last total and this one.
    fn follow(&mut self, event: CodexEvent) -> Result<Option<UsageRecord>, Error> {
        match event {
            CodexEvent::Turn { model, effort } => {
                self.model = model.or(self.model.take());
                self.effort = effort;
                Ok(None)
            }
            CodexEvent::Total { bill, last, day, task } => {
                let before = self.total.replace(bill);
                if before == Some(bill) {
                    return Ok(None);
                }
                // Totals that fell have begun anew.
                let call = match before.map(|before| difference(bill, before)) {
                    Some(Some(counts)) => counts.bill()?,
                    Some(None) | None => last.unwrap_or(bill),
                };
                let mut record = UsageRecord::new(LogFormat::Codex, call);
                record.model.clone_from(&self.model);
                record.effort.clone_from(&self.effort);
                record.day = day;
                record.task = task;
                Ok(Some(record))
            }
        }
    }
}

/// What was added to each figure; `None` when one has fallen.
fn difference(now: Bill, before: Bill) -> Option<Counts> {
    let (n, b) = (now.usage, before.usage);
    Some(Counts {
        prompt: Some(n.prompt().checked_sub(b.prompt())?),
        cached: Some(n.cached().checked_sub(b.cached())?),
        written: Some(n.written().checked_sub(b.written())?),
        completion: Some(n.completion().checked_sub(b.completion())?),
        reasoning: match (now.reasoning, before.reasoning) {
            (Some(now), Some(before)) => Some(now.checked_sub(before)?),
            (now, _) => now,
        },
        total: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Tokens;

    #[test]
    fn ids_are_remembered_for_long_and_forgotten_in_the_end() {
        let mut dedup = Dedup::default();
        for id in 0..REMEMBERED as u64 * 2 {
            assert!(dedup.remember(id));
        }
        assert!(dedup.has_forgotten());
        assert!(!dedup.remember(REMEMBERED as u64 * 2 - 1));
        assert!(!dedup.remember(REMEMBERED as u64));
        assert!(dedup.remember(0), "the first one is forgotten");
    }

    fn total(prompt: u64, completion: u64) -> CodexEvent {
        let counts = Counts {
            prompt: Some(Tokens::new(prompt)),
            completion: Some(Tokens::new(completion)),
            ..Counts::default()
        };
        CodexEvent::Total { bill: counts.bill().unwrap(), last: None, day: None, task: None }
    }

    #[test]
    fn totals_are_taken_apart_and_repetitions_are_no_calls() {
        let mut dedup = Dedup::default();
        let mut calls = Vec::new();
        for (prompt, completion) in [(100, 10), (100, 10), (350, 25), (80, 5), (200, 9)] {
            let entry = dedup.enter(Entry::Codex(total(prompt, completion))).unwrap();
            match entry {
                Entry::Call(record) => {
                    let usage = record.bill.usage;
                    calls.push((usage.prompt().get(), usage.completion().get()));
                }
                Entry::NoCall => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(calls, [(100, 10), (250, 15), (80, 5), (120, 4)]);
    }
}
