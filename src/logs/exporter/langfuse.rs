//! Langfuse observations.
//!
//! Its `input` and `output` leave out the parts that have keys of their own, such as
//! `input_cached_tokens` and `output_reasoning_tokens`; where a total is given, that decides.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::Error;
use crate::logs::counts::{Count, Counts};
use crate::logs::day;
use crate::logs::maker::api_response;
use crate::logs::maker::chat;
use crate::logs::object::{Object, malformed, parse};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, Unbilled, UsageRecord};
use crate::logs::visible_output::VisibleOutput;
use crate::units::Tokens;

pub(crate) fn is(object: &Object<'_>) -> bool {
    (object.has("traceId") || object.has("trace_id"))
        && (object.has("type") || object.has("usageDetails") || object.has("usage_details"))
        && !object.has("attributes")
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    if object.has("type") && !object.is("type", "GENERATION") {
        return Ok(Entry::NoCall);
    }
    let details = ["usageDetails", "usage_details", "usage"]
        .into_iter()
        .find_map(|key| object.nested(key).map(|text| Some((key, text?))).transpose())
        .transpose()?;
    let details: BTreeMap<String, Option<Count>> = match &details {
        Some((key, text)) => numbers(key, text)?,
        None => BTreeMap::new(),
    };
    if details.is_empty() {
        return if object.is("level", "ERROR") {
            Ok(Entry::Unbilled(Unbilled::Failed))
        } else {
            Err(malformed("the generation has no usage".to_owned()))
        };
    }
    let mut record = UsageRecord::new(LogFormat::Langfuse, counts(&details).bill()?);
    record.id = object.text(&["id"])?;
    record.model = object.text(&["providedModelName", "provided_model_name", "model"])?;
    record.day = day::of(object, &["startTime", "start_time"])?;
    let mut seen = VisibleOutput::new(options.keep_text);
    let output = object.get("output");
    match output.map(RawValue::get) {
        None => {}
        Some(text) if text.starts_with('{') => {
            let message = Object::parse(text)?;
            if message.choices().is_some() {
                chat::choices(&message, options, &mut record);
            } else {
                seen.content(message.get("content"));
                seen.other(message.get("tool_calls"));
                record.visible = seen.into_visible();
            }
        }
        Some(_) => {
            seen.content(output);
            record.visible = seen.into_visible();
        }
    }
    if let Some(reason) = object.at("metadata.finish_reason") {
        record.finish = Finish::of(&reason);
    }
    for parameters in ["modelParameters", "model_parameters"] {
        let request = object.nested(parameters)?;
        if let Some(request) = request.as_deref().map(Object::parse).transpose()? {
            api_response::add_request(&mut record, &request)?;
        }
    }
    Ok(Entry::Call(record))
}

/// The keys that hold numbers; `unit` holds a word.
fn numbers(key: &str, text: &str) -> Result<BTreeMap<String, Option<Count>>, Error> {
    let object = Object::parse(text)?;
    object
        .members()
        .filter(|(_, raw)| raw.get().starts_with(|c: char| c.is_ascii_digit() || c == '-'))
        .map(|(name, raw)| Ok((name.to_owned(), Some(parse(&format!("{key}.{name}"), raw.get())?))))
        .collect()
}

fn counts(details: &BTreeMap<String, Option<Count>>) -> Counts {
    let get = |key: &str| details.get(key).copied().flatten().map(|count| count.0);
    // What starts so and is not the whole itself.
    let parts = |start: [&str; 2], wanted: &dyn Fn(&str) -> bool| -> Option<Tokens> {
        let part = |key: &str| {
            start.iter().any(|s| key.starts_with(s))
                && key != "input_tokens"
                && key != "output_tokens"
        };
        let found = details.iter().filter(|(key, _)| part(key) && wanted(key));
        found.filter_map(|(_, count)| count.map(|c| c.0)).reduce(|a, b| a + b)
    };
    let writes = |key: &str| key.contains("creation") || key.contains("write");
    let input = ["input_", "cache_"];
    let counts = Counts {
        prompt: get("input").or(get("prompt_tokens")).or(get("input_tokens")),
        cached: parts(input, &|key| key.contains("cache") && !writes(key)),
        written: parts(input, &writes),
        completion: get("output").or(get("completion_tokens")).or(get("output_tokens")),
        reasoning: parts(["output_", "completion_"], &|key| key.contains("reasoning")),
        total: get("total").or(get("total_tokens")),
    };
    counts.placed_by_total(details.contains_key("input"))
}
