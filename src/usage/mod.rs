//! What is billed: the [`Usage`] of a call, the [`UsageRecord`]s of logs, and measured [`Profile`]s.
//!
//! Logs of any size and of many tools are read by the [`Splitter`], its [`Block`]s and the [`Ledger`];
//! the room `log` inside this one tells how.
//!
//! Cached tokens are part of the prompt and reasoning tokens are part of the completion, so neither
//! is ever added on top.
//!
//! ```
//! use outlay::units::Tokens;
//! use outlay::usage::{Profile, Usage};
//!
//! let usage = Usage::new(Tokens::new(1_566), Tokens::new(1_000)).with_cached(Tokens::new(1_408))?;
//! assert_eq!(usage.uncached(), Tokens::new(158));
//! assert!(usage.with_cached(Tokens::new(1_567)).is_err());
//!
//! let profile = Profile::builtin("o1-mini").unwrap()?;
//! assert_eq!(profile.pooled().n(), 1_273);
//! # Ok::<(), outlay::Error>(())
//! ```

mod billed;
mod builtin;
mod log;
mod profile;
mod profile_file;

pub use billed::Usage;
pub use log::{
    Bill, Block, CodexEvent, Columns, Entry, Finish, Ledger, LogFormat, Read, Reading, Rules,
    ServiceTier, Splitter, TaskFrom, Unbilled, UsageRecord, Visible,
};
pub use profile::{Observation, Period, Profile, Sample};
