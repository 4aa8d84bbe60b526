//! Requests to Anthropic's Messages API, and the bodies that Bedrock and Vertex AI take for its models.

use super::super::keys::Keys;
use super::super::media::Media;
use super::super::message::{
    ContentSpan, FunctionCall, FunctionDefinition, HostedTool, Message, Part, Request, Role,
};
use super::super::origin::Origin;
use super::super::settings::{MarkedPrefix, ToolChoice};
use super::super::unknown::Unknown;
use super::{definition, settings};
use crate::Error;
use crate::catalog::Tier;
use crate::json::{Fields, Kind, Value};
use crate::units::Tokens;

const BODY: Keys = Keys {
    read: &[
        "model",
        "system",
        "messages",
        "tools",
        "tool_choice",
        "max_tokens",
        "thinking",
        "output_config",
        "output_format",
        "cache_control",
        "service_tier",
        "speed",
        "inference_geo",
    ],
    free: &[
        "metadata",
        "stop_sequences",
        "stream",
        "temperature",
        "top_p",
        "top_k",
        "user_profile_id",
        "diagnostics",
        "anthropic_version",
        "anthropic_beta",
    ],
    costly: COSTLY,
};

/// Keys that carry tokens or money that is not in the figures, and why.
pub(super) const COSTLY: &[(&str, &str)] = &[
    ("container", "containers and skills add text and have a fee"),
    ("mcp_servers", "the tools of the servers are part of the prompt"),
    ("context_management", "it may compact or cut the conversation in a call of its own"),
    ("fallbacks", "another model may answer, and bill"),
];

/// The definition of Anthropic's own tools in tokens (platform.claude.com, pricing, 2026-08-21).
const OWN_TOOLS: [(&str, u64); 4] =
    [("bash_", 244), ("text_editor_", 700), ("computer_toolset_", 4_520), ("computer_", 735)];

/// Reads a whole request body.
pub(in super::super) fn body(body: Value<'_>) -> Result<Request, Error> {
    let fields = body.fields()?;
    let mut request = Request::from_messages(Origin::Anthropic, Vec::new());
    // The order of the prompt, in which marks of the cache count.
    for tool in fields.list("tools")? {
        self::tool(tool, &mut request)?;
    }
    if let Some(system) = fields.get("system") {
        let mut message = Message::new(Role::System, Vec::new());
        for part in blocks(system, &mut request)? {
            message.take(part, &mut request);
        }
        message.path = Some("system".to_owned());
        message.span = Some(ContentSpan::of(&system));
        request.messages.push(message);
    }
    for (i, message) in fields.required("messages")?.as_array()?.into_iter().enumerate() {
        self::message(i, message, &mut request)?;
    }
    request.settings.model = fields.string("model")?;
    request.settings.tool_choice = tool_choice(&fields)?;
    if let Some(cap) = fields.get("max_tokens") {
        request.set_cap("max_tokens", cap)?;
    }
    if let Some(thinking) = fields.get("thinking") {
        settings::thinking(&thinking.fields()?, &mut request)?;
    }
    output(&fields, &mut request)?;
    request.mark(&fields, MarkedPrefix::Prompt)?;
    money(&fields, &mut request)?;
    BODY.check(&fields, &mut request);
    Ok(request)
}

fn output(fields: &Fields<'_>, request: &mut Request) -> Result<(), Error> {
    let config = fields.get("output_config").map(|config| config.fields()).transpose()?;
    if let Some(config) = &config {
        request.settings.effort = config.string("effort")?;
        if config.has("task_budget") {
            request
                .warn("`output_config.task_budget` bounds several calls and is not in the figures");
        }
    }
    let format =
        config.and_then(|config| config.get("format")).or_else(|| fields.get("output_format"));
    if let Some(schema) = format.and_then(|format| format.get("schema")) {
        request.response_schema = Some(definition::bare_schema(schema)?);
    }
    Ok(())
}

/// Notes that what stands under a key, where it is there, is in no figure.
fn lacks(fields: &Fields<'_>, key: &str, why: &str, request: &mut Request) {
    if let Some(value) = fields.get(key) {
        request.lacks(key, &value, why);
    }
}

fn money(fields: &Fields<'_>, request: &mut Request) -> Result<(), Error> {
    request.set_tier("service_tier", fields.get("service_tier"))?;
    match fields.string("speed")?.as_deref() {
        None | Some("standard") => {}
        Some("fast") => request.settings.tier = Some(Tier::Priority),
        Some(other) => {
            let why = format!("{other} is not known; they are of the standard speed");
            lacks(fields, "speed", &why, request);
        }
    }
    match fields.string("inference_geo")?.as_deref() {
        None | Some("global") => {}
        Some(geo) => lacks(fields, "inference_geo", &of_region(geo), request),
    }
    Ok(())
}

/// Why an answer from one region is not in the figures.
pub(in super::super) fn of_region(geo: &str) -> String {
    format!("{geo} costs 1.1 times as much on models from 4.6 on")
}

/// Reads messages alone.
pub(in super::super) fn messages(items: &[Value<'_>]) -> Result<Request, Error> {
    let mut request = Request::from_messages(Origin::Anthropic, Vec::new());
    for (i, item) in items.iter().enumerate() {
        message(i, *item, &mut request)?;
    }
    Ok(request)
}

/// The content of a message or of `system`: a string or blocks.
fn blocks(value: Value<'_>, request: &mut Request) -> Result<Vec<Block>, Error> {
    match value.kind() {
        Kind::String => Ok(vec![Block::Part(Part::Text(value.as_string()?.into_owned()))]),
        Kind::Array => {
            value.as_array()?.into_iter().map(|block| self::block(block, request)).collect()
        }
        _ => Err(value.malformed("content is neither a string nor an array of blocks")),
    }
}

/// What a block comes to.
enum Block {
    Part(Part),
    Call(FunctionCall),
    /// The result of a call with this id, which is a message of its own.
    Result(Option<String>, Vec<Part>),
    /// Nothing that is sent.
    Nothing,
}

impl Message {
    fn take(&mut self, block: Block, request: &mut Request) {
        match block {
            Block::Part(part) => self.content.push(part),
            Block::Call(call) => self.tool_calls.push(call),
            Block::Result(id, parts) => {
                let result = Self::new(Role::Tool, parts);
                let (path, span) = (self.path.clone(), self.span.clone());
                let answers = id.into_iter().collect();
                request.messages.push(Self { answers, path, span, ..result });
            }
            Block::Nothing => {}
        }
    }
}

fn message(index: usize, value: Value<'_>, request: &mut Request) -> Result<(), Error> {
    let fields = value.fields()?;
    let role = fields.required("role")?.as_string()?;
    let role = match &*role {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        other => {
            return Err(value.malformed(format!("`{other}` is not the role of a message")).hint(
                "the roles are user, assistant and system; `tool` and `developer` are OpenAI's",
            ));
        }
    };
    let mut message = Message::new(role, Vec::new());
    message.path = Some(format!("messages[{index}]"));
    if let Some(content) = fields.get("content") {
        message.span = Some(ContentSpan::of(&content));
        for block in blocks(content, request)? {
            message.take(block, request);
        }
    }
    if let Some(config) = fields.get("output_config") {
        request.settings.effort =
            config.fields()?.string("effort")?.or(request.settings.effort.take());
    }
    // A message of nothing but results has become them.
    if !message.content.is_empty() || !message.tool_calls.is_empty() || role != Role::User {
        request.messages.push(message);
    }
    Ok(())
}

fn block(value: Value<'_>, request: &mut Request) -> Result<Block, Error> {
    let fields = value.fields()?;
    request.mark(&fields, MarkedPrefix::Content(value.value_span().start))?;
    let kind = fields.required("type")?.as_string()?.into_owned();
    let unknown = |why: &str| Block::Part(Part::Unknown(Unknown::at(&value, &kind, why)));
    Ok(match kind.as_str() {
        "text" => Block::Part(Part::Text(fields.required("text")?.as_string()?.into_owned())),
        "tool_use" | "server_tool_use" | "mcp_tool_use" => Block::Call(FunctionCall {
            name: fields.required("name")?.as_string()?.into_owned(),
            arguments: fields.get("input").map(|input| input.compact()).unwrap_or_default(),
            // What the provider runs itself has no result to send.
            id: fields.string("id")?.filter(|_| kind == "tool_use"),
        }),
        "tool_result" | "mcp_tool_result" => {
            let id = fields.string("tool_use_id")?.filter(|_| kind == "tool_result");
            let content = fields.get("content").map(|content| parts(content, request));
            Block::Result(id, content.transpose()?.unwrap_or_default())
        }
        "image" => Block::Part(Part::Media(Media::anthropic_image(&fields, value.position())?)),
        "document" => return document(&fields, value, request),
        "search_result" => Block::Part(Part::Text(search_result(&fields)?)),
        "thinking" | "redacted_thinking" => {
            unknown("is hidden thinking: its billed size is not that of its text")
        }
        "container_upload" => unknown("is a file that only the API has"),
        "tool_addition" | "tool_removal" => Block::Nothing,
        _ if kind.ends_with("_tool_result") => {
            unknown("is the result of a tool that the API ran, counted again at its original size")
        }
        _ => unknown("is a kind of block that is not known"),
    })
}

/// The content of a tool's result.
fn parts(value: Value<'_>, request: &mut Request) -> Result<Vec<Part>, Error> {
    let blocks = blocks(value, request)?.into_iter();
    Ok(blocks
        .flat_map(|block| match block {
            Block::Part(part) => vec![part],
            Block::Result(_, parts) => parts,
            Block::Call(call) => vec![Part::Text(call.name), Part::Text(call.arguments)],
            Block::Nothing => Vec::new(),
        })
        .collect())
}

fn document(fields: &Fields<'_>, value: Value<'_>, request: &mut Request) -> Result<Block, Error> {
    let source = fields.required("source")?.fields()?;
    let heading: String =
        [fields.string("title")?, fields.string("context")?].into_iter().flatten().collect();
    let text = match source.string("type")?.as_deref() {
        Some("text") => source.required("data")?.as_string()?.into_owned(),
        Some("content") => {
            let mut all = heading.clone();
            for part in parts(source.required("content")?, request)? {
                match part {
                    Part::Text(text) => all.push_str(&text),
                    other => return Ok(Block::Part(other)),
                }
            }
            return Ok(Block::Part(Part::Text(all)));
        }
        _ => {
            let media = Media::document("document", source.get("data").as_ref(), value.position());
            return Ok(Block::Part(Part::Media(media)));
        }
    };
    Ok(Block::Part(Part::Text(heading + &text)))
}

fn search_result(fields: &Fields<'_>) -> Result<String, Error> {
    let mut text: String =
        [fields.string("title")?, fields.string("source")?].into_iter().flatten().collect();
    for part in fields.list("content")? {
        text.push_str(&part.fields()?.string("text")?.unwrap_or_default());
    }
    Ok(text)
}

fn tool(value: Value<'_>, request: &mut Request) -> Result<(), Error> {
    let fields = value.fields()?;
    request.mark(&fields, MarkedPrefix::Tools)?;
    let kind = fields.string("type")?.filter(|kind| kind != "custom");
    if let Some(kind) = kind {
        let own = OWN_TOOLS.iter().find(|(prefix, _)| kind.starts_with(prefix));
        let tokens = own.map(|(_, tokens)| Tokens::new(*tokens));
        request.hosted_tools.push(HostedTool { kind, tokens, position: value.position() });
        return Ok(());
    }
    if fields.get("defer_loading").is_some_and(|defer| defer.text() == "true") {
        request.warn("tools with `defer_loading` are left out until the model searches for them");
        return Ok(());
    }
    let mut description = fields.string("description")?;
    if let Some(examples) = fields.get("input_examples") {
        description = Some(description.unwrap_or_default() + &examples.compact());
    }
    if !fields.has("name") {
        return Err(value
            .malformed("this tool has no `name`")
            .hint("a tool of this API is {\"name\": …, \"description\": …, \"input_schema\": …}"));
    }
    let function = definition::function(value, &["input_schema", "parameters"])?;
    request.functions.push(FunctionDefinition { description, ..function });
    Ok(())
}

fn tool_choice(fields: &Fields<'_>) -> Result<Option<ToolChoice>, Error> {
    let Some(choice) = fields.get("tool_choice") else { return Ok(None) };
    let choice = choice.fields()?;
    Ok(match choice.string("type")?.as_deref() {
        Some("none") => Some(ToolChoice::None),
        Some("any") => Some(ToolChoice::Any),
        Some("tool") => choice.string("name")?.map(ToolChoice::Tool),
        _ => None,
    })
}
