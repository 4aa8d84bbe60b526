//! Responses requests, of `OpenAI` and of the others that serve the endpoint.

use super::super::keys::Keys;
use super::super::media::Media;
use super::super::message::{ContentSpan, FunctionCall, HostedTool, Message, Part, Request, Role};
use super::super::origin::Origin;
use super::super::settings::{MarkedPrefix, ThinkingSetting, ToolChoice};
use super::super::unknown::Unknown;
use super::{chat, definition, mcp, settings};
use crate::Error;
use crate::json::{Fields, Kind, Value};

const BODY: Keys = Keys {
    read: &[
        "model",
        "input",
        "instructions",
        "tools",
        "tool_choice",
        "text",
        "max_output_tokens",
        "service_tier",
        "reasoning",
        "previous_response_id",
        "conversation",
        "prompt",
        "prompt_cache_breakpoint",
        "truncation",
    ],
    free: &[
        "temperature",
        "top_p",
        "top_logprobs",
        "stream",
        "stream_options",
        "store",
        "metadata",
        "user",
        "safety_identifier",
        "include",
        "parallel_tool_calls",
        "max_tool_calls",
        "background",
        "prompt_cache_key",
        "prompt_cache_retention",
        "prompt_cache_options",
        "provider",
        "session_id",
        "usage",
        "seed",
    ],
    costly: COSTLY,
};

/// Keys that carry tokens or money that is not in the figures, and why.
pub(super) const COSTLY: &[(&str, &str)] = &[
    ("context_management", "it may compact the conversation in a call of its own"),
    ("background_options", "what it adds is not public"),
    ("multi_agent", "each agent spends tokens of its own"),
    ("agent_count", "each agent spends tokens of its own"),
    ("continuation_id", "it refers to text that only the API has"),
    ("search_parameters", "searches have a fee, and what they find is input"),
    ("plugins", "plugins have fees, and what they add is input"),
    ("models", "the model that answers bills, and it may be any of the list"),
    ("extra_body", "put its keys where the API reads them"),
];

/// What a stored text is counted as: not at all.
const STORED: &str = "refers to text that only the API has";

/// Reads a whole request body.
pub(in super::super) fn body(body: Value<'_>) -> Result<Request, Error> {
    let fields = body.fields()?;
    let mut request = Request::from_messages(Origin::Responses, Vec::new());
    for key in ["previous_response_id", "conversation", "prompt"] {
        if let Some(stored) = fields.get(key) {
            request.unknown.push(Unknown::at(&stored, key, STORED));
        }
    }
    if let Some(instructions) = fields.get("instructions") {
        let mut message = Message::new(Role::Developer, chat::content(instructions, &mut request)?);
        message.span = Some(ContentSpan::of(&instructions));
        message.path = Some("instructions".to_owned());
        request.messages.push(message);
    }
    if let Some(input) = fields.get("input") {
        self::input(input, &mut request)?;
    }
    request.settings.model = fields.string("model")?;
    for value in fields.list("tools")? {
        tool(value, &mut request)?;
    }
    request.settings.tool_choice = tool_choice(&fields)?;
    if let Some(text) = fields.get("text")
        && let Some(format) = text.fields()?.get("format")
        && format.get("schema").is_some()
    {
        request.response_schema = Some(definition::response_schema(format)?);
    }
    if let Some(cap) = fields.get("max_output_tokens") {
        request.set_cap("max_output_tokens", cap)?;
    }
    request.settings.cache_ttl = settings::cache_ttl(&fields)?;
    request.set_known_tier(fields.get("service_tier"))?;
    if let Some(reasoning) = fields.get("reasoning") {
        let reasoning = reasoning.fields()?;
        request.settings.effort = reasoning.string("effort")?;
        if let Some(budget) = reasoning.get("max_tokens") {
            request.settings.thinking = Some(ThinkingSetting::Budget(budget.as_tokens()?));
        }
        settings::REASONING.check(&reasoning, &mut request);
        if let Some(mode) =
            reasoning.get("mode").filter(|mode| mode.string().as_deref() == Some("pro"))
        {
            request.lacks("reasoning.mode", &mode, "it works on several answers");
        }
    }
    if fields.string("truncation")?.is_some_and(|truncation| truncation == "auto") {
        request.doubts.push(
            "with `truncation` auto the API may drop items, so that the count is the most it sends"
                .to_owned(),
        );
    }
    BODY.check(&fields, &mut request);
    Ok(request)
}

fn input(input: Value<'_>, request: &mut Request) -> Result<(), Error> {
    if input.kind() == Kind::String {
        let mut message = Message::text(Role::User, input.as_string()?);
        message.span = Some(ContentSpan::of(&input));
        message.path = Some("input".to_owned());
        request.messages.push(message);
        return Ok(());
    }
    for (i, item) in input.as_array()?.into_iter().enumerate() {
        let mut message = self::item(item, request)?;
        message.path = Some(format!("input[{i}]"));
        request.messages.push(message);
    }
    Ok(())
}

fn item(value: Value<'_>, request: &mut Request) -> Result<Message, Error> {
    let fields = value.fields()?;
    let kind = fields.string("type")?;
    let Some(kind) = kind.filter(|kind| kind != "message") else {
        return chat::message(value, request);
    };
    request.mark(&fields, MarkedPrefix::Content(value.value_span().start))?;
    let text = |key: &str| fields.get(key).map(|value| value.text_or_json()).transpose();
    let id = fields.string("call_id")?;
    let call = |name: Option<String>, arguments: Option<String>| Message {
        tool_calls: vec![FunctionCall {
            name: name.unwrap_or_else(|| kind.clone()),
            arguments: arguments.unwrap_or_default(),
            id: id.clone(),
        }],
        ..Message::new(Role::Assistant, Vec::new())
    };
    let unknown = |why: &str| {
        let part = Unknown { what: kind.clone(), why: why.to_owned(), position: value.position() };
        Message::new(Role::Assistant, vec![Part::Unknown(part)])
    };
    Ok(match kind.as_str() {
        "function_call" => call(text("name")?, Some(fields.required("arguments")?.text_or_json()?)),
        "custom_tool_call" => call(text("name")?, text("input")?),
        "mcp_call" => {
            let mut message = call(text("name")?, text("arguments")?);
            message.content.extend(text("output")?.map(Part::Text));
            message
        }
        "code_interpreter_call" => {
            let mut message = call(None, text("code")?);
            message.content.extend(text("outputs")?.map(Part::Text));
            message
        }
        "web_search_call" | "local_shell_call" | "shell_call" | "computer_call"
        | "tool_search_call" => call(None, text("action")?),
        "apply_patch_call" => call(None, text("operation")?),
        "program" => call(None, text("code")?),
        "file_search_call" => {
            let mut message = call(None, text("queries")?);
            message.content.extend(text("results")?.map(Part::Text));
            message
        }
        "function_call_output"
        | "custom_tool_call_output"
        | "local_shell_call_output"
        | "shell_call_output"
        | "apply_patch_call_output"
        | "computer_call_output"
        | "tool_search_output"
        | "program_output" => {
            let output = fields.any(&["output", "tools"]);
            let output = output.ok_or_else(|| value.malformed("`output` is missing"))?;
            let answers = id.into_iter().collect();
            Message { answers, ..Message::new(Role::Tool, output_parts(output, request)?) }
        }
        "mcp_list_tools" | "additional_tools" => {
            for value in fields.list("tools")? {
                mcp::tool(value, request)?;
            }
            Message::new(Role::Assistant, Vec::new())
        }
        "mcp_approval_request" | "mcp_approval_response" | "configuration_update" => {
            Message::new(Role::Assistant, Vec::new())
        }
        "image_generation_call" => unknown("is an image that was made before"),
        "item_reference" => unknown(STORED),
        "reasoning" => {
            unknown("is hidden reasoning, whose billed size only the usage of its answer shows")
        }
        "compaction" => unknown("is encrypted"),
        _ => unknown("is a kind of item that is not known"),
    })
}

/// What a tool gave back: a text, parts, or an object such as a screenshot.
fn output_parts(value: Value<'_>, request: &mut Request) -> Result<Vec<Part>, Error> {
    match value.kind() {
        Kind::Object => {
            let fields = value.fields()?;
            let kind = fields.string("type")?.unwrap_or_default();
            if kind.contains("screenshot") || kind.contains("image") {
                let url = fields.any(&["image_url", "file_id"]);
                let media = Media::openai_image(&kind, &fields, url, value.position())?;
                return Ok(vec![Part::Media(media)]);
            }
            Ok(vec![Part::Text(value.compact())])
        }
        Kind::Array if value.items().iter().any(|item| item.get("type").is_none()) => {
            Ok(vec![Part::Text(value.compact())])
        }
        Kind::Array | Kind::String | Kind::Null => chat::content(value, request),
        Kind::Bool | Kind::Number => Ok(vec![Part::Text(value.text().to_owned())]),
    }
}

fn tool(value: Value<'_>, request: &mut Request) -> Result<(), Error> {
    let fields = value.fields()?;
    let kind = fields.required("type")?.as_string()?.into_owned();
    match kind.as_str() {
        "function" => {
            // Some send the nested form of Chat Completions here as well.
            let function = fields.get("function").unwrap_or(value);
            request.functions.push(definition::function(function, &["parameters"])?);
        }
        "custom" => request.functions.push(definition::custom(&fields)?),
        "namespace" => {
            for value in fields.list("tools")? {
                tool(value, request)?;
            }
        }
        _ => {
            let position = value.position();
            request.hosted_tools.push(HostedTool { kind, tokens: None, position });
        }
    }
    Ok(())
}

fn tool_choice(fields: &Fields<'_>) -> Result<Option<ToolChoice>, Error> {
    let Some(choice) = fields.get("tool_choice") else { return Ok(None) };
    Ok(match choice.kind() {
        Kind::String => match &*choice.as_string()? {
            "none" => Some(ToolChoice::None),
            "required" => Some(ToolChoice::Any),
            _ => None,
        },
        Kind::Object => choice.fields()?.string("name")?.map(ToolChoice::Tool),
        _ => None,
    })
}
