//! Pure decisions about calls not made yet: what they cost ([`estimate()`]), which cap to send
//! ([`plan()`]), how likely a cap cuts the answer off ([`Completion`]), and how all that develops over a
//! conversation ([`simulate()`]).
//!
//! A completion of `T` tokens under the limit `L`, the smaller of the cap and the room, is billed
//! `min(T, L)`. It is cut off when `T > L`, and comes out empty when its reasoning alone reaches `L`.
//!
//! ```
//! use jiff::civil::date;
//! use outlay::catalog::{Catalog, Tier};
//! use outlay::forecast::{CapPolicy, Completion, TokenDist, plan};
//! use outlay::units::Tokens;
//!
//! let catalog = Catalog::embedded();
//! let model = catalog.resolve("o1-mini", date(2024, 9, 20))?;
//! let reasoning: TokenDist = "p50=4288,p95=11072".parse()?;
//! let visible: TokenDist = "200..1200".parse()?;
//! let completion = Completion::split(reasoning, visible);
//!
//! let plan = plan(model, Tokens::new(110_000), &CapPolicy::default(), Some(&completion));
//! assert_eq!(plan.room, Tokens::new(18_000));
//! assert!(plan.length_risk.unwrap().get() < 0.05);
//! # Ok::<(), outlay::Error>(())
//! ```

mod cap;
mod compare;
mod conversation;
mod distribution;
mod estimate;

pub use cap::{
    Admission, ApiRefusal, Binding, CapPolicy, CapRisk, CapVerdict, Judgement, MinuteLimits, Plan,
    PlanStatus, Room, RoomLimit, admit, assess_cap, plan, refusal, risk_by_cap, under_quota,
    writing_time,
};
pub use compare::{Offer, per_usable};
pub use conversation::{
    BilledRun, CacheWrite, Growth, History, LoopBudget, MOST_CACHES, MOST_STEPS,
    MOST_STEPS_OF_A_TURN, OnLength, PromptCache, Rules, Script, Simulation, StepSummary,
    StepTotals, Steps, SubAgent, Summary, TimeDist, TurnSummary, simulate, simulate_observed,
};
pub use distribution::{
    Amounts, CONFIDENCE, CallEffort, Clustering, Completion, CostOfMean, DayRange, DrawnAmount,
    DrawnCompletion, ENOUGH_CALLS, EffortScaling, Empirical, Histogram, LoggedStep, LoggedSteps,
    MeanOfAnswers, Observation, OwnCalls, Prior, Priors, Profile, QuantileBounds, SafeCap, Sample,
    Share, Tail, TokenDist, TurnRange, Variances, WorkKind, WorkloadMean, cap_factor, clustering,
    costs_less, costs_less_in_proportion, error_of, factor_of_sum, length_risk_upper, needed_n,
    own_cap, priors_by_others, quantile_bounds, reasoning_ratio, safe_cap,
};
pub use estimate::{
    Call, CallCosts, CostPart, CostSum, Estimate, Range, cost_of_sum, costs, estimate,
};
