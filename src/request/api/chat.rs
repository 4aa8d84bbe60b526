//! Chat Completions requests, of OpenAI and of the many who take the same shape.

use super::super::keys::Keys;
use super::super::media::Media;
use super::super::message::{ContentSpan, FunctionCall, HostedTool, Message, Part, Request, Role};
use super::super::origin::Origin;
use super::super::settings::{MarkedPrefix, ThinkingSetting, ToolChoice};
use super::super::unknown::Unknown;
use super::{definition, settings};
use crate::Error;
use crate::json::{Fields, Kind, Value};

const BODY: Keys = Keys {
    read: &[
        "model",
        "messages",
        "tools",
        "tool_choice",
        "functions",
        "function_call",
        "response_format",
        "max_completion_tokens",
        "max_tokens",
        "n",
        "service_tier",
        "reasoning_effort",
        "reasoning",
        "thinking",
        "enable_thinking",
        "thinking_budget",
        "cache_control",
        "documents",
        "extra_body",
    ],
    free: &[
        "citation_options",
        "safety_mode",
        "strict_tools",
        "temperature",
        "top_p",
        "top_k",
        "top_a",
        "min_p",
        "stop",
        "stream",
        "stream_options",
        "seed",
        "random_seed",
        "user",
        "safety_identifier",
        "presence_penalty",
        "frequency_penalty",
        "repetition_penalty",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "parallel_tool_calls",
        "store",
        "metadata",
        "verbosity",
        "prompt_cache_key",
        "prompt_cache_retention",
        "prompt_cache_options",
        "modalities",
        "min_tokens",
        "do_sample",
        "provider",
        "usage",
        "route",
        "session_id",
        "include_reasoning",
        "reasoning_split",
        "reasoning_format",
        "mask_sensitive_info",
        "deferred",
        "request_id",
        "ignore_eos",
        "stop_token_ids",
        "result_format",
        "incremental_output",
    ],
    costly: COSTLY,
};

/// Keys that carry tokens or money that is not in the figures, and why.
pub(super) const COSTLY: &[(&str, &str)] = &[
    ("best_of", "every answer is billed, and one is given back"),
    ("prediction", "rejected tokens of a prediction are billed as output"),
    ("audio", "answers in sound have rates of their own"),
    ("web_search_options", "searches have a fee, and what they find is input"),
    ("search_parameters", "searches have a fee, and what they find is input"),
    ("enable_search", "searches have a fee, and what they find is input"),
    ("search_options", "searches have a fee, and what they find is input"),
    ("agent_count", "each agent spends tokens of its own"),
    ("plugins", "plugins have fees, and what they add is input"),
    ("models", "the model that answers bills, and it may be any of the list"),
    ("transforms", "they drop text from the prompt"),
    ("data_sources", "what they find is added to the prompt"),
    ("safe_prompt", "it adds a system text that is not public"),
    ("prompt_mode", "it adds a system text that is not public"),
    ("guardrails", "guardrails have fees of their own"),
    ("translation_options", "they add text to the prompt"),
];

/// What stands under `parameters` in `DashScope`'s own form.
const DASHSCOPE: Keys = Keys {
    read: &[
        "tools",
        "tool_choice",
        "max_tokens",
        "n",
        "enable_thinking",
        "thinking_budget",
        "thinking",
        "reasoning_effort",
    ],
    free: BODY.free,
    costly: BODY.costly,
};

const MESSAGE: Keys = Keys {
    read: &[
        "role",
        "content",
        "name",
        "refusal",
        "audio",
        "tool_calls",
        "tool_call_id",
        "function_call",
        "images",
        "cache_control",
    ],
    free: &["prefix", "annotations", "partial", "id", "metadata", "status", "type", "phase"],
    costly: &[
        ("reasoning_content", "some models take earlier reasoning as input"),
        ("reasoning", "some models take earlier reasoning as input"),
        ("reasoning_details", "some models take earlier reasoning as input"),
        ("thinking_blocks", "some models take earlier reasoning as input"),
    ],
};

/// Reads a whole request body.
pub(in super::super) fn body(body: Value<'_>) -> Result<Request, Error> {
    let fields = body.fields()?;
    let mut request = Request::from_messages(Origin::Chat, Vec::new());
    let messages = fields.required("messages")?;
    request.messages = self::messages(&messages.as_array()?, &mut request)?;
    request.settings.model = fields.string("model")?;
    for tool in fields.list("tools")? {
        self::tool(tool, &mut request)?;
    }
    for function in fields.list("functions")? {
        request.functions.push(definition::function(function, &["parameters"])?);
    }
    request.settings.tool_choice = tool_choice(&fields)?;
    if let Some(format) = fields.get("response_format")
        && let Some(schema) = format.fields()?.get("json_schema")
    {
        request.response_schema = Some(definition::response_schema(schema)?);
    }
    for name in ["max_completion_tokens", "max_tokens"] {
        if let Some(cap) = fields.get(name).filter(|_| request.settings.cap.is_none()) {
            request.set_cap(name, cap)?;
        }
    }
    if let Some(n) = fields.get("n") {
        request.settings.choices = n.as_whole()?.max(1);
    }
    request.settings.cache_ttl = settings::cache_ttl(&fields)?;
    request.set_known_tier(fields.get("service_tier"))?;
    request.mark(&fields, MarkedPrefix::Prompt)?;
    thinking(&fields, &mut request)?;
    request.note_modalities(&fields, &["modalities"]);
    if let Some(documents) = fields.get("documents").filter(|all| !is_empty_list(all)) {
        let why = "become part of the prompt in a form that is not public";
        request.unknown.push(Unknown::at(&documents, "documents", why));
    }
    if let Some(more) = fields.get("extra_body") {
        let what = if more.kind() == Kind::Object { "its keys" } else { "what it holds" };
        request.lacks("extra_body", &more, &format!("put {what} where the API reads it"));
    }
    BODY.check(&fields, &mut request);
    Ok(request)
}

/// Reads a request in `DashScope`'s own form: `{model, input: {messages}, parameters}`.
pub(in super::super) fn dashscope(body: Value<'_>) -> Result<Request, Error> {
    const OUTER: Keys =
        Keys { read: &["model", "input", "parameters"], free: &["resources"], costly: &[] };
    const INPUT: Keys = Keys { read: &["messages"], free: &[], costly: &[] };
    let fields = body.fields()?;
    let input = fields.required("input")?.fields()?;
    let mut request = Request::from_messages(Origin::Chat, Vec::new());
    request.messages = messages(&input.required("messages")?.as_array()?, &mut request)?;
    request.settings.model = fields.string("model")?;
    if let Some(parameters) = fields.get("parameters") {
        let parameters = parameters.fields()?;
        for tool in parameters.list("tools")? {
            self::tool(tool, &mut request)?;
        }
        request.settings.tool_choice = tool_choice(&parameters)?;
        if let Some(cap) = parameters.get("max_tokens") {
            request.set_cap("max_tokens", cap)?;
        }
        if let Some(n) = parameters.get("n") {
            request.settings.choices = n.as_whole()?.max(1);
        }
        thinking(&parameters, &mut request)?;
        DASHSCOPE.check(&parameters, &mut request);
    }
    INPUT.check(&input, &mut request);
    OUTER.check(&fields, &mut request);
    Ok(request)
}

/// What the request says about reasoning, in the words of the makers that take this shape.
fn thinking(fields: &Fields<'_>, request: &mut Request) -> Result<(), Error> {
    request.settings.effort = fields.string("reasoning_effort")?;
    for key in ["reasoning", "thinking"] {
        if let Some(other) =
            fields.get(key).filter(|value| !matches!(value.kind(), Kind::Object | Kind::Null))
        {
            request.lacks(key, &other, &format!("{} is not an object", other.text()));
        }
    }
    if let Some(reasoning) = fields.get("reasoning").filter(|value| value.kind() == Kind::Object) {
        let reasoning = reasoning.fields()?;
        request.settings.effort = reasoning.string("effort")?.or(request.settings.effort.take());
        if let Some(budget) = reasoning.get("max_tokens") {
            request.settings.thinking = Some(ThinkingSetting::Budget(budget.as_tokens()?));
        }
        if let Some(enabled) = reasoning.get("enabled") {
            switch(enabled, request)?;
        }
        settings::REASONING.check(&reasoning, request);
    }
    if let Some(thinking) = fields.get("thinking").filter(|value| value.kind() == Kind::Object) {
        settings::thinking(&thinking.fields()?, request)?;
    }
    if let Some(budget) = fields.get("thinking_budget") {
        request.settings.thinking = Some(ThinkingSetting::Budget(budget.as_tokens()?));
    }
    if let Some(enabled) = fields.get("enable_thinking") {
        switch(enabled, request)?;
    }
    Ok(())
}

/// Takes a switch, beside which a budget may stand.
fn switch(enabled: Value<'_>, request: &mut Request) -> Result<(), Error> {
    let thinking = &mut request.settings.thinking;
    if enabled.as_bool()? {
        thinking.get_or_insert(ThinkingSetting::Adaptive);
    } else {
        *thinking = Some(ThinkingSetting::Off);
    }
    Ok(())
}

/// Reads an array of messages; `request` takes what is said beside them.
pub(in super::super) fn messages(
    items: &[Value<'_>],
    request: &mut Request,
) -> Result<Vec<Message>, Error> {
    items.iter().map(|message| self::message(*message, request)).collect()
}

/// Reads one message.
pub(in super::super) fn message(value: Value<'_>, request: &mut Request) -> Result<Message, Error> {
    let fields = value.fields()?;
    let role = fields.required("role")?;
    let name = role.as_string()?;
    let role = Role::from_name(&name).ok_or_else(|| {
        value
            .malformed(format!("`{name}` is not the role of a message"))
            .hint("the roles are system, developer, user, assistant, tool and function")
    })?;
    let mut message = Message::new(role, Vec::new());
    if let Some(content) = fields.get("content") {
        message.content = self::content(content, request)?;
        message.span = Some(ContentSpan::of(&content));
    }
    message.content.extend(fields.string("refusal")?.map(Part::Text));
    if let Some(audio) = fields.get("audio").filter(|audio| audio.kind() == Kind::Object) {
        message.content.push(Part::Media(Media::answer_in_sound(audio.position())));
    }
    message.name = fields.string("name")?;
    for call in fields.list("tool_calls")? {
        message.tool_calls.push(tool_call(call)?);
    }
    if let Some(call) = fields.get("function_call") {
        message.function_call = Some(named_call(call, "arguments")?);
    }
    message.answers.extend(fields.string("tool_call_id")?);
    let content = fields.get("content").map(|content| content.value_span().start);
    request.mark(&fields, content.map_or(MarkedPrefix::Prompt, MarkedPrefix::Content))?;
    if let Some(images) = fields.get("images").filter(|all| !is_empty_list(all)) {
        let why = "are pictures in a form of local engines, whose tokens depend on the engine";
        message.content.push(Part::Unknown(Unknown::at(&images, "images", why)));
    }
    MESSAGE.check(&fields, request);
    Ok(message)
}

fn is_empty_list(value: &Value<'_>) -> bool {
    value.kind() == Kind::Array && value.items().is_empty()
}

fn tool_call(value: Value<'_>) -> Result<FunctionCall, Error> {
    let fields = value.fields()?;
    let call = match (fields.get("function"), fields.get("custom")) {
        (Some(call), _) => named_call(call, "arguments"),
        (None, Some(call)) => named_call(call, "input"),
        (None, None) => Err(value.malformed("a tool call names no function")),
    }?;
    Ok(FunctionCall { id: fields.string("id")?, ..call })
}

fn named_call(value: Value<'_>, arguments: &str) -> Result<FunctionCall, Error> {
    let fields = value.fields()?;
    Ok(FunctionCall {
        name: fields.required("name")?.as_string()?.into_owned(),
        arguments: fields.required(arguments)?.text_or_json()?,
        id: None,
    })
}

/// Reads the content of a message: a string, an array of parts, or null.
pub(in super::super) fn content(
    value: Value<'_>,
    request: &mut Request,
) -> Result<Vec<Part>, Error> {
    match value.kind() {
        Kind::String => Ok(vec![Part::Text(value.as_string()?.into_owned())]),
        Kind::Null => Ok(Vec::new()),
        Kind::Array => value.as_array()?.into_iter().map(|item| part(item, request)).collect(),
        _ => Err(value
            .malformed("content is neither a string nor an array of parts")
            .hint("a part is an object such as {\"type\": \"text\", \"text\": \"…\"}")),
    }
}

fn part(value: Value<'_>, request: &mut Request) -> Result<Part, Error> {
    if value.kind() == Kind::String {
        return Ok(Part::Text(value.as_string()?.into_owned()));
    }
    let fields = value.fields()?;
    request.mark(&fields, MarkedPrefix::Content(value.value_span().start))?;
    let kind = fields.required("type")?.as_string()?.into_owned();
    let text = |key: &str| match fields.string(key)? {
        Some(text) => Ok(Part::Text(text)),
        None => Err(value.malformed(format!("this part of type `{kind}` has no text"))),
    };
    match kind.as_str() {
        "text" | "input_text" | "output_text" | "summary_text" | "reasoning_text" => text("text"),
        "refusal" => text("refusal"),
        "image_url" | "input_image" | "image" => {
            let url = fields.any(&["image_url", "image", "file_id", "url"]);
            Ok(Part::Media(Media::openai_image(&kind, &fields, url, value.position())?))
        }
        "input_audio" | "audio" | "audio_url" => {
            Ok(Part::Media(Media::audio(&kind, value.position())))
        }
        "video_url" | "video" | "input_video" => {
            Ok(Part::Media(Media::video(&kind, value.position())))
        }
        "file" | "input_file" | "document_url" | "document" => {
            Ok(Part::Media(Media::openai_file(&kind, &fields, value.position())?))
        }
        _ => Ok(Part::Unknown(Unknown::at(&value, &kind, "is a kind of part that is not known"))),
    }
}

/// Reads a tool that Chat Completions nests and Responses does not.
fn tool(value: Value<'_>, request: &mut Request) -> Result<(), Error> {
    let fields = value.fields()?;
    request.mark(&fields, MarkedPrefix::Tools)?;
    if let Some(function) = fields.get("function") {
        request.functions.push(definition::function(function, &["parameters"])?);
        return Ok(());
    }
    if let Some(custom) = fields.get("custom") {
        request.functions.push(definition::custom(&custom.fields()?)?);
        return Ok(());
    }
    let kind = fields.required("type")?.as_string()?.into_owned();
    request.hosted_tools.push(HostedTool { kind, tokens: None, position: value.position() });
    Ok(())
}

fn tool_choice(fields: &Fields<'_>) -> Result<Option<ToolChoice>, Error> {
    let (choice, call) = (fields.get("tool_choice"), fields.get("function_call"));
    let is = |value: Option<Value<'_>>, words: &[&str]| {
        value.and_then(|value| value.string()).is_some_and(|word| words.contains(&&*word))
    };
    if is(choice, &["none"]) || is(call, &["none"]) {
        return Ok(Some(ToolChoice::None));
    }
    if is(choice, &["required", "any"]) {
        return Ok(Some(ToolChoice::Any));
    }
    if let Some(choice) = choice.filter(|choice| choice.kind() == Kind::Object) {
        let function = choice.fields()?.get("function");
        let name = function.map(|function| function.fields()?.string("name")).transpose()?;
        return Ok(name.flatten().map(ToolChoice::Tool));
    }
    if let Some(call) = call.filter(|call| call.kind() == Kind::Object) {
        let name = call.fields()?.required("name")?.as_string()?.into_owned();
        return Ok(Some(ToolChoice::Function(name)));
    }
    Ok(None)
}
