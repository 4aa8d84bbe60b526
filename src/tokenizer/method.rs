//! The ways to count: by merging pairs of bytes, as most vocabularies do, or as Claude does.

use super::claude;
use super::claude::Ends;
use super::encoding::Encoding;
use super::path::{Job, Level, Path};
use super::pattern::{Rules, cut, split};
use super::tally::Tally;
use super::vocabulary::{CL100K_BASE, O200K_BASE, P50K_BASE, R50K_BASE, Vocabulary};
use crate::units::Tokens;

/// How an encoding counts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    /// Pieces by a pattern, and pairs of bytes merged within them.
    BytePairs(Rules, &'static Vocabulary),
    /// The fewest pieces of a vocabulary.
    Claude(claude::Family),
}

impl Method {
    /// That of an encoding.
    pub(super) fn of(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Cl100kBase => Self::BytePairs(Rules::Cl100k, &CL100K_BASE),
            Encoding::ClaudeV3 => Self::Claude(claude::Family::V3),
            Encoding::ClaudeV47 => Self::Claude(claude::Family::V4_7),
            Encoding::ClaudeV48 => Self::Claude(claude::Family::V4_8),
            // These differ in their special tokens only.
            Encoding::O200kBase | Encoding::O200kHarmony => {
                Self::BytePairs(Rules::O200k, &O200K_BASE)
            }
            Encoding::P50kBase | Encoding::P50kEdit => Self::BytePairs(Rules::Gpt2, &P50K_BASE),
            Encoding::R50kBase => Self::BytePairs(Rules::Gpt2, &R50K_BASE),
        }
    }

    /// The first place where `text` may be cut, other than its ends.
    pub(super) fn first_cut(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::BytePairs(rules, _) => cut::first(rules, text),
            Self::Claude(_) => claude::first_cut(text),
        }
    }

    /// The last place where `text` may be cut, other than its ends.
    pub(super) fn last_cut(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::BytePairs(rules, _) => cut::last(rules, text),
            Self::Claude(_) => claude::last_cut(text),
        }
    }

    /// What counts the parts of a text of about `length` bytes.
    pub(super) fn tally(self, path: Path, length: usize) -> Tallying {
        match self {
            Self::BytePairs(rules, vocabulary) => {
                let tally = Tally::new(vocabulary, path, length);
                Tallying::BytePairs(Box::new(BytePairs { rules, path, tally }))
            }
            Self::Claude(family) => Tallying::Claude(claude::Tally::new(family, length)),
        }
    }
}

impl Encoding {
    /// The tokens around the only message of a request, a user's, where the encoding itself decides them:
    /// those of Claude's tokenizer, as reconstructed.
    #[must_use]
    pub fn message_frame(self) -> Option<Tokens> {
        match Method::of(self) {
            Method::Claude(family) => Some(Tokens::new(family.frame())),
            Method::BytePairs(..) => None,
        }
    }

    /// Whether its tokens have public ids, which [`Encoding::pieces`] and [`Encoding::encode`] answer.
    #[must_use]
    pub fn has_ids(self) -> bool {
        matches!(Method::of(self), Method::BytePairs(..))
    }
}

/// Counts the parts of a text, one after the other.
#[derive(Debug)]
pub(super) enum Tallying {
    BytePairs(Box<BytePairs>),
    Claude(claude::Tally),
}

/// Counts by merging pairs of bytes.
#[derive(Debug)]
pub(super) struct BytePairs {
    rules: Rules,
    path: Path,
    tally: Tally,
}

impl Tallying {
    /// Counts a part of the text.
    pub(super) fn count(&mut self, text: &[u8], ends: Ends) {
        match self {
            Self::BytePairs(pairs) => {
                let BytePairs { rules, path, tally } = &mut **pairs;
                path.run(Counting { rules: *rules, text, tally });
            }
            Self::Claude(tally) => tally.count(text, ends),
        }
    }

    /// The tokens so far.
    pub(super) fn total(&self) -> u64 {
        match self {
            Self::BytePairs(pairs) => pairs.tally.total(),
            Self::Claude(tally) => tally.total(),
        }
    }
}

/// Counts a part of a text into a tally.
struct Counting<'a> {
    rules: Rules,
    text: &'a [u8],
    tally: &'a mut Tally,
}

impl Job for Counting<'_> {
    type Answer = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a job is compiled for each path")]
    fn run(self, level: impl Level) {
        let Self { rules, text, tally } = self;
        split(rules, level, text, |start, end| tally.piece(text, start, end));
        tally.settle(text);
    }
}
