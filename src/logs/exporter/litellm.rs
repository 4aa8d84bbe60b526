//! LiteLLM: rows of its spend log, and the payload that it gives to loggers.
//!
//! The row has no column for reasoning or cached tokens. They are in the usage that LiteLLM keeps in
//! `metadata.usage_object`, or in the response where responses are stored; both may be text.

use crate::Error;
use crate::logs::counts::{Counts, OpenAiUsage};
use crate::logs::day;
use crate::logs::maker::api_response;
use crate::logs::maker::chat;
use crate::logs::maker::responses::tokens;
use crate::logs::object::Object;
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, LogFormat, ServiceTier, Unbilled, UsageRecord};

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("call_type") && object.has("startTime")
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    if object.is("status", "failure") {
        return Ok(Entry::Unbilled(Unbilled::Failed));
    }
    let cached = object.at("cache_hit").is_some_and(|hit| hit.eq_ignore_ascii_case("true"));
    if cached {
        return Ok(Entry::Unbilled(Unbilled::ProxyCache));
    }
    let metadata = object.nested("metadata")?;
    let metadata = metadata.as_deref().map(Object::parse).transpose()?;
    let response = object.nested("response")?;
    let response = response.as_deref().map(Object::parse).transpose()?;
    let stored = match metadata.as_ref().and_then(|m| m.value("usage_object").transpose()) {
        Some(usage) => Some(usage?),
        None => response.as_ref().and_then(|r| r.value("usage").transpose()).transpose()?,
    };
    let counts = Counts {
        prompt: tokens(object, "prompt_tokens")?,
        completion: tokens(object, "completion_tokens")?,
        total: tokens(object, "total_tokens")?,
        ..stored.map(OpenAiUsage::counts).unwrap_or_default()
    };
    let mut record = UsageRecord::new(LogFormat::Litellm, counts.bill()?);
    record.id = object.text(&["request_id", "id"])?;
    record.model = object.text(&["model"])?;
    record.day = day::of(object, &["startTime"])?;
    if let Some(response) = &response {
        chat::choices(response, options, &mut record);
        if let Some(tier) = response.at("service_tier") {
            record.tier = ServiceTier::of(&tier);
        }
    }
    for parameters in ["model_parameters", "proxy_server_request"] {
        let request = object.nested(parameters)?;
        if let Some(request) = request.as_deref().map(Object::parse).transpose()? {
            api_response::add_request(&mut record, &request)?;
        }
    }
    Ok(Entry::Call(record))
}
