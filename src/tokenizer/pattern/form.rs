//! What a text is brought into before it is split.

use std::ops::RangeInclusive;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The form of a text that is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// Its own.
    AsIs,
    /// Characters composed with the marks behind them (NFC).
    Composed,
    /// With a space for each U+2581, which stands for one in a vocabulary of SentencePiece.
    Spaced,
}

/// What stands for a space in a vocabulary of SentencePiece.
const LOWER_BLOCK: &str = "\u{2581}";

impl Form {
    /// The text, which is valid UTF-8, in this form, where it is not in it already. A text that was
    /// cut where it may be gives the same as its parts: no character is composed with one before
    /// such a place.
    pub(crate) fn of(self, text: &[u8]) -> Option<String> {
        match self {
            Self::AsIs => None,
            Self::Composed => {
                let text = wide(text)?;
                let is_composed = is_nfc_quick(text.chars()) == IsNormalized::Yes;
                (!is_composed).then(|| composed(text))
            }
            Self::Spaced => {
                let text = wide(text)?;
                text.contains(LOWER_BLOCK).then(|| text.replace(LOWER_BLOCK, " "))
            }
        }
    }
}

/// A text composed as HuggingFace's tokenizers (0.23.3) do, whose tables are older than those of the
/// crate: what they do not know is left where it is.
fn composed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for stretch in text.split_inclusive(is_young) {
        let (known, young) = match stretch.char_indices().next_back() {
            Some((at, last)) if is_young(last) => stretch.split_at(at),
            _ => (stretch, ""),
        };
        out.extend(known.nfc());
        out.push_str(young);
    }
    out
}

fn is_young(character: char) -> bool {
    let after = YOUNG.partition_point(|range| *range.end() < character);
    YOUNG.get(after).is_some_and(|range| range.contains(&character))
}

/// Characters that those tables neither order, take apart nor compose with what follows (found by
/// comparing both).
const YOUNG: [RangeInclusive<char>; 69] = [
    '\u{5c8}'..='\u{5c9}',
    '\u{7fd}'..='\u{7fd}',
    '\u{897}'..='\u{89f}',
    '\u{8ca}'..='\u{8d3}',
    '\u{9fe}'..='\u{9fe}',
    '\u{c3c}'..='\u{c3c}',
    '\u{d3b}'..='\u{d3c}',
    '\u{eba}'..='\u{eba}',
    '\u{1715}'..='\u{1715}',
    '\u{1abf}'..='\u{1af0}',
    '\u{1df6}'..='\u{1dfa}',
    '\u{a82c}'..='\u{a82c}',
    '\u{105c9}'..='\u{105c9}',
    '\u{105d2}'..='\u{105d2}',
    '\u{105da}'..='\u{105da}',
    '\u{105e4}'..='\u{105e4}',
    '\u{10d24}'..='\u{10d27}',
    '\u{10d69}'..='\u{10d6d}',
    '\u{10eab}'..='\u{10eac}',
    '\u{10ecb}'..='\u{10ecf}',
    '\u{10ef0}'..='\u{10efb}',
    '\u{10efd}'..='\u{10eff}',
    '\u{10f46}'..='\u{10f50}',
    '\u{10f82}'..='\u{10f85}',
    '\u{11070}'..='\u{11070}',
    '\u{1133b}'..='\u{1133b}',
    '\u{11382}'..='\u{11385}',
    '\u{1138b}'..='\u{1138b}',
    '\u{1138e}'..='\u{1138e}',
    '\u{11390}'..='\u{11391}',
    '\u{113c2}'..='\u{113c2}',
    '\u{113c5}'..='\u{113c5}',
    '\u{113c7}'..='\u{113c8}',
    '\u{113ce}'..='\u{113d0}',
    '\u{1145e}'..='\u{1145e}',
    '\u{11839}'..='\u{1183a}',
    '\u{11935}'..='\u{11935}',
    '\u{11938}'..='\u{11938}',
    '\u{1193d}'..='\u{1193e}',
    '\u{11943}'..='\u{11943}',
    '\u{119e0}'..='\u{119e0}',
    '\u{11a34}'..='\u{11a34}',
    '\u{11a47}'..='\u{11a47}',
    '\u{11a99}'..='\u{11a99}',
    '\u{11d42}'..='\u{11d42}',
    '\u{11d44}'..='\u{11d45}',
    '\u{11d97}'..='\u{11d97}',
    '\u{11f41}'..='\u{11f42}',
    '\u{1611e}'..='\u{1611e}',
    '\u{16121}'..='\u{16129}',
    '\u{1612f}'..='\u{1612f}',
    '\u{16d63}'..='\u{16d63}',
    '\u{16d67}'..='\u{16d6a}',
    '\u{16ff0}'..='\u{16ff1}',
    '\u{1d127}'..='\u{1d128}',
    '\u{1d250}'..='\u{1d252}',
    '\u{1d25b}'..='\u{1d25c}',
    '\u{1d25f}'..='\u{1d25f}',
    '\u{1d280}'..='\u{1d281}',
    '\u{1e08f}'..='\u{1e08f}',
    '\u{1e130}'..='\u{1e136}',
    '\u{1e2ae}'..='\u{1e2ae}',
    '\u{1e2ec}'..='\u{1e2ef}',
    '\u{1e4ec}'..='\u{1e4ef}',
    '\u{1e5ee}'..='\u{1e5ef}',
    '\u{1e6e3}'..='\u{1e6e3}',
    '\u{1e6e6}'..='\u{1e6e6}',
    '\u{1e6ee}'..='\u{1e6ef}',
    '\u{1e6f5}'..='\u{1e6f5}',
];

/// A text with characters outside ASCII.
fn wide(text: &[u8]) -> Option<&str> {
    if text.is_ascii() { None } else { str::from_utf8(text).ok() }
}
