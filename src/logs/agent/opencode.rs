//! OpenCode messages: reasoning stands beside the output, and the cache beside the input.

use serde::Deserialize;

use crate::Error;
use crate::logs::counts::{Count, Counts};
use crate::logs::day;
use crate::logs::object::{Object, malformed};
use crate::logs::record::{Entry, Finish, LogFormat, UsageRecord};

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("sessionID") && object.has("role")
}

#[derive(Deserialize)]
struct TokenCounts {
    input: Count,
    output: Count,
    reasoning: Count,
    cache: Cache,
}

#[derive(Deserialize)]
struct Cache {
    read: Count,
    write: Count,
}

pub(crate) fn read(object: &Object<'_>) -> Result<Entry, Error> {
    if !object.is("role", "assistant") {
        return Ok(Entry::NoCall);
    }
    let tokens: Option<TokenCounts> = object.value("tokens")?;
    let tokens = tokens.ok_or_else(|| malformed("the message has no tokens".to_owned()))?;
    let counts = Counts {
        prompt: Some(tokens.input.0),
        cached: Some(tokens.cache.read.0),
        written: Some(tokens.cache.write.0),
        completion: Some(tokens.output.0),
        reasoning: Some(tokens.reasoning.0),
        total: None,
    };
    let mut record = UsageRecord::new(LogFormat::Opencode, counts.with_parts_outside().bill()?);
    record.id = object.text(&["id"])?;
    record.model = object.text(&["modelID"])?;
    if let Some(time) = object.object("time")? {
        record.day = day::of(&time, &["created"])?;
    }
    record.finish = match object.at("error.name").as_deref() {
        Some("MessageOutputLengthError") => Finish::Length,
        Some(_) => Finish::Other,
        None => object.at("finish").map_or(Finish::Unknown, |reason| Finish::of(&reason)),
    };
    Ok(Entry::Call(record))
}
