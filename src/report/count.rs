//! The answer of `outlay count`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use crate::catalog::{CountingError, Fidelity, Model};
use crate::report::answer::{Answer, Report, RowAnswer, ShownRows, UnshownRows};
use crate::report::dataset::{DatasetSpread, RowFigures};
use crate::report::document::{Document, Emphasis, Pairs, Table};
use crate::report::side_by_side::distinct;
use crate::request::{PartCount, PartPieces, PromptCount, Role};
use crate::tokenizer::Encoding;
use crate::units::{TokenRange, Tokens, grouped, plural};

/// The tokens of one part of a request.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PartTokens {
    /// Where in the request, such as `messages[0].content`.
    pub part: String,
    /// The role of the message it belongs to.
    pub role: Option<&'static str>,
    /// Its tokens.
    pub tokens: Tokens,
}

impl From<PartCount> for PartTokens {
    fn from(part: PartCount) -> Self {
        Self { part: part.part, role: part.role.map(Role::name), tokens: part.tokens }
    }
}

/// A piece of a text with its tokens.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PieceTokens {
    /// Its text.
    pub text: String,
    /// The ids of its tokens.
    pub ids: Vec<u32>,
}

/// The tokens of one part of a request, and its pieces.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CountedPart {
    /// Where in the request, such as `messages[0].content`.
    pub part: String,
    /// The role of the message it belongs to.
    pub role: Option<&'static str>,
    /// Its tokens.
    pub tokens: Tokens,
    /// Its pieces; only with `--show-tokens`, and only of the content of messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<Vec<PieceTokens>>"))]
    pub pieces: Option<ShownPieces>,
}

/// The pieces of a text, made as they are asked for: a long text has millions.
#[derive(Debug, Clone)]
pub struct ShownPieces {
    encoding: Encoding,
    text: Arc<str>,
}

impl ShownPieces {
    fn each(&self, mut each: impl FnMut(PieceTokens)) {
        self.encoding.each_piece(&self.text, |piece| {
            let ids = piece.tokens.iter().map(|token| token.id).collect();
            each(PieceTokens { text: piece.text.into_owned(), ids });
        });
    }
}

impl Serialize for ShownPieces {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut written = Ok(());
        self.each(|piece| {
            if written.is_ok() {
                written = list.serialize_element(&piece);
            }
        });
        written?;
        list.end()
    }
}

/// How far estimated counts are from those of the model's own tokenizer: ratios, above 1 where the
/// bill is for more than the count.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CountError {
    /// What counted for the model, or who published the figures.
    pub tokenizer: String,
    /// The lowest ratio.
    pub low: f64,
    /// The mean over the kinds of text.
    pub mean: f64,
    /// The highest ratio.
    pub high: f64,
    /// The ratio of each kind of text.
    pub ratios: BTreeMap<String, f64>,
}

impl CountError {
    /// Its columns in the CSV form of a result.
    pub(crate) const COLUMNS: &'static str = "count_error.{tokenizer,low,mean,high,ratios}";

    /// The known error of a count for `model`; none where the count is no estimate.
    #[must_use]
    pub fn of(model: &Model, fidelity: Fidelity) -> Option<Self> {
        let known = model.counting.error.as_ref().filter(|_| fidelity == Fidelity::Estimate);
        known.map(Self::from)
    }
}

impl From<&CountingError> for CountError {
    fn from(error: &CountingError) -> Self {
        Self {
            tokenizer: error.tokenizer.clone(),
            low: error.low(),
            mean: error.mean(),
            high: error.high(),
            ratios: error.ratios.clone(),
        }
    }
}

/// The prompt tokens of one input for one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CountResult {
    /// The file, `-`, or `file:line`.
    pub input: String,
    /// The model it was counted for.
    pub model: String,
    /// Others that have the same tokenizer, one model for each.
    pub also_models: Vec<String>,
    /// The vocabulary.
    pub encoding: Encoding,
    /// Whether the count equals the bill.
    pub fidelity: Fidelity,
    /// How far the estimate is from the model's own count, where that was measured.
    pub count_error: Option<CountError>,
    /// Tokens of the parts.
    pub content_tokens: Tokens,
    /// Tokens of roles, names and of what surrounds messages.
    pub framing_tokens: Tokens,
    /// All of them, as billed.
    pub prompt_tokens: Tokens,
    /// Between what and what they lie, where they are an estimate and that is known.
    pub prompt_tokens_range: Option<TokenRange>,
    /// What a reconstructed count rests on, with its published accuracy.
    pub basis: Option<String>,
    /// The parts.
    pub parts: Vec<CountedPart>,
    /// Why the count is an estimate.
    pub assumptions: Vec<String>,
    /// The template that the input fills, where it is a row of a dataset.
    pub template: Option<String>,
}

impl CountResult {
    /// The result of counting `input` for `model`, with the pieces that are to be shown.
    #[must_use]
    pub fn new(
        input: String,
        model: &Model,
        count: PromptCount,
        mut pieces: Vec<PartPieces>,
    ) -> Self {
        let mut shown = |part: &str| {
            let found = pieces.iter().position(|pieces| pieces.part == part)?;
            let PartPieces { encoding, text, .. } = pieces.swap_remove(found);
            Some(ShownPieces { encoding, text })
        };
        let counted = |part: PartCount| CountedPart {
            pieces: shown(&part.part),
            part: part.part,
            role: part.role.map(Role::name),
            tokens: part.tokens,
        };
        Self {
            input,
            template: None,
            model: model.id.clone(),
            also_models: Vec::new(),
            encoding: count.encoding,
            fidelity: count.fidelity,
            count_error: CountError::of(model, count.fidelity),
            content_tokens: count.content_tokens(),
            framing_tokens: count.framing,
            prompt_tokens: count.prompt_tokens(),
            prompt_tokens_range: count.range(),
            basis: count.basis,
            parts: count.parts.into_iter().map(counted).collect(),
            assumptions: count.reasons,
        }
    }
}

/// The sum over inputs.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CountTotal {
    /// How many results.
    pub results: usize,
    /// Tokens of the parts.
    pub content_tokens: Tokens,
    /// Tokens around them.
    pub framing_tokens: Tokens,
    /// All of them.
    pub prompt_tokens: Tokens,
}

impl CountTotal {
    /// Adds a result.
    pub fn add(&mut self, result: &CountResult) {
        self.results += 1;
        self.content_tokens += result.content_tokens;
        self.framing_tokens += result.framing_tokens;
        self.prompt_tokens += result.prompt_tokens;
    }

    /// What it has beyond the sum of these results.
    fn beyond(&self, shown: &[CountResult]) -> Self {
        let mut sum = Self::default();
        for result in shown {
            sum.add(result);
        }
        Self {
            results: self.results.saturating_sub(sum.results),
            content_tokens: self.content_tokens.saturating_sub(sum.content_tokens),
            framing_tokens: self.framing_tokens.saturating_sub(sum.framing_tokens),
            prompt_tokens: self.prompt_tokens.saturating_sub(sum.prompt_tokens),
        }
    }
}

impl RowAnswer for CountResult {
    const SHOWN: ShownRows = ShownRows::Largest(1_000);

    fn input(&self) -> Option<&str> {
        Some(&self.input)
    }

    fn size(&self) -> i128 {
        self.prompt_tokens.get().into()
    }

    fn is_large(&self) -> bool {
        let pieces = self.parts.iter().filter_map(|part| part.pieces.as_ref());
        pieces.map(|pieces| pieces.text.len()).sum::<usize>() > LARGE
    }

    fn notes(&self) -> Vec<String> {
        let estimates = self.assumptions.iter().map(|reason| format!("estimate: {reason}"));
        let basis = self.basis.iter().map(|basis| format!("reconstructed: {basis}"));
        estimates.chain(basis).collect()
    }
}

/// The pieces of so many bytes are written one by one.
const LARGE: usize = 1 << 20;

/// `; between 1,004 and 2,015, 1,300 on average`, or nothing.
fn between(range: Option<TokenRange>) -> String {
    range.map_or_else(String::new, |range| {
        format!("; between {} and {}, {} on average", range.low, range.high, range.mean)
    })
}

impl Answer for CountResult {
    const COMMAND: &'static str = "count";
    const HEADING: &'static str = "Prompt tokens";
    const COLUMNS: &'static [&'static str] = &[
        "input",
        "model",
        "also_models",
        "encoding",
        "fidelity",
        CountError::COLUMNS,
        "content_tokens",
        "framing_tokens",
        "prompt_tokens",
        "prompt_tokens_range.low",
        "prompt_tokens_range.mean",
        "prompt_tokens_range.high",
        "basis",
        "parts",
        "assumptions",
        "template",
    ];
    type Total = CountTotal;

    fn row(&self) -> Option<RowFigures<'_>> {
        Some(RowFigures {
            template: self.template.as_deref()?,
            model: &self.model,
            prompt_tokens: self.prompt_tokens,
            cost_usd: None,
            worst_case_cost_usd: None,
        })
    }

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        match report.results.as_slice() {
            [] => {}
            [result] => single(&mut document, report, result),
            results => many(&mut document, results, report),
        }
        DatasetSpread::add_tables(&report.datasets, &mut document);
        document
    }
}

fn single(document: &mut Document, report: &Report<CountResult>, result: &CountResult) {
    let sure = between(result.prompt_tokens_range);
    document.headline(
        result.prompt_tokens.to_string(),
        format!("prompt tokens with {}, {}", result.model, result.fidelity),
        sure.trim_start_matches("; "),
    );
    document.title(format!("{} · {}", result.input, report.heading_of(&result.model)));
    let mut table = Table::default().numbers(["tokens"]).texts(["role", "part"]);
    for part in &result.parts {
        table.row([
            part.tokens.to_string(),
            part.role.unwrap_or_default().to_owned(),
            part.part.clone(),
        ]);
    }
    table.row([result.framing_tokens.to_string(), String::new(), "framing".to_owned()]);
    document.table(table);
    show(document, result);
    for assumption in &result.assumptions {
        document.note(format!("estimate: {assumption}"));
    }
    if let Some(basis) = &result.basis {
        document.note(format!("reconstructed: {basis}"));
    }
    let tone = match result.fidelity {
        Fidelity::Exact | Fidelity::Reconstructed => Emphasis::Good,
        Fidelity::Declared | Fidelity::Estimate => Emphasis::Caution,
    };
    document.line(
        tone,
        format!(
            "{} prompt tokens, {} ({}){}",
            result.prompt_tokens,
            result.fidelity,
            result.encoding,
            between(result.prompt_tokens_range)
        ),
    );
}

/// The model, and how many others with its tokenizer it represents.
fn models(result: &CountResult) -> String {
    match result.also_models.len() {
        0 => result.model.clone(),
        others => {
            format!("{} and {} ({})", result.model, plural(others, "other"), result.encoding)
        }
    }
}

/// The fidelity, with the range of an estimate.
fn sureness(result: &CountResult) -> String {
    match result.prompt_tokens_range {
        Some(range) => format!("{}, {} to {}", result.fidelity, range.low, range.high),
        None => result.fidelity.to_string(),
    }
}

/// Shows the pieces, where they were asked for.
fn show(document: &mut Document, result: &CountResult) {
    let shown = result.parts.iter().filter_map(|part| Some((part, part.pieces.as_ref()?)));
    let single = result.parts.len() == 1;
    for (part, pieces) in shown {
        if !single {
            document.title(&part.part);
        }
        let pieces = pieces.clone();
        document.pairs(Pairs::new(move |each| {
            pieces.each(|PieceTokens { text, ids }| {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                each(ids.join(" "), format!("{text:?}"));
            });
        }));
    }
}

fn many(document: &mut Document, results: &[CountResult], report: &Report<CountResult>) {
    let mut table = Table::default()
        .numbers(["prompt", "content", "framing"])
        .texts(["fidelity", "model"])
        .paths(["input"]);
    for result in results {
        table.row([
            result.prompt_tokens.to_string(),
            result.content_tokens.to_string(),
            result.framing_tokens.to_string(),
            sureness(result),
            models(result),
            result.input.clone(),
        ]);
    }
    let summed = |total: &CountTotal, name: String| {
        let tokens = [total.prompt_tokens, total.content_tokens, total.framing_tokens];
        let [prompt, content, framing] = tokens.map(|tokens| tokens.to_string());
        [prompt, content, framing, String::new(), String::new(), name]
    };
    if let Some(total) = &report.total {
        let same_model = results.iter().all(|result| result.model == results[0].model);
        let with = if same_model { format!(" with {}", results[0].model) } else { String::new() };
        document.headline(
            total.prompt_tokens.to_string(),
            format!("prompt tokens in {}{with}", plural(total.results, "input")),
            "",
        );
        if report.left_out.rows > 0 {
            let others = plural(report.left_out.rows, "smaller one");
            table.row(summed(&total.beyond(results), others));
        }
        table.strong_row(summed(total, format!("total of {}", grouped(total.results))));
    }
    document.table(table);
    for result in results {
        if result.parts.iter().any(|part| part.pieces.is_some()) {
            document.title(format!("{} · {}", result.input, result.model));
            show(document, result);
        }
    }
    let UnshownRows { rows, notes } = &report.left_out;
    let shown: Vec<String> = results.iter().flat_map(RowAnswer::notes).collect();
    for note in distinct(shown.iter().chain(notes)) {
        document.note(note);
    }
    if *rows > 0 {
        document.note(format!(
            "the {} largest are shown; `--format json` and `--format csv` have the other {} too",
            grouped(results.len()),
            grouped(*rows)
        ));
    }
}
