//! The page for a browser: one file that asks for nothing else.
//!
//! What a report says is on its [`Document`](crate::report::Document); this room only lays it out. The conclusion, which a
//! terminal shows last, stands first under its heading; what was assumed stands last; a picture has
//! its figures folded below it. The template escapes every text, and the policy of the page
//! allows no request and no script but the ones that are named by their digest.
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::report::{Format, TerminalOptions, ModelList, Report, render};
//!
//! let catalog = Catalog::embedded();
//! let as_of = jiff::civil::date(2024, 9, 20);
//! let report: Report<ModelList> = Report::new(&catalog, as_of, ModelList::of(&catalog, None, as_of), None);
//! let html = render(&report, Format::Html, TerminalOptions::default())?;
//! assert!(html.starts_with("<!doctype html>"));
//! # Ok::<(), outlay::Error>(())
//! ```

mod page;
mod view;
mod whatif;

pub(super) use page::{Cover, render};
pub use whatif::{
    Candidate, CountedPrompt, Given, Job, Length, Measurements, ObservedRows, Policy, Question,
    WhatIf,
};
