//! Requests with their responses: Batch output lines, batches, and logs of one's own.

use crate::Error;
use crate::catalog::Tier;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts};
use crate::logs::maker::api_response::{self, for_each_call};
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, LogFormat, ServiceTier, Unbilled, UsageRecord};

pub(crate) fn is_batch(object: &Object<'_>) -> bool {
    object.has("custom_id") && (object.has("response") || object.has("error"))
}

/// `{"custom_id", "response": {"status_code", "body"}, "error"}`.
pub(crate) fn read_batch(object: &Object<'_>, options: &ReadOptions) -> Result<Vec<Entry>, Error> {
    if object.has("error") {
        let expired = object.at("error.code").is_some_and(|code| code == "batch_expired");
        let why = if expired { Unbilled::Expired } else { Unbilled::Failed };
        return Ok(vec![Entry::Unbilled(why)]);
    }
    let response = object.object("response")?;
    let response = response.ok_or_else(|| malformed("`response` is not an object".to_owned()))?;
    if response.at("status_code").is_some_and(|code| code != "200") {
        return Ok(vec![Entry::Unbilled(Unbilled::Failed)]);
    }
    let answer = response.object("body")?;
    let answer = answer.ok_or_else(|| malformed("`response.body` is not an object".to_owned()))?;
    let entries = api_response::required(&answer, "response.body", options)?;
    in_batch(entries)
}

fn in_batch(mut entries: Vec<Entry>) -> Result<Vec<Entry>, Error> {
    for_each_call(&mut entries, |record| {
        record.format = LogFormat::Batch;
        record.tier = ServiceTier::Known(Tier::Batch);
        // An answer of a batch is whole.
        record.is_snapshot = false;
        Ok(())
    })?;
    Ok(entries)
}

/// The batch itself, which has the sum of its answers.
pub(crate) fn is_batch_object(object: &Object<'_>) -> bool {
    object.is("object", "batch")
}

pub(crate) fn read_batch_object(object: &Object<'_>) -> Result<Entry, Error> {
    let figures: Figures = object.value("usage")?.unwrap_or_default();
    if figures.get(Figure::Total).unwrap_or_default().get() == 0 {
        // It has not run yet, or is older than the sums; its output has the calls.
        return Ok(Entry::NoCall);
    }
    let mut record = UsageRecord::of(LogFormat::Batch, figures, Parts::BySpelling)?;
    record.tier = ServiceTier::Known(Tier::Batch);
    record.id = object.text(&["id"])?;
    record.model = object.text(&["model"])?;
    record.set_moment(day::of(object, &["completed_at", "in_progress_at", "created_at"])?);
    if let Some(completed) = object.at("request_counts.completed").and_then(|n| n.parse().ok()) {
        record.requests = completed;
    }
    Ok(record.into())
}

pub(crate) fn is_pair(object: &Object<'_>) -> bool {
    object.has("request") && (object.has("response") || object.has("error") || object.has("status"))
}

/// A line of a Gemini batch: `{"key", "response"}`, or `{"key", "error"}`.
pub(crate) fn is_keyed(object: &Object<'_>) -> bool {
    object.has("key") && (object.has("response") || object.has("error"))
}

/// `{"request": ..., "response": ...}`, each the body itself or an object with a `body`.
pub(crate) fn read_pair(object: &Object<'_>, options: &ReadOptions) -> Result<Vec<Entry>, Error> {
    let side = |key: &str| -> Result<Option<Object<'_>>, Error> {
        let Some(side) = object.object(key)? else { return Ok(None) };
        Ok(Some(side.object("body")?.unwrap_or(side)))
    };
    let Some(response) = side("response")? else {
        return Ok(vec![Entry::Unbilled(Unbilled::Failed)]);
    };
    let mut entries = api_response::required(&response, "response", options)?;
    let request = side("request")?;
    // Vertex and Gemini keep the requests of a batch beside the answers, in Gemini's form.
    let is_gemini_batch = is_keyed(object)
        || object.has("status") && request.as_ref().is_some_and(|r| r.has("contents"));
    if is_gemini_batch {
        entries = in_batch(entries)?;
    }
    for_each_call(&mut entries, |record| {
        if !is_gemini_batch {
            record.format = LogFormat::RequestResponse;
        }
        match &request {
            Some(request) => api_response::add_request(record, request),
            None => Ok(()),
        }
    })?;
    Ok(entries)
}
