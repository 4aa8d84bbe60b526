//! Requests to Bedrock: Converse, and the bodies of `InvokeModel` that are one text.

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
use crate::json::{Fields, Value};

const BODY: Keys = Keys {
    read: &[
        "modelId",
        "messages",
        "system",
        "inferenceConfig",
        "toolConfig",
        "additionalModelRequestFields",
        "outputConfig",
        "serviceTier",
        "promptVariables",
        "schemaVersion",
    ],
    free: &["additionalModelResponseFieldPaths", "requestMetadata"],
    costly: COSTLY,
};

/// Keys that carry tokens or money that is not in the figures, and why.
pub(super) const COSTLY: &[(&str, &str)] = &[
    ("guardrailConfig", "guardrails have fees of their own"),
    ("performanceConfig", "optimised latency has rates of its own"),
];

/// Reads a Converse request; the messages of Amazon's Nova have the same shape.
pub(in super::super) fn converse(body: Value<'_>) -> Result<Request, Error> {
    let fields = body.fields()?;
    let mut request = Request::from_messages(Origin::Converse, Vec::new());
    request.settings.model = fields.string("modelId")?;
    if let Some(tools) = fields.get("toolConfig") {
        self::tools(&tools.fields()?, &mut request)?;
    }
    let system = fields.list("system")?;
    if !system.is_empty() {
        let mut message = Message::new(Role::System, Vec::new());
        message.path = Some("system".to_owned());
        message.span = fields.get("system").map(|system| ContentSpan::of(&system));
        for value in system {
            block(value, &mut message, &mut request)?;
        }
        request.messages.push(message);
    }
    conversation(&fields.required("messages")?.as_array()?, &mut request)?;
    if let Some(config) = fields.get("inferenceConfig")
        && let Some(cap) = config.fields()?.any(&["maxTokens", "max_new_tokens"])
    {
        request.set_cap("maxTokens", cap)?;
    }
    beside(&fields, &mut request)?;
    BODY.check(&fields, &mut request);
    Ok(request)
}

/// Reads messages alone.
pub(in super::super) fn messages(items: &[Value<'_>]) -> Result<Request, Error> {
    let mut request = Request::from_messages(Origin::Converse, Vec::new());
    conversation(items, &mut request)?;
    Ok(request)
}

fn conversation(items: &[Value<'_>], request: &mut Request) -> Result<(), Error> {
    for (i, value) in items.iter().enumerate() {
        let inside = value.fields()?;
        let role = inside.required("role")?.as_string()?;
        let role = match &*role {
            "user" => Role::User,
            "assistant" => Role::Assistant,
            other => {
                return Err(value
                    .malformed(format!("`{other}` is not the role of a message"))
                    .hint("the roles are user and assistant"));
            }
        };
        let mut message = Message::new(role, Vec::new());
        message.path = Some(format!("messages[{i}]"));
        let content = inside.required("content")?;
        message.span = Some(ContentSpan::of(&content));
        for value in content.as_array()? {
            block(value, &mut message, request)?;
        }
        if !message.content.is_empty() || !message.tool_calls.is_empty() {
            request.messages.push(message);
        }
    }
    Ok(())
}

/// What the request says beside its text.
fn beside(fields: &Fields<'_>, request: &mut Request) -> Result<(), Error> {
    if let Some(more) = fields.get("additionalModelRequestFields") {
        let more = more.fields()?;
        for name in ["thinking", "reasoning_config", "reasoningConfig"] {
            if let Some(thinking) = more.get(name) {
                settings::thinking(&thinking.fields()?, request)?;
            }
        }
        if let Some(effort) = more.get("output_config").and_then(|config| config.get("effort")) {
            request.settings.effort = Some(effort.as_string()?.into_owned());
        }
        if let Some(beta) = more.get("anthropic_beta") {
            request.lacks("anthropic_beta", &beta, "it may change limits and prices");
        }
    }
    if let Some(config) = fields.get("outputConfig") {
        let config = config.fields()?;
        request.settings.effort = config.string("effort")?.or(request.settings.effort.take());
        if let Some(schema) = config.get("textFormat").and_then(|format| format.get("schema")) {
            request.response_schema = Some(definition::bare_schema(schema)?);
        }
    }
    let tier = fields.get("serviceTier").and_then(|tier| tier.get("type"));
    request.set_tier("serviceTier", tier)?;
    if let Some(variables) = fields.get("promptVariables") {
        let why = "belongs to a stored prompt that only the API has";
        request.unknown.push(Unknown::at(&variables, "promptVariables", why));
    }
    Ok(())
}

fn block(value: Value<'_>, message: &mut Message, request: &mut Request) -> Result<(), Error> {
    let fields = value.fields()?;
    for (key, inside) in fields.members() {
        let unknown = |why: &str| {
            let (what, position) = (key.to_owned(), inside.position());
            Part::Unknown(Unknown { what, why: why.to_owned(), position })
        };
        match key {
            "text" => message.content.push(Part::Text(inside.as_string()?.into_owned())),
            "cachePoint" => {
                request.add_mark(&inside, MarkedPrefix::Content(value.value_span().start))?;
            }
            "image" | "document" | "video" | "audio" => {
                let block = inside.fields()?;
                // A document may be text, which is counted as such.
                let text = block.get("source").and_then(|source| source.set("text"));
                message.content.push(match text.filter(|_| key == "document") {
                    Some(text) => Part::Text(text.as_string()?.into_owned()),
                    None => Part::Media(Media::converse(key, &block, inside.position())?),
                });
            }
            "toolUse" => {
                let call = inside.fields()?;
                message.tool_calls.push(FunctionCall {
                    name: call.required("name")?.as_string()?.into_owned(),
                    arguments: call.get("input").map(|input| input.compact()).unwrap_or_default(),
                    id: call.string("toolUseId")?,
                });
            }
            "toolResult" => {
                let mut result = Message::new(Role::Tool, Vec::new());
                result.path.clone_from(&message.path);
                result.answers.extend(inside.fields()?.string("toolUseId")?);
                for value in inside.fields()?.list("content")? {
                    match value.get("json") {
                        Some(json) => result.content.push(Part::Text(json.compact())),
                        None => block(value, &mut result, request)?,
                    }
                }
                request.messages.push(result);
            }
            "searchResult" | "guardContent" | "citationsContent" => {
                message.content.push(Part::Text(texts(inside)));
            }
            "reasoningContent" => message
                .content
                .push(unknown("is hidden reasoning: its billed size is not that of its text")),
            _ => message.content.push(unknown("is a kind of block that is not known")),
        }
    }
    Ok(())
}

/// Every text below a value, joined.
fn texts(value: Value<'_>) -> String {
    fn collect(value: &serde_json::Value, text: &mut String) {
        match value {
            serde_json::Value::String(inside) => text.push_str(inside),
            serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, text)),
            serde_json::Value::Object(map) => map.values().for_each(|item| collect(item, text)),
            _ => {}
        }
    }
    let mut text = String::new();
    if let Ok(tree) = value.tree() {
        collect(&tree, &mut text);
    }
    text
}

fn tools(config: &Fields<'_>, request: &mut Request) -> Result<(), Error> {
    for value in config.list("tools")? {
        let fields = value.fields()?;
        if let Some(spec) = fields.get("toolSpec") {
            let spec = spec.fields()?;
            let schema = spec.get("inputSchema");
            let schema = schema.and_then(|schema| schema.get("json"));
            request.functions.push(FunctionDefinition {
                name: spec.required("name")?.as_string()?.into_owned(),
                description: spec.string("description")?,
                parameters: schema.map(|schema| schema.tree()).transpose()?,
            });
        } else if let Some(mark) = fields.get("cachePoint") {
            request.add_mark(&mark, MarkedPrefix::Tools)?;
        } else {
            let name = fields.get("systemTool").and_then(|tool| tool.get("name"));
            let kind = name.and_then(|name| name.string()).map_or("tool".to_owned(), Into::into);
            request.hosted_tools.push(HostedTool {
                kind,
                tokens: None,
                position: value.position(),
            });
        }
    }
    if let Some(choice) = config.get("toolChoice") {
        let choice = choice.fields()?;
        request.settings.tool_choice = match (choice.get("any"), choice.get("tool")) {
            (Some(_), _) => Some(ToolChoice::Any),
            (None, Some(tool)) => tool.fields()?.string("name")?.map(ToolChoice::Tool),
            (None, None) => None,
        };
    }
    Ok(())
}

const ONE_TEXT: Keys = Keys {
    read: &["prompt", "inputText", "max_gen_len", "max_tokens", "textGenerationConfig", "thinking"],
    free: &["temperature", "top_p", "top_k", "stop"],
    costly: &[("images", "pictures cost tokens")],
};

/// Reads an `InvokeModel` body whose prompt is one text: that of Llama, Mistral, DeepSeek or Titan.
pub(in super::super) fn invoke(body: Value<'_>) -> Result<Request, Error> {
    let fields = body.fields()?;
    let prompt = fields.any(&["prompt", "inputText"]);
    let prompt = prompt.ok_or_else(|| body.malformed("`prompt` is missing"))?;
    let mut message = Message::text(Role::User, prompt.as_string()?);
    message.span = Some(ContentSpan::of(&prompt));
    message.path = Some("prompt".to_owned());
    let mut request = Request::from_messages(Origin::InvokeModel, vec![message]);
    for name in ["max_gen_len", "max_tokens"] {
        if let Some(cap) = fields.get(name) {
            request.set_cap(name, cap)?;
        }
    }
    if let Some(config) = fields.get("textGenerationConfig")
        && let Some(cap) = config.get("maxTokenCount")
    {
        request.set_cap("maxTokenCount", cap)?;
    }
    if let Some(thinking) = fields.get("thinking") {
        settings::thinking(&thinking.fields()?, &mut request)?;
    }
    request.doubts.push(
        "the prompt of this body is one text that already holds the marks of its messages"
            .to_owned(),
    );
    ONE_TEXT.check(&fields, &mut request);
    Ok(request)
}
