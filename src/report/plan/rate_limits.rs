//! How fast calls can be made, and how long they take.

use serde::Serialize;

use crate::catalog::Model;
use crate::forecast::{Estimate, MinuteLimits, admit, under_quota, writing_time};
use crate::units::{CallVolume, Period, Seconds, Tokens, grouped};

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
}

impl RateLimitVerdict {
    /// What passes these limits when every call has this prompt and this cap.
    pub(crate) fn new(
        prompt: Tokens,
        cap: Tokens,
        limits: MinuteLimits,
        source: String,
        volume: CallVolume,
    ) -> Self {
        let admission = admit(prompt, cap, limits, volume.calls);
        let period = volume
            .period
            .and(volume.seconds_apart())
            .map(|apart| apart.get() * volume.calls as f64);
        let fits = |period: f64| admission.duration.is_some_and(|takes| takes.get() <= period);
        Self {
            fits: period.map(fits),
            largest_fitting_cap: largest_cap(prompt, limits, volume.calls, period),
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
}

impl QuotaVerdict {
    /// How long this many calls take under a quota.
    pub(crate) fn new(quota: CallVolume, source: String, calls: u64) -> Self {
        Self {
            messages: quota.calls,
            period: quota.period,
            source,
            seconds_for_calls: under_quota(calls, quota),
        }
    }

    /// One sentence for the reader of a plan for this many calls.
    #[must_use]
    pub fn sentence(&self, calls: u64) -> String {
        let quota = CallVolume { calls: self.messages, period: self.period };
        let calls = CallVolume { calls, period: None };
        let duration = self.seconds_for_calls.map(|s| s.to_string()).unwrap_or_default();
        format!("{calls} messages take {duration} at {quota} ({})", self.source)
    }
}
