//! What the pictures of each answer show, and the tables of their figures.
//!
//! An answer adds its pictures to its own page with `depict`; every figure in them is one of the result's.
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::report::{Format, Layout, ModelDetail, Report, render};
//!
//! let catalog = Catalog::embedded()?;
//! let as_of = jiff::civil::date(2025, 2, 3);
//! let detail = ModelDetail::of(&catalog, "o1-mini", as_of)?;
//! let report: Report<ModelDetail> = Report::new(&catalog, as_of, vec![detail], None);
//! let html = render(&report, Format::Html, Layout::default())?;
//! assert!(html.contains("Standard prices by date"));
//! # Ok::<(), outlay::Error>(())
//! ```

mod audit;
mod calibrate;
mod check;
mod compare;
mod estimate;
mod histogram;
mod models;
mod plan;
mod range;
mod simulate;
