//! Logged records into columns of usage.

use outlay::Error;
use outlay::logs::{
    Cell, Entry, Finish, ReadOptions, ServiceTier, TaskFrom, UsageRecord, Visible, read_record,
};
use outlay::units::Tokens;
use pyo3::prelude::*;

use crate::capsule::ArrowArray;
use crate::column::{Read, Values, rows};
use crate::error::in_row;
use crate::outcome::{Days, Numbers, Texts, guarded, structure};

/// What one record comes to, by itself.
pub(crate) enum Outcome {
    Call(Box<UsageRecord>),
    Unbilled,
    /// No call: a turn of the user, a heartbeat, a span around others.
    Nothing,
    /// Many calls, which one row cannot hold.
    Several(usize),
    /// It means something only after the records before it.
    Order,
    Invalid(Error),
}

impl Outcome {
    fn name(&self) -> &'static str {
        match self {
            Self::Call(_) => "call",
            Self::Unbilled => "unbilled",
            Self::Nothing => "nothing",
            Self::Several(_) => "several",
            Self::Order => "order",
            Self::Invalid(_) => "invalid",
        }
    }

    /// Why a row of one call does not hold it; nothing for calls and for what has no bill.
    pub(crate) fn error(&self) -> Option<String> {
        match self {
            Self::Call(_) | Self::Unbilled | Self::Nothing => None,
            Self::Several(calls) => Some(format!(
                "the record holds {calls} calls; give such records to `outlay.audit` as a stream"
            )),
            Self::Order => Some(
                "the record goes on from those before it; give whole files to `outlay audit`"
                    .to_owned(),
            ),
            Self::Invalid(error) => Some(in_row(error)),
        }
    }
}

/// Reads records one by one.
pub(crate) struct Reader {
    options: ReadOptions,
    found: Vec<Result<Entry, Error>>,
}

impl Reader {
    /// Reads records whose task is at this path, or named so, and which are of this model where they name none.
    pub(crate) fn new(task: Option<&str>, model: Option<String>, keep_text: bool) -> Self {
        let task = task.map_or(TaskFrom::Nowhere, |path| TaskFrom::Path(path.to_owned()));
        let options = ReadOptions { task, model, keep_text, ..ReadOptions::default() };
        Self { options, found: Vec::new() }
    }

    /// What a record says, with the request that it answers where that is beside it; `None` for an
    /// empty row.
    pub(crate) fn read(
        &mut self,
        record: Read<'_>,
        request: Read<'_>,
    ) -> Result<Option<Outcome>, String> {
        let (record, request) = match (record?, request?) {
            (Cell::Empty, _) => return Ok(None),
            (Cell::Text(record), Cell::Text(request)) => (record, Some(request)),
            (Cell::Text(record), Cell::Empty) => (record, None),
            _ => return Err("this is no text; give the record as JSON in a string".to_owned()),
        };
        self.found.clear();
        match request {
            None => read_record(record.trim(), &self.options, &mut self.found),
            Some(request) => {
                let pair = format!(r#"{{"request": {request}, "response": {record}}}"#);
                read_record(&pair, &self.options, &mut self.found);
            }
        }
        Ok(Some(self.outcome()))
    }

    fn outcome(&mut self) -> Outcome {
        let mut calls = 0;
        let mut outcome = Outcome::Nothing;
        for entry in self.found.drain(..) {
            match entry {
                Err(error) => return Outcome::Invalid(error),
                Ok(Entry::Codex(_) | Entry::Anthropic(_) | Entry::SessionSum(_)) => {
                    return Outcome::Order;
                }
                Ok(Entry::Call(call) | Entry::Duplicate(call)) => {
                    calls += 1;
                    outcome = Outcome::Call(call);
                }
                Ok(Entry::Unbilled(_)) if calls == 0 => outcome = Outcome::Unbilled,
                Ok(Entry::Unbilled(_) | Entry::NoCall) => {}
            }
        }
        if calls > 1 { Outcome::Several(calls) } else { outcome }
    }
}

/// What of a call its columns of usage do not hold, and its cost may.
fn beyond(call: &UsageRecord) -> Option<String> {
    let mut names: Vec<String> = call.tools.iter().map(|(item, n)| format!("{n} {item}")).collect();
    let mut note = |is: bool, name: &str| {
        if is {
            names.push(name.to_owned());
        }
    };
    note(!call.bill.audio.is_empty(), "audio tokens");
    note(!call.bill.images.is_empty(), "image tokens");
    note(call.speed.is_some(), "speed");
    note(call.residency.is_some(), "residency");
    note(call.recorded.is_some_and(|recorded| recorded.is_bill), "the seller's own charge");
    note(!call.bill.prompt_known, "no prompt tokens");
    names.extend(call.unread.iter().cloned());
    (!names.is_empty()).then(|| names.join(", "))
}

const fn finish(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::Other => "other",
        Finish::Unknown => "unknown",
    }
}

/// The columns of usage.
#[derive(Default)]
pub(crate) struct Columns {
    outcome: Texts,
    id: Texts,
    response: Texts,
    model: Texts,
    day: Days,
    service_tier: Texts,
    figures: [Numbers; 7],
    finish: Texts,
    truncated: arrow_array::builder::BooleanBuilder,
    empty: arrow_array::builder::BooleanBuilder,
    answers: Numbers,
    requests: Numbers,
    cap: Numbers,
    effort: Texts,
    task: Texts,
    beyond: Texts,
    error: Texts,
}

impl Columns {
    pub(crate) fn push(&mut self, read: &Result<Option<Outcome>, String>) {
        let (outcome, error) = match read {
            Ok(None) => (None, None),
            Ok(Some(outcome)) => (Some(outcome.name()), outcome.error()),
            Err(error) => (Some("invalid"), Some(error.clone())),
        };
        self.outcome.push(outcome);
        self.error.push(error);
        let call = match read {
            Ok(Some(Outcome::Call(call))) => Some(call.as_ref()),
            _ => None,
        };
        self.id.push(call.and_then(|call| call.id.as_deref()));
        self.response.push(call.and_then(UsageRecord::response_key));
        self.model.push(call.and_then(|call| call.model.as_deref()));
        self.day.push(call.and_then(|call| call.day));
        self.service_tier.push(call.map(|call| match &call.tier {
            ServiceTier::Known(tier) => tier.to_string(),
            ServiceTier::Other(name) => name.clone(),
        }));
        let content = |call: &UsageRecord| match call.visible {
            Visible::Empty => Some(Tokens::ZERO),
            Visible::Tokens(tokens) => Some(tokens),
            _ => None,
        };
        let figures = call.map_or([None; 7], |call| {
            let usage = call.bill.usage;
            [
                call.bill.prompt_known.then(|| usage.prompt()),
                Some(usage.cached()),
                Some(usage.written()),
                Some(usage.written_extended()),
                Some(usage.completion()),
                call.bill.reasoning,
                content(call),
            ]
        });
        for (column, figure) in self.figures.iter_mut().zip(figures) {
            column.tokens(figure);
        }
        self.finish.push(call.map(|call| finish(call.finish)));
        self.truncated.append_option(call.map(UsageRecord::truncated));
        self.empty.append_option(call.map(UsageRecord::empty));
        self.answers.push(call.map(|call| call.answers));
        self.requests.push(call.map(|call| call.requests));
        self.cap.tokens(call.and_then(|call| call.cap));
        self.effort.push(call.and_then(|call| call.effort.as_deref()));
        self.task.push(call.and_then(|call| call.task.as_deref()));
        self.beyond.push(call.and_then(beyond));
    }

    pub(crate) fn done(mut self) -> PyResult<ArrowArray> {
        let [prompt, cached, written, written_extended, completion, reasoning, content] =
            self.figures;
        structure(vec![
            ("outcome", self.outcome.done()),
            ("id", self.id.done()),
            ("response", self.response.done()),
            ("model", self.model.done()),
            ("day", self.day.done()),
            ("service_tier", self.service_tier.done()),
            ("prompt_tokens", prompt.done()),
            ("cached_tokens", cached.done()),
            ("cache_write_tokens", written.done()),
            ("cache_write_extended_tokens", written_extended.done()),
            ("completion_tokens", completion.done()),
            ("reasoning_tokens", reasoning.done()),
            ("content_tokens", content.done()),
            ("finish", self.finish.done()),
            ("truncated", std::sync::Arc::new(self.truncated.finish())),
            ("empty", std::sync::Arc::new(self.empty.finish())),
            ("answers", self.answers.done()),
            ("requests", self.requests.done()),
            ("max_completion_tokens", self.cap.done()),
            ("effort", self.effort.done()),
            ("task", self.task.done()),
            ("beyond", self.beyond.done()),
            ("error", self.error.done()),
        ])
    }
}

/// Records as columns of usage: `usage(record, request, task, model)`.
#[pyfunction]
pub(crate) fn usage(
    py: Python<'_>,
    record: &Bound<'_, PyAny>,
    request: Option<&Bound<'_, PyAny>>,
    task: Option<&str>,
    model: Option<String>,
) -> PyResult<ArrowArray> {
    let records = Values::of(Some(record), "record")?;
    let requests = Values::of(request, "request")?;
    let rows = rows(&[("record", &records), ("request", &requests)])?;
    py.detach(|| {
        let mut reader = Reader::new(task, model, false);
        let mut columns = Columns::default();
        for (record, request) in records.cells(rows).zip(requests.cells(rows)) {
            columns.push(&guarded(|| reader.read(record, request)));
        }
        columns.done()
    })
}
