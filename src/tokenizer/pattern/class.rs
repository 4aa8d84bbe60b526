//! The class of the character at a place in a text.

use super::category::{CASELESS, PAGE};
#[cfg(test)]
use super::category::{LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER};
use crate::tokenizer::embedded::embedded;
use crate::tokenizer::utf8::character;
use crate::tokenizer::vocabulary::hash::of_three;

/// The class of every character, 128 to a page.
static PAGES: &[[u8; PAGE]] = embedded!("classes.pages").as_chunks().0;
/// The page of every 128 characters.
static INDEX: &[[u8; 2]] = embedded!("classes.index").as_chunks().0;

/// The same two for what is not a matter of classes.
static TRAIT_PAGES: &[[u8; PAGE]] = embedded!("traits.pages").as_chunks().0;
static TRAIT_INDEX: &[[u8; 2]] = embedded!("traits.index").as_chunks().0;

/// The end of a text, which is in no class.
const END: u8 = 0;

/// The class of the character that starts at `at`, and its length in bytes; at the end of the text
/// no class and no length.
#[inline]
pub(super) fn class_at(text: &[u8], at: usize) -> (u8, usize) {
    match text.get(at) {
        None => (END, 0),
        Some(byte) if byte.is_ascii() => (PAGES[0][usize::from(*byte)], 1),
        Some(byte) => wide(*byte, text, at),
    }
}

/// The same of a character outside ASCII.
#[inline]
pub(super) fn wide(lead: u8, text: &[u8], at: usize) -> (u8, usize) {
    let (character, length) = character(lead, text, at);
    (look_up(PAGES, INDEX, character), length)
}

/// The end of the characters from `at` on that are of these classes.
#[inline]
pub(super) fn run(text: &[u8], mut at: usize, set: u8) -> usize {
    loop {
        // Scripts without spaces have long runs, of characters of three bytes.
        while let Some([lead @ 0xe0..0xf0, second, third, _]) = text[at..].first_chunk() {
            // From U+4E00 to U+9FBF they are all Han.
            let is_han = (0xe4b8..=0xe9be).contains(&u16::from_be_bytes([*lead, *second]));
            let is_in = is_han && set & CASELESS != 0
                || look_up(PAGES, INDEX, of_three([*lead, *second, *third])) & set != 0;
            if !is_in {
                return at;
            }
            at += 3;
        }
        match class_at(text, at) {
            (class, length) if class & set != 0 => at += length,
            _ => return at,
        }
    }
}

/// What else is known of the character that starts at `at`; nothing at the end of the text.
pub(super) fn traits_at(text: &[u8], at: usize) -> u8 {
    match text.get(at) {
        None => END,
        Some(byte) if byte.is_ascii() => TRAIT_PAGES[0][usize::from(*byte)],
        Some(byte) => look_up(TRAIT_PAGES, TRAIT_INDEX, character(*byte, text, at).0),
    }
}

#[inline]
fn look_up(pages: &[[u8; PAGE]], index: &[[u8; 2]], character: usize) -> u8 {
    let page = index.get(character / PAGE).map_or(0, |page| usize::from(u16::from_le_bytes(*page)));
    pages[page][character % PAGE]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_the_class_of_unicode_16() {
        let class = |c: char| class_at(c.encode_utf8(&mut [0; 4]).as_bytes(), 0);
        assert_eq!(class('A'), (UPPER, 1));
        assert_eq!(class('ǅ'), (UPPER, 2));
        assert_eq!(class('ſ'), (LOWER, 2));
        assert_eq!(class('中'), (CASELESS, 3));
        assert_eq!(class('\u{301}'), (MARK, 2));
        assert_eq!(class('٣'), (NUMBER, 2));
        assert_eq!(class('\u{85}'), (SPACE, 2));
        assert_eq!(class('\u{b}'), (SPACE, 1));
        assert_eq!(class('\u{1c}'), (OTHER, 1));
        assert_eq!(class('\r'), (NEWLINE, 1));
        assert_eq!(class('😀'), (OTHER, 4));
        // Garay capital letter A, new in Unicode 16.
        assert_eq!(class('\u{10d50}'), (UPPER, 4));
        assert_eq!(class(char::MAX), (OTHER, 4));
        assert_eq!(class_at(b"", 0), (0, 0));
    }

    /// Every character up to U+1FFFF, between two ASCII characters that are in none of the classes.
    #[test]
    fn a_run_goes_on_as_long_as_the_classes_of_its_characters_say() {
        let mut text = *b"\x01    \x01\x01\x01\x01";
        for c in '\u{80}'..='\u{1ffff}' {
            let length = c.encode_utf8(&mut text[1..5]).len();
            text[1 + length..].fill(1);
            let (class, _) = class_at(&text, 1);
            for set in [UPPER, LOWER, CASELESS, MARK, NUMBER, SPACE | NEWLINE, CASELESS | MARK] {
                let end = if class & set != 0 { 1 + length } else { 1 };
                assert_eq!(run(&text, 1, set), end, "{c:?} {set}");
            }
        }
        let several = "中文ー々한ไท\u{301}a".as_bytes();
        assert_eq!(run(several, 0, CASELESS | MARK), several.len() - 1);
    }
}
