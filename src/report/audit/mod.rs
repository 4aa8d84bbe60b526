//! `outlay audit`: what logged calls cost.

mod chart;
mod document;
mod record;
mod result;
mod score;

pub(crate) use record::EachRecord;
pub(crate) use result::{AuditResult, AuditTotal, LogsRef};
pub(crate) use score::ProfileScore;
