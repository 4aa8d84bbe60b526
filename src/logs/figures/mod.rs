//! The figures of a usage object: what its keys mean, and which figures are parts of others.
//!
//! Makers, gateways and tracing tools write the same figures under many keys, and some count parts
//! beside each other that others count inside each other. Both are settled here, once.
//!
//! ```
//! use outlay::logs::Records;
//! use outlay::units::Tokens;
//!
//! // Anthropic counts what it cached beside the input; OpenAI counts it inside the prompt.
//! for usage in [
//!     r#"{"input_tokens": 10, "cache_read_input_tokens": 90, "output_tokens": 5}"#,
//!     r#"{"prompt_tokens": 100, "prompt_tokens_details": {"cached_tokens": 90}, "completion_tokens": 5}"#,
//! ] {
//!     let log = format!(r#"{{"model": "a", "usage": {usage}}}"#);
//!     let usage = Records::new(log.as_bytes()).next().unwrap()?.bill.usage;
//!     assert_eq!((usage.prompt(), usage.cached()), (Tokens::new(100), Tokens::new(90)));
//! }
//! # Ok::<(), outlay::Error>(())
//! ```

mod bag;
mod bill;
mod costly;
mod count;
mod keys;
mod meaning;
mod reader;
mod spelling;

pub(crate) use bag::Figures;
pub(crate) use bill::Parts;
pub use bill::{LoggedUsage, MediumTokens};
pub(crate) use costly::column_may_cost;
pub(crate) use count::{Count, amount};
pub(crate) use meaning::{Figure, Meaning, Place};
pub(crate) use spelling::meaning;
