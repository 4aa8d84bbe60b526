//! `outlay audit`: what logged calls cost.

mod chart;
mod document;
mod record;
mod result;
mod score;

pub use record::EachRecord;
pub use result::{
    AuditResult, AuditTotal, FormatCalls, LogsRef, SpendRef, UnbilledRequests, UnpricedRef,
};
pub use score::{RiskRef, ScoreRef};
