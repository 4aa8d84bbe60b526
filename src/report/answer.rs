//! What every report has in common.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::Error;
use crate::catalog::{Catalog, Model, Status};
use crate::report::dataset::{DatasetSpread, RowFigures, Spreads};
use crate::report::diagnostic::{Annotation, Diagnostic, NO_ANSWER, Severity};
use crate::report::document::{Document, Emphasis};
use crate::report::widget::Widget;

/// The version of the JSON contract. It grows by addition only.
const SCHEMA_VERSION: u32 = 1;

/// One kind of result, with how it looks to people.
pub trait Answer: Serialize + Sized {
    /// The command that gives it.
    const COMMAND: &'static str;
    /// The columns of the CSV form: the keys of a record, nested ones with dots. `a.{b,c}` stands for
    /// `a.b` and `a.c`.
    const COLUMNS: &'static [&'static str];
    /// What the page is headed with.
    const HEADING: &'static str;
    /// What stands beside the results: their sum, or nothing (`()`).
    type Total: Serialize;

    /// The figures of a result that is a row of a dataset.
    fn row(&self) -> Option<RowFigures<'_>> {
        None
    }

    /// The report as a person reads it.
    fn document(report: &Report<Self>) -> Document;

    /// The model that it is about, where the answer is about calling one.
    fn model(&self) -> Option<&str> {
        None
    }

    /// The report as a comment on a change; the page itself unless the command has a shorter form.
    fn comment(report: &Report<Self>) -> Document {
        Self::document(report)
    }

    /// What the report has to remark, the worst first, checks that are met included; `None` for a
    /// command that checks nothing.
    fn diagnostics(_report: &Report<Self>) -> Option<Vec<Diagnostic>> {
        None
    }

    /// The report as rows of FOCUS, the `FinOps` Open Cost and Usage Specification; `None` for a command
    /// that bills nothing.
    fn focus(_report: &Report<Self>) -> Option<Result<String, Error>> {
        None
    }

    /// The rows of the CSV form: one per result unless a result has rows of its own.
    ///
    /// # Errors
    /// Whatever serialising a result reports.
    fn records(report: &Report<Self>) -> serde_json::Result<Vec<serde_json::Value>> {
        report.results.iter().map(serde_json::to_value).collect()
    }
}

/// An answer of which a command may have millions.
pub trait RowAnswer: Answer {
    /// Which results a form for people shows, where there are many.
    const SHOWN: ShownRows;

    /// Whether CSV has a record for each, in their order, so that it is written as they come.
    const GROWS_AS_CSV: bool = true;

    /// What it is about.
    fn input(&self) -> Option<&str>;

    /// Whether it is so large that its JSON is written bit by bit.
    fn is_large(&self) -> bool {
        false
    }

    /// How large it is: its tokens, or what it costs.
    fn size(&self) -> i128;

    /// What is said below the results of it, the same for many.
    fn notes(&self) -> Vec<String>;
}

/// Which results a form for people shows, where there are many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownRows {
    /// The largest, so many.
    Largest(usize),
    /// The largest, so many, in a terminal; as many as a page can have elsewhere.
    LargestInTerminal(usize),
    /// Those of the first input; of all others the sum.
    OfFirstInput,
}

/// The results that are not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnshownRows {
    /// How many they are.
    pub rows: usize,
    /// What is said below the results of them.
    pub notes: BTreeSet<String>,
}

impl UnshownRows {
    /// Adds a result.
    pub fn add(&mut self, row: &impl RowAnswer) {
        self.rows += 1;
        self.notes.extend(row.notes());
    }
}

/// Which catalogue the figures come from.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CatalogDigest {
    /// The digest of its text.
    pub digest: String,
}

/// The model that was taken because none was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DefaultModel {
    /// The model.
    pub model: String,
    /// The model that it follows, where that one was shut down.
    pub follows: Option<String>,
}

impl DefaultModel {
    /// The model that the catalogue has for calls that name none.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let follows = Some(Catalog::DEFAULT_MODEL).filter(|id| *id != model.id);
        Self { model: model.id.clone(), follows: follows.map(ToOwned::to_owned) }
    }

    /// That it was taken, and how to name another; `None` where it follows no other.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let Self { model, follows } = self;
        let follows = follows.as_ref()?;
        Some(format!(
            "no model is named: this is for `{model}`, which follows `{follows}`; name one with -m, OUTLAY_MODEL or outlay.toml"
        ))
    }
}

/// A model that cannot be called on the day of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetiredModel {
    /// The model.
    pub model: String,
    /// The day it was shut down.
    pub day: Date,
    /// The model to call instead.
    pub successor: Option<String>,
}

impl RetiredModel {
    /// A model, if it cannot be called on the day.
    #[must_use]
    pub fn of(model: &str, catalog: &Catalog, as_of: Date) -> Option<Self> {
        let model = catalog.get(model)?;
        let Status::ShutDown(day) = model.status_at(as_of) else { return None };
        let successor = catalog.living_successor(model, as_of).map(|next| next.id.clone());
        Some(Self { model: model.id.clone(), day, successor })
    }
}

impl fmt::Display for RetiredModel {
    /// The verdict.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be called: it was shut down on {}", self.model, self.day)?;
        match &self.successor {
            Some(next) => write!(f, "; call {next} instead"),
            None => Ok(()),
        }
    }
}

/// An input that has no result.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Problem {
    /// The file, `-` for standard input, or nothing for bare numbers.
    pub input: Option<String>,
    /// The line in it, from 1.
    pub line: Option<usize>,
    /// The character in the line, from 1.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self {
            input: error.source_name().map(ToOwned::to_owned),
            line: error.position().map(|position| position.line),
            column: error.position().map(|position| position.column),
            message: error.message().to_owned(),
            hint: error.hint_text().map(ToOwned::to_owned),
        }
    }
}

impl From<&Problem> for Diagnostic {
    fn from(problem: &Problem) -> Self {
        let spot = problem.input.as_ref().map(|file| Annotation {
            file: file.clone(),
            line: problem.line.unwrap_or(1),
            column: problem.column.unwrap_or(1),
            label: String::new(),
            excerpt: None,
        });
        Self {
            kind: NO_ANSWER,
            severity: Severity::Error,
            subject: problem.input.clone().unwrap_or_default(),
            message: problem.message.clone(),
            help: problem.hint.iter().cloned().collect(),
            annotations: spot.into_iter().collect(),
        }
    }
}

/// The answer of one command.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(bound = "T: schemars::JsonSchema, T::Total: schemars::JsonSchema"))]
pub struct Report<T: Answer> {
    /// The version of this contract.
    pub schema_version: u32,
    /// The version of the program.
    pub outlay: &'static str,
    /// The command.
    pub command: &'static str,
    /// The date that prices and lifecycle are taken at.
    pub as_of: Date,
    /// The catalogue.
    pub catalog: CatalogDigest,
    /// The results, in the order of the inputs.
    pub results: Vec<T>,
    /// Their sum, where one makes sense.
    pub total: Option<T::Total>,
    /// The inputs that have no result.
    pub errors: Vec<Problem>,
    /// What the reader should know about the results.
    pub warnings: Vec<String>,
    /// The model that was taken because none was named; null where every call names one.
    pub default_model: Option<DefaultModel>,
    /// The models of the results that cannot be called on the day.
    #[serde(skip)]
    pub retired: Vec<RetiredModel>,
    /// How the results of the rows of a dataset are spread, for each template and model; left out where no
    /// dataset fills a template.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<DatasetSpread>,
    /// Parts of the page for a browser that answer by themselves; no other form has them.
    #[serde(skip)]
    pub widgets: Vec<Widget>,
    /// Results that a form for people does not show; those of JSON and CSV are complete.
    #[serde(skip)]
    pub left_out: UnshownRows,
}

impl<T: Answer> Report<T> {
    /// A report without errors and warnings.
    #[must_use]
    pub fn new(catalog: &Catalog, as_of: Date, results: Vec<T>, total: Option<T::Total>) -> Self {
        let models: BTreeSet<&str> = results.iter().filter_map(T::model).collect();
        let retired = |model: &str| RetiredModel::of(model, catalog, as_of);
        let mut spreads = Spreads::default();
        spreads.extend(results.iter().filter_map(T::row));
        Self {
            left_out: UnshownRows::default(),
            retired: models.into_iter().filter_map(retired).collect(),
            default_model: None,
            schema_version: SCHEMA_VERSION,
            outlay: env!("CARGO_PKG_VERSION"),
            command: T::COMMAND,
            as_of,
            catalog: CatalogDigest { digest: catalog.digest() },
            results,
            total,
            datasets: spreads.finish(),
            errors: Vec::new(),
            warnings: Vec::new(),
            widgets: Vec::new(),
        }
    }

    /// A model in a heading: its id, and which model it follows where none was named.
    #[must_use]
    pub fn heading_of(&self, model: &str) -> String {
        match &self.default_model {
            Some(DefaultModel { model: default, follows: Some(before) }) if default == model => {
                format!("{model}, which follows {before}")
            }
            _ => model.to_owned(),
        }
    }

    /// Ends a document with its conclusion. Where a model cannot be called, that is the last word.
    pub fn conclude(&self, document: &mut Document, tone: Emphasis, conclusion: String) {
        let tone = if self.retired.is_empty() { tone } else { Emphasis::Plain };
        document.line(tone, conclusion);
        self.name_retired(document);
    }

    /// Whether a model cannot be called on the day of the report.
    #[must_use]
    pub fn is_retired(&self, model: &str) -> bool {
        self.retired.iter().any(|retired| retired.model == model)
    }

    /// The model to name in a next command: one that was shut down has a successor.
    #[must_use]
    pub fn model_to_call<'b>(&'b self, model: &'b str, name: &'b str) -> &'b str {
        let retired = self.retired.iter().find(|retired| retired.model == model);
        retired.and_then(|retired| retired.successor.as_deref()).unwrap_or(name)
    }

    /// Says which models cannot be called.
    pub fn name_retired(&self, document: &mut Document) {
        for retired in &self.retired {
            document.line(Emphasis::Bad, retired.to_string());
        }
    }
}
