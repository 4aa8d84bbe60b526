//! Measured completions: [`Sample`]s of them, [`Profile`]s with their files, and the tasks of agents in logs
//! ([`LoggedSteps`]).

mod builtin;
mod file;
mod logged_steps;
mod sample;

pub use logged_steps::{Amounts, LoggedStep, LoggedSteps};
pub use sample::{DayRange, Observation, Profile, Sample};
