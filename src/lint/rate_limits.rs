//! Calls that the limits of a minute do not admit.

use super::finding::Finding;
use super::rule::{CALL_ABOVE_TPM, VOLUME_ABOVE_RATE_LIMITS};
use super::target::LintTarget;
use crate::forecast::{admit, plan};
use crate::units::{Period, Tokens};

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let (Some(limits), Some(count)) = (target.limits, target.count) else { return Vec::new() };
    let prompt = count.prompt_tokens();
    let sent = target.request.and_then(|request| request.settings.cap);
    let recommended = || plan(target.model, prompt, target.policy, None).recommended;
    let Some(cap) = sent.or_else(recommended) else { return Vec::new() };
    let cap_key = super::caps::cap_key(target);
    let admission = admit(prompt, cap, limits, 1);
    let mut findings = Vec::new();
    if let Some(tpm) = limits.tpm.filter(|tpm| admission.tokens_per_call > *tpm) {
        let kind = if sent.is_some() { "its cap" } else { "the recommended cap" };
        let message = format!(
            "one call takes {} tokens of a minute that has {tpm}: {prompt} in the prompt, {cap} in {kind}",
            admission.tokens_per_call
        );
        let help = match tpm.checked_sub(prompt).filter(|left| *left > Tokens::ZERO) {
            Some(left) => format!(
                "send max_completion_tokens = {} or less, or ask for a higher usage tier",
                left.get()
            ),
            None => "shorten the prompt, or ask for a higher usage tier".to_owned(),
        };
        findings.push(Finding::new(&CALL_ABOVE_TPM, message, help).at(cap_key));
        return findings;
    }
    if let Some((volume, minutes)) =
        target.calls.and_then(|volume| Some((volume, minutes(volume.period?))))
        && let Some(pace) = admission.calls_per_minute
        && volume.calls as f64 > pace * minutes
    {
        let admitted = Tokens::from_f64((pace * minutes).floor());
        let message = format!("{volume} calls are declared, and the limits admit {admitted}");
        let help = "spread the calls, send a smaller cap, or ask for a higher usage tier";
        findings.push(Finding::new(&VOLUME_ABOVE_RATE_LIMITS, message, help).at(cap_key));
    }
    findings
}

/// How many minutes a period has, a month being a twelfth of a year.
fn minutes(period: Period) -> f64 {
    let days = match period {
        Period::Day => 1.0,
        Period::Week => 7.0,
        Period::Month => 365.25 / 12.0,
        Period::Year => 365.25,
    };
    days * 1_440.0
}
