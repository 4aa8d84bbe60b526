//! What a gate says: [`Verdict`]s, the [`Level`]s that decide them, and what of the catalogue needs a look.
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
mod successor;
mod upkeep;
mod verdict;

pub use level::Level;
pub use successor::successor;
pub use upkeep::{Matter, Upkeep, UpkeepRules, upkeep};
pub use verdict::Verdict;
