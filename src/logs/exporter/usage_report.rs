//! What OpenAI and Anthropic report of an organisation's usage and costs: sums of many calls, by
//! bucket of time.
//!
//! A rate that depends on the length of a prompt cannot be seen in a sum.

use serde_json::value::RawValue;

use crate::Error;
use crate::catalog::Tier;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts, amount};
use crate::logs::object::{Object, malformed, parse};
use crate::logs::record::{Entry, LogFormat, RecordedCost, ServiceTier, UsageRecord};
use crate::units::Tokens;

/// A bucket: a time, and results.
pub(crate) fn is_bucket(object: &Object<'_>) -> bool {
    (object.has("start_time") || object.has("starting_at"))
        && object.get("results").is_some_and(|results| results.get().starts_with('['))
}

pub(crate) fn read_bucket(object: &Object<'_>) -> Result<Vec<Result<Entry, Error>>, Error> {
    let results = object.get("results").map_or("[]", RawValue::get);
    let results: Vec<&RawValue> = parse("results", results)?;
    let moment = day::of(object, &["start_time", "starting_at"])?;
    let entry = |raw: &&RawValue| -> Result<Entry, Error> {
        let result = Object::parse(raw.get())?;
        let mut entry = read_result(&result)?;
        if let Entry::Call(record) = &mut entry {
            // The hours of a day are not known, so neither is what depends on them.
            record.day = moment.map(|moment| moment.day);
        }
        Ok(entry)
    };
    Ok(results.iter().map(entry).collect())
}

pub(crate) fn is_result(object: &Object<'_>) -> bool {
    object.get("object").is_some_and(|kind| kind.get().starts_with("\"organization."))
}

pub(crate) fn read_result(result: &Object<'_>) -> Result<Entry, Error> {
    let kind = result.text(&["object"])?.unwrap_or_default();
    if result.has("amount") {
        return costs(result).map(Entry::from);
    }
    if result.has("num_model_requests") || result.has("input_tokens") {
        return openai(result).map(Entry::from);
    }
    if result.has("uncached_input_tokens") {
        return anthropic(result).map(Entry::from);
    }
    if kind.contains("moderations") {
        return Ok(Entry::NoCall);
    }
    let what = if kind.is_empty() { "this result" } else { &kind };
    Err(malformed(format!("`{what}` is not read: it has no tokens")).hint(
        "ask for the costs of the same days: /v1/organization/costs has every kind of charge",
    ))
}

fn openai(result: &Object<'_>) -> Result<UsageRecord, Error> {
    let mut figures: Figures = Figures::of(result)?;
    if figures.get(Figure::Completion).is_none() {
        figures.put(Figure::Completion, Some(Tokens::ZERO));
    }
    let mut record = UsageRecord::of(LogFormat::OpenaiUsage, figures, Parts::Inside)?;
    record.model = result.text(&["model"])?;
    record.requests = result.at("num_model_requests").and_then(|n| n.parse().ok()).unwrap_or(1);
    match result.at("batch").as_deref() {
        Some("true") => record.tier = ServiceTier::Known(Tier::Batch),
        Some(_) => {}
        None => record.unread.push("batch (ask for it with group_by=batch)".to_owned()),
    }
    if let Some(tier) = result.text(&["service_tier"])? {
        record.tier = ServiceTier::of(&tier);
    }
    Ok(record)
}

fn anthropic(result: &Object<'_>) -> Result<UsageRecord, Error> {
    let figures: Figures = Figures::of(result)?;
    let mut record = UsageRecord::of(LogFormat::AnthropicUsage, figures, Parts::BySpelling)?;
    record.model = result.text(&["model"])?;
    record.set_context(&result.text(&["context_window"])?.unwrap_or_default());
    Ok(record)
}

/// An amount that was charged, by line of the bill.
fn costs(result: &Object<'_>) -> Result<UsageRecord, Error> {
    let (value, currency, in_cents) = match result.object("amount")? {
        Some(amount) => (amount.at("value"), amount.text(&["currency"])?, false),
        // Anthropic writes cents, as a decimal text.
        None => (result.at("amount"), result.text(&["currency"])?, true),
    };
    let currency = currency.unwrap_or_else(|| "usd".to_owned());
    if !currency.eq_ignore_ascii_case("usd") {
        let message = format!("the amount is in {currency}; only US dollars are read");
        return Err(malformed(message).hint("ask for the report in US dollars"));
    }
    let value: Option<f64> = value.and_then(|value| value.parse().ok());
    let dollars = value.map(|value| if in_cents { value / 100.0 } else { value });
    let usd =
        dollars.and_then(amount).ok_or_else(|| malformed("`amount` is not a sum".to_owned()))?;
    let mut figures = Figures::default();
    for figure in [Figure::Prompt, Figure::Completion] {
        figures.put(figure, Some(Tokens::ZERO));
    }
    let format = if in_cents { LogFormat::AnthropicUsage } else { LogFormat::OpenaiUsage };
    let mut record = UsageRecord::of(format, figures, Parts::Inside)?;
    record.requests = 0;
    record.recorded = Some(RecordedCost { usd, is_bill: true });
    let line = result.text(&["line_item", "model", "description"])?;
    // "gpt-5-2025-08-07, cached input" is of that model.
    record.model = line.map(|line| line.split(", ").next().unwrap_or_default().to_owned());
    Ok(record)
}
