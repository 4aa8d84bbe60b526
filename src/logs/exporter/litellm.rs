//! LiteLLM: rows of its spend log, and the payload that it gives to loggers.
//!
//! The row has no column for reasoning or cached tokens. They are in the usage that LiteLLM keeps in
//! `metadata.usage_object`, or in the response where responses are stored; both may be text. Its
//! prompt has in it what was read from and written to the cache, whoever the maker is.

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts, amount};
use crate::logs::maker::api_response;
use crate::logs::maker::chat;
use crate::logs::maker::responses::tokens;
use crate::logs::object::Object;
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, LogFormat, RecordedCost, ServiceTier, Unbilled, UsageRecord};

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
    let mut figures: Figures = stored.unwrap_or_default();
    for (key, figure) in [
        ("prompt_tokens", Figure::Prompt),
        ("completion_tokens", Figure::Completion),
        ("total_tokens", Figure::Total),
    ] {
        figures.put(figure, tokens(object, key)?.or(figures.get(figure)));
    }
    let spend = object.at("spend").or_else(|| object.at("response_cost"));
    let spend = spend.and_then(|spend| amount(spend.parse().ok()?));
    figures.cost = None;
    let mut record = UsageRecord::of(LogFormat::Litellm, figures, Parts::Inside)?;
    record.recorded = spend.map(|usd| RecordedCost { usd, is_bill: false });
    record.id = object.text(&["request_id", "id"])?;
    record.model = object.text(&["model"])?;
    record.set_moment(day::of(object, &["startTime"])?);
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
    Ok(record.into())
}
