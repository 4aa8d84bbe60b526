//! From the result of a verb to the exit code.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::Parser;

use super::args::{Cli, Verb};
use super::output;
use super::settings::Settings;
use super::{count, estimate, models, plan};
use crate::gate::Verdict;

/// How a verb ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Answered, and passed where there was a gate. Exit code 0.
    Passed,
    /// Answered, and a gate failed. Exit code 1.
    Failed,
    /// Some input has no answer. Exit code 2.
    Unanswered,
}

impl Outcome {
    /// The outcome of a report with this many inputs unanswered and this verdict on the others.
    pub(super) fn of(unanswered: usize, verdict: Verdict) -> Self {
        match (unanswered, verdict) {
            (0, Verdict::Pass) => Self::Passed,
            (0, Verdict::Fail) => Self::Failed,
            _ => Self::Unanswered,
        }
    }

    fn code(self) -> ExitCode {
        match self {
            Self::Passed => ExitCode::SUCCESS,
            Self::Failed => ExitCode::from(1),
            Self::Unanswered => ExitCode::from(2),
        }
    }
}

/// Runs the program on these arguments, the first of which is its name.
pub fn run<I, T>(args: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(answer) => {
            let code = if answer.use_stderr() {
                Outcome::Unanswered
            } else {
                Outcome::Passed
            };
            // Help that nobody reads to its end is no failure.
            let _ = answer.print();
            return code.code();
        }
    };
    match verb(&cli) {
        Ok(outcome) => outcome.code(),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error, cli.global.color);
            Outcome::Unanswered.code()
        }
    }
}

fn verb(cli: &Cli) -> anyhow::Result<Outcome> {
    let settings = Settings::resolve(&cli.global)?;
    match &cli.verb {
        Verb::Count(args) => count::run(args, &settings),
        Verb::Estimate(args) => estimate::run(args, &settings),
        Verb::Plan(args) => plan::run(args, &settings),
        Verb::Models(args) => models::run(args, &settings),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
