//! What the keys of a usage object mean, whoever wrote them.
//!
//! A key is compared without case and without `_`, `-` and `.`, so that `cacheReadInputTokens`,
//! `cache_read_input_tokens` and `cache_read.input_tokens` are one key.

use super::keys::{Medium, input, media, output, tool, top, written};
use super::meaning::{Canonical, Figure as F, Meaning, Meaning as M, Place};

/// What `key` means at a place.
pub(crate) fn meaning(place: Place, key: &str) -> Meaning {
    if let Some(meaning) = frequent(place, key) {
        return meaning;
    }
    let canonical = Canonical::of(key);
    let key = canonical.text();
    match place {
        Place::Top => top(key),
        Place::Input => input(key),
        Place::Output => output(key),
        Place::Cached => match media(key) {
            Some(Medium::Audio) => M::Figure(F::AudioCached),
            Some(Medium::Image) => M::Figure(F::ImageCached),
            Some(Medium::Text) => M::Nothing,
            None => M::Unknown,
        },
        Place::Written => written(key),
        Place::ReadWrite => match key {
            "read" => M::Figure(F::Cached),
            "write" => M::Figure(F::Written),
            _ => M::Unknown,
        },
        Place::Tools => tool(key),
        Place::Costs => match key {
            "totalcost" | "total" => M::Cost,
            "upstreaminferencecost" => M::Upstream,
            _ => M::Nothing,
        },
        Place::WritesByLifetime | Place::Iterations | Place::Unknown => M::Unknown,
    }
}

/// The keys of most logs, which need no rewriting: a third of the time of a record otherwise.
fn frequent(place: Place, key: &str) -> Option<Meaning> {
    Some(match (place, key) {
        (Place::Top, "prompt_tokens" | "input_tokens") => M::Figure(F::Prompt),
        (Place::Top, "completion_tokens" | "output_tokens") => M::Figure(F::Completion),
        (Place::Top, "total_tokens") => M::Figure(F::Total),
        (Place::Top, "prompt_tokens_details" | "input_tokens_details") => M::Place(Place::Input),
        (Place::Top, "completion_tokens_details" | "output_tokens_details") => {
            M::Place(Place::Output)
        }
        (Place::Input, "cached_tokens") => M::Figure(F::Cached),
        (Place::Output, "reasoning_tokens") => M::Figure(F::Reasoning),
        (Place::Output, "accepted_prediction_tokens" | "rejected_prediction_tokens") => M::Nothing,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::FeeItem;

    #[test]
    fn a_key_means_the_same_in_every_spelling() {
        for key in [
            "cache_read_input_tokens",
            "cacheReadInputTokens",
            "cache_read.input_tokens",
            "cache-read-input-tokens",
            "CacheReadInputTokens",
        ] {
            assert_eq!(meaning(Place::Top, key), M::Figure(F::Cached), "{key}");
        }
        for (place, key, wanted) in [
            (Place::Top, "cache_creation", M::Either(F::Written, Place::Written)),
            (Place::Written, "ephemeral_1h_input_tokens", M::Figure(F::WrittenLong)),
            (Place::Top, "thoughtsTokenCount", M::Figure(F::Reasoning)),
            (Place::Input, "audio_tokens", M::Figure(F::AudioInput)),
            (Place::Output, "audio_tokens", M::Figure(F::AudioOutput)),
            (Place::Tools, "web_search_requests", M::Tool(FeeItem::WebSearch)),
            (Place::Top, "telepathy_tokens", M::Unknown),
            (Place::Top, &"x".repeat(99), M::Unknown),
        ] {
            assert_eq!(meaning(place, key), wanted, "{key}");
        }
    }
}
