//! The answer of `outlay models check`.

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::{Matter, Upkeep, UpkeepRules};
use crate::gate::Verdict;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Emphasis, Table};
use crate::units::plural;

/// What was looked at.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UpkeepTotal {
    /// How many models.
    pub models: usize,
    /// How many days old a comparison with a source may be.
    pub max_age_days: u32,
    /// How many days ahead a shutdown, a new price or the end of a promotion is reported.
    pub within_days: u32,
    /// Models with a table that is too old.
    pub stale: usize,
    /// Promotions that end soon or have ended, with no later price known.
    pub promotions: usize,
    /// New prices ahead.
    pub new_prices: usize,
    /// Models that shut down soon.
    pub ending: usize,
    /// Models that were shut down, where they were asked for.
    pub shut_down: usize,
    /// Fail where something needs a look and that was asked to fail.
    pub verdict: Verdict,
}

impl UpkeepTotal {
    /// The total over these results among so many models.
    #[must_use]
    pub fn of(results: &[Upkeep], models: usize, rules: UpkeepRules, verdict: Verdict) -> Self {
        let count = |matter| results.iter().filter(|result| result.matter == matter).count();
        Self {
            models,
            max_age_days: rules.max_age,
            within_days: rules.within,
            stale: count(Matter::Stale),
            promotions: count(Matter::Promotion),
            new_prices: count(Matter::NewPrice),
            ending: count(Matter::Ending),
            shut_down: count(Matter::ShutDown),
            verdict,
        }
    }
}

impl Answer for Upkeep {
    const COMMAND: &'static str = "models check";
    const HEADING: &'static str = "What of the catalogue needs a look";
    const COLUMNS: &'static [&'static str] =
        &["model", "provider", "matter", "day", "days", "message", "help"];
    type Total = UpkeepTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        if !report.results.is_empty() {
            let mut table = Table::default()
                .texts(["matter", "model", "day"])
                .numbers(["days"])
                .texts(["what", "help"]);
            for result in &report.results {
                table.row([
                    result.matter.in_words().to_owned(),
                    result.model.clone(),
                    result.day.to_string(),
                    result.days.to_string(),
                    result.message.clone(),
                    result.help.clone(),
                ]);
            }
            document.table(table.without_empty_columns());
        }
        if let Some(total) = &report.total {
            let (tone, text) = conclusion(total, report.as_of);
            document.line(tone, text);
        }
        document
    }
}

fn conclusion(total: &UpkeepTotal, as_of: Date) -> (Emphasis, String) {
    let models = plural(total.models, "model");
    let UpkeepTotal { max_age_days, within_days, .. } = total;
    let parts: Vec<_> = [
        (total.stale, "not verified for long"),
        (total.promotions, "with a promotion that ends"),
        (total.new_prices, "with a new price ahead"),
        (total.ending, "shutting down"),
        (total.shut_down, "shut down"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if parts.is_empty() {
        let text = format!(
            "{models} as of {as_of}: all verified within {max_age_days} days, nothing ends or \
             changes its price within {within_days} days"
        );
        return (Emphasis::Good, text);
    }
    let tone = if total.verdict == Verdict::Fail { Emphasis::Bad } else { Emphasis::Caution };
    (tone, format!("{models} as of {as_of}: {}", parts.join(", ")))
}
