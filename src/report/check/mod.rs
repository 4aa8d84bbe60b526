//! `outlay check`: budgets against their limits.

mod chart;
mod document;
mod result;
mod show_config;

pub(crate) use result::{BaseRef, BudgetRow, CheckResult, CheckTotal, Costs, PlaceRef};
pub(crate) use show_config::ConfigEntry;
