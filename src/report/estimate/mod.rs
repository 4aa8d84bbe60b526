//! `outlay estimate`: what a request costs.

mod chart;
pub(crate) mod cost_range;
mod document;
mod result;

pub(crate) use document::calls_of;
pub(crate) use result::{CostInterval, EstimateResult, EstimateTotal, PriceRef, RequestRef};
