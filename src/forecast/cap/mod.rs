//! Which cap to send ([`plan()`]), what the API does with one that is already sent ([`assess_cap()`]), how the
//! risk depends on it ([`risk_by_cap`]), and how many such calls pass in a minute ([`admit`]).
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::forecast::{CapPolicy, plan};
//! use outlay::units::Tokens;
//!
//! let catalog = Catalog::embedded();
//! let model = catalog.resolve("o1-mini", jiff::civil::date(2024, 9, 20))?;
//! let plan = plan(model, Tokens::new(1_000), &CapPolicy::default(), None);
//! assert_eq!(plan.recommended, Some(Tokens::new(25_000)));
//! # Ok::<(), outlay::Error>(())
//! ```

mod assess_cap;
mod curve;
mod plan;
mod rate_limits;
mod room;

pub use assess_cap::{ApiRefusal, CapVerdict, Judgement, assess_cap, refusal};
pub use curve::{CapRisk, risk_by_cap};
pub use plan::{Binding, CapPolicy, Plan, PlanStatus, plan};
pub use rate_limits::{Admission, MinuteLimits, admit, under_quota, writing_time};
pub use room::{Room, RoomLimit};
