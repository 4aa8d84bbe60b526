//! Anthropic's messages, whole and streamed, and the results of its batches.
//!
//! The prompt leaves out what was read from and written to the cache; thinking is inside the output.
//! A call that was compacted, or that asked an advisor, has `usage.iterations`: each is a request
//! with a bill of its own, and the figures beside them leave some of them out.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Error;
use crate::catalog::Tier;
use crate::logs::figures::{Figures, Parts};
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{
    AnthropicEvent, Entry, Finish, LogFormat, PartialMessage, ServiceTier, Unbilled, UsageRecord,
};
use crate::logs::visible_output::VisibleOutput;
use crate::units::Tokens;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.is("type", "message") && object.has("usage")
}

#[derive(Deserialize)]
struct Block<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

/// Every request of a message: mostly one.
pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Vec<UsageRecord>, Error> {
    let figures: Figures =
        object.value("usage")?.ok_or_else(|| malformed("the message has no usage".to_owned()))?;
    let mut records = requests(LogFormat::Anthropic, figures)?;
    let (id, model) = (object.text(&["id"])?, object.text(&["model"])?);
    for (i, record) in records.iter_mut().enumerate() {
        record.id = id.as_ref().map(|id| numbered(id, i));
        record.model = record.model.take().or_else(|| model.clone());
    }
    let last =
        records.last_mut().ok_or_else(|| malformed("the message has no usage".to_owned()))?;
    last.finish = object.text(&["stop_reason"])?.map_or(Finish::Unknown, |r| Finish::of(&r));
    let mut seen = VisibleOutput::new(options.keep_text);
    if object.get("content").is_some_and(|content| content.get().starts_with('[')) {
        for block in object.value::<Vec<Block<'_>>>("content")?.unwrap_or_default() {
            match block.r#type.as_deref() {
                Some("thinking" | "redacted_thinking") => {}
                Some("text") => seen.content(block.text),
                _ => seen.something(),
            }
        }
    } else {
        seen.content(object.get("content"));
    }
    last.visible = seen.into_visible();
    Ok(records)
}

/// The entries of a message: its requests, or nothing billed where it was refused before any output.
pub(crate) fn entries(object: &Object<'_>, options: &ReadOptions) -> Result<Vec<Entry>, Error> {
    let records = read(object, options)?;
    let is_without_output =
        records.iter().all(|record| record.bill.usage.completion() == Tokens::ZERO);
    if object.is("stop_reason", "refusal") && is_without_output {
        return Ok(vec![Entry::Unbilled(Unbilled::Failed)]);
    }
    Ok(records.into_iter().map(Entry::from).collect())
}

/// The id of the `i`th request of a message.
fn numbered(id: &str, i: usize) -> String {
    if i == 0 { id.to_owned() } else { format!("{id}#{}", i + 1) }
}

/// The requests that a usage is made of: itself, or each of its iterations.
pub(crate) fn requests(format: LogFormat, figures: Figures) -> Result<Vec<UsageRecord>, Error> {
    if figures.iterations.is_empty() {
        return Ok(vec![UsageRecord::of(format, figures, Parts::BySpelling)?]);
    }
    let mut terms = figures;
    let iterations = std::mem::take(&mut terms.iterations);
    let mut records = Vec::with_capacity(iterations.len());
    for iteration in iterations {
        let bill = iteration.figures.bill(Parts::BySpelling)?;
        let mut record = UsageRecord::new(format, bill);
        record.model = iteration.model;
        let mut own = iteration.figures;
        // What the whole call asked for holds for each of its requests.
        own.tier = own.tier.or_else(|| terms.tier.clone());
        own.speed = own.speed.or_else(|| terms.speed.clone());
        own.residency = own.residency.or_else(|| terms.residency.clone());
        record.take_terms(own);
        records.push(record);
    }
    if let Some(last) = records.last_mut() {
        // Uses of tools and what is not understood are reported for the whole call.
        if last.tools.is_empty() {
            last.tools = terms.tools;
        }
        last.unread.append(&mut terms.unread);
    }
    Ok(records)
}

/// `{"custom_id", "result": {"type", "message" or "error"}}`
pub(crate) fn is_batch_result(object: &Object<'_>) -> bool {
    object.has("custom_id") && object.get("result").is_some_and(|r| r.get().starts_with('{'))
}

pub(crate) fn read_batch_result(
    object: &Object<'_>,
    options: &ReadOptions,
) -> Result<Vec<Entry>, Error> {
    let result = object.object("result")?;
    let result = result.ok_or_else(|| malformed("`result` is not an object".to_owned()))?;
    let kind = result.text(&["type"])?.unwrap_or_default();
    match kind.as_str() {
        "succeeded" => {
            let message = result.object("message")?;
            let message =
                message.ok_or_else(|| malformed("`result.message` is missing".to_owned()))?;
            let mut records = read(&message, options)?;
            for record in &mut records {
                record.format = LogFormat::Batch;
                record.tier = ServiceTier::Known(Tier::Batch);
            }
            Ok(records.into_iter().map(Entry::from).collect())
        }
        "errored" | "canceled" => Ok(vec![Entry::Unbilled(Unbilled::Failed)]),
        "expired" => Ok(vec![Entry::Unbilled(Unbilled::Expired)]),
        other => Err(malformed(format!("a result of the type `{other}` is not known"))),
    }
}

/// The events of a stream.
pub(crate) fn is_event(object: &Object<'_>) -> bool {
    [
        "message_start",
        "message_delta",
        "message_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "ping",
    ]
    .iter()
    .any(|event| object.is("type", event))
}

pub(crate) fn read_event(object: &Object<'_>) -> Result<Entry, Error> {
    let partial = |source: &Object<'_>, reason: Option<String>| -> Result<Box<_>, Error> {
        Ok(Box::new(PartialMessage {
            id: source.text(&["id"])?,
            model: source.text(&["model"])?,
            finish: reason.map_or(Finish::Unknown, |reason| Finish::of(&reason)),
            figures: source.value("usage")?.unwrap_or_default(),
        }))
    };
    let event = if object.is("type", "message_start") {
        let message = object.object("message")?;
        let message = message.ok_or_else(|| malformed("`message` is missing".to_owned()))?;
        AnthropicEvent::Start(partial(&message, None)?)
    } else if object.is("type", "message_delta") {
        AnthropicEvent::Delta(partial(object, object.at("delta.stop_reason"))?)
    } else if object.is("type", "message_stop") {
        AnthropicEvent::Stop
    } else {
        return Ok(Entry::NoCall);
    };
    Ok(Entry::Anthropic(event))
}
