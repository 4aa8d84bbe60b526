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
pub struct AdmissionRef {
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
}

impl AdmissionRef {
    /// What passes these limits when every call has this prompt and this cap.
    pub(crate) fn new(
        prompt: Tokens,
        cap: Tokens,
        limits: MinuteLimits,
        source: String,
        calls: u64,
    ) -> Self {
        let admission = admit(prompt, cap, limits, calls);
        Self {
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
    pub fn sentence(&self, calls: u64) -> String {
        let limits = match (self.rpm, self.tpm) {
            (Some(rpm), Some(tpm)) => format!("{} requests and {tpm} tokens", grouped(rpm)),
            (Some(rpm), None) => format!("{} requests", grouped(rpm)),
            (None, Some(tpm)) => format!("{tpm} tokens"),
            (None, None) => "no limit".to_owned(),
        };
        let limits = format!("{limits} a minute ({})", self.source);
        if !self.admitted {
            return format!(
                "the prompt and the cap are {} tokens, more than {limits}: no call passes; send a smaller cap",
                self.tokens_per_call
            );
        }
        match self.seconds_for_calls {
            Some(seconds) if calls > 1 => {
                format!("{} calls take {seconds} at {limits}", CallVolume { calls, period: None })
            }
            _ => format!("a call passes {limits}"),
        }
    }
}

/// A message quota, and how long calls take under it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct QuotaRef {
    /// How many messages.
    pub messages: u64,
    /// In what time.
    pub period: Option<Period>,
    /// Where the quota comes from.
    pub source: String,
    /// How long all calls take.
    pub seconds_for_calls: Option<Seconds>,
}

impl QuotaRef {
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
