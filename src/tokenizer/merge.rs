//! Byte pair encoding of pieces of up to 64 bytes, several side by side.
//!
//! A piece starts as its bytes. As long as two neighbours merge into a token, the two whose token
//! has the lowest id do, the leftmost of equals first. One step needs two look-ups that depend on
//! the step before, so a single piece waits for memory most of the time; lanes take turns and wait
//! together.

use super::token::Token;
use super::vocabulary::{NONE, Vocabulary};

/// The longest piece of a lane.
pub(super) const LANE: usize = 64;
/// How many lanes take turns. More than four gain little, eight nothing more.
const LANES: usize = 8;
/// No merge.
const NEVER: u32 = u32::MAX;

/// A piece that is being merged.
#[derive(Debug, Clone)]
struct Lane {
    /// The id of the part that starts at this byte, where one starts.
    ids: [u32; LANE],
    /// What the part that starts here and the next merge into, times 64, plus where it starts.
    merges: [u32; LANE],
    /// Where parts start, one bit per byte, the first in the lowest bit.
    starts: u64,
    /// Whose piece it is.
    piece: usize,
}

impl Lane {
    const EMPTY: Self = Self { ids: [NONE; LANE], merges: [NEVER; LANE], starts: 0, piece: 0 };

    fn load(&mut self, vocabulary: &Vocabulary, bytes: &[u8], piece: usize, width: usize) {
        self.piece = piece;
        self.starts = u64::MAX >> (LANE - bytes.len());
        for (id, byte) in self.ids.iter_mut().zip(bytes) {
            *id = vocabulary.byte(*byte);
        }
        self.merges[..width].fill(NEVER);
        for ((at, merge), pair) in (0..).zip(&mut self.merges).zip(bytes.windows(2)) {
            *merge = pack(vocabulary.byte_pair(pair[0], pair[1]), at);
        }
    }

    /// Does the first merge; answers whether there was one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is the loop of the engine, once for each width")]
    fn step<const WIDTH: usize>(&mut self, vocabulary: &Vocabulary) -> bool {
        let first = least::<WIDTH>(&self.merges);
        if first == NEVER {
            return false;
        }
        let at = first % 64;
        let id = first / 64;
        // The part on the right, which goes, and the one after it; none is 64.
        let after = self.starts & (u64::MAX << at << 1);
        let right = after.trailing_zeros();
        let rest = after & after.wrapping_sub(1);
        let next = rest.trailing_zeros();
        let before = self.starts & !(u64::MAX << at);
        self.starts &= !(1 << right);
        self.merges[right as usize % LANE] = NEVER;
        self.ids[at as usize] = id;
        let with_next = vocabulary.pair(id, self.ids[next as usize % LANE]);
        self.merges[at as usize] = if rest == 0 { NEVER } else { pack(with_next, at) };
        let left = (before | 1).ilog2();
        let with_left = vocabulary.pair(self.ids[left as usize], id);
        if before != 0 {
            self.merges[left as usize] = pack(with_left, left);
        }
        true
    }
}

#[inline]
fn pack(id: u32, at: u32) -> u32 {
    if id == NONE { NEVER } else { id << 6 | at }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the loop becomes a few vector instructions in place")]
fn least<const WIDTH: usize>(merges: &[u32; LANE]) -> u32 {
    merges[..WIDTH].iter().fold(NEVER, |least, merge| least.min(*merge))
}

/// The lanes, used again and again.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Vec<Lane>,
}

/// A piece after its merges.
pub(super) struct Merged<'a> {
    /// Which of the pieces it is.
    pub(super) piece: usize,
    starts: u64,
    ids: &'a [u32; LANE],
}

impl Merged<'_> {
    /// Its tokens, in their order.
    pub(super) fn tokens(&self) -> impl Iterator<Item = Token> {
        (0..LANE)
            .filter(|start| self.starts >> start & 1 == 1)
            .map(|start| Token { start, id: self.ids[start] })
    }

    /// How many they are.
    pub(super) fn count(&self) -> u32 {
        self.starts.count_ones()
    }
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self { lanes: vec![Lane::EMPTY; LANES] }
    }

    /// Merges every piece, none of them empty and none longer than [`LANE`], and tells each when it
    /// is done, which may be in another order.
    pub(super) fn merge<'a>(
        &mut self,
        vocabulary: &Vocabulary,
        pieces: impl Iterator<Item = &'a [u8]> + Clone,
        done: impl FnMut(Merged<'_>),
    ) {
        match pieces.clone().map(<[u8]>::len).max().unwrap_or_default() {
            0 => {}
            1..=16 => self.merge_within::<16>(vocabulary, pieces, done),
            17..=32 => self.merge_within::<32>(vocabulary, pieces, done),
            _ => self.merge_within::<64>(vocabulary, pieces, done),
        }
    }

    fn merge_within<'a, const WIDTH: usize>(
        &mut self,
        vocabulary: &Vocabulary,
        pieces: impl Iterator<Item = &'a [u8]>,
        mut done: impl FnMut(Merged<'_>),
    ) {
        let mut waiting = pieces.enumerate();
        let mut busy = 0;
        for (lane, (piece, bytes)) in self.lanes.iter_mut().zip(waiting.by_ref().take(LANES)) {
            lane.load(vocabulary, bytes, piece, WIDTH);
            busy += 1;
        }
        while busy > 0 {
            let mut lane = 0;
            while lane < busy {
                let current = &mut self.lanes[lane];
                if current.step::<WIDTH>(vocabulary) {
                    lane += 1;
                    continue;
                }
                done(Merged { piece: current.piece, starts: current.starts, ids: &current.ids });
                if let Some((piece, bytes)) = waiting.next() {
                    current.load(vocabulary, bytes, piece, WIDTH);
                } else {
                    busy -= 1;
                    self.lanes.swap(lane, busy);
                }
            }
        }
    }
}
