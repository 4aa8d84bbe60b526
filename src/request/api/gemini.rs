//! Requests to Gemini: `generateContent`, also as Vertex AI takes it, and the Interactions API.

use super::super::keys::Keys;
use super::super::media::Media;
use super::super::message::{
    ContentSpan, FunctionCall, FunctionDefinition, HostedTool, Message, Part, Request, Role,
};
use super::super::origin::Origin;
use super::super::settings::{ThinkingSetting, ToolChoice};
use super::super::unknown::Unknown;
use super::definition;
use crate::Error;
use crate::json::{Fields, Kind, Value};
use crate::units::Tokens;

const BODY: Keys = Keys {
    read: &[
        "model",
        "modelId",
        "contents",
        "systemInstruction",
        "system_instruction",
        "tools",
        "toolConfig",
        "tool_config",
        "generationConfig",
        "generation_config",
        "config",
        "cachedContent",
        "cached_content",
        "serviceTier",
        "service_tier",
    ],
    free: &["safetySettings", "safety_settings", "labels", "store"],
    costly: &[],
};

/// What stands under `thinkingConfig`.
const THINKING: Keys = Keys {
    read: &["thinkingBudget", "thinking_budget", "thinkingLevel", "thinking_level"],
    free: &["includeThoughts", "include_thoughts"],
    costly: &[],
};

const CONFIG: Keys = Keys {
    read: &[
        "maxOutputTokens",
        "max_output_tokens",
        "candidateCount",
        "candidate_count",
        "thinkingConfig",
        "thinking_config",
        "responseSchema",
        "response_schema",
        "responseJsonSchema",
        "response_json_schema",
        "responseModalities",
        "response_modalities",
        "mediaResolution",
        "media_resolution",
        "thinkingLevel",
        "thinking_level",
        // An SDK keeps these beside the others in `config`.
        "systemInstruction",
        "system_instruction",
        "tools",
        "toolConfig",
        "tool_config",
        "cachedContent",
        "cached_content",
        "serviceTier",
        "service_tier",
    ],
    free: &[
        "temperature",
        "topP",
        "top_p",
        "topK",
        "top_k",
        "stopSequences",
        "stop_sequences",
        "seed",
        "presencePenalty",
        "presence_penalty",
        "frequencyPenalty",
        "frequency_penalty",
        "logprobs",
        "responseLogprobs",
        "response_logprobs",
        "responseMimeType",
        "response_mime_type",
        "safetySettings",
        "safety_settings",
        "labels",
        "audioTimestamp",
        "httpOptions",
        "http_options",
        "automaticFunctionCalling",
        "automatic_function_calling",
        "routingConfig",
        "modelSelectionConfig",
        "enableEnhancedCivicAnswers",
    ],
    costly: COSTLY,
};

/// Keys that carry tokens or money that is not in the figures, and why.
pub(super) const COSTLY: &[(&str, &str)] = &[
    ("speechConfig", "answers in sound have rates of their own"),
    ("speech_config", "answers in sound have rates of their own"),
    ("imageConfig", "answers in pictures have rates of their own"),
    ("image_config", "answers in pictures have rates of their own"),
];

/// Reads a `generateContent` body.
pub(in super::super) fn generate(body: Value<'_>) -> Result<Request, Error> {
    let fields = body.fields()?;
    let mut request = Request::from_messages(Origin::Gemini, Vec::new());
    let nested = fields.get("config").map(|config| config.fields()).transpose()?;
    let either = |names: &[&str]| {
        fields.any(names).or_else(|| nested.as_ref().and_then(|config| config.any(names)))
    };
    let resolution = resolution(&fields)?;
    if let Some(system) = either(&["systemInstruction", "system_instruction"]) {
        let mut message = content(system, Some(Role::System), resolution.as_deref())?;
        message.path = Some("systemInstruction".to_owned());
        request.messages.push(message);
    }
    let contents = fields.required("contents")?;
    for (i, item) in contents.items_or_self().into_iter().enumerate() {
        let mut message = content(item, None, resolution.as_deref())?;
        message.path = Some(format!("contents[{i}]"));
        request.messages.push(message);
    }
    request.settings.model =
        fields.any(&["model", "modelId"]).map(|id| id.as_string()).transpose()?.map(Into::into);
    if let Some(tools) = either(&["tools"]) {
        for value in tools.items_or_self() {
            tool(value, &mut request)?;
        }
    }
    if let Some(config) = either(&["toolConfig", "tool_config"]) {
        request.settings.tool_choice = tool_choice(config)?;
    }
    for config in [fields.any(&["generationConfig", "generation_config"]), fields.get("config")]
        .into_iter()
        .flatten()
    {
        generation(&config.fields()?, &mut request)?;
    }
    if let Some(cached) = either(&["cachedContent", "cached_content"]) {
        let why =
            "refers to text that only the API has; it is part of the prompt at the cached rate";
        request.unknown.push(Unknown::at(&cached, "cachedContent", why));
    }
    request.set_tier("serviceTier", either(&["serviceTier", "service_tier"]))?;
    BODY.check(&fields, &mut request);
    Ok(request)
}

/// Reads contents alone.
pub(in super::super) fn contents(list: Value<'_>) -> Result<Request, Error> {
    let mut request = Request::from_messages(Origin::Gemini, Vec::new());
    for (i, item) in list.items_or_self().into_iter().enumerate() {
        let mut message = content(item, None, None)?;
        message.path = Some(format!("contents[{i}]"));
        request.messages.push(message);
    }
    Ok(request)
}

fn resolution(fields: &Fields<'_>) -> Result<Option<String>, Error> {
    for name in ["generationConfig", "generation_config", "config"] {
        let Some(config) = fields.get(name).filter(|config| config.kind() == Kind::Object) else {
            continue;
        };
        let found = config.fields()?.any(&["mediaResolution", "media_resolution"]);
        if let Some(found) = found {
            return Ok(found.string().map(Into::into));
        }
    }
    Ok(None)
}

fn generation(config: &Fields<'_>, request: &mut Request) -> Result<(), Error> {
    if let Some(cap) = config.any(&["maxOutputTokens", "max_output_tokens"]) {
        request.set_cap("maxOutputTokens", cap)?;
    }
    if let Some(n) = config.any(&["candidateCount", "candidate_count"]) {
        request.settings.choices = n.as_whole()?.max(1);
    }
    if let Some(thinking) = config.any(&["thinkingConfig", "thinking_config"]) {
        let thinking = thinking.fields()?;
        if let Some(budget) = thinking.any(&["thinkingBudget", "thinking_budget"]) {
            request.settings.thinking = Some(match budget.text() {
                "0" => ThinkingSetting::Off,
                "-1" => ThinkingSetting::Adaptive,
                _ => ThinkingSetting::Budget(budget.as_tokens()?),
            });
        }
        THINKING.check(&thinking, request);
        let level = thinking.any(&["thinkingLevel", "thinking_level"]);
        request.settings.effort =
            level.map(|level| level.as_string()).transpose()?.map(|l| l.to_lowercase());
    }
    if let Some(level) = config.any(&["thinkingLevel", "thinking_level"]) {
        request.settings.effort = Some(level.as_string()?.to_lowercase());
    }
    let schema = config.any(&[
        "responseSchema",
        "response_schema",
        "responseJsonSchema",
        "response_json_schema",
    ]);
    if let Some(schema) = schema {
        request.response_schema = Some(definition::bare_schema(schema)?);
    }
    request.note_modalities(config, &["responseModalities", "response_modalities"]);
    CONFIG.check(config, request);
    Ok(())
}

/// A content: an object with `parts`, a string, or parts alone.
fn content(
    value: Value<'_>,
    role: Option<Role>,
    resolution: Option<&str>,
) -> Result<Message, Error> {
    if value.kind() == Kind::String {
        let mut message = Message::text(role.unwrap_or(Role::User), value.as_string()?);
        message.span = Some(ContentSpan::of(&value));
        return Ok(message);
    }
    let fields = value.fields()?;
    let Some(parts) = fields.get("parts") else {
        // A part without the content around it.
        let mut message = Message::new(role.unwrap_or(Role::User), Vec::new());
        part(value, resolution, &mut message)?;
        return Ok(message);
    };
    let named = fields.string("role")?;
    let role = match (role, named.as_deref()) {
        (Some(role), _) => role,
        (None, None | Some("user")) => Role::User,
        (None, Some("model" | "assistant")) => Role::Assistant,
        (None, Some("function" | "tool")) => Role::Tool,
        (None, Some("system")) => Role::System,
        (None, Some(other)) => {
            return Err(value
                .malformed(format!("`{other}` is not the role of a content"))
                .hint("the roles are user, model and function"));
        }
    };
    let mut message = Message::new(role, Vec::new());
    message.span = Some(ContentSpan::of(&parts));
    let items = parts.items_or_self();
    let count = items.len();
    for item in items {
        part(item, resolution, &mut message)?;
    }
    if count > 0 && message.answers.len() == count {
        // Results alone are no question of the user, whatever the role says.
        message.role = Role::Tool;
    }
    Ok(message)
}

fn part(value: Value<'_>, resolution: Option<&str>, message: &mut Message) -> Result<(), Error> {
    if value.kind() == Kind::String {
        message.content.push(Part::Text(value.as_string()?.into_owned()));
        return Ok(());
    }
    let fields = value.fields()?;
    if let Some(text) = fields.get("text") {
        if fields.get("thought").is_none_or(|thought| thought.text() != "true") {
            message.content.push(Part::Text(text.as_string()?.into_owned()));
        }
    } else if let Some(data) = fields.any(&["inlineData", "inline_data", "fileData", "file_data"]) {
        let media = Media::gemini(&fields, &data.fields()?, resolution, value.position())?;
        message.content.push(Part::Media(media));
    } else if let Some(call) = fields.any(&["functionCall", "function_call", "toolCall"]) {
        let call = call.fields()?;
        let name = call.string("name")?.unwrap_or_default();
        message.tool_calls.push(FunctionCall {
            arguments: call.get("args").map(|args| args.compact()).unwrap_or_default(),
            id: Some(call.string("id")?.unwrap_or_else(|| name.clone())),
            name,
        });
    } else if let Some(answer) =
        fields.any(&["functionResponse", "function_response", "toolResponse"])
    {
        let answer = answer.fields()?;
        let response = answer.get("response").map(|response| response.compact());
        let name = answer.string("name")?.unwrap_or_default();
        message.answers.push(answer.string("id")?.unwrap_or_else(|| name.clone()));
        message.content.push(Part::Text(name));
        message.content.push(Part::Text(response.unwrap_or_default()));
        for item in answer.get("parts").map(|parts| parts.items()).unwrap_or_default() {
            part(item, resolution, message)?;
        }
    } else if let Some(code) = fields.any(&["executableCode", "executable_code"]) {
        message.content.push(Part::Text(code.fields()?.string("code")?.unwrap_or_default()));
    } else if let Some(result) = fields.any(&["codeExecutionResult", "code_execution_result"]) {
        message.content.push(Part::Text(result.fields()?.string("output")?.unwrap_or_default()));
    } else if !fields.has("thoughtSignature") && !fields.has("thought_signature") {
        let what = fields.members().next().map_or("an empty part", |(key, _)| key);
        let why = "is a kind of part that is not known";
        message.content.push(Part::Unknown(Unknown::at(&value, what, why)));
    }
    Ok(())
}

fn tool(value: Value<'_>, request: &mut Request) -> Result<(), Error> {
    let fields = value.fields()?;
    for (key, inside) in fields.members() {
        match key {
            "functionDeclarations" | "function_declarations" => {
                for function in inside.items_or_self() {
                    request.functions.push(declaration(function)?);
                }
            }
            "type" | "name" | "description" | "parameters" => {}
            _ => request.hosted_tools.push(HostedTool {
                kind: key.to_owned(),
                // Its definition is not part of the prompt; what it finds is billed by itself.
                tokens: Some(Tokens::ZERO),
                position: inside.position(),
            }),
        }
    }
    // The Interactions API writes a function flat.
    if let Some(kind) = fields.string("type")? {
        if fields.has("name") {
            request.functions.push(declaration(value)?);
        } else {
            let (tokens, position) = (Some(Tokens::ZERO), value.position());
            request.hosted_tools.push(HostedTool { kind, tokens, position });
        }
    }
    for i in 0..request.hosted_tools.len() {
        let HostedTool { kind, position, .. } = &request.hosted_tools[i];
        let why = "what it finds is input of its own, and it may have a fee";
        let (what, why, position) = (kind.clone(), why.to_owned(), *position);
        request.note_unread(Unknown { what, why, position });
    }
    Ok(())
}

fn declaration(value: Value<'_>) -> Result<FunctionDefinition, Error> {
    let keys = ["parameters", "parametersJsonSchema", "parameters_json_schema"];
    let mut function = definition::function(value, &keys)?;
    // What it gives back is described in the prompt as well.
    if let Some(response) = value.fields()?.any(&["response", "responseJsonSchema"]) {
        let description = function.description.take().unwrap_or_default();
        function.description = Some(description + &response.compact());
    }
    Ok(function)
}

fn tool_choice(config: Value<'_>) -> Result<Option<ToolChoice>, Error> {
    let calling = config.fields()?.any(&["functionCallingConfig", "function_calling_config"]);
    let Some(calling) = calling else { return Ok(None) };
    let calling = calling.fields()?;
    Ok(match calling.string("mode")?.as_deref() {
        Some("NONE" | "none") => Some(ToolChoice::None),
        Some("ANY" | "any") => Some(ToolChoice::Any),
        _ => None,
    })
}

const INTERACTION: Keys = Keys {
    read: &[
        "model",
        "input",
        "system_instruction",
        "tools",
        "generation_config",
        "previous_interaction_id",
        "agent",
        "response_modalities",
        "service_tier",
    ],
    free: &["stream", "store", "background", "response_mime_type"],
    costly: &[
        ("agent_config", "an agent makes calls of its own"),
        ("response_format", "a schema of the answer may be part of the prompt"),
    ],
};

/// Reads a body of the Interactions API.
pub(in super::super) fn interaction(body: Value<'_>) -> Result<Request, Error> {
    let fields = body.fields()?;
    let mut request = Request::from_messages(Origin::Interactions, Vec::new());
    request.settings.model = fields.string("model")?;
    if let Some(system) = fields.string("system_instruction")? {
        let mut message = Message::text(Role::System, system);
        message.path = Some("system_instruction".to_owned());
        request.messages.push(message);
    }
    let input = fields.required("input")?;
    for (i, item) in input.items_or_self().into_iter().enumerate() {
        let mut message = turn(item)?;
        message.path = Some(format!("input[{i}]"));
        request.messages.push(message);
    }
    for (key, why) in [
        ("previous_interaction_id", "refers to text that only the API has"),
        ("agent", "has instructions of its own that only the API has"),
    ] {
        if let Some(stored) = fields.get(key) {
            request.unknown.push(Unknown::at(&stored, key, why));
        }
    }
    for value in fields.list("tools")? {
        tool(value, &mut request)?;
    }
    if let Some(config) = fields.get("generation_config") {
        generation(&config.fields()?, &mut request)?;
        request.settings.cap_field = request.settings.cap_field.map(|_| "max_output_tokens");
    }
    request.note_modalities(&fields, &["response_modalities"]);
    request.set_tier("service_tier", fields.get("service_tier"))?;
    INTERACTION.check(&fields, &mut request);
    Ok(request)
}

/// A turn, a part, or a text.
fn turn(value: Value<'_>) -> Result<Message, Error> {
    if value.kind() == Kind::String {
        return content(value, None, None);
    }
    let fields = value.fields()?;
    let role = match fields.string("role")?.as_deref() {
        Some("model" | "assistant") => Role::Assistant,
        Some("system") => Role::System,
        _ => Role::User,
    };
    let mut message = Message::new(role, Vec::new());
    match fields.get("content") {
        Some(inside) if fields.has("role") || !fields.has("type") => {
            message.span = Some(ContentSpan::of(&inside));
            for item in inside.items_or_self() {
                step(item, &mut message)?;
            }
        }
        _ => step(value, &mut message)?,
    }
    Ok(message)
}

fn step(value: Value<'_>, message: &mut Message) -> Result<(), Error> {
    if value.kind() == Kind::String {
        message.content.push(Part::Text(value.as_string()?.into_owned()));
        return Ok(());
    }
    let fields = value.fields()?;
    let kind = fields.string("type")?.unwrap_or_else(|| "text".to_owned());
    match kind.as_str() {
        "text" => message.content.push(Part::Text(fields.string("text")?.unwrap_or_default())),
        "thought" => {}
        "function_call" => message.tool_calls.push(FunctionCall {
            name: fields.string("name")?.unwrap_or_default(),
            arguments: fields.get("arguments").map(|value| value.compact()).unwrap_or_default(),
            id: fields.string("id")?,
        }),
        "function_result" => {
            message.answers.extend(fields.string("call_id")?);
            message.content.push(Part::Text(fields.string("name")?.unwrap_or_default()));
            let result = fields.get("result").map(|value| value.compact());
            message.content.push(Part::Text(result.unwrap_or_default()));
        }
        "image" | "audio" | "video" | "document" => {
            let media = Media::gemini(&fields, &fields, None, value.position())?;
            message.content.push(Part::Media(media));
        }
        _ => {
            let why = "is a kind of content that is not known".to_owned();
            message.content.push(Part::Unknown(Unknown {
                what: kind,
                why,
                position: value.position(),
            }));
        }
    }
    Ok(())
}
