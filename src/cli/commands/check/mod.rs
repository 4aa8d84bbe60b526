//! `outlay check`: measures the prompts of `outlay.toml` and judges their budgets, against a base where one is named.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "check", "--help"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

pub(crate) mod base;
mod command;
mod conversation;
mod cost_driver;
mod declaration;
mod evaluate;
mod measure;
mod measurement;
mod samples;
mod shared;
mod show_config;
mod slots;
mod sources;
mod verdict;

pub(crate) use command::{CheckArgs, run};
pub(crate) use measure::measure;
