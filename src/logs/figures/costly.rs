//! Which unknown keys may be about money.

use super::meaning::Canonical;

/// Whether a number under an unknown key may be money, or something that costs money.
///
/// In a usage object everything may be, except times, speeds and limits.
pub(crate) fn may_cost(key: &str) -> bool {
    const HARMLESS: [&str; 25] = [
        "max",
        "time",
        "duration",
        "latency",
        "persecond",
        "speed",
        "limit",
        "window",
        "remaining",
        "budget",
        "ratio",
        "percent",
        "score",
        "index",
        "version",
        "created",
        "expires",
        "status",
        "attempt",
        "retr",
        "temperature",
        "timestamp",
        "days",
        "seed",
        "throughput",
    ];
    let canonical = Canonical::of(key);
    let key = canonical.text();
    !(HARMLESS.iter().any(|word| key.contains(word)) || key.ends_with("ms"))
}

/// The same for a column of a table, where most columns are about something else.
pub(crate) fn column_may_cost(name: &str) -> bool {
    const COSTLY: [&str; 14] = [
        "token",
        "cost",
        "spend",
        "price",
        "charge",
        "credit",
        "usd",
        "fee",
        "cache",
        "search",
        "audio",
        "reasoning",
        "billed",
        "ticks",
    ];
    let canonical = Canonical::of(name);
    let key = canonical.text();
    may_cost(name)
        && COSTLY.iter().any(|word| key.contains(word))
        && !(key.contains("max") || key.ends_with("id") || key.contains("hash"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_limits_are_no_money() {
        for key in ["queue_time", "latency_ms", "tokensPerSecond", "context_window"] {
            assert!(!may_cost(key), "{key}");
        }
        for key in ["telepathy_tokens", "units", "num_pages"] {
            assert!(may_cost(key), "{key}");
        }
        assert!(column_may_cost("video_tokens") && !column_may_cost("age"));
        assert!(!column_may_cost("max_tokens") && !column_may_cost("token_id"));
    }
}
