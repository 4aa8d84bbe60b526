//! `outlay.toml` and scenario files: read strictly, each value with its place.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "init", "-o", "-"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

pub(crate) mod file;
pub(crate) mod resolve;
pub(crate) mod scenario;
mod spans;
pub(crate) mod values;
