//! Byte pair encoding of a text of few different tokens: one pass for each token that is made.
//!
//! Where every token is younger than its parts, no merge makes room for an
//! earlier one. Few vocabularies have other tokens, and are not merged like this. So when the lowest id that two neighbours merge into is known, all neighbours that merge
//! into it may do so at once, from the left. Text that
//! repeats itself needs few passes; other text needs too many and is given back.

use crate::tokenizer::token::Token;
use crate::tokenizer::vocabulary::Vocabulary;
use crate::tokenizer::vocabulary::hash::NONE;

/// How often each byte of a text may be visited, on average. More would take longer than a heap does.
const VISITS: usize = 32;

/// A part of the text, and what it and the next merge into.
#[derive(Debug, Clone, Copy)]
struct Part {
    token: Token,
    merge: u32,
}

/// The parts of a text, kept for the next.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    parts: Vec<Part>,
}

impl Sweep {
    /// Appends the tokens of `text` to `tokens`, or answers that it needs too many passes.
    pub(super) fn merge(
        &mut self,
        vocabulary: &Vocabulary,
        text: &[u8],
        tokens: &mut Vec<Token>,
    ) -> bool {
        if !vocabulary.is_ordered {
            return false;
        }
        self.parts.clear();
        self.parts.extend(text.iter().enumerate().map(|(start, byte)| Part {
            token: Token { start, id: vocabulary.byte(*byte) },
            merge: text.get(start + 1).map_or(NONE, |next| vocabulary.byte_pair(*byte, *next)),
        }));
        let mut visits = 0;
        while visits < VISITS * text.len() {
            let lowest = self.parts.iter().map(|part| part.merge).min().unwrap_or(NONE);
            if lowest == NONE {
                tokens.extend(self.parts.iter().map(|part| part.token));
                return true;
            }
            visits += self.parts.len();
            self.pass(vocabulary, lowest);
        }
        false
    }

    /// Merges all neighbours that merge into `id`.
    fn pass(&mut self, vocabulary: &Vocabulary, id: u32) {
        let (mut from, mut to) = (0, 0);
        let mut left_is_new = false;
        while let Some(mut part) = self.parts.get(from).copied() {
            let is_new = part.merge == id;
            if is_new {
                part = Part { token: Token { id, ..part.token }, merge: NONE };
            }
            from += 1 + usize::from(is_new);
            if to > 0 && (is_new || left_is_new) {
                let left = &mut self.parts[to - 1];
                left.merge = vocabulary.pair(left.token.id, part.token.id);
            }
            self.parts[to] = part;
            to += 1;
            left_is_new = is_new;
        }
        self.parts.truncate(to);
    }
}
