//! `outlay audit`: what logged calls cost.

mod chart;
mod document;
mod focus;
mod record;
mod result;
mod score;

pub(crate) use record::EachRecord;
pub(crate) use result::{AuditResult, AuditTotal, LogCounts};
