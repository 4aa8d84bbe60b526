//! Whether a gateway answered a request from a cache of its own.

use super::object::Object;

/// Where gateways say so.
const MARKS: [&str; 6] =
    ["cache_hit", "cacheHit", "from_cache", "fromCache", "cache_status", "cached"];

/// Whether a record has such a mark.
pub(crate) fn has_mark(object: &Object<'_>) -> bool {
    MARKS.iter().any(|key| object.at(key).is_some_and(|mark| is_mark(&mark)))
}

/// Whether a mark says that a cache had the answer.
pub(crate) fn is_mark(mark: &str) -> bool {
    ["true", "hit", "1"].contains(&mark.trim().to_lowercase().as_str())
}
