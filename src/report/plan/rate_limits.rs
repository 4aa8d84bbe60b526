//! How fast calls can be made, and how long they take.

use serde::Serialize;

use crate::catalog::Model;
use crate::forecast::{Completion, Estimate, MinuteLimits, admit, under_quota, writing_time};
use crate::report::estimate::calls_of;
use crate::units::{CallVolume, Period, Probability, Seconds, Tokens, grouped};

/// The time of a call.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallSeconds {
    /// The mean.
    pub expected: Seconds,
    /// One in twenty takes longer.
    pub p95: Seconds,
}

impl CallSeconds {
    /// The time of a call at the measured output speed of the model; `None` where no speed or no length
    /// is known.
    #[must_use]
    pub fn of(model: &Model, estimate: &Estimate) -> Option<Self> {
        let speed = model.speeds.first()?.output_tokens_per_second;
        let completion = estimate.completion;
        let writing = |tokens| writing_time(tokens, speed);
        Some(Self { expected: writing(completion.expected?), p95: writing(completion.p95?) })
    }
}

/// The limits of a minute, and what passes them.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RateLimitVerdict {
    /// Requests per minute.
    pub rpm: Option<u64>,
    /// Tokens per minute.
    pub tpm: Option<Tokens>,
    /// Where the limits come from.
    pub source: String,
    /// The prompt and the whole cap.
    pub tokens_per_call: Tokens,
    /// Whether a single call passes.
    pub admitted: bool,
    /// How many calls pass in a minute.
    pub calls_per_minute: Option<f64>,
    /// How long all calls take at that pace; nothing when none passes.
    pub seconds_for_calls: Option<Seconds>,
    /// Whether all calls of the declared period pass within it; null without a period.
    pub fits: Option<bool>,
    /// The largest cap at which they do, or at which a call passes at all where no period is declared; null
    /// where none is small enough, and without a limit of tokens.
    pub largest_fitting_cap: Option<Tokens>,
    /// Probability that an answer is cut off at that cap.
    pub length_risk_at_fitting_cap: Option<Probability>,
    /// How many calls of the declared period pass within it at the cap of the plan; null without a period.
    pub calls_that_fit: Option<u64>,
}

impl RateLimitVerdict {
    /// What passes these limits when every call has this prompt and this cap.
    pub(crate) fn new(
        prompt: Tokens,
        cap: Tokens,
        (limits, source): (MinuteLimits, String),
        volume: CallVolume,
        completion: &Completion,
    ) -> Self {
        let admission = admit(prompt, cap, limits, volume.calls);
        let period = volume.period.map(|period| period.length().get());
        let fits = |period: f64| admission.duration.is_some_and(|takes| takes.get() <= period);
        let largest = largest_cap(prompt, limits, volume.calls, period);
        let pace = admission.calls_per_minute.filter(|_| admission.admitted);
        Self {
            fits: period.map(fits),
            largest_fitting_cap: largest,
            length_risk_at_fitting_cap: largest.map(|cap| completion.length_risk(cap)),
            calls_that_fit: period.map(|period| {
                let calls = pace.unwrap_or(0.0) * period / 60.0;
                Tokens::from_f64(calls.floor()).get()
            }),
            rpm: limits.rpm,
            tpm: limits.tpm,
            source,
            tokens_per_call: admission.tokens_per_call,
            admitted: admission.admitted,
            calls_per_minute: admission.calls_per_minute,
            seconds_for_calls: admission.duration,
        }
    }

    /// One sentence for the reader of a plan for this many calls.
    #[must_use]
    pub fn sentence(&self, volume: CallVolume) -> String {
        let calls = volume.calls;
        let limits = match (self.rpm, self.tpm) {
            (Some(rpm), Some(tpm)) => format!("{} requests and {tpm} tokens", grouped(rpm)),
            (Some(rpm), None) => format!("{} requests", grouped(rpm)),
            (None, Some(tpm)) => format!("{tpm} tokens"),
            (None, None) => "no limit".to_owned(),
        };
        let limits = format!("{limits} a minute ({})", self.source);
        if !self.admitted {
            return format!(
                "the prompt and the cap are {} tokens, more than {limits}: no call passes; {}",
                self.tokens_per_call,
                self.instead("send a smaller prompt")
            );
        }
        if let (Some(fits), Some(takes)) = (self.fits, self.seconds_for_calls) {
            let period = volume.period.map(|period| period.to_string()).unwrap_or_default();
            return if fits {
                format!("fits: the calls of a {period} take {takes} at {limits}")
            } else {
                let instead = self.instead("make fewer calls, or raise the limit");
                format!("does not fit: {takes} for a {period} at {limits}; {instead}")
            };
        }
        match self.seconds_for_calls {
            Some(seconds) if calls > 1 => {
                format!("{} calls take {seconds} at {limits}", CallVolume { calls, period: None })
            }
            _ => format!("a call passes {limits}"),
        }
    }
}

impl RateLimitVerdict {
    /// The cap that fits, else what helps besides.
    fn instead(&self, otherwise: &str) -> String {
        match self.largest_fitting_cap {
            Some(cap) => format!("a cap of {cap} fits"),
            None => otherwise.to_owned(),
        }
    }

    /// Whether a call passes, and all of a declared period within it.
    pub(crate) fn passes(&self) -> bool {
        self.admitted && self.fits != Some(false)
    }

    /// What follows the cap to send where the calls do not fit their period: how many do, and at which cap all.
    pub(crate) fn remedy(&self, volume: CallVolume) -> Option<String> {
        if self.passes() || !self.admitted {
            return None;
        }
        let fitting = CallVolume { calls: self.calls_that_fit?, ..volume };
        let all = match (self.largest_fitting_cap, self.length_risk_at_fitting_cap) {
            (Some(cap), Some(risk)) if risk.get() > 0.0 => {
                format!(", or {} for all, which cuts off {risk} of answers", cap.get())
            }
            (Some(cap), _) => format!(", or {} for all", cap.get()),
            (None, _) => String::new(),
        };
        Some(format!(" for at most {}{all}", calls_of(fitting)))
    }
}

/// The largest cap at which so many calls pass in a period of so many seconds, or at which one passes in a minute.
fn largest_cap(
    prompt: Tokens,
    limits: MinuteLimits,
    calls: u64,
    period: Option<f64>,
) -> Option<Tokens> {
    let minutes = period.map_or(1.0, |seconds| seconds / 60.0);
    let calls = if period.is_some() { calls as f64 } else { 1.0 };
    let in_time = limits.rpm.is_none_or(|rpm| calls <= rpm as f64 * minutes);
    let tpm = limits.tpm?;
    // A call takes no more than a minute's tokens, and all of them no more than those of the period.
    let each = (tpm.as_f64() * minutes / calls.max(1.0)).min(tpm.as_f64());
    let cap = Tokens::from_f64(each.floor()).saturating_sub(prompt);
    (in_time && cap > Tokens::ZERO).then_some(cap)
}

/// A message quota, and how long calls take under it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct QuotaVerdict {
    /// How many messages.
    pub messages: u64,
    /// In what time.
    pub period: Option<Period>,
    /// Where the quota comes from.
    pub source: String,
    /// How long all calls take.
    pub seconds_for_calls: Option<Seconds>,
    /// Whether all calls of the declared period pass within it; null without a period.
    pub fits: Option<bool>,
}

impl QuotaVerdict {
    /// How long these calls take under a quota.
    pub(crate) fn new(quota: CallVolume, source: String, volume: CallVolume) -> Self {
        let takes = under_quota(volume.calls, quota);
        let fits = |period: Period| takes.is_none_or(|takes| takes <= period.length());
        Self {
            messages: quota.calls,
            period: quota.period,
            source,
            seconds_for_calls: takes,
            fits: volume.period.map(fits),
        }
    }

    /// One sentence for the reader of a plan for these calls.
    #[must_use]
    pub fn sentence(&self, volume: CallVolume) -> String {
        let quota = CallVolume { calls: self.messages, period: self.period };
        let takes = self.seconds_for_calls.map(|s| s.to_string()).unwrap_or_default();
        let at = format!("at {quota} ({})", self.source);
        match (self.fits, volume.period) {
            (Some(false), Some(period)) => {
                format!("does not fit: {takes} for the messages of a {period} {at}")
            }
            (Some(true), Some(period)) => {
                format!("fits: the messages of a {period} take {takes} {at}")
            }
            _ => format!("{} messages take {takes} {at}", grouped(volume.calls)),
        }
    }
}
