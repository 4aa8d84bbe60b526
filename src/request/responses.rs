//! Responses requests.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::chat;
use super::json::Source;
use super::message::{FunctionCall, Message, Origin, Part, Request, Role};
use crate::units::Tokens;
use crate::{Error, ErrorKind};

#[derive(Deserialize)]
struct Body<'a> {
    model: Option<String>,
    #[serde(borrow)]
    input: &'a RawValue,
    instructions: Option<String>,
    #[serde(borrow, default)]
    tools: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    text: Option<TextOptions<'a>>,
    max_output_tokens: Option<u64>,
    #[serde(borrow, default)]
    service_tier: Option<&'a RawValue>,
    previous_response_id: Option<IgnoredAny>,
    conversation: Option<IgnoredAny>,
    prompt: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct TextOptions<'a> {
    #[serde(borrow, default)]
    format: Option<TextFormat<'a>>,
}

#[derive(Deserialize)]
struct TextFormat<'a> {
    #[serde(borrow, default)]
    schema: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Item<'a> {
    r#type: Option<String>,
    name: Option<String>,
    arguments: Option<String>,
    #[serde(borrow, default)]
    output: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Tool {
    r#type: String,
}

/// Reads a whole request body.
pub(super) fn body(source: Source<'_>, text: &str) -> Result<Request, Error> {
    let body: Body<'_> = source.parse(text)?;
    let stored = [
        ("previous_response_id", body.previous_response_id),
        ("conversation", body.conversation),
        ("prompt", body.prompt),
    ];
    if let Some((key, _)) = stored.iter().find(|(_, value)| value.is_some()) {
        return Err(Error::new(
            ErrorKind::Uncountable,
            format!("`{key}` refers to text that only the API has"),
        )
        .hint("write the earlier messages into `input` to count them"));
    }
    let mut messages: Vec<_> =
        body.instructions.into_iter().map(|text| Message::text(Role::Developer, text)).collect();
    if body.input.get().starts_with('"') {
        messages.push(Message::text(Role::User, source.parse::<String>(body.input.get())?));
    } else {
        for item in source.parse::<Vec<&RawValue>>(body.input.get())? {
            messages.push(self::item(source, item)?);
        }
    }
    let mut request = Request::from_messages(Origin::Responses, messages);
    request.model = body.model;
    for tool in body.tools.iter().flatten() {
        let kind = source.parse::<Tool>(tool.get())?.r#type;
        if kind != "function" {
            return Err(chat::uncountable_tool(source, tool, &kind));
        }
        request.functions.push(chat::function_definition(source, tool)?);
    }
    request.response_schema = body.text.and_then(|text| text.format?.schema).map(ToOwned::to_owned);
    request.cap = body.max_output_tokens.map(Tokens::new);
    request.tier = chat::service_tier(source, body.service_tier)?;
    Ok(request)
}

fn item(source: Source<'_>, raw: &RawValue) -> Result<Message, Error> {
    let item: Item<'_> = source.parse(raw.get())?;
    match (item.r#type.as_deref(), item.name, item.arguments, item.output) {
        (None | Some("message"), ..) => chat::message(source, raw),
        (Some("function_call"), Some(name), Some(arguments), _) => Ok(Message {
            tool_calls: vec![FunctionCall { name, arguments }],
            ..without_content(Role::Assistant)
        }),
        (Some("function_call_output"), _, _, Some(output)) => {
            let content = chat::content(source, output)?;
            Ok(Message { content, ..without_content(Role::Tool) })
        }
        (Some(kind), ..) => {
            let part =
                Part::Uncountable { kind: kind.to_owned(), position: source.position(raw.get()) };
            Ok(Message { content: vec![part], ..without_content(Role::Assistant) })
        }
    }
}

fn without_content(role: Role) -> Message {
    Message { content: Vec::new(), ..Message::text(role, "") }
}
