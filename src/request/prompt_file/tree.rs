//! Values of a prompt file by name.

use serde_json::Value;

use super::super::api::chat;
use super::super::message::Request;
use super::super::origin::Origin;
use super::super::settings::ThinkingSetting;
use super::super::unknown::Unknown;
use crate::json;
use crate::names::nearest;
use crate::units::{Position, Tokens};
use crate::{Error, ErrorKind};

/// The value under the first of several names; a name such as `a.b` leads down.
pub(super) fn at<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    let found =
        names.iter().find_map(|name| name.split('.').try_fold(value, |value, key| value.get(key)));
    found.filter(|value| !value.is_null())
}

/// The text under the first of several names.
pub(super) fn text<'v>(value: &'v Value, names: &[&str]) -> Option<&'v str> {
    at(value, names)?.as_str()
}

/// A value as a template shows it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An error about a file that is not what its format says.
pub(super) fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
        .hint("pass `--as text` to count the file as it stands")
}

/// The messages of a list, read as those of Chat Completions.
pub(super) fn messages(list: &Value, request: &mut Request) -> Result<(), Error> {
    let written = list.to_string();
    let value = json::Value::parse(&written)?;
    let read = chat::messages(&value.as_array()?, request);
    // Places in the rewritten text mean nothing to the reader of the file.
    let read = read.map_err(|e| malformed(format!("`messages`: {}", e.message())))?;
    request.unread.iter_mut().for_each(|key| key.position = Position::START);
    request.messages.extend(
        read.into_iter().map(|message| super::super::message::Message { span: None, ..message }),
    );
    Ok(())
}

/// Notes keys at the top of a file that are nearly those of its prompt; its other keys may be the author's own.
pub(super) fn check_keys(tree: &Value, of_prompt: &[&str], request: &mut Request) {
    let keys = tree.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    for key in keys.filter(|key| !of_prompt.contains(key)) {
        if let [meant] = nearest(key, of_prompt.iter().copied(), 1)[..] {
            let why = format!("this format has no such key, but `{meant}`");
            request.note_unread(Unknown { what: key.to_owned(), why, position: Position::START });
        }
    }
}

/// Takes model parameters under the many names that tools give them.
pub(super) fn settings(parameters: &Value, request: &mut Request) -> Result<(), Error> {
    const CAPS: [(&str, &str); 6] = [
        ("max_completion_tokens", "max_completion_tokens"),
        ("maxCompletionTokens", "max_completion_tokens"),
        ("max_output_tokens", "max_output_tokens"),
        ("maxOutputTokens", "maxOutputTokens"),
        ("max_tokens", "max_tokens"),
        ("maxTokens", "max_tokens"),
    ];
    for (name, field) in CAPS {
        if let Some(cap) = at(parameters, &[name]) {
            let tokens = cap
                .as_u64()
                .ok_or_else(|| malformed(format!("`{name}` is {cap}, not a whole number")))?;
            request.settings.cap = Some(Tokens::new(tokens));
            request.settings.cap_field = Some(field);
            break;
        }
    }
    if let Some(effort) =
        text(parameters, &["reasoning_effort", "reasoningEffort", "reasoning.effort", "effort"])
    {
        request.settings.effort = Some(effort.to_owned());
    }
    let thinking = at(parameters, &["thinking", "thinkingConfig"]);
    let budget = thinking.and_then(|thinking| at(thinking, &["budget_tokens", "thinkingBudget"]));
    if let Some(budget) = budget.and_then(Value::as_u64) {
        request.settings.thinking = Some(if budget == 0 {
            ThinkingSetting::Off
        } else {
            ThinkingSetting::Budget(Tokens::new(budget))
        });
    } else if thinking.and_then(|thinking| text(thinking, &["type"])) == Some("disabled") {
        request.settings.thinking = Some(ThinkingSetting::Off);
    }
    if let Some(n) = at(parameters, &["n", "candidateCount"]).and_then(Value::as_u64) {
        request.settings.choices = n.max(1);
    }
    Ok(())
}

/// A request of a prompt file.
pub(super) fn request(origin: Origin) -> Request {
    Request::from_messages(origin, Vec::new())
}
