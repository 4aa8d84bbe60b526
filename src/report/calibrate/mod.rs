//! `outlay calibrate`: how long logged completions were, and which cap they allow.

mod chart;
mod document;
pub(crate) mod histogram;
mod result;

pub(crate) use result::{CalibrateResult, CalibrateTotal};
