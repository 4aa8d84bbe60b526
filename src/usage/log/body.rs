//! The body of an API's answer, whichever API it was, as other logs wrap it.

use super::object::{Object, malformed};
use super::record::{Reading, Unbilled, UsageRecord};
use super::responses::tokens;
use super::rules::Rules;
use super::{anthropic, chat, gemini, responses};
use crate::Error;

/// Reads the answer, when it is one.
pub(super) fn read(object: &Object<'_>, rules: &Rules) -> Option<Result<Reading, Error>> {
    // Most logs hold Chat Completions, so that is looked for first.
    if chat::is(object) {
        Some(chat::read(object, rules))
    } else if responses::is(object) {
        Some(responses::read(object, rules))
    } else if anthropic::is(object) {
        Some(anthropic::read(object, rules))
    } else if gemini::is(object) {
        Some(gemini::read(object, rules))
    } else if is_error(object) {
        Some(Ok(Reading::Unbilled(Unbilled::Failed)))
    } else {
        None
    }
}

/// `{"error": {...}}`, with which every API refuses.
fn is_error(object: &Object<'_>) -> bool {
    object.get("error").is_some_and(|error| error.get().starts_with('{'))
}

/// Reads an answer that a log has wrapped; `wrapper` names the key.
pub(super) fn required(
    object: &Object<'_>,
    wrapper: &str,
    rules: &Rules,
) -> Result<Reading, Error> {
    read(object, rules)
        .unwrap_or_else(|| Err(malformed(format!("`{wrapper}` is the answer of no known API"))))
}

/// Adds what only the request says.
pub(super) fn add_request(record: &mut UsageRecord, request: &Object<'_>) -> Result<(), Error> {
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
