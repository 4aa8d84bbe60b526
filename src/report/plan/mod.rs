//! `outlay plan`: what fits after a prompt, and which cap to send.

mod chart;
mod document;
mod fit;
mod rate_limits;
mod remark;
mod result;
mod total;

pub(crate) use fit::FitAdvice;
pub(crate) use rate_limits::CallSeconds;
pub(crate) use result::{PlanDetail, PlanResult};
pub(crate) use total::PlanTotal;
