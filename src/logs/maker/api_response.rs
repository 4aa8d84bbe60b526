//! The body of an API's answer, whichever API it was, as other logs wrap it.

use super::{anthropic, bedrock, chat, cohere, gemini, responses};
use crate::Error;
use crate::logs::exporter::usage_object;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Unbilled, UsageRecord};

/// Reads the answer, when it is one: mostly one entry.
pub(crate) fn read(
    object: &Object<'_>,
    options: &ReadOptions,
) -> Option<Result<Vec<Entry>, Error>> {
    let one = |entry: Result<Entry, Error>| Some(entry.map(|entry| vec![entry]));
    // Most logs hold Chat Completions, so that is looked for first.
    if chat::is(object) {
        one(chat::read(object, options))
    } else if responses::is(object) {
        one(responses::read(object, options))
    } else if responses::is_event(object) {
        one(responses::read_event(object, options))
    } else if anthropic::is(object) {
        Some(anthropic::entries(object, options))
    } else if anthropic::is_event(object) {
        one(anthropic::read_event(object))
    } else if gemini::is(object) {
        one(gemini::read(object, options))
    } else if bedrock::is_answer(object) {
        one(bedrock::read_answer(object))
    } else if cohere::is(object) {
        one(cohere::read(object))
    } else if is_error(object) {
        one(Ok(Entry::Unbilled(Unbilled::Failed)))
    } else {
        None
    }
}

/// `{"error": {...}}`, with which every API refuses.
fn is_error(object: &Object<'_>) -> bool {
    object.get("error").is_some_and(|error| error.get().starts_with('{'))
}

/// Reads an answer that a log has wrapped; `wrapper` names the key.
pub(crate) fn required(
    object: &Object<'_>,
    wrapper: &str,
    options: &ReadOptions,
) -> Result<Vec<Entry>, Error> {
    read(object, options).unwrap_or_else(|| {
        if usage_object::is(object) {
            // Embeddings, images and the like have a usage and no form of their own.
            return usage_object::read(object).map(|entry| vec![entry]);
        }
        Err(malformed(format!("`{wrapper}` is the answer of no known API")))
    })
}

/// Adds what only the request says.
pub(crate) fn add_request(record: &mut UsageRecord, request: &Object<'_>) -> Result<(), Error> {
    for cap in ["max_completion_tokens", "max_output_tokens", "max_tokens"] {
        if record.cap.is_none() {
            record.cap = responses::tokens(request, cap)?;
        }
    }
    record.effort = record
        .effort
        .take()
        .or_else(|| request.at("reasoning_effort"))
        .or_else(|| request.at("reasoning.effort"));
    if record.model.is_none() {
        record.model = request.text(&["model"])?;
    }
    Ok(())
}

/// Applies `change` to every call among the entries.
pub(crate) fn for_each_call(
    entries: &mut [Entry],
    mut change: impl FnMut(&mut UsageRecord) -> Result<(), Error>,
) -> Result<(), Error> {
    for entry in entries {
        if let Entry::Call(record) = entry {
            change(record)?;
        }
    }
    Ok(())
}
