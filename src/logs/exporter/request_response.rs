//! Requests with their responses: Batch output lines, and logs of one's own.

use crate::Error;
use crate::catalog::Tier;
use crate::logs::maker::api_response;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, LogFormat, ServiceTier, Unbilled};

pub(crate) fn is_batch(object: &Object<'_>) -> bool {
    object.has("custom_id") && (object.has("response") || object.has("error"))
}

/// `{"custom_id", "response": {"status_code", "body"}, "error"}`.
pub(crate) fn read_batch(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    if object.has("error") {
        let expired = object.at("error.code").is_some_and(|code| code == "batch_expired");
        return Ok(Entry::Unbilled(if expired { Unbilled::Expired } else { Unbilled::Failed }));
    }
    let response = object.object("response")?;
    let response = response.ok_or_else(|| malformed("`response` is no object".to_owned()))?;
    if response.at("status_code").is_some_and(|code| code != "200") {
        return Ok(Entry::Unbilled(Unbilled::Failed));
    }
    let answer = response.object("body")?;
    let answer = answer.ok_or_else(|| malformed("`response.body` is no object".to_owned()))?;
    let mut entry = api_response::required(&answer, "response.body", options)?;
    if let Entry::Call(record) = &mut entry {
        record.format = LogFormat::Batch;
        record.tier = ServiceTier::Known(Tier::Batch);
    }
    Ok(entry)
}

pub(crate) fn is_pair(object: &Object<'_>) -> bool {
    object.has("request") && (object.has("response") || object.has("error"))
}

/// `{"request": ..., "response": ...}`, each the body itself or an object with a `body`.
pub(crate) fn read_pair(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let side = |key: &str| -> Result<Option<Object<'_>>, Error> {
        let Some(side) = object.object(key)? else { return Ok(None) };
        Ok(Some(side.object("body")?.unwrap_or(side)))
    };
    let Some(response) = side("response")? else {
        return Ok(Entry::Unbilled(Unbilled::Failed));
    };
    let mut entry = api_response::required(&response, "response", options)?;
    if let Entry::Call(record) = &mut entry {
        record.format = LogFormat::RequestResponse;
        if let Some(request) = side("request")? {
            api_response::add_request(record, &request)?;
        }
    }
    Ok(entry)
}
