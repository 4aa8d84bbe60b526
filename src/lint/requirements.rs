//! Parameters that OpenAI's endpoints take only with others, or under another name.

use super::api_errors;
use super::finding::Finding;
use super::rule::{
    JSON_NOT_ASKED_FOR, PARAMETER_OF_OTHER_ENDPOINT, SCHEMA_NOT_STRICT,
    STREAM_OPTIONS_WITHOUT_STREAM, TOOL_CHOICE_WITHOUT_TOOLS,
};
use super::target::LintTarget;
use crate::json::{Kind, Value};
use crate::request::{Origin, Request};

/// Parameters of Chat Completions, and what Responses names them.
const OF_CHAT: [(&str, &str); 5] = [
    ("max_completion_tokens", "max_output_tokens"),
    ("max_tokens", "max_output_tokens"),
    ("reasoning_effort", "reasoning.effort"),
    ("response_format", "text.format"),
    ("verbosity", "text.verbosity"),
];
/// Parameters of Responses, and what Chat Completions names them.
const OF_RESPONSES: [(&str, &str); 3] = [
    ("max_output_tokens", "max_completion_tokens"),
    ("reasoning", "reasoning_effort"),
    ("text", "response_format"),
];

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let (Some(body), Some(request)) = (target.body, target.request) else { return Vec::new() };
    if !target.speaks_openai() || !matches!(request.origin, Origin::Chat | Origin::Responses) {
        return Vec::new();
    }
    let mut findings = other_endpoint(body.json, request);
    findings.extend(json_mode(body.json, request));
    findings.extend(schemas(body.json));
    findings.extend(choices(body.json));
    findings.extend(stream_options(body.json));
    findings
}

/// Parameters that the other endpoint has.
fn other_endpoint(body: Value<'_>, request: &Request) -> Vec<Finding> {
    let responses = request.origin == Origin::Responses;
    // A bare list of messages is neither.
    if body.kind() != Kind::Object {
        return Vec::new();
    }
    let (names, endpoint) = if responses {
        (&OF_CHAT[..], "Responses")
    } else {
        (&OF_RESPONSES[..], "Chat Completions")
    };
    let finding = |(key, own): &(&str, &str)| {
        let value = body.set(key)?;
        let message = format!("{endpoint} has no parameter `{key}`");
        let help = format!("send `{own}`");
        let answer = responses.then(|| api_errors::moved(key, own));
        let finding = Finding::new(&PARAMETER_OF_OTHER_ENDPOINT, message, help);
        Some(finding.at(Some(value)).answered(answer))
    };
    names.iter().filter_map(finding).collect()
}

/// The format of the answer, where a request declares it.
fn format(body: Value<'_>) -> Option<Value<'_>> {
    body.set("response_format").or_else(|| body.set("text")?.set("format"))
}

/// JSON mode where nothing asks for JSON.
fn json_mode(body: Value<'_>, request: &Request) -> Option<Finding> {
    let kind = format(body)?.set("type")?;
    let asks = ["messages", "input", "instructions"].into_iter().any(|key| {
        body.get(key).is_some_and(|text| text.text().to_ascii_lowercase().contains("json"))
    });
    // What only the API has may ask for it.
    let hidden = ["previous_response_id", "conversation", "prompt"];
    let hidden = hidden.into_iter().any(|key| body.set(key).is_some());
    if kind.string()? != "json_object" || asks || hidden {
        return None;
    }
    let message = "JSON mode, and no message has the word JSON".to_owned();
    let help = "ask for JSON in a message, or declare a schema";
    let chat = request.origin == Origin::Chat;
    let answer = chat.then(api_errors::json_not_asked_for);
    Some(Finding::new(&JSON_NOT_ASKED_FOR, message, help).at(Some(kind)).answered(answer))
}

/// Strict schemas of the answer and of functions, each at its first object that is left open.
fn schemas(body: Value<'_>) -> Vec<Finding> {
    let of_answer = format(body).map(|format| format.set("json_schema").unwrap_or(format));
    let tools = body.get("tools").map(|tools| tools.items()).unwrap_or_default();
    let tools = tools.into_iter().map(|tool| tool.set("function").unwrap_or(tool));
    let declared = of_answer.into_iter().chain(tools);
    let strict = declared.filter(|one| one.get("strict").is_some_and(|is| is.text() == "true"));
    let schemas = strict.filter_map(|one| one.set("schema").or_else(|| one.set("parameters")));
    let finding = |schema: Value<'_>| {
        let (place, message) = open_object(schema, 0)?;
        let help = "set `additionalProperties` to false and list every property in `required`; a property may be null";
        Some(Finding::new(&SCHEMA_NOT_STRICT, message, help).at(Some(place)))
    };
    schemas.filter_map(finding).collect()
}

/// Schemas nest no deeper than the API takes.
const DEEPEST: usize = 32;

/// The first object of a schema that takes other properties, or does not require one of its own.
fn open_object(schema: Value<'_>, depth: usize) -> Option<(Value<'_>, String)> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(properties) = schema.set("properties") {
        let closed = schema.get("additionalProperties").is_some_and(|more| more.text() == "false");
        if !closed {
            let message = "a strict schema whose object takes other properties".to_owned();
            return Some((schema, message));
        }
        let required = schema.get("required").map(|names| names.items()).unwrap_or_default();
        let required: Vec<_> = required.iter().filter_map(Value::string).collect();
        let fields = properties.fields().ok()?;
        for (name, property) in fields.members() {
            if !required.iter().any(|known| *known == name) {
                let message = format!("a strict schema that does not require `{name}`");
                return Some((property, message));
            }
        }
    }
    inside(schema).into_iter().find_map(|part| open_object(part, depth + 1))
}

/// The schemas that a schema is made of.
fn inside(schema: Value<'_>) -> Vec<Value<'_>> {
    let mut parts: Vec<Value<'_>> = schema.set("items").into_iter().collect();
    parts.extend(
        ["anyOf", "allOf", "oneOf"]
            .iter()
            .filter_map(|key| schema.set(key))
            .flat_map(|all| all.items()),
    );
    for key in ["properties", "$defs", "definitions"] {
        if let Some(fields) = schema.set(key).and_then(|all| all.fields().ok()) {
            parts.extend(fields.members().map(|(_, part)| part));
        }
    }
    parts
}

/// What is said about tools where there are none.
fn choices(body: Value<'_>) -> Vec<Finding> {
    let has = |key: &str| body.set(key).is_some_and(|tools| !tools.items().is_empty());
    if has("tools") {
        return Vec::new();
    }
    let finding = |key: &str| {
        let value = body.set(key)?;
        let message = format!("`{key}` without `tools`");
        let finding = Finding::new(&TOOL_CHOICE_WITHOUT_TOOLS, message, format!("remove `{key}`"));
        Some(finding.at(Some(value)).answered(Some(api_errors::only_with_tools(key))))
    };
    ["tool_choice", "parallel_tool_calls"].into_iter().filter_map(finding).collect()
}

fn stream_options(body: Value<'_>) -> Option<Finding> {
    let options = body.set("stream_options")?;
    if body.get("stream").is_some_and(|stream| stream.text() == "true") {
        return None;
    }
    let message = "`stream_options` on an answer that is not streamed".to_owned();
    let help = "remove it, or set `stream` to true";
    Some(Finding::new(&STREAM_OPTIONS_WITHOUT_STREAM, message, help).at(Some(options)))
}
