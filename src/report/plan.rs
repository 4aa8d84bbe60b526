//! The answer of `outlay plan`.

use serde::Serialize;

use super::envelope::{Answer, Report};
use super::estimate::PriceRef;
use super::page::{Fact, Page, Table, Tone};
use crate::catalog::Fidelity;
use crate::forecast::{ApiRefusal, Binding, CapVerdict, PlanStatus, Range};
use crate::units::{Money, Probability, Tokens};

/// A cap that is already sent, judged.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SentCap {
    /// The cap.
    pub max_completion_tokens: Tokens,
    /// What comes of it.
    pub verdict: CapVerdict,
    /// Probability that the answer is cut off.
    pub length_risk: Option<Probability>,
    /// The part of it where nothing visible comes out.
    pub empty_risk: Option<Probability>,
    /// The error that the API answers with, if it refuses.
    pub api: Option<ApiRefusal>,
}

/// The plan of one input for one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlanResult {
    /// The file, `-`, `file:line`, or nothing for bare numbers.
    pub input: Option<String>,
    /// The model.
    pub model: String,
    /// How sure the prompt tokens are.
    pub fidelity: Fidelity,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// The context window.
    pub window: Tokens,
    /// The model's own maximum of completion tokens.
    pub output_cap: Tokens,
    /// The limit of the prompt alone, where there is one.
    pub input_limit: Option<Tokens>,
    /// The largest completion that fits.
    pub room: Tokens,
    /// Tokens kept for reasoning and outputs; nothing for models that do not reason.
    pub reserve: Option<Tokens>,
    /// The cap to send; nothing without room.
    pub recommended_max_completion_tokens: Option<Tokens>,
    /// The term that decided it.
    pub binding: Binding,
    /// Whether the room is enough.
    pub status: PlanStatus,
    /// Prompt tokens to cut before the reserve fits.
    pub cut_tokens: Option<Tokens>,
    /// Probability that the answer is cut off at the recommended cap.
    pub length_risk: Option<Probability>,
    /// The part of it where nothing visible comes out.
    pub empty_risk: Option<Probability>,
    /// The length risk that was asked for.
    pub risk_target: Probability,
    /// Completion tokens at the recommended cap.
    pub completion_tokens: Option<Range<Tokens>>,
    /// The cost of a call at the recommended cap.
    pub cost_usd: Option<Range<Money>>,
    /// The cap that is already sent.
    pub sent: Option<SentCap>,
    /// The price list.
    pub price: PriceRef,
    /// What was assumed.
    pub assumptions: Vec<String>,
}

impl Answer for PlanResult {
    const COMMAND: &'static str = "plan";
    type Total = ();

    fn page(report: &Report<Self>) -> Page {
        let mut page = Page::default();
        match report.results.as_slice() {
            [] => {}
            [result] => single(&mut page, result),
            results => many(&mut page, results),
        }
        page
    }
}

fn single(page: &mut Page, result: &PlanResult) {
    let input = result.input.as_deref().unwrap_or("declared amounts");
    page.title(format!("{input} · {} · prices since {}", result.model, result.price.from));
    page.facts(facts(result));
    for assumption in &result.assumptions {
        page.line(Tone::Muted, assumption);
    }
    if let Some(sent) = &result.sent {
        let (tone, text) = verdict(result, sent);
        page.line(tone, text);
    }
    let (tone, text) = conclusion(result);
    page.line(tone, text);
}

fn facts(result: &PlanResult) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |label, value: String, remark: String| facts.push(Fact { label, value, remark });
    fact("prompt", result.prompt_tokens.to_string(), format!("tokens, {}", result.fidelity));
    let left = result.window.saturating_sub(result.prompt_tokens);
    fact("window", result.window.to_string(), format!("{left} left after the prompt"));
    fact("room", result.room.to_string(), room_remark(result));
    if let Some(reserve) = result.reserve {
        fact("reserve", reserve.to_string(), "for reasoning and outputs together".to_owned());
    }
    if let Some(risk) = result.length_risk {
        let target = format!("that the answer is cut off; the target is {}", result.risk_target);
        fact("length risk", risk.to_string(), target);
    }
    if let Some(risk) = result.empty_risk {
        fact(
            "empty risk",
            risk.to_string(),
            "of it before anything visible, billed in full".to_owned(),
        );
    }
    if let Some(cost) = &result.cost_usd {
        if let Some(expected) = cost.expected {
            let range = match (cost.p5, cost.p95) {
                (Some(p5), Some(p95)) => {
                    format!("a call; p5-p95 {} to {}", p5.for_people(), p95.for_people())
                }
                _ => "a call".to_owned(),
            };
            fact("expected", expected.for_people(), range);
        }
        let worst = "a call that uses the whole cap; an unused cap costs nothing".to_owned();
        fact("worst case", cost.worst_case.for_people(), worst);
    }
    facts
}

fn room_remark(result: &PlanResult) -> String {
    let left = result.window.saturating_sub(result.prompt_tokens);
    match (result.status, result.input_limit) {
        (PlanStatus::NoRoom, Some(limit)) if result.prompt_tokens > limit => {
            format!("the prompt is over its own limit of {limit}")
        }
        (PlanStatus::NoRoom, _) => "the prompt fills the window".to_owned(),
        _ if result.room < left => "the model's output cap".to_owned(),
        _ => "what the prompt leaves of the window".to_owned(),
    }
}

fn verdict(result: &PlanResult, sent: &SentCap) -> (Tone, String) {
    let cap = sent.max_completion_tokens;
    match (sent.verdict, &sent.api) {
        (CapVerdict::Refused, Some(api)) => (
            Tone::Bad,
            format!("the cap of {cap} that you send is refused ({}): {}", api.status, api.message),
        ),
        (CapVerdict::RiskAboveTarget, _) => (
            Tone::Bad,
            format!(
                "the cap of {cap} that you send cuts off {} of answers",
                sent.length_risk.map(|risk| risk.to_string()).unwrap_or_default()
            ),
        ),
        (CapVerdict::BelowReserve, _) => (
            Tone::Caution,
            format!(
                "the cap of {cap} that you send is below the reserve of {}",
                result.reserve.unwrap_or_default()
            ),
        ),
        _ => (Tone::Good, format!("the cap of {cap} that you send is fine")),
    }
}

fn conclusion(result: &PlanResult) -> (Tone, String) {
    let cut = |purpose: &str| {
        result
            .cut_tokens
            .map(|cut| format!("; cut {cut} prompt tokens {purpose}"))
            .unwrap_or_default()
    };
    let Some(cap) = result.recommended_max_completion_tokens else {
        let purpose =
            if result.reserve.is_some() { "to restore the reserve" } else { "to make room" };
        return (Tone::Bad, format!("no room: the API refuses this prompt{}", cut(purpose)));
    };
    let send =
        format!("send max_completion_tokens = {} (decided by the {})", cap.get(), result.binding);
    if result.status == PlanStatus::BelowReserve {
        let short = format!("{send}, below the reserve{}", cut("to restore it"));
        return (Tone::Caution, short);
    }
    match result.length_risk {
        Some(risk) if risk > result.risk_target => (
            Tone::Caution,
            format!("{send}; no cap in the room meets the risk of {}", result.risk_target),
        ),
        _ => (Tone::Good, send),
    }
}

fn many(page: &mut Page, results: &[PlanResult]) {
    let mut table = Table::new(&[
        ">prompt",
        ">room",
        ">cap",
        "decided by",
        "status",
        ">length risk",
        ">expected",
        ">worst case",
        "model",
        "input",
    ]);
    for result in results {
        table.row([
            result.prompt_tokens.to_string(),
            result.room.to_string(),
            result.recommended_max_completion_tokens.map(|cap| cap.to_string()).unwrap_or_default(),
            result.binding.to_string(),
            result.status.to_string(),
            result.length_risk.map(|risk| risk.to_string()).unwrap_or_default(),
            result
                .cost_usd
                .and_then(|cost| cost.expected)
                .map(Money::for_people)
                .unwrap_or_default(),
            result.cost_usd.map(|cost| cost.worst_case.for_people()).unwrap_or_default(),
            result.model.clone(),
            result.input.clone().unwrap_or_default(),
        ]);
    }
    page.table(table);
    let mut assumptions: Vec<&String> = results.iter().flat_map(|r| &r.assumptions).collect();
    assumptions.sort();
    assumptions.dedup();
    for assumption in assumptions {
        page.line(Tone::Muted, assumption);
    }
    for result in results {
        if let Some(sent) = result.sent.as_ref().filter(|sent| sent.verdict != CapVerdict::Ok) {
            let (tone, text) = verdict(result, sent);
            page.line(
                tone,
                format!("{}: {text}", result.input.as_deref().unwrap_or(&result.model)),
            );
        }
    }
    let short = results.iter().filter(|result| result.status != PlanStatus::Ok).count();
    if short == 0 {
        page.line(Tone::Good, format!("all {} have room for the reserve", results.len()));
    } else {
        page.line(
            Tone::Caution,
            format!("{short} of {} have no room for the reserve", results.len()),
        );
    }
}
