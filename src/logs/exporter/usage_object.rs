//! Any object with a `usage` that no other reader knows, such as a result of the Vercel AI SDK.
//!
//! The SDK's `totalUsage` sums up all steps of a call, of which `usage` is the last. Before version 6
//! it left the cache to `providerMetadata`; for Anthropic's models its input leaves the cache out.

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts, amount};
use crate::logs::object::{Object, malformed, parse};
use crate::logs::record::{Entry, Finish, LogFormat, RecordedCost, ServiceTier, UsageRecord};

/// Keys under which a usage is found.
const USAGES: [&str; 5] =
    ["totalUsage", "usage", "token_usage", "usage_object", "additional_kwargs"];

pub(crate) fn is(object: &Object<'_>) -> bool {
    key(object).is_some()
}

fn key(object: &Object<'_>) -> Option<&'static str> {
    // Tables and queues keep it as text.
    let is_object = |key: &&str| {
        object.get(key).is_some_and(|usage| {
            usage.get().starts_with('{')
                || (usage.get().starts_with('"') && object.nested(key).is_ok_and(|n| n.is_some()))
        })
    };
    // `LlamaIndex` has figures there, and other frameworks anything.
    let has_figures = |key: &&str| {
        *key != USAGES[4] || object.at("additional_kwargs.completion_tokens").is_some()
    };
    USAGES.into_iter().find(|key| is_object(key) && has_figures(key))
}

pub(crate) fn read(object: &Object<'_>) -> Result<Entry, Error> {
    let key = key(object).unwrap_or(USAGES[1]);
    let usage = object.nested(key)?.ok_or_else(|| malformed("there is no usage".to_owned()))?;
    let mut figures: Figures = parse(key, &usage)?;
    if figures.has_no_tokens() && figures.cost.is_none() {
        return Err(malformed(format!("`{key}` has no tokens")));
    }
    let model =
        ["model", "modelId", "model_id", "model_name", "response.modelId", "response.model"]
            .iter()
            .find_map(|key| object.at(key));
    let provider = provider(object, &mut figures)?;
    let is_claude = provider == Some("anthropic")
        || model.as_deref().is_some_and(|model| model.contains("claude"));
    // Version 5 of the SDK has `cachedInputTokens` beside the input for these models.
    let is_sdk_5 = object.at(&format!("{key}.cachedInputTokens")).is_some();
    let parts = if is_claude && (is_sdk_5 || provider.is_some()) {
        Parts::CacheBeside
    } else {
        Parts::BySpelling
    };
    let mut record = UsageRecord::of(LogFormat::Usage, figures, parts)?;
    record.id = object
        .text(&["id", "response_id", "responseId", "request_id", "requestId"])?
        .or_else(|| object.at("response.id"));
    record.model = model;
    record.set_moment(day::of(object, &day::KEYS)?);
    // The gateway says what it charged.
    let charged = object.at("providerMetadata.gateway.cost").and_then(|cost| cost.parse().ok());
    if let Some(usd) = charged.and_then(amount) {
        record.recorded = Some(RecordedCost { usd, is_bill: true });
    }
    if let Some(tier) = object.at("service_tier") {
        record.tier = ServiceTier::of(&tier);
    }
    let reason = ["finishReason", "finish_reason", "stop_reason"].iter().find_map(|k| object.at(k));
    record.finish = reason.map_or(Finish::Unknown, |reason| Finish::of(&reason));
    Ok(record.into())
}

/// Adds what versions 4 and 5 of the SDK leave to the provider's metadata.
fn provider(object: &Object<'_>, figures: &mut Figures) -> Result<Option<&'static str>, Error> {
    let metadata = match object.object("providerMetadata")? {
        Some(metadata) => Some(metadata),
        None => object.object("experimental_providerMetadata")?,
    };
    let Some(metadata) = metadata else { return Ok(None) };
    let mut found = None;
    for (name, keys) in [
        (
            "anthropic",
            [
                ("cacheReadInputTokens", Figure::Cached),
                ("cacheCreationInputTokens", Figure::Written),
            ],
        ),
        (
            "openai",
            [("cachedPromptTokens", Figure::Cached), ("reasoningTokens", Figure::Reasoning)],
        ),
        (
            "google",
            [
                ("cachedContentTokenCount", Figure::Cached),
                ("thoughtsTokenCount", Figure::Reasoning),
            ],
        ),
    ] {
        let Some(own) = metadata.object(name)? else { continue };
        for (key, figure) in keys {
            let tokens = crate::logs::maker::responses::tokens(&own, key)?;
            if let (Some(tokens), None) = (tokens, figures.get(figure)) {
                figures.put(figure, Some(tokens));
                found = Some(name);
            }
        }
    }
    Ok(found)
}
