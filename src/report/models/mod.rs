//! `outlay models`: the catalogue, and how it compares with the price lists of others.

mod chart;
mod check;
mod diff;
mod import;
mod list;
mod show;
mod verify;

pub(crate) use check::UpkeepTotal;
pub(crate) use diff::{ComparedCalls, ComparedSource, DisagreementTotal};
pub(crate) use import::{ImportResult, ImportTotal};
pub(crate) use list::ModelList;
pub(crate) use show::ModelDetail;
pub(crate) use verify::VerifyTotal;
