//! Helicone exports, with the bodies of request and response or without.

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figures, Parts, amount, column_may_cost};
use crate::logs::maker::api_response::{self, for_each_call};
use crate::logs::object::Object;
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, LogFormat, RecordedCost, Unbilled, UsageRecord};

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("request_created_at") || (object.has("request_body") && object.has("response_body"))
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Vec<Entry>, Error> {
    let status = object.at("response_status").and_then(|status| status.parse::<i64>().ok());
    // Helicone gives -1 to -4 to requests that never ended.
    if status.is_some_and(|status| !(200..300).contains(&status)) {
        return Ok(vec![Entry::Unbilled(Unbilled::Failed)]);
    }
    let answer = object.nested("response_body")?;
    let answer = answer.as_deref().map(Object::parse).transpose()?;
    let read = answer.as_ref().and_then(|answer| api_response::read(answer, options));
    let mut entries = if let Some(entries) = read {
        entries?
    } else {
        vec![UsageRecord::of(LogFormat::Helicone, figures(object)?, Parts::BySpelling)?.into()]
    };
    let request = object.nested("request_body")?;
    let request = request.as_deref().map(Object::parse).transpose()?;
    let moment = day::of(object, &["request_created_at"])?;
    let cost = object.at("cost").and_then(|cost| amount(cost.parse().ok()?));
    for_each_call(&mut entries, |record| {
        record.format = LogFormat::Helicone;
        record.is_snapshot = false;
        let or = |found: Option<String>, keys: &[&str]| match found {
            Some(found) => Ok(Some(found)),
            None => object.text(keys),
        };
        record.id = or(record.id.take(), &["response_id", "request_id"])?;
        record.model = or(record.model.take(), &["response_model", "model", "request_model"])?;
        if moment.is_some() {
            record.set_moment(moment);
        }
        let helicone = cost.map(|usd| RecordedCost { usd, is_bill: false });
        record.recorded = record.recorded.or(helicone);
        match &request {
            Some(request) => api_response::add_request(record, request),
            None => Ok(()),
        }
    })?;
    Ok(entries)
}

/// The figures of the row itself.
fn figures(object: &Object<'_>) -> Result<Figures, Error> {
    let mut figures = Figures::default();
    for (key, _) in object.members() {
        let key_of_usage = match key {
            // What is of the prompt or the completion by its name.
            "prompt_audio_tokens" | "completion_audio_tokens" => key,
            // The cost is compared, and not taken as a part of the usage.
            "cost" | "costUSD" | "cost_usd" => continue,
            _ if key.ends_with("_tokens") || column_may_cost(key) => key,
            _ => continue,
        };
        if let Some(text) = object.at(key_of_usage) {
            figures.take_text(key, &text)?;
        }
    }
    Ok(figures)
}
