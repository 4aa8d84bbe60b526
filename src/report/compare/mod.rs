//! `outlay compare`: models side by side.

mod chart;
mod document;
mod result;
mod total;

pub(crate) use result::{CompareResult, Priced, Reference};
pub(crate) use total::CompareTotal;
