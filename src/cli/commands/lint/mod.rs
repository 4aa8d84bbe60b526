//! `outlay lint`: requests against the rules of their model and of an account.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "lint", "--list", "--isolated"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

mod args;
mod command;
mod file;

pub(crate) use args::LintArgs;
pub(crate) use command::run;
