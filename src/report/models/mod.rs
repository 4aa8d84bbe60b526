//! `outlay models`: the catalogue, and how it compares with the price lists of others.

mod chart;
mod check;
mod diff;
mod import;
mod list;
mod show;
mod verify;

pub use check::UpkeepTotal;
pub use diff::{DisagreementResult, DisagreementTotal, SourceRef, WorkloadRef};
pub use import::{ImportResult, ImportTotal};
pub use list::{Availability, ModelList, StandardRates};
pub use show::ModelDetail;
pub use verify::VerifyTotal;
