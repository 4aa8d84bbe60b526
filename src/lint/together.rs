//! Settings that a model takes alone and refuses together.

use jiff::civil::{Date, date};

use super::api_errors;
use super::finding::Finding;
use super::rule::{
    EFFORT_WITH_THINKING_MODE, PREFILL_UNSUPPORTED, SAMPLING_TOGETHER, THINKING_WITH_FORCED_TOOL,
    TOOLS_WITH_EFFORT,
};
use super::target::LintTarget;
use super::thinking::{EFFORTS, first, is_anthropic};
use crate::catalog::{Effort, Feature, ThinkingMode};
use crate::request::{Origin, Request, Role, ToolChoice};

/// Claude models that always think and take no forced tool (Claude documentation, 2026-10).
const NEVER_FORCED: [&str; 3] = ["claude-fable-5-1", "claude-opus-5-5", "claude-sonnet-5-5"];
/// The day of Claude Opus 4.1, the first that takes one of `temperature` and `top_p` only.
const ONE_SAMPLING_PARAMETER: Date = date(2025, 8, 5);

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let Some(request) = target.request else { return Vec::new() };
    let mut findings = Vec::new();
    if is_anthropic(target, request) {
        findings.extend(prefill(target, request));
        findings.extend(sampling(target));
        findings.extend(effort(target, request));
        findings.extend(forced_tool(target, request));
    }
    findings.extend(tools(target, request));
    findings
}

/// An answer that the request begins itself. Claude from 4.6 on, which are the models that think adaptively,
/// take none; earlier ones take none while they think.
fn prefill(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let modes = &target.model.thinking.as_ref()?.modes;
    let last = request.messages.last().filter(|last| last.role == Role::Assistant)?;
    let never = modes.contains(&ThinkingMode::Adaptive);
    if !(never || request.settings.thinking_budget().is_some()) || !last.tool_calls.is_empty() {
        return None;
    }
    let id = &target.model.id;
    let (message, answer) = if never {
        let message = format!("`{id}` does not go on with an answer that is begun");
        (message, Some(api_errors::prefill()))
    } else {
        (format!("`{id}` does not go on with an answer that is begun while it thinks"), None)
    };
    let help = "end with a message of the user; say there how the answer begins";
    let place = target.body.and_then(|body| body.json.get("messages")?.items().pop());
    Some(Finding::new(&PREFILL_UNSUPPORTED, message, help).at(place).answered(answer))
}

/// Two parameters of which Claude 4.1 to 4.6 take one.
fn sampling(target: &LintTarget<'_>) -> Option<Finding> {
    // Later models refuse each of them, which another rule says.
    if target.model.released < ONE_SAMPLING_PARAMETER || target.refuses(Feature::Temperature) {
        return None;
    }
    let set = |key: &str, other: &str| first(target, &[&[key], &["inferenceConfig", other]]);
    set("temperature", "temperature")?;
    let top_p = set("top_p", "topP")?;
    let message = format!("`{}` takes `temperature` or `top_p`, not both", target.model.id);
    let finding = Finding::new(&SAMPLING_TOGETHER, message, "remove one of them").at(Some(top_p));
    Some(finding.answered(Some(api_errors::sampling_together())))
}

/// Thinking that is restricted, at an effort for which it cannot be.
fn effort(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let mode = first(target, &[&["thinking", "type"]])?;
    let mode = mode.string()?;
    let id = target.model.id.as_str();
    let restricted = match &*mode {
        "disabled" => id == "claude-opus-5",
        "between_tools" => id == "claude-sonnet-5-5",
        _ => false,
    };
    let effort = request.settings.effort_of(target.model)?;
    if !restricted || effort < Effort::Xhigh {
        return None;
    }
    let message = format!("`{id}` takes `thinking.type` {mode} up to effort high, not at {effort}");
    let help = "lower the effort to high, or leave thinking to the model";
    let finding = Finding::new(&EFFORT_WITH_THINKING_MODE, message, help);
    Some(finding.at(first(target, &EFFORTS)))
}

/// A forced tool for a model that always thinks.
fn forced_tool(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let forced =
        matches!(request.settings.tool_choice, Some(ToolChoice::Any | ToolChoice::Tool(_)));
    let always = NEVER_FORCED.contains(&target.model.id.as_str());
    // With a budget another rule speaks.
    if !forced || !always || request.settings.thinking_budget().is_some() {
        return None;
    }
    let message = format!("`{}` always thinks, and takes no forced tool", target.model.id);
    let help = "leave the choice to the model (`auto`), and say in the prompt which tool to use";
    let place = first(target, &[&["tool_choice"], &["toolConfig", "toolChoice"]]);
    Some(Finding::new(&THINKING_WITH_FORCED_TOOL, message, help).at(place))
}

/// Functions at an effort, in Chat Completions.
fn tools(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let id = target.model.id.as_str();
    let newer = ["gpt-5.6", "gpt-6"].iter().any(|family| id.starts_with(family));
    let effort = request.settings.effort.as_deref().filter(|effort| *effort != "none")?;
    if !newer
        || target.model.provider != "openai"
        || request.origin != Origin::Chat
        || request.functions.is_empty()
    {
        return None;
    }
    let message = format!("`{id}` takes no functions at the effort {effort} in Chat Completions");
    let help = "send the request to the Responses API, or set `reasoning_effort` to none";
    let finding = Finding::new(&TOOLS_WITH_EFFORT, message, help).at(first(target, &EFFORTS));
    Some(finding.answered(Some(api_errors::tools_with_effort(id))))
}
