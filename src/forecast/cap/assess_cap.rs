//! What the API does with a cap that is already being sent.

use serde::Serialize;

use super::super::distribution::Completion;
use super::plan::CapPolicy;
use super::room::{Room, RoomLimit};
use crate::catalog::Model;
use crate::units::{Probability, Tokens};

/// What comes of a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CapVerdict {
    /// Accepted, holds the reserve, and the risk is within the target or not known.
    Ok,
    /// Accepted, but smaller than the reserve while no distribution says that this is enough.
    BelowReserve,
    /// Accepted, but the answer is cut off more often than the target allows.
    RiskAboveTarget,
    /// Refused by the API before anything is generated.
    Refused,
}

/// The error that the API answers with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ApiRefusal {
    /// The HTTP status.
    pub status: u16,
    /// The `code` of the error object, where it has one.
    pub code: Option<&'static str>,
    /// Its `message`: in the API's own words where they were recorded, else in plain ones.
    pub message: String,
}

/// A cap, judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Judgement {
    /// The cap that is sent.
    #[serde(rename = "max_completion_tokens")]
    pub cap: Tokens,
    /// What comes of it.
    pub verdict: CapVerdict,
    /// Probability that the answer is cut off, if the request is accepted.
    pub length_risk: Option<Probability>,
    /// The part of it where nothing visible comes out.
    pub empty_risk: Option<Probability>,
    /// The refusal, if the request is not accepted.
    #[serde(rename = "api")]
    pub refusal: Option<ApiRefusal>,
}

/// What a `max_completion_tokens` does after a prompt.
///
/// The order is the API's: first the model's own cap, then the window.
#[must_use]
pub fn assess_cap(
    model: &Model,
    prompt: Tokens,
    cap: Tokens,
    policy: &CapPolicy,
    completion: Option<&Completion>,
) -> Judgement {
    if let Some(refusal) = refusal(model, prompt, Some(cap)) {
        return Judgement {
            cap,
            verdict: CapVerdict::Refused,
            length_risk: None,
            empty_risk: None,
            refusal: Some(refusal),
        };
    }
    let length_risk = completion.map(|distribution| distribution.length_risk(cap));
    let judged = length_risk
        .filter(|_| completion.is_some_and(|distribution| !distribution.is_of_unknown_work()));
    let verdict = match judged {
        Some(risk) if risk > policy.risk => CapVerdict::RiskAboveTarget,
        None if model.reasoning && cap < policy.reserve => CapVerdict::BelowReserve,
        _ => CapVerdict::Ok,
    };
    let empty_risk = completion
        .filter(|_| model.reasoning)
        .and_then(|distribution| distribution.empty_risk(cap));
    Judgement { cap, verdict, length_risk, empty_risk, refusal: None }
}

/// The refusal that a prompt and a cap meet, if any: in the words of the API where they were recorded, else in
/// plain ones.
///
/// OpenAI: window with a cap, Doriandarko/o1-engineer#15 (o1, 2024-10-03); window without a cap,
/// webtimemachine/wtm2#579; input limit, cline/cline#5474; model cap, enoch3712/ExtractThinker#346 (gpt-4o;
/// that the o-series words it alike is assumed, as is the wording for a cap of 0). Anthropic: model cap,
/// natively#54. A cap of 0 fills Anthropic's cache and is no offence.
#[must_use]
pub fn refusal(model: &Model, prompt: Tokens, cap: Option<Tokens>) -> Option<ApiRefusal> {
    let (limits, id) = (&model.limits, &model.id);
    let (window, most) = (limits.window, limits.output_cap);
    let openai = matches!(model.provider.as_str(), "openai" | "azure");
    let anthropic = model.provider == "anthropic";
    let refuse = |code: Option<&'static str>, recorded: String, plain: String| {
        let message = if openai { recorded } else { plain };
        Some(ApiRefusal { status: 400, code: code.filter(|_| openai), message })
    };
    if let Some(cap) = cap.filter(|cap| *cap > most) {
        let (sent, largest) = (cap.get(), most.get());
        let recorded = format!(
            "max_completion_tokens is too large: {sent}. This model supports at most {largest} completion \
             tokens, whereas you provided {sent}."
        );
        let plain = if anthropic {
            format!(
                "max_tokens: {sent} > {largest}, which is the maximum allowed number of output tokens for {id}"
            )
        } else {
            format!("the cap of {cap} is above the {most} output tokens of `{id}`")
        };
        return refuse(None, recorded, plain);
    }
    if cap == Some(Tokens::ZERO) && !anthropic {
        let recorded = "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1, \
                        but got 0 instead.";
        let plain = "a cap of 0 leaves no room for an answer";
        return refuse(Some("integer_below_min_value"), recorded.to_owned(), plain.to_owned());
    }
    let room = Room::after(prompt, limits);
    let context_length = |recorded, plain| refuse(Some("context_length_exceeded"), recorded, plain);
    let takes = |most: Tokens| format!("the prompt has {prompt} tokens, and `{id}` takes {most}");
    match (room.limit, cap) {
        (RoomLimit::InputLimit, _) => {
            let limit = limits.input_limit.unwrap_or_default();
            let recorded = format!(
                "Input tokens exceed the configured limit of {} tokens. Your messages resulted in {} \
                 tokens. Please reduce the length of the messages.",
                limit.get(),
                prompt.get()
            );
            refuse(None, recorded, takes(limit))
        }
        (_, Some(cap)) if cap > room.tokens => context_length(
            format!(
                "This model's maximum context length is {} tokens. However, you requested {} tokens \
                 ({} in the messages, {} in the completion). Please reduce the length of the \
                 messages or completion.",
                window.get(),
                prompt.get() + cap.get(),
                prompt.get(),
                cap.get()
            ),
            format!(
                "{prompt} prompt tokens and the cap of {cap} are more than the window of {window}"
            ),
        ),
        (_, None) if room.tokens == Tokens::ZERO => context_length(
            format!(
                "This model's maximum context length is {} tokens. However, your messages resulted in {} \
                 tokens. Please reduce the length of the messages.",
                window.get(),
                prompt.get()
            ),
            takes(window),
        ),
        _ => None,
    }
}
