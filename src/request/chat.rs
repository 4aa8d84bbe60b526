//! Chat Completions requests.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::Source;
use super::message::{
    FunctionCall, FunctionDefinition, Message, Origin, Part, Request, Role, ToolChoice,
};
use crate::catalog::Tier;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

#[derive(Deserialize)]
struct Body<'a> {
    model: Option<String>,
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    tools: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    tool_choice: Option<&'a RawValue>,
    #[serde(borrow, default)]
    functions: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    function_call: Option<&'a RawValue>,
    #[serde(borrow, default)]
    response_format: Option<&'a RawValue>,
    max_completion_tokens: Option<u64>,
    max_tokens: Option<u64>,
    n: Option<u64>,
    #[serde(borrow, default)]
    service_tier: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawMessage<'a> {
    role: String,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    name: Option<String>,
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<RawToolCall>>,
    function_call: Option<RawCall>,
}

#[derive(Deserialize)]
struct RawToolCall {
    function: Option<RawCall>,
    custom: Option<RawCustomCall>,
}

#[derive(Deserialize)]
struct RawCall {
    name: String,
    arguments: String,
}

#[derive(Deserialize)]
struct RawCustomCall {
    name: String,
    input: String,
}

#[derive(Deserialize)]
struct RawPart {
    r#type: String,
    text: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct RawTool<'a> {
    r#type: String,
    #[serde(borrow, default)]
    function: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawFunction {
    name: String,
    description: Option<String>,
    parameters: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct NamedTool {
    function: Option<Named>,
}

#[derive(Deserialize)]
struct ResponseFormat<'a> {
    #[serde(borrow, default)]
    json_schema: Option<&'a RawValue>,
}

/// Reads a whole request body.
pub(super) fn body(source: Source<'_>, text: &str) -> Result<Request, Error> {
    let body: Body<'_> = source.parse(text)?;
    let mut request = Request::from_messages(Origin::Chat, messages(source, &body.messages)?);
    request.model = body.model;
    for tool in body.tools.iter().flatten() {
        let raw: RawTool<'_> = source.parse(tool.get())?;
        let Some(function) = raw.function else {
            return Err(uncountable_tool(source, tool, &raw.r#type));
        };
        request.functions.push(function_definition(source, function)?);
    }
    for function in body.functions.iter().flatten() {
        request.functions.push(function_definition(source, function)?);
    }
    request.tool_choice = tool_choice(source, body.tool_choice, body.function_call)?;
    if let Some(format) = body.response_format.filter(|raw| raw.get() != "null") {
        let format: ResponseFormat<'_> = source.parse(format.get())?;
        request.response_schema = format.json_schema.map(ToOwned::to_owned);
    }
    request.cap = body.max_completion_tokens.or(body.max_tokens).map(Tokens::new);
    request.choices = body.n.unwrap_or(1).max(1);
    request.tier = service_tier(source, body.service_tier)?;
    Ok(request)
}

/// Reads an array of messages.
pub(super) fn messages(source: Source<'_>, raw: &[&RawValue]) -> Result<Vec<Message>, Error> {
    raw.iter().map(|message| self::message(source, message)).collect()
}

/// Reads one message.
pub(super) fn message(source: Source<'_>, raw: &RawValue) -> Result<Message, Error> {
    let message: RawMessage<'_> = source.parse(raw.get())?;
    let role = Role::from_name(&message.role).ok_or_else(|| {
        source
            .malformed(raw, format!("`{}` is not the role of a message", message.role))
            .hint("the roles are system, developer, user, assistant, tool and function")
    })?;
    let mut content = message.content.map_or(Ok(Vec::new()), |raw| content(source, raw))?;
    content.extend(message.refusal.map(Part::Text));
    let mut tool_calls = Vec::new();
    for call in message.tool_calls.into_iter().flatten() {
        tool_calls.push(match (call.function, call.custom) {
            (Some(call), _) => FunctionCall { name: call.name, arguments: call.arguments },
            (None, Some(call)) => FunctionCall { name: call.name, arguments: call.input },
            (None, None) => {
                return Err(source.malformed(raw, "a tool call names no function".to_owned()));
            }
        });
    }
    let function_call = message
        .function_call
        .map(|call| FunctionCall { name: call.name, arguments: call.arguments });
    Ok(Message { role, name: message.name, content, tool_calls, function_call })
}

/// Reads the content of a message: a string, an array of parts, or null.
pub(super) fn content(source: Source<'_>, raw: &RawValue) -> Result<Vec<Part>, Error> {
    match raw.get().as_bytes().first() {
        Some(b'"') => Ok(vec![Part::Text(source.parse(raw.get())?)]),
        Some(b'n') => Ok(Vec::new()),
        Some(b'[') => source
            .parse::<Vec<&RawValue>>(raw.get())?
            .into_iter()
            .map(|part| self::part(source, part))
            .collect(),
        _ => Err(source
            .malformed(raw, "content is neither a string nor an array of parts".to_owned())
            .hint("a part is an object such as {\"type\": \"text\", \"text\": \"…\"}")),
    }
}

fn part(source: Source<'_>, raw: &RawValue) -> Result<Part, Error> {
    let part: RawPart = source.parse(raw.get())?;
    match (part.r#type.as_str(), part.text, part.refusal) {
        ("text" | "input_text" | "output_text", Some(text), _) | ("refusal", _, Some(text)) => {
            Ok(Part::Text(text))
        }
        ("text" | "input_text" | "output_text" | "refusal", ..) => {
            Err(source.malformed(raw, format!("this part of type `{}` has no text", part.r#type)))
        }
        _ => Ok(Part::Uncountable { kind: part.r#type, position: source.position(raw.get()) }),
    }
}

/// Reads a function definition, which Chat Completions nests and Responses does not.
pub(super) fn function_definition(
    source: Source<'_>,
    raw: &RawValue,
) -> Result<FunctionDefinition, Error> {
    let function: RawFunction = source.parse(raw.get())?;
    Ok(FunctionDefinition {
        name: function.name,
        description: function.description,
        parameters: function.parameters,
    })
}

fn tool_choice(
    source: Source<'_>,
    tool_choice: Option<&RawValue>,
    function_call: Option<&RawValue>,
) -> Result<Option<ToolChoice>, Error> {
    let object = |raw: &&RawValue| raw.get().starts_with('{');
    let none = |raw: &RawValue| raw.get() == "\"none\"";
    if tool_choice.is_some_and(none) || function_call.is_some_and(none) {
        return Ok(Some(ToolChoice::None));
    }
    if let Some(raw) = tool_choice.filter(object) {
        let named: NamedTool = source.parse(raw.get())?;
        return Ok(named.function.map(|function| ToolChoice::Tool(function.name)));
    }
    if let Some(raw) = function_call.filter(object) {
        let named: Named = source.parse(raw.get())?;
        return Ok(Some(ToolChoice::Function(named.name)));
    }
    Ok(None)
}

/// Reads `service_tier`.
pub(super) fn service_tier(
    source: Source<'_>,
    raw: Option<&RawValue>,
) -> Result<Option<Tier>, Error> {
    let tier = |raw: &RawValue| match source.parse::<Option<String>>(raw.get())? {
        Some(name) => name.parse().map(Some).map_err(|e: Error| e.at(source.position(raw.get()))),
        None => Ok(None),
    };
    raw.map_or(Ok(None), tier)
}

/// The error for a tool that the provider runs itself.
pub(super) fn uncountable_tool(source: Source<'_>, raw: &RawValue, kind: &str) -> Error {
    Error::new(
        ErrorKind::Uncountable,
        format!("the prompt tokens of a tool of type `{kind}` are not public"),
    )
    .at(source.position(raw.get()))
    .hint("remove the tool from the request to count the rest")
}
