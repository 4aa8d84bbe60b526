//! Parameters, roles and endpoints that a model refuses.

use super::api_errors;
use super::finding::Finding;
use super::rule::{
    ASSISTANTS_UNSUPPORTED, BATCH_UNSUPPORTED, DEVELOPER_MESSAGE_UNSUPPORTED, ENDPOINT_UNSUPPORTED,
    FAST_ANSWERS_WANTED, FREQUENCY_PENALTY_FIXED, FUNCTIONS_UNSUPPORTED, IMAGES_UNSUPPORTED,
    LOGIT_BIAS_UNSUPPORTED, LOGPROBS_UNSUPPORTED, N_FIXED, PARALLEL_TOOL_CALLS_UNSUPPORTED,
    PRESENCE_PENALTY_FIXED, REASONING_EFFORT_UNSUPPORTED, RESPONSE_FORMAT_UNSUPPORTED, Rule,
    STOP_UNSUPPORTED, STREAMING_UNSUPPORTED, SYSTEM_MESSAGE_UNSUPPORTED, TEMPERATURE_FIXED,
    TOOLS_UNSUPPORTED, TOP_P_FIXED, VERBOSITY_FIXED,
};
use super::target::LintTarget;
use crate::catalog::Feature;
use crate::json::Value;

/// A parameter that some models refuse.
struct Parameter {
    rule: &'static Rule,
    feature: Feature,
    /// Its key, or the keys down to it.
    path: &'static [&'static str],
    /// Whether a value asks for nothing, so that sending it is no offence.
    harmless: fn(&Value<'_>) -> bool,
}

const fn parameter(
    rule: &'static Rule,
    feature: Feature,
    path: &'static [&'static str],
    harmless: fn(&Value<'_>) -> bool,
) -> Parameter {
    Parameter { rule, feature, path, harmless }
}

const PARAMETERS: [Parameter; 27] = [
    parameter(&TOOLS_UNSUPPORTED, Feature::Tools, &["tools"], is_empty),
    parameter(&TOOLS_UNSUPPORTED, Feature::Tools, &["tool_choice"], is_none),
    parameter(&FUNCTIONS_UNSUPPORTED, Feature::Functions, &["functions"], is_empty),
    parameter(&FUNCTIONS_UNSUPPORTED, Feature::Functions, &["function_call"], is_none),
    parameter(
        &RESPONSE_FORMAT_UNSUPPORTED,
        Feature::StructuredOutput,
        &["response_format"],
        is_text_format,
    ),
    parameter(
        &RESPONSE_FORMAT_UNSUPPORTED,
        Feature::StructuredOutput,
        &["text", "format"],
        is_text_format,
    ),
    parameter(&LOGPROBS_UNSUPPORTED, Feature::Logprobs, &["logprobs"], is_false),
    parameter(&LOGPROBS_UNSUPPORTED, Feature::Logprobs, &["top_logprobs"], is_zero),
    parameter(&TEMPERATURE_FIXED, Feature::Temperature, &["temperature"], is_one),
    parameter(
        &TEMPERATURE_FIXED,
        Feature::Temperature,
        &["generationConfig", "temperature"],
        is_one,
    ),
    parameter(
        &TEMPERATURE_FIXED,
        Feature::Temperature,
        &["inferenceConfig", "temperature"],
        is_one,
    ),
    parameter(&TOP_P_FIXED, Feature::TopP, &["top_p"], is_one),
    parameter(&TOP_P_FIXED, Feature::TopP, &["generationConfig", "topP"], is_one),
    parameter(&TOP_P_FIXED, Feature::TopP, &["inferenceConfig", "topP"], is_one),
    parameter(&PRESENCE_PENALTY_FIXED, Feature::PresencePenalty, &["presence_penalty"], is_zero),
    parameter(&FREQUENCY_PENALTY_FIXED, Feature::FrequencyPenalty, &["frequency_penalty"], is_zero),
    parameter(
        &PRESENCE_PENALTY_FIXED,
        Feature::PresencePenalty,
        &["generationConfig", "presencePenalty"],
        is_zero,
    ),
    parameter(
        &FREQUENCY_PENALTY_FIXED,
        Feature::FrequencyPenalty,
        &["generationConfig", "frequencyPenalty"],
        is_zero,
    ),
    parameter(
        &PARALLEL_TOOL_CALLS_UNSUPPORTED,
        Feature::ParallelToolCalls,
        &["parallel_tool_calls"],
        never,
    ),
    parameter(&VERBOSITY_FIXED, Feature::Verbosity, &["verbosity"], is_medium),
    parameter(&VERBOSITY_FIXED, Feature::Verbosity, &["text", "verbosity"], is_medium),
    parameter(&N_FIXED, Feature::N, &["n"], is_one),
    parameter(&STOP_UNSUPPORTED, Feature::Stop, &["stop"], is_empty),
    parameter(&LOGIT_BIAS_UNSUPPORTED, Feature::LogitBias, &["logit_bias"], is_empty),
    parameter(&STREAMING_UNSUPPORTED, Feature::Streaming, &["stream"], is_false),
    parameter(
        &REASONING_EFFORT_UNSUPPORTED,
        Feature::ReasoningEffort,
        &["reasoning_effort"],
        never,
    ),
    parameter(
        &REASONING_EFFORT_UNSUPPORTED,
        Feature::ReasoningEffort,
        &["reasoning", "effort"],
        never,
    ),
];

fn is_one(value: &Value<'_>) -> bool {
    value.number().is_some_and(|number| (number - 1.0).abs() < f64::EPSILON)
}

fn is_zero(value: &Value<'_>) -> bool {
    value.number().is_some_and(|number| number.abs() < f64::EPSILON)
}

fn is_false(value: &Value<'_>) -> bool {
    value.text() == "false"
}

fn is_none(value: &Value<'_>) -> bool {
    value.string().is_some_and(|choice| choice == "none")
}

fn is_medium(value: &Value<'_>) -> bool {
    value.string().is_some_and(|verbosity| verbosity == "medium")
}

fn is_empty(value: &Value<'_>) -> bool {
    let inside = value.text().trim_start_matches(['[', '{']).trim_start();
    inside.starts_with([']', '}'])
}

fn is_text_format(value: &Value<'_>) -> bool {
    value.get("type").and_then(|kind| kind.string()).is_some_and(|kind| kind == "text")
}

fn never(_: &Value<'_>) -> bool {
    false
}

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let Some(body) = target.body else { return Vec::new() };
    let mut findings = Vec::new();
    for parameter in &PARAMETERS {
        findings.extend(refused(target, body.json, parameter));
    }
    findings.extend(messages(target, body.json));
    findings.extend(endpoints(target, body.json, body.batch));
    findings.extend(fast(target, body.json));
    findings
}

fn refused(target: &LintTarget<'_>, body: Value<'_>, parameter: &Parameter) -> Option<Finding> {
    let Parameter { rule, feature, path, harmless } = parameter;
    if !target.refuses(*feature) || accepted_when_off(target, *feature) {
        return None;
    }
    let value = path.iter().try_fold(body, |value, key| value.set(key))?;
    if harmless(&value) {
        return None;
    }
    let key = path.join(".");
    let id = &target.model.id;
    let message = match rule.fixed_at {
        Some(fixed) => format!("`{key}` is fixed at {fixed} for `{id}`"),
        None => format!("`{id}` does not take `{key}`"),
    };
    let help = match feature {
        Feature::Tools | Feature::Functions | Feature::StructuredOutput => {
            or_instead(target, *feature, &format!("remove `{key}`"))
        }
        Feature::Streaming => {
            let since = target.model.features.as_ref().and_then(|f| f.support.get(feature));
            match since {
                Some(crate::catalog::Support::Since(day)) => {
                    or_instead(target, *feature, &format!("remove `{key}`, wait until {day}"))
                }
                _ => or_instead(target, *feature, &format!("remove `{key}`")),
            }
        }
        _ => format!("remove `{key}`"),
    };
    let answer = api_errors::unsupported(target.model, *feature, &key, value.text());
    Some(Finding::new(rule, message, help).at(Some(value)).answered(answer))
}

/// Whether a parameter is refused only while the model reasons, and this call does not.
fn accepted_when_off(target: &LintTarget<'_>, feature: Feature) -> bool {
    let sampling = matches!(feature, Feature::Temperature | Feature::TopP | Feature::Logprobs);
    let known = target.model.thinking.as_ref().is_some_and(|thinking| thinking.sampling_when_off);
    sampling && known && !target.reasons()
}

/// What to do, or which model to take for the job.
fn or_instead(target: &LintTarget<'_>, feature: Feature, remedy: &str) -> String {
    let job = match feature {
        Feature::Images => "reads images",
        Feature::Tools | Feature::Functions => "calls functions",
        Feature::StructuredOutput => "follows a schema",
        _ => "answers at once",
    };
    match target.instead(feature) {
        Some(other) => format!("{remedy}, or take {other}, which {job}"),
        None => remedy.to_owned(),
    }
}

/// Roles and images, at the first message of each kind.
fn messages(target: &LintTarget<'_>, body: Value<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let list = body.get("messages").or_else(|| body.get("input"));
    let messages = list.unwrap_or(body).items();
    for (role, rule, feature) in [
        ("system", &SYSTEM_MESSAGE_UNSUPPORTED, Feature::SystemMessage),
        ("developer", &DEVELOPER_MESSAGE_UNSUPPORTED, Feature::DeveloperMessage),
    ] {
        let mut roles = messages.iter().map(|message| message.get("role")).enumerate();
        let found = roles.find_map(|(i, written)| {
            let written = written?;
            (written.string()? == role).then_some((i, written))
        });
        if let Some((i, written)) = found.filter(|_| target.refuses(feature)) {
            let message = format!("`{}` takes no {role} message", target.model.id);
            let help = "put its text at the beginning of the first user message";
            let answer = api_errors::role(target.model, i, role);
            findings.push(Finding::new(rule, message, help).at(Some(written)).answered(answer));
        }
    }
    let image = messages.iter().find_map(|message| {
        let parts = message.get("content")?.items();
        parts
            .into_iter()
            .find_map(|part| part.get("type").filter(|kind| kind.text().contains("image")))
    });
    if let Some(image) = image.filter(|_| target.refuses(Feature::Images)) {
        let message = format!("`{}` reads text only, no images", target.model.id);
        let help = or_instead(target, Feature::Images, "describe the image in words");
        findings.push(Finding::new(&IMAGES_UNSUPPORTED, message, help).at(Some(image)));
    }
    findings
}

fn endpoints(target: &LintTarget<'_>, body: Value<'_>, batch: bool) -> Vec<Finding> {
    let id = &target.model.id;
    let mut findings = Vec::new();
    if batch && target.refuses(Feature::Batch) {
        let message = format!("the Batch API does not take `{id}`");
        let help = match target.instead(Feature::Batch) {
            Some(other) => format!("send the request by itself, or take {other}"),
            None => "send the request by itself".to_owned(),
        };
        findings.push(Finding::new(&BATCH_UNSUPPORTED, message, help).at(Some(body)));
    }
    let assistant = ["assistant_id", "thread_id", "thread"].into_iter().find_map(|k| body.set(k));
    let assistant = assistant.or_else(|| {
        let bare = body.get("messages").is_none() && body.get("input").is_none();
        body.set("instructions").filter(|_| bare)
    });
    if let Some(key) = assistant.filter(|_| target.refuses(Feature::Assistants)) {
        let message = format!("the Assistants API does not take `{id}`");
        let help = "send a Chat Completions request with the conversation in `messages`";
        findings.push(Finding::new(&ASSISTANTS_UNSUPPORTED, message, help).at(Some(key)));
    }
    if let Some(key) = body.get("input").filter(|_| target.refuses(Feature::Responses)) {
        let message = format!("the Responses endpoint does not serve `{id}`");
        let help = "send a Chat Completions request with the conversation in `messages`";
        findings.push(Finding::new(&ENDPOINT_UNSUPPORTED, message, help).at(Some(key)));
    }
    findings
}

/// A job that wants its answer fast, and a model that thinks first.
fn fast(target: &LintTarget<'_>, body: Value<'_>) -> Option<Finding> {
    let tier = body.set("service_tier")?;
    let hurried = tier.string().is_some_and(|tier| matches!(&*tier, "priority" | "fast"));
    if !hurried || !target.reasons() {
        return None;
    }
    let message = format!(
        "the request asks for a fast answer, and `{}` may reason for seconds to minutes first",
        target.model.id
    );
    let help = or_instead(target, Feature::Streaming, "allow for the time");
    Some(Finding::new(&FAST_ANSWERS_WANTED, message, help).at(Some(tier)))
}
