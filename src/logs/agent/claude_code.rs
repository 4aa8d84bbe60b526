//! Sessions of Claude Code, and what its SDK prints.
//!
//! A message is a line for each of its blocks, all with the same id; the last of them has the final
//! figures. A resumed session repeats lines of the one before it.

use serde::Deserialize;

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts, amount};
use crate::logs::maker::anthropic;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, LogFormat, RecordedCost, UsageRecord};
use crate::units::Tokens;

/// The model under which Claude Code writes messages of its own, such as errors.
const SYNTHETIC: &str = "<synthetic>";

pub(crate) fn is(object: &Object<'_>) -> bool {
    (object.is("type", "assistant") && object.has("message") && !object.has("usageMetadata"))
        || (object.is("type", "result") && object.has("usage") && is_of_session(object))
}

fn is_of_session(object: &Object<'_>) -> bool {
    object.has("sessionId") || object.has("session_id")
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Vec<Entry>, Error> {
    if object.is("type", "result") {
        return sums(object);
    }
    let message = object.object("message")?;
    let message = message.ok_or_else(|| malformed("`message` is not an object".to_owned()))?;
    if !message.has("usage") {
        return Ok(vec![Entry::NoCall]);
    }
    let mut records = anthropic::read(&message, options)?;
    let moment = day::of(object, &["timestamp"])?;
    let cost = object.at("costUSD").and_then(|cost| amount(cost.parse().ok()?));
    let request = object.text(&["requestId"])?;
    for record in &mut records {
        record.format = LogFormat::ClaudeCode;
        record.set_moment(moment);
        record.id = record.id.take().or_else(|| request.clone());
        record.is_snapshot = record.id.is_some();
        record.recorded = cost.map(|usd| RecordedCost { usd, is_bill: false });
    }
    let made_by_itself = |record: &UsageRecord| {
        let usage = record.bill.usage;
        record.model.as_deref() == Some(SYNTHETIC)
            && usage.prompt() + usage.completion() == Tokens::ZERO
    };
    records.retain(|record| !made_by_itself(record));
    if records.is_empty() {
        return Ok(vec![Entry::NoCall]);
    }
    Ok(records.into_iter().map(Entry::from).collect())
}

/// What one model of a session was used for.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ModelUsage {
    cost_usd: Option<f64>,
    #[serde(rename = "costUSD")]
    cost: Option<f64>,
}

/// The result of a session: its sums by model, or in all.
fn sums(object: &Object<'_>) -> Result<Vec<Entry>, Error> {
    let id = object.text(&["session_id", "sessionId", "uuid"])?;
    let mut entries = Vec::new();
    if let Some(models) = object.object("modelUsage")? {
        for (model, raw) in models.members() {
            let usage = Object::parse(raw.get())?;
            let mut figures = Figures::of(&usage)?;
            figures.put(Figure::Total, None);
            let costs: ModelUsage = serde_json::from_str(raw.get()).unwrap_or_default();
            let cost = costs.cost.or(costs.cost_usd).and_then(amount);
            let mut record = UsageRecord::of(LogFormat::ClaudeCode, figures, Parts::CacheBeside)?;
            record.model = Some(model.trim_end_matches("[1m]").to_owned());
            record.recorded = cost.map(|usd| RecordedCost { usd, is_bill: false });
            record.id = id.as_ref().map(|id| format!("{id}#{model}"));
            entries.push(Entry::SessionSum(record.into()));
        }
    } else {
        let figures: Figures = object.value("usage")?.unwrap_or_default();
        for mut record in anthropic::requests(LogFormat::ClaudeCode, figures)? {
            record.model = record.model.or(object.text(&["model"])?);
            record.id.clone_from(&id);
            entries.push(Entry::SessionSum(record.into()));
        }
    }
    Ok(entries)
}
