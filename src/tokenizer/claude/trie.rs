//! The pieces of a vocabulary as a trie, and the least number of them that make up a run.

use super::property::{BASE, BEGIN, BEGINNING, END, LABEL, PIECE};

/// Pieces by their bytes: a slot is found at the base of the one before it XOR the next byte, and is
/// meant if it says this byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trie {
    slots: &'static [[u8; 4]],
}

/// No piece is longer.
const LONGEST: usize = 128;
/// No way leads here.
const UNREACHED: u32 = u32::MAX;

impl Trie {
    /// A trie as the build script lays it out.
    pub(super) const fn new(bytes: &'static [u8]) -> Self {
        Self { slots: bytes.as_chunks().0 }
    }

    /// The slot at a place; what lies outside is empty.
    #[inline]
    fn slot(self, place: usize) -> u32 {
        self.slots.get(place).map_or(0, |slot| u32::from_le_bytes(*slot))
    }

    /// Takes from the middle of a run of one ASCII character, which may have marks at its ends, as many of
    /// its longest piece as are part of a best cover; answers how many.
    ///
    /// Among as many shorter pieces as the longest has characters there are some whose lengths sum up to a
    /// multiple of it, and the longest makes up the same with fewer pieces. So a best cover has fewer
    /// shorter ones, which make up less than the square of its length, and one more at each end.
    pub(super) fn shorten(self, run: &mut Vec<u8>) -> u64 {
        let start = usize::from(run.first() == Some(&BEGIN));
        let end = run.len() - usize::from(run.last() == Some(&END));
        let Some([first, others @ ..]) = run.get(start..end) else { return 0 };
        let longest = self.longest(*first);
        let kept = longest * longest + 2 * LONGEST;
        let is_worth_it = others.len() > kept && first.is_ascii();
        if !is_worth_it || others.iter().any(|byte| byte != first) {
            return 0;
        }
        let pieces = (others.len() - kept) / longest;
        run.drain(start..start + pieces * longest);
        pieces as u64
    }

    /// The length of the longest piece that is one byte over and over, at least 1.
    fn longest(self, byte: u8) -> usize {
        let mut longest = 1;
        let mut base = self.slot(0) >> BASE;
        let mut length = 0;
        loop {
            let slot = self.slot(base as usize ^ usize::from(byte));
            if slot & LABEL != u32::from(byte) {
                return longest;
            }
            length += 1;
            if slot & PIECE != 0 {
                longest = length;
            }
            base = slot >> BASE;
        }
    }

    /// The least number of tokens that `run`, marks and whole characters, can be made of. Each piece
    /// is one token; a character that no piece has is one for its longest known beginning, and one
    /// for each byte after that. `least` is room to work in.
    pub(super) fn least(self, run: &[u8], least: &mut Vec<u32>) -> u32 {
        least.clear();
        least.resize(run.len() + 1, UNREACHED);
        least[0] = 0;
        let mut at = 0;
        while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
            let width = width(rest[0]).min(rest.len());
            let cost = least[at] + 1;
            // A character that no piece has is not worth more than its bytes.
            let mut beginning = 1;
            let mut is_piece = false;
            let mut base = self.slot(0) >> BASE;
            for (i, byte) in rest.iter().enumerate() {
                let slot = self.slot(base as usize ^ usize::from(*byte));
                if slot & LABEL != u32::from(*byte) {
                    break;
                }
                let length = i + 1;
                if slot & BEGINNING != 0 && length < width {
                    beginning = length;
                }
                if slot & PIECE != 0 {
                    is_piece |= length == width;
                    let end = &mut least[at + length];
                    *end = cost.min(*end);
                }
                base = slot >> BASE;
            }
            if !is_piece {
                let cost = cost + u32::try_from(width - beginning).unwrap_or(UNREACHED);
                let end = &mut least[at + width];
                *end = cost.min(*end);
            }
            at += width;
        }
        least[run.len()]
    }
}

/// How many bytes the character has that begins with this one.
#[inline]
pub(super) fn width(lead: u8) -> usize {
    match lead {
        0..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
    }
}
