//! How fast calls can be made, and how long each takes.

use crate::units::{CallVolume, Seconds, Tokens};

/// What an account may send in a minute; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinuteLimits {
    /// Requests.
    pub rpm: Option<u64>,
    /// Tokens.
    pub tpm: Option<Tokens>,
}

/// Whether a call passes the limits of a minute, and how many do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Admission {
    /// What a call takes from the minute: its prompt and its whole cap. That the cap counts before
    /// it is used follows user reports; no public page confirms it.
    pub tokens_per_call: Tokens,
    /// Whether a single call passes.
    pub admitted: bool,
    /// How many calls pass in a minute; null without limits.
    pub calls_per_minute: Option<f64>,
    /// How long all calls take at that pace.
    pub duration: Option<Seconds>,
}

/// Passes `calls` calls through the limits.
#[must_use]
pub fn admit(prompt: Tokens, cap: Tokens, limits: MinuteLimits, calls: u64) -> Admission {
    let tokens_per_call = prompt + cap;
    let by_tokens = limits.tpm.map(|tpm| tpm.as_f64() / tokens_per_call.as_f64().max(1.0));
    let by_requests = limits.rpm.map(|rpm| rpm as f64);
    let calls_per_minute = match (by_tokens, by_requests) {
        (Some(tokens), Some(requests)) => Some(tokens.min(requests)),
        (tokens, requests) => tokens.or(requests),
    };
    let admitted =
        limits.tpm.is_none_or(|tpm| tokens_per_call <= tpm) && limits.rpm.is_none_or(|rpm| rpm > 0);
    Admission {
        tokens_per_call,
        admitted,
        calls_per_minute,
        duration: calls_per_minute
            .filter(|_| admitted)
            .map(|pace| Seconds::new(calls as f64 / pace * 60.0)),
    }
}

/// How long `calls` messages take under a quota such as 50 a week; a quota without a period has no
/// answer.
#[must_use]
pub fn under_quota(calls: u64, quota: CallVolume) -> Option<Seconds> {
    let pace = quota.seconds_apart()?;
    Some(Seconds::new(calls as f64 * pace.get()))
}

/// How long a completion takes to write.
#[must_use]
pub fn writing_time(completion: Tokens, tokens_per_second: u32) -> Seconds {
    Seconds::new(completion.as_f64() / f64::from(tokens_per_second.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_calls_at_twenty_a_minute() {
        let limits = MinuteLimits { rpm: Some(20), tpm: None };
        let admission = admit(Tokens::new(1_000), Tokens::new(25_000), limits, 10_000);
        assert_eq!(admission.duration.unwrap().to_string(), "8 h 20 min");
    }

    #[test]
    fn the_cap_alone_can_block_the_minute() {
        let limits = MinuteLimits { rpm: Some(500), tpm: Some(Tokens::new(30_000)) };
        let admission = admit(Tokens::new(1_000), Tokens::new(32_768), limits, 1);
        assert!(!admission.admitted);
        assert_eq!(admission.duration, None);
        let admission = admit(Tokens::new(1_000), Tokens::new(14_000), limits, 60);
        assert_eq!(admission.duration.unwrap().to_string(), "30 min");
    }

    #[test]
    fn a_quota_is_a_pace() {
        let quota = "50/week".parse().unwrap();
        assert_eq!(under_quota(200, quota).unwrap().to_string(), "4.0 weeks");
        assert_eq!(under_quota(200, "50".parse().unwrap()), None);
    }
}
