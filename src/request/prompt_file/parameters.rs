//! Parameters of a model in a prompt file, under the many names that tools give them.

use serde_json::{Map, Value};

use super::super::api;
use super::super::keys::{LooseKeys, is_default};
use super::super::message::{FunctionDefinition, Request, ResponseSchema};
use super::super::settings::ThinkingSetting;
use super::super::unknown::{MORE_THAN_TEXT, unknown_tier};
use super::shape::{Inside, Shape, is_nothing};
use super::tree::{at, lacks, malformed, shown, text};
use crate::Error;
use crate::catalog::Tier;
use crate::units::Tokens;

const SEARCHES: &str = "searches have a fee, and what they find is input";
/// Why a system text among the parameters is not counted.
const SENT: &str = "it is sent with every prompt, and is not read here";

const PARAMETERS: Shape = Shape {
    keys: LooseKeys {
        text: &[
            "candidateCount",
            "candidate_count",
            "candidates",
            "effort",
            "functions",
            "maxCompletionTokens",
            "maxNewTokens",
            "maxOutputTokens",
            "maxThinkingTokens",
            "maxTokens",
            "maxTokensToSample",
            "max_completion_tokens",
            "max_gen_len",
            "max_new_tokens",
            "max_output_tokens",
            "max_thinking_tokens",
            "max_tokens",
            "max_tokens_to_sample",
            "model",
            "modelName",
            "model_id",
            "model_name",
            "reasoning",
            "reasoningEffort",
            "reasoning_effort",
            "responseFormat",
            "responseSchema",
            "response_format",
            "response_schema",
            "thinking",
            "thinkingBudget",
            "thinkingConfig",
            "thinkingLevel",
            "thinking_budget",
            "thinking_level",
            "tools",
        ],
        free: &[
            "effortLevel",
            "functionCall",
            "functionCallbacks",
            "functionCallingConfig",
            "functionCallingMode",
            "functionToolCallbacks",
            "function_call",
            "function_calling_config",
            "function_choice_behavior",
            "maxAttempts",
            "maxBudgetUsd",
            "maxContextTokens",
            "maxInputTokens",
            "maxRetries",
            "maxSteps",
            "maxTime",
            "maxToolCalls",
            "maxTurns",
            "max_attempts",
            "max_budget_usd",
            "max_concurrency",
            "max_context",
            "max_depth",
            "max_input_tokens",
            "max_iterations",
            "max_model_len",
            "max_prompt_tokens",
            "max_results",
            "max_retries",
            "max_rows",
            "max_steps",
            "max_time",
            "max_tool_calls",
            "max_total_tokens",
            "max_turns",
            "max_uses",
            "min_tokens",
            "modalities",
            "modality",
            "mode",
            "modelFamily",
            "modelKwargs",
            "modelPath",
            "modelProvider",
            "modelUrl",
            "modelVersion",
            "model_kwargs",
            "model_path",
            "model_provider",
            "model_type",
            "model_version",
            "moderation",
            "n",
            "reasoningFormat",
            "reasoningSummary",
            "reasoning_content",
            "reasoning_format",
            "reasoning_split",
            "reasoning_summary",
            "reasoning_tokens",
            "response",
            "responseMimeType",
            "responseModalities",
            "responseParser",
            "responseType",
            "response_mime_type",
            "response_modalities",
            "response_parser",
            "response_type",
            "showThinking",
            "think",
            "toolCallbacks",
            "toolChoice",
            "toolConfig",
            "toolResources",
            "tool_choice",
            "tool_config",
            "tool_resources",
            "tool_use",
            "toolkits",
            "truncation",
        ],
        elsewhere: &[],
    },
    costly: &[
        ("chat_developer_prompt", SENT),
        ("chat_system_prompt", SENT),
        ("instructions", SENT),
        ("system", SENT),
        ("systemInstruction", SENT),
        ("systemPrompt", SENT),
        ("system_instruction", SENT),
        ("system_prompt", SENT),
    ],
    inside: &[
        ("reasoning", Inside::Of(&REASONING)),
        ("thinking", Inside::Of(&THINKING)),
        ("thinkingConfig", Inside::Of(&THINKING)),
        ("tools", Inside::Of(&TOOL)),
    ],
};

const REASONING: Shape = Shape::new(&["effort"], &[]);
const THINKING: Shape =
    Shape::new(&["budget_tokens", "thinkingBudget", "thinkingLevel", "type"], &[]);

/// What costs, under names that tools give it; those of the APIs cost as well.
const COSTLY: [(&str, &str); 11] = [
    ("codeExecution", "what the code prints is input"),
    ("code_execution", "what the code prints is input"),
    ("googleSearch", SEARCHES),
    ("googleSearchRetrieval", SEARCHES),
    ("google_search", SEARCHES),
    ("guardrailIdentifier", "guardrails have fees of their own"),
    ("mcpServers", "the tools of the servers are part of the prompt"),
    ("useSearchGrounding", SEARCHES),
    ("webSearch", SEARCHES),
    ("webSearchOptions", SEARCHES),
    ("web_search", SEARCHES),
];

/// Keys whose values are handed to an API as they stand.
const HANDED_ON: [&str; 10] = [
    "additionalModelRequestFields",
    "extraBody",
    "extra_body",
    "generationConfig",
    "generation_config",
    "inferenceConfig",
    "inference_config",
    "modelKwargs",
    "model_kwargs",
    "passthrough",
];

/// A tool, in the form of any of the makers.
pub(super) const TOOL: Shape = Shape {
    inside: &[("function", Inside::Of(&FUNCTION))],
    ..Shape::new(
        &["description", "function", "inputSchema", "input_schema", "name", "parameters"],
        &["definition", "functionDeclarations", "function_declarations", "serverDescription"],
    )
};

const FUNCTION: Shape = Shape::new(&["description", "name", "parameters"], &[]);

/// Takes model parameters under the many names that tools give them.
pub(super) fn read(parameters: &Value, request: &mut Request) -> Result<(), Error> {
    read_cap(parameters, request)?;
    read_thinking(parameters, request);
    read_tier(parameters, request);
    note_costs(parameters, request);
    if let Some(n) = at(parameters, &["n", "candidateCount", "candidate_count", "candidates"])
        .and_then(Value::as_u64)
    {
        request.settings.choices = n.max(1);
    }
    for key in ["tools", "functions"] {
        if let Some(list) = at(parameters, &[key]) {
            tools(list, request);
        }
    }
    response_schema(parameters, request);
    PARAMETERS.check(parameters, request);
    for key in HANDED_ON {
        match at(parameters, &[key]) {
            Some(more) if more.is_object() => read(more, request)?,
            Some(more) if !is_nothing(more) => lacks(key, "it is no object of parameters", request),
            _ => {}
        }
    }
    // Parameters under the name of the maker that they are for.
    let makers = at(parameters, &["providerOptions"]).and_then(Value::as_object);
    for more in makers.into_iter().flat_map(Map::values) {
        read(more, request)?;
    }
    Ok(())
}

fn read_cap(parameters: &Value, request: &mut Request) -> Result<(), Error> {
    const CAPS: [(&str, &str); 11] = [
        ("max_completion_tokens", "max_completion_tokens"),
        ("maxCompletionTokens", "max_completion_tokens"),
        ("max_output_tokens", "max_output_tokens"),
        ("maxOutputTokens", "maxOutputTokens"),
        ("max_tokens", "max_tokens"),
        ("maxTokens", "max_tokens"),
        ("max_new_tokens", "max_new_tokens"),
        ("maxNewTokens", "max_new_tokens"),
        ("max_gen_len", "max_gen_len"),
        ("max_tokens_to_sample", "max_tokens_to_sample"),
        ("maxTokensToSample", "max_tokens_to_sample"),
    ];
    let found = CAPS.iter().find_map(|(name, field)| Some((name, field, at(parameters, &[name])?)));
    if let Some((name, field, cap)) = found {
        let tokens = cap
            .as_u64()
            .ok_or_else(|| malformed(format!("`{name}` is {cap}, not a whole number")))?;
        request.settings.cap = Some(Tokens::new(tokens));
        request.settings.cap_field = Some(field);
    }
    Ok(())
}

fn read_thinking(parameters: &Value, request: &mut Request) {
    const EFFORTS: [&str; 7] = [
        "reasoning_effort",
        "reasoningEffort",
        "reasoning.effort",
        "effort",
        "thinkingConfig.thinkingLevel",
        "thinkingLevel",
        "thinking_level",
    ];
    const BUDGETS: [&str; 8] = [
        "thinking.budget_tokens",
        "thinking.thinkingBudget",
        "thinkingConfig.thinkingBudget",
        "thinkingConfig.budget_tokens",
        "thinkingBudget",
        "thinking_budget",
        "maxThinkingTokens",
        "max_thinking_tokens",
    ];
    if let Some(effort) = text(parameters, &EFFORTS) {
        // Gemini writes its levels in capitals.
        request.settings.effort = Some(effort.to_lowercase());
    }
    if let Some(budget) = at(parameters, &BUDGETS).and_then(Value::as_u64) {
        request.settings.thinking = Some(if budget == 0 {
            ThinkingSetting::Off
        } else {
            ThinkingSetting::Budget(Tokens::new(budget))
        });
    } else if text(parameters, &["thinking.type", "thinkingConfig.type"]) == Some("disabled") {
        request.settings.thinking = Some(ThinkingSetting::Off);
    }
}

fn read_tier(parameters: &Value, request: &mut Request) {
    for key in ["service_tier", "serviceTier"] {
        if let Some(tier) = at(parameters, &[key])
            && tier.as_str().is_none_or(|tier| request.settings.set_tier(tier).is_err())
        {
            lacks(key, unknown_tier(&shown(tier)), request);
        }
    }
    // What Anthropic calls its tier of priority; a number is how fast a voice speaks.
    match text(parameters, &["speed"]) {
        None | Some("standard") => {}
        Some("fast") => request.settings.tier = Some(Tier::Priority),
        Some(speed) => lacks("speed", unknown_tier(speed), request),
    }
}

/// Notes what is asked for and costs what is in no figure.
fn note_costs(parameters: &Value, request: &mut Request) {
    for (key, value) in parameters.as_object().into_iter().flatten() {
        let named = COSTLY.iter().find(|(costly, _)| costly == key).map(|(_, why)| *why);
        if let Some(why) = named.or_else(|| api::costs(key))
            && !is_default(key, &value.to_string())
            && !HANDED_ON.contains(&&**key)
        {
            lacks(key, why, request);
        }
    }
    match text(parameters, &["inference_geo"]) {
        None | Some("global") => {}
        Some(geo) => lacks("inference_geo", api::anthropic::of_region(geo), request),
    }
    for key in ["modalities", "responseModalities", "response_modalities"] {
        let is_text =
            |mode: &Value| mode.as_str().is_some_and(|mode| mode.eq_ignore_ascii_case("text"));
        let is_only_text = at(parameters, &[key]).is_none_or(|modes| match modes {
            Value::Array(modes) => modes.iter().all(is_text),
            mode => is_nothing(mode) || is_text(mode),
        });
        if !is_only_text {
            lacks(key, MORE_THAN_TEXT, request);
        }
    }
}

/// Takes the tools that a request offers.
pub(super) fn tools(tools: &Value, request: &mut Request) {
    let Some(tools) = tools.as_array() else {
        lacks("tools", "they stand elsewhere", request);
        return;
    };
    for tool in tools {
        let function = at(tool, &["function"]).unwrap_or(tool);
        match text(function, &["name"]) {
            Some(name) if at(tool, &["kind", "type"]).is_none_or(|kind| kind == "function") => {
                let schemas = ["parameters", "input_schema", "inputSchema"];
                request.functions.push(FunctionDefinition {
                    name: name.to_owned(),
                    description: text(function, &["description"]).map(ToOwned::to_owned),
                    parameters: at(function, &schemas).cloned(),
                });
            }
            _ => lacks("tools", "they are not all functions", request),
        }
    }
}

/// Takes the schema that answers must follow.
fn response_schema(parameters: &Value, request: &mut Request) {
    let written = at(parameters, &["response_format", "responseFormat"]);
    let format = written.and_then(|written| at(written, &["json_schema"]));
    let bare = at(parameters, &["responseSchema", "response_schema"]);
    let schema = format.map(|format| at(format, &["schema"]).unwrap_or(format)).or(bare);
    if let Some(schema) = schema.filter(|schema| schema.is_object()) {
        let name = format.and_then(|format| text(format, &["name"])).map(ToOwned::to_owned);
        request.response_schema = Some(ResponseSchema { name, schema: schema.clone() });
        return;
    }
    let kind = written.and_then(|written| written.as_str().or_else(|| text(written, &["type"])));
    let plain = kind.is_some_and(|kind| ["json", "json_object", "text"].contains(&kind));
    if schema.is_some() || (written.is_some() && !plain) {
        let names = ["response_format", "responseFormat", "responseSchema", "response_schema"];
        let name = names.into_iter().find(|name| at(parameters, &[name]).is_some());
        lacks(name.unwrap_or(names[0]), "the schema of the answers stands elsewhere", request);
    }
}
