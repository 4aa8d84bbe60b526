//! Messages of `LangChain`, by themselves or as its serialised constructors, and answers that
//! `LlamaIndex` keeps with the maker's own answer under `raw`.
//!
//! `usage_metadata` has the cache in its input, whoever the maker is.

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figures, Parts};
use crate::logs::maker::api_response;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, ServiceTier, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("usage_metadata") && !object.has("candidates")
        || object.has("kwargs") && object.has("lc")
        || own_usage(object).is_some()
}

/// Where a message has the usage as the maker wrote it: older versions have no other.
fn own_usage(message: &Object<'_>) -> Option<(&'static str, &'static str)> {
    let places = [
        ("response_metadata", "token_usage"),
        ("response_metadata", "usage"),
        ("llm_output", "token_usage"),
        ("llm_output", "usage"),
    ];
    places.into_iter().find(|(outer, key)| {
        message
            .object(outer)
            .ok()
            .flatten()
            .is_some_and(|outer| outer.get(key).is_some_and(|usage| usage.get().starts_with('{')))
    })
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let inner = if object.has("kwargs") { object.object("kwargs")? } else { None };
    let message = inner.as_ref().unwrap_or(object);
    let own = own_usage(message);
    let (figures, parts) = match (message.value::<Figures>("usage_metadata")?, own) {
        (Some(figures), _) => (figures, Parts::Inside),
        (None, Some((outer, key))) => {
            let outer = message.object(outer)?;
            let figures = outer.map_or(Ok(None), |outer| outer.value::<Figures>(key))?;
            (figures.unwrap_or_default(), Parts::BySpelling)
        }
        // Messages of the user, the system and tools.
        (None, None) => return Ok(Entry::NoCall),
    };
    let mut record = UsageRecord::of(LogFormat::Langchain, figures, parts)?;
    let metadata = |key: &str| message.at(&format!("response_metadata.{key}"));
    record.id = metadata("id").or(message.text(&["id"])?);
    record.model = metadata("model_name")
        .or_else(|| metadata("model"))
        .or_else(|| message.at("llm_output.model_name"))
        .or(message.text(&["model"])?);
    record.set_moment(day::of(message, &day::KEYS)?.or(day::of(object, &day::KEYS)?));
    if let Some(tier) = metadata("service_tier") {
        record.tier = ServiceTier::of(&tier);
    }
    let reason = metadata("finish_reason").or_else(|| metadata("stop_reason"));
    record.finish = reason.map_or(Finish::Unknown, |reason| Finish::of(&reason));
    let mut seen = VisibleOutput::new(options.keep_text);
    seen.content(message.get("content"));
    seen.other(message.get("tool_calls"));
    record.visible = seen.into_visible();
    Ok(record.into())
}

/// `LlamaIndex`: `{"raw": {...}}`, the answer of the maker's API.
pub(crate) fn is_llama_index(object: &Object<'_>) -> bool {
    object.object("raw").ok().flatten().is_some_and(|raw| {
        raw.has("usage") || raw.has("usageMetadata") || raw.has("usage_metadata")
    })
}

pub(crate) fn read_llama_index(
    object: &Object<'_>,
    options: &ReadOptions,
) -> Result<Vec<Entry>, Error> {
    let raw = object.object("raw")?.ok_or_else(|| malformed("`raw` is missing".to_owned()))?;
    api_response::required(&raw, "raw", options)
}
