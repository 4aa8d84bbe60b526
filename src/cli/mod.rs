//! The command line: arguments into inputs, one library call per verb, and a report out.
//!
//! Only this room touches files, the environment, the clock and the terminal. A verb is one file:
//! its arguments and the function that answers them. [`run()`] ends in one of three codes: 0 answered and
//! passed, 1 a gate failed, 2 no answer.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "models", "show", "o1-mini", "--as-of", "2024-09-20"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```
#![expect(clippy::disallowed_methods, reason = "this is the room that touches the world")]
#![allow(clippy::doc_markdown, reason = "clap prints these comments; backticks would show")]

mod args;
mod commands;
mod config;
mod draft;
mod exit_status;
mod input;
mod misspelt;
mod output;
mod place;
mod progress;
mod rows;
mod run;
mod settings;
mod streams;

pub use run::{call, command, run, run_to_number};
pub use settings::kept_catalogue;
pub use streams::{RecordBatches, RunInput, RunOutput};
