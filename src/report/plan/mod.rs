//! `outlay plan`: what fits after a prompt, and which cap to send.

mod chart;
mod document;
mod rate_limits;
mod result;

pub use rate_limits::{AdmissionRef, CallSeconds, QuotaRef};
pub use result::{PlanResult, SentCap};
