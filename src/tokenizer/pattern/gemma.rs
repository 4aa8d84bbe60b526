//! Where pieces of Gemma end.
//!
//! Gemma has no splitting pattern: a whole text is merged, of characters instead of bytes. Words that its
//! vocabulary takes as they are, such as `<table>` and runs of line breaks, are taken out first. In what
//! is left no token goes on from a letter of ASCII to a symbol of ASCII or back, has a digit of ASCII besides
//! other characters, or a space behind others, but for `> </`: no merge crosses such a place, so a piece may
//! end there. What is no token as a character is counted byte by byte: each of its bytes is a piece.

use super::category::KNOWN_TO_GEMMA;
use super::class::{class_at, traits_at};

/// The longest run of spaces, tabs or line breaks that is a token.
const RUN: usize = 31;
/// The last of the tokens `<unused0>`, `<unused1>` and so on.
const LAST_UNUSED: u32 = 6241;
/// What else is a token as it is, between its angle brackets.
const TAGS: [&str; 71] = [
    "/a",
    "/b",
    "/bbox",
    "/blockquote",
    "/body",
    "/caption",
    "/code",
    "/div",
    "/em",
    "/footer",
    "/h1",
    "/h2",
    "/h3",
    "/h4",
    "/h5",
    "/h6",
    "/html",
    "/i",
    "/iframe",
    "/img",
    "/li",
    "/s",
    "/span",
    "/strong",
    "/sub",
    "/sup",
    "/table",
    "/tbody",
    "/td",
    "/tfoot",
    "/th",
    "/thead",
    "/tr",
    "/u",
    "/ul",
    "a",
    "b",
    "bbox",
    "blockquote",
    "body",
    "caption",
    "code",
    "div",
    "em",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "html",
    "i",
    "iframe",
    "img",
    "li",
    "mask",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];
/// The longest of [`TAGS`] and of the unused ones.
const LONGEST_TAG: usize = 11;

/// Where the piece that starts at `at` ends. `at` may be within a character that is no token.
pub(super) fn end(text: &[u8], at: usize) -> usize {
    let is_inner = text[at] & 0xc0 == 0x80;
    if is_inner {
        return at + 1;
    }
    if let Some(end) = word(text, at) {
        return end;
    }
    let start = if text[at] == b' ' { at + 1 } else { at };
    stretch(text, start).max(at + 1)
}

/// The end of what is a token as it is: a run of white space or a tag.
fn word(text: &[u8], at: usize) -> Option<usize> {
    match text[at] {
        b'<' => tag(text, at),
        b'[' => text[at..].starts_with(b"[multimodal]").then_some(at + 12),
        byte @ (b'\n' | b'\t' | b' ') => {
            let run = text[at..].iter().take(RUN).take_while(|other| **other == byte).count();
            // A single space goes with what follows it.
            (byte != b' ' || run > 1).then_some(at + run)
        }
        _ => None,
    }
}

fn tag(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let length = rest.iter().take(LONGEST_TAG + 1).position(|byte| *byte == b'>')?;
    let name = str::from_utf8(&rest[..length]).ok()?;
    let is_unused = |number: &str| {
        number.parse().is_ok_and(|n: u32| n <= LAST_UNUSED && n.to_string() == number)
    };
    (TAGS.binary_search(&name).is_ok() || name.strip_prefix("unused").is_some_and(is_unused))
        .then_some(at + length + 2)
}

/// What a character of a stretch goes on with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Symbol,
    /// Anything outside ASCII.
    Wide,
}

/// The end of the characters from `at` on that tokens may go across; `at` itself where none may begin.
fn stretch(text: &[u8], at: usize) -> usize {
    let mut end = at;
    let mut last = None;
    while let Some(byte) = text.get(end) {
        let kind = match byte {
            b' ' if is_end_tag(text, end) => Kind::Symbol,
            b'0'..=b'9' => return if end == at { end + 1 } else { end },
            _ if traits_at(text, end) & KNOWN_TO_GEMMA == 0 => break,
            b' ' | b'\n' | b'\t' => break,
            b'<' | b'[' if word(text, end).is_some() => break,
            byte if byte.is_ascii_alphabetic() => Kind::Letter,
            byte if byte.is_ascii() => Kind::Symbol,
            _ => Kind::Wide,
        };
        if matches!(
            (last, kind),
            (Some(Kind::Letter), Kind::Symbol) | (Some(Kind::Symbol), Kind::Letter)
        ) {
            break;
        }
        last = Some(kind);
        end += class_at(text, end).1;
    }
    end
}

/// Whether the space at `at` stands in `> </`, which a token goes across.
fn is_end_tag(text: &[u8], at: usize) -> bool {
    at > 0 && text[at - 1] == b'>' && text[at..].starts_with(b" </") && tag(text, at + 1).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let mut at = 0;
        let mut pieces = Vec::new();
        while at < text.len() {
            let end = end(text.as_bytes(), at);
            pieces.push(&text[at..end]);
            at = end;
        }
        pieces
    }

    #[test]
    fn words_and_runs_are_taken_out() {
        assert_eq!(
            pieces("a <b>x</b>  y\n\n\tz"),
            ["a", " ", "<b>", "x", "</b>", "  ", "y", "\n\n", "\t", "z"]
        );
        assert_eq!(
            pieces("<unused6241><unused6242>"),
            ["<unused6241>", "<", "unused", "6", "2", "4", "2", ">"]
        );
        assert_eq!(pieces("f(x1) = 2"), ["f", "(", "x", "1", ")", " =", " 2"]);
        assert_eq!(pieces("<x> </y>"), ["<", "x", "> </", "y", ">"]);
        assert_eq!(pieces("<x> </b>"), ["<", "x", ">", " ", "</b>"]);
    }

    #[test]
    fn tags_are_sorted_to_be_found() {
        assert!(TAGS.is_sorted());
        assert_eq!(TAGS.iter().map(|tag| tag.len()).max(), Some(LONGEST_TAG));
    }
}
