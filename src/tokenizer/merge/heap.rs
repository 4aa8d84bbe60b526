//! Byte pair encoding of a piece of any length, in a time of n log n.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::tokenizer::token::Token;
use crate::tokenizer::vocabulary::Vocabulary;
use crate::tokenizer::vocabulary::hash::NONE;

/// A part of the piece, linked to its neighbours by where they start.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// [`NONE`] once the part on its left has taken it in.
    id: u32,
    left: u32,
    right: u32,
}

/// The parts and possible merges of a piece, kept for the next.
#[derive(Debug, Default)]
pub(super) struct Heap {
    parts: Vec<Part>,
    /// The id that two parts merge into, where the left one starts, and the ids of both.
    merges: BinaryHeap<Reverse<(u32, u32, u32, u32)>>,
}

impl Heap {
    /// Appends the tokens of `piece` to `tokens`.
    #[expect(clippy::cast_possible_truncation, reason = "pieces are shorter than 4 GB")]
    pub(super) fn merge(&mut self, vocabulary: &Vocabulary, piece: &[u8], tokens: &mut Vec<Token>) {
        let end = piece.len() as u32;
        self.parts.clear();
        self.parts.extend((0..).zip(piece).map(|(at, byte)| Part {
            id: vocabulary.byte(*byte),
            left: u32::wrapping_sub(at, 1),
            right: at + 1,
        }));
        let pairs = (0..).zip(piece.windows(2)).filter_map(|(at, pair)| {
            let id = vocabulary.byte_pair(pair[0], pair[1]);
            (id != NONE)
                .then(|| Reverse((id, at, vocabulary.byte(pair[0]), vocabulary.byte(pair[1]))))
        });
        // Taking over a filled vector makes a heap of it in linear time.
        let mut merges = std::mem::take(&mut self.merges).into_vec();
        merges.clear();
        merges.extend(pairs);
        self.merges = BinaryHeap::from(merges);
        while let Some(Reverse((id, at, left_id, right_id))) = self.merges.pop() {
            let part = self.parts[at as usize];
            // One of the two has merged with another since.
            if part.id != left_id
                || part.right == end
                || self.parts[part.right as usize].id != right_id
            {
                continue;
            }
            let right = self.parts[part.right as usize].right;
            self.parts[part.right as usize].id = NONE;
            self.parts[at as usize] = Part { id, right, ..part };
            if right != end {
                self.parts[right as usize].left = at;
                self.offer(vocabulary, at, right);
            }
            if at != 0 {
                self.offer(vocabulary, part.left, at);
            }
        }
        let mut at = 0;
        while at != end {
            let part = self.parts[at as usize];
            tokens.push(Token { start: at as usize, id: part.id });
            at = part.right;
        }
    }

    fn offer(&mut self, vocabulary: &Vocabulary, left: u32, right: u32) {
        let (left_id, right_id) = (self.parts[left as usize].id, self.parts[right as usize].id);
        let id = vocabulary.pair(left_id, right_id);
        if id != NONE {
            self.merges.push(Reverse((id, left, left_id, right_id)));
        }
    }
}
