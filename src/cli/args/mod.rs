//! The arguments that verbs share: global options, inputs, the call, the cap and the conversation.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "plan", "--input-tokens", "1k", "-m", "o1-mini", "--as-of", "2024-09-20"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

mod cap;
pub(crate) mod conversation;
mod shared;

pub(crate) use cap::{CapArgs, Reserve};
pub(crate) use shared::{Cached, CallArgs, Dist, Global, InputArgs, PromptArgs, When, parse};
