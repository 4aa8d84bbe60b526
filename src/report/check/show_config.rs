//! The answer of `outlay check --show-config`.

use serde::Serialize;

use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Table};

/// A value that was resolved.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ConfigEntry {
    /// The prompt it is for; nothing for all.
    pub prompt: Option<String>,
    /// The key.
    pub key: String,
    /// The value, as it is written.
    pub value: String,
    /// Where it is from: `file:line:column`, a flag, or a default in words.
    pub from: String,
}

impl Answer for ConfigEntry {
    const COMMAND: &'static str = "check config";
    const HEADING: &'static str = "What was resolved, and from where";
    const COLUMNS: &'static [&'static str] = &["prompt", "key", "value", "from"];
    type Total = ();

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let mut table = Table::default().texts(["prompt", "key", "value", "from"]);
        for entry in &report.results {
            table.row([
                entry.prompt.clone().unwrap_or_default(),
                entry.key.clone(),
                entry.value.clone(),
                entry.from.clone(),
            ]);
        }
        document.table(table);
        document
    }
}
