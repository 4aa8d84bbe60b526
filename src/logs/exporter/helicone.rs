//! Helicone exports, with the bodies of request and response or without.

use crate::Error;
use crate::logs::counts::Counts;
use crate::logs::day;
use crate::logs::maker::api_response;
use crate::logs::maker::responses::tokens;
use crate::logs::object::Object;
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, LogFormat, Unbilled, UsageRecord};

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("request_created_at") || (object.has("request_body") && object.has("response_body"))
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let status = object.at("response_status").and_then(|status| status.parse::<i64>().ok());
    // Helicone gives -1 to -4 to requests that never ended.
    if status.is_some_and(|status| !(200..300).contains(&status)) {
        return Ok(Entry::Unbilled(Unbilled::Failed));
    }
    let answer = object.nested("response_body")?;
    let answer = answer.as_deref().map(Object::parse).transpose()?;
    let mut entry = match answer.as_ref().and_then(|answer| api_response::read(answer, options)) {
        Some(entry) => entry?,
        None => Entry::Call(UsageRecord::new(LogFormat::Helicone, counts(object)?.bill()?)),
    };
    if let Entry::Call(record) = &mut entry {
        record.format = LogFormat::Helicone;
        let or = |found: Option<String>, keys: &[&str]| match found {
            Some(found) => Ok(Some(found)),
            None => object.text(keys),
        };
        record.id = or(record.id.take(), &["response_id", "request_id"])?;
        record.model = or(record.model.take(), &["response_model", "model", "request_model"])?;
        record.day = day::of(object, &["request_created_at"])?.or(record.day);
        let request = object.nested("request_body")?;
        if let Some(request) = request.as_deref().map(Object::parse).transpose()? {
            api_response::add_request(record, &request)?;
        }
    }
    Ok(entry)
}

/// The figures of the row itself.
fn counts(object: &Object<'_>) -> Result<Counts, Error> {
    let counts = Counts {
        prompt: tokens(object, "prompt_tokens")?,
        cached: tokens(object, "prompt_cache_read_tokens")?,
        written: tokens(object, "prompt_cache_write_tokens")?,
        completion: tokens(object, "completion_tokens")?,
        reasoning: tokens(object, "reasoning_tokens")?,
        total: tokens(object, "total_tokens")?,
    };
    Ok(counts.placed_by_total(false))
}
