//! Where the piece that starts at a place ends: the splitting patterns of the encodings, by hand.
//!
//! Each function is one pattern of tiktoken-rs. A pattern is a list of alternatives, of which the
//! first that matches decides; the comments name them. No function looks further ahead than the
//! white space or the letters it stands in, so a text is split in linear time.

use super::category::{CASELESS, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER};
use super::class::class_at;

const LETTER: u8 = UPPER | LOWER | CASELESS;
const WHITE: u8 = SPACE | NEWLINE;
/// `[^\s\p{L}\p{N}]`
const SYMBOL: u8 = MARK | OTHER;

/// The splitting pattern of an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// That of GPT-2: `r50k_base`, `p50k_base`, `p50k_edit`.
    Gpt2,
    /// That of `cl100k_base`.
    Cl100k,
    /// That of `o200k_base` and `o200k_harmony`.
    O200k,
}

impl Rules {
    /// Where the piece that starts at `at`, before the end of the text, ends.
    pub(crate) fn end(self, text: &[u8], at: usize) -> usize {
        match self {
            Self::Gpt2 => gpt2(text, at),
            Self::Cl100k => cl100k(text, at),
            Self::O200k => o200k(text, at),
        }
    }
}

/// The pattern of `r50k_base`, `p50k_base` and `p50k_edit`:
/// `'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`.
fn gpt2(text: &[u8], at: usize) -> usize {
    if let Some(length) = contraction(text, at, false) {
        return at + length as usize;
    }
    let start = if text.get(at) == Some(&b' ') { at + 1 } else { at };
    let (class, length) = class_at(text, start);
    for set in [LETTER, NUMBER, SYMBOL] {
        if class & set != 0 {
            return run(text, start + length, set);
        }
    }
    let (end, last) = white(text, at);
    if end == text.len() || last == at { end } else { last }
}

/// The pattern of `cl100k_base`: `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+`
/// `| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`.
fn cl100k(text: &[u8], at: usize) -> usize {
    if let Some(length) = contraction(text, at, true) {
        return at + length as usize;
    }
    let (class, length) = class_at(text, at);
    if class & LETTER != 0 {
        return run(text, at + length, LETTER);
    }
    if class & NUMBER != 0 {
        return digits(text, at + length);
    }
    let (next, next_length) = class_at(text, at + length);
    if class != NEWLINE && next & LETTER != 0 {
        return run(text, at + length + next_length, LETTER);
    }
    if let Some(end) = symbols(text, at) {
        return run(text, end, NEWLINE);
    }
    let (end, _) = white(text, at);
    if end == text.len() { end } else { white_before(text, at) }
}

/// The pattern of `o200k_base` and `o200k_harmony`:
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
/// `|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
/// `|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
fn o200k(text: &[u8], at: usize) -> usize {
    let (class, length) = class_at(text, at);
    let word = if class & LETTER != 0 {
        Some(word(text, at))
    } else if class & (NUMBER | NEWLINE) != 0 {
        None
    } else if class_at(text, at + length).0 & (LETTER | MARK) != 0 {
        // A mark before capitals alone is a word without them: the first alternative goes back and
        // takes it for the letter instead of for what stands before one.
        match word(text, at + length) {
            Word { capitals: true, .. } if class == MARK => Some(word(text, at)),
            word => Some(word),
        }
    } else {
        (class == MARK).then(|| word(text, at))
    };
    if let Some(Word { end, .. }) = word {
        return end + contraction(text, end, true).unwrap_or_default() as usize;
    }
    if class & NUMBER != 0 {
        return digits(text, at + length);
    }
    if let Some(end) = symbols(text, at) {
        let tail = |byte: &u8| matches!(byte, b'\r' | b'\n' | b'/');
        return end + text[end..].iter().take_while(|byte| tail(byte)).count();
    }
    white_before(text, at)
}

/// A word of `o200k_base` without what may stand before and after it.
struct Word {
    end: usize,
    /// Whether it is capitals alone, which only the second alternative takes.
    capitals: bool,
}

/// Capitals, then small letters; letters without case and marks are both.
fn word(text: &[u8], at: usize) -> Word {
    let mut end = at;
    let mut last_both = None;
    loop {
        let (class, length) = class_at(text, end);
        match class {
            UPPER => end += length,
            CASELESS | MARK => {
                end += length;
                last_both = Some(end);
            }
            LOWER => {
                return Word { end: run(text, end, LOWER | CASELESS | MARK), capitals: false };
            }
            // Without a small letter, the last of both kinds is taken for one.
            _ => return Word { end: last_both.unwrap_or(end), capitals: last_both.is_none() },
        }
    }
}

/// The end of the characters of these classes.
fn run(text: &[u8], mut at: usize, set: u8) -> usize {
    loop {
        match class_at(text, at) {
            (class, length) if class & set != 0 => at += length,
            _ => return at,
        }
    }
}

/// `\p{N}{1,3}` after its first.
fn digits(text: &[u8], mut at: usize) -> usize {
    for _ in 0..2 {
        match class_at(text, at) {
            (NUMBER, length) => at += length,
            _ => break,
        }
    }
    at
}

/// ` ?[^\s\p{L}\p{N}]+`
fn symbols(text: &[u8], at: usize) -> Option<usize> {
    let start = if text.get(at) == Some(&b' ') { at + 1 } else { at };
    let end = run(text, start, SYMBOL);
    (end > start).then_some(end)
}

/// The length of `'(?:[sdmt]|ll|ve|re)`, or of the same with `(?i:`, for which the long s is an s.
pub(crate) fn contraction(text: &[u8], at: usize, any_case: bool) -> Option<u32> {
    if text.get(at) != Some(&b'\'') {
        return None;
    }
    let letter = |i: usize| match text.get(at + i) {
        Some(byte) if any_case => byte.to_ascii_lowercase(),
        byte => byte.copied().unwrap_or_default(),
    };
    match (letter(1), letter(2)) {
        (b's' | b'd' | b'm' | b't', _) => Some(2),
        (b'l', b'l') | (b'v' | b'r', b'e') => Some(3),
        (0xc5, 0xbf) if any_case => Some(3),
        _ => None,
    }
}

/// The end of the white space at `at`, and where its last character starts.
fn white(text: &[u8], at: usize) -> (usize, usize) {
    let (mut end, mut last) = (at, at);
    loop {
        match class_at(text, end) {
            (class, length) if class & WHITE != 0 => {
                last = end;
                end += length;
            }
            _ => return (end, last),
        }
    }
}

/// `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line break; else all white space but the character
/// before what follows.
fn white_before(text: &[u8], at: usize) -> usize {
    let (end, last) = white(text, at);
    if let Some(newline) = text[at..end].iter().rposition(|byte| matches!(byte, b'\r' | b'\n')) {
        return at + newline + 1;
    }
    if end == text.len() || last == at { end } else { last }
}
