//! Which form a record has, and its reader.

use serde_json::value::RawValue;

use super::object::{Object, malformed, parse};
use super::record::Reading;
use super::rules::Rules;
use super::{arrays, body, codex, helicone, langfuse, litellm, opencode, pair, spans};
use crate::Error;

/// The forms that are looked for, as a message lists them.
pub(super) const FORMS: &str = "Chat Completions, Responses, Batch output, request/response pairs, \
    LiteLLM, Langfuse, Helicone, OpenTelemetry, OpenInference, Codex, Anthropic, Gemini, OpenCode, \
    parallel arrays, columns";

/// Keys under which an export keeps its records.
const CONTAINERS: [&str; 4] = ["results", "data", "observations", "requests"];

/// Reads a record: mostly one call, but an export of spans or a page of results holds many.
pub(super) fn read(text: &str, rules: &Rules, found: &mut Vec<Result<Reading, Error>>) {
    match Object::parse(text) {
        Ok(object) => {
            let first = found.len();
            if let Err(error) = read_object(&object, rules, found) {
                found.push(Err(error));
            }
            complete(&mut found[first..], &object, rules);
        }
        Err(error) => found.push(Err(error)),
    }
}

/// Adds what the record around it says of a call, or the user.
fn complete(found: &mut [Result<Reading, Error>], object: &Object<'_>, rules: &Rules) {
    for reading in found {
        if let Ok(Reading::Call(record)) = reading {
            if record.task.is_none() {
                record.task = rules.task.of(object);
            }
            if record.model.is_none() {
                record.model.clone_from(&rules.model);
            }
        }
    }
}

fn read_object(
    object: &Object<'_>,
    rules: &Rules,
    found: &mut Vec<Result<Reading, Error>>,
) -> Result<(), Error> {
    if rules.columns.are_named() && rules.columns.fit(object) {
        found.push(rules.columns.read(object));
    } else if pair::is_batch(object) {
        found.push(pair::read_batch(object, rules));
    } else if pair::is_pair(object) {
        found.push(pair::read_pair(object, rules));
    } else if litellm::is(object) {
        found.push(litellm::read(object, rules));
    } else if helicone::is(object) {
        found.push(helicone::read(object, rules));
    } else if spans::is_export(object) {
        found.extend(spans::read_export(object, rules)?);
    } else if spans::is_span(object) {
        found.push(spans::read_span(object, rules));
    } else if opencode::is(object) {
        found.push(opencode::read(object));
    } else if let Some(reading) = body::read(object, rules) {
        found.push(reading);
    } else if codex::is(object) {
        found.push(codex::read(object, rules));
    } else if arrays::is(object) {
        found.extend(arrays::read(object, rules)?);
    } else if let Some(records) = CONTAINERS.iter().find_map(|key| list(object, key)) {
        for record in parse::<Vec<&RawValue>>("records", records)? {
            read(record.get(), rules, found);
        }
    } else if langfuse::is(object) {
        found.push(langfuse::read(object, rules));
    } else if rules.columns.fit(object) {
        found.push(rules.columns.read(object));
    } else {
        return Err(malformed("the record has none of the known forms".to_owned()).hint(format!(
            "tried {FORMS}; name the figures of another form with --map, such as --map \
             completion_tokens=usage.out"
        )));
    }
    Ok(())
}

fn list<'a>(object: &Object<'a>, key: &str) -> Option<&'a str> {
    object.get(key).map(RawValue::get).filter(|raw| raw.starts_with('['))
}
