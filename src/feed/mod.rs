//! Prices that others collect: feeds of six kinds into one normal form, what is wrong with their rows, and
//! a catalogue file out of the rows that can be trusted.
//!
//! [`Feed::read`] detects the kind of a feed and turns every record into a [`FeedRow`] that knows its
//! line. Money is read digit by digit, never through a float. What a row says that cannot be true is a
//! [`Issue`] of the row, and so is every part of it that the catalogue has no place for. [`import()`] takes
//! the rows that a [`Choice`] names, compares them with a catalogue, and writes what is new or differs.
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::feed::{Choice, Feed, import};
//!
//! let text = r#"{"acme-large": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.5e-06,
//!     "output_cost_per_token": 6e-06, "max_input_tokens": 100000, "max_output_tokens": 8000}}"#;
//! let feed = Feed::read(text, "prices.json", None)?;
//! let as_of = jiff::civil::date(2026, 11, 22);
//! let import = import(&feed, &Catalog::embedded(), &Choice::default(), as_of);
//!
//! let mut catalog = Catalog::embedded();
//! catalog.overlay("overlay.toml", &import.toml)?;
//! let model = catalog.resolve("acme-large", as_of)?;
//! assert_eq!(model.prices[0].rates[0].input.to_string(), "1.5");
//! # Ok::<(), outlay::Error>(())
//! ```

mod amount;
mod compare;
mod feed_kind;
mod feed_row;
mod formats;
mod import;
mod issue;
mod price_diff;
mod provider;
mod rate_table;
mod read;
mod row_builder;
mod validate;
mod verdicts;
mod verify;
mod write;

pub use compare::{Comparison, Disagreement, PricedCalls, compare};
pub use feed_kind::FeedKind;
pub use feed_row::{DatedRates, FeedRow, RowLimits};
pub use import::{Choice, Import, ImportOutcome, Imported, import};
pub use issue::{Issue, Reason};
pub use read::Feed;
pub use verdicts::{Claim, Verdicts};
pub use verify::{Doubt, Standing, Verification, verify};
