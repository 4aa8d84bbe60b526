//! The requests of one file, counted: those of a whole text, or some lines of a long one at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::Error;
use crate::cli::input::beside::FilesBeside;
use crate::cli::input::counted::{Input, Read, RequestCounter};
use crate::cli::input::discover::{self, Source};
use crate::cli::input::filling::{Filled, Filling};
use crate::cli::input::location::Location;
use crate::cli::input::read::{Content, Line, LineBlocks, ReadingPlan};
use crate::request::{DataRow, InputFormat, Origin, Request, RequestEntry, read_line, read_with};
use crate::threads;
use crate::units::grouped;

/// So many lines are counted before what is kept of them is handed on; enough of them for every thread.
const LINES_AT_ONCE: usize = 2_048;

/// A file of requests, counted.
pub(super) struct CountedFile<T> {
    pub(super) said: Said,
    pub(super) inputs: Vec<Counted<T>>,
    /// What is still to be read, where it is long and has a request on every line.
    pub(super) lines: Option<LinesLeft>,
}

/// What there is to say about a file.
#[derive(Default)]
pub(super) struct Said {
    /// How it was read, for `--verbose`.
    pub(super) how: Option<String>,
    /// Its name, where it is source code that was read as text.
    pub(super) code: Option<String>,
    pub(super) warnings: Vec<String>,
}

/// A request, counted, or still to be filled by the rows of a file.
pub(super) enum Counted<T> {
    Input(Result<T, Error>),
    Unfilled(Box<Unfilled>),
}

/// A request that rows fill.
pub(super) struct Unfilled {
    request: Request,
    location: Location,
    read: Read,
}

/// A file of many lines of which no request is counted yet.
pub(super) struct LinesLeft {
    name: Arc<str>,
    blocks: LineBlocks,
}

impl<T> CountedFile<T> {
    /// These inputs of a file.
    fn of(said: Said, inputs: Vec<Counted<T>>) -> Self {
        Self { said, inputs, lines: None }
    }

    /// A file that cannot be read.
    fn failed(error: Error) -> Self {
        Self::of(Said::default(), vec![Counted::Input(Err(error))])
    }
}

/// What a line comes to.
struct CountedLine<T> {
    requests: usize,
    inputs: Vec<Counted<T>>,
    warnings: Vec<String>,
    open_slots: BTreeSet<String>,
}

impl<'a> RequestCounter<'_, 'a> {
    /// Every request of a file, of each of which `keep` says what is kept. A file that was found and is not
    /// text is left out with a warning.
    pub(super) fn file<T: Send>(
        &self,
        source: Result<Source, Error>,
        plan: &ReadingPlan,
        keep: &(impl Fn(Input<'a>) -> T + Sync),
    ) -> CountedFile<T> {
        let file = source.and_then(|source| self.readable(&source, plan, keep));
        file.unwrap_or_else(CountedFile::failed)
    }

    fn readable<T: Send>(
        &self,
        source: &Source,
        plan: &ReadingPlan,
        keep: &(impl Fn(Input<'a>) -> T + Sync),
    ) -> Result<CountedFile<T>, Error> {
        let name: Arc<str> = source.name().into();
        let left_out = |error: &Error| {
            let warnings = vec![discover::left_out(&name, error)];
            CountedFile::of(Said { warnings, ..Said::default() }, Vec::new())
        };
        let code = || {
            let is_code = plan.shape.is_none() && source.naming().is_source_code();
            is_code.then(|| name.to_string())
        };
        let (text, is_replaced) = match plan.content(source) {
            Ok(Content::Text(text)) => (text, false),
            Ok(Content::Replaced(text)) => (text, true),
            Ok(Content::Counted(streamed)) => {
                let request = Request::from_text("");
                let read = Read { streamed, is_replaced: false };
                let how = Some(format!("{name}: {}", request.origin));
                let said = Said { how, code: code(), warnings: Vec::new() };
                let inputs = self.request(&request, &Location::new(name, None), &read);
                let kept = |input: Result<Input<'a>, Error>| Counted::Input(input.map(keep));
                let inputs = inputs.into_iter().map(kept).collect();
                return Ok(CountedFile::of(said, inputs));
            }
            Ok(Content::Lines(blocks)) => {
                let nothing = CountedFile::of(Said::default(), Vec::new());
                return Ok(CountedFile { lines: Some(LinesLeft { name, blocks }), ..nothing });
            }
            Err(error) if source.is_found_binary() => return Ok(left_out(&error)),
            Err(error) => return Err(error.in_source(&*name)),
        };
        let beside = FilesBeside::of(&name);
        let document = match read_with(&text, source.naming(), plan.shape, &beside) {
            Ok(document) => document,
            Err(error) if source.is_found() && text.trim().is_empty() => {
                return Ok(left_out(&error));
            }
            Err(error) => return Err(error.in_source(&*name)),
        };
        let is_text = document.entries.iter().all(|entry| {
            entry.request.as_ref().is_ok_and(|request| request.origin == Origin::Text)
        });
        let how = match document.entries.as_slice() {
            [RequestEntry { request: Ok(request), .. }] => request.origin.to_string(),
            entries => format!("{} lines of requests", entries.len()),
        };
        let mut warnings: Vec<String> =
            document.note.map(|note| format!("`{name}`: {note}")).into_iter().collect();
        warnings.extend(document.warnings().map(|warning| format!("`{name}`: {warning}")));
        let open = self.filling.open_slots(&document);
        warnings.extend(Filling::warning(&open).map(|text| format!("`{name}` {text}")));
        let inputs =
            threads::each(document.entries, |entry| self.entry(entry, &name, is_replaced, keep));
        let how = Some(format!("{name}: {how}"));
        let said = Said { how, code: code().filter(|_| is_text), warnings };
        Ok(CountedFile::of(said, inputs.into_iter().flatten().collect()))
    }

    /// The inputs of an entry of this file.
    fn entry<T: Send>(
        &self,
        entry: RequestEntry<'_>,
        name: &Arc<str>,
        is_replaced: bool,
        keep: &(impl Fn(Input<'a>) -> T + Sync),
    ) -> Vec<Counted<T>> {
        let request = match entry.request {
            Ok(request) => request,
            Err(error) => return vec![Counted::Input(Err(error.in_source(&**name)))],
        };
        let read = Read { streamed: Vec::new(), is_replaced };
        let location = Location::new(Arc::clone(name), entry.line);
        if self.filling.has_rows() {
            return vec![Counted::Unfilled(Box::new(Unfilled { request, location, read }))];
        }
        self.filling.note(&request);
        let inputs = self.request(&request, &location, &read).into_iter();
        inputs.map(|input| Counted::Input(input.map(keep))).collect()
    }

    /// Hands on what is counted, and what comes of it with every row.
    pub(super) fn hand_on<T: Send>(
        &self,
        counted: Counted<T>,
        keep: &(impl Fn(Input<'a>) -> T + Sync),
        each: &mut impl FnMut(Result<T, Error>),
    ) {
        let unfilled = match counted {
            Counted::Input(input) => return each(input),
            Counted::Unfilled(unfilled) => unfilled,
        };
        let Unfilled { request, location, read } = *unfilled;
        let filling = match self.filling.rows_of(&request) {
            Ok(Some(filling)) => filling,
            Ok(None) => return,
            Err(error) => return each(Err(location.of(error))),
        };
        let filled = |row: &DataRow| match filling.fill(&request, &location, row) {
            Err(error) => vec![Err(error)],
            Ok(Filled { request, location, weight }) => {
                let inputs = self.request(&request, &location, &read).into_iter();
                let weigh = |input: Input<'a>| keep(Input { weight, ..input });
                inputs.map(|input| input.map(weigh)).collect()
            }
        };
        let of_all = filling.rows.each(|rows| {
            let inputs = threads::each(rows.iter().collect(), filled);
            inputs.into_iter().flatten().for_each(&mut *each);
        });
        if let Err(error) = of_all {
            each(Err(error));
        }
    }

    /// The requests of a long text, of each of which `keep` says what is kept, and `each` takes it.
    pub(super) fn lines<T: Send>(
        &self,
        LinesLeft { name, mut blocks }: LinesLeft,
        format: Option<InputFormat>,
        keep: &(impl Fn(Input<'a>) -> T + Sync),
        each: &mut impl FnMut(Result<T, Error>),
    ) -> Said {
        let (mut warnings, mut said) = (Vec::new(), BTreeSet::new());
        let (mut requests, mut open_slots) = (0, BTreeSet::new());
        let beside = FilesBeside::of(&name);
        loop {
            let block = match blocks.next() {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(error) => {
                    each(Err(error.in_source(&*name)));
                    break;
                }
            };
            let counted = |line: Line<'_>| self.line(&line, (&name, format), &beside, keep);
            let mut lines = block.lines().into_iter();
            loop {
                let some: Vec<_> = lines.by_ref().take(LINES_AT_ONCE).collect();
                if some.is_empty() {
                    break;
                }
                for line in threads::each(some, counted) {
                    requests += line.requests;
                    line.inputs.into_iter().for_each(|input| self.hand_on(input, keep, each));
                    open_slots.extend(line.open_slots);
                    for warning in line.warnings {
                        if said.insert(warning.clone()) {
                            warnings.push(format!("`{name}`: {warning}"));
                        }
                    }
                }
            }
            self.progress.within(&format!("line {}", grouped(requests as u64)));
        }
        warnings.extend(Filling::warning(&open_slots).map(|text| format!("`{name}` {text}")));
        Said { how: Some(format!("{name}: {requests} lines of requests")), code: None, warnings }
    }

    fn line<T: Send>(
        &self,
        line: &Line<'_>,
        (name, format): (&Arc<str>, Option<InputFormat>),
        beside: &FilesBeside,
        keep: &(impl Fn(Input<'a>) -> T + Sync),
    ) -> CountedLine<T> {
        let document = read_line(line.text, line.number, line.start, format, beside);
        CountedLine {
            requests: document.entries.len(),
            warnings: document.warnings().collect(),
            open_slots: self.filling.open_slots(&document),
            inputs: document
                .entries
                .into_iter()
                .flat_map(|entry| self.entry(entry, name, false, keep))
                .collect(),
        }
    }
}
