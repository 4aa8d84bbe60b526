//! `outlay compare`: models beside each other, for a call or for a conversation.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "compare", "--input-tokens", "1k", "--as-of", "2024-09-20"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

mod args;
mod asked;
mod calls;
mod command;
mod conversations;
mod models;

pub(crate) use args::CompareArgs;
pub(crate) use command::run;
