//! The generations of Claude's tokenizer.

use super::trie::Trie;
use crate::tokenizer::embedded::embedded;

/// A generation of the tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Claude 3 to Opus 4.6.
    V3,
    /// Opus 4.7.
    V4_7,
    /// Opus 4.8 and later: the pieces of 4.7 in another frame.
    V4_8,
}

static V3: &[u8] = embedded!("claude.v3");
static V4_7: &[u8] = embedded!("claude.v4_7");

impl Family {
    /// Tokens around the only message of a request, a user's.
    pub(crate) const fn frame(self) -> u64 {
        match self {
            Self::V3 => 7,
            Self::V4_7 => 11,
            Self::V4_8 => 6,
        }
    }

    /// Its pieces.
    pub(super) const fn trie(self) -> Trie {
        match self {
            Self::V3 => Trie::new(V3),
            Self::V4_7 | Self::V4_8 => Trie::new(V4_7),
        }
    }

    /// Whether a mark before a word says that all its letters are capitals.
    pub(super) const fn has_caps(self) -> bool {
        matches!(self, Self::V3)
    }

    /// Whether curly quotes become straight ones.
    pub(super) const fn folds_quotes(self) -> bool {
        matches!(self, Self::V3)
    }

    /// Whether the frame before a message ends in the mark with which a word begins.
    pub(super) const fn frame_begins_word(self) -> bool {
        matches!(self, Self::V3 | Self::V4_7)
    }
}
