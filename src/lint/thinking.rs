//! What a request says about reasoning, against what its model takes.

use super::api_errors;
use super::finding::Finding;
use super::rule::{
    EFFORT_UNSUPPORTED, SAMPLING_WITH_THINKING, THINKING_BUDGET_ABOVE_CAP,
    THINKING_BUDGET_OUT_OF_RANGE, THINKING_LEVEL_WITH_BUDGET, THINKING_UNSUPPORTED,
    THINKING_WITH_FORCED_TOOL, TOP_K_UNSUPPORTED,
};
use super::target::LintTarget;
use crate::catalog::{ApiFamily, Effort, Feature, Thinking, ThinkingMode};
use crate::json::Value;
use crate::request::{Origin, Request, ThinkingSetting, ToolChoice};
use crate::units::Tokens;

/// Where the APIs keep a budget of thinking, or the switch of it.
const BUDGETS: [&[&str]; 8] = [
    &["thinking", "budget_tokens"],
    &["generationConfig", "thinkingConfig", "thinkingBudget"],
    &["generation_config", "thinking_config", "thinking_budget"],
    &["config", "thinkingConfig", "thinkingBudget"],
    &["config", "thinking_config", "thinking_budget"],
    &["additionalModelRequestFields", "thinking", "budget_tokens"],
    &["reasoning", "max_tokens"],
    &["thinking_budget"],
];
const SWITCHES: [&[&str]; 3] = [
    &["thinking", "type"],
    &["additionalModelRequestFields", "thinking", "type"],
    &["enable_thinking"],
];
pub(super) const EFFORTS: [&[&str]; 9] = [
    &["reasoning_effort"],
    &["reasoning", "effort"],
    &["output_config", "effort"],
    &["generationConfig", "thinkingConfig", "thinkingLevel"],
    &["generation_config", "thinking_config", "thinking_level"],
    &["generation_config", "thinking_level"],
    &["config", "thinkingConfig", "thinkingLevel"],
    &["config", "thinking_config", "thinking_level"],
    &["additionalModelRequestFields", "output_config", "effort"],
];
/// Sampling parameters, each with where the APIs keep it.
const SAMPLING: [(&str, [&[&str]; 3]); 3] = [
    (
        "temperature",
        [
            &["temperature"],
            &["inferenceConfig", "temperature"],
            &["additionalModelRequestFields", "temperature"],
        ],
    ),
    ("top_k", TOP_K),
    (
        "top_p",
        [&["top_p"], &["inferenceConfig", "topP"], &["additionalModelRequestFields", "top_p"]],
    ),
];
const TOP_K: [&[&str]; 3] =
    [&["top_k"], &["inferenceConfig", "top_k"], &["additionalModelRequestFields", "top_k"]];

/// The value at the first of several paths that has one.
pub(super) fn first<'a>(target: &LintTarget<'a>, paths: &[&[&str]]) -> Option<Value<'a>> {
    let body = target.body?.json;
    paths.iter().find_map(|path| path.iter().try_fold(body, |value, key| value.set(key)))
}

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let Some(request) = target.request else { return Vec::new() };
    let mut findings = Vec::new();
    if let Some(ThinkingSetting::Budget(budget)) = request.settings.thinking {
        findings.extend(above_cap(target, request, budget));
    }
    if let Some(thinking) = &target.model.thinking {
        findings.extend(out_of_range(target, request, thinking));
        findings.extend(mode(target, request, thinking));
        findings.extend(effort(target, request, thinking));
    }
    findings.extend(never_thinks(target, request));
    findings.extend(level_and_budget(target, request));
    findings.extend(forced_tool(target, request));
    findings.extend(sampling(target, request));
    findings.extend(top_k(target, request));
    findings
}

/// Whether the request goes to Anthropic's models.
pub(super) fn is_anthropic(target: &LintTarget<'_>, request: &Request) -> bool {
    let family = target.model.api.as_ref().map(|api| api.family);
    request.origin == Origin::Anthropic
        || family == Some(ApiFamily::Anthropic)
        || target.model.provider == "anthropic"
}

fn above_cap(target: &LintTarget<'_>, request: &Request, budget: Tokens) -> Option<Finding> {
    let cap = request.settings.cap?;
    let strict = is_anthropic(target, request)
        || target.model.thinking.as_ref()?.budget.is_some_and(|known| known.below_cap);
    if !strict || budget < cap {
        return None;
    }
    let name = request.cap_field(target.model);
    let message = format!("the thinking budget of {budget} leaves nothing of `{name}`, {cap}");
    let help = format!("send a budget below {name}, which counts thinking and the answer together");
    let answer = is_anthropic(target, request).then(api_errors::budget_above_cap);
    let finding = Finding::new(&THINKING_BUDGET_ABOVE_CAP, message, help);
    Some(finding.at(first(target, &BUDGETS)).answered(answer))
}

fn out_of_range(
    target: &LintTarget<'_>,
    request: &Request,
    thinking: &Thinking,
) -> Option<Finding> {
    let known = thinking.budget?;
    let id = &target.model.id;
    let (message, help) = match request.settings.thinking? {
        ThinkingSetting::Budget(budget) if budget < known.min => (
            format!("`{id}` takes a thinking budget of {} tokens at least", known.min),
            format!("send {} or more", known.min.get()),
        ),
        ThinkingSetting::Budget(budget) if known.max.is_some_and(|max| budget > max) => {
            let max = known.max.unwrap_or(budget);
            (
                format!("`{id}` takes a thinking budget of {max} tokens at most"),
                format!("send {} or less", max.get()),
            )
        }
        ThinkingSetting::Off if !known.zero && first(target, &BUDGETS).is_some() => (
            format!("`{id}` cannot be kept from thinking by a budget of 0"),
            format!("send {} or more", known.min.get()),
        ),
        _ => return None,
    };
    let finding = Finding::new(&THINKING_BUDGET_OUT_OF_RANGE, message, help);
    Some(finding.at(first(target, &BUDGETS)))
}

fn mode(target: &LintTarget<'_>, request: &Request, thinking: &Thinking) -> Option<Finding> {
    if thinking.modes.is_empty() {
        return None;
    }
    let value = first(target, &SWITCHES)?;
    let mode = match &*value.string()? {
        "enabled" => ThinkingMode::Enabled,
        "adaptive" => ThinkingMode::Adaptive,
        "disabled" => ThinkingMode::Disabled,
        "between_tools" => ThinkingMode::BetweenTools,
        _ => return None,
    };
    if thinking.modes.contains(&mode) {
        return None;
    }
    let modes: Vec<String> = thinking.modes.iter().map(ToString::to_string).collect();
    let message = format!("`{}` does not take `thinking.type` {mode}", target.model.id);
    let help = format!("send {}", modes.join(" or "));
    let answer = is_anthropic(target, request).then(|| api_errors::thinking_mode(mode)).flatten();
    Some(Finding::new(&THINKING_UNSUPPORTED, message, help).at(Some(value)).answered(answer))
}

fn effort(target: &LintTarget<'_>, request: &Request, thinking: &Thinking) -> Option<Finding> {
    if thinking.efforts.is_empty() {
        return without_levels(target, request);
    }
    let value = first(target, &EFFORTS)?;
    let written = request.settings.effort.as_deref()?;
    let levels: Vec<String> = thinking.efforts.iter().map(ToString::to_string).collect();
    let known = written.parse::<Effort>().ok().filter(|effort| {
        let elsewhere = thinking.only_at.iter().find(|only| only.effort == *effort);
        let here = elsewhere.is_none_or(|only| request.endpoint() == Some(only.endpoint));
        thinking.efforts.contains(effort) && here
    });
    if known.is_some() {
        return None;
    }
    let message = format!("`{}` has no effort `{written}`", target.model.id);
    let help = format!("send {}", levels.join(", "));
    let openai = target.model.provider == "openai";
    let answer = openai.then(|| api_errors::effort(&target.model.id, written, &levels));
    Some(Finding::new(&EFFORT_UNSUPPORTED, message, help).at(Some(value)).answered(answer))
}

/// The key of its maker's API for a level of effort, at a model that has no levels. Compatible endpoints
/// translate `reasoning_effort`, so that it may pass there.
fn without_levels(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let own = matches!(request.origin, Origin::Anthropic | Origin::Gemini | Origin::Converse);
    let value = first(target, &EFFORTS).filter(|_| own)?;
    let message = format!("`{}` has no levels of effort", target.model.id);
    let help = "remove the level; a budget bounds how much it thinks";
    let answer = is_anthropic(target, request).then(api_errors::no_effort);
    Some(Finding::new(&EFFORT_UNSUPPORTED, message, help).at(Some(value)).answered(answer))
}

/// Thinking that is asked of a model that has none.
fn never_thinks(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let asked = matches!(
        request.settings.thinking,
        Some(ThinkingSetting::Budget(_) | ThinkingSetting::Adaptive)
    );
    if target.model.reasoning || !asked {
        return None;
    }
    let value = first(target, &BUDGETS).or_else(|| first(target, &SWITCHES));
    let message = format!("`{}` does not think", target.model.id);
    let help = "remove what the request says about thinking";
    Some(Finding::new(&THINKING_UNSUPPORTED, message, help).at(value))
}

/// A level and a budget together, of which Gemini takes one.
fn level_and_budget(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    if !matches!(request.origin, Origin::Gemini | Origin::Interactions) {
        return None;
    }
    let (level, _) = first(target, &EFFORTS).zip(first(target, &BUDGETS))?;
    let message = "the request has a level and a budget of thinking".to_owned();
    let help = "remove the budget, or the level for a model of the 2.5 series";
    Some(Finding::new(&THINKING_LEVEL_WITH_BUDGET, message, help).at(Some(level)))
}

fn forced_tool(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let forced =
        matches!(request.settings.tool_choice, Some(ToolChoice::Any | ToolChoice::Tool(_)));
    let manual = matches!(request.settings.thinking, Some(ThinkingSetting::Budget(_)));
    if !forced || !manual || !is_anthropic(target, request) {
        return None;
    }
    let message = "`tool_choice` forces a tool while thinking is switched on".to_owned();
    let help = "leave the choice to the model (`auto`), or switch thinking off";
    let place = first(target, &[&["tool_choice"], &["toolConfig", "toolChoice"]]);
    let finding = Finding::new(&THINKING_WITH_FORCED_TOOL, message, help).at(place);
    Some(finding.answered(Some(api_errors::forced_tool())))
}

fn sampling(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let on = matches!(
        request.settings.thinking,
        Some(ThinkingSetting::Budget(_) | ThinkingSetting::Adaptive)
    );
    // Models that take none of them at all have rules of their own.
    if !on || !is_anthropic(target, request) || target.refuses(Feature::Temperature) {
        return None;
    }
    let value = SAMPLING.iter().find_map(|(key, paths)| {
        let value = first(target, paths)?;
        let harmless = value.number().is_some_and(|number| match *key {
            "temperature" => (number - 1.0).abs() < f64::EPSILON,
            "top_p" => (0.95..=1.0).contains(&number),
            _ => false,
        });
        (!harmless).then_some((key, value))
    });
    let (key, value) = value?;
    let (message, help) = match *key {
        "top_p" => (
            "`top_p` is 0.95 to 1 while thinking is switched on".to_owned(),
            "remove `top_p`, or send 0.95 to 1".to_owned(),
        ),
        key => (
            format!("`{key}` cannot be set while thinking is switched on"),
            format!("remove `{key}`"),
        ),
    };
    Some(Finding::new(&SAMPLING_WITH_THINKING, message, help).at(Some(value)))
}

/// `top_k` for a model of Anthropic or Google that takes no sampling parameters.
fn top_k(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let anthropic = is_anthropic(target, request);
    let google = matches!(request.origin, Origin::Gemini | Origin::Interactions);
    if !(anthropic || google) || !target.refuses(Feature::Temperature) {
        return None;
    }
    let (key, value) = if google {
        ("topK", first(target, &[&["generationConfig", "topK"]])?)
    } else {
        ("top_k", first(target, &TOP_K)?)
    };
    let message = format!("`{}` does not take `{key}`", target.model.id);
    let finding = Finding::new(&TOP_K_UNSUPPORTED, message, format!("remove `{key}`"));
    let answer = anthropic.then(|| api_errors::sampling_deprecated(key));
    Some(finding.at(Some(value)).answered(answer))
}
