//! Where the piece that starts at a place ends: the splitting patterns of the vocabularies, by hand.
//!
//! Each function is one pattern, or several that differ in a detail. A pattern is a list of
//! alternatives, of which the first that matches decides; the comments name them. No function looks further ahead than the
//! white space or the letters it stands in, so a text is split in linear time.

use super::category::{
    CASELESS, HAN, KANA_OR_HAN, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, SYMBOL, UPPER,
};
use super::class::{class_at, run, traits_at};
use super::gemma;

const LETTER: u8 = UPPER | LOWER | CASELESS;
const WHITE: u8 = SPACE | NEWLINE;
/// `[^\s\p{L}\p{N}]`
const NEITHER: u8 = MARK | OTHER;

/// A splitting pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Rules {
    /// That of GPT-2: `r50k_base`, `p50k_base`, `p50k_edit`.
    Gpt2,
    /// That of `cl100k_base`.
    Cl100k,
    /// That of Llama 3 and GLM: `cl100k_base` but for white space at the end of a text.
    Llama3,
    /// That of Qwen 2 and 3: every digit is a piece.
    Qwen2,
    /// That of Qwen 3.5: marks are part of words.
    Qwen35,
    /// That of `o200k_base`, `o200k_harmony` and MiniMax.
    O200k,
    /// That of Mistral's Tekken: no contractions, every digit is a piece.
    Tekken,
    /// That of Kimi: Chinese characters apart.
    Kimi,
    /// The three of DeepSeek, one after the other.
    DeepSeek,
    /// None: merging alone decides. Pieces end where no token of Gemma goes on.
    Gemma,
}

impl Rules {
    /// Whether windows tell where pieces start.
    pub(super) fn have_windows(self) -> bool {
        !matches!(self, Self::DeepSeek | Self::Gemma)
    }

    /// Where the piece that starts at `at`, before the end of the text, ends.
    pub(crate) fn end(self, text: &[u8], at: usize) -> usize {
        match self {
            Self::Gpt2 => gpt2(text, at),
            Self::Cl100k => {
                let end = cl100k(text, at, Digits::Three, LETTER);
                end.unwrap_or_else(|| white_or_all(text, at))
            }
            Self::Llama3 => {
                let end = cl100k(text, at, Digits::Three, LETTER);
                end.unwrap_or_else(|| white_before(text, at))
            }
            Self::Qwen2 => {
                let end = cl100k(text, at, Digits::One, LETTER);
                end.unwrap_or_else(|| white_before(text, at))
            }
            Self::Qwen35 => {
                let end = cl100k(text, at, Digits::One, LETTER | MARK);
                end.unwrap_or_else(|| white_before(text, at))
            }
            Self::O200k => o200k(text, at, Digits::Three, true),
            Self::Tekken => o200k(text, at, Digits::One, false),
            Self::Kimi => kimi(text, at),
            Self::DeepSeek => deepseek(text, at),
            Self::Gemma => gemma::end(text, at),
        }
    }
}

/// The rules that these patterns, one after the other, are; none where this engine has no such.
pub(crate) fn of_patterns(patterns: &[&str]) -> Option<Rules> {
    // A class may be written with the line breaks themselves.
    let patterns: Vec<String> =
        patterns.iter().map(|p| p.replace('\r', r"\r").replace('\n', r"\n")).collect();
    let is = |known: &[&str]| patterns.iter().eq(known);
    PATTERNS.iter().find(|(known, _)| is(known)).map(|(_, rules)| *rules)
}

/// The patterns of published vocabularies, as they write them.
const PATTERNS: [(&[&str], Rules); 7] = [
    (&[r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"], Rules::Gpt2),
    (
        &[
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ],
        Rules::Llama3,
    ),
    (
        &[
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ],
        Rules::Qwen2,
    ),
    (
        &[
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ],
        Rules::Qwen35,
    ),
    (
        &[
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ],
        Rules::O200k,
    ),
    (
        &[
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ],
        Rules::Tekken,
    ),
    (
        &[
            r"\p{N}{1,3}",
            "[一-龥぀-ゟ゠-ヿ]+",
            r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##,
        ],
        Rules::DeepSeek,
    ),
];

/// How many digits a piece has at most.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Digits {
    One,
    Three,
}

/// The pattern of `r50k_base`, `p50k_base` and `p50k_edit`:
/// `'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`.
fn gpt2(text: &[u8], at: usize) -> usize {
    if let Some(length) = contraction(text, at, false) {
        return at + length as usize;
    }
    let start = if text.get(at) == Some(&b' ') { at + 1 } else { at };
    let (class, length) = class_at(text, start);
    for set in [LETTER, NUMBER, NEITHER] {
        if class & set != 0 {
            return run(text, start + length, set);
        }
    }
    let (end, last) = white(text, at);
    if end == text.len() || last == at { end } else { last }
}

/// The pattern of `cl100k_base`: `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+`
/// `| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`, and those that differ in how many
/// `digits` go together and in what `letters` are, of which symbols are the rest. None where only the
/// alternatives of white space are left.
fn cl100k(text: &[u8], at: usize, digits: Digits, letters: u8) -> Option<usize> {
    if let Some(length) = contraction(text, at, true) {
        return Some(at + length as usize);
    }
    let (class, length) = class_at(text, at);
    if class & letters != 0 {
        return Some(run(text, at + length, letters));
    }
    if class & NUMBER != 0 {
        return Some(numbers(text, at + length, digits));
    }
    let (next, next_length) = class_at(text, at + length);
    if class != NEWLINE && next & letters != 0 {
        return Some(run(text, at + length + next_length, letters));
    }
    symbols(text, at, NEITHER & !letters).map(|end| run(text, end, NEWLINE))
}

/// `\s++$|\s*[\r\n]|\s+(?!\S)|\s`
fn white_or_all(text: &[u8], at: usize) -> usize {
    let (end, _) = white(text, at);
    if end == text.len() { end } else { white_before(text, at) }
}

/// The pattern of `o200k_base` and `o200k_harmony`:
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
/// `|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
/// `|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`; Tekken has no `contractions`.
fn o200k(text: &[u8], at: usize, digits: Digits, contractions: bool) -> usize {
    let first = class_at(text, at);
    if let Some(end) = cased_word(text, at, first, All) {
        let tail = if contractions { contraction(text, end, true) } else { None };
        return end + tail.unwrap_or_default() as usize;
    }
    let (class, length) = first;
    if class & NUMBER != 0 {
        return numbers(text, at + length, digits);
    }
    if let Some(end) = symbols(text, at, NEITHER) {
        let tail = |byte: &u8| matches!(byte, b'\r' | b'\n' | b'/');
        return end + text[end..].iter().take_while(|byte| tail(byte)).count();
    }
    white_before(text, at)
}

/// The pattern of Kimi: `[\p{Han}]+`, then that of `o200k_base` with words of letters that are not Han
/// and with `[\r\n]*` behind symbols.
fn kimi(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while traits_at(text, end) & HAN != 0 {
        end += class_at(text, end).1;
    }
    if end > at {
        return end;
    }
    if let Some(end) = cased_word(text, at, NotHan.at(text, at), NotHan) {
        return end + contraction(text, end, true).unwrap_or_default() as usize;
    }
    let (class, length) = class_at(text, at);
    if class & NUMBER != 0 {
        return numbers(text, at + length, Digits::Three);
    }
    match symbols(text, at, NEITHER) {
        Some(end) => run(text, end, NEWLINE),
        None => white_before(text, at),
    }
}

/// The patterns of DeepSeek. `\p{N}{1,3}` is taken out first, then `[一-龥぀-ゟ゠-ヿ]+`. What was taken out
/// and what is left between is split, each as if it were all, by
/// ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+``
/// `| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`. What matches none of these is a piece up to where
/// one does.
fn deepseek(text: &[u8], at: usize) -> usize {
    let (class, length) = class_at(text, at);
    if class & NUMBER != 0 {
        return numbers(text, at + length, Digits::Three);
    }
    let part = Part { text, is_kana_or_han: traits_at(text, at) & KANA_OR_HAN != 0 };
    let mut end = at;
    loop {
        if let Some(match_end) = part.end(end) {
            return if end == at { match_end } else { end };
        }
        end += class_at(text, end).1;
        if part.class(end) == 0 {
            return end;
        }
    }
}

/// A part of a text between places where DeepSeek takes something out.
struct Part<'a> {
    text: &'a [u8],
    is_kana_or_han: bool,
}

impl Part<'_> {
    /// The class of the character at `at`; none at the end of the part.
    fn class(&self, at: usize) -> u8 {
        let (class, _) = class_at(self.text, at);
        let is_kana_or_han = traits_at(self.text, at) & KANA_OR_HAN != 0;
        if class == NUMBER || is_kana_or_han != self.is_kana_or_han { 0 } else { class }
    }

    fn is_symbol(&self, at: usize) -> bool {
        self.class(at) != 0 && traits_at(self.text, at) & SYMBOL != 0
    }

    /// The end of the characters from `at` on of which this is true.
    fn run(&self, at: usize, is: impl Fn(usize) -> bool) -> usize {
        let mut end = at;
        while is(end) {
            end += class_at(self.text, end).1;
        }
        end
    }

    /// Where what the last pattern matches at `at` ends.
    fn end(&self, at: usize) -> Option<usize> {
        let text = self.text;
        let word = |at| self.run(at, |i| self.class(i) & (LETTER | MARK) != 0);
        let ascii_letter = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphabetic);
        let (class, length) = (self.class(at), class_at(text, at).1);
        if text[at].is_ascii_punctuation() && ascii_letter(at + 1) {
            return Some(self.run(at + 1, ascii_letter));
        }
        if class & (LETTER | MARK) != 0 {
            return Some(word(at));
        }
        if class != NEWLINE && !self.is_symbol(at) && self.class(at + length) & (LETTER | MARK) != 0
        {
            return Some(word(at + length));
        }
        let start = if text[at] == b' ' { at + 1 } else { at };
        let end = self.run(start, |i| self.is_symbol(i));
        if end > start {
            return Some(self.run(end, |i| self.class(i) == NEWLINE));
        }
        if class & WHITE == 0 {
            return None;
        }
        let (end, last) = white(text, at);
        let newline = text[at..end].iter().rposition(|byte| matches!(byte, b'\r' | b'\n'));
        if let Some(newline) = newline {
            return Some(at + newline + 1);
        }
        // What is taken out ends the part.
        Some(if self.class(end) == 0 || last == at { end } else { last })
    }
}

/// The classes of characters that a pattern knows.
trait Classes: Copy {
    /// The class of the character that starts at `at`, and its length; at the end none.
    fn at(self, text: &[u8], at: usize) -> (u8, usize);

    /// The end of the characters from `at` on that are of these classes.
    fn run(self, text: &[u8], at: usize, set: u8) -> usize {
        let mut end = at;
        loop {
            match self.at(text, end) {
                (class, length) if class & set != 0 => end += length,
                _ => return end,
            }
        }
    }
}

/// Those of Unicode.
#[derive(Clone, Copy)]
struct All;

impl Classes for All {
    fn at(self, text: &[u8], at: usize) -> (u8, usize) {
        class_at(text, at)
    }

    fn run(self, text: &[u8], at: usize, set: u8) -> usize {
        run(text, at, set)
    }
}

/// Those of Unicode, with Han as neither letters nor marks.
#[derive(Clone, Copy)]
struct NotHan;

impl Classes for NotHan {
    fn at(self, text: &[u8], at: usize) -> (u8, usize) {
        match class_at(text, at) {
            (class, length) if traits_at(text, at) & HAN != 0 => (class & !(LETTER | MARK), length),
            class => class,
        }
    }
}

/// A word with what may stand before it, of capitals and small letters, by the classes of characters.
///
/// `first` is the class of the character at `at`, and its length.
fn cased_word(text: &[u8], at: usize, first: (u8, usize), classes: impl Classes) -> Option<usize> {
    let (class, length) = first;
    if class & LETTER != 0 {
        return Some(word(text, at, first, classes).end);
    }
    if class & (NUMBER | NEWLINE) != 0 {
        return None;
    }
    let next = classes.at(text, at + length);
    if next.0 & (LETTER | MARK) == 0 {
        return (class == MARK).then(|| word(text, at, first, classes).end);
    }
    // A mark before capitals alone is a word without them: the first alternative goes back and
    // takes it for the letter instead of for what stands before one.
    Some(match word(text, at + length, next, classes) {
        Word { capitals: true, .. } if class == MARK => word(text, at, first, classes).end,
        word => word.end,
    })
}

/// A word of `o200k_base` without what may stand before and after it.
struct Word {
    end: usize,
    /// Whether it is capitals alone, which only the second alternative takes.
    capitals: bool,
}

/// Capitals, then small letters; letters without case and marks are both.
fn word(text: &[u8], at: usize, first: (u8, usize), classes: impl Classes) -> Word {
    let mut end = at;
    let mut last_both = None;
    let mut next = first;
    loop {
        let (class, length) = next;
        match class {
            UPPER => end += length,
            CASELESS | MARK => {
                end = classes.run(text, end + length, CASELESS | MARK);
                last_both = Some(end);
            }
            LOWER => {
                let end = classes.run(text, end, LOWER | CASELESS | MARK);
                return Word { end, capitals: false };
            }
            // Without a small letter, the last of both kinds is taken for one.
            _ => return Word { end: last_both.unwrap_or(end), capitals: last_both.is_none() },
        }
        next = classes.at(text, end);
    }
}

/// `\p{N}{1,3}` or `\p{N}` after its first.
fn numbers(text: &[u8], mut at: usize, digits: Digits) -> usize {
    let more = if digits == Digits::Three { 2 } else { 0 };
    for _ in 0..more {
        match class_at(text, at) {
            (NUMBER, length) => at += length,
            _ => break,
        }
    }
    at
}

/// ` ?[^\s\p{L}\p{N}]+`, or with another `set` of classes.
fn symbols(text: &[u8], at: usize, set: u8) -> Option<usize> {
    let start = if text.get(at) == Some(&b' ') { at + 1 } else { at };
    let end = run(text, start, set);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// U+309B is a symbol, but among the kana that the second pattern takes out.
    #[test]
    fn symbols_of_deepseek_end_where_kana_begin() {
        let end = |text: &str| deepseek(text.as_bytes(), 0);
        assert_eq!(end("$+\u{309b}"), 2);
        assert_eq!(end("\u{309b}\u{309c}$"), 6);
        assert_eq!(end("$+1"), 2);
        assert_eq!(end("$+中"), 2);
        assert_eq!(end("$+\r\n\na"), 5);
        assert_eq!(end("+a$"), 2);
    }
}
