//! Agents whose records differ from others in little more than where the figures are: Droid, Kimi,
//! Cline with Roo and Kilo Code, pi with `OpenClaw`, and Qwen Code.

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figures, Parts, column_may_cost};
use crate::logs::maker::gemini;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, UsageRecord};

/// Droid: the settings of a session, with its sums.
pub(crate) fn is_droid(object: &Object<'_>) -> bool {
    object.get("tokenUsage").is_some_and(|usage| usage.get().starts_with('{'))
}

pub(crate) fn read_droid(object: &Object<'_>) -> Result<Entry, Error> {
    let figures: Figures =
        object.value("tokenUsage")?.ok_or_else(|| malformed("there are no tokens".to_owned()))?;
    // All parts are beside each other, thinking as well.
    let mut record = UsageRecord::of(LogFormat::Droid, figures, Parts::Beside)?;
    // Models of one's own are written `custom:NAME`.
    record.model = object
        .text(&["model"])?
        .map(|model| model.strip_prefix("custom:").unwrap_or(&model).to_owned());
    record.id = object.text(&["sessionId", "id"])?;
    record.set_moment(day::of(
        object,
        &["providerLockTimestamp", "timestamp", "updatedAt", "createdAt"],
    )?);
    Ok(record.into())
}

/// Kimi: a status update with the usage of the call before it.
pub(crate) fn is_kimi(object: &Object<'_>) -> bool {
    kimi(object).ok().flatten().is_some()
        || object
            .object("message")
            .ok()
            .flatten()
            .is_some_and(|message| message.has("payload") && message.has("type"))
}

fn kimi(object: &Object<'_>) -> Result<Option<Figures>, Error> {
    for path in ["message", "payload"] {
        let Some(outer) = object.object(path)? else { continue };
        let inner = outer.object("payload")?.unwrap_or(outer);
        if inner.has("token_usage") {
            return inner.value("token_usage");
        }
    }
    Ok(None)
}

pub(crate) fn read_kimi(object: &Object<'_>) -> Result<Entry, Error> {
    let Some(figures) = kimi(object)? else { return Ok(Entry::NoCall) };
    let mut record = UsageRecord::of(LogFormat::Kimi, figures, Parts::CacheBeside)?;
    if (record.bill.usage.prompt() + record.bill.usage.completion()).get() == 0 {
        return Ok(Entry::NoCall);
    }
    record.id = object.at("message.payload.message_id").or_else(|| object.at("payload.message_id"));
    record.model = object.at("message.payload.model").or_else(|| object.at("payload.model"));
    record.set_moment(day::of(object, &["timestamp"])?);
    Ok(record.into())
}

/// Cline, Roo Code and Kilo Code: a line whose text is JSON.
pub(crate) fn is_cline(object: &Object<'_>) -> bool {
    object.is("say", "api_req_started")
}

pub(crate) fn read_cline(object: &Object<'_>) -> Result<Entry, Error> {
    let text = object.nested("text")?;
    let text = text.ok_or_else(|| malformed("`text` has no figures".to_owned()))?;
    let request = Object::parse(&text)?;
    if !request.has("tokensIn") && !request.has("tokensOut") {
        // It was cancelled, or has not ended yet.
        return Ok(Entry::NoCall);
    }
    let mut figures = Figures::default();
    for (key, raw) in request.members() {
        let is_figure =
            ["tokensIn", "tokensOut", "cacheWrites", "cacheReads", "cost"].contains(&key);
        if is_figure || column_may_cost(key) {
            figures.take_text(key, raw.get().trim_matches('"'))?;
        }
    }
    // Where the API is OpenAI's, the input has the cache in it.
    let is_inside = request.is("apiProtocol", "openai");
    let parts = if is_inside { Parts::Inside } else { Parts::CacheBeside };
    let mut record = UsageRecord::of(LogFormat::Cline, figures, parts)?;
    record.model = request.at("model").or_else(|| object.at("modelInfo.modelId"));
    record.set_moment(day::of(object, &["ts"])?);
    Ok(record.into())
}

/// pi and `OpenClaw`: `{"type": "message", "message": {"role": "assistant", "usage": ...}}`.
pub(crate) fn is_pi(object: &Object<'_>) -> bool {
    object.is("type", "message") && object.get("message").is_some_and(|m| m.get().starts_with('{'))
}

pub(crate) fn read_pi(object: &Object<'_>) -> Result<Entry, Error> {
    let message = object.object("message")?;
    let message = message.ok_or_else(|| malformed("`message` is not an object".to_owned()))?;
    let Some(figures) = message.value::<Figures>("usage")? else { return Ok(Entry::NoCall) };
    let mut record = UsageRecord::of(LogFormat::Pi, figures, Parts::CacheBeside)?;
    record.id = object.text(&["id"])?;
    record.model = message.text(&["responseModel", "model"])?;
    record.set_moment(day::of(object, &["timestamp"])?.or(day::of(&message, &["timestamp"])?));
    record.finish = message.text(&["stopReason"])?.map_or(Finish::Unknown, |r| Finish::of(&r));
    Ok(record.into())
}

/// Qwen Code: a line of a session, with the usage as Gemini writes it.
pub(crate) fn is_qwen(object: &Object<'_>) -> bool {
    object.is("type", "assistant") && object.has("usageMetadata")
}

pub(crate) fn read_qwen(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let mut entry = gemini::read(object, options)?;
    if let Entry::Call(record) = &mut entry {
        record.format = LogFormat::QwenCode;
        record.id = object.text(&["uuid", "id"])?;
        record.is_snapshot = false;
    }
    Ok(entry)
}
