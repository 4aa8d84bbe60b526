//! What distinguishes responses, and what records of one response agree in.

use jiff::Timestamp;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

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
    let is_none = id.len() < 10 && NO_IDS.iter().any(|none| id.eq_ignore_ascii_case(none));
    (!is_none).then(|| xxh3_64(id.as_bytes()))
}

impl UsageRecord {
    /// What the records of one response have in common and no others have, for whoever counts responses once
    /// without a [`Dedup`](super::Dedup): engines that share records among machines. `None` for a response without
    /// an id, which is one of its own.
    #[must_use]
    pub fn response_key(&self) -> Option<String> {
        key(self).map(|key| format!("{key:016x}{:08x}", fingerprint(self)))
    }
}

/// A hash of what two records of one response agree in.
///
/// Ids that may be the numbers of rows say little, so the times must agree as well.
pub(super) fn fingerprint(call: &UsageRecord) -> u32 {
    let usage = call.bill.usage;
    let written = usage.written() + usage.written_extended();
    let figures = [usage.uncached(), usage.cached(), written, usage.completion()];
    let figures = figures.map(|tokens| tokens.get().to_le_bytes());
    let mut hash = xxh3_64(figures.as_flattened());
    if call.identity.is_none() && !call.has_strong_id() {
        hash = xxh3_64_with_seed(call.model.as_deref().unwrap_or_default().as_bytes(), hash);
        let time = call.time.map(Timestamp::as_nanosecond).unwrap_or_default();
        hash = xxh3_64_with_seed(&time.to_le_bytes(), hash);
        let day = call.day.map(jiff::civil::Date::day_of_year).unwrap_or_default();
        hash = xxh3_64_with_seed(&day.to_le_bytes(), hash);
    }
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let half = hash as u32;
    half
}
