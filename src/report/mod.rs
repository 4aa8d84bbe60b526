//! One [`Report`] for every command, and one file per output format. A renderer never computes.
//!
//! [`render`] writes a report as JSON (the contract for scripts), CSV, Markdown, HTML, or a table for a terminal.
//! For people a result tells its [`Page`]: titles, facts, tables and lines, which the renderers only
//! lay out.
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::report::{Format, Layout, ModelList, Report, render};
//!
//! let catalog = Catalog::embedded()?;
//! let as_of = jiff::civil::date(2024, 9, 20);
//! let report: Report<ModelList> = Report::new(&catalog, as_of, ModelList::of(&catalog, None, as_of), None);
//! let json = render(&report, Format::Json, Layout::default())?;
//! assert!(json.contains(r#""schema_version": 1"#));
//! # Ok::<(), outlay::Error>(())
//! ```

mod audit;
mod calibrate;
mod check;
mod checked;
mod compare;
mod configuration;
mod count;
mod csv;
mod depict;
mod diff;
mod disagreement;
mod each;
mod envelope;
mod estimate;
mod format;
mod github;
mod gitlab;
mod html;
mod import;
mod json;
mod junit;
mod layout;
mod lint;
mod markdown;
mod models;
mod models_check;
mod pace;
mod page;
mod picture;
mod plan;
mod planned;
mod profile;
mod recorded;
mod remark;
mod rules;
mod sarif;
#[cfg(test)]
mod schema;
mod score;
mod simulate;
#[cfg(feature = "cli")]
mod snippet;
#[cfg(feature = "cli")]
mod table;
mod tone;
mod whatif;
mod widget;

pub use audit::{
    AuditResult, AuditTotal, FormatCalls, LogsRef, SpendRef, UnbilledRequests, UnpricedRef,
};
pub use calibrate::{
    BarRef, CalibrateResult, CalibrateTotal, CapRef, LeftOutRef, QuantileRef, Quantiles,
};
pub use checked::{BaseRef, BudgetRow, CheckResult, CheckTotal, Costs, PlaceRef};
pub use compare::{CompareResult, Priced};
pub use configuration::ConfigEntry;
pub use count::{CountError, CountResult, CountTotal, CountedPart, PartTokens, PieceTokens};
pub use diff::{Both, Change, DiffResult, DiffTotal, SideRef};
pub use disagreement::{DisagreementResult, DisagreementTotal, SourceRef, WorkloadRef};
pub use each::EachRecord;
pub use envelope::{Answer, CatalogRef, Problem, Report};
pub use estimate::{EstimateResult, EstimateTotal, ExpectedAndWorst, PriceRef};
pub use format::{Format, render};
pub use import::{ImportResult, ImportTotal};
pub use layout::{Blocks, Layout};
pub use lint::{FindingRef, LintResult, LintTotal};
pub use models::{Availability, ModelDetail, ModelList, StandardRates};
pub use models_check::UpkeepTotal;
pub use pace::{AdmissionRef, CallSeconds, QuotaRef};
pub use page::{Align, Block, Column, Fact, Page, Row, Table, Tone, plural};
pub use picture::{
    Axis, Bar, Dot, Group, Mark, Picture, Pillar, Plot, Rows, Scene, Segment, Series, Shape, Unit,
};
pub use planned::{PlanResult, SentCap};
pub use profile::{ConfidenceRef, ProfileRef};
pub use recorded::{Item, Recorded};
pub use remark::{Check, Remark, Spot, Weight};
pub use rules::{RuleDetail, RuleList};
pub use score::{RiskRef, ScoreRef};
pub use simulate::{SimulateResult, SimulatedTurn};
pub use whatif::{
    Candidate, CountedPrompt, Given, Job, Length, Measurements, Policy, Question,
    Rows as ObservedRows, WhatIf,
};
pub use widget::{EmbeddedJson, Widget};
