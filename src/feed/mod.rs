//! Prices that others collect: feeds of six kinds into one normal form, what is wrong with their rows, and
//! a catalogue file out of the rows that can be trusted.
//!
//! [`Feed::read`] tells the kind of a feed by its shape and turns every record into a [`Row`] that knows its
//! line. Money is read digit by digit, never through a float. What a row says that cannot be true is a
//! [`Fault`] of the row, and so is every part of it that the catalogue has no place for. [`import()`] takes
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
mod assembly;
mod changes;
mod compare;
mod fault;
mod feed_kind;
mod genai_prices;
mod import;
mod judge;
mod langfuse;
mod litellm;
mod llm_prices;
mod models_dev;
mod openrouter;
mod provider;
mod read;
mod record;
mod row;
mod write;

pub use compare::{Comparison, Disagreement, PricedCalls, compare};
pub use fault::{Fault, Reason};
pub use feed_kind::FeedKind;
pub use import::{Choice, Import, Imported, Outcome, import};
pub use read::Feed;
pub use row::{DatedRates, Row, RowLimits};
