//! The lines of `outlay audit --each`.

use jiff::civil::Date;
use serde::Serialize;

use crate::Error;
use crate::history::Charge;
use crate::logs::{LogFormat, ServiceTier, Unbilled, UsageRecord};
use crate::report::render::{self, unserialisable};
use crate::units::{Money, Tokens};

/// A record of a log with what it cost.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EachRecord {
    /// Where it stands: `path:line`.
    pub input: String,
    /// The form it was logged in.
    pub format: Option<LogFormat>,
    /// The id of the response.
    pub id: Option<String>,
    /// The id of the model; its name in the log where the catalogue does not have it.
    pub model: Option<String>,
    /// The day, UTC.
    pub day: Option<Date>,
    /// The label of the task.
    pub task: Option<String>,
    /// The service tier.
    pub tier: Option<String>,
    /// Prompt tokens.
    pub prompt_tokens: Option<Tokens>,
    /// Prompt tokens read from the cache.
    pub cached_tokens: Option<Tokens>,
    /// Prompt tokens written to the cache.
    pub cache_write_tokens: Option<Tokens>,
    /// Completion tokens, reasoning included.
    pub completion_tokens: Option<Tokens>,
    /// Reasoning tokens, where the log has them.
    pub reasoning_tokens: Option<Tokens>,
    /// The cap that was sent.
    pub max_completion_tokens: Option<Tokens>,
    /// Whether the answer was cut off.
    pub truncated: Option<bool>,
    /// Whether nothing of it could be seen.
    pub empty: Option<bool>,
    /// What it cost; nothing where there is no price, and for a call that was counted before.
    pub cost_usd: Option<Money>,
    /// What the cache saved.
    pub saved_usd: Option<Money>,
    /// Whether it was counted before.
    pub duplicate: bool,
    /// Why it has no bill.
    pub unbilled: Option<Unbilled>,
    /// Why it cannot be read or priced.
    pub error: Option<String>,
    /// What it was charged for and the cost does not have: keys of the log, uses of tools.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<String>,
    /// What the log says that it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_usd: Option<Money>,
}

impl EachRecord {
    /// The columns of the CSV form.
    pub const COLUMNS: &'static [&'static str] = &[
        "input",
        "format",
        "id",
        "model",
        "day",
        "task",
        "tier",
        "prompt_tokens",
        "cached_tokens",
        "cache_write_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "max_completion_tokens",
        "truncated",
        "empty",
        "cost_usd",
        "saved_usd",
        "duplicate",
        "unbilled",
        "error",
        "lacking",
        "recorded_usd",
    ];

    /// A record of which only the place is known.
    #[must_use]
    pub fn at(input: String) -> Self {
        Self { input, ..Self::default() }
    }

    /// A call and its charge.
    #[must_use]
    pub fn call(input: String, record: &UsageRecord, charge: &Result<Charge<'_>, Error>) -> Self {
        let usage = record.bill.usage;
        let prompt = |tokens| record.bill.prompt_known.then_some(tokens);
        let priced = charge.as_ref().ok();
        Self {
            format: Some(record.format),
            id: record.id.clone(),
            model: priced.map(|c| c.id.clone().into_owned()).or_else(|| record.model.clone()),
            day: record.day,
            task: record.task.clone(),
            tier: Some(match &record.tier {
                ServiceTier::Known(tier) => tier.name().to_owned(),
                ServiceTier::Other(name) => name.clone(),
            }),
            prompt_tokens: prompt(usage.prompt()),
            cached_tokens: prompt(usage.cached()),
            cache_write_tokens: prompt(usage.written() + usage.written_extended()),
            completion_tokens: Some(usage.completion()),
            reasoning_tokens: record.bill.reasoning,
            max_completion_tokens: record.cap,
            truncated: Some(record.truncated()),
            empty: Some(record.empty()),
            cost_usd: priced.map(|c| c.cost),
            saved_usd: priced.map(|c| c.bill.saved()),
            error: charge.as_ref().err().map(|e| e.message().to_owned()),
            lacking: record
                .unread
                .iter()
                .chain(priced.iter().flat_map(|c| &c.lacking))
                .cloned()
                .collect(),
            recorded_usd: record.recorded.map(|recorded| recorded.usd),
            ..Self::at(input)
        }
    }

    /// The record as a line of JSON.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Usage`] when it cannot be written, which would be a mistake of ours.
    pub fn json_line(&self) -> Result<String, Error> {
        serde_json::to_string(self).map(|line| line + "\n").map_err(unserialisable)
    }

    /// The record as a row of CSV.
    ///
    /// # Errors
    /// As [`EachRecord::json_line`].
    pub fn csv_line(&self) -> Result<String, Error> {
        let record = serde_json::to_value(self).map_err(unserialisable)?;
        render::rows(&render::columns(Self::COLUMNS), &[record])
    }

    /// The header of the CSV form.
    ///
    /// # Errors
    /// As [`EachRecord::json_line`].
    pub fn csv_header() -> Result<String, Error> {
        render::row(Self::COLUMNS.iter())
    }
}
