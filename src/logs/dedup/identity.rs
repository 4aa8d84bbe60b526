//! What distinguishes responses, and what records of one response agree in.

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use crate::logs::record::UsageRecord;

/// Ids that say that there is none.
const NO_IDS: [&str; 11] =
    ["", "-", "0", "none", "null", "nil", "nan", "n/a", "na", "undefined", "unknown"];

/// What distinguishes a response from others; `None` for one without an id.
pub(super) fn key(call: &UsageRecord) -> Option<u64> {
    if let Some(identity) = call.identity {
        return Some(identity);
    }
    let id = call.id.as_deref()?.trim();
    let is_none = NO_IDS.iter().any(|none| id.eq_ignore_ascii_case(none));
    (!is_none).then(|| xxh3_64(id.as_bytes()))
}

/// A hash of what two records of one response agree in.
///
/// Ids that may be the numbers of rows say little, so the times must agree as well.
pub(super) fn fingerprint(call: &UsageRecord) -> u32 {
    let usage = call.bill.usage;
    let mut bytes = Vec::with_capacity(96);
    for tokens in [
        usage.uncached(),
        usage.cached(),
        usage.written() + usage.written_extended(),
        usage.completion(),
    ] {
        bytes.extend(tokens.get().to_le_bytes());
    }
    if call.identity.is_none() && !call.has_strong_id() {
        let model = call.model.as_deref().unwrap_or_default();
        bytes.extend(model.as_bytes());
        let time = call.time.map(Timestamp::as_nanosecond);
        bytes.extend(time.unwrap_or_default().to_le_bytes());
        bytes
            .extend(call.day.map(jiff::civil::Date::day_of_year).unwrap_or_default().to_le_bytes());
    }
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let half = xxh3_64(&bytes) as u32;
    half
}
