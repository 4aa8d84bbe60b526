//! Tables: CSV, and flat JSON objects, with a column for each figure.

mod field;
mod header;
mod named;
mod role;
mod row;

pub(crate) use header::Header;
pub use named::Columns;
