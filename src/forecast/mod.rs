//! Pure decisions about calls not made yet: what they cost ([`estimate()`]), which cap to send
//! ([`plan()`]), how likely a cap cuts the answer off ([`Completion`]), and how all that develops over a
//! conversation ([`simulate()`]). From calls that were made it takes the laws ([`Calibrator`]), what was
//! spent ([`Audit`]), and how well it would have foreseen that ([`Scorer`]).
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
//! let catalog = Catalog::embedded()?;
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

mod audit;
mod calibrate;
mod compare;
mod completion;
mod confidence;
mod conversation;
mod curve;
mod disagreement;
mod dist;
mod estimate;
mod histogram;
mod judge;
mod measured;
mod pace;
mod plan;
mod prices;
mod room;
mod sampler;
mod score;
mod simulate;

pub use audit::{Audit, GroupBy, GroupKey, Spend, SpendLine, Unpriced};
pub use calibrate::{Bar, Calibration, Calibrator, CapAdvice, LeftOut, reasoning_histogram};
pub use compare::{Offer, per_usable};
pub use completion::Completion;
pub use confidence::{
    CONFIDENCE, QuantileBounds, SafeCap, length_risk_upper, needed_n, quantile_bounds, safe_cap,
};
pub use conversation::{History, OnLength, Rules};
pub use curve::{CapRisk, risk_by_cap};
pub use disagreement::{Comparison, Disagreement, Workload, disagreements};
pub use dist::TokenDist;
pub use estimate::{Call, Estimate, Range, estimate};
pub use histogram::Histogram;
pub use judge::{ApiRefusal, CapVerdict, Judgement, judge, refusal};
pub use measured::Measured;
pub use pace::{Admission, MinuteLimits, admit, under_quota, writing_time};
pub use plan::{Binding, CapPolicy, Plan, PlanStatus, plan};
pub use prices::{Charge, Listed, PriceBook};
pub use room::{Room, RoomLimit};
pub use score::{RiskAt, Score, Scorer};
pub use simulate::{
    MOST_STEPS, Script, Simulation, Summary, TurnSummary, simulate, simulate_observed,
};
