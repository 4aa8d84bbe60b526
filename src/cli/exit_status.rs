//! How a verb ended, and its exit code.

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

    /// The number of the exit code.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Unanswered => 2,
        }
    }
}
