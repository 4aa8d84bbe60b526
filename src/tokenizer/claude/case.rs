//! How the case of a word is written: with a mark before it, and its letters small.

use super::character::Character;
use super::property::{BEGIN, CAPS, END, LETTER, SHIFT};

/// From how many letters on a word in capitals has a mark of its own.
const SHORTEST_CAPS: usize = 4;

/// Writes a word between the marks that begin and end it, its case before it.
pub(super) fn write(word: &str, has_caps: bool, out: &mut Vec<u8>) {
    let case = Case::of(word, has_caps);
    out.extend(case.mark());
    out.push(BEGIN);
    match case {
        Case::AsIs => out.extend_from_slice(word.as_bytes()),
        Case::Shift | Case::Caps => {
            for c in word.chars() {
                out.extend_from_slice(lower(c).encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    out.push(END);
}

enum Case {
    /// Spelt as it is.
    AsIs,
    /// A capital and then none.
    Shift,
    /// All capitals.
    Caps,
}

impl Case {
    fn of(word: &str, has_caps: bool) -> Self {
        // The capital sharp s keeps a word as it is.
        if word.contains('ẞ') {
            return Self::AsIs;
        }
        if has_caps && is_caps(word) {
            return Self::Caps;
        }
        // The dotted capital i has no small form of one letter: it stays, and is no first letter.
        let mut letters = word.chars();
        let is_first = letters.next().is_some_and(|first| first != 'İ' && is_upper(first));
        if is_first && !letters.any(|c| c != 'İ' && is_upper(c)) {
            Self::Shift
        } else {
            Self::AsIs
        }
    }

    fn mark(&self) -> Option<u8> {
        match self {
            Self::AsIs => None,
            Self::Shift => Some(SHIFT),
            Self::Caps => Some(CAPS),
        }
    }
}

/// Whether a word is long enough and all its letters are capitals.
fn is_caps(word: &str) -> bool {
    word.chars().count() >= SHORTEST_CAPS
        && word.chars().any(is_upper)
        && word.chars().all(|c| c != 'İ' && (is_upper(c) || !c.is_lowercase() && !is_letter(c)))
}

/// The small form of a letter, where it is one letter. The capital theta symbol counts as having none,
/// and the dotted capital i has two.
fn lower(c: char) -> char {
    let mut small = c.to_lowercase();
    match (c, small.next(), small.next()) {
        ('\u{3f4}', ..) => c,
        (_, Some(small), None) => small,
        _ => c,
    }
}

/// Whether a letter is a capital with a small form.
fn is_upper(c: char) -> bool {
    c.is_uppercase() && lower(c) != c || c == 'İ'
}

/// Whether a character is a letter or a mark by its category.
fn is_letter(c: char) -> bool {
    Character::at(c.encode_utf8(&mut [0; 4]).as_bytes(), 0).has(LETTER)
}
