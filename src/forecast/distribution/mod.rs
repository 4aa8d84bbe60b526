//! How long completions are: declared ([`TokenDist`]), or measured ([`Profile`] and [`Empirical`]), as the
//! distribution of one call ([`Completion`]); and how far a sample allows to trust it ([`safe_cap`]).
//!
//! ```
//! use outlay::forecast::{Completion, Empirical, Profile};
//! use outlay::units::Tokens;
//!
//! let profile = Profile::builtin("o1-mini").unwrap();
//! assert_eq!(profile.pooled().n(), 1_273);
//! let measured = Completion::measured(Empirical::new(&profile.pooled()).unwrap());
//! assert!(measured.length_risk(Tokens::new(25_000)).get() < 0.01);
//! # Ok::<(), outlay::Error>(())
//! ```

mod builtin;
mod completion;
mod confidence;
mod empirical;
mod histogram;
mod profile;
mod profile_file;
mod sampler;
mod token_dist;

pub use completion::Completion;
pub use confidence::{
    CONFIDENCE, QuantileBounds, SafeCap, length_risk_upper, needed_n, quantile_bounds, safe_cap,
};
pub(super) use empirical::Draw;
pub use empirical::Empirical;
pub use histogram::Histogram;
pub use profile::{Observation, Period, Profile, Sample};
pub(super) use sampler::{AmountSampler, CompletionSampler};
pub use token_dist::TokenDist;
pub(super) use token_dist::normal_quantile;
