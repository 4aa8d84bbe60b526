//! Makes calls of records that need those before them, and counts each response once.

use std::collections::VecDeque;

use super::identity::{fingerprint, key};
use super::memory::{Memory, Seen};
use super::message_stream::MessageStream;
use super::rollout::Rollout;
use crate::logs::record::{AnthropicEvent, Entry, UsageRecord};
use crate::logs::stream::LogRecord;
use crate::units::Tokens;

/// How many responses are held back because later records may replace them.
const HELD: usize = 256;

/// The memory of a run over logs: it makes calls of records that need those before them, and counts
/// each response once.
///
/// Two records are one response when they agree in id and usage, and also in model and time where the
/// id may be the number of a row. Records with the same id that disagree are calls of their own, and
/// [`UsageRecord::same_id_as`] names the line of the other one. A response that was logged while it grew
/// is its last record.
///
/// Of an id a hash of 64 bits is kept, of its usage one of 32: some 20 bytes each. The last 1.8 million ids
/// at least are remembered, 2.8 million at most, so that logs of any size take 60 MB for it;
/// [`Dedup::has_forgotten`] says whether older ones were dropped. Two of the remembered ids have one hash
/// with a probability of less than one in four million; then one of them is told as an id with other
/// figures, and counted. It would be taken for a repetition only if the usage were the same as well.
#[derive(Debug, Default)]
pub struct Dedup {
    memory: Memory,
    /// Responses that may still grow, the oldest first.
    held: VecDeque<(u64, LogRecord)>,
    rollout: Rollout,
    stream: MessageStream,
    /// How many calls this log had so far.
    calls: u64,
    /// Lines before this log, so that a line of any log has a number.
    lines_before: u32,
    last_line: u32,
    /// The first line of each log.
    sources: Vec<u32>,
}

impl Dedup {
    /// Starts another log, and gives what was held back of the one before: a session does not go on
    /// from one file to the next.
    pub fn next_source(&mut self, out: &mut Vec<LogRecord>) {
        self.finish(out);
        self.rollout = Rollout::default();
        self.calls = 0;
        self.lines_before = self.lines_before.saturating_add(self.last_line);
        self.last_line = 0;
        self.sources.push(self.lines_before);
    }

    /// Gives what was held back, at the end of a log.
    pub fn finish(&mut self, out: &mut Vec<LogRecord>) {
        self.stream.cut(out);
        while let Some((_, record)) = self.held.pop_front() {
            self.release(record, out);
        }
    }

    /// Whether ids were dropped, so that a repetition that far apart is counted twice.
    #[must_use]
    pub fn has_forgotten(&self) -> bool {
        self.memory.has_forgotten()
    }

    /// Reads a record in the light of those before it, and gives what is known now: mostly the record
    /// itself, as a call, a duplicate, a request without a bill, no call, or an error.
    pub fn enter(&mut self, record: LogRecord, out: &mut Vec<LogRecord>) {
        let line = record.line;
        self.last_line = u32::try_from(line).unwrap_or(u32::MAX);
        let entry = match record.entry {
            Ok(Entry::Call(call)) => {
                self.calls += 1;
                self.call(line, call, out);
                return;
            }
            Ok(Entry::SessionSum(_)) if self.calls > 0 => Ok(Entry::NoCall),
            Ok(Entry::SessionSum(call)) => {
                let entry = self.once(line, call);
                out.push(LogRecord { line, entry: Ok(entry) });
                return;
            }
            Ok(Entry::Codex(event)) => Ok(match self.rollout.follow(event, &self.memory) {
                Some(call) => self.once(line, call.into()),
                None => Entry::NoCall,
            }),
            Ok(Entry::Anthropic(event)) => {
                self.piece(line, event, out);
                return;
            }
            Err(error) => {
                // An event of a stream that cannot be read leaves its figures unknown.
                self.stream.forget();
                Err(error)
            }
            other => other,
        };
        out.push(LogRecord { line, entry });
    }

    /// A piece of a streamed answer.
    fn piece(&mut self, line: usize, event: AnthropicEvent, out: &mut Vec<LogRecord>) {
        let Some(calls) = self.stream.enter(line, event, out) else { return };
        self.calls += 1;
        match calls {
            Ok(calls) => {
                for call in calls {
                    let entry = self.once(line, call.into());
                    out.push(LogRecord { line, entry: Ok(entry) });
                }
            }
            Err(error) => out.push(LogRecord { line, entry: Err(error) }),
        }
    }

    fn call(&mut self, line: usize, call: Box<UsageRecord>, out: &mut Vec<LogRecord>) {
        let key = key(&call);
        match key {
            Some(key) if call.is_snapshot => self.hold(key, line, call, out),
            // The last piece of a response of which others are held back.
            Some(key) if self.held.iter().any(|(held, _)| *held == key) => {
                self.hold(key, line, call, out);
                if let Some(i) = self.held.iter().position(|(held, _)| *held == key)
                    && let Some((_, record)) = self.held.remove(i)
                {
                    self.release(record, out);
                }
            }
            _ => {
                let entry = self.once(line, call);
                out.push(LogRecord { line, entry: Ok(entry) });
            }
        }
    }

    /// Keeps a response that may still grow; what it was before is a duplicate.
    fn hold(&mut self, key: u64, line: usize, call: Box<UsageRecord>, out: &mut Vec<LogRecord>) {
        let known = self.held.iter_mut().rev().find(|(known, _)| *known == key);
        if let Some((_, held)) = known {
            let mut newer = LogRecord { line, entry: Ok(Entry::Call(call)) };
            if size(&newer) >= size(held) {
                std::mem::swap(held, &mut newer);
            }
            if let Ok(Entry::Call(call)) = newer.entry {
                out.push(LogRecord { line: newer.line, entry: Ok(Entry::Duplicate(call)) });
            }
            return;
        }
        self.held.push_back((key, LogRecord { line, entry: Ok(Entry::Call(call)) }));
        if self.held.len() > HELD
            && let Some((_, record)) = self.held.pop_front()
        {
            self.release(record, out);
        }
    }

    fn release(&mut self, record: LogRecord, out: &mut Vec<LogRecord>) {
        let entry = match record.entry {
            Ok(Entry::Call(call)) => Ok(self.once(record.line, call)),
            other => other,
        };
        out.push(LogRecord { line: record.line, entry });
    }

    /// The call, or a duplicate when its response was counted before.
    fn once(&mut self, line: usize, mut call: Box<UsageRecord>) -> Entry {
        let Some(key) = key(&call) else { return Entry::Call(call) };
        let line = self.lines_before.saturating_add(u32::try_from(line).unwrap_or(u32::MAX));
        let seen = Seen { figures: fingerprint(&call), line };
        match self.memory.recall(key) {
            Some(before) if before.figures == seen.figures => Entry::Duplicate(call),
            Some(before) => {
                call.same_id_as = Some(self.place(before.line));
                Entry::Call(call)
            }
            None => {
                self.memory.remember(key, seen);
                Entry::Call(call)
            }
        }
    }

    /// The log, counted from 0, and the line of a number.
    fn place(&self, line: u32) -> (usize, usize) {
        let source = self.sources.iter().rposition(|start| line > *start).unwrap_or(0);
        let before = self.sources.get(source).copied().unwrap_or(0);
        (source, (line - before) as usize)
    }
}

/// How much of a response a record has.
fn size(record: &LogRecord) -> Tokens {
    match &record.entry {
        Ok(Entry::Call(call)) => call.bill.usage.completion() + call.bill.usage.prompt(),
        _ => Tokens::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::figures::{Figure, Figures, LoggedUsage, Parts};
    use crate::logs::record::{CodexEvent, LogFormat};

    fn entries(dedup: &mut Dedup, record: LogRecord) -> Vec<LogRecord> {
        let mut out = Vec::new();
        dedup.enter(record, &mut out);
        out
    }

    fn usage(prompt: u64, completion: u64) -> LoggedUsage {
        let mut figures = Figures::default();
        figures.put(Figure::Prompt, Some(Tokens::new(prompt)));
        figures.put(Figure::Completion, Some(Tokens::new(completion)));
        figures.bill(Parts::Inside).unwrap()
    }

    fn call(id: &str, completion: u64) -> UsageRecord {
        let mut record = UsageRecord::new(LogFormat::ChatCompletions, usage(10, completion));
        record.id = Some(id.to_owned());
        record
    }

    #[test]
    fn totals_are_taken_apart_and_repetitions_are_no_calls() {
        let mut dedup = Dedup::default();
        let mut calls = Vec::new();
        for (prompt, completion) in [(100, 10), (100, 10), (350, 25), (80, 5), (200, 9)] {
            let bill = Box::new(usage(prompt, completion));
            let event = CodexEvent::Total { bill, last: None, day: None, time: None, task: None };
            let record = LogRecord { line: 1, entry: Ok(Entry::Codex(event)) };
            for record in entries(&mut dedup, record) {
                match record.entry.unwrap() {
                    Entry::Call(record) => {
                        let usage = record.bill.usage;
                        calls.push((usage.prompt().get(), usage.completion().get()));
                    }
                    Entry::NoCall => {}
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(calls, [(100, 10), (250, 15), (80, 5), (120, 4)]);
    }

    /// The same id is the same response only where the figures agree.
    #[test]
    fn an_id_alone_makes_no_duplicate() {
        let mut dedup = Dedup::default();
        dedup.next_source(&mut Vec::new());
        let mut kinds = Vec::new();
        let calls = [
            call("chatcmpl-abcdef", 5),
            call("chatcmpl-abcdef", 5),
            call("chatcmpl-abcdef", 6),
            call("", 7),
            call("", 7),
            call("None", 7),
        ];
        for (i, call) in calls.into_iter().enumerate() {
            let record = LogRecord { line: i + 1, entry: Ok(call.into()) };
            kinds.extend(entries(&mut dedup, record).into_iter().map(|record| {
                match record.entry.unwrap() {
                    Entry::Call(call) => {
                        call.same_id_as.map_or("call".to_owned(), |at| format!("{at:?}"))
                    }
                    Entry::Duplicate(_) => "duplicate".to_owned(),
                    other => panic!("{other:?}"),
                }
            }));
        }
        assert_eq!(kinds, ["call", "duplicate", "(0, 1)", "call", "call", "call"]);
    }

    #[test]
    fn a_response_that_grew_is_its_last_record() {
        let mut dedup = Dedup::default();
        let mut out = Vec::new();
        for (line, completion) in [(1, 2), (2, 2), (3, 9)] {
            let call = UsageRecord { is_snapshot: true, ..call("msg_0123456789", completion) };
            dedup.enter(LogRecord { line, entry: Ok(call.into()) }, &mut out);
        }
        dedup.finish(&mut out);
        let calls: Vec<_> = out
            .iter()
            .filter_map(|record| match record.entry.as_ref().unwrap() {
                Entry::Call(call) => Some((record.line, call.bill.usage.completion().get())),
                _ => None,
            })
            .collect();
        assert_eq!((calls, out.len()), (vec![(3, 9)], 3));
    }

    /// The last piece of a stream is its bill, in place of the pieces before it.
    #[test]
    fn the_last_piece_releases_the_response() {
        let mut dedup = Dedup::default();
        dedup.next_source(&mut Vec::new());
        let mut calls = Vec::new();
        for (completion, is_snapshot) in [(3, true), (5, true), (9, false)] {
            let call = UsageRecord { is_snapshot, ..call("chatcmpl-abcdef", completion) };
            let found = entries(&mut dedup, LogRecord { line: 1, entry: Ok(call.into()) });
            let billed = found.into_iter().filter_map(|record| match record.entry.unwrap() {
                Entry::Call(call) => Some(call.bill.usage.completion().get()),
                _ => None,
            });
            calls.push(billed.collect::<Vec<_>>());
        }
        assert_eq!(calls, [vec![], vec![], vec![9]]);
        let mut rest = Vec::new();
        dedup.next_source(&mut rest);
        assert!(rest.is_empty(), "{rest:?}");
    }
}
