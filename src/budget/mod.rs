//! Budgets on what calls send and cost: [`Budget`]s against [`CallEstimate`]s, and what a change did to them.
//!
//! A [`CallEstimate`] keeps tokens alone; its costs are computed from prices when they are asked for. That is
//! why a [`Baseline`] can keep estimates without going stale, and a [`Drift`] can tell a change of prices from
//! a change of prompts.
//!
//! ```
//! use outlay::budget::{Budget, Limit, Quantity};
//! use outlay::gate::{Level, Verdict};
//! use outlay::units::{Probability, Tokens};
//!
//! let limit = Limit::MaxPromptTokens(Tokens::new(4_000));
//! let budget = Budget { limit, level: Level::Fail, tolerance: Probability::clamped(0.05) };
//! assert_eq!(budget.weigh(Quantity::Tokens(4_100)).verdict, Verdict::Warn);
//! assert_eq!(budget.weigh(Quantity::Tokens(4_300)).verdict, Verdict::Fail);
//! ```

mod base_comparison;
mod baseline;
mod blame;
#[expect(clippy::module_inception, reason = "the budget itself is the noun of the room")]
mod budget;
mod call_estimate;
mod drift;
mod evaluation;
mod quantity;
mod strict;

pub use base_comparison::{BaseComparison, Current};
pub use baseline::{Baseline, BaselineEntry};
pub use blame::{changed_line, longest_line};
pub use budget::{Base, Budget, Evaluation, Limit};
pub use call_estimate::{BilledConversation, Bound, CallEstimate};
pub use drift::Drift;
pub use evaluation::{BaseSide, BudgetResult, ChangeStatus, evaluate};
pub use quantity::Quantity;
pub use strict::strict;
