//! `outlay models`: the catalogue, listed, shown, checked, imported, compared and verified.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "models", "list", "--provider", "openai", "--as-of", "2024-09-20"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

mod check;
mod command;
mod diff;
mod import;
mod update;
mod verify;

pub(crate) use command::{ModelsArgs, run};
