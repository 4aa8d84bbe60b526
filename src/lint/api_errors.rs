//! Answers of the API that somebody recorded. Where only a sibling was recorded, the answer says so;
//! where nothing was, there is none.

use super::finding::ApiAnswer;
use crate::catalog::{Feature, Model, ThinkingMode};
use crate::units::Tokens;

/// The models of the beta of 2024-09, whose refusals most recorded answers are of.
const BETA: [&str; 2] = ["o1-preview", "o1-mini"];

/// What the API answers to a parameter that a model refuses. `key` is the parameter as it is written and
/// `value` its JSON text.
pub(super) fn unsupported(
    model: &Model,
    feature: Feature,
    key: &str,
    value: &str,
) -> Option<ApiAnswer> {
    if model.provider != "openai" {
        return None;
    }
    let beta = BETA.contains(&model.id.as_str());
    let is = |id: &str| model.id == id;
    match feature {
        Feature::Tools => Some(ApiAnswer {
            status: 404,
            code: None,
            message: "tools is not supported in this model. For a list of supported models, refer to \
                      https://platform.openai.com/docs/guides/function-calling#models-supporting-function-calling."
                .to_owned(),
            assumed: !is("o1-mini"),
            source: "567-labs/instructor#1311; UKGovernmentBEIS/inspect_ai#1290 (o1-mini)",
        }),
        Feature::Functions => {
            let known = is("o1-preview") && key == "function_call";
            Some(parameter(key, !known, "Integuru-AI/Integuru#5 (function_call on o1-preview)"))
        }
        // The models of gpt-5 refuse a value in Chat Completions, o3-mini and its like the parameter itself.
        Feature::Temperature if model.id.starts_with("gpt-5") => Some(value_of(
            key,
            value,
            "1",
            !matches!(model.id.as_str(), "gpt-5" | "gpt-5-mini" | "gpt-5-nano"),
            "tmc/langchaingo#1355; QwenLM/qwen-code#921",
        )),
        Feature::Temperature if !beta => {
            Some(parameter(key, !is("o3-mini"), "pal-mcp-server#78 (temperature on o3-mini)"))
        }
        Feature::Temperature => {
            Some(value_of(key, value, "1", false, "OpenHands/OpenHands#4131; cline/cline#550"))
        }
        Feature::Streaming => Some(value_of(key, value, "false", !beta, "cline/cline#550 (2024-10-17)")),
        Feature::TopP | Feature::N if beta => Some(value_of(key, value, "1", true, SIBLING)),
        Feature::PresencePenalty | Feature::FrequencyPenalty if beta => {
            Some(value_of(key, value, "0", true, SIBLING))
        }
        Feature::Verbosity => Some(ApiAnswer {
            status: 400,
            code: Some("unsupported_value"),
            message: format!(
                "Unsupported value: '{key}' does not support '{}' with this model. Supported values are: 'medium'.",
                value.trim_matches('"')
            ),
            assumed: !is("gpt-4o") || key != "verbosity",
            source: "google-deepmind/concordia#164",
        }),
        Feature::Stop => Some(parameter(
            key,
            !is("gpt-5") && !is("gpt-5-mini") && !is("gpt-5.1") && !is("gpt-5.2"),
            "huggingface/smolagents#1662, #1868, #1893 (gpt-5 to gpt-5.2)",
        )),
        Feature::ParallelToolCalls => Some(parameter(
            key,
            !is("o1") && !is("o3-mini") && !is("o4-mini"),
            "UKGovernmentBEIS/inspect_ai#1023; langchain-ai/langchain#29704; evalstate/fast-agent#279",
        )),
        Feature::PresencePenalty | Feature::FrequencyPenalty => Some(parameter(
            key,
            !(is("gpt-5-mini") && key == "presence_penalty" || is("gpt-5") && key == "frequency_penalty"),
            "nextai-translator/nextai-translator#1781; oracle/ai-optimizer#240",
        )),
        Feature::ReasoningEffort => Some(parameter(key, true, "UKGovernmentBEIS/inspect_ai#1291")),
        _ => None,
    }
}

const SIBLING: &str = "the wording for `temperature`: OpenHands/OpenHands#4131; cline/cline#550";

/// What the API answers to a role that a model refuses.
pub(super) fn role(model: &Model, index: usize, role: &str) -> Option<ApiAnswer> {
    BETA.contains(&model.id.as_str()).then(|| ApiAnswer {
        status: 400,
        code: Some("unsupported_value"),
        message: format!(
            "Unsupported value: 'messages[{index}].role' does not support '{role}' with this model."
        ),
        assumed: role != "system",
        source: "BerriAI/litellm#5671 (2024-09-12); microsoft/agent-framework#1077 (o1-mini), both of `system`",
    })
}

/// What the API answers to `max_tokens` on a model that reasons.
pub(super) fn max_tokens() -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: Some("unsupported_parameter"),
        message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                  'max_completion_tokens' instead."
            .to_owned(),
        assumed: false,
        source: "ITSpecialist111/ai_automation_suggester#38; danny-avila/LibreChat#4349",
    }
}

fn parameter(key: &str, assumed: bool, source: &'static str) -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: Some("unsupported_parameter"),
        message: format!("Unsupported parameter: '{key}' is not supported with this model."),
        assumed,
        source,
    }
}

fn value_of(
    key: &str,
    value: &str,
    default: &str,
    assumed: bool,
    source: &'static str,
) -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: Some("unsupported_value"),
        message: format!(
            "Unsupported value: '{key}' does not support {value} with this model. Only the default \
             ({default}) value is supported."
        ),
        assumed,
        source,
    }
}

fn anthropic(message: impl Into<String>, source: &'static str) -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: Some("invalid_request_error"),
        message: message.into(),
        assumed: false,
        source,
    }
}

/// What Responses answers to the parameter of Chat Completions that it names otherwise.
pub(super) fn moved(key: &str, to: &str) -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: Some("unsupported_parameter"),
        message: format!(
            "Unsupported parameter: '{key}'. In the Responses API, this parameter has moved to '{to}'. Try again \
             with the new parameter. See the API documentation for more information: \
             https://platform.openai.com/docs/api-reference/responses/create."
        ),
        assumed: key != "reasoning_effort",
        source: "lobehub/lobehub#8116",
    }
}

/// What Chat Completions answers to JSON mode where nothing asks for JSON.
pub(super) fn json_not_asked_for() -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: None,
        message: "'messages' must contain the word 'json' in some form, to use 'response_format' of type \
                  'json_object'."
            .to_owned(),
        assumed: false,
        source: "ultimatejimmy/xray.koplugin#33",
    }
}

/// What it answers to a parameter that needs `tools`.
pub(super) fn only_with_tools(key: &str) -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: None,
        message: format!(
            "Invalid value for '{key}': '{key}' is only allowed when 'tools' are specified."
        ),
        assumed: key != "parallel_tool_calls",
        source: "Upsonic/Upsonic#323",
    }
}

/// What Anthropic's API answers to an effort of a model that has none.
pub(super) fn no_effort() -> ApiAnswer {
    anthropic(
        "This model does not support the effort parameter.",
        "Oaklight/llm-rosetta#289 (Claude Haiku 4.5)",
    )
}

/// What Anthropic's API answers to a budget that leaves nothing of the cap.
pub(super) fn budget_above_cap() -> ApiAnswer {
    let source = "liuw1535/antigravity2api-nodejs#149; vellum-ai/vellum-assistant#315";
    anthropic("`max_tokens` must be greater than `thinking.budget_tokens`", source)
}

/// What it answers to a cap above the model's own.
pub(super) fn anthropic_cap(id: &str, cap: Tokens, most: Tokens) -> ApiAnswer {
    let message = format!(
        "max_tokens: {} > {}, which is the maximum allowed number of output tokens for {id}",
        cap.get(),
        most.get()
    );
    anthropic(message, "Natively-AI-assistant/natively-cluely-ai-assistant#54")
}

/// What it answers to thinking beside a forced tool.
pub(super) fn forced_tool() -> ApiAnswer {
    let source = "Anthropic documentation, extended thinking (copies of the error)";
    anthropic("Thinking may not be enabled when tool_choice forces tool use.", source)
}

/// What it answers to a conversation that ends with the model's own message.
pub(super) fn prefill() -> ApiAnswer {
    let message = "This model does not support assistant message prefill. The conversation must end with a user message.";
    anthropic(message, "Anthropic documentation, errors")
}

/// What it answers to both parameters of sampling.
pub(super) fn sampling_together() -> ApiAnswer {
    let message = "`temperature` and `top_p` cannot both be specified for this model.";
    anthropic(message, "aws-samples/bedrock-chat#979")
}

/// What Anthropic answers to sampling parameters of models that take none.
pub(super) fn sampling_deprecated(key: &str) -> ApiAnswer {
    let answer = anthropic("", "UKGovernmentBEIS/inspect_ai#3721 (temperature)");
    let message = format!("`{key}` is deprecated for this model.");
    ApiAnswer { message, assumed: key != "temperature", ..answer }
}

/// What OpenAI answers to an image of too many patches.
pub(super) fn image_too_large(patches: u64, most: u64) -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: Some("invalid_value"),
        message: format!(
            "The image you provided requires {patches} patches after processing, exceeding the limit of {most}."
        ),
        assumed: false,
        source: "OpenAI's API, read on 2026-09-25",
    }
}

/// What OpenAI answers to functions at an effort in Chat Completions.
pub(super) fn tools_with_effort(model: &str) -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: None,
        message: format!(
            "Function tools with reasoning_effort are not supported for {model} in /v1/chat/completions. To use \
             function tools, use /v1/responses or set reasoning_effort to 'none'."
        ),
        assumed: model != "gpt-5.6-luna",
        source: "ItzCrazyKns/Vane#1173; onyx-dot-app/onyx#15008",
    }
}

/// What it answers to a kind of thinking that the model does not take.
pub(super) fn thinking_mode(mode: ThinkingMode) -> Option<ApiAnswer> {
    let source = "Anthropic documentation, errors";
    match mode {
        ThinkingMode::Enabled => Some(anthropic(
            "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \
             \"output_config.effort\" to control thinking behavior.",
            source,
        )),
        ThinkingMode::Adaptive => {
            Some(anthropic("adaptive thinking is not supported on this model", source))
        }
        ThinkingMode::Disabled | ThinkingMode::BetweenTools => None,
    }
}

/// What `OpenAI`'s API answers to a level of effort that the model does not have.
pub(super) fn effort(id: &str, written: &str, levels: &[String]) -> ApiAnswer {
    let levels = match levels {
        [] => String::new(),
        [one] => format!("'{one}'"),
        [some @ .., last] => {
            let some: Vec<String> = some.iter().map(|level| format!("'{level}'")).collect();
            format!("{}, and '{last}'", some.join(", "))
        }
    };
    ApiAnswer {
        status: 400,
        code: Some("unsupported_value"),
        message: format!(
            "Unsupported value: '{written}' is not supported with the '{id}' model. Supported values are: {levels}."
        ),
        assumed: id != "gpt-5.1",
        source: "openai/openai-agents-python#2089 (gpt-5.1)",
    }
}

/// What it answers to a cap below the least of the endpoint.
pub(super) fn cap_below(name: &str, cap: Tokens, least: Tokens) -> ApiAnswer {
    ApiAnswer {
        status: 400,
        code: Some("integer_below_min_value"),
        message: format!(
            "Invalid '{name}': integer below minimum value. Expected a value >= {}, but got {} instead.",
            least.get(),
            cap.get()
        ),
        assumed: false,
        source: "vectorize-io/hindsight#58; QuantumNous/new-api#2438",
    }
}
