//! A text into pieces, by the quickest way that the processor has.

use super::encoding::Encoding;
use super::scan;

/// The splitting pattern of an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    Gpt2,
    Cl100k,
    O200k,
}

impl Rules {
    /// The pattern of an encoding.
    pub(super) fn of(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Cl100kBase => Self::Cl100k,
            Encoding::O200kBase | Encoding::O200kHarmony => Self::O200k,
            Encoding::P50kBase | Encoding::P50kEdit | Encoding::R50kBase => Self::Gpt2,
        }
    }

    /// Where the piece that starts at `at`, before the end of the text, ends.
    pub(super) fn end(self, text: &[u8], at: usize) -> usize {
        match self {
            Self::Gpt2 => scan::gpt2(text, at),
            Self::Cl100k => scan::cl100k(text, at),
            Self::O200k => scan::o200k(text, at),
        }
    }
}
