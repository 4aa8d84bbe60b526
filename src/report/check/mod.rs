//! `outlay check`: budgets against their limits.

mod chart;
mod document;
mod result;
mod show_config;

pub use result::{BaseRef, BudgetRow, CheckResult, CheckTotal, Costs, PlaceRef};
pub use show_config::ConfigEntry;
