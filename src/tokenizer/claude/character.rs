//! The properties of the character at a place in a text.

use super::property::PAGE;
use crate::tokenizer::embedded::embedded;
use crate::tokenizer::utf8::character;

/// The class of the run that a character is part of, among its properties.
pub(super) const CLASS: u16 = 0b111;
/// What becomes of it, among its properties.
pub(super) const FATE: u16 = 0b111 << 10;

/// The properties of every character, 128 to a page.
static PAGES: &[[u8; 2]] = embedded!("claude.pages").as_chunks().0;
/// The page of every 128 characters.
static INDEX: &[[u8; 2]] = embedded!("claude.index").as_chunks().0;

/// A character of a text: its properties, 0 past the end, and its length in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Character {
    pub(super) properties: u16,
    pub(super) length: usize,
}

impl Character {
    /// The character that starts at `at` in UTF-8 text.
    #[inline]
    pub(super) fn at(text: &[u8], at: usize) -> Self {
        let (number, length) = match text.get(at) {
            None => return Self { properties: 0, length: 0 },
            Some(byte) if byte.is_ascii() => (usize::from(*byte), 1),
            Some(byte) => character(*byte, text, at),
        };
        Self { properties: properties(number), length }
    }

    /// The last character before `end`, which is not 0.
    pub(super) fn before(text: &[u8], end: usize) -> Self {
        let start = (0..end).rev().find(|i| text[*i] & 0xc0 != 0x80).unwrap_or_default();
        Self::at(text, start)
    }

    /// Whether all these bits of the mask have this value.
    #[inline]
    pub(super) fn is(self, mask: u16, value: u16) -> bool {
        self.properties & mask == value
    }

    /// Whether one of these bits is set.
    #[inline]
    pub(super) fn has(self, bits: u16) -> bool {
        self.properties & bits != 0
    }
}

/// The properties of a character by its number.
#[inline]
fn properties(number: usize) -> u16 {
    let page = INDEX.get(number / PAGE).map_or(0, |page| usize::from(u16::from_le_bytes(*page)));
    PAGES.get(page * PAGE + number % PAGE).map_or(0, |bits| u16::from_le_bytes(*bits))
}
