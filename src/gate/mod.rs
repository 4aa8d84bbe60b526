//! What a gate says: [`Verdict`]s, and the [`Level`]s that decide them.
//!
//! ```
//! use outlay::gate::{Level, Verdict};
//!
//! let level: Level = "warn".parse()?;
//! assert_eq!(level.verdict(), Verdict::Warn);
//! assert!(Verdict::Warn < Verdict::Fail);
//! # Ok::<(), outlay::Error>(())
//! ```

mod level;
mod verdict;

pub use level::Level;
pub use verdict::Verdict;
