//! The cap that a request sends, or does not.

use super::api_errors;
use super::finding::{ApiAnswer, Finding};
use super::rule::{
    CAP_ABOVE_OUTPUT_CAP, CAP_ABOVE_WINDOW, CAP_BELOW_MINIMUM, CAP_BELOW_RESERVE, CAP_MISSING,
    CAP_REQUIRED, MAX_TOKENS_DEPRECATED, PROMPT_ABOVE_WINDOW,
};
use super::target::LintTarget;
use super::thinking::first;
use crate::forecast::{ApiRefusal, Room, RoomLimit, plan, refusal};
use crate::json::Value;
use crate::request::{Origin, Request};
use crate::units::Tokens;

/// Where the APIs keep the cap.
const PLACES: [&[&str]; 10] = [
    &["max_completion_tokens"],
    &["max_tokens"],
    &["max_output_tokens"],
    &["generationConfig", "maxOutputTokens"],
    &["generation_config", "max_output_tokens"],
    &["config", "maxOutputTokens"],
    &["config", "max_output_tokens"],
    &["inferenceConfig", "maxTokens"],
    &["max_gen_len"],
    &["textGenerationConfig", "maxTokenCount"],
];
/// Where the APIs keep the conversation.
const CONVERSATIONS: [&str; 4] = ["messages", "input", "contents", "prompt"];

/// The cap as it is written.
pub(super) fn cap_key<'a>(target: &LintTarget<'a>) -> Option<Value<'a>> {
    first(target, &PLACES)
}

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = deprecated(target).into_iter().collect();
    // A bare array of messages and plain text send no parameters, so nothing is missing there.
    let sends = target
        .body
        .is_some_and(|body| CONVERSATIONS.iter().any(|key| body.json.get(key).is_some()));
    let Some(request) = target.request.filter(|_| sends) else { return findings };
    let prompt = target.count.map(crate::request::PromptCount::prompt_tokens);
    match request.settings.cap {
        None => {
            findings.extend(required(target, request));
            findings.extend(missing(target, request, prompt));
        }
        Some(cap) => {
            findings.extend(below_minimum(target, request, cap));
            findings.extend(judged(target, request, cap, prompt));
        }
    }
    findings
}

fn deprecated(target: &LintTarget<'_>) -> Option<Finding> {
    let key = target.body?.json.set("max_tokens")?;
    let responses = target.request.is_some_and(|request| request.origin == Origin::Responses);
    if !target.model.reasoning || !target.speaks_openai() || responses {
        return None;
    }
    let message =
        format!("`{}` counts hidden reasoning, so it refuses `max_tokens`", target.model.id);
    let help = "send max_completion_tokens, which bounds reasoning and visible tokens together";
    let finding = Finding::new(&MAX_TOKENS_DEPRECATED, message, help);
    Some(finding.at(Some(key)).answered(Some(api_errors::max_tokens())))
}

/// No cap where the endpoint wants one.
fn required(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let endpoint = target.model.api.as_ref()?.endpoint(request.endpoint()?)?;
    if !endpoint.cap_required {
        return None;
    }
    let message = format!("the endpoint refuses a request without `{}`", endpoint.cap);
    let help = format!("send {}; `outlay plan` says which", endpoint.cap);
    let body = target.body?.json;
    let place = body.get("model").or_else(|| CONVERSATIONS.iter().find_map(|key| body.get(key)));
    Some(Finding::new(&CAP_REQUIRED, message, help).at(place))
}

/// A cap that is smaller than its endpoint takes. Anthropic takes 0, which fills the cache and answers nothing.
fn below_minimum(target: &LintTarget<'_>, request: &Request, cap: Tokens) -> Option<Finding> {
    let endpoint = target.model.api.as_ref()?.endpoint(request.endpoint()?)?;
    let fills = cap == Tokens::ZERO && request.origin == Origin::Anthropic;
    let least = endpoint.min_cap.unwrap_or(Tokens::new(1));
    if cap >= least || fills {
        return None;
    }
    let name = request.cap_field(target.model);
    let message = format!("`{name}` is {cap}, and the endpoint takes {least} at least");
    let finding =
        Finding::new(&CAP_BELOW_MINIMUM, message, format!("send {} or more", least.get()));
    let answer =
        (request.origin == Origin::Responses).then(|| api_errors::cap_below(name, cap, least));
    Some(finding.at(cap_key(target)).answered(answer))
}

fn missing(target: &LintTarget<'_>, request: &Request, prompt: Option<Tokens>) -> Vec<Finding> {
    let model = target.model;
    let body = target.body.map(|body| body.json);
    if let Some(prompt) = prompt
        && let Some(refused) = refusal(model, prompt, None)
    {
        return vec![too_long(target, prompt, refused)];
    }
    if !target.reasons() {
        return Vec::new();
    }
    let room = Room::after(prompt.unwrap_or_default(), &model.limits).tokens;
    let message = format!("without a cap an answer may use, and bill, up to {room} tokens");
    let plan = plan(model, prompt.unwrap_or_default(), target.policy, None);
    let name = request.cap_field(model);
    let help = match plan.recommended {
        Some(cap) => {
            format!("send {name} = {}; `outlay plan` says what fits this prompt", cap.get())
        }
        None => format!("send {name}; `outlay plan` says what fits"),
    };
    let place = body.and_then(|body| {
        let first = CONVERSATIONS.iter().find_map(|key| body.get(key));
        body.get("model").or(first)
    });
    vec![Finding::new(&CAP_MISSING, message, help).at(place)]
}

/// A prompt that leaves no room.
fn too_long(target: &LintTarget<'_>, prompt: Tokens, refused: ApiRefusal) -> Finding {
    let model = target.model;
    let limit = model.limits.input_limit.unwrap_or(model.limits.window);
    let message = format!("the prompt has {prompt} tokens, and `{}` takes {limit}", model.id);
    let reserve = target.policy.reserve;
    let reasons = target.reasons();
    let wanted = if reasons { reserve } else { Tokens::new(1) };
    let help = match Room::cut_for(prompt, wanted, &model.limits) {
        Some(cut) if reasons => {
            format!("cut {cut} tokens, so that the reserve of {reserve} fits")
        }
        Some(cut) => format!("cut at least {cut} tokens"),
        None => "take a model with a larger window".to_owned(),
    };
    let body = target.body.map(|body| body.json);
    let place = body.and_then(|body| CONVERSATIONS.iter().find_map(|key| body.get(key)));
    let source = "webtimemachine/wtm2#579; cline/cline#5474 (input limit)";
    let answer = target.speaks_openai().then(|| ApiAnswer::refusal(refused, false, source));
    Finding::new(&PROMPT_ABOVE_WINDOW, message, help).at(place).answered(answer)
}

fn judged(
    target: &LintTarget<'_>,
    request: &Request,
    cap: Tokens,
    prompt: Option<Tokens>,
) -> Option<Finding> {
    let model = target.model;
    let limits = &model.limits;
    let key = cap_key(target);
    let known = prompt.unwrap_or_default();
    let room = Room::after(known, limits);
    let refused = refusal(model, known, Some(cap));
    let largest = room.tokens.min(limits.output_cap);
    if cap > limits.output_cap {
        let message =
            format!("the cap of {cap} is above the {} of `{}`", limits.output_cap, model.id);
        let help = format!("send {} or less", largest.get());
        let source = "enoch3712/ExtractThinker#346 (gpt-4o, wording of max_tokens)";
        let answer = refused.filter(|_| target.speaks_openai());
        let answer = answer.map(|refused| ApiAnswer::refusal(refused, true, source));
        let own = || api_errors::anthropic_cap(&target.asked_id(), cap, limits.output_cap);
        let answer = answer.or_else(|| (model.provider == "anthropic").then(own));
        return Some(Finding::new(&CAP_ABOVE_OUTPUT_CAP, message, help).at(key).answered(answer));
    }
    if cap == Tokens::ZERO {
        return None;
    }
    if let Some(refused) = refused {
        if room.limit == RoomLimit::InputLimit || room.tokens == Tokens::ZERO {
            return Some(too_long(target, known, refused));
        }
        let message = format!(
            "{known} prompt tokens and the cap of {cap} are more than the window of {}",
            limits.window
        );
        let help = format!(
            "send {} or less, or cut {} tokens from the prompt",
            room.tokens.get(),
            cap.saturating_sub(room.tokens)
        );
        let source = "Doriandarko/o1-engineer#15 (o1, 2024-10-03)";
        let answer = target.speaks_openai().then(|| ApiAnswer::refusal(refused, false, source));
        return Some(Finding::new(&CAP_ABOVE_WINDOW, message, help).at(key).answered(answer));
    }
    if request.reasons(model) && cap < target.policy.reserve {
        let message = format!(
            "the cap of {cap} is below the reserve of {}: reasoning may use it up, and the empty answer is billed",
            target.policy.reserve
        );
        let plan = plan(model, known, target.policy, None);
        let help = match plan.recommended.filter(|wanted| *wanted > cap) {
            Some(wanted) => format!("send {}; an unused cap costs nothing", wanted.get()),
            None => "shorten the prompt, so that the reserve fits".to_owned(),
        };
        return Some(Finding::new(&CAP_BELOW_RESERVE, message, help).at(key));
    }
    None
}
