//! Plans of many prompts, as columns.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use outlay::forecast::{Binding, PlanStatus};
use outlay::logs::Cell;
use outlay::units::{Money, Probability, Tokens};
use outlay::workload::{CallSpec, CompletionSources, Prompt, ReadProfile, Workload};
use pyo3::prelude::*;
use serde_json::Value;

use crate::capsule::ArrowArray;
use crate::catalog::{Catalog, models};
use crate::column::{Values, rows};
use crate::error::{in_row, wrong_value};
use crate::outcome::{Dollars, Numbers, Texts, day_of, guarded, structure, today};

/// What is planned for a call.
#[derive(Clone)]
struct Planned {
    cap: Option<Tokens>,
    room: Tokens,
    binding: Binding,
    status: PlanStatus,
    length_risk: Option<Probability>,
    empty_risk: Option<Probability>,
    expected: Option<Money>,
    worst: Option<Money>,
}

/// The name of a value, as JSON has it.
fn name(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The profile that a plan is made with, by its name.
struct Given(BTreeMap<String, String>);

impl ReadProfile for Given {
    fn read_profile(&self, name: &str) -> Result<Option<String>, outlay::Error> {
        Ok(self.0.get(name).cloned())
    }
}

#[derive(Default)]
struct Columns {
    cap: Numbers,
    room: Numbers,
    binding: Texts,
    status: Texts,
    length_risk: arrow_array::builder::Float64Builder,
    empty_risk: arrow_array::builder::Float64Builder,
    expected: Dollars,
    worst: Dollars,
    error: Texts,
}

impl Columns {
    fn push(&mut self, planned: Result<Option<Planned>, String>) {
        let (plan, error) = match planned {
            Ok(plan) => (plan, None),
            Err(error) => (None, Some(error)),
        };
        let plan = plan.as_ref();
        self.cap.tokens(plan.and_then(|plan| plan.cap));
        self.room.tokens(plan.map(|plan| plan.room));
        self.binding.push(plan.map(|plan| name(plan.binding)));
        self.status.push(plan.map(|plan| name(plan.status)));
        let risk = |risk: Option<Probability>| risk.map(Probability::get);
        self.length_risk.append_option(plan.and_then(|plan| risk(plan.length_risk)));
        self.empty_risk.append_option(plan.and_then(|plan| risk(plan.empty_risk)));
        self.expected.push(plan.and_then(|plan| plan.expected));
        self.worst.push(plan.and_then(|plan| plan.worst));
        self.error.push(error);
    }

    fn done(mut self) -> PyResult<ArrowArray> {
        structure(vec![
            ("max_completion_tokens", self.cap.done()),
            ("room", self.room.done()),
            ("binding", self.binding.done()),
            ("status", self.status.done()),
            ("length_risk", std::sync::Arc::new(self.length_risk.finish())),
            ("empty_risk", std::sync::Arc::new(self.empty_risk.finish())),
            ("expected_usd", self.expected.done()),
            ("worst_usd", self.worst.done()),
            ("error", self.error.done()),
        ])
    }
}

/// What is asked of every row.
struct Question<'a> {
    models: &'a outlay::catalog::Catalog,
    spec: &'a CallSpec,
    sources: CompletionSources<'a>,
}

impl Question<'_> {
    fn answer(&self, name: &str, day: Date, prompt: Tokens) -> Result<Planned, String> {
        let planned = || {
            let model = self.models.resolve(name, day)?;
            let prompt = Prompt::declared(prompt, model);
            let effort = prompt.effort.resolve(model, self.spec)?;
            let quote = Workload::new(model, day)
                .counted(prompt)
                .call(self.spec.clone())
                .completion(self.sources.of(model, effort)?)
                .quote()?;
            let cost = quote.cost();
            Ok(Planned {
                cap: quote.plan.recommended,
                room: quote.plan.room,
                binding: quote.plan.binding,
                status: quote.plan.status,
                length_risk: quote.plan.length_risk,
                empty_risk: quote.plan.empty_risk,
                expected: cost.and_then(|cost| cost.expected),
                worst: cost.map(|cost| cost.worst_case),
            })
        };
        planned().map_err(|error: outlay::Error| in_row(&error))
    }
}

/// Plans of rows: `plan_rows(prompt_tokens, model, day, call, profiles, as_of, catalog)`, where `call` has the
/// parameters of a call as texts and `profiles` the texts of profiles by name.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are the arguments of the function in Python")]
pub(crate) fn plan_rows(
    py: Python<'_>,
    prompt_tokens: &Bound<'_, PyAny>,
    model: &Bound<'_, PyAny>,
    day: Option<&Bound<'_, PyAny>>,
    call: BTreeMap<String, String>,
    profiles: BTreeMap<String, String>,
    as_of: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<ArrowArray> {
    let prompts = Values::of(Some(prompt_tokens), "prompt_tokens")?;
    let named = Values::of(Some(model), "model")?;
    let days = Values::of(day, "day")?;
    let rows = rows(&[("prompt_tokens", &prompts), ("model", &named), ("day", &days)])?;
    let as_of = day_of(as_of)?.unwrap_or_else(today);
    let models = models(py, catalog)?;
    let call = call.into_iter().map(|(key, value)| (key, Value::String(value))).collect();
    let spec: CallSpec = serde_json::from_value(Value::Object(call))
        .map_err(|e| wrong_value(format!("the call cannot be planned: {e}")))?;
    py.detach(|| {
        let profiles = Given(profiles);
        let sources = CompletionSources::new(&spec, &profiles);
        let question = Question { models: &models, spec: &spec, sources };
        // Prompts of one length have one plan.
        let mut known: HashMap<(String, Date), HashMap<Tokens, Result<Planned, String>>> =
            HashMap::new();
        let mut columns = Columns::default();
        let cells = prompts.cells(rows).zip(named.cells(rows)).zip(days.cells(rows));
        for ((prompt, name), day) in cells {
            columns.push(guarded(|| {
                let Some(prompt) = prompt?.tokens().map_err(|error| in_row(&error))? else {
                    return Ok(None);
                };
                let Cell::Text(name) = name? else {
                    return Err("the row names no model".to_owned());
                };
                let day = match day? {
                    Cell::Empty => as_of,
                    day => day.day().map_err(|error| in_row(&error))?.unwrap_or(as_of),
                };
                let plans = known.entry((name.to_owned(), day)).or_default();
                plans
                    .entry(prompt)
                    .or_insert_with(|| question.answer(name, day, prompt))
                    .clone()
                    .map(Some)
            }));
        }
        columns.done()
    })
}
