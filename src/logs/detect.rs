//! Which form a record has, and its reader.

use serde_json::value::RawValue;

use super::object::{Object, malformed, parse};
use super::options::ReadOptions;
use super::record::Entry;
use crate::Error;
use crate::logs::agent::codex;
use crate::logs::agent::opencode;
use crate::logs::exporter::helicone;
use crate::logs::exporter::langfuse;
use crate::logs::exporter::litellm;
use crate::logs::exporter::parallel_arrays;
use crate::logs::exporter::request_response;
use crate::logs::exporter::spans;
use crate::logs::maker::api_response;

/// The forms that are looked for, as a message lists them.
pub(crate) const FORMS: &str = "Chat Completions, Responses, Batch output, request/response pairs, \
    LiteLLM, Langfuse, Helicone, OpenTelemetry, OpenInference, Codex, Anthropic, Gemini, OpenCode, \
    parallel arrays, columns";

/// Keys under which an export keeps its records.
const CONTAINERS: [&str; 4] = ["results", "data", "observations", "requests"];

/// Reads a record: mostly one call, but an export of spans or a page of results holds many.
pub(crate) fn read(text: &str, options: &ReadOptions, found: &mut Vec<Result<Entry, Error>>) {
    match Object::parse(text) {
        Ok(object) => {
            let first = found.len();
            if let Err(error) = read_object(&object, options, found) {
                found.push(Err(error));
            }
            complete(&mut found[first..], &object, options);
        }
        Err(error) => found.push(Err(error)),
    }
}

/// Adds what the record around it says of a call, or the user.
fn complete(found: &mut [Result<Entry, Error>], object: &Object<'_>, options: &ReadOptions) {
    for entry in found {
        if let Ok(Entry::Call(record)) = entry {
            if record.task.is_none() {
                record.task = options.task.of(object);
            }
            if record.model.is_none() {
                record.model.clone_from(&options.model);
            }
        }
    }
}

fn read_object(
    object: &Object<'_>,
    options: &ReadOptions,
    found: &mut Vec<Result<Entry, Error>>,
) -> Result<(), Error> {
    if options.columns.are_named() && options.columns.fit(object) {
        found.push(options.columns.read(object));
    } else if request_response::is_batch(object) {
        found.push(request_response::read_batch(object, options));
    } else if request_response::is_pair(object) {
        found.push(request_response::read_pair(object, options));
    } else if litellm::is(object) {
        found.push(litellm::read(object, options));
    } else if helicone::is(object) {
        found.push(helicone::read(object, options));
    } else if spans::is_export(object) {
        found.extend(spans::read_export(object, options)?);
    } else if spans::is_span(object) {
        found.push(spans::read_span(object, options));
    } else if opencode::is(object) {
        found.push(opencode::read(object));
    } else if let Some(entry) = api_response::read(object, options) {
        found.push(entry);
    } else if codex::is(object) {
        found.push(codex::read(object, options));
    } else if parallel_arrays::is(object) {
        found.extend(parallel_arrays::read(object, options)?);
    } else if let Some(records) = CONTAINERS.iter().find_map(|key| list(object, key)) {
        for record in parse::<Vec<&RawValue>>("records", records)? {
            read(record.get(), options, found);
        }
    } else if langfuse::is(object) {
        found.push(langfuse::read(object, options));
    } else if options.columns.fit(object) {
        found.push(options.columns.read(object));
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
