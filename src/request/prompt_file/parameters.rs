//! Parameters of a model in a prompt file, under the many names that tools give them.

use serde_json::Value;

use super::super::keys::LooseKeys;
use super::super::message::{FunctionDefinition, Request, ResponseSchema};
use super::super::settings::ThinkingSetting;
use super::shape::{Inside, Shape};
use super::tree::{at, lacks, malformed, text};
use crate::Error;
use crate::units::Tokens;

/// Why a system text among the parameters is not counted.
const SENT: &str = "it is sent with every prompt, and is not read here";

const PARAMETERS: Shape = Shape {
    keys: LooseKeys {
        text: &[
            "candidateCount",
            "effort",
            "functions",
            "maxCompletionTokens",
            "maxOutputTokens",
            "maxTokens",
            "max_completion_tokens",
            "max_output_tokens",
            "max_tokens",
            "model",
            "modelName",
            "model_id",
            "model_name",
            "reasoning",
            "reasoningEffort",
            "reasoning_effort",
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
            "functionToolCallbacks",
            "function_call",
            "function_choice_behavior",
            "maxRetries",
            "maxSteps",
            "maxToolCalls",
            "maxTurns",
            "max_concurrency",
            "max_input_tokens",
            "max_iterations",
            "max_prompt_tokens",
            "max_results",
            "max_retries",
            "max_steps",
            "max_time",
            "max_tool_calls",
            "max_turns",
            "min_tokens",
            "modalities",
            "modelKwargs",
            "modelProvider",
            "modelVersion",
            "model_kwargs",
            "model_provider",
            "model_type",
            "model_version",
            "n",
            "reasoning_format",
            "reasoning_split",
            "reasoning_summary",
            "responseMimeType",
            "responseModalities",
            "response_mime_type",
            "response_modalities",
            "showThinking",
            "toolChoice",
            "toolConfig",
            "tool_choice",
            "tool_config",
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

/// A tool, in the form of any of the makers.
pub(super) const TOOL: Shape = Shape {
    inside: &[("function", Inside::Of(&FUNCTION))],
    ..Shape::new(
        &["description", "function", "inputSchema", "input_schema", "name", "parameters"],
        &["functionDeclarations", "function_declarations"],
    )
};

const FUNCTION: Shape = Shape::new(&["description", "name", "parameters"], &[]);

/// Takes model parameters under the many names that tools give them.
pub(super) fn read(parameters: &Value, request: &mut Request) -> Result<(), Error> {
    const CAPS: [(&str, &str); 6] = [
        ("max_completion_tokens", "max_completion_tokens"),
        ("maxCompletionTokens", "max_completion_tokens"),
        ("max_output_tokens", "max_output_tokens"),
        ("maxOutputTokens", "maxOutputTokens"),
        ("max_tokens", "max_tokens"),
        ("maxTokens", "max_tokens"),
    ];
    const EFFORTS: [&str; 7] = [
        "reasoning_effort",
        "reasoningEffort",
        "reasoning.effort",
        "effort",
        "thinkingConfig.thinkingLevel",
        "thinkingLevel",
        "thinking_level",
    ];
    const BUDGETS: [&str; 6] = [
        "thinking.budget_tokens",
        "thinking.thinkingBudget",
        "thinkingConfig.thinkingBudget",
        "thinkingConfig.budget_tokens",
        "thinkingBudget",
        "thinking_budget",
    ];
    for (name, field) in CAPS {
        if let Some(cap) = at(parameters, &[name]) {
            let tokens = cap
                .as_u64()
                .ok_or_else(|| malformed(format!("`{name}` is {cap}, not a whole number")))?;
            request.settings.cap = Some(Tokens::new(tokens));
            request.settings.cap_field = Some(field);
            break;
        }
    }
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
    if let Some(n) = at(parameters, &["n", "candidateCount"]).and_then(Value::as_u64) {
        request.settings.choices = n.max(1);
    }
    for key in ["tools", "functions"] {
        if let Some(list) = at(parameters, &[key]) {
            tools(list, request);
        }
    }
    response_schema(parameters, request);
    PARAMETERS.check(parameters, request);
    Ok(())
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
    let format = at(parameters, &["response_format.json_schema"]);
    let bare = at(parameters, &["responseSchema", "response_schema"]);
    let schema = format.map(|format| at(format, &["schema"]).unwrap_or(format)).or(bare);
    if let Some(schema) = schema.filter(|schema| schema.is_object()) {
        let name = format.and_then(|format| text(format, &["name"])).map(ToOwned::to_owned);
        request.response_schema = Some(ResponseSchema { name, schema: schema.clone() });
        return;
    }
    let plain =
        || text(parameters, &["response_format.type"]).is_some_and(|kind| kind != "json_schema");
    if schema.is_some() || at(parameters, &["response_format"]).is_some_and(|_| !plain()) {
        lacks("response_format", "the schema of the answers stands elsewhere", request);
    }
}
