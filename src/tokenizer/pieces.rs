//! A text as its pieces and the ids of their tokens.

use super::encoding::Encoding;
use super::merge::{Lanes, Long};
use super::method::Method;
use super::path::{Job, Level, Path};
use super::pattern::{Rules, split};
use super::token::Token;
use super::vocabulary::Vocabulary;

/// A piece of a text: a word, a number, a run of symbols or of white space. Tokens never cross it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its text.
    pub text: &'a str,
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
        match Method::of(self) {
            Method::BytePairs(rules, vocabulary) => {
                path.run(Splitting { rules, vocabulary, path, text })
            }
            Method::Claude(_) => Vec::new(),
        }
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
    rules: Rules,
    vocabulary: &'static Vocabulary,
    path: Path,
    text: &'a str,
}

impl<'a> Job for Splitting<'a> {
    type Answer = Vec<Piece<'a>>;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a job is compiled for each path")]
    fn run(self, level: impl Level) -> Vec<Piece<'a>> {
        let Self { rules, vocabulary, .. } = self;
        let mut lanes = Lanes::new(self.path);
        let mut long = Long::default();
        let mut pieces = Vec::new();
        split(rules, level, self.text.as_bytes(), |start, end| {
            let text = &self.text[start..end];
            let tokens = match vocabulary.id(text.as_bytes()) {
                Some(id) => vec![Token { start: 0, id }],
                None => long.encode(vocabulary, &mut lanes, text.as_bytes()).to_vec(),
            };
            pieces.push(Piece { text, tokens });
        });
        pieces
    }
}
