//! What the calls of a model and task say about caps.

use std::collections::BTreeMap;

use serde::Serialize;

use super::task_calls::Task;
use crate::catalog::Model;
use crate::forecast::{
    Empirical, Observation, OwnCalls, Prior, Priors, QuantileBounds, SafeCap, Sample, WorkKind,
    error_of, own_cap, quantile_bounds, safe_cap,
};
use crate::units::{Probability, Tokens};

/// The quantiles that are reported.
const QUANTILES: [f64; 4] = [0.5, 0.9, 0.95, 0.99];
/// How many bars a histogram has at most.
const BARS: u64 = 20;
/// Numbers of calls for which the error of the mean is worked out.
const MORE: [u64; 4] = [20, 50, 100, 300];
/// How many calls a cap must have had before its share of empty answers is compared.
const ENOUGH: u64 = 20;

/// What caps must satisfy, and what is known of the work besides its logs.
#[derive(Debug, Clone, Copy)]
pub struct CapQuestion<'a> {
    /// Tokens to keep as long as the calls do not allow less.
    pub reserve: Tokens,
    /// The length risks for which a cap is wanted.
    pub risks: &'a [Probability],
    /// The kind of work.
    pub kind: Option<WorkKind>,
    /// What is known of completions before any call.
    pub priors: &'a Priors,
}

/// Whose calls a calibration is about.
pub(super) struct About<'a, 'c> {
    pub(super) id: &'a str,
    pub(super) model: Option<&'c Model>,
    pub(super) task: Option<&'a String>,
    /// How many other tasks its prior rests on.
    pub(super) pooled_with: usize,
}

/// What the calls of a model and task say.
#[derive(Debug, Clone)]
pub struct Calibration<'c> {
    /// The id of the model, or its name in the log where the catalogue does not have it.
    pub id: String,
    /// The model, where the catalogue has it.
    pub model: Option<&'c Model>,
    /// The task; nothing for all tasks pooled.
    pub task: Option<String>,
    /// How many completions.
    pub n: u64,
    /// How many independent completions they are worth: those of one conversation are alike.
    pub worth: f64,
    /// How alike those of one conversation are, where some belong together.
    pub rho: Option<f64>,
    /// How many other tasks of the model tell what is usual for this one.
    pub pooled_with: usize,
    /// The relative error that their mean stays within in nine of ten cases.
    pub mean_error: Option<f64>,
    /// That error with as many calls.
    pub more: Vec<(u64, f64)>,
    /// How many of them were cut off.
    pub censored: u64,
    /// How many logs do not say how the call ended, nor which cap it had; taken as finished.
    pub unknown_end: u64,
    /// The caps that were sent, where the log has them.
    pub sent_caps: Vec<Tokens>,
    /// The quantiles p50, p90, p95 and p99 of the completion.
    pub quantiles: [QuantileBounds; 4],
    /// The share of reasoning in all completion tokens.
    pub reasoning_share: Option<Probability>,
    /// The cap for each risk.
    pub caps: Vec<CapAdvice>,
    /// How often completions had which length.
    pub histogram: Vec<LengthBin>,
    /// How often their reasoning had which length; empty where none is known.
    pub reasoning_histogram: Vec<LengthBin>,
    /// Whether a larger cap did not make fewer answers empty: reasoning that fills any cap.
    pub fills_any_cap: bool,
    /// The cap for a risk of 1 % by the calls alone, and by their fit, where one is more than twice the other.
    pub two_caps: Option<(Tokens, Tokens)>,
}

/// The cap for a risk, and whether the sample allows it in place of the reserve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapAdvice {
    /// The accepted length risk.
    pub risk: Probability,
    /// The smallest cap within the risk in the sample itself.
    pub measured: Option<Tokens>,
    /// What can be said of it with 95 % confidence.
    pub safe: SafeCap,
    /// The cap to send after a short prompt.
    pub recommended: Tokens,
    /// The reserve that applies: nothing for a model that does not reason.
    pub reserve: Tokens,
    /// Whether the sample is large enough to replace it.
    pub released: bool,
}

/// The calls from one length to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LengthBin {
    /// The shortest.
    pub from: Tokens,
    /// Shorter than this.
    pub below: Tokens,
    /// How many were finished.
    pub finished: u64,
    /// How many were cut off.
    pub censored: u64,
}

impl<'c> Calibration<'c> {
    pub(super) fn of(
        about: &About<'_, 'c>,
        task: &Task,
        prior: &Prior,
        question: &CapQuestion<'_>,
    ) -> Self {
        let (sample, rho) = task.weighed();
        let sample = &sample;
        let own = OwnCalls::new(sample, prior);
        let more = own.as_ref().map_or_else(Vec::new, |own| {
            let larger = MORE.into_iter().filter(|n| *n as f64 > own.worth);
            larger.map(|n| (n, error_of(n, own.deviation()))).collect()
        });
        let (mut reasoning, mut completion) = (0.0, 0.0);
        for (observation, times) in sample.observations() {
            reasoning += observation.reasoning.as_f64() * times as f64;
            completion += observation.completion.as_f64() * times as f64;
        }
        Self {
            id: about.id.to_owned(),
            model: about.model,
            task: about.task.cloned(),
            n: sample.n(),
            worth: sample.worth(),
            rho,
            pooled_with: about.pooled_with,
            mean_error: own
                .as_ref()
                .zip(Empirical::new(sample))
                .map(|(own, measured)| own.mean_error(&measured)),
            more,
            censored: sample.censored(),
            unknown_end: task.unknown_end,
            sent_caps: task.caps.keys().copied().collect(),
            quantiles: QUANTILES.map(|p| quantile_bounds(sample, p)),
            reasoning_share: (completion > 0.0)
                .then(|| Probability::clamped(reasoning / completion)),
            caps: question
                .risks
                .iter()
                .map(|risk| advice(sample, about.model, prior, question.reserve, *risk))
                .collect(),
            histogram: histogram(sample, |seen| seen.completion),
            reasoning_histogram: reasoning_histogram(sample),
            fills_any_cap: fills_any_cap(&task.caps),
            two_caps: own.as_ref().and_then(|own| two_caps(sample, own)),
        }
    }
}

/// What many calls and their fit say of the cap for a risk of 1 %, where they differ by more than twice.
fn two_caps(sample: &Sample, own: &OwnCalls) -> Option<(Tokens, Tokens)> {
    let risk = Probability::clamped(0.01);
    let SafeCap::Cap(alone) = safe_cap(sample, risk) else { return None };
    let fitted = own.bound(risk)?;
    let ratio = fitted.as_f64() / alone.as_f64().max(1.0);
    (!(0.5..=2.0).contains(&ratio)).then_some((alone, fitted))
}

/// `min(output cap, max(reserve, smallest cap within the risk))`; a sample that is large enough
/// replaces the reserve by its upper bound. A model without reasoning has no reserve.
fn advice(
    sample: &Sample,
    model: Option<&Model>,
    prior: &Prior,
    reserve: Tokens,
    risk: Probability,
) -> CapAdvice {
    let measured = Empirical::new(sample)
        .map(|distribution| distribution.completion().quantile(1.0 - risk.get()));
    let measured = measured.filter(|cap| cap.is_finite()).map(Tokens::from_f64);
    let safe = own_cap(sample, risk, prior);
    let reserve = if model.is_none_or(|model| model.reasoning) { reserve } else { Tokens::ZERO };
    let (wanted, released) = match safe {
        SafeCap::Cap(cap) => (cap, true),
        SafeCap::TooSmall { .. } => (measured.unwrap_or_default().max(reserve), false),
        SafeCap::AtLeast(longest) => (longest.max(reserve), false),
    };
    let recommended = model.map_or(wanted, |model| wanted.min(model.limits.output_cap));
    CapAdvice { risk, measured, safe, recommended, reserve, released }
}

/// How often the reasoning of a sample had which length; empty where there is no reasoning in it.
#[must_use]
pub fn reasoning_histogram(sample: &Sample) -> Vec<LengthBin> {
    let reasons = sample.observations().any(|(seen, _)| seen.reasoning > Tokens::ZERO);
    if reasons { histogram(sample, |seen| seen.reasoning) } else { Vec::new() }
}

/// Bars of equal width, 1, 2 or 5 times a power of ten, from 0 to the longest.
fn histogram(sample: &Sample, of: fn(&Observation) -> Tokens) -> Vec<LengthBin> {
    let longest = sample.observations().map(|(seen, _)| of(seen).get()).max().unwrap_or(0);
    let wide_enough = |width: &u64| longest / width < BARS;
    let widths = (0..13).flat_map(|k| [1, 2, 5].map(|n| n * 10_u64.pow(k)));
    let width = widths.into_iter().find(wide_enough).unwrap_or(longest.max(1));
    let mut bars: Vec<LengthBin> = (0..=longest / width)
        .map(|i| LengthBin {
            from: Tokens::new(i * width),
            below: Tokens::new((i + 1) * width),
            finished: 0,
            censored: 0,
        })
        .collect();
    for (observation, times) in sample.observations() {
        let at = usize::try_from(of(observation).get() / width).unwrap_or(usize::MAX);
        if let Some(bar) = bars.get_mut(at) {
            *(if observation.censored { &mut bar.censored } else { &mut bar.finished }) += times;
        }
    }
    bars
}

/// Whether the share of empty answers did not fall from the smallest cap to the largest.
fn fills_any_cap(caps: &BTreeMap<Tokens, (u64, u64)>) -> bool {
    let mut shares = caps
        .values()
        .filter(|(calls, _)| *calls >= ENOUGH)
        .map(|(calls, empty)| *empty as f64 / *calls as f64);
    match (shares.next(), shares.next_back()) {
        (Some(smallest), Some(largest)) => smallest > 0.0 && largest >= smallest,
        _ => false,
    }
}
