//! One [`Report`] for every command, and one file per output format. A renderer never computes.
//!
//! [`render`] writes a report as JSON (the contract for scripts), CSV, Markdown, HTML, or a table for a terminal.
//! For people a result gives its [`Document`]: titles, facts, tables and lines, which the renderers only
//! lay out.
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::report::{Format, ModelList, Report, TerminalOptions, render};
//!
//! let catalog = Catalog::embedded();
//! let as_of = jiff::civil::date(2024, 9, 20);
//! let report: Report<ModelList> = Report::new(&catalog, as_of, ModelList::of(&catalog, None, as_of), None);
//! let json = render(&report, Format::Json, TerminalOptions::default())?;
//! assert!(json.contains(r#""schema_version": 1"#));
//! # Ok::<(), outlay::Error>(())
//! ```

mod answer;
mod audit;
mod calibrate;
mod chart;
mod check;
mod compare;
mod count;
mod diagnostic;
mod diff;
mod document;
mod emphasis;
mod estimate;
mod lint;
mod models;
mod plan;
mod render;
#[cfg(test)]
mod schema;
mod simulate;
mod terminal;
mod widget;

pub use answer::{Answer, CatalogRef, Problem, Report};
pub use audit::{
    AuditResult, AuditTotal, EachRecord, FormatCalls, LogsRef, RiskRef, ScoreRef, SpendRef,
    UnbilledRequests, UnpricedRef,
};
pub use calibrate::{
    BarRef, CalibrateResult, CalibrateTotal, CapRef, LeftOutRef, QuantileRef, Quantiles,
};
pub use chart::{
    Axis, Bar, Chart, ChartSpec, Dot, Group, Mark, Pillar, Plot, Rows, Segment, Series,
    SeriesShape, Unit,
};
pub use check::{BaseRef, BudgetRow, CheckResult, CheckTotal, ConfigEntry, Costs, PlaceRef};
pub use compare::{CompareResult, Priced};
pub use count::{CountError, CountResult, CountTotal, CountedPart, PartTokens, PieceTokens};
pub use diagnostic::{Annotation, Diagnostic, DiagnosticKind, Severity};
pub use diff::{Both, Change, DiffResult, DiffTotal, Item, Recorded, SideRef};
pub use document::{Align, Block, Column, Document, Fact, Table, TableRow, plural};
pub use emphasis::Emphasis;
pub use estimate::{EstimateResult, EstimateTotal, ExpectedAndWorst, PriceRef};
pub use lint::{FindingRef, LintResult, LintTotal, RuleDetail, RuleList};
pub use models::{
    Availability, DisagreementResult, DisagreementTotal, ImportResult, ImportTotal, ModelDetail,
    ModelList, SourceRef, StandardRates, UpkeepTotal, VerifyTotal, WorkloadRef,
};
pub use plan::{AdmissionRef, CallSeconds, PlanResult, QuotaRef, SentCap};
pub use render::{
    Candidate, CountedPrompt, Format, Given, Job, Length, Measurements, ObservedRows, Policy,
    Question, WhatIf, render,
};
pub use simulate::{SimulateResult, SimulatedTurn};
pub use terminal::{Blocks, TerminalOptions};
pub use widget::{EmbeddedJson, Widget};
