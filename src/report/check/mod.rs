//! `outlay check`: budgets against their limits.

mod chart;
mod document;
mod result;
mod sentence;
mod show_config;

pub(crate) use result::{BaseRef, BudgetRow, CheckResult, CheckTotal, Costs};
pub(crate) use show_config::ConfigEntry;
