//! What logged calls say: what was spent ([`Audit`]), the profiles they make ([`Calibrator`]), and how well a
//! forecast would have done on them ([`Scorer`]).
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::history::PriceBook;
//!
//! let catalog = Catalog::embedded();
//! let mut prices = PriceBook::new(&catalog, jiff::civil::date(2024, 9, 20));
//! assert_eq!(prices.listed("o1-mini-2024-09-12", None)?.model.id, "o1-mini");
//! # Ok::<(), outlay::Error>(())
//! ```

mod audit;
mod backtest;
mod calibrate;
mod calibration;
mod groups;
mod ledger;
mod log_plan;
mod price_book;
mod spend;
mod task_calls;
mod terms;

pub use audit::{Audit, Doubts, GroupBy, Lacking, RecordedSum, Tolerance, Unpriced};
pub use backtest::{RiskAt, Score, Scorer};
pub use calibrate::{Calibrator, LeftOut, Observed, ObservedRow};
pub use calibration::{Calibration, CapAdvice, CapQuestion, LengthBin, reasoning_histogram};
pub use groups::GroupKey;
pub use ledger::{Ledger, LedgerKey, LedgerSum, UnitPrice};
pub use log_plan::{LogPlan, enough_alone, log_plans};
pub use price_book::{Charge, Listed, PriceBook};
pub use spend::{Spend, SpendLine};
