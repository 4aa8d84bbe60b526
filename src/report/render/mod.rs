//! The output formats, one file each. A renderer lays out what a report says and never computes.

mod csv;
#[cfg(feature = "cli")]
mod fit;
mod format;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
#[cfg(feature = "cli")]
mod slack;
#[cfg(feature = "cli")]
mod snippet;
mod svg;
#[cfg(feature = "cli")]
mod table;
#[cfg(feature = "cli")]
mod xlsx;

#[cfg(feature = "cli")]
pub(crate) use csv::{
    columns, columns as csv_columns, head as csv_head, inert, line as csv_line, row, rows,
};
#[cfg(feature = "cli")]
pub(crate) use format::render_in_parts;
pub use format::{Format, render};
#[cfg(feature = "cli")]
pub(crate) use html::{finder, play_form, sum_form, what_if_form};
pub(crate) use json::unserialisable;
#[cfg(feature = "cli")]
pub(crate) use json::{around as json_around, element as json_element, element_lines};
#[cfg(feature = "cli")]
pub use xlsx::workbook;
