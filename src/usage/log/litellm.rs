//! LiteLLM: rows of its spend log, and the payload that it gives to loggers.
//!
//! The row has no column for reasoning or cached tokens. They are in the usage that LiteLLM keeps in
//! `metadata.usage_object`, or in the response where responses are stored; both may be text.

use super::body;
use super::chat;
use super::counts::{Counts, OpenAiUsage};
use super::day;
use super::object::Object;
use super::record::{LogFormat, Reading, ServiceTier, Unbilled, UsageRecord};
use super::responses::tokens;
use super::rules::Rules;
use crate::Error;

pub(super) fn is(object: &Object<'_>) -> bool {
    object.has("call_type") && object.has("startTime")
}

pub(super) fn read(object: &Object<'_>, rules: &Rules) -> Result<Reading, Error> {
    if object.is("status", "failure") {
        return Ok(Reading::Unbilled(Unbilled::Failed));
    }
    let cached = object.at("cache_hit").is_some_and(|hit| hit.eq_ignore_ascii_case("true"));
    if cached {
        return Ok(Reading::Unbilled(Unbilled::ProxyCache));
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
        chat::choices(response, rules, &mut record);
        if let Some(tier) = response.at("service_tier") {
            record.tier = ServiceTier::of(&tier);
        }
    }
    for parameters in ["model_parameters", "proxy_server_request"] {
        let request = object.nested(parameters)?;
        if let Some(request) = request.as_deref().map(Object::parse).transpose()? {
            body::add_request(&mut record, &request)?;
        }
    }
    Ok(Reading::Call(record))
}
