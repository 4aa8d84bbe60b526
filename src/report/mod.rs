//! Reports as JSON, CSV, Markdown, HTML, tables for a terminal, and the formats that CI reads.
//!
//! A command answers with a [`Report`] of results. Each result type implements [`Answer`]: it is
//! serialised as it is for JSON and CSV, and [`Answer::document`] describes it for people as a
//! [`Document`] of titles, facts, tables, charts and lines. [`render()`] writes either form in a
//! [`Format`]; a renderer lays out and never computes.
//!
//! Results of your own are written in the same formats:
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::report::{
//!     Answer, Document, Emphasis, Format, Report, TerminalOptions, render,
//! };
//!
//! #[derive(serde::Serialize)]
//! struct Invoice {
//!     month: &'static str,
//!     usd: u32,
//! }
//!
//! impl Answer for Invoice {
//!     const COMMAND: &'static str = "invoice";
//!     const COLUMNS: &'static [&'static str] = &["month", "usd"];
//!     const HEADING: &'static str = "Invoices";
//!     type Total = ();
//!
//!     fn document(report: &Report<Self>) -> Document {
//!         let mut document = Document::default();
//!         for invoice in &report.results {
//!             document.line(Emphasis::Good, format!("{}: ${}", invoice.month, invoice.usd));
//!         }
//!         document
//!     }
//! }
//!
//! let catalog = Catalog::embedded();
//! let as_of = jiff::civil::date(2024, 9, 20);
//! let invoices = vec![Invoice { month: "August", usd: 40 }];
//! let report = Report::new(&catalog, as_of, invoices, None);
//! assert_eq!(render(&report, Format::Csv, TerminalOptions::default())?, "month,usd\nAugust,40\n");
//! assert_eq!(render(&report, Format::Markdown, TerminalOptions::default())?, "**August: $40**\n");
//! # Ok::<(), outlay::Error>(())
//! ```

mod answer;
#[cfg(feature = "cli")]
mod audit;
#[cfg(feature = "cli")]
mod calibrate;
mod chart;
#[cfg(feature = "cli")]
mod check;
#[cfg(feature = "cli")]
mod compare;
#[cfg(feature = "cli")]
mod count;
mod dataset;
#[cfg(feature = "cli")]
mod dataset_table;
mod diagnostic;
#[cfg(feature = "cli")]
mod diff;
mod document;
mod emphasis;
#[cfg(feature = "cli")]
mod estimate;
#[cfg(feature = "cli")]
mod lint;
#[cfg(feature = "cli")]
mod models;
#[cfg(feature = "cli")]
mod next_step;
mod pairs;
#[cfg(feature = "cli")]
mod plan;
#[cfg(feature = "cli")]
mod printable;
mod render;
#[cfg(test)]
#[cfg(feature = "cli")]
mod schema;
#[cfg(feature = "cli")]
mod side_by_side;
#[cfg(feature = "cli")]
mod simulate;
mod terminal;
#[cfg(feature = "cli")]
mod what_if;
mod widget;

pub use answer::{
    Answer, CatalogDigest, DefaultModel, Problem, Report, RetiredModel, RowAnswer, ShownRows,
    UnshownRows,
};
pub use chart::{
    Axis, Bar, Chart, ChartSpec, Color, Dot, Group, Mark, Pillar, Plot, Rows, Segment, Series,
    SeriesShape, Unit,
};
pub use dataset::{DatasetSpread, RowFigures, RowSpread, Spreads};
pub use diagnostic::{Annotation, Diagnostic, DiagnosticKind, Severity};
#[cfg(feature = "cli")]
pub(crate) use document::MOST_ON_PAGE;
pub use document::{
    Align, Column, Document, DocumentBlock, Fact, Headline, Pairs, Table, TableRow,
};
pub use emphasis::Emphasis;
#[cfg(feature = "cli")]
pub use render::workbook;
pub use render::{Format, render};
pub use terminal::{Blocks, TerminalOptions};
pub use widget::{EmbeddedJson, Widget};

#[cfg(feature = "cli")]
pub(crate) use self::{
    audit::{AuditResult, AuditTotal, EachRecord, LogCounts},
    calibrate::{CalibrateResult, CalibrateTotal, LogPlanResult, LogPlanTotal, TaskSummary},
    check::{BudgetRow, CheckResult, CheckSum, ComparedBase, ConfigEntry, Costs},
    compare::{CompareResult, CompareTotal, Priced, Reference},
    count::{CountResult, CountTotal},
    diff::{DiffResult, Recorded},
    estimate::{EstimateResult, EstimateSum},
    lint::{LintResult, LintTotal, RuleDetail, RuleList},
    models::{
        ComparedCalls, ComparedSource, DisagreementTotal, ImportResult, ImportTotal, ModelDetail,
        ModelList, UpkeepTotal, VerifyTotal,
    },
    plan::{FitAdvice, PlanDetail, PlanResult, PlanTotal},
    printable::{printable, printable_lines, printable_start},
    render::{
        csv_columns, csv_head, csv_line, element_lines, json_around, json_element, play_form,
        render_in_parts, sum_form, unserialisable, what_if_form,
    },
    simulate::{PlayForm, PlayedCommand, SimulateResult},
    what_if::{
        CountedFor, InputWords, NamedInput, Question, Recounted, RequestWords, SeveralInputs,
        WhatIf,
    },
};
