//! `outlay init`: writes a gate that passes today, from the prompts that are there.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "init", "--help"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

mod command;
mod first_budgets;
mod prompts;

pub(crate) use command::{InitArgs, run};
