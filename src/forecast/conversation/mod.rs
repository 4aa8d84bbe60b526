//! Conversations of many turns: the state of one ([`Rules`], [`History`]) and many of them ([`simulate()`]).
//!
//! ```
//! use outlay::forecast::History;
//!
//! assert_eq!("window:4".parse(), Ok(History::Window(4)));
//! # Ok::<(), outlay::Error>(())
//! ```

mod dialogue;
mod simulate;

pub use dialogue::{History, OnLength, Rules};
pub use simulate::{
    MOST_STEPS, Script, Simulation, Summary, TurnSummary, simulate, simulate_observed,
};
