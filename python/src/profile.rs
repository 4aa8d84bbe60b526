//! Profiles as rows of a histogram, so that an engine can add them up.

use outlay::forecast::{DayRange, Observation, Profile};
use outlay::history::{Calibrator, ObservedRow};
use outlay::logs::{Cell, UsageRecord};
use outlay::units::Tokens;
use outlay::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::capsule::{ArrowArray, Stream};
use crate::catalog::{Catalog, models};
use crate::column::{Chunk, Values, rows};
use crate::error::{exception, in_row, wrong_value};
use crate::outcome::{Days, Numbers, Texts, day_of, guarded, structure, today};
use crate::usage::{Outcome, Reader};

/// What the rows of a histogram are about.
#[derive(Default)]
struct Columns {
    model: Texts,
    task: Texts,
    completion: Numbers,
    censored: arrow_array::builder::BooleanBuilder,
    reasoning: Numbers,
    content: Numbers,
}

impl Columns {
    fn push(&mut self, seen: Option<(&str, &str, &Observation)>) {
        self.model.push(seen.map(|(model, ..)| model));
        self.task.push(seen.map(|(_, task, _)| task));
        let seen = seen.map(|(_, _, seen)| seen);
        self.completion.tokens(seen.map(|seen| seen.completion));
        self.censored.append_option(seen.map(|seen| seen.censored));
        self.reasoning.tokens(seen.map(|seen| seen.reasoning));
        self.content.tokens(seen.and_then(|seen| seen.content));
    }

    fn done(mut self) -> Vec<(&'static str, arrow_array::ArrayRef)> {
        vec![
            ("model", self.model.done()),
            ("task", self.task.done()),
            ("completion_tokens", self.completion.done()),
            ("censored", std::sync::Arc::new(self.censored.finish())),
            ("reasoning_tokens", self.reasoning.done()),
            ("content_tokens", self.content.done()),
        ]
    }
}

/// What records add to a profile, one by one: `observation(record, request, task, model, as_of, catalog)`.
#[pyfunction]
pub(crate) fn observation(
    py: Python<'_>,
    record: &Bound<'_, PyAny>,
    request: Option<&Bound<'_, PyAny>>,
    task: Option<&str>,
    model: Option<String>,
    as_of: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<ArrowArray> {
    let records = Values::of(Some(record), "record")?;
    let requests = Values::of(request, "request")?;
    let rows = rows(&[("record", &records), ("request", &requests)])?;
    let day = day_of(as_of)?.unwrap_or_else(today);
    let models = models(py, catalog)?;
    py.detach(|| {
        let calibrator = Calibrator::new(&models, day);
        let mut reader = Reader::new(task, model, true);
        let mut columns = Columns::default();
        let (mut ids, mut responses) = (Texts::default(), Texts::default());
        let (mut prompts, mut days) = (Numbers::default(), Days::default());
        let (mut left_out, mut errors) = (Texts::default(), Texts::default());
        for (record, request) in records.cells(rows).zip(requests.cells(rows)) {
            let seen = guarded(|| match reader.read(record, request)? {
                Some(Outcome::Call(call)) => Ok(Some((calibrator.observe(&call), call))),
                Some(other) => other.error().map_or(Ok(None), Err),
                None => Ok(None),
            });
            let (seen, error) = match seen {
                Ok(seen) => (seen, None),
                Err(error) => (None, Some(error)),
            };
            errors.push(error);
            let call = seen.as_ref().map(|(_, call)| call.as_ref());
            ids.push(call.and_then(|call| call.id.as_deref()));
            responses.push(call.and_then(UsageRecord::response_key));
            prompts.tokens(call.map(|call| call.bill.usage.prompt()));
            days.push(call.and_then(|call| call.day));
            let (observed, why) = match &seen {
                Some((Ok(observed), _)) => (Some(observed), None),
                Some((Err(why), _)) => (None, Some(why.reason())),
                None => (None, None),
            };
            left_out.push(why);
            columns.push(observed.map(|it| (it.model.as_str(), it.task.as_str(), &it.observation)));
        }
        let mut columns = columns.done();
        columns.push(("id", ids.done()));
        columns.push(("response", responses.done()));
        columns.push(("prompt_tokens", prompts.done()));
        columns.push(("day", days.done()));
        columns.push(("left_out", left_out.done()));
        columns.push(("error", errors.done()));
        structure(columns)
    })
}

/// The rows of a profile file: `profile_rows(text)`.
#[pyfunction]
pub(crate) fn profile_rows(py: Python<'_>, text: &str) -> PyResult<ArrowArray> {
    let profiles = Profile::parse_all(text).map_err(|error| exception(py, &error))?;
    let mut columns = Columns::default();
    let mut counts = Numbers::default();
    let (mut first, mut last) = (Days::default(), Days::default());
    for profile in &profiles {
        for (task, sample) in profile.tasks() {
            for (seen, times) in sample.observations() {
                columns.push(Some((&profile.model, task, seen)));
                counts.push(Some(times));
                first.push(profile.period.map(|period| period.from));
                last.push(profile.period.map(|period| period.to));
            }
        }
    }
    let mut columns = columns.done();
    columns.push(("count", counts.done()));
    columns.push(("first_day", first.done()));
    columns.push(("last_day", last.done()));
    structure(columns)
}

/// The columns of a row of a histogram, in the order in which they are read.
const NAMES: [&str; 9] = [
    "model",
    "task",
    "completion_tokens",
    "censored",
    "reasoning_tokens",
    "content_tokens",
    "count",
    "first_day",
    "last_day",
];

/// A profile file of the rows of a histogram, in any order and parted in any way: `profile_of_rows(table,
/// origin, catalog)`.
#[pyfunction]
pub(crate) fn profile_of_rows(
    py: Python<'_>,
    table: &Bound<'_, PyAny>,
    origin: &str,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<String> {
    let mut stream = Stream::open(table, "table")?;
    let names = stream.names()?;
    let place = |wanted: &str| names.iter().position(|name| name == wanted);
    let places = NAMES.map(place);
    // The days are not known of every log, and content only where its text was kept.
    for (name, place) in NAMES.iter().zip(places) {
        if place.is_none() && !["content_tokens", "first_day", "last_day"].contains(name) {
            return Err(wrong_value(format!(
                "the table has no column `{name}`; its columns are {}",
                names.join(", ")
            )));
        }
    }
    let models = models(py, catalog)?;
    let mut calibrator = Calibrator::new(&models, today());
    let mut row_number = 0_u64;
    loop {
        let next = py.detach(|| stream.next());
        let batch = next.map_err(|why| wrong_value(format!("the table cannot be read: {why}")))?;
        let Some(batch) = batch else { break };
        let batch = arrow_array::cast::AsArray::as_struct(&batch).clone();
        let mut columns = Vec::new();
        for (name, place) in NAMES.iter().zip(places) {
            columns.push(place.map(|at| Chunk::of(batch.column(at), name)).transpose()?);
        }
        for row in 0..arrow_array::Array::len(&batch) {
            row_number += 1;
            let cell = |i: usize| columns[i].as_ref().map_or(Ok(Cell::Empty), |c| c.cell(row));
            add(&mut calibrator, cell).map_err(|why| {
                let message = format!("row {row_number} of the histogram: {why}");
                exception(py, &Error::new(ErrorKind::Malformed, message))
            })?;
        }
    }
    let profiles = calibrator.profiles(origin);
    if profiles.is_empty() {
        let error = Error::new(ErrorKind::Malformed, "the table has no rows");
        return Err(exception(py, &error.hint("give the rows of `outlay.arrow.observation`")));
    }
    Profile::file(&profiles).map_err(|error| exception(py, &error))
}

fn add<'c>(
    calibrator: &mut Calibrator<'_>,
    cell: impl Fn(usize) -> Result<Cell<'c>, String>,
) -> Result<(), String> {
    let text = |i: usize| match cell(i)? {
        Cell::Text(text) => Ok(text),
        _ => Err(format!("`{}` is no text", NAMES[i])),
    };
    let number = |i: usize| cell(i)?.tokens().map_err(|error| in_row(&error));
    let needed = |i: usize| number(i)?.ok_or_else(|| format!("`{}` is empty", NAMES[i]));
    let day = |i: usize| cell(i)?.day().map_err(|error| in_row(&error));
    let observation = Observation {
        completion: needed(2)?,
        censored: matches!(cell(3)?, Cell::Text("true")),
        reasoning: needed(4)?,
        content: number(5)?,
    };
    let days = day(7)?.zip(day(8)?).map(|(from, to)| DayRange { from, to });
    let times = Tokens::get(needed(6)?);
    let row = ObservedRow { model: text(0)?, task: text(1)?, observation, times };
    calibrator.add_row(row, days).map_err(|error| in_row(&error))
}
