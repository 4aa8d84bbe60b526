//! The answer of `outlay models diff`.

use serde::Serialize;

use crate::feed::{Comparison, Disagreement};
use crate::logs::Usage;
use crate::report::answer::{Answer, Report};
use crate::report::diff::signed_money;
use crate::report::document::{Document, Emphasis, Fact, Table};
use crate::units::{CallVolume, Tokens, grouped, plural};

/// A source that is compared.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ComparedSource {
    /// `catalog`, or the file.
    pub name: String,
    /// `catalog`, or whose form a feed has.
    pub kind: String,
    /// How many models it has.
    pub models: usize,
    /// Rows that cannot be compared, with the reason.
    pub unusable: Vec<String>,
}

impl ComparedSource {
    /// The kind of the catalogue in use.
    pub const CATALOG: &'static str = "catalog";
    /// The kind of a catalogue file.
    pub const CATALOG_FILE: &'static str = "catalog file";

    /// Whether the lines of its rows are known: those of feeds are.
    pub(crate) fn has_lines(&self) -> bool {
        ![Self::CATALOG, Self::CATALOG_FILE].contains(&self.kind.as_str())
    }
}

/// The calls that say what a disagreement costs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ComparedCalls {
    /// Prompt tokens of a call.
    pub prompt_tokens: Tokens,
    /// How many of them are read from the cache.
    pub cached_tokens: Tokens,
    /// Completion tokens of a call.
    pub completion_tokens: Tokens,
    /// How many calls.
    pub calls: u64,
    /// The time they take, such as `month`.
    pub period: Option<String>,
}

impl ComparedCalls {
    /// A workload as it is declared.
    #[must_use]
    pub fn new(usage: Usage, volume: CallVolume) -> Self {
        Self {
            prompt_tokens: usage.prompt(),
            cached_tokens: usage.cached(),
            completion_tokens: usage.completion(),
            calls: volume.calls,
            period: volume.period.map(|period| period.to_string()),
        }
    }
}

/// Two sources side by side.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DisagreementTotal {
    /// The first source.
    pub a: ComparedSource,
    /// The second source.
    pub b: ComparedSource,
    /// What the money is about.
    pub workload: ComparedCalls,
    /// Pairs of rows about one model.
    pub pairs: usize,
    /// Pairs that say nothing differently.
    pub agreeing: usize,
    /// Prices, limits and days of models that both have which only one of them states.
    pub one_sided: Vec<String>,
    /// Models that only the first source has.
    pub only_a: Vec<String>,
    /// Models that only the second source has.
    pub only_b: Vec<String>,
}

impl DisagreementTotal {
    /// What a comparison says besides its disagreements.
    #[must_use]
    pub fn new(
        (a, b): (ComparedSource, ComparedSource),
        workload: ComparedCalls,
        found: &Comparison,
    ) -> Self {
        Self {
            a,
            b,
            workload,
            pairs: found.pairs,
            agreeing: found.agreeing,
            one_sided: found.one_sided.clone(),
            only_a: found.only_a.clone(),
            only_b: found.only_b.clone(),
        }
    }
}

impl Answer for Disagreement {
    const COMMAND: &'static str = "models diff";
    const HEADING: &'static str = "Where two sources disagree";
    const COLUMNS: &'static [&'static str] = &[
        "model",
        "other",
        "provider",
        "about",
        "tier",
        "over",
        "a",
        "b",
        "moved_usd",
        "line_a",
        "line_b",
    ];
    type Total = DisagreementTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let Some(total) = &report.total else { return document };
        document.title(format!("price lists in force on {}", report.as_of));
        let fact = |label, source: &ComparedSource| Fact {
            label,
            value: plural(source.models, "model"),
            remark: self::source(source),
        };
        document.facts(vec![fact("first", &total.a), fact("second", &total.b)]);
        if !report.results.is_empty() {
            document.table(table(report));
        }
        let workload = &total.workload;
        document.line(
            Emphasis::Muted,
            format!(
                "moves: what {}{} cost more with the second source; a call has {} prompt tokens, {} of them \
                 cached, and {} completion tokens",
                plural(workload.calls, "call"),
                workload.period.as_ref().map(|period| format!(" a {period}")).unwrap_or_default(),
                workload.prompt_tokens,
                workload.cached_tokens,
                workload.completion_tokens
            ),
        );
        rest(&mut document, total);
        let models = plural(total.pairs, "pair");
        let (tone, line) = if report.results.is_empty() {
            (Emphasis::Good, format!("nothing differs: {models} agree"))
        } else {
            let found = plural(report.results.len(), "disagreement");
            (Emphasis::Caution, format!("{found}; {} of {models} agree", grouped(total.agreeing)))
        };
        document.line(tone, line);
        document
    }
}

fn source(source: &ComparedSource) -> String {
    if source.kind == source.name {
        source.name.clone()
    } else {
        format!("{} ({})", source.name, source.kind)
    }
}

fn table(report: &Report<Disagreement>) -> Table {
    let mut table =
        Table::default().texts(["model", "about"]).numbers(["first", "second", "moves"]);
    for result in &report.results {
        let same = result.model == result.other;
        let over = result.over.map(|over| format!(" over {over}")).unwrap_or_default();
        let tier = result.tier.map(|tier| format!("{tier}{over} ")).unwrap_or_default();
        table.row([
            if same {
                result.model.clone()
            } else {
                format!("{} = {}", result.model, result.other)
            },
            format!("{tier}{}", result.about),
            shown(&result.a, result),
            shown(&result.b, result),
            result.moved_usd.map(signed_money).unwrap_or_default(),
        ]);
    }
    table
}

/// A value for people: tokens get thousands separators.
fn shown(value: &str, result: &Disagreement) -> String {
    match (result.tier, value.parse()) {
        (None, Ok(tokens)) => Tokens::new(tokens).to_string(),
        _ => value.to_owned(),
    }
}

/// What is not compared.
fn rest(document: &mut Document, total: &DisagreementTotal) {
    let mut parts = Vec::new();
    for (side, source, only) in
        [("first", &total.a, &total.only_a), ("second", &total.b, &total.only_b)]
    {
        if !only.is_empty() {
            parts.push(format!("{} only in the {side}", plural(only.len(), "model")));
        }
        if !source.unusable.is_empty() {
            let rows = plural(source.unusable.len(), "row");
            parts.push(format!("{rows} of the {side} cannot be compared"));
        }
    }
    if !total.one_sided.is_empty() {
        let values = plural(total.one_sided.len(), "value");
        parts.push(format!("{values} stated by one side only"));
    }
    if !parts.is_empty() {
        document.line(Emphasis::Muted, format!("{}; -v and JSON tell which", parts.join(", ")));
    }
}
