//! `outlay diff`: two reports, baselines or commits side by side.

mod document;
mod result;
mod side;

pub(crate) use document::signed_money;
pub(crate) use result::DiffResult;
pub(crate) use side::Recorded;
