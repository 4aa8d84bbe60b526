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

mod able;
mod args;
mod audit;
mod base;
mod budgets;
mod calibrate;
mod call;
mod cap;
mod check;
mod compare;
mod config;
mod configured;
mod count;
mod dialogue;
mod diff;
mod discover;
mod driver;
mod estimate;
mod git;
mod init;
mod law;
mod lint;
mod logs;
mod measure;
mod measured;
mod models;
mod models_check;
mod models_diff;
mod models_import;
mod outcome;
mod output;
mod place;
mod plan;
mod played;
mod progress;
mod prompts;
mod reading;
mod run;
mod scenario;
mod settings;
mod shell;
mod shown;
mod simulate;
mod slots;
mod stream;
mod transcript;
mod tree;
mod values;
mod whatif;

pub use run::run;
