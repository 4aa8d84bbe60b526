//! Requests with their responses: Batch output lines, and logs of one's own.

use super::body;
use super::object::{Object, malformed};
use super::record::{LogFormat, Reading, ServiceTier, Unbilled};
use super::rules::Rules;
use crate::Error;
use crate::catalog::Tier;

pub(super) fn is_batch(object: &Object<'_>) -> bool {
    object.has("custom_id") && (object.has("response") || object.has("error"))
}

/// `{"custom_id", "response": {"status_code", "body"}, "error"}`.
pub(super) fn read_batch(object: &Object<'_>, rules: &Rules) -> Result<Reading, Error> {
    if object.has("error") {
        let expired = object.at("error.code").is_some_and(|code| code == "batch_expired");
        return Ok(Reading::Unbilled(if expired { Unbilled::Expired } else { Unbilled::Failed }));
    }
    let response = object.object("response")?;
    let response = response.ok_or_else(|| malformed("`response` is no object".to_owned()))?;
    if response.at("status_code").is_some_and(|code| code != "200") {
        return Ok(Reading::Unbilled(Unbilled::Failed));
    }
    let answer = response.object("body")?;
    let answer = answer.ok_or_else(|| malformed("`response.body` is no object".to_owned()))?;
    let mut reading = body::required(&answer, "response.body", rules)?;
    if let Reading::Call(record) = &mut reading {
        record.format = LogFormat::Batch;
        record.tier = ServiceTier::Known(Tier::Batch);
    }
    Ok(reading)
}

pub(super) fn is_pair(object: &Object<'_>) -> bool {
    object.has("request") && (object.has("response") || object.has("error"))
}

/// `{"request": ..., "response": ...}`, each the body itself or an object with a `body`.
pub(super) fn read_pair(object: &Object<'_>, rules: &Rules) -> Result<Reading, Error> {
    let side = |key: &str| -> Result<Option<Object<'_>>, Error> {
        let Some(side) = object.object(key)? else { return Ok(None) };
        Ok(Some(side.object("body")?.unwrap_or(side)))
    };
    let Some(response) = side("response")? else {
        return Ok(Reading::Unbilled(Unbilled::Failed));
    };
    let mut reading = body::required(&response, "response", rules)?;
    if let Reading::Call(record) = &mut reading {
        record.format = LogFormat::RequestResponse;
        if let Some(request) = side("request")? {
            body::add_request(record, &request)?;
        }
    }
    Ok(reading)
}
