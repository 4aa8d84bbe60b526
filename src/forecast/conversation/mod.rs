//! Conversations of many turns: the state of one ([`Rules`], [`History`], [`Steps`], [`PromptCache`]) and many
//! of them ([`simulate()`]).
//!
//! ```
//! use outlay::forecast::History;
//!
//! assert_eq!("window:4".parse(), Ok(History::Window(4)));
//! # Ok::<(), outlay::Error>(())
//! ```

mod billed_run;
mod cache;
mod column;
mod dialogue;
mod draws;
mod play;
mod played_step;
mod policy;
mod rules;
mod run;
mod runs;
mod script;
mod simulate;
mod simulation;
mod summary;
mod task;
mod time_dist;

pub use billed_run::BilledRun;
pub use cache::{CacheWrite, PromptCache};
pub use policy::{History, OnLength};
pub use rules::{MOST_CACHES, Rules};
pub use script::{MOST_STEPS, Script};
pub use simulate::{simulate, simulate_observed};
pub use simulation::Simulation;
pub use summary::{StepSummary, StepTotals, Summary, TurnSummary};
pub use task::{Growth, LoopBudget, MOST_STEPS_OF_A_TURN, Steps, SubAgent};
pub use time_dist::TimeDist;
