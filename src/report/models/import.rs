//! The answer of `outlay models import`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::feed::{Feed, FeedKind, Import, ImportOutcome, Imported, Issue, Reason};
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Emphasis, Table};
use crate::units::{grouped, plural};

/// How many rows of one kind are named in the table.
const NAMED: usize = 3;
/// How many rows of one kind are listed one by one.
const TOLD: usize = 12;

/// A row of a feed, and what became of it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImportResult {
    /// `provider/id` as the feed has it.
    pub row: String,
    /// The id in the catalogue.
    pub model: Option<String>,
    /// The line of the feed, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What became of it.
    pub outcome: ImportOutcome,
    /// Why it was skipped.
    pub reason: Option<Reason>,
    /// What changes, or what is wrong.
    pub told: Vec<String>,
    /// What of a row that was taken is left out or rounded.
    pub remarks: Vec<String>,
}

impl From<&Imported> for ImportResult {
    fn from(imported: &Imported) -> Self {
        let remark = |fault: &Issue| format!("line {}: {}", fault.position.line, fault.message);
        Self {
            row: imported.row.clone(),
            model: imported.model.clone(),
            line: imported.position.line,
            column: imported.position.column,
            outcome: imported.outcome,
            reason: imported.reason,
            told: imported.told.clone(),
            remarks: imported.remarks.iter().map(remark).collect(),
        }
    }
}

impl ImportResult {
    /// One line about the row.
    #[must_use]
    pub fn sentence(&self) -> String {
        let reason = self.reason.map(|reason| format!(", {reason}")).unwrap_or_default();
        let told = [self.told.clone(), self.remarks.clone()].concat().join("; ");
        let told = if told.is_empty() { told } else { format!(": {told}") };
        format!("line {}: {} {}{reason}{told}", self.line, self.outcome, self.row)
    }

    fn is_told(&self) -> bool {
        match self.outcome {
            ImportOutcome::Changed => true,
            ImportOutcome::Skipped => self.reason.is_some_and(|reason| !reason.is_expected()),
            ImportOutcome::New | ImportOutcome::Same => false,
        }
    }
}

/// A feed with what came of it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImportTotal {
    /// The feed.
    pub feed: String,
    /// Whose form it has.
    pub kind: FeedKind,
    /// How many rows it has.
    pub rows: usize,
    /// Rows that were not asked for.
    pub not_chosen: usize,
    /// Models that the catalogue does not have.
    pub new: usize,
    /// Models of the catalogue that get other prices.
    pub changed: usize,
    /// Rows that say what the catalogue says.
    pub same: usize,
    /// Rows that are not taken.
    pub skipped: usize,
    /// The catalogue file that was written; nothing for standard output.
    pub written: Option<String>,
}

impl ImportTotal {
    /// What came of a feed.
    #[must_use]
    pub fn of(feed: &Feed, import: &Import, written: Option<String>) -> Self {
        let count =
            |outcome| import.rows.iter().filter(|imported| imported.outcome == outcome).count();
        Self {
            feed: feed.name.clone(),
            kind: feed.kind,
            rows: feed.rows.len(),
            not_chosen: import.not_chosen,
            new: count(ImportOutcome::New),
            changed: count(ImportOutcome::Changed),
            same: count(ImportOutcome::Same),
            skipped: count(ImportOutcome::Skipped),
            written,
        }
    }
}

impl Answer for ImportResult {
    const COMMAND: &'static str = "models import";
    const HEADING: &'static str = "What was taken from a feed";
    const COLUMNS: &'static [&'static str] =
        &["row", "model", "line", "column", "outcome", "reason", "told", "remarks"];
    type Total = ImportTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let Some(total) = &report.total else { return document };
        document.title(format!(
            "{} · {} feed · {} · prices in force on {}",
            total.feed,
            total.kind,
            plural(total.rows, "row"),
            report.as_of
        ));
        let mut groups: BTreeMap<(ImportOutcome, Option<Reason>), Vec<&Self>> = BTreeMap::new();
        for result in &report.results {
            groups.entry((result.outcome, result.reason)).or_default().push(result);
        }
        let mut table =
            Table::default().texts(["outcome", "reason"]).numbers(["rows"]).texts(["which"]);
        for ((outcome, reason), rows) in &groups {
            table.row([
                outcome.to_string(),
                reason.map(|reason| reason.to_string()).unwrap_or_default(),
                grouped(rows.len()),
                named(rows),
            ]);
        }
        if total.not_chosen > 0 {
            let n = grouped(total.not_chosen);
            table.row(["not chosen".to_owned(), String::new(), n, String::new()]);
        }
        document.table(table);
        for rows in groups.values().filter(|rows| rows.iter().any(|row| row.is_told())) {
            for row in rows.iter().take(TOLD) {
                document.line(Emphasis::Plain, row.sentence());
            }
            if rows.len() > TOLD {
                document
                    .line(Emphasis::Muted, format!("and {} more: -v tells all", rows.len() - TOLD));
            }
        }
        let parts = report.results.iter().filter(|result| !result.remarks.is_empty()).count();
        if parts > 0 {
            let rows = plural(parts, "row");
            let line = format!("parts of {rows} are left out or rounded: -v tells which");
            document.line(Emphasis::Muted, line);
        }
        document.line(
            if total.new + total.changed > 0 { Emphasis::Good } else { Emphasis::Plain },
            sum(total),
        );
        document
    }
}

fn named(rows: &[&ImportResult]) -> String {
    let names: Vec<&str> = rows.iter().take(NAMED).map(|row| row.row.as_str()).collect();
    let more = if rows.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

fn sum(total: &ImportTotal) -> String {
    let counted: Vec<String> = [
        (total.new, "new"),
        (total.changed, "changed"),
        (total.same, "same as the catalogue"),
        (total.skipped, "skipped"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{} {what}", grouped(n)))
    .collect();
    let written = total.written.as_ref().map(|path| format!("; written to {path}"));
    let counted =
        if counted.is_empty() { "no row was chosen".to_owned() } else { counted.join(", ") };
    format!("{counted}{}", written.unwrap_or_default())
}
