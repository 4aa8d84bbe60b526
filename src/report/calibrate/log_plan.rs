//! `outlay calibrate --plan`: how many calls to log.

use serde::Serialize;

use crate::forecast::WorkKind;
use crate::history::LogPlan;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Emphasis, Table};
use crate::units::{Probability, grouped};

/// What so many logged calls are good for.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LogPlanResult {
    /// The kind of work; null for any.
    pub kind: Option<WorkKind>,
    /// How many calls to log.
    pub calls: u64,
    /// How many independent calls they are worth: those of one conversation are alike.
    pub worth: u64,
    /// The relative error that the mean cost stays within in nine of ten cases, such as 0.2.
    pub error: f64,
    /// The cap that they allow in place of the reserve, over the cap that a risk of 1 % needs; null where the
    /// reserve stays.
    pub cap_over_needed: Option<f64>,
    /// Whether they are the fewest that reach the error that was asked for.
    pub reaches: bool,
}

impl LogPlanResult {
    /// What a number of calls is good for, for a kind of work.
    #[must_use]
    pub fn of(plan: &LogPlan, kind: Option<WorkKind>) -> Self {
        let LogPlan { calls, worth, error, cap_over_needed, reaches } = *plan;
        Self { kind, calls, worth, error, cap_over_needed, reaches }
    }
}

/// What was asked.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LogPlanTotal {
    /// The relative error that was asked for.
    pub within: Probability,
    /// Calls of one conversation.
    pub turns: u64,
    /// From how many calls on they speak for themselves.
    pub enough_alone: u64,
}

impl Answer for LogPlanResult {
    const COMMAND: &'static str = "calibrate plan";
    const HEADING: &'static str = "How many calls to log";
    const COLUMNS: &'static [&'static str] =
        &["kind", "calls", "worth", "error", "cap_over_needed", "reaches"];
    type Total = LogPlanTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let kind = report.results.first().and_then(|result| result.kind);
        let work = kind.map_or("any kind of work".to_owned(), |kind| format!("kind {kind}"));
        document.title(format!("calls to log · {work}"));
        let alone = report.results.iter().all(|result| result.calls == result.worth);
        let worth = if alone { "" } else { "worth" };
        let mut table =
            Table::default().numbers(["calls", worth, "cost within, 9 of 10 cases"]).texts(["cap"]);
        for result in &report.results {
            let cap = match result.cap_over_needed {
                Some(times) => format!("about {times:.1} times what a risk of 1 % needs"),
                None => "the reserve stays".to_owned(),
            };
            let row = [
                grouped(result.calls),
                if alone { String::new() } else { grouped(result.worth) },
                percent(result.error),
                cap,
            ];
            if result.reaches { table.strong_row(row) } else { table.row(row) }
        }
        document.table(table);
        let Some(total) = &report.total else { return document };
        if total.turns > 1 {
            document.line(
                Emphasis::Muted,
                format!(
                    "conversations of {} calls, which are alike: correlation 0.25, assumed; `outlay calibrate` measures it",
                    grouped(total.turns)
                ),
            );
        }
        document.line(
            Emphasis::Muted,
            format!(
                "how much calls differ is that of public workloads of this kind; from {} calls on only yours count",
                grouped(total.enough_alone)
            ),
        );
        match report.results.iter().find(|result| result.reaches) {
            Some(result) => document.line(
                Emphasis::Good,
                format!(
                    "log {} calls to know the cost within {} in 9 of 10 cases; then outlay calibrate LOGS -o profile.json",
                    grouped(result.calls),
                    percent(total.within.get())
                ),
            ),
            None => document.line(
                Emphasis::Caution,
                format!("no number of calls is sure to bring the cost within {}", percent(total.within.get())),
            ),
        }
        document
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
