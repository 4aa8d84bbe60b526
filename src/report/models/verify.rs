//! The answer of `outlay models verify`.

use serde::Serialize;

use crate::feed::{Claim, Doubt, Standing, Verification};
use crate::gate::Verdict;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Emphasis, Table};
use crate::units::plural;

/// What was compared.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct VerifyTotal {
    /// The feeds, as they were named.
    pub feeds: Vec<String>,
    /// How many models of the catalogue were looked at.
    pub models: usize,
    /// How many of these no feed has.
    pub unseen: usize,
    /// How many values of the catalogue at least one feed states.
    pub values: usize,
    /// How many statements of feeds were compared with them.
    pub claims: usize,
    /// How many of these agree.
    pub agreeing: usize,
    /// Values that two feeds or more give as another one, and more of them than as the catalogue's.
    pub outvoted: usize,
    /// Values on which the feeds are not of one mind.
    pub disputed: usize,
    /// Values that one feed alone states, and as another one.
    pub alone: usize,
    /// Contradicted values that a verdict keeps; they are in none of the three numbers above.
    pub judged: usize,
    /// Fail where a value is contradicted without a verdict and that was asked to fail.
    pub verdict: Verdict,
}

impl VerifyTotal {
    /// What came of comparing so many models with these feeds.
    #[must_use]
    pub fn of(feeds: Vec<String>, models: usize, found: &Verification, strict: bool) -> Self {
        let new = || found.doubts.iter().filter(|doubt| doubt.judged.is_none());
        let count = |standing| new().filter(|doubt| doubt.standing == standing).count();
        let fails = strict && new().next().is_some();
        Self {
            feeds,
            models,
            unseen: found.unseen,
            values: found.values,
            claims: found.claims,
            agreeing: found.agreeing,
            outvoted: count(Standing::Outvoted),
            disputed: count(Standing::Disputed),
            alone: count(Standing::Alone),
            judged: found.doubts.len() - new().count(),
            verdict: if fails { Verdict::Fail } else { Verdict::Pass },
        }
    }
}

impl Answer for Doubt {
    const COMMAND: &'static str = "models verify";
    const HEADING: &'static str = "What of the catalogue feeds contradict";
    const COLUMNS: &'static [&'static str] =
        &["model", "provider", "field", "ours", "claims", "standing", "judged"];
    type Total = VerifyTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let new: Vec<&Self> =
            report.results.iter().filter(|doubt| doubt.judged.is_none()).collect();
        if !new.is_empty() {
            let mut table = Table::default()
                .texts(["model", "value"])
                .numbers(["catalogue"])
                .texts(["feeds", "standing"]);
            for doubt in new {
                table.row([
                    doubt.model.clone(),
                    doubt.field.clone(),
                    doubt.ours.clone(),
                    doubt.claims.iter().map(claim).collect::<Vec<_>>().join(", "),
                    doubt.standing.in_words().to_owned(),
                ]);
            }
            document.table(table);
        }
        if let Some(total) = &report.total {
            document.line(
                Emphasis::Muted,
                format!(
                    "{} of {} with {}: {} compared, {} agree; no feed has {}",
                    plural(total.values, "value"),
                    plural(total.models, "model"),
                    plural(total.feeds.len(), "feed"),
                    plural(total.claims, "statement"),
                    total.agreeing,
                    plural(total.unseen, "model"),
                ),
            );
            let (emphasis, text) = conclusion(total);
            document.line(emphasis, text);
        }
        document
    }
}

fn claim(claim: &Claim) -> String {
    format!("{} {}", claim.feed, claim.value)
}

fn conclusion(total: &VerifyTotal) -> (Emphasis, String) {
    let kept = match total.judged {
        0 => String::new(),
        judged => format!("; {judged} contradicted and kept, with a verdict"),
    };
    let parts: Vec<_> = [
        (total.outvoted, "outvoted"),
        (total.disputed, "disputed"),
        (total.alone, "contradicted by one feed alone"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if parts.is_empty() {
        return (Emphasis::Good, format!("nothing new is contradicted{kept}"));
    }
    let emphasis = if total.verdict == Verdict::Fail { Emphasis::Bad } else { Emphasis::Caution };
    (emphasis, format!("without a verdict: {}{kept}", parts.join(", ")))
}
