//! `outlay estimate`: what a request costs.

mod chart;
pub(crate) mod cost_range;
mod document;
mod result;
mod tiers;
mod total;

pub(crate) use result::{CostInterval, EstimateResult, PriceOrigin, SentSettings};
pub(crate) use tiers::{add_savings, add_tiers, calls_of};
pub(crate) use total::EstimateSum;
