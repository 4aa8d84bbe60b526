//! Spans: OTLP JSON with many, or one span by itself, with the conventions of OpenTelemetry
//! (`gen_ai.*`) or of OpenInference (`llm.*`).

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Error;
use crate::logs::conversation;
use crate::logs::day;
use crate::logs::figures::{Count, Figure, Figures, Parts, amount};
use crate::logs::maker::api_response;
use crate::logs::object::{Object, malformed, parse};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, ServiceTier, Unbilled, UsageRecord};
use crate::logs::success;
use crate::units::Tokens;

pub(crate) fn is_export(object: &Object<'_>) -> bool {
    object.has("resourceSpans")
}

pub(crate) fn is_span(object: &Object<'_>) -> bool {
    object.has("attributes")
        && ["spanId", "span_id", "context", "traceId", "trace_id", "span_kind"]
            .iter()
            .any(|key| object.has(key))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    #[serde(borrow, default)]
    scope_spans: Vec<ScopeSpans<'a>>,
}

#[derive(Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default)]
    spans: Vec<&'a RawValue>,
}

/// Every span of an export.
pub(crate) fn read_export(
    object: &Object<'_>,
    options: &ReadOptions,
) -> Result<Vec<Result<Entry, Error>>, Error> {
    let resources: Vec<ResourceSpans<'_>> = object.value("resourceSpans")?.unwrap_or_default();
    let spans = resources.iter().flat_map(|r| &r.scope_spans).flat_map(|scope| &scope.spans);
    Ok(spans.map(|span| read_span(&Object::parse(span.get())?, options)).collect())
}

pub(crate) fn read_span(span: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let attributes = Attributes::of(span)?;
    let mut entry = if attributes.has_any(&["llm.token_count.prompt", "llm.token_count.completion"])
    {
        open_inference(&attributes)?
    } else {
        gen_ai(&attributes, span)?
    };
    if let Entry::Call(record) = &mut entry {
        record.set_moment(day::of(span, &["startTimeUnixNano", "start_time", "startTime"])?);
        if record.id.is_none() {
            record.id = span.text(&["spanId", "span_id"])?.or_else(|| span.at("context.span_id"));
        }
        record.task = options
            .task
            .path()
            .and_then(|path| attributes.text(path))
            .or_else(|| options.task.of(span));
        record.success = evaluated(span, &attributes);
        if options.groups {
            record.group = conversation::of_span(span, |key| attributes.text(key));
        }
    }
    Ok(entry)
}

/// What evaluations of the answer say, on the span or in its `gen_ai.evaluation.result` events: whether all of
/// them passed. Labels such as `good` are no marks.
fn evaluated(span: &Object<'_>, attributes: &Attributes) -> Option<bool> {
    const LABEL: &str = "gen_ai.evaluation.score.label";
    let events = span.get("events").map(RawValue::get).filter(|raw| raw.contains(LABEL));
    let events: Vec<&RawValue> =
        events.and_then(|raw| parse("events", raw).ok()).unwrap_or_default();
    let of_event = |event: &&RawValue| {
        let event = Object::parse(event.get()).ok()?;
        Attributes::of(&event).ok()?.text(LABEL)
    };
    let labels = attributes.text(LABEL).into_iter().chain(events.iter().filter_map(of_event));
    labels.filter_map(|label| success::mark(&label)).reduce(|one, other| one && other)
}

/// Under these prefixes spans have their figures; the first that has a figure has the right one.
const USAGES: [&str; 3] = ["gen_ai.usage", "ai.usage", "llm.usage"];

/// <https://opentelemetry.io/docs/specs/semconv/gen-ai/>: input includes what was cached, output
/// includes reasoning. Some versions of `OpenLLMetry` leave the cache out for Anthropic's models.
fn gen_ai(attributes: &Attributes, span: &Object<'_>) -> Result<Entry, Error> {
    if attributes.repeats_other_spans(span) {
        return Ok(Entry::NoCall);
    }
    let mut figures = Figures::default();
    for prefix in USAGES {
        for (key, text) in attributes.below(prefix) {
            figures.take_text(&key, &text)?;
        }
    }
    if figures.get(Figure::Prompt).is_none() && figures.get(Figure::Completion).is_none() {
        let is_ours = attributes.has_any(&["gen_ai.request.model", "gen_ai.response.model"]);
        return Ok(match (is_ours, attributes.has_any(&["error.type"])) {
            (true, true) => Entry::Unbilled(Unbilled::Failed),
            (true, false) => return Err(malformed("the span of a call has no usage".to_owned())),
            (false, _) => Entry::NoCall,
        });
    }
    if figures.get(Figure::Completion).is_none() && attributes.is_embedding() {
        figures.put(Figure::Completion, Some(Tokens::ZERO));
    }
    let mut record = UsageRecord::of(LogFormat::Opentelemetry, figures, Parts::Inside)?;
    record.id = ["gen_ai.response.id", "ai.response.id"].iter().find_map(|k| attributes.text(k));
    record.model =
        ["gen_ai.response.model", "ai.response.model", "gen_ai.request.model", "ai.model.id"]
            .iter()
            .find_map(|key| attributes.text(key));
    record.cap = attributes.tokens(&["gen_ai.request.max_tokens"])?;
    record.effort = attributes.text("gen_ai.openai.request.reasoning_effort");
    let tiers = ["gen_ai.openai.response.service_tier", "openai.response.service_tier"];
    if let Some(tier) = tiers.iter().find_map(|key| attributes.text(key)) {
        record.tier = ServiceTier::of(&tier);
    }
    for reason in attributes.texts("gen_ai.response.finish_reasons") {
        if record.finish != Finish::Length {
            record.finish = Finish::of(&reason);
        }
    }
    Ok(record.into())
}

/// The operations that are calls of a model.
const CALLS: [&str; 4] = ["chat", "text_completion", "generate_content", "embeddings"];

/// <https://arize-ai.github.io/openinference/spec/semantic_conventions.html>: details are parts of
/// prompt and completion.
fn open_inference(attributes: &Attributes) -> Result<Entry, Error> {
    // A chain or an agent repeats the usage of the calls inside it.
    if attributes.text("openinference.span.kind").is_some_and(|kind| kind != "LLM") {
        return Ok(Entry::NoCall);
    }
    let mut figures = Figures::default();
    for (key, text) in attributes.below("llm.token_count") {
        let key = match key.as_str() {
            "prompt" => "prompt_tokens",
            "completion" => "completion_tokens",
            other => other,
        };
        figures.take_text(key, &text)?;
    }
    figures.cost = attributes.text("llm.cost.total").and_then(|cost| amount(cost.parse().ok()?));
    let mut record = UsageRecord::of(LogFormat::Openinference, figures, Parts::Inside)?;
    record.model = attributes.text("llm.model_name");
    if let Some(reason) = attributes.text("llm.finish_reason") {
        record.finish = Finish::of(&reason);
    }
    if let Some(parameters) = attributes.text("llm.invocation_parameters") {
        api_response::add_request(&mut record, &Object::parse(&parameters)?)?;
    }
    Ok(record.into())
}

/// The attributes of a span, from OTLP's list of keys and values, an object with dotted keys, or
/// nested objects.
struct Attributes(Map<String, Value>);

#[derive(Deserialize)]
struct Attribute {
    key: String,
    value: Value,
}

impl Attributes {
    fn of(span: &Object<'_>) -> Result<Self, Error> {
        let Some(raw) = span.get("attributes") else { return Ok(Self(Map::new())) };
        if raw.get().starts_with('[') {
            let list: Vec<Attribute> = parse("attributes", raw.get())?;
            return Ok(Self(list.into_iter().map(|a| (a.key, unwrapped(a.value))).collect()));
        }
        parse("attributes", raw.get()).map(Self)
    }

    /// The value under a dotted key, flat or nested.
    fn get(&self, key: &str) -> Option<&Value> {
        fn find<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
            map.get(key).or_else(|| {
                key.match_indices('.')
                    .find_map(|(dot, _)| find(map.get(&key[..dot])?.as_object()?, &key[dot + 1..]))
            })
        }
        find(&self.0, key).filter(|value| !value.is_null())
    }

    /// The scalars below a dotted key, flat or nested, with the rest of their keys.
    fn below(&self, prefix: &str) -> Vec<(String, String)> {
        fn scalar(value: &Value) -> Option<String> {
            match value {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            }
        }
        fn collect(map: &Map<String, Value>, before: &str, found: &mut Vec<(String, String)>) {
            for (key, value) in map {
                let key = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
                match value {
                    Value::Object(inner) => collect(inner, &key, found),
                    other => found.extend(scalar(other).map(|text| (key, text))),
                }
            }
        }
        let mut all = Vec::new();
        collect(&self.0, "", &mut all);
        let below = |(key, text): (String, String)| {
            let rest = key.strip_prefix(prefix)?.strip_prefix('.')?.to_owned();
            Some((rest, text))
        };
        all.into_iter().filter_map(below).collect()
    }

    /// Whether the span is about an agent, a tool or a chain, which repeats the usage of the calls
    /// inside it.
    fn repeats_other_spans(&self, span: &Object<'_>) -> bool {
        let operation = self.text("gen_ai.operation.name");
        let is_call = operation.is_none_or(|name| CALLS.contains(&name.as_str()));
        // The AI SDK has a span for the call of its function, and one inside for each request. Exporters
        // keep its name in one of several places.
        let names = [self.text("ai.operationId"), self.text("operation.name"), span.at("name")];
        let of_sdk = names.into_iter().flatten().find(|name| name.starts_with("ai."));
        let is_outer = of_sdk.is_some_and(|name| !name.contains(".do"));
        let kinds = ["traceloop.span.kind", "langfuse.observation.type"];
        let kind = kinds.iter().find_map(|key| self.text(key));
        let is_other = kind.is_some_and(|kind| {
            ["workflow", "task", "agent", "tool", "span", "event"].contains(&kind.as_str())
        });
        !is_call || is_outer || is_other
    }

    fn is_embedding(&self) -> bool {
        self.text("gen_ai.operation.name").is_some_and(|name| name == "embeddings")
            || self.text("ai.operationId").is_some_and(|id| id.contains("embed"))
            || self.text("llm.request.type").is_some_and(|kind| kind == "embedding")
    }

    fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.get(key).is_some())
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Array(_) | Value::Object(_) => None,
            other => Some(other.to_string()),
        }
    }

    fn texts(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::Array(values)) => {
                values.iter().filter_map(|value| value.as_str().map(ToOwned::to_owned)).collect()
            }
            _ => self.text(key).into_iter().collect(),
        }
    }

    fn tokens(&self, keys: &[&str]) -> Result<Option<Tokens>, Error> {
        let found = keys.iter().find_map(|key| Some((*key, self.text(key)?)));
        found.map_or(Ok(None), |(key, text)| {
            Count::in_cell(&text).map_err(|e| malformed(format!("`{key}`: {}", e.message())))
        })
    }
}

/// The value in OTLP's wrapping, such as `{"intValue": "431"}`.
fn unwrapped(value: Value) -> Value {
    let Value::Object(mut wrapped) = value else { return value };
    for key in ["stringValue", "intValue", "doubleValue", "boolValue"] {
        if let Some(inner) = wrapped.remove(key) {
            return inner;
        }
    }
    match wrapped.remove("arrayValue") {
        Some(Value::Object(mut array)) => match array.remove("values") {
            Some(Value::Array(values)) => Value::Array(values.into_iter().map(unwrapped).collect()),
            _ => Value::Array(Vec::new()),
        },
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use crate::logs::Records;

    /// The AI SDK has a span for a call of its function and one for each request in it.
    #[test]
    fn what_repeats_other_spans_is_no_call() {
        let is_call = |name: &str, more: &str| {
            let text = format!(
                r#"{{"traceId": "1", "spanId": "2", "name": "{name}", "attributes": {{
                    "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 3{more}}}}}"#
            )
            .replace('\n', "");
            let calls: Result<Vec<_>, _> = Records::new(text.as_bytes()).collect();
            calls.unwrap().len() == 1
        };
        for (name, more, wanted) in [
            ("ai.generateText.doGenerate", "", true),
            ("ai.generateText", "", false),
            ("chat gpt-5", "", true),
            ("x", r#", "ai.operationId": "ai.streamText.doStream""#, true),
            ("x", r#", "operation.name": "ai.streamText""#, false),
            ("x", r#", "gen_ai.operation.name": "chat""#, true),
            ("x", r#", "gen_ai.operation.name": "invoke_agent""#, false),
            ("x", r#", "traceloop.span.kind": "workflow""#, false),
            ("x", r#", "langfuse.observation.type": "generation""#, true),
        ] {
            assert_eq!(is_call(name, more), wanted, "{name}{more}");
        }
    }
}
