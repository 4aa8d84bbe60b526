//! A text as its pieces and the ids of their tokens.

use std::borrow::Cow;

use super::definition::Definition;
use super::encoding::Encoding;
use super::merge::{Lanes, Long};
use super::method::Method;
use super::path::{Job, Level, Path};
use super::pattern::split;
use super::token::Token;

/// So many bytes of a text are split at once.
const PART: usize = 1 << 16;

/// A piece of a text: a word, a number, a run of symbols or of white space. Tokens never cross it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its text, as it is counted: some encodings compose characters first.
    pub text: Cow<'a, str>,
    /// Its tokens in their order, at least one.
    pub tokens: Vec<Token>,
}

impl Encoding {
    /// The pieces of `text` with their tokens, special tokens taken as ordinary text. None for Claude,
    /// whose tokens have no public ids: see [`Encoding::has_ids`].
    ///
    /// ```
    /// use outlay::tokenizer::Encoding;
    ///
    /// let pieces = Encoding::O200kBase.pieces("tokenizers");
    /// assert_eq!(pieces[0].tokens.iter().map(|token| token.id).collect::<Vec<_>>(), [10346, 24223]);
    /// ```
    #[must_use]
    pub fn pieces(self, text: &str) -> Vec<Piece<'_>> {
        let path = Path::for_text(text.len());
        let Method::BytePairs(definition) = Method::of(self) else { return Vec::new() };
        let formed = definition.form.of(text.as_bytes());
        let places =
            path.run(Splitting { definition, path, text: formed.as_deref().unwrap_or(text) });
        let piece = |(start, end, tokens): (usize, usize, Vec<Token>)| Piece {
            text: match &formed {
                None => Cow::Borrowed(&text[start..end]),
                Some(formed) => Cow::Owned(formed[start..end].to_owned()),
            },
            tokens,
        };
        places.into_iter().map(piece).collect()
    }

    /// Hands on the [pieces](Self::pieces) of `text` one after the other, in memory that does not grow with it.
    ///
    /// ```
    /// use outlay::tokenizer::Encoding;
    ///
    /// let mut words = 0;
    /// Encoding::O200kBase.each_piece("one two three", |_| words += 1);
    /// assert_eq!(words, 3);
    /// ```
    pub fn each_piece(self, text: &str, mut each: impl FnMut(Piece<'_>)) {
        let mut rest = text;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(self.cut(rest));
            self.pieces(part).into_iter().for_each(&mut each);
            rest = after;
        }
    }

    /// A place after some 64 KB where the text may be cut, or its end.
    fn cut(self, text: &str) -> usize {
        let method = Method::of(self);
        let mut most = PART;
        while most < text.len() {
            let part = &text[..text.floor_char_boundary(most)];
            if let Some(at) = method.last_cut(part.as_bytes()) {
                return at;
            }
            most = most.saturating_mul(2);
        }
        text.len()
    }

    /// The ids of the tokens of `text`.
    #[must_use]
    pub fn encode(self, text: &str) -> Vec<u32> {
        let pieces = self.pieces(text);
        pieces.iter().flat_map(|piece| &piece.tokens).map(|token| token.id).collect()
    }
}

/// Splits a whole text.
struct Splitting<'a> {
    definition: Definition,
    path: Path,
    text: &'a str,
}

impl Job for Splitting<'_> {
    /// Where each piece starts and ends, and its tokens.
    type Answer = Vec<(usize, usize, Vec<Token>)>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a job is compiled for each path")]
    fn run(self, level: impl Level) -> Self::Answer {
        let Definition { vocabulary, rules, .. } = self.definition;
        let mut lanes = Lanes::new(self.path);
        let mut long = Long::default();
        let mut pieces: Self::Answer = Vec::new();
        split(rules, level, self.text.as_bytes(), |start, end| {
            let bytes = &self.text.as_bytes()[start..end];
            let mut tokens = match vocabulary.words().id(bytes) {
                Some(id) => vec![Token { start: 0, id }],
                None => long.encode(vocabulary, &mut lanes, bytes).to_vec(),
            };
            for token in &mut tokens {
                token.id = vocabulary.published(token.id);
            }
            match pieces.last_mut() {
                // The next byte of a character that is counted byte by byte.
                Some((first, last, before)) if !self.text.is_char_boundary(start) => {
                    let start = start - *first;
                    before.extend(tokens.into_iter().map(|t| Token { start, id: t.id }));
                    *last = end;
                }
                _ => pieces.push((start, end, tokens)),
            }
        });
        pieces
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BITS: [&str; 24] = [
        "word", " ", " ", "\n", "\n\n", "\r\n", "\t", "A", "1", "234", ".", "'s", "</", ">", "é",
        "e\u{301}", "中", "。", "\u{3000}", "👍", "Ж", " the", "  ", "{}",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]

        /// A text of several parts: a line of bits, again and again.
        #[test]
        fn pieces_one_by_one_are_those_of_the_whole(
            bits in prop::collection::vec(prop::sample::select(&BITS), 20..400),
        ) {
            let line = bits.concat();
            let text = line.repeat(3 * PART / line.len() + 1);
            for encoding in Encoding::ALL {
                let (whole, mut found) = (encoding.pieces(&text), 0);
                let mut are_same = true;
                encoding.each_piece(&text, |piece| {
                    are_same &= whole.get(found) == Some(&piece);
                    found += 1;
                });
                prop_assert!(are_same && found == whole.len(), "{} {:?}", encoding, line);
            }
        }
    }

    #[test]
    fn a_text_that_cannot_be_cut_is_one_part() {
        let text = "x".repeat(5 * PART);
        let mut parts = Vec::new();
        Encoding::O200kBase.each_piece(&text, |piece| parts.push(piece.text.len()));
        assert_eq!(parts, [text.len()]);
    }
}
