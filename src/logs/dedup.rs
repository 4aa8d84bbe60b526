//! What is known across records: which responses were counted, and how far a session had come.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::conversation;
use super::figures::{Figure, LoggedUsage};
use super::maker::anthropic;
use super::record::{AnthropicEvent, CodexEvent, Entry, LogFormat, PartialMessage, UsageRecord};
use super::stream::LogRecord;
use super::usage::Usage;
use crate::logs::figures::Figures;
use crate::logs::object::malformed;
use crate::units::{Position, Tokens};

/// How many ids one half of the memory holds, 1,835,008: what 2^21 places of a hash table take.
const REMEMBERED: usize = (1 << 21) / 8 * 7;

/// How many responses are held back because later records may replace them.
const HELD: usize = 256;

/// Ids that say that there is none.
const NO_IDS: [&str; 11] =
    ["", "-", "0", "none", "null", "nil", "nan", "n/a", "na", "undefined", "unknown"];

/// The memory of a run over logs: it makes calls of records that need those before them, and counts
/// each response once.
///
/// Two records are one response when they agree in id and usage, and also in model and time where the
/// id may be the number of a row. Records with the same id that disagree are calls of their own, and
/// [`UsageRecord::same_id_as`] names the line of the other one. A response that was logged while it grew is its last record. The last 1.8 million ids
/// at least are remembered, whatever the size of the logs; [`Dedup::has_forgotten`] says whether
/// older ones were dropped.
#[derive(Debug, Default)]
pub struct Dedup {
    recent: HashMap<u64, Seen, Hashed>,
    older: HashMap<u64, Seen, Hashed>,
    forgotten: bool,
    /// Responses that may still grow, the oldest first.
    held: VecDeque<(u64, LogRecord)>,
    rollout: Rollout,
    stream: Option<(usize, PartialMessage)>,
    /// How many calls this log had so far.
    calls: u64,
    /// Lines before this log, so that a line of any log has a number.
    lines_before: u32,
    last_line: u32,
    /// The first line of each log.
    sources: Vec<u32>,
}

/// Keys that are hashes already are not hashed again.
type Hashed = BuildHasherDefault<HashOfHash>;

#[derive(Debug, Default, Clone, Copy)]
struct HashOfHash(u64);

impl Hasher for HashOfHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    /// One multiplication, so that keys that are numbers are spread as well.
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// What is known of a response.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// A hash of what must agree.
    figures: u32,
    /// The line, counted over all logs.
    line: u32,
}

/// How far a Codex rollout had come.
#[derive(Debug, Default)]
struct Rollout {
    session: Option<String>,
    /// The session whose events this one repeats at its beginning, and when they were written.
    repeated: Option<(String, Option<Timestamp>)>,
    model: Option<String>,
    effort: Option<String>,
    total: Option<LoggedUsage>,
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
        self.cut_stream(out);
        while let Some((_, record)) = self.held.pop_front() {
            self.release(record, out);
        }
    }

    /// Whether ids were dropped, so that a repetition that far apart is counted twice.
    #[must_use]
    pub fn has_forgotten(&self) -> bool {
        self.forgotten
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
            Ok(Entry::Codex(event)) => Ok(match self.follow(event) {
                Some(call) => self.once(line, call),
                None => Entry::NoCall,
            }),
            Ok(Entry::Anthropic(event)) => {
                self.piece(line, event, out);
                return;
            }
            Err(error) => {
                // An event of a stream that cannot be read leaves its figures unknown.
                self.stream = None;
                Err(error)
            }
            other => other,
        };
        out.push(LogRecord { line, entry });
    }

    fn call(&mut self, line: usize, call: UsageRecord, out: &mut Vec<LogRecord>) {
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
    fn hold(&mut self, key: u64, line: usize, call: UsageRecord, out: &mut Vec<LogRecord>) {
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
    fn once(&mut self, line: usize, mut call: UsageRecord) -> Entry {
        let Some(key) = key(&call) else { return Entry::Call(call) };
        let line = self.lines_before.saturating_add(u32::try_from(line).unwrap_or(u32::MAX));
        let seen = Seen { figures: fingerprint(&call), line };
        match self.recall(key) {
            Some(before) if before.figures == seen.figures => Entry::Duplicate(call),
            Some(before) => {
                call.same_id_as = Some(self.place(before.line));
                Entry::Call(call)
            }
            None => {
                self.remember(key, seen);
                Entry::Call(call)
            }
        }
    }

    fn recall(&self, key: u64) -> Option<Seen> {
        self.recent.get(&key).or_else(|| self.older.get(&key)).copied()
    }

    fn remember(&mut self, key: u64, seen: Seen) {
        self.recent.insert(key, seen);
        if self.recent.len() >= REMEMBERED {
            self.forgotten |= !self.older.is_empty();
            std::mem::swap(&mut self.recent, &mut self.older);
            self.recent.clear();
        }
    }

    /// The log, counted from 0, and the line of a number.
    fn place(&self, line: u32) -> (usize, usize) {
        let source = self.sources.iter().rposition(|start| line > *start).unwrap_or(0);
        let before = self.sources.get(source).copied().unwrap_or(0);
        (source, (line - before) as usize)
    }

    /// A piece of a streamed answer.
    fn piece(&mut self, line: usize, event: AnthropicEvent, out: &mut Vec<LogRecord>) {
        match event {
            AnthropicEvent::Start(message) => {
                self.cut_stream(out);
                self.stream = Some((line, *message));
                out.push(LogRecord { line, entry: Ok(Entry::NoCall) });
            }
            AnthropicEvent::Delta(delta) => {
                let entry = match &mut self.stream {
                    Some((_, message)) => {
                        message.finish = delta.finish;
                        message.figures.grow(delta.figures);
                        Ok(Entry::NoCall)
                    }
                    None => Err(malformed("the stream has no `message_start`".to_owned())
                        .at(Position { line, column: 1 })),
                };
                out.push(LogRecord { line, entry });
            }
            AnthropicEvent::Stop => match self.stream.take() {
                Some((_, message)) => {
                    self.calls += 1;
                    self.streamed(line, message, out);
                }
                None => out.push(LogRecord { line, entry: Ok(Entry::NoCall) }),
            },
        }
    }

    fn streamed(&mut self, line: usize, message: PartialMessage, out: &mut Vec<LogRecord>) {
        match anthropic::requests(LogFormat::Anthropic, message.figures) {
            Ok(records) => {
                for mut record in records {
                    record.id.clone_from(&message.id);
                    record.model = record.model.or_else(|| message.model.clone());
                    record.finish = message.finish;
                    let entry = self.once(line, record);
                    out.push(LogRecord { line, entry: Ok(entry) });
                }
            }
            Err(error) => {
                let error = error.at(Position { line, column: 1 });
                out.push(LogRecord { line, entry: Err(error) });
            }
        }
    }

    /// A stream that was cut off: its figures are not final.
    fn cut_stream(&mut self, out: &mut Vec<LogRecord>) {
        if let Some((line, _)) = self.stream.take() {
            let error =
                malformed("the stream has no `message_stop`: its usage is not final".to_owned());
            out.push(LogRecord { line, entry: Err(error.at(Position { line, column: 1 })) });
        }
    }

    /// The call between the last total of a rollout and this one.
    fn follow(&mut self, event: CodexEvent) -> Option<UsageRecord> {
        match event {
            CodexEvent::Session { id, parent, time } => {
                // A forked file has the parent's own beginning below its own.
                if self.rollout.session.is_none() {
                    self.rollout.session = id;
                    self.rollout.repeated = parent.map(|parent| (parent, time));
                }
                None
            }
            CodexEvent::Turn { model, effort } => {
                self.rollout.model = model.or(self.rollout.model.take());
                self.rollout.effort = effort;
                None
            }
            CodexEvent::Total { bill, last, day, time, task } => {
                let bill = *bill;
                let before = self.rollout.total.replace(bill);
                if before == Some(bill) || self.repeats_parent(bill, time) {
                    return None;
                }
                // Totals that fell have begun anew.
                let call = match before.map(|before| difference(bill, before)) {
                    Some(Some(call)) => call,
                    Some(None) | None => last.map_or(bill, |last| *last),
                };
                let mut record = UsageRecord::new(LogFormat::Codex, call);
                record.model.clone_from(&self.rollout.model);
                record.effort.clone_from(&self.rollout.effort);
                record.day = day;
                record.time = time;
                record.task = task;
                record.group = conversation::conversation(self.rollout.session.clone());
                // Archived copies of a session, and forks of it, have the same events.
                let session = self.rollout.session.as_deref();
                record.identity = session.map(|session| event_key(session, bill));
                Some(record)
            }
        }
    }

    /// Whether an event of a forked session was written by its parent: in the second in which the fork
    /// began, or with a total that the parent had.
    fn repeats_parent(&mut self, total: LoggedUsage, time: Option<Timestamp>) -> bool {
        let Some((parent, began)) = &self.rollout.repeated else { return false };
        let same_second = time.zip(*began).is_some_and(|(a, b)| a.as_second() == b.as_second());
        let is_repeated = same_second || self.recall(event_key(parent, total)).is_some();
        if !is_repeated {
            self.rollout.repeated = None;
        }
        is_repeated
    }
}

/// What distinguishes a response from others; `None` for one without an id.
fn key(call: &UsageRecord) -> Option<u64> {
    if let Some(identity) = call.identity {
        return Some(identity);
    }
    let id = call.id.as_deref()?.trim();
    let is_none = NO_IDS.iter().any(|none| id.eq_ignore_ascii_case(none));
    (!is_none).then(|| xxh3_64(id.as_bytes()))
}

/// A hash of what two records of one response agree in.
///
/// Ids that may be the numbers of rows say little, so the times must agree as well.
fn fingerprint(call: &UsageRecord) -> u32 {
    let usage = call.bill.usage;
    let mut bytes = Vec::with_capacity(96);
    for tokens in [
        usage.uncached(),
        usage.cached(),
        usage.written() + usage.written_extended(),
        usage.completion(),
    ] {
        bytes.extend(tokens.get().to_le_bytes());
    }
    if call.identity.is_none() && !call.has_strong_id() {
        let model = call.model.as_deref().unwrap_or_default();
        bytes.extend(model.as_bytes());
        let time = call.time.map(Timestamp::as_nanosecond);
        bytes.extend(time.unwrap_or_default().to_le_bytes());
        bytes
            .extend(call.day.map(jiff::civil::Date::day_of_year).unwrap_or_default().to_le_bytes());
    }
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let half = xxh3_64(&bytes) as u32;
    half
}

fn event_key(session: &str, total: LoggedUsage) -> u64 {
    xxh3_64(format!("{session} {:?} {:?}", total.usage, total.reasoning).as_bytes())
}

/// How much of a response a record has.
fn size(record: &LogRecord) -> Tokens {
    match &record.entry {
        Ok(Entry::Call(call)) => call.bill.usage.completion() + call.bill.usage.prompt(),
        _ => Tokens::ZERO,
    }
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

impl Figures {
    /// Takes the figures of a later event, which are sums so far.
    fn grow(&mut self, later: Self) {
        for figure in [
            Figure::Prompt,
            Figure::Completion,
            Figure::Cached,
            Figure::Written,
            Figure::WrittenShort,
            Figure::WrittenLong,
            Figure::Reasoning,
        ] {
            if let Some(tokens) = later.get(figure) {
                self.put(figure, Some(tokens));
            }
        }
        for (item, times) in later.tools {
            self.use_tool(item, times);
        }
        if !later.iterations.is_empty() {
            self.iterations = later.iterations;
        }
        self.unread.extend(later.unread);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::figures::Parts;

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
    fn ids_are_remembered_for_long_and_forgotten_in_the_end() {
        let mut dedup = Dedup::default();
        let seen = Seen { figures: 0, line: 0 };
        for id in 0..REMEMBERED as u64 * 2 {
            assert!(dedup.recall(id).is_none());
            dedup.remember(id, seen);
        }
        assert!(dedup.has_forgotten());
        assert!(dedup.recall(REMEMBERED as u64 * 2 - 1).is_some());
        assert!(dedup.recall(REMEMBERED as u64).is_some());
        assert!(dedup.recall(0).is_none(), "the first one is forgotten");
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
            let record = LogRecord { line: i + 1, entry: Ok(Entry::Call(call)) };
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
            dedup.enter(LogRecord { line, entry: Ok(Entry::Call(call)) }, &mut out);
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
}
