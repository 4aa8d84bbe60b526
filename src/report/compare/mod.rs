//! `outlay compare`: models side by side.

mod chart;
mod document;
mod result;

pub(crate) use result::{CompareResult, CompareTotal, Priced, Reference};
