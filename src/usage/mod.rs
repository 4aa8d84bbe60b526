//! Measured completions, as exact joint histograms.
//!
//! ```
//! use outlay::usage::Profile;
//!
//! let profile = Profile::builtin("o1-mini").unwrap()?;
//! assert_eq!(profile.pooled().n(), 1_273);
//! # Ok::<(), outlay::Error>(())
//! ```

mod builtin;
mod profile;
mod profile_file;

pub use profile::{Observation, Period, Profile, Sample};
