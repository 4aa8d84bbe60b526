//! The arguments that verbs share: global options, inputs, the call, the cap and the conversation.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "plan", "--input-tokens", "1k", "-m", "o1-mini", "--as-of", "2024-09-20"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

mod late;
mod shared;

pub(crate) use late::Late;
pub(crate) use shared::{Global, InputArgs, PromptArgs, When};
