//! The body of an API's answer, whichever API it was, as other logs wrap it.

use super::anthropic;
use super::chat;
use super::gemini;
use super::responses;
use super::responses::tokens;
use crate::Error;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Unbilled, UsageRecord};

/// Reads the answer, when it is one.
pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Option<Result<Entry, Error>> {
    // Most logs hold Chat Completions, so that is looked for first.
    if chat::is(object) {
        Some(chat::read(object, options))
    } else if responses::is(object) {
        Some(responses::read(object, options))
    } else if anthropic::is(object) {
        Some(anthropic::read(object, options))
    } else if gemini::is(object) {
        Some(gemini::read(object, options))
    } else if is_error(object) {
        Some(Ok(Entry::Unbilled(Unbilled::Failed)))
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
) -> Result<Entry, Error> {
    read(object, options)
        .unwrap_or_else(|| Err(malformed(format!("`{wrapper}` is the answer of no known API"))))
}

/// Adds what only the request says.
pub(crate) fn add_request(record: &mut UsageRecord, request: &Object<'_>) -> Result<(), Error> {
    for cap in ["max_completion_tokens", "max_output_tokens", "max_tokens"] {
        if record.cap.is_none() {
            record.cap = tokens(request, cap)?;
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
