//! Reports and baselines read back, to be compared.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::billing::PriceLists;
use crate::budget::{Baseline, BaselineEntry, Bound};
use crate::units::{Money, Tokens};
use crate::{Error, ErrorKind};

/// One prompt for one model, as one side of a comparison has it.
#[derive(Debug, Clone)]
pub struct Item {
    /// The name of the prompt, where it has one.
    pub prompt: Option<String>,
    /// The file, `file:line`, or `declared amounts`.
    pub input: String,
    /// The model.
    pub model: String,
    /// Prompt tokens, at their high end.
    pub prompt_tokens: Tokens,
    /// The expected cost of a call, or the worst case where nothing is expected.
    pub cost: Option<Money>,
    /// The same of all calls that are declared.
    pub calls_cost: Option<Money>,
    /// The tokens behind the costs, where this side keeps them.
    pub kept: Option<BaselineEntry>,
}

/// One side of a comparison.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The file or the git ref.
    pub name: String,
    /// The date of its prices.
    pub as_of: Date,
    /// The digest of its catalogue.
    pub catalog_digest: String,
    /// Its prices, where it keeps them.
    pub prices: Option<PriceLists>,
    /// Its prompts.
    pub items: Vec<Item>,
}

#[derive(Deserialize)]
struct Envelope {
    command: String,
    as_of: String,
    catalog: Digest,
    results: Vec<Value>,
}

#[derive(Deserialize)]
struct Digest {
    digest: String,
}

impl Recorded {
    /// The side that a baseline is.
    #[must_use]
    pub fn of(name: &str, baseline: Baseline) -> Self {
        let Baseline { as_of, catalog_digest, prices, prompts, .. } = baseline;
        let item = |kept: BaselineEntry| {
            let prices = prices.get(&kept.model).map(Vec::as_slice).unwrap_or_default();
            let size = &kept.size;
            let cost = size.cost(prices, Bound::Expected);
            let month = size.monthly_cost(prices, Bound::Expected);
            Item {
                prompt: Some(kept.prompt.clone()),
                input: kept.input.clone(),
                model: kept.model.clone(),
                prompt_tokens: size.prompt_tokens.high,
                cost: cost.or_else(|| size.cost(prices, Bound::WorstCase)),
                calls_cost: month.or_else(|| size.monthly_cost(prices, Bound::WorstCase)),
                kept: Some(kept),
            }
        };
        let items = prompts.into_iter().map(item).collect();
        Self { name: name.to_owned(), as_of, catalog_digest, prices: Some(prices), items }
    }

    /// Reads a baseline, or the JSON report of count, estimate, plan or check.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything else.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        if Baseline::looks_like(text) {
            return Ok(Self::of(name, Baseline::parse(text)?));
        }
        let refuse = |why: String| {
            Error::new(ErrorKind::Malformed, why).hint(
                "name a baseline, a git ref, or a report written with `--json` by count, estimate, plan or check",
            )
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let envelope: Envelope = serde_json::from_str(text)
            .map_err(|e| refuse(format!("this is neither a report nor a baseline: {e}")))?;
        let as_of = envelope.as_of.parse();
        let as_of = as_of.map_err(|_| refuse(format!("`{}` is not a date", envelope.as_of)))?;
        if !matches!(envelope.command.as_str(), "count" | "estimate" | "plan" | "check") {
            let why = format!("a report of `outlay {}` has nothing to compare", envelope.command);
            return Err(refuse(why));
        }
        let items: Option<Vec<Item>> = envelope.results.iter().map(item).collect();
        let items = items.ok_or_else(|| {
            refuse("a result of the report has no `model` or no `prompt_tokens`".to_owned())
        })?;
        let catalog_digest = envelope.catalog.digest;
        Ok(Self { name: name.to_owned(), as_of, catalog_digest, prices: None, items })
    }
}

/// A result of a report; `None` when it lacks what every result has.
fn item(result: &Value) -> Option<Item> {
    let text = |key: &str| result.get(key)?.as_str().map(ToOwned::to_owned);
    let tokens = result
        .get("prompt_tokens")
        .or_else(|| result.pointer("/size/prompt_tokens/high"))?
        .as_u64()?;
    let money = |key: &str| {
        let range = result.get(key)?;
        let end = |end: &str| range.get(end)?.as_str()?.parse::<Money>().ok();
        end("expected").or_else(|| end("worst_case"))
    };
    Some(Item {
        prompt: text("prompt"),
        input: text("input").unwrap_or_else(|| "declared amounts".to_owned()),
        model: text("model")?,
        prompt_tokens: Tokens::new(tokens),
        cost: money("cost_usd"),
        calls_cost: money("monthly_cost_usd").or_else(|| money("calls_cost_usd")),
        kept: None,
    })
}
