//! Gemini's `generateContent`: thoughts are beside the candidates, cached content is inside the prompt.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Error;
use crate::catalog::FeeItem;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts};
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, ServiceTier, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("usageMetadata") || object.has("usage_metadata") && object.has("candidates")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    finish_reason: Option<String>,
    content: Option<Content>,
    #[serde(borrow)]
    grounding_metadata: Option<Grounding<'a>>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    #[serde(default)]
    thought: bool,
}

/// What was searched to ground the answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Grounding<'a> {
    #[serde(default)]
    web_search_queries: Vec<String>,
    #[serde(borrow, default)]
    grounding_chunks: Vec<&'a RawValue>,
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let key = if object.has("usageMetadata") { "usageMetadata" } else { "usage_metadata" };
    let figures: Figures =
        object.value(key)?.ok_or_else(|| malformed("the response has no usage".to_owned()))?;
    if figures.get(Figure::Completion).is_none()
        && figures.get(Figure::Reasoning).is_none()
        && figures.get(Figure::Total).is_none()
    {
        // A piece of a stream that says how long the prompt is, and nothing else.
        return Ok(Entry::NoCall);
    }
    let mut record = UsageRecord::of(LogFormat::Gemini, figures, Parts::BySpelling)?;
    record.id = object.text(&["responseId", "response_id"])?;
    record.model = object.text(&["modelVersion", "model_version", "model"])?;
    record.set_moment(day::of(object, &["createTime", "create_time", "timestamp"])?);
    if let Some(tier) = object.text(&["serviceTier"])? {
        record.tier = ServiceTier::of(&tier);
    }
    let candidates: Vec<Candidate<'_>> = object.value("candidates")?.unwrap_or_default();
    let mut seen = VisibleOutput::new(options.keep_text);
    for candidate in &candidates {
        if record.finish != Finish::Length {
            record.finish = Finish::of(candidate.finish_reason.as_deref().unwrap_or_default());
        }
        for part in candidate.content.iter().flat_map(|content| &content.parts) {
            match &part.text {
                Some(text) if !part.thought => seen.text(text.clone()),
                Some(_) => {}
                None => seen.something(),
            }
        }
        if let Some(grounding) = &candidate.grounding_metadata {
            ground(&mut record, grounding);
        }
    }
    if !candidates.is_empty() {
        record.visible = seen.into_visible();
    }
    record.answers = candidates.len().max(1) as u64;
    // Each piece of a stream has the sum so far; the last one says how the answer ended.
    record.is_snapshot = record.id.is_some() && record.finish == Finish::Unknown;
    Ok(record.into())
}

/// Queries are counted, each once; whether a query or a prompt is charged is a matter of the price.
fn ground(record: &mut UsageRecord, grounding: &Grounding<'_>) {
    let mut queries: Vec<&str> = grounding.web_search_queries.iter().map(String::as_str).collect();
    queries.retain(|query| !query.trim().is_empty());
    queries.sort_unstable();
    queries.dedup();
    let maps = grounding.grounding_chunks.iter().any(|chunk| chunk.get().contains("\"maps\""));
    for (item, times) in
        [(FeeItem::WebSearch, queries.len() as u64), (FeeItem::MapsGrounding, u64::from(maps))]
    {
        if times > 0 {
            record.tools.push((item, times));
        }
    }
}
