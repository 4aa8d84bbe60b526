//! The ways to count: by merging pairs of bytes, as most vocabularies do, or as Claude does.

use super::claude;
use super::claude::Ends;
use super::definition::Definition;
use super::encoding::Encoding;
use super::path::{Job, Level, Path};
use super::pattern::{Form, Pieces, Rules, cut, split};
use super::tally::Tally;
use super::vocabulary::{
    CL100K_BASE, DEEPSEEK_V3, GEMMA3, GLM4, GLM5, KIMI_K2, LLAMA3, MINIMAX_M2, O200K_BASE,
    P50K_BASE, QWEN2, QWEN3_5, R50K_BASE, TEKKEN,
};
use crate::units::Tokens;

/// How an encoding counts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    /// Pieces by a pattern, and pairs of bytes merged within them.
    BytePairs(Definition),
    /// The fewest pieces of a vocabulary.
    Claude(claude::Family),
}

impl Method {
    /// That of an encoding. A vocabulary that is not laid out by the build script is laid out when it
    /// is first asked for.
    pub(super) fn of(encoding: Encoding) -> Self {
        let (vocabulary, rules) = match encoding {
            Encoding::ClaudeV3 => return Self::Claude(claude::Family::V3),
            Encoding::ClaudeV47 => return Self::Claude(claude::Family::V4_7),
            Encoding::ClaudeV48 => return Self::Claude(claude::Family::V4_8),
            Encoding::Custom(custom) => return Self::BytePairs(custom.definition()),
            Encoding::Cl100kBase => (CL100K_BASE.vocabulary(), Rules::Cl100k),
            // These differ in their special tokens only.
            Encoding::P50kBase | Encoding::P50kEdit => (P50K_BASE.vocabulary(), Rules::Gpt2),
            Encoding::R50kBase => (R50K_BASE.vocabulary(), Rules::Gpt2),
            Encoding::DeepSeekV3 => (DEEPSEEK_V3.vocabulary(), Rules::DeepSeek),
            Encoding::Gemma3 => (GEMMA3.vocabulary(), Rules::Gemma),
            Encoding::Glm4 => (GLM4.vocabulary(), Rules::Llama3),
            Encoding::Glm5 => (GLM5.vocabulary(), Rules::Llama3),
            Encoding::KimiK2 => (KIMI_K2.vocabulary(), Rules::Kimi),
            Encoding::Llama3 => (LLAMA3.vocabulary(), Rules::Llama3),
            Encoding::MiniMaxM2 => (MINIMAX_M2.vocabulary(), Rules::O200k),
            Encoding::Qwen2 => (QWEN2.vocabulary(), Rules::Qwen2),
            Encoding::Qwen35 => (QWEN3_5.vocabulary(), Rules::Qwen35),
            Encoding::Tekken => (TEKKEN.vocabulary(), Rules::Tekken),
            // These differ in their special tokens only.
            Encoding::O200kBase | Encoding::O200kHarmony => (O200K_BASE.vocabulary(), Rules::O200k),
        };
        let form = match encoding {
            Encoding::Qwen2 | Encoding::Qwen35 => Form::Composed,
            Encoding::Gemma3 => Form::Spaced,
            _ => Form::AsIs,
        };
        Self::BytePairs(Definition { vocabulary, rules, form })
    }

    /// The first place where `text` may be cut, other than its ends.
    pub(super) fn first_cut(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::BytePairs(Definition { rules, .. }) => cut::first(rules, text),
            Self::Claude(_) => claude::first_cut(text),
        }
    }

    /// The last place where `text` may be cut, other than its ends.
    pub(super) fn last_cut(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::BytePairs(Definition { rules, .. }) => cut::last(rules, text),
            Self::Claude(_) => claude::last_cut(text),
        }
    }

    /// What counts the parts of a text of about `length` bytes.
    pub(super) fn tally(self, path: Path, length: usize) -> Tallying {
        match self {
            Self::BytePairs(Definition { vocabulary, rules, form }) => {
                let tally = Tally::new(vocabulary, path, length);
                Tallying::BytePairs(Box::new(BytePairs { rules, form, path, tally }))
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
        !matches!(self, Self::ClaudeV3 | Self::ClaudeV47 | Self::ClaudeV48)
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
    form: Form,
    path: Path,
    tally: Tally,
}

impl Tallying {
    /// Counts a part of the text.
    pub(super) fn count(&mut self, text: &[u8], ends: Ends) {
        match self {
            Self::BytePairs(pairs) => {
                let BytePairs { rules, form, path, tally } = &mut **pairs;
                // Where a text may be cut, no character is composed with one before it.
                let formed = form.of(text);
                let text = formed.as_deref().map_or(text, str::as_bytes);
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
        split(rules, level, text, Counted { text, tally });
        tally.settle(text);
    }
}

/// Counts the pieces of a text.
struct Counted<'a> {
    text: &'a [u8],
    tally: &'a mut Tally,
}

impl Pieces for Counted<'_> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is the loop of the engine")]
    fn piece(&mut self, start: usize, end: usize) {
        self.tally.piece(self.text, start, end);
    }
}
