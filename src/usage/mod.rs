//! What a call is billed for: [`Usage`].
//!
//! Cached tokens are part of the prompt and reasoning tokens are part of the completion, so neither
//! is ever added on top.
//!
//! ```
//! use outlay::units::Tokens;
//! use outlay::usage::Usage;
//!
//! let usage = Usage::new(Tokens::new(1_566), Tokens::new(1_000)).with_cached(Tokens::new(1_408))?;
//! assert_eq!(usage.uncached(), Tokens::new(158));
//! assert!(usage.with_cached(Tokens::new(1_567)).is_err());
//! # Ok::<(), outlay::Error>(())
//! ```

mod billed;

pub use billed::Usage;
