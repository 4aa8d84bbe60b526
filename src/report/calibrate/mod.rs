//! `outlay calibrate`: how long logged completions were, and which cap they allow.

mod chart;
mod document;
pub(crate) mod histogram;
mod result;

pub use result::{
    BarRef, CalibrateResult, CalibrateTotal, CapRef, LeftOutRef, QuantileRef, Quantiles,
};
