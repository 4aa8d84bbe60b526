//! The verbs: each is its arguments and one function that asks the library and reports the answer.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "models", "show", "o1-mini", "--as-of", "2024-09-20"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

mod answers;
pub(crate) mod audit;
mod audit_each;
pub(crate) mod calibrate;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod count;
pub(crate) mod diff;
pub(crate) mod estimate;
pub(crate) mod init;
pub(crate) mod lint;
pub(crate) mod models;
pub(crate) mod plan;
mod play_form;
pub(crate) mod simulate;
mod what_if;
