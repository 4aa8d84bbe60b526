//! The answers of `outlay lint --list` and `outlay lint --explain`.

use serde::Serialize;

use crate::gate::Level;
use crate::lint::{Lints, RULES, Rule};
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Emphasis, Table};

/// A rule in a list.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuleList {
    /// Its id.
    pub rule: &'static str,
    /// Its level here, with outlay.toml in mind.
    pub level: Level,
    /// Its own level.
    pub default_level: Level,
    /// What it finds.
    pub summary: &'static str,
}

impl RuleList {
    /// Every rule, by id.
    #[must_use]
    pub fn of(lints: &Lints) -> Vec<Self> {
        let entry = |rule: &&'static Rule| Self {
            rule: rule.id,
            level: lints.level(rule),
            default_level: rule.level,
            summary: rule.summary,
        };
        RULES.iter().map(entry).collect()
    }
}

impl Answer for RuleList {
    const COMMAND: &'static str = "lint list";
    const HEADING: &'static str = "The rules of lint";
    const COLUMNS: &'static [&'static str] = &["rule", "level", "default_level", "summary"];
    type Total = ();

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let mut table = Table::default().texts(["level", "rule", "finds"]);
        for entry in &report.results {
            table.row([entry.level.to_string(), entry.rule.to_owned(), entry.summary.to_owned()]);
        }
        document.table(table);
        document
    }
}

/// A rule in full.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuleDetail {
    /// Its id.
    pub rule: &'static str,
    /// Its level here, with outlay.toml in mind.
    pub level: Level,
    /// Its own level.
    pub default_level: Level,
    /// What it finds.
    pub summary: &'static str,
    /// Why that matters and what to do.
    pub explanation: &'static str,
    /// Where this is known from.
    pub source: &'static str,
}

impl RuleDetail {
    /// A rule in full.
    #[must_use]
    pub fn of(rule: &'static Rule, lints: &Lints) -> Self {
        Self {
            rule: rule.id,
            level: lints.level(rule),
            default_level: rule.level,
            summary: rule.summary,
            explanation: rule.explanation,
            source: rule.source,
        }
    }
}

impl Answer for RuleDetail {
    const COMMAND: &'static str = "lint explain";
    const HEADING: &'static str = "A rule of lint";
    const COLUMNS: &'static [&'static str] =
        &["rule", "level", "default_level", "summary", "explanation", "source"];
    type Total = ();

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        for rule in &report.results {
            document.title(format!("{} · {}", rule.rule, rule.level));
            document.line(Emphasis::Plain, format!("Finds {}.", rule.summary));
            document.line(Emphasis::Plain, rule.explanation);
            document.line(Emphasis::Muted, format!("from: {}", rule.source));
            document.line(
                Emphasis::Plain,
                format!(
                    "To change its level, write `{} = \"off\"` under [lint.rules] in outlay.toml.",
                    rule.rule
                ),
            );
        }
        document
    }
}
