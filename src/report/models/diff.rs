//! The answer of `outlay models diff`.

use serde::Serialize;

use crate::catalog::Tier;
use crate::feed::{Comparison, Disagreement};
use crate::logs::Usage;
use crate::report::answer::{Answer, Report};
use crate::report::diff::signed_money;
use crate::report::document::{Document, Emphasis, Fact, Table, plural};
use crate::units::{CallVolume, Money, Tokens};

/// One thing that two sources say differently about one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DisagreementResult {
    /// The model, under its name in the first source.
    pub model: String,
    /// Its name in the second source.
    pub other: String,
    /// Who sells it.
    pub provider: Option<String>,
    /// What they disagree about, such as `cached input`, `window` or `shutdown`.
    pub about: &'static str,
    /// The service tier of a price.
    pub tier: Option<Tier>,
    /// The prompt length over which the price holds.
    pub over: Option<Tokens>,
    /// What the first source says: USD per million tokens, tokens, or a day.
    pub a: String,
    /// What the second source says.
    pub b: String,
    /// What the workload costs more with the second value; nothing for what is no price.
    pub moved_usd: Option<Money>,
    /// The line of the first source; nothing for a catalogue.
    pub line_a: Option<usize>,
    /// The line of the second source.
    pub line_b: Option<usize>,
}

impl DisagreementResult {
    /// What the two sources disagree about.
    #[must_use]
    pub fn new(found: Disagreement, a: &SourceRef, b: &SourceRef) -> Self {
        let line = |source: &SourceRef, line| source.has_lines().then_some(line);
        Self {
            model: found.model,
            other: found.other,
            provider: found.provider,
            about: found.about,
            tier: found.tier,
            over: found.over,
            a: found.a,
            b: found.b,
            moved_usd: found.moved,
            line_a: line(a, found.lines.0),
            line_b: line(b, found.lines.1),
        }
    }
}

/// A source that is compared.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SourceRef {
    /// `catalog`, or the file.
    pub name: String,
    /// `catalog`, or whose form a feed has.
    pub kind: String,
    /// How many models it has.
    pub models: usize,
    /// Rows that cannot be compared, with the reason.
    pub unusable: Vec<String>,
}

impl SourceRef {
    /// The kind of the catalogue in use.
    pub const CATALOG: &'static str = "catalog";
    /// The kind of a catalogue file.
    pub const CATALOG_FILE: &'static str = "catalog file";

    /// Whether the lines of its rows are known: those of feeds are.
    fn has_lines(&self) -> bool {
        ![Self::CATALOG, Self::CATALOG_FILE].contains(&self.kind.as_str())
    }
}

/// The calls that say what a disagreement costs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WorkloadRef {
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

impl WorkloadRef {
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
    pub a: SourceRef,
    /// The second source.
    pub b: SourceRef,
    /// What the money is about.
    pub workload: WorkloadRef,
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
    pub fn new((a, b): (SourceRef, SourceRef), workload: WorkloadRef, found: &Comparison) -> Self {
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

impl Answer for DisagreementResult {
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
        let fact = |label, source: &SourceRef| Fact {
            label,
            value: plural(source.models as u64, "model"),
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
        let models = plural(total.pairs as u64, "pair");
        let (tone, line) = if report.results.is_empty() {
            (Emphasis::Good, format!("nothing differs: {models} agree"))
        } else {
            let found = plural(report.results.len() as u64, "disagreement");
            (
                Emphasis::Caution,
                format!("{found}; {} of {models} agree", Tokens::new(total.agreeing as u64)),
            )
        };
        document.line(tone, line);
        document
    }
}

fn source(source: &SourceRef) -> String {
    if source.kind == source.name {
        source.name.clone()
    } else {
        format!("{} ({})", source.name, source.kind)
    }
}

fn table(report: &Report<DisagreementResult>) -> Table {
    let mut table = Table::new(&["model", "about", ">first", ">second", ">moves"]);
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
fn shown(value: &str, result: &DisagreementResult) -> String {
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
            parts.push(format!("{} only in the {side}", plural(only.len() as u64, "model")));
        }
        if !source.unusable.is_empty() {
            let rows = plural(source.unusable.len() as u64, "row");
            parts.push(format!("{rows} of the {side} cannot be compared"));
        }
    }
    if !total.one_sided.is_empty() {
        let values = plural(total.one_sided.len() as u64, "value");
        parts.push(format!("{values} stated by one side only"));
    }
    if !parts.is_empty() {
        document.line(Emphasis::Muted, format!("{}; -v and JSON tell which", parts.join(", ")));
    }
}
