//! `outlay check`: budgets against their limits.

mod chart;
mod document;
mod result;
mod sentence;
mod show_config;
mod total;

pub(crate) use result::{BudgetRow, CheckResult, Costs};
pub(crate) use show_config::ConfigEntry;
pub(crate) use total::{CheckSum, ComparedBase};
