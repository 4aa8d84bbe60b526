//! Chat Completions responses, of OpenAI and of all who answer like it.

use super::choice::Choice;
use crate::Error;
use crate::catalog::FeeItem;
use crate::logs::day;
use crate::logs::figures::{Figures, Parts};
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, ServiceTier, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.is("object", "chat.completion")
        || object.is("object", "chat.completion.chunk")
        || (object.choices().is_some() && object.has("usage"))
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let is_piece = object.is("object", "chat.completion.chunk");
    let mut figures = Figures::default();
    if !usage(object, &mut figures)? {
        // Only the last piece of a streamed answer has the bill.
        return if is_piece {
            Ok(Entry::NoCall)
        } else {
            Err(malformed("the response has no usage".to_owned()))
        };
    }
    let model = object.text(&["model"])?;
    let parts = match &model {
        Some(model) if is_gemini(model) => Parts::InTotal,
        _ => Parts::BySpelling,
    };
    let format = if is_openrouter(object, &figures) {
        LogFormat::Openrouter
    } else {
        LogFormat::ChatCompletions
    };
    // Perplexity says what it charges, fees of requests included.
    let says_its_bill = format == LogFormat::Openrouter
        || figures.cost_in_parts && model_is(model.as_deref(), "sonar");
    let mut record = UsageRecord::of(format, figures, parts)?;
    if let Some(cost) = record.recorded.as_mut().filter(|_| says_its_bill) {
        cost.is_bill = true;
    }
    if let Some(search) = search_of(object, model.as_deref()) {
        record.tools.push((search, 1));
    }
    record.id = object.text(&["id"])?;
    record.model = model;
    record.set_moment(day::of(object, &["created"])?);
    if let Some(tier) = object.text(&["service_tier"])? {
        record.tier = ServiceTier::of(&tier);
    }
    if !is_piece {
        choices(object, options, &mut record);
    }
    // Each piece of Gemini's stream has the sum so far; the others have one usage, in the last piece.
    record.is_snapshot = is_piece;
    Ok(record.into())
}

/// Takes the usage of an answer; whether it has one.
fn usage(object: &Object<'_>, figures: &mut Figures) -> Result<bool, Error> {
    if figures.take_under("usage", object)? {
        return Ok(true);
    }
    // Groq puts the usage of a streamed answer into an object of its own.
    object.object("x_groq")?.map_or(Ok(false), |groq| figures.take_under("usage", &groq))
}

/// Whether the answer came through `OpenRouter`, which charges what `usage.cost` says.
fn is_openrouter(object: &Object<'_>, figures: &Figures) -> bool {
    let by_id = || {
        object.get("id").is_some_and(|id| id.get().starts_with("\"gen-")) && object.has("provider")
    };
    figures.cost.is_some() && (figures.from_router || by_id())
}

/// Whether the name of a model begins so, with or without its seller in front.
fn model_is(model: Option<&str>, start: &str) -> bool {
    let name = model.and_then(|model| model.rsplit('/').next());
    name.is_some_and(|name| name.starts_with(start))
}

/// The search that a request paid for: models that search whenever they are asked, and results that came
/// with the answer.
fn search_of(object: &Object<'_>, model: Option<&str>) -> Option<FeeItem> {
    const SEARCH: &[u8] = b"-search-";
    let name = model.unwrap_or_default();
    let at = name.as_bytes().windows(SEARCH.len()).position(|part| part == SEARCH);
    let searches = at.map(|at| &name[at + SEARCH.len()..]);
    if searches.is_some_and(|how| how.starts_with("preview")) {
        return Some(FeeItem::WebSearchPreview);
    }
    // GLM puts what its search found beside the answers; Kimi's search is a call of `$web_search`.
    let found = object.get("web_search").is_some_and(|found| found.get().starts_with("[{"));
    let calls = object.choices().unwrap_or_default().iter();
    let mut calls = calls.filter_map(|choice| choice.message.as_ref()?.tool_calls);
    let is_searched = searches.is_some_and(|how| how.starts_with("api"))
        || found
        || calls.any(|calls| calls.get().contains("\"$web_search\""));
    is_searched.then_some(FeeItem::WebSearch)
}

/// Whether the model is one of Google's, which count thoughts in the total alone.
fn is_gemini(model: &str) -> bool {
    model.rsplit('/').next().is_some_and(|name| name.starts_with("gemini"))
}

/// How the answers under `choices` ended, and what could be seen of them.
pub(crate) fn choices(object: &Object<'_>, options: &ReadOptions, record: &mut UsageRecord) {
    let choices = object.choices().unwrap_or_default();
    if choices.is_empty() {
        return;
    }
    let mut seen = VisibleOutput::new(options.keep_text);
    let mut finish = None;
    for choice in choices {
        let reason = choice.finish_reason.map_or("", |raw| raw.get());
        let reason = reason.strip_prefix('"').unwrap_or(reason);
        let reason = reason.strip_suffix('"').unwrap_or(reason);
        // One answer that was cut off marks the call.
        if finish != Some(Finish::Length) {
            finish = Some(Finish::of(reason));
        }
        see(choice, &mut seen);
    }
    record.finish = finish.unwrap_or_default();
    record.visible = seen.into_visible();
    record.answers = choices.len() as u64;
}

fn see(choice: &Choice<'_>, seen: &mut VisibleOutput) {
    seen.content(choice.text);
    if let Some(message) = &choice.message {
        seen.content(message.content);
        for part in [message.refusal, message.tool_calls, message.function_call] {
            seen.other(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Records;

    fn read(id: &str, model: &str, usage: &str, more: &str) -> Result<UsageRecord, Error> {
        let text = format!(
            r#"{{"id": "{id}", "object": "chat.completion", "model": "{model}", "usage": {{{usage}}}{more}}}"#
        );
        Records::new(text.as_bytes()).next().unwrap()
    }

    #[test]
    fn only_gemini_has_thoughts_in_the_total_alone() {
        let usage = r#""prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 150"#;
        for model in ["gemini-3.8-flash", "google/gemini-3.8-flash"] {
            let bill = read("1", model, usage, "").unwrap().bill;
            let found =
                (bill.usage.completion().get(), bill.reasoning.map(crate::units::Tokens::get));
            assert_eq!(found, (50, Some(30)), "{model}");
        }
        let error = read("1", "gpt-5", usage, "").unwrap_err();
        assert!(error.message().contains("a total of 150 tokens"), "{error}");
    }

    #[test]
    fn a_router_charges_what_it_says() {
        const TOKENS: &str = r#""prompt_tokens": 100, "completion_tokens": 20"#;
        let provider = r#", "provider": "Azure""#;
        for (id, more_usage, more, format) in [
            ("gen-1", r#", "cost": 0.5"#, provider, LogFormat::Openrouter),
            ("1", r#", "cost": 0.5, "is_byok": false"#, "", LogFormat::Openrouter),
            ("gen-1", r#", "cost": 0.5"#, "", LogFormat::ChatCompletions),
            ("1", r#", "cost": 0.5"#, provider, LogFormat::ChatCompletions),
            ("gen-1", "", provider, LogFormat::ChatCompletions),
            ("1", r#", "is_byok": false"#, "", LogFormat::ChatCompletions),
        ] {
            let record = read(id, "gpt-5", &format!("{TOKENS}{more_usage}"), more).unwrap();
            assert_eq!(record.format, format, "{id} {more_usage}{more}");
            let is_bill = record.recorded.is_some_and(|cost| cost.is_bill);
            assert_eq!(is_bill, format == LogFormat::Openrouter, "{id} {more_usage}{more}");
        }
    }
}
