//! Sessions of Gemini CLI: one object with all messages, or a message per line. Thoughts are beside
//! the output, and cached tokens inside the input.

use serde_json::value::RawValue;

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figures, Parts};
use crate::logs::object::{Object, malformed, parse};
use crate::logs::record::{Entry, LogFormat, UsageRecord};

pub(crate) fn is_session(object: &Object<'_>) -> bool {
    object.has("sessionId")
        && object.get("messages").is_some_and(|messages| messages.get().starts_with('['))
}

pub(crate) fn read_session(object: &Object<'_>) -> Result<Vec<Result<Entry, Error>>, Error> {
    let messages: Vec<&RawValue> =
        parse("messages", object.get("messages").map_or("[]", RawValue::get))?;
    let session = object.text(&["sessionId"])?;
    let read = |raw: &&RawValue| {
        let message = Object::parse(raw.get())?;
        if !is_message(&message) {
            return Ok(Entry::NoCall);
        }
        let mut entry = read_message(&message)?;
        if let Entry::Call(record) = &mut entry {
            // The ids of a file count from 1.
            record.id = match (&session, record.id.take()) {
                (Some(session), Some(id)) => Some(format!("{session}/{id}")),
                (_, id) => id,
            };
        }
        Ok(entry)
    };
    Ok(messages.iter().map(read).collect())
}

pub(crate) fn is_message(object: &Object<'_>) -> bool {
    object.is("type", "gemini")
}

pub(crate) fn read_message(object: &Object<'_>) -> Result<Entry, Error> {
    if !object.has("tokens") {
        return Ok(Entry::NoCall);
    }
    let figures: Figures =
        object.value("tokens")?.ok_or_else(|| malformed("there are no tokens".to_owned()))?;
    let mut record = UsageRecord::of(LogFormat::GeminiCli, figures, Parts::BySpelling)?;
    record.id = object.text(&["id"])?;
    record.model = object.text(&["model"])?;
    record.set_moment(day::of(object, &["timestamp"])?);
    record.is_snapshot = record.id.is_some();
    Ok(record.into())
}
