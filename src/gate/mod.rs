//! Pass or fail: [`Verdict`]s over forecasts, for callers that stop when a plan is not good enough.
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::forecast::{CapPolicy, plan};
//! use outlay::gate::{Verdict, strict};
//! use outlay::units::Tokens;
//!
//! let catalog = Catalog::embedded()?;
//! let model = catalog.resolve("o1-mini", jiff::civil::date(2024, 9, 20))?;
//! let policy = CapPolicy::default();
//! let plan = plan(model, Tokens::new(110_000), &policy, None);
//! assert_eq!(strict(&plan, None, &policy), Verdict::Fail);
//! # Ok::<(), outlay::Error>(())
//! ```

mod strict;

pub use strict::{Verdict, strict};
