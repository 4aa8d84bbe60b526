//! Two price lists side by side: which of their rows are about one model, and where these disagree.
//!
//! ```
//! use outlay::feed::{PricedCalls, compare};
//! use outlay::units::{Money, Tokens};
//!
//! let calls = PricedCalls { prompt: Tokens::new(1_000), cost: &|_| Money::ZERO };
//! let found = compare(&[], &[], jiff::civil::date(2026, 11, 22), &calls);
//! assert!(found.disagreements.is_empty());
//! ```

mod comparison;
mod matching;

pub use comparison::{Comparison, Disagreement, PricedCalls, compare};
