//! `outlay compare`: models side by side.

mod chart;
mod document;
mod result;

pub use result::{CompareResult, Priced};
