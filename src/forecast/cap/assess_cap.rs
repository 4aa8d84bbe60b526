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
    /// Its `message`, in the API's own words.
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

/// The refusal that a prompt and a cap meet, if any.
///
/// Wordings: window with a cap, Doriandarko/o1-engineer#15 (o1, 2024-10-03); window without a cap,
/// webtimemachine/wtm2#579; input limit, cline/cline#5474; model cap, enoch3712/ExtractThinker#346 (gpt-4o;
/// that the o-series words it alike is assumed, as is the wording for a cap of 0).
#[must_use]
pub fn refusal(model: &Model, prompt: Tokens, cap: Option<Tokens>) -> Option<ApiRefusal> {
    let limits = &model.limits;
    let (window, output_cap) = (limits.window.get(), limits.output_cap.get());
    if let Some(cap) = cap.filter(|cap| *cap > limits.output_cap) {
        let cap = cap.get();
        return Some(ApiRefusal {
            status: 400,
            code: None,
            message: format!(
                "max_completion_tokens is too large: {cap}. This model supports at most {output_cap} \
                 completion tokens, whereas you provided {cap}."
            ),
        });
    }
    if cap == Some(Tokens::ZERO) {
        return Some(ApiRefusal {
            status: 400,
            code: Some("integer_below_min_value"),
            message: "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1, \
                      but got 0 instead."
                .to_owned(),
        });
    }
    let room = Room::after(prompt, limits);
    let context_length =
        |message| Some(ApiRefusal { status: 400, code: Some("context_length_exceeded"), message });
    let prompt = prompt.get();
    match (room.limit, cap) {
        (RoomLimit::InputLimit, _) => {
            let limit = limits.input_limit.unwrap_or_default();
            Some(ApiRefusal {
                status: 400,
                code: None,
                message: format!(
                    "Input tokens exceed the configured limit of {} tokens. Your messages resulted \
                     in {prompt} tokens. Please reduce the length of the messages.",
                    limit.get()
                ),
            })
        }
        (_, Some(cap)) if cap > room.tokens => context_length(format!(
            "This model's maximum context length is {window} tokens. However, you requested {} tokens \
             ({prompt} in the messages, {} in the completion). Please reduce the length of the \
             messages or completion.",
            prompt + cap.get(),
            cap.get()
        )),
        (_, None) if room.tokens == Tokens::ZERO => context_length(format!(
            "This model's maximum context length is {window} tokens. However, your messages resulted in \
             {prompt} tokens. Please reduce the length of the messages."
        )),
        _ => None,
    }
}
