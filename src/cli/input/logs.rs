//! The logs that a verb names, read record by record in their order.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use crate::cli::input::decompress::Stream;
use crate::cli::input::discover::{self, Source};
use crate::cli::output;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::cli::streams::RecordBatches;
use crate::logs::{
    Block, Columns, Dedup, Entry, LogFormat, LogRecord, Place, ReadOptions, Splitter, TaskFrom,
    Unbilled, UsageRecord,
};
use crate::threads;
use crate::units::Position;
use crate::workload::parse;
use crate::{Error, ErrorKind};

/// How many broken records are told one by one, unless --verbose asks for all.
const TOLD: u64 = 20;
/// How many broken records a report lists.
const LISTED: usize = 1_000;
/// The ends of names by which logs are found below a directory; what the user names is read whatever its name.
const LOG_NAMES: [&str; 7] = [".jsonl", ".ndjson", ".json", ".log", ".csv", ".gz", ".zst"];

/// Which logs are read, and how.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Logs, directories, globs, or `-` for standard input; the form of each record is found out, gzip and zstd are unpacked
    #[arg(value_name = "LOG")]
    logs: Vec<String>,
    /// Take the label of the task from this key of a record, such as metadata.task, or from this column [default: metadata.task]
    #[arg(long, value_name = "PATH", conflicts_with = "task")]
    task_from: Option<String>,
    /// Give every record this label of the task
    #[arg(long, value_name = "NAME")]
    task: Option<String>,
    /// The model of records that name none
    #[arg(short, long, value_name = "ID")]
    model: Option<String>,
    /// Say which columns, or keys of a JSON record, hold which figures: prompt_tokens=in,completion_tokens=out,task=kind
    #[arg(long, value_name = "FIELD=COLUMN,...", value_parser = parse::<Columns>)]
    map: Option<Columns>,
    /// Leave out records that cannot be read without ending in exit code 2
    #[arg(long)]
    skip_invalid: bool,
}

impl LogArgs {
    /// The model of records that name none.
    pub(crate) fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }
}

/// What a verb asks of the records; what nobody asks for is not read.
#[derive(Clone, Copy)]
pub(crate) struct Needs {
    /// The text of answers.
    pub(crate) text: bool,
    /// The label of the task.
    pub(crate) task: bool,
    /// The conversation or the prompt that calls share.
    pub(crate) groups: bool,
}

/// What the log says next.
#[derive(Clone, Copy)]
pub(crate) enum Event<'r> {
    /// An entry that could be read.
    Entry(&'r Entry),
    /// A record that cannot be read.
    Invalid(&'r Error),
    /// Nothing more is there for now.
    Pause,
}

/// Where a record stands.
#[derive(Clone, Copy)]
pub(crate) struct At<'s> {
    source: &'s str,
    line: usize,
}

impl At<'_> {
    /// The place by itself.
    pub(crate) fn place(self) -> Place {
        Place { source: self.source.to_owned(), line: self.line }
    }
}

impl std::fmt::Display for At<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.source, self.line)
    }
}

/// What was found in all logs.
#[derive(Default)]
pub(crate) struct Tally {
    /// Calls by the form they were logged in.
    pub(crate) formats: BTreeMap<LogFormat, u64>,
    /// Calls that were counted before.
    pub(crate) duplicates: u64,
    /// Requests without a bill.
    pub(crate) unbilled: BTreeMap<Unbilled, u64>,
    /// Records that cannot be read.
    pub(crate) invalid: u64,
    /// Records that are no calls.
    pub(crate) not_calls: u64,
    /// Calls with the id of another response.
    contested: u64,
    /// Calls with the id of another one, where ids are numbers of rows.
    shared_ids: u64,
    /// The logs that were read.
    pub(crate) sources: Vec<String>,
    /// The first of what is wrong with records and logs.
    pub(crate) errors: Vec<Error>,
    pub(crate) warnings: Vec<String>,
}

impl Tally {
    /// How many calls were counted.
    pub(crate) fn calls(&self) -> u64 {
        self.formats.values().sum()
    }

    fn add(&mut self, entry: &Entry) {
        match entry {
            Entry::Call(record) => {
                *self.formats.entry(record.format).or_default() += record.requests;
            }
            Entry::Duplicate(_) => self.duplicates += 1,
            Entry::Unbilled(why) => *self.unbilled.entry(*why).or_default() += 1,
            Entry::Codex(_) | Entry::Anthropic(_) | Entry::SessionSum(_) | Entry::NoCall => {
                self.not_calls += 1;
            }
        }
    }
}

/// Reads every log, giving each record to `each` in its order.
pub(crate) fn read(
    args: &LogArgs,
    settings: &Settings,
    needs: Needs,
    mut each: impl FnMut(At<'_>, Event<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    let options = ReadOptions {
        task: match (&args.task, &args.task_from) {
            _ if !needs.task => TaskFrom::Nowhere,
            (Some(label), _) => TaskFrom::Label(label.clone()),
            (None, Some(path)) => TaskFrom::Path(path.clone()),
            (None, None) => TaskFrom::default(),
        },
        model: args.model.clone(),
        keep_text: needs.text,
        groups: needs.groups,
        columns: args.map.clone().unwrap_or_default(),
    };
    let mut tally = Tally::default();
    let sources = sources(&args.logs, &mut tally, settings);
    let progress = Progress::bytes(size(&sources), settings);
    let mut reader = LogReader {
        options,
        dedup: Dedup::default(),
        tally,
        progress: &progress,
        settings,
        skip_invalid: args.skip_invalid,
        hints: BTreeSet::new(),
        entered: Vec::new(),
        each: &mut each,
    };
    for source in &sources {
        reader.read(source)?;
    }
    let LogReader { dedup, mut tally, .. } = reader;
    if tally.invalid > TOLD && !settings.verbose {
        let more = crate::units::plural(tally.invalid - TOLD, "more record");
        progress.aside(|| output::note(settings, &format!("{more} cannot be read; -v tells each")));
    }
    if dedup.has_forgotten() {
        tally.warnings.push(
            "there are more ids than are remembered: a response that was logged twice, more than \
             1.8 million records apart, is counted twice"
                .to_owned(),
        );
    }
    Ok(tally)
}

/// The logs that the arguments stand for; what stands for none is an error.
fn sources(logs: &[String], tally: &mut Tally, settings: &Settings) -> Vec<Source> {
    if logs.is_empty() && settings.streams.is_terminal() {
        let error = Error::new(ErrorKind::Usage, "there is no log");
        tell(error.hint("name files, directories or globs, or pipe a log in"), tally, settings);
        return Vec::new();
    }
    let one_by_one: Vec<&[String]> =
        if logs.is_empty() { vec![logs] } else { logs.chunks(1).collect() };
    let mut found = Vec::new();
    for input in one_by_one {
        let before = found.len();
        let mut left_out = 0_u64;
        let mut failed = false;
        for source in discover::sources(input, &settings.streams) {
            match source {
                Ok(source) if source.is_found() && !is_log(&source) => left_out += 1,
                Ok(source) => found.push(source),
                Err(error) => {
                    failed = true;
                    tell(error, tally, settings);
                }
            }
        }
        if found.len() == before && !failed {
            let name = input.first().map_or("-", String::as_str);
            let error = Error::new(ErrorKind::Usage, "there is no log here").in_source(name);
            let hint =
                format!("logs are found by the ends of their names: {}", LOG_NAMES.join(", "));
            tell(error.hint(hint), tally, settings);
        } else if left_out > 0 {
            let files = crate::units::plural(left_out, "file");
            tally.warnings.push(format!("{files} with other names than logs are left out"));
        }
    }
    found
}

fn is_log(source: &Source) -> bool {
    let name = source.name();
    LOG_NAMES.iter().any(|end| name.ends_with(end))
}

fn tell(error: Error, tally: &mut Tally, settings: &Settings) {
    output::problem(&error, settings);
    tally.errors.push(error);
}

/// The bytes of all logs, when all of them are files.
fn size(sources: &[Source]) -> Option<u64> {
    let size = |source: &Source| match source {
        Source::Stdin(_) => None,
        Source::Named(path) | Source::Found(path) => {
            std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len())
        }
    };
    sources.iter().map(size).sum()
}

struct LogReader<'a, E> {
    options: ReadOptions,
    dedup: Dedup,
    tally: Tally,
    progress: &'a Progress,
    settings: &'a Settings,
    skip_invalid: bool,
    /// What was advised already.
    hints: BTreeSet<String>,
    /// Records that were understood and not yet given.
    entered: Vec<LogRecord>,
    each: &'a mut E,
}

impl<E: FnMut(At<'_>, Event<'_>) -> anyhow::Result<()>> LogReader<'_, E> {
    fn read(&mut self, source: &Source) -> anyhow::Result<()> {
        let name = source.name();
        self.dedup.next_source(&mut self.entered);
        let (before, invalid) = (self.tally.calls(), self.tally.invalid);
        // A call of this log may contest one of its own.
        self.tally.sources.push(name.clone());
        let read = match source {
            Source::Stdin(streams) => match streams.records() {
                Some(records) => self.read_records(records, &name)?,
                None => self.read_blocks(source, &name)?,
            },
            Source::Named(_) | Source::Found(_) => self.read_blocks(source, &name)?,
        };
        self.dedup.finish(&mut self.entered);
        self.give(&name)?;
        if let Err(error) = read {
            self.broken(error.in_source(&name));
        } else if self.settings.verbose {
            let calls = crate::units::plural(self.tally.calls() - before, "call");
            let text =
                format!("{name}: {calls}, {} records unreadable", self.tally.invalid - invalid);
            self.progress.aside(|| output::verbose(self.settings, &text));
        }
        Ok(())
    }

    /// Takes the records that a program gives.
    fn read_records(
        &mut self,
        mut records: RecordBatches,
        name: &str,
    ) -> anyhow::Result<Result<(), Error>> {
        while let Some(batch) = records(&self.options) {
            let batch = match batch {
                Ok(batch) => batch,
                Err(error) => return Ok(Err(error)),
            };
            for record in batch {
                self.dedup.enter(record, &mut self.entered);
            }
            self.give(name)?;
        }
        Ok(Ok(()))
    }

    /// Reads a log to its end, or to where it is broken.
    fn read_blocks(&mut self, source: &Source, name: &str) -> anyhow::Result<Result<(), Error>> {
        let progress = self.progress;
        let mut stream = match Stream::open(source, progress) {
            Ok(stream) => stream,
            Err(error) => return Ok(Err(error)),
        };
        let threads = || {
            threads::start();
            rayon::current_num_threads()
        };
        let mut splitter = Splitter::new();
        let mut blocks = Vec::new();
        let mut is_empty = true;
        loop {
            let room = splitter.room();
            let most = room.len();
            let read = stream.read(room);
            let n = read.as_ref().map_or(0, |n| *n);
            let cut = match read {
                Ok(0) => splitter.finish(&self.options),
                Ok(n) => splitter.advance(n, &self.options),
                Err(error) => Err(error.at(Position { line: splitter.line(), column: 1 })),
            };
            is_empty &= n == 0;
            let (block, broken) = match cut {
                Ok(block) => (block, None),
                Err(error) => (None, Some(error)),
            };
            blocks.extend(block);
            for fault in splitter.faults() {
                self.broken(fault.in_source(name));
            }
            let at_end = n == 0 || broken.is_some();
            // When all of the room is filled, there is more: blocks are gathered for every thread.
            let more_is_there = n == most && !at_end;
            if !more_is_there || blocks.len() >= threads() {
                self.enter(name, &blocks)?;
                blocks.drain(..).for_each(|block| splitter.recycle(block));
            }
            if !more_is_there {
                (self.each)(At { source: name, line: splitter.line() }, Event::Pause)?;
            }
            if at_end {
                let empty = || {
                    Error::new(ErrorKind::Malformed, "the log is empty")
                        .hint("name a log with at least one record")
                };
                return Ok(broken.or_else(|| is_empty.then(empty)).map_or(Ok(()), Err));
            }
        }
    }

    fn enter(&mut self, name: &str, blocks: &[Block]) -> anyhow::Result<()> {
        let options = &self.options;
        let reads = threads::each(blocks.iter().collect(), |block: &Block| block.read(options));
        for record in reads.into_iter().flatten() {
            self.dedup.enter(record, &mut self.entered);
        }
        self.give(name)
    }

    /// Gives what is known of the records that were entered.
    fn give(&mut self, name: &str) -> anyhow::Result<()> {
        let mut entered = std::mem::take(&mut self.entered);
        for LogRecord { line, entry } in entered.drain(..) {
            let at = At { source: name, line };
            match entry {
                Ok(entry) => {
                    self.tally.add(&entry);
                    if let Entry::Call(record) = &entry {
                        self.contest(record, at);
                    }
                    (self.each)(at, Event::Entry(&entry))?;
                }
                Err(error) => {
                    let error = error.in_source(name);
                    (self.each)(at, Event::Invalid(&error))?;
                    self.tally.invalid += 1;
                    self.invalid(error);
                }
            }
        }
        self.entered = entered;
        Ok(())
    }

    /// Says that a call has the id of another one and is not the same. Numbers of rows repeat in every
    /// file; the id of a response does not.
    fn contest(&mut self, record: &UsageRecord, at: At<'_>) {
        let Some((source, line)) = record.same_id_as else { return };
        let other = self.tally.sources.get(source).map_or(at.source, String::as_str);
        let id = record.id.as_deref().unwrap_or_default();
        if !record.has_strong_id() {
            self.tally.shared_ids += 1;
            if self.tally.shared_ids == 1 {
                self.tally.warnings.push(format!(
                    "ids that name no single response: {at} has the id `{id}` of {other}:{line} \
                     and other figures; calls with such ids are counted each"
                ));
            }
            return;
        }
        let message = format!(
            "the id `{id}` is that of {other}:{line}, but the figures are others; both are counted"
        );
        let error = Error::new(ErrorKind::Malformed, message)
            .in_source(at.source)
            .at(Position { line: at.line, column: 1 })
            .hint("remove the record that is wrong, or leave such doubts out with --skip-invalid");
        self.tally.contested += 1;
        self.doubt(error, self.tally.contested);
    }

    /// Tells of a record that cannot be read.
    fn invalid(&mut self, error: Error) {
        self.doubt(error, self.tally.invalid);
    }

    /// Says what is wrong with the `nth` record of its kind.
    fn doubt(&mut self, error: Error, nth: u64) {
        if nth <= TOLD || self.settings.verbose {
            // The same advice once is enough.
            let is_new = error.hint_text().is_none_or(|hint| self.hints.insert(hint.to_owned()));
            let told = if is_new { error.clone() } else { error.clone().without_hint() };
            self.progress.aside(|| {
                if self.skip_invalid {
                    output::warn(self.settings, &told.to_string());
                } else {
                    output::problem(&told, self.settings);
                }
            });
        }
        if self.skip_invalid {
            return;
        }
        if self.tally.errors.len() < LISTED {
            self.tally.errors.push(error);
        }
    }

    /// Tells of a log that cannot be read to its end.
    fn broken(&mut self, error: Error) {
        self.progress.aside(|| output::problem(&error, self.settings));
        self.tally.errors.push(error);
    }
}
