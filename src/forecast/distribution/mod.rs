//! How long completions are, as the distribution of one call ([`Completion`]): declared ([`TokenDist`]),
//! measured ([`Profile`] and [`Empirical`]), predicted from a few own calls ([`OwnCalls`]) or from the kind
//! of work alone ([`WorkKind`] and [`Priors`]); and how far a sample allows to trust it ([`safe_cap`]).
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

mod clusters;
mod completion;
mod confidence;
mod drawn;
mod effort;
mod empirical;
mod histogram;
mod kind;
mod noncentral;
mod own_calls;
mod pooling;
mod priors;
mod profile;
mod recall;
mod sampler;
mod share;
mod spread;
mod token_dist;
mod turn_range;

pub use clusters::{Clustering, clustering};
pub use completion::Completion;
pub use confidence::{
    QuantileBounds, SafeCap, length_risk_upper, needed_n, own_cap, quantile_bounds, safe_cap,
};
pub use drawn::{DrawnAmount, DrawnCompletion};
pub use effort::{CallEffort, EffortScaling, reasoning_ratio};
pub(super) use empirical::Draw;
pub use empirical::Empirical;
pub use histogram::Histogram;
pub use kind::WorkKind;
pub use noncentral::CONFIDENCE;
pub use own_calls::{ENOUGH_CALLS, OwnCalls, cap_factor, error_of};
pub use pooling::priors_by_others;
pub use priors::{Prior, Priors, Tail, Variances};
pub use profile::{Amounts, DayRange, LoggedStep, LoggedSteps, Observation, Profile, Sample};
pub(super) use sampler::{AmountSampler, CompletionSampler, Correlation, Factor};
pub use share::Share;
pub(super) use spread::factor_of;
pub use spread::{
    CostOfMean, MeanOfAnswers, WorkloadMean, costs_less, costs_less_in_proportion, factor_of_sum,
};
pub use token_dist::TokenDist;
pub use turn_range::TurnRange;
