//! `outlay calibrate`: how long logged completions were, and which cap they allow.

mod chart;
mod document;
pub(crate) mod histogram;
mod log_plan;
mod result;

pub(crate) use log_plan::{LogPlanResult, LogPlanTotal};
pub(crate) use result::{CalibrateResult, CalibrateTotal, TaskSummary};
