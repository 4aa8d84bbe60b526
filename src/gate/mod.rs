//! Pass or fail: [`Budget`]s and lint [`Rule`]s over forecasts and requests, and what a change does to them.
//!
//! A budget is judged on a [`Size`], which is in tokens alone, and on prices. That is what lets a
//! [`Baseline`] keep tokens and no costs, and a [`Drift`] tell prices from prompts.
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::forecast::{CapPolicy, plan};
//! use outlay::gate::{Budget, Level, Limit, Quantity, Verdict, strict};
//! use outlay::units::{Probability, Tokens};
//!
//! let catalog = Catalog::embedded()?;
//! let model = catalog.resolve("o1-mini", jiff::civil::date(2024, 9, 20))?;
//! let policy = CapPolicy::default();
//! let plan = plan(model, Tokens::new(110_000), &policy, None);
//! assert_eq!(strict(&plan, None, &policy), Verdict::Fail);
//!
//! let limit = Limit::MaxPromptTokens(Tokens::new(4_000));
//! let budget = Budget { limit, level: Level::Fail, tolerance: Probability::clamped(0.05) };
//! assert_eq!(budget.weigh(Quantity::Tokens(4_100)).verdict, Verdict::Warn);
//! assert_eq!(budget.weigh(Quantity::Tokens(4_300)).verdict, Verdict::Fail);
//! # Ok::<(), outlay::Error>(())
//! ```

mod answers;
mod baseline;
mod blame;
mod budget;
mod caps;
mod check;
mod drift;
mod finding;
mod level;
mod lifecycle;
mod lint;
mod pace;
mod parameters;
mod prompting;
mod quantity;
mod rule;
mod size;
mod strict;
mod target;
mod upkeep;
mod verdict;

pub use baseline::{Baseline, Kept};
pub use blame::{changed_line, longest_line};
pub use budget::{Base, Budget, Judged, Limit};
pub use check::{Before, Checked, Standing, check};
pub use drift::Drift;
pub use finding::{ApiAnswer, Finding};
pub use level::Level;
pub use lint::{Lints, lint};
pub use quantity::Quantity;
pub use rule::{RULES, Rule};
pub use size::{Bound, Conversation, PromptSize, Size};
pub use strict::strict;
pub use target::LintTarget;
pub use upkeep::{Matter, Upkeep, UpkeepRules, upkeep};
pub use verdict::Verdict;
