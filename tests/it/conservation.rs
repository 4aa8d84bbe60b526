//! Nothing that a log says is lost or counted twice, in any form: every record that was written is read
//! as a call, a duplicate, a request without a bill, no call, or an error, and the sum is that of the
//! calls, or there is an error.

mod answers;
mod exports;
mod forms;
mod sessions;

use jiff::civil::date;
use outlay::catalog::Catalog;
use outlay::history::{Audit, PriceBook, Tolerance};
use outlay::logs::{Dedup, Entry, LogRecord, Place, ReadOptions, Records, Splitter};
use outlay::units::Money;
use proptest::prelude::*;
use proptest::sample::Index;

use self::forms::{Call, FORMS, Form};

/// What was found in logs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    calls: usize,
    duplicates: usize,
    errors: Vec<String>,
    unread: Vec<String>,
    parts: [u64; 4],
}

/// Reads logs one after another, each in pieces of this many bytes.
fn read(logs: &[&[u8]], piece: usize) -> Found {
    let options = ReadOptions::default();
    let (mut dedup, mut entered, mut found) = (Dedup::default(), Vec::new(), Found::default());
    for log in logs {
        dedup.next_source(&mut entered);
        let mut splitter = Splitter::new();
        let pieces = log.chunks(piece.max(1)).map(Some).chain([None]);
        for piece in pieces {
            let block = match piece {
                Some(bytes) => splitter.push(bytes, &options),
                None => splitter.finish(&options),
            };
            let faults = splitter.faults();
            found.errors.extend(faults.iter().map(ToString::to_string));
            match block {
                Ok(block) => {
                    for record in block.iter().flat_map(|block| block.read(&options)) {
                        dedup.enter(record, &mut entered);
                    }
                }
                Err(error) => {
                    found.errors.push(error.to_string());
                    break;
                }
            }
        }
        dedup.finish(&mut entered);
    }
    for LogRecord { entry, .. } in entered {
        match entry {
            Ok(Entry::Call(call)) => {
                found.calls += 1;
                let usage = call.bill.usage;
                let written = usage.written() + usage.written_extended();
                let parts = [usage.uncached(), usage.cached(), written, usage.completion()];
                for (sum, tokens) in found.parts.iter_mut().zip(parts) {
                    *sum += tokens.get();
                }
                if call.same_id_as.is_some() && call.has_strong_id() {
                    found.errors.push("contested".to_owned());
                }
                found.unread.extend(call.unread);
            }
            Ok(Entry::Duplicate(_)) => found.duplicates += 1,
            Ok(_) => {}
            Err(error) => found.errors.push(error.to_string()),
        }
    }
    found
}

fn sum(calls: &[Call]) -> [u64; 4] {
    calls.iter().fold([0; 4], |sum, call| std::array::from_fn(|i| sum[i] + call.parts()[i]))
}

fn drawn() -> impl Strategy<Value = Vec<[u64; 5]>> {
    let tokens = || prop_oneof![Just(0_u64), 1..99_999_u64];
    let call = (1..99_999_u64, tokens(), tokens(), 1..99_999_u64, tokens()).prop_map(
        |(uncached, cached, written, visible, reasoning)| {
            [uncached, cached, written, visible, reasoning]
        },
    );
    prop::collection::vec(call, 2..7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lines, arrays, values over several lines, with any line end and in any pieces: all calls are there.
    #[test]
    fn every_call_is_read_once(drawn in drawn(), piece in 1..400_usize) {
        for form in &FORMS {
            let calls = form.calls(&drawn);
            let records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
            let mut logs = vec![form.log(&records), form.log(&records).replace('\n', "\r\n")];
            if form.is_one_value() {
                logs.push(format!("[{}]", records.join(",")));
                logs.push(format!("[\n {}\n]\n", records.join(",\n ")));
                logs.push(records.join("\n").replace(",\"", ",\n  \"") + "\n");
            }
            for log in logs {
                let found = read(&[log.as_bytes()], piece);
                prop_assert_eq!(&found.errors, &Vec::<String>::new(), "{}: {}", form.name, log);
                prop_assert_eq!(&found.unread, &Vec::<String>::new(), "{}", form.name);
                prop_assert_eq!((found.calls, found.duplicates), (calls.len(), 0), "{}: {}", form.name, log);
                prop_assert_eq!(found.parts, sum(&calls), "{}: {}", form.name, log);
            }
        }
    }

    /// Swapped and repeated records, in one file or the next: the same calls, and the repetitions told.
    #[test]
    fn order_and_repetition_change_no_sum(drawn in drawn(), order in any::<[Index; 9]>(), twice in any::<[Index; 3]>()) {
        for form in &FORMS {
            let calls = form.calls(&drawn);
            let mut records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
            for index in order {
                let i = index.index(records.len());
                let record = records.remove(i);
                records.push(record);
            }
            let found = read(&[form.log(&records).as_bytes()], 1 << 16);
            prop_assert_eq!((found.parts, found.errors.len()), (sum(&calls), 0), "{}", form.name);
            if !form.has_ids {
                continue;
            }
            let again: Vec<String> = twice.iter().map(|i| i.get(&records).clone()).collect();
            let both = form.log(&[records.clone(), again.clone()].concat());
            let second = form.log(&again);
            for logs in [vec![both.as_bytes()], vec![form.log(&records).as_bytes(), second.as_bytes()]] {
                let found = read(&logs, 1 << 16);
                prop_assert_eq!(&found.errors, &Vec::<String>::new(), "{}", form.name);
                prop_assert_eq!((found.calls, found.duplicates), (calls.len(), 3), "{}", form.name);
                prop_assert_eq!(found.parts, sum(&calls), "{}", form.name);
            }
        }
    }

    /// Wherever a log is cut off, the calls before the cut are counted, and a cut inside a record is told.
    #[test]
    fn a_cut_is_told(drawn in drawn(), at in any::<Index>(), as_array: bool) {
        for form in &FORMS {
            let calls = form.calls(&drawn);
            let cut = Cut::new(form, &calls, as_array && form.is_one_value());
            cut.check(at.index(cut.log.len())).map_err(TestCaseError::fail)?;
        }
    }

    /// A record that is damaged is told, and the others are counted.
    #[test]
    fn damage_is_told_and_the_rest_is_counted(drawn in drawn(), at in any::<Index>(), cut in any::<Index>()) {
        for form in &FORMS {
            let calls = form.calls(&drawn);
            let records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
            let i = at.index(records.len());
            let record = &records[i];
            let rest: Vec<Call> = calls.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, c)| *c).collect();
            let output = calls[i].output().to_string();
            let mut damaged = vec!["noise".to_owned(), record.replace(&output, "\"NaN\"")];
            if form.is_one_value() {
                let mut end = 1 + cut.index(record.len() - 1);
                while !record.is_char_boundary(end) {
                    end -= 1;
                }
                damaged.push(record[..end].to_owned());
                damaged.push(format!("\0\0\0{record}"));
                damaged.push(record.replace(&format!(":{output}"), &format!(":-{output}")));
                damaged.push(record.replace(&format!(":{output}"), ":1e18"));
            }
            for line in damaged {
                if line == *record {
                    continue;
                }
                let mut lines = records.clone();
                lines[i].clone_from(&line);
                let found = read(&[form.log(&lines).as_bytes()], 1 << 16);
                prop_assert!(!found.errors.is_empty(), "{}: {}", form.name, line);
                // A file that begins with zeros is none of ours: nothing of it is read.
                if i > 0 || !line.starts_with('\0') {
                    prop_assert_eq!(found.parts, sum(&rest), "{}: {} {:?}", form.name, line, found.errors);
                }
            }
        }
    }

    /// All forms in one file.
    #[test]
    fn forms_may_be_mixed(drawn in drawn()) {
        let (mut lines, mut parts, mut calls) = (String::new(), [0; 4], 0);
        for (f, form) in FORMS.iter().enumerate().filter(|(_, form)| form.is_json()) {
            let all = form.calls(&drawn);
            for call in &all {
                // Some forms wrap others, and would repeat their ids.
                let call = Call { n: call.n + 100 * f, ..*call };
                lines += &((form.write)(call, "") + "\n");
            }
            calls += all.len();
            let sum = sum(&all);
            parts = std::array::from_fn(|i| parts[i] + sum[i]);
        }
        let found = read(&[lines.as_bytes()], 4_096);
        prop_assert_eq!(&found.errors, &Vec::<String>::new());
        prop_assert_eq!((found.calls, found.duplicates, found.parts), (calls, 0, parts));
    }
}

/// A log that may be cut off.
struct Cut<'f> {
    form: &'f Form,
    calls: &'f [Call],
    records: Vec<String>,
    log: String,
    as_array: bool,
}

impl<'f> Cut<'f> {
    fn new(form: &'f Form, calls: &'f [Call], as_array: bool) -> Self {
        let records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
        let log = if as_array { format!("[{}]", records.join(",\n")) } else { form.log(&records) };
        Self { form, calls, records, log, as_array }
    }

    /// What is found of the log up to a byte is right, or there is an error.
    fn check(&self, byte: usize) -> Result<(), String> {
        let cut = self.log.floor_char_boundary(byte);
        let found = read(&[&self.log.as_bytes()[..cut]], 1 << 16);
        if !found.errors.is_empty() {
            return Ok(());
        }
        let place = || format!("{} at {cut}: {}", self.form.name, &self.log[..cut]);
        // Nothing at all is told by who reads files: an empty log is an error.
        if self.as_array && cut > 0 {
            return Err(format!("an open array: {}", place()));
        }
        let header = self.form.header.len() + usize::from(!self.form.is_json());
        let whole =
            |n: usize| header + self.records[..=n].iter().map(String::len).sum::<usize>() + n;
        let read = (0..self.calls.len()).take_while(|n| whole(*n) <= cut).count();
        // What stands behind the figures of a row may be cut off without harm to the sum.
        let with_next = (read + usize::from(!self.form.is_json())).min(self.calls.len());
        let right = [sum(&self.calls[..read]), sum(&self.calls[..with_next])];
        if right.contains(&found.parts) { Ok(()) } else { Err(place()) }
    }
}

/// The same at every byte and, for arrays, with the array left open.
#[test]
fn a_cut_at_any_byte_is_told() {
    for form in &FORMS {
        let calls = form.calls(&[[1_200, 340, 56, 78, 90], [7, 0, 0, 1_000, 0]]);
        for as_array in [false, true] {
            let cut = Cut::new(form, &calls, as_array && form.is_one_value());
            for byte in 0..cut.log.len() {
                cut.check(byte).unwrap();
            }
        }
    }
}

/// Nothing of what is done to a log between its records changes what it cost, unless it is told.
#[test]
fn money_is_conserved() {
    for form in &FORMS {
        let calls =
            form.calls(&[[1_200, 340, 56, 78, 90], [7, 0, 0, 1_000, 0], [50_000, 9, 8, 7, 0]]);
        let records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
        let alone = |record: &String| audited(&form.log(std::slice::from_ref(record)));
        let costs: Vec<Money> = records
            .iter()
            .map(|record| {
                let (cost, errors) = alone(record);
                assert_eq!(errors, Vec::<String>::new(), "{}: {record}", form.name);
                cost
            })
            .collect();
        assert!(costs.iter().all(|cost| *cost > Money::ZERO), "{}: {costs:?}", form.name);
        let sum: Money = costs.iter().copied().sum();
        let whole = form.log(&records);
        let twice = form.log(&[records.clone(), vec![records[1].clone()]].concat());
        let header = form.header.len();
        let mut damaged = vec![
            ("as it is", whole.clone()),
            ("blank lines", whole[..header].to_owned() + &whole[header..].replace('\n', "\n\n\n")),
            ("a byte order mark", format!("\u{feff}{whole}")),
            ("no last line end", whole.trim_end().to_owned()),
            ("a line of noise", format!("{whole}noise\n")),
            ("half a record", whole.clone() + &records[0][..records[0].len() / 2]),
            ("zeros at the end", format!("{whole}\0\0\0\0\n")),
        ];
        if form.has_ids {
            damaged.push(("a record twice", twice));
        }
        if form.is_one_value() {
            damaged.push(("no line ends", records.concat()));
            damaged.push(("two records on a line", whole.replacen('\n', "", 1)));
        }
        for (how, log) in damaged {
            let (cost, errors) = audited(&log);
            let is_told = !errors.is_empty();
            assert!(cost == sum || is_told, "{}, {how}: {cost} for {sum}", form.name);
        }
    }
}

/// What a log costs, and what is wrong with the sum.
fn audited(log: &str) -> (Money, Vec<String>) {
    let catalog = Catalog::embedded();
    let day = date(2026, 11, 20);
    let (mut prices, mut audit) =
        (PriceBook::new(&catalog, day), Audit::new("model".parse().unwrap()));
    let options = ReadOptions { model: Some("claude-opus-5".to_owned()), ..ReadOptions::default() };
    let mut errors = Vec::new();
    for call in Records::new(log.as_bytes()).with_options(options) {
        match call {
            Ok(call) => {
                errors.extend(call.same_id_as.map(|_| "contested".to_owned()));
                let place = || Place { source: "log".to_owned(), line: 1 };
                audit.add(&call, &prices.charge(&call), place);
            }
            Err(error) => errors.push(error.to_string()),
        }
    }
    let doubts = audit.doubts(Tolerance::default()).errors;
    errors.extend(doubts.iter().map(ToString::to_string));
    (audit.total().cost(), errors)
}

/// A figure under a key that nobody knows is named, in every form, beside the figures that it stands with.
#[test]
fn what_nobody_knows_is_named() {
    let mut silent = Vec::new();
    for form in FORMS.iter().filter(|form| form.is_json()) {
        let call = form.calls(&[[100, 40, 20, 30, 10]])[0];
        let log = (form.write)(call, ",\"telepathy_tokens\":7") + "\n";
        let found = read(&[log.as_bytes()], 1 << 16);
        let is_named =
            found.unread.iter().chain(&found.errors).any(|what| what.contains("telepathy"));
        if !is_named {
            silent.push(format!("{}: {found:?}", form.name));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// The same id with other figures is counted, and told.
#[test]
fn an_id_that_is_used_twice_is_told() {
    for form in FORMS.iter().filter(|form| form.has_ids) {
        let calls = form.calls(&[[100, 40, 20, 30, 10], [500, 40, 20, 33, 10]]);
        let same = [calls[0], Call { n: 0, ..calls[1] }];
        let records: Vec<String> = same.iter().map(|call| (form.write)(*call, "")).collect();
        let found = read(&[form.log(&records).as_bytes()], 1 << 16);
        // A response that grew is its last record; sessions are logged while they run.
        let is_snapshot =
            ["claude code", "gemini cli", "qwen code", "chunk", "gemini"].contains(&form.name);
        let is_told = !found.errors.is_empty() && found.parts == sum(&calls);
        // These tell calls apart by more than their ids.
        let is_apart = ["opencode", "amp"].contains(&form.name) && found.calls == 2;
        assert!(
            is_told || is_apart || (is_snapshot && found.calls + found.duplicates == 2),
            "{}: {found:?}",
            form.name
        );
    }
}
