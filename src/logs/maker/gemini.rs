//! Gemini's `generateContent`: thoughts stand beside the candidates, cached content is inside the prompt.

use serde::Deserialize;

use crate::Error;
use crate::logs::counts::{Count, Counts};
use crate::logs::day;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("usageMetadata")
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
struct Usage {
    prompt_token_count: Option<Count>,
    tool_use_prompt_token_count: Option<Count>,
    cached_content_token_count: Option<Count>,
    candidates_token_count: Option<Count>,
    thoughts_token_count: Option<Count>,
    total_token_count: Option<Count>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    finish_reason: Option<String>,
    content: Option<Content>,
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

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let usage: Usage = object
        .value("usageMetadata")?
        .ok_or_else(|| malformed("the response has no usage".to_owned()))?;
    let tokens = |count: Option<Count>| count.map(|c| c.0);
    let sum = |a, b| match (tokens(a), tokens(b)) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or_default() + b.unwrap_or_default()),
    };
    let counts = Counts {
        prompt: sum(usage.prompt_token_count, usage.tool_use_prompt_token_count),
        cached: tokens(usage.cached_content_token_count),
        written: None,
        completion: sum(usage.candidates_token_count, usage.thoughts_token_count),
        reasoning: tokens(usage.thoughts_token_count),
        total: tokens(usage.total_token_count),
    };
    let mut record = UsageRecord::new(LogFormat::Gemini, counts.bill()?);
    record.id = object.text(&["responseId"])?;
    record.model = object.text(&["modelVersion"])?;
    record.day = day::of(object, &["createTime"])?;
    let candidates: Vec<Candidate> = object.value("candidates")?.unwrap_or_default();
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
    }
    record.visible = seen.into_visible();
    record.answers = candidates.len().max(1) as u64;
    Ok(Entry::Call(record))
}
