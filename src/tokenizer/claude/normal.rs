//! The text as the tokenizer reads it: composed, without control characters, with one kind of space.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

use super::character::{Character, FATE};
use super::property::{COMPOSED, DOUBLE_QUOTE, NEW, ORDERED, QUOTE, REMOVED, REMOVED_LATE, SPACED};

/// Thai NIKHAHIT and SARA AA, which become one character, SARA AM.
const NIKHAHIT: &[u8] = "\u{e4d}".as_bytes();
const SARA_AA: &[u8] = "\u{e32}".as_bytes();
const SARA_AM: &[u8] = "\u{e33}".as_bytes();

/// Normalises UTF-8 text that does not begin within a composition.
pub(super) fn normal(text: &[u8], folds_quotes: bool) -> Cow<'_, [u8]> {
    if text.iter().all(|byte| is_plain(*byte)) {
        return Cow::Borrowed(text);
    }
    let mut normaliser =
        Normaliser { out: Vec::with_capacity(text.len()), folds_quotes, is_after_nikhahit: false };
    normaliser.run(text);
    Cow::Owned(normaliser.out)
}

/// Whether a byte is a character that stays as it is.
#[inline]
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b' '..=b'~')
}

struct Normaliser {
    out: Vec<u8>,
    folds_quotes: bool,
    /// Whether what comes next follows NIKHAHIT.
    is_after_nikhahit: bool,
}

/// Where the last character began that others can be composed with, in the text and in what came of it.
#[derive(Clone, Copy)]
struct Starter {
    at: usize,
    out: usize,
    is_after_nikhahit: bool,
}

impl Normaliser {
    fn run(&mut self, text: &[u8]) {
        let mut starter = self.starter(0);
        // The combining class of the character before.
        let mut before = 0;
        let mut at = 0;
        while at < text.len() {
            let plain = text[at..].iter().take_while(|byte| is_plain(**byte)).count();
            if plain > 0 {
                self.plain(&text[at..at + plain - 1]);
                starter = self.starter(at + plain - 1);
                self.plain(&text[at + plain - 1..at + plain]);
                before = 0;
                at += plain;
                continue;
            }
            let character = Character::at(text, at);
            if character.has(COMPOSED | ORDERED) {
                let class = scalar(text, at).map_or(0, canonical_combining_class);
                if character.has(COMPOSED) || class < before {
                    at = self.compose(text, starter, at);
                    starter = self.starter(at);
                    before = 0;
                    continue;
                }
                before = class;
            } else {
                starter = self.starter(at);
                before = 0;
            }
            self.push(&text[at..at + character.length], character.properties);
            at += character.length;
            if character.has(NEW) {
                starter = self.starter(at);
            }
        }
    }

    fn starter(&self, at: usize) -> Starter {
        Starter { at, out: self.out.len(), is_after_nikhahit: self.is_after_nikhahit }
    }

    fn plain(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
        self.is_after_nikhahit &= text.is_empty();
    }

    /// Composes from a starter up to the next one, which stands behind `at`; answers where that is.
    fn compose(&mut self, text: &[u8], starter: Starter, at: usize) -> usize {
        let mut end = at;
        loop {
            let character = Character::at(text, end);
            if character.length == 0 || end > at && !character.has(COMPOSED | ORDERED) {
                break;
            }
            end += character.length;
        }
        self.out.truncate(starter.out);
        self.is_after_nikhahit = starter.is_after_nikhahit;
        let composed = String::from_utf8_lossy(&text[starter.at..end]).nfc().collect::<String>();
        let composed = composed.as_bytes();
        let mut at = 0;
        while at < composed.len() {
            let character = Character::at(composed, at);
            self.push(&composed[at..at + character.length], character.properties);
            at += character.length;
        }
        end
    }

    /// Takes in a composed character.
    fn push(&mut self, character: &[u8], properties: u16) {
        let straight = match properties & FATE {
            REMOVED => return,
            REMOVED_LATE => {
                self.is_after_nikhahit = false;
                return;
            }
            SPACED => Some(b' '),
            QUOTE if self.folds_quotes => Some(b'\''),
            DOUBLE_QUOTE if self.folds_quotes => Some(b'"'),
            _ => None,
        };
        if let Some(byte) = straight {
            self.out.push(byte);
        } else if self.is_after_nikhahit && character == SARA_AA {
            self.out.truncate(self.out.len() - NIKHAHIT.len());
            self.out.extend_from_slice(SARA_AM);
        } else {
            self.out.extend_from_slice(character);
        }
        self.is_after_nikhahit = character == NIKHAHIT;
    }
}

/// The character at a place of UTF-8 text.
fn scalar(text: &[u8], at: usize) -> Option<char> {
    let length = Character::at(text, at).length;
    str::from_utf8(text.get(at..at + length)?).ok()?.chars().next()
}
