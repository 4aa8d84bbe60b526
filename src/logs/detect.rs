//! Which form a record has, and its reader.

use serde_json::value::RawValue;

use super::agent::{amp, claude_code, codex, gemini_cli, no_call, opencode, sessions};
use super::conversation;
use super::day;
use super::exporter::{
    deepseek_export, evaluation, helicone, langchain, langfuse, litellm, parallel_arrays,
    request_response, spans, usage_object, usage_report,
};
use super::maker::{anthropic, api_response, bedrock, chat};
use super::object::{Object, malformed, parse};
use super::options::ReadOptions;
use super::proxy_cache;
use super::record::{Entry, Unbilled, UsageRecord};
use super::success;
use crate::Error;

/// The forms that are looked for, as a message lists them.
pub(crate) const FORMS: &str = "answers of Chat Completions, Responses, Anthropic, Gemini, \
    Bedrock and Cohere; batches; request/response pairs; LiteLLM, Langfuse, Helicone, OpenTelemetry, \
    OpenInference, LangChain, the AI SDK; usage and cost reports of OpenAI, Anthropic and DeepSeek; \
    sessions of coding agents; parallel arrays; columns";

/// Keys under which an export keeps its records.
const CONTAINERS: [&str; 5] = ["results", "data", "observations", "requests", "responses"];

/// Keys under which gateways and loggers keep an answer, with when it came beside.
const ENVELOPES: [&str; 7] =
    ["response", "body", "result", "message", "payload", "completion", "output"];
/// Where `LangSmith`'s runs name the model.
const TRACED_MODELS: [&str; 2] = ["extra.metadata.ls_model_name", "extra.invocation_params.model"];
/// So many envelopes may be around each other.
const ENVELOPES_DEEP: u8 = 3;

type Found = Vec<Result<Entry, Error>>;

/// Reads one record: mostly a call, but an export of spans or a page of results holds many, and a piece of a
/// stream none. Errors have their place in the record.
///
/// A record that continues those before it, such as a line of a Codex rollout, is only understood by
/// [`Dedup`](super::Dedup).
///
/// ```
/// use outlay::logs::{Entry, ReadOptions, read_record};
///
/// let text = r#"{"model": "o1-mini", "usage": {"prompt_tokens": 757, "completion_tokens": 512}}"#;
/// let mut found = Vec::new();
/// read_record(text, &ReadOptions::default(), &mut found);
/// assert!(matches!(found.as_slice(), [Ok(Entry::Call(_))]));
/// ```
pub fn read(text: &str, options: &ReadOptions, found: &mut Vec<Result<Entry, Error>>) {
    let Some(text) = of_event(text) else {
        found.push(Ok(Entry::NoCall));
        return;
    };
    match Object::parse(text) {
        Ok(object) => read_parsed(&object, options, found),
        Err(error) => found.push(Err(error)),
    }
}

/// Reads a record that has been parsed.
pub(crate) fn read_parsed(object: &Object<'_>, options: &ReadOptions, found: &mut Found) {
    let first = found.len();
    if let Err(error) = read_object(object, options, found) {
        found.push(Err(error));
    }
    complete(&mut found[first..], object, options);
}

/// The data of a server-sent event; `None` for a line of a stream that has none.
fn of_event(text: &str) -> Option<&str> {
    if text.starts_with('{') {
        return Some(text);
    }
    if let Some(data) = text.strip_prefix("data:") {
        return Some(data.trim()).filter(|data| *data != "[DONE]");
    }
    let is_field = ["event:", "id:", "retry:", ":"].iter().any(|field| text.starts_with(field));
    (!is_field).then_some(text)
}

/// Adds what the record around it says of a call, or the user.
fn complete(found: &mut [Result<Entry, Error>], object: &Object<'_>, options: &ReadOptions) {
    for entry in found.iter_mut() {
        if let Some(record) = call_of(entry) {
            if record.recorded.is_some()
                && let Some(currency) = object.at("currency")
            {
                record.set_currency(&currency);
            }
            if record.cost_nothing() && proxy_cache::has_mark(object) {
                *entry = Ok(Entry::Unbilled(Unbilled::ProxyCache));
                continue;
            }
            if record.task.is_none() {
                record.task = options.task.of(object);
            }
            if options.groups {
                record.group = record.group.or_else(|| conversation::of(object));
                record.turn = record.turn.or_else(|| conversation::turn(object));
            }
            if record.model.is_none() {
                record.model =
                    TRACED_MODELS.iter().find_map(|path| object.at(path)).or(options.model.clone());
            }
        }
    }
    // What is around several calls is about all of them together: the last one has its mark.
    let calls = found.iter_mut().filter_map(call_of);
    if let Some(last) = calls.last()
        && last.success.is_none()
    {
        last.success = success::of(object);
    }
}

fn call_of(entry: &mut Result<Entry, Error>) -> Option<&mut UsageRecord> {
    match entry {
        Ok(Entry::Call(record) | Entry::SessionSum(record)) => Some(record),
        _ => None,
    }
}

fn read_object(object: &Object<'_>, options: &ReadOptions, found: &mut Found) -> Result<(), Error> {
    if options.columns.are_named() && options.columns.fit(object) {
        found.push(options.columns.read(object));
        return Ok(());
    }
    // Most logs hold answers of Chat Completions as they came: nothing else has this mark.
    if object.choices().is_some() && object.is("object", "chat.completion") {
        found.push(chat::read(object, options));
        return Ok(());
    }
    if let Some(entries) = read_wrapped(object, options)? {
        found.extend(entries);
        return Ok(());
    }
    if let Some(entries) = read_session(object, options)? {
        found.extend(entries);
        return Ok(());
    }
    if let Some(entries) = api_response::read(object, options) {
        found.extend(entries?.into_iter().map(Ok));
        return Ok(());
    }
    if codex::is_event(object) {
        found.push(codex::read(object, options));
    } else if parallel_arrays::is(object) {
        found.extend(parallel_arrays::read(object, options)?);
    } else if object.has("usage") && usage_object::is(object) && !langfuse::is(object) {
        // Embeddings and images have their usage beside `data`.
        found.push(usage_object::read(object));
    } else if let Some(records) = CONTAINERS.iter().find_map(|key| list(object, key)) {
        for record in parse::<Vec<&RawValue>>("records", records)? {
            read(record.get(), options, found);
        }
    } else if langfuse::is(object) {
        found.push(langfuse::read(object, options));
    } else if langchain::is_llama_index(object) {
        found.extend(langchain::read_llama_index(object, options)?.into_iter().map(Ok));
    } else if usage_object::is(object) {
        found.push(usage_object::read(object));
    } else if options.columns.fit(object) {
        found.push(options.columns.read(object));
    } else if let Some(entries) = read_enveloped(object, options, ENVELOPES_DEEP)? {
        found.extend(entries.into_iter().map(Ok));
    } else if no_call::is(object) {
        found.push(Ok(Entry::NoCall));
    } else {
        return Err(malformed("the record has none of the known forms".to_owned()).hint(format!(
            "tried {FORMS}; name the figures of another form with --map, such as --map \
             completion_tokens=usage.out"
        )));
    }
    Ok(())
}

/// An answer in envelopes that have no form of their own, such as a log of HTTP.
fn read_enveloped(
    object: &Object<'_>,
    options: &ReadOptions,
    deep: u8,
) -> Result<Option<Vec<Entry>>, Error> {
    for key in ENVELOPES {
        let Some(inner) = object.nested(key)? else { continue };
        let Ok(inner) = Object::parse(&inner) else { continue };
        let read = match api_response::read(&inner, options) {
            Some(entries) => Some(entries?),
            None if usage_object::is(&inner) => Some(vec![usage_object::read(&inner)?]),
            None if deep > 1 => read_enveloped(&inner, options, deep - 1)?,
            None => None,
        };
        let Some(mut entries) = read else { continue };
        api_response::for_each_call(&mut entries, |record| {
            if record.day.is_none() {
                record.set_moment(day::of(object, &day::KEYS)?);
            }
            Ok(())
        })?;
        return Ok(Some(entries));
    }
    Ok(None)
}

/// What gateways, tracing tools, batches and reports wrap around calls.
fn read_wrapped(object: &Object<'_>, options: &ReadOptions) -> Result<Option<Found>, Error> {
    let all = |entries: Vec<Entry>| Some(entries.into_iter().map(Ok).collect());
    let one = |entry: Entry| Some(vec![Ok(entry)]);
    Ok(if request_response::is_batch(object) {
        all(request_response::read_batch(object, options)?)
    } else if anthropic::is_batch_result(object) {
        all(anthropic::read_batch_result(object, options)?)
    } else if request_response::is_batch_object(object) {
        one(request_response::read_batch_object(object)?)
    } else if request_response::is_pair(object) || request_response::is_keyed(object) {
        all(request_response::read_pair(object, options)?)
    } else if litellm::is(object) {
        one(litellm::read(object, options)?)
    } else if helicone::is(object) {
        all(helicone::read(object, options)?)
    } else if spans::is_export(object) {
        Some(spans::read_export(object, options)?)
    } else if spans::is_span(object) {
        one(spans::read_span(object, options)?)
    } else if let Some(results) = evaluation::promptfoo_results(object) {
        let mut found = Found::new();
        for result in results {
            read(result.get(), options, &mut found);
        }
        Some(found)
    } else if evaluation::is_promptfoo(object) {
        one(evaluation::read_promptfoo(object)?)
    } else if evaluation::is_output_item(object) {
        one(evaluation::read_output_item(object)?)
    } else if usage_report::is_bucket(object) {
        Some(usage_report::read_bucket(object)?)
    } else if usage_report::is_result(object) {
        one(usage_report::read_result(object)?)
    } else if deepseek_export::is(object) {
        one(deepseek_export::read(object)?)
    } else if bedrock::is_invocation(object) {
        one(bedrock::read_invocation(object)?)
    } else if langchain::is(object) {
        one(langchain::read(object, options)?)
    } else {
        None
    })
}

/// Lines and files of coding agents.
fn read_session(object: &Object<'_>, options: &ReadOptions) -> Result<Option<Found>, Error> {
    let one = |entry: Entry| Some(vec![Ok(entry)]);
    Ok(if claude_code::is(object) {
        Some(claude_code::read(object, options)?.into_iter().map(Ok).collect())
    } else if sessions::is_qwen(object) {
        one(sessions::read_qwen(object, options)?)
    } else if opencode::is(object) {
        one(opencode::read(object)?)
    } else if gemini_cli::is_session(object) {
        Some(gemini_cli::read_session(object)?)
    } else if gemini_cli::is_message(object) {
        one(gemini_cli::read_message(object)?)
    } else if amp::is(object) {
        Some(amp::read(object)?)
    } else if sessions::is_droid(object) {
        one(sessions::read_droid(object)?)
    } else if sessions::is_cline(object) {
        one(sessions::read_cline(object)?)
    } else if sessions::is_pi(object) {
        one(sessions::read_pi(object)?)
    } else if codex::is_rollout(object) {
        one(codex::read(object, options)?)
    } else if sessions::is_kimi(object) {
        one(sessions::read_kimi(object)?)
    } else {
        None
    })
}

fn list<'a>(object: &Object<'a>, key: &str) -> Option<&'a str> {
    object.get(key).map(RawValue::get).filter(|raw| raw.starts_with('['))
}
