//! `outlay diff`: two reports, baselines or commits side by side.

mod document;
mod result;
mod side;

pub(crate) use document::signed_money;
pub use result::{Both, Change, DiffResult, DiffTotal, SideRef};
pub use side::{Item, Recorded};
