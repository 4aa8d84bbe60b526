//! Which API a body is for, by its shape alone.

use super::api::{anthropic, bedrock, chat, gemini, mcp, responses};
use super::message::Request;
use super::origin::Origin;
use crate::json::{Fields, Kind, Value};
use crate::{Error, ErrorKind};

/// Blocks of a Converse message, which are named by their key and have no `type`.
const CONVERSE_BLOCKS: [&str; 12] = [
    "text",
    "image",
    "document",
    "video",
    "audio",
    "toolUse",
    "toolResult",
    "cachePoint",
    "reasoningContent",
    "guardContent",
    "searchResult",
    "citationsContent",
];
/// Blocks that only Anthropic's messages have.
const ANTHROPIC_BLOCKS: [&str; 9] = [
    "tool_use",
    "tool_result",
    "image",
    "document",
    "thinking",
    "redacted_thinking",
    "search_result",
    "server_tool_use",
    "container_upload",
];
/// Keys that only Anthropic's bodies have beside `messages`.
const ANTHROPIC_KEYS: [&str; 6] = [
    "system",
    "stop_sequences",
    "output_config",
    "anthropic_version",
    "mcp_servers",
    "inference_geo",
];

/// Reads a body as the format it is in; `None` for JSON that is no request.
pub(super) fn request(body: Value<'_>, format: Option<Origin>) -> Result<Option<Request>, Error> {
    let origin = match format {
        Some(origin) => Some(origin),
        None => origin(body)?,
    };
    let Some(origin) = origin else { return Ok(None) };
    let array = body.kind() == Kind::Array;
    let request = match origin {
        Origin::Chat if array => {
            let mut request = Request::from_messages(origin, Vec::new());
            request.messages = chat::messages(&body.as_array()?, &mut request)?;
            request
        }
        Origin::Chat if in_dashscope(body).is_some() => chat::dashscope(body)?,
        Origin::Chat if body.get("messages").is_none() && body.get("input").is_some() => {
            responses::body(body)?
        }
        Origin::Chat => chat::body(body)?,
        Origin::Responses => responses::body(body)?,
        Origin::Anthropic if array => anthropic::messages(&body.as_array()?)?,
        Origin::Anthropic => anthropic::body(body)?,
        Origin::Gemini if array => gemini::contents(body)?,
        Origin::Gemini => gemini::generate(body)?,
        Origin::Interactions => gemini::interaction(body)?,
        Origin::Converse if array => bedrock::messages(&body.as_array()?)?,
        Origin::Converse => bedrock::converse(body)?,
        Origin::InvokeModel => bedrock::invoke(body)?,
        Origin::Mcp => mcp::body(&tools(body)?)?,
        _ => return Ok(None),
    };
    Ok(Some(request))
}

/// The format of a body.
pub(super) fn origin(body: Value<'_>) -> Result<Option<Origin>, Error> {
    match body.kind() {
        Kind::Array => list(body),
        Kind::Object => object(&body.fields()?),
        _ => Ok(None),
    }
}

fn list(body: Value<'_>) -> Result<Option<Origin>, Error> {
    let items = body.as_array()?;
    if items.is_empty() {
        return Ok(Some(Origin::Chat));
    }
    let all = |key: &str| items.iter().all(|item| item.get(key).is_some());
    Ok(if all("inputSchema") {
        Some(Origin::Mcp)
    } else if all("parts") {
        Some(Origin::Gemini)
    } else if !items.iter().all(|item| item.text().contains("\"role\"")) {
        None
    } else if has_block(&items, anthropic_block) {
        Some(Origin::Anthropic)
    } else if has_block(&items, converse_block) {
        Some(Origin::Converse)
    } else {
        Some(Origin::Chat)
    })
}

fn object(fields: &Fields<'_>) -> Result<Option<Origin>, Error> {
    let has = |key: &str| fields.has(key);
    let any = |keys: &[&str]| keys.iter().any(|key| fields.has(key));
    mixed(fields)?;
    if has("contents") {
        return Ok(gemini(fields).then_some(Origin::Gemini));
    }
    if in_dashscope(fields.value()).is_some() {
        return Ok(Some(Origin::Chat));
    }
    if has("input") && !is_row(fields) {
        let interactions =
            any(&["generation_config", "previous_interaction_id", "agent", "system_instruction"]);
        return Ok(Some(if interactions { Origin::Interactions } else { Origin::Responses }));
    }
    let Some(messages) = fields.get("messages") else { return without_messages(fields) };
    refused(fields)?;
    let messages = messages.items();
    if any(&["inferenceConfig", "toolConfig", "modelId", "additionalModelRequestFields"])
        || has_block(&messages, converse_block)
    {
        return Ok(Some(Origin::Converse));
    }
    Ok(Some(if is_anthropic(fields, &messages) { Origin::Anthropic } else { Origin::Chat }))
}

/// Whether an object with `input` is a row of a dataset, such as one of instructions and their answers: it names no
/// model, and has the answer that is expected.
fn is_row(fields: &Fields<'_>) -> bool {
    const ANSWERS: [&str; 8] = [
        "output",
        "expected",
        "expected_output",
        "answer",
        "target",
        "completion",
        "instruction",
        "label",
    ];
    let text = fields.get("input").is_some_and(|input| input.kind() == Kind::String);
    text && !fields.has("model") && ANSWERS.iter().any(|key| fields.has(key))
}

/// The messages of `DashScope`'s own form, which are one level down.
fn in_dashscope(body: Value<'_>) -> Option<Value<'_>> {
    body.get("input").filter(|input| input.kind() == Kind::Object)?.get("messages")
}

fn gemini(fields: &Fields<'_>) -> bool {
    let named = [
        "systemInstruction",
        "system_instruction",
        "generationConfig",
        "generation_config",
        "config",
    ];
    let has_parts = fields.get("contents").is_some_and(|contents| match contents.kind() {
        Kind::Array => contents.items().iter().any(|item| item.get("parts").is_some()),
        _ => contents.get("parts").is_some(),
    });
    let model = fields.any(&["model", "modelId"]).and_then(|model| model.string());
    has_parts
        || named.iter().any(|key| fields.has(key))
        || model.is_some_and(|model| model.contains("gemini"))
}

fn is_anthropic(fields: &Fields<'_>, messages: &[Value<'_>]) -> bool {
    let tools = fields.get("tools").map(|tools| tools.items()).unwrap_or_default();
    // Routers put marks of Anthropic's on bodies of this shape; what is wrapped is theirs.
    if tools.iter().any(|tool| tool.get("function").is_some())
        || messages.iter().any(|message| {
            message
                .get("role")
                .and_then(|role| role.string())
                .is_some_and(|role| matches!(&*role, "developer" | "tool" | "function"))
        })
    {
        return false;
    }
    let own_tool = |tool: &Value<'_>| {
        tool.get("input_schema").is_some()
            || tool.get("type").and_then(|kind| kind.string()).is_some_and(|kind| {
                kind.rsplit('_')
                    .next()
                    .is_some_and(|day| day.len() == 8 && day.parse::<u32>().is_ok())
            })
    };
    let choice = fields.get("tool_choice").and_then(|choice| choice.get("type"));
    let own_choice = choice.and_then(|kind| kind.string());
    let model = fields.get("model").and_then(|model| model.string());
    ANTHROPIC_KEYS.iter().any(|key| fields.has(key))
        || tools.iter().any(own_tool)
        || own_choice.is_some_and(|kind| matches!(&*kind, "auto" | "any" | "tool" | "none"))
        || has_block(messages, anthropic_block)
        || model.is_some_and(|model| model.contains("claude") && !model.contains('/'))
}

fn has_block(messages: &[Value<'_>], fits: impl Fn(&Value<'_>) -> bool) -> bool {
    messages.iter().any(|message| {
        let content = message.get("content").filter(|content| content.kind() == Kind::Array);
        content.is_some_and(|content| content.items().iter().any(&fits))
    })
}

fn anthropic_block(block: &Value<'_>) -> bool {
    let kind = block.get("type").and_then(|kind| kind.string());
    kind.is_some_and(|kind| {
        (ANTHROPIC_BLOCKS.contains(&&*kind)
            && (!matches!(&*kind, "image" | "document") || block.get("source").is_some())
            // Mistral's thinking holds parts.
            && (kind != "thinking" || block.get("signature").is_some() || block.get("thinking").is_some_and(|t| t.kind() == Kind::String)))
            || kind.ends_with("_tool_result")
    })
}

fn converse_block(block: &Value<'_>) -> bool {
    block.kind() == Kind::Object
        && block.get("type").is_none()
        && CONVERSE_BLOCKS.iter().any(|key| block.get(key).is_some())
}

/// Bodies without messages: lists of tools, and prompts of one text.
fn without_messages(fields: &Fields<'_>) -> Result<Option<Origin>, Error> {
    if fields.has("jsonrpc") {
        if fields
            .get("method")
            .and_then(|method| method.string())
            .is_some_and(|m| m == "tools/list")
        {
            let error = fields.value().malformed("this asks an MCP server for its tools");
            return Err(error.hint("name the file of its answer, which has `result`"));
        }
        let tools = fields.get("result").and_then(|result| result.get("tools"));
        return Ok(tools.is_some().then_some(Origin::Mcp));
    }
    if let Some(tools) = fields.get("tools") {
        let named = |tool: &Value<'_>| tool.get("name").is_some() || tool.get("function").is_some();
        let tools = tools.items();
        return Ok((!tools.is_empty() && tools.iter().all(named)).then_some(Origin::Mcp));
    }
    if fields.get("prompt").is_some_and(|prompt| prompt.get("id").is_some()) {
        return Ok(Some(Origin::Responses));
    }
    let text = |key: &str| fields.get(key).is_some_and(|value| value.kind() == Kind::String);
    if text("message") && fields.has("chat_history") {
        return Err(not_read(fields, "Cohere's Chat API, version 1"));
    }
    let invoked = text("inputText")
        || (text("prompt")
            && !fields.has("model")
            && (fields.has("max_gen_len") || fields.has("max_tokens")));
    Ok(invoked.then_some(Origin::InvokeModel))
}

/// Refuses what is known and not read.
fn refused(fields: &Fields<'_>) -> Result<(), Error> {
    let options = fields.get("options").is_some_and(|options| options.kind() == Kind::Object);
    if options || fields.has("keep_alive") || fields.has("think") {
        return Err(not_read(fields, "Ollama's API"));
    }
    Ok(())
}

fn not_read(fields: &Fields<'_>, api: &str) -> Error {
    fields
        .value()
        .malformed(format!("this is a request to {api}, which is not read"))
        .hint("write its messages as a Chat Completions request")
}

/// Refuses a body that has the conversations of two APIs.
fn mixed(fields: &Fields<'_>) -> Result<(), Error> {
    const CONVERSATIONS: [(&str, &str); 3] = [
        ("messages", "Chat Completions and Anthropic"),
        ("input", "the Responses API"),
        ("contents", "Gemini"),
    ];
    let found: Vec<_> = CONVERSATIONS.iter().filter(|(key, _)| fields.has(key)).collect();
    if let [(one, whose), (other, theirs), ..] = found.as_slice() {
        let message = format!("this mixes two APIs: `{one}` is of {whose}, `{other}` of {theirs}");
        return Err(fields.value().malformed(message).hint("remove one, or say which with `--as`"));
    }
    let tools = fields.get("tools").map(|tools| tools.items()).unwrap_or_default();
    if let Some(tool) = tools.iter().find(|tool| tool.get("function").is_some())
        && fields.has("messages")
        && fields.has("system")
    {
        let message =
            "this mixes two APIs: `system` is Anthropic's, a tool with `function` is OpenAI's";
        return Err(Error::new(ErrorKind::Malformed, message)
            .at(tool.position())
            .hint("put the system text into a message, or say which API with `--as`"));
    }
    Ok(())
}

/// The tools of an MCP server, in its answer, in an object or bare.
fn tools(body: Value<'_>) -> Result<Vec<Value<'_>>, Error> {
    if body.kind() == Kind::Array {
        return body.as_array();
    }
    let fields = body.fields()?;
    match fields.get("result") {
        Some(result) => result.fields()?.required("tools")?.as_array(),
        None => fields.required("tools")?.as_array(),
    }
}
