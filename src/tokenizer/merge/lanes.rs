//! Byte pair encoding of pieces of up to 64 bytes, several side by side.
//!
//! A piece starts as its bytes. As long as two neighbours merge into a token, the two whose token
//! has the lowest id do, the leftmost of equals first. One step needs two look-ups that depend on
//! the step before, so a single piece waits for memory most of the time; lanes take turns: all of them
//! ask, then all of them read.

use crate::tokenizer::path::{Job, Level, Path};
use crate::tokenizer::token::Token;
use crate::tokenizer::vocabulary::borders;
use crate::tokenizer::vocabulary::hash::{IDS, NONE};
use crate::tokenizer::vocabulary::{Pair, Vocabulary};

/// The longest piece of a lane.
pub(crate) const LANE: usize = 64;
/// The places of a lane, with some to spare so that no step needs a branch.
const PLACES: usize = 128;
/// How many lanes take turns. More gain nothing.
const LANES: usize = 16;
/// The first byte of characters of three bytes, and of longer ones.
const WIDE: u8 = 0xe0;
/// No merge, wherever: the least of what [`pack`] makes of [`NONE`].
const NEVER: u32 = NONE << 6;

/// A piece that is being merged.
#[derive(Debug, Clone)]
struct Lane {
    /// The id of the part that starts at this byte, where one starts.
    ids: [u32; PLACES],
    /// What the part that starts here and the next merge into, times 64, plus where it starts.
    merges: [u32; PLACES],
    /// Where parts start, one bit per byte, the first in the lowest bit.
    starts: u64,
    /// The last part that was made.
    new: New,
    /// Whose piece it is.
    piece: usize,
}

/// A part that was just made of two, and what has to be known of it next.
#[derive(Debug, Clone, Copy)]
struct New {
    /// Where it starts.
    at: u32,
    /// Where the part on its left does.
    left: u32,
    with_next: Pair,
    with_left: Pair,
}

impl Lane {
    const EMPTY: Self = Self {
        ids: {
            let mut ids = [0; PLACES];
            ids[LANE] = IDS;
            ids
        },
        merges: [NEVER; PLACES],
        starts: 0,
        new: New { at: 0, left: 0, with_next: Pair::NONE, with_left: Pair::NONE },
        piece: 0,
    };

    fn load(&mut self, vocabulary: &Vocabulary, bytes: &[u8], piece: usize, width: usize) {
        self.piece = piece;
        self.merges[..width].fill(NEVER);
        if bytes[0] >= WIDE && bytes.len() > 4 && self.load_characters(vocabulary, bytes).is_some()
        {
            return;
        }
        self.starts = u64::MAX >> (LANE - bytes.len());
        for (id, byte) in self.ids.iter_mut().zip(bytes) {
            *id = vocabulary.byte(*byte);
        }
        for ((at, merge), pair) in (0..).zip(&mut self.merges).zip(bytes.windows(2)) {
            *merge = pack(vocabulary.byte_pair(pair[0], pair[1]), at);
        }
    }

    /// Begins with characters where each is one token before it merges with others; else none.
    ///
    /// No token begins or ends within them then. So what merges two of them merges whole ones, and has a
    /// higher id than each: in the order of ids, both are there before any merge that it competes with.
    fn load_characters(&mut self, vocabulary: &Vocabulary, bytes: &[u8]) -> Option<()> {
        let marks = vocabulary.borders_at_hand().filter(|_| vocabulary.is_ordered)?;
        if !borders::are_whole(marks, bytes) {
            return None;
        }
        let mut starts = 0;
        let mut left = None;
        let mut start = 0;
        while start < bytes.len() {
            let end = start + borders::length(bytes[start]);
            let id = character(vocabulary, bytes.get(start..end)?)?;
            self.ids[start] = id;
            // A lane has 64 places.
            starts |= 1_u64 << (start % LANE);
            if let Some((at, left_id)) = left {
                self.merges[at] = pack(vocabulary.pair(left_id, id), u32::try_from(at).ok()?);
            }
            left = Some((start, id));
            start = end;
        }
        self.starts = starts;
        Some(())
    }

    /// Goes on with the piece of another lane.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is part of the loop, once for each width")]
    fn take<const WIDTH: usize>(&mut self, other: &Self) {
        self.ids[..WIDTH].copy_from_slice(&other.ids[..WIDTH]);
        self.merges[..WIDTH].copy_from_slice(&other.merges[..WIDTH]);
        (self.starts, self.new, self.piece) = (other.starts, other.new, other.piece);
    }

    /// Does the first merge, and has brought from memory what the new part merges into; answers
    /// whether there was one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is the loop of the engine, once for each width")]
    fn merge<const WIDTH: usize>(&mut self, vocabulary: &Vocabulary) -> bool {
        let first = least::<WIDTH>(&self.merges);
        if first >= NEVER {
            return false;
        }
        let at = first % 64;
        let id = first / 64;
        // The part on the right, which goes, and what is then on the right and on the left. Where
        // there is nothing, `next` is 64, whose id merges with none, and `left` is 127: a place that nobody looks at.
        let after = self.starts & (u64::MAX << at << 1);
        let right = after.trailing_zeros();
        let rest = after & after.wrapping_sub(1);
        let next = rest.trailing_zeros();
        let before = self.starts & !(u64::MAX << at);
        let left = 63_u32.wrapping_sub(before.leading_zeros()) % 128;
        self.starts ^= 1 << (right % 64);
        self.merges[right as usize % PLACES] = NEVER;
        self.ids[at as usize] = id;
        let with_next = vocabulary.pair_of(id, self.ids[next as usize % PLACES]);
        let with_left = vocabulary.pair_of(self.ids[left as usize], id);
        vocabulary.prefetch_pair(with_next);
        vocabulary.prefetch_pair(with_left);
        self.new = New { at, left, with_next, with_left };
        true
    }

    /// Takes in what the new part merges into.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is the loop of the engine, once for each width")]
    fn link(&mut self, vocabulary: &Vocabulary) {
        let New { at, left, with_next, with_left } = self.new;
        self.merges[at as usize % PLACES] = pack(vocabulary.merged(with_next), at);
        self.merges[left as usize % PLACES] = pack(vocabulary.merged(with_left), left);
    }
}

/// The token that the bytes of a character merge into.
#[inline]
fn character(vocabulary: &Vocabulary, bytes: &[u8]) -> Option<u32> {
    let id = match *bytes {
        [first, second, third] => vocabulary.words().character([first, second, third]),
        [first, second] => vocabulary.byte_pair(first, second),
        _ => vocabulary.words().id(bytes)?,
    };
    (id != NONE).then_some(id)
}

#[inline]
fn pack(id: u32, at: u32) -> u32 {
    (id << 6) | (at % 64)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the loop becomes a few vector instructions in place")]
fn least<const WIDTH: usize>(merges: &[u32; PLACES]) -> u32 {
    merges[..WIDTH].iter().fold(NEVER, |least, merge| least.min(*merge))
}

/// The lanes, used again and again.
#[derive(Debug)]
pub(crate) struct Lanes {
    lanes: Vec<Lane>,
    path: Path,
}

/// A piece after its merges.
pub(crate) struct Merged<'a> {
    /// Which of the pieces it is.
    pub(crate) piece: usize,
    starts: u64,
    ids: &'a [u32; PLACES],
}

impl Merged<'_> {
    /// Its tokens, in their order.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = Token> {
        (0..LANE)
            .filter(|start| self.starts >> start & 1 == 1)
            .map(|start| Token { start, id: self.ids[start] })
    }

    /// How many they are.
    pub(crate) fn count(&self) -> u32 {
        self.starts.count_ones()
    }
}

impl Lanes {
    /// Lanes that use the instructions of `path`.
    pub(crate) fn new(path: Path) -> Self {
        Self { lanes: vec![Lane::EMPTY; LANES], path }
    }

    /// Merges every piece, none of them empty and none longer than [`LANE`], and tells each when it
    /// is done, which may be in another order.
    pub(crate) fn merge<'a>(
        &mut self,
        vocabulary: &Vocabulary,
        pieces: impl Iterator<Item = &'a [u8]> + Clone,
        done: impl FnMut(Merged<'_>),
    ) {
        let longest = pieces.clone().map(<[u8]>::len).max().unwrap_or_default();
        let job = Merging { lanes: &mut self.lanes, vocabulary, pieces, done };
        match longest {
            0 => {}
            1..=16 => self.path.run(Within::<16, _>(job)),
            17..=32 => self.path.run(Within::<32, _>(job)),
            _ => self.path.run(Within::<64, _>(job)),
        }
    }
}

/// Pieces to be merged.
struct Merging<'b, P, D> {
    lanes: &'b mut [Lane],
    vocabulary: &'b Vocabulary,
    pieces: P,
    done: D,
}

/// The same of pieces no longer than `WIDTH`.
struct Within<const WIDTH: usize, J>(J);

impl<'a, const WIDTH: usize, P, D> Job for Within<WIDTH, Merging<'_, P, D>>
where
    P: Iterator<Item = &'a [u8]>,
    D: FnMut(Merged<'_>),
{
    type Answer = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a job is compiled for each path")]
    fn run(self, _: impl Level) {
        let Merging { lanes, vocabulary, pieces, mut done } = self.0;
        let mut waiting = pieces.enumerate();
        let mut busy = 0_usize;
        for (lane, (piece, bytes)) in lanes.iter_mut().zip(waiting.by_ref().take(LANES)) {
            lane.load(vocabulary, bytes, piece, WIDTH);
            busy += 1;
        }
        while busy > 0 {
            let mut turn = 0_usize;
            while turn < busy {
                let lane = &mut lanes[turn];
                if lane.merge::<WIDTH>(vocabulary) {
                    turn = turn.wrapping_add(1);
                    continue;
                }
                done(Merged { piece: lane.piece, starts: lane.starts, ids: &lane.ids });
                if let Some((piece, bytes)) = waiting.next() {
                    lane.load(vocabulary, bytes, piece, WIDTH);
                } else {
                    // Those that are busy come first.
                    busy -= 1;
                    if let Ok([lane, last]) = lanes.get_disjoint_mut([turn, busy]) {
                        lane.take::<WIDTH>(last);
                    }
                }
            }
            for lane in &mut lanes[..busy] {
                lane.link(vocabulary);
            }
        }
    }
}
