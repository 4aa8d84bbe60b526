//! How a verb ended, and its exit code.

use std::process::ExitCode;

use crate::gate::Verdict;

/// How a verb ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// Answered, and passed where there was a gate. Exit code 0.
    Passed,
    /// Answered, and a gate failed. Exit code 1.
    Failed,
    /// Some input has no answer. Exit code 2.
    Unanswered,
}

impl ExitStatus {
    /// The outcome of a report with this many inputs unanswered and this verdict on the others.
    pub(crate) fn of(unanswered: usize, verdict: Verdict) -> Self {
        match (unanswered, verdict) {
            (0, Verdict::Pass | Verdict::Warn) => Self::Passed,
            (0, Verdict::Fail) => Self::Failed,
            _ => Self::Unanswered,
        }
    }

    pub(crate) fn code(self) -> ExitCode {
        match self {
            Self::Passed => ExitCode::SUCCESS,
            Self::Failed => ExitCode::from(1),
            Self::Unanswered => ExitCode::from(2),
        }
    }
}
