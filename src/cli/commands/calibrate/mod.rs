//! `outlay calibrate`: logs as a measured profile, and how many calls to log.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "calibrate", "--plan", "--within", "10%"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

mod args;
mod command;
mod log_plan;

pub(crate) use args::CalibrateArgs;
pub(crate) use command::run;
