//! Results of evaluations, which say whether each answer was right: promptfoo's, and output items of OpenAI's
//! evals.

use serde_json::value::RawValue;

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts};
use crate::logs::object::{Object, malformed, parse};
use crate::logs::record::{Entry, Finish, LogFormat, Unbilled, UsageRecord};

/// promptfoo's output file: the results, with the evaluation around them.
pub(crate) fn promptfoo_results<'a>(object: &Object<'a>) -> Option<Vec<&'a RawValue>> {
    let results = object.object("results").ok()??;
    let list = results.get("results").filter(|_| results.has("stats") || results.has("version"))?;
    parse("results", list.get()).ok()
}

/// One result of promptfoo.
pub(crate) fn is_promptfoo(object: &Object<'_>) -> bool {
    object.has("provider")
        && object.has("success")
        && (object.has("gradingResult") || object.has("promptIdx") || object.has("testIdx"))
}

pub(crate) fn read_promptfoo(object: &Object<'_>) -> Result<Entry, Error> {
    let response = object.object("response")?;
    let usage = match &response {
        Some(response) => response.object("tokenUsage")?,
        None => None,
    };
    let Some(usage) = usage else {
        return if object.has("error") {
            Ok(Entry::Unbilled(Unbilled::Failed))
        } else {
            Err(malformed("the result has no `response.tokenUsage`".to_owned()))
        };
    };
    // An answer of its own cache has all tokens under `cached`, and none of them was billed.
    if !usage.has("prompt") && !usage.has("completion") && usage.has("cached") {
        return Ok(Entry::Unbilled(Unbilled::ProxyCache));
    }
    let mut figures = Figures::default();
    for (key, raw) in usage.members() {
        match key {
            "prompt" => figures.take_text("prompt_tokens", raw.get())?,
            "completion" => figures.take_text("completion_tokens", raw.get())?,
            "total" => figures.take_text("total_tokens", raw.get())?,
            // How many requests it took, what of its own cache it used, and what graders used are no tokens
            // of this call.
            "numRequests" | "cached" | "assertions" => {}
            "completionDetails" => {
                if let Some(reasoning) = usage.at("completionDetails.reasoning") {
                    figures.take_text("reasoning_tokens", &reasoning)?;
                }
            }
            other => figures.take_text(other, raw.get())?,
        }
    }
    let mut record = UsageRecord::of(LogFormat::Promptfoo, figures, Parts::Inside)?;
    record.id = object.text(&["id"])?;
    record.model = object.at("provider.id").or_else(|| object.at("provider"));
    record.set_moment(day::of(object, &day::KEYS)?);
    if let Some(reason) = object.at("response.finishReason") {
        record.finish = Finish::of(&reason);
    }
    Ok(record.into())
}

/// An output item of a run of OpenAI's evals.
pub(crate) fn is_output_item(object: &Object<'_>) -> bool {
    object.is("object", "eval.run.output_item")
}

pub(crate) fn read_output_item(object: &Object<'_>) -> Result<Entry, Error> {
    let sample = object.object("sample")?;
    let sample = sample.ok_or_else(|| malformed("the output item has no `sample`".to_owned()))?;
    let figures: Figures = sample.value("usage")?.unwrap_or_default();
    if figures.get(Figure::Prompt).is_none() {
        return if sample.has("error") {
            Ok(Entry::Unbilled(Unbilled::Failed))
        } else {
            Err(malformed("`sample.usage` has no tokens".to_owned()))
        };
    }
    let mut record = UsageRecord::of(LogFormat::OpenaiEval, figures, Parts::Inside)?;
    record.id = object.text(&["id"])?;
    record.model = sample.text(&["model"])?;
    record.set_moment(day::of(object, &["created_at"])?);
    if let Some(reason) = sample.at("finish_reason") {
        record.finish = Finish::of(&reason);
    }
    Ok(record.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_from_the_cache_of_promptfoo_was_not_billed() {
        let read = |usage: &str| {
            let text = format!(
                r#"{{"provider": "openai:gpt-5", "success": true, "testIdx": 0, "response": {{"tokenUsage": {{{usage}}}}}}}"#
            );
            read_promptfoo(&Object::parse(&text).unwrap())
        };
        let cached = read(r#""cached": 120, "total": 120"#);
        assert!(matches!(cached, Ok(Entry::Unbilled(Unbilled::ProxyCache))), "{cached:?}");
        // Graders' tokens and the cache of another call are beside those of this one.
        for usage in [
            r#""prompt": 100, "completion": 20, "total": 120, "cached": 7"#,
            r#""prompt": 100, "completion": 20, "total": 120, "assertions": {"total": 9}"#,
            r#""prompt": 120, "completion": 0, "total": 120, "cached": 0"#,
            r#""prompt": 120, "total": 120, "cached": 0"#,
        ] {
            let Ok(Entry::Call(record)) = read(usage) else { panic!("{usage}") };
            let billed = record.bill.usage;
            assert_eq!((billed.prompt() + billed.completion()).get(), 120, "{usage}");
        }
        for usage in [r#""total": 120"#, ""] {
            assert!(read(usage).is_err(), "{usage}");
        }
    }
}
