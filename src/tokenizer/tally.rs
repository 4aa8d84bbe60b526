//! The number of tokens of pieces: a cache first, then the vocabulary, then merging what is left.

use super::cache::{ShortCache, WideCache};
use super::hash::{SHORT, of_long, of_short, short_key};
use super::long::Long;
use super::merge::{LANE, Lanes};
use super::path::Path;
use super::vocabulary::Vocabulary;

/// How many pieces that are not in the cache wait to be looked up together, so that the look-ups
/// wait for memory together.
const QUEUE: usize = 32;
/// The longest token of all vocabularies is 128 spaces; no longer piece is looked up.
const LONGEST_TOKEN: usize = 128;

/// Where a piece stands in the text.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    start: usize,
    end: usize,
}

impl Place {
    fn of(self, text: &[u8]) -> &[u8] {
        &text[self.start..self.end]
    }
}

/// Counts tokens piece by piece.
#[derive(Debug)]
pub(super) struct Tally {
    vocabulary: &'static Vocabulary,
    short: ShortCache,
    middle: WideCache<64>,
    wide: WideCache<256>,
    lanes: Lanes,
    long: Long,
    /// Short pieces that wait; the first `waiting` of them.
    queue: [Place; QUEUE],
    waiting: usize,
    /// Pieces that fit into a lane and wait.
    lane_queue: Vec<Place>,
    total: u64,
}

impl Tally {
    /// A tally with caches for a text of about `length` bytes: a small one touches little memory.
    pub(super) fn new(vocabulary: &'static Vocabulary, path: Path, length: usize) -> Self {
        let bits = match length {
            0..=0x1000 => 8,
            0x1001..=0x1_0000 => 11,
            0x1_0001..=0x8_0000 => 13,
            0x8_0001..=0x20_0000 => 15,
            _ => 16,
        };
        Self {
            vocabulary,
            short: ShortCache::new(bits),
            middle: WideCache::new(bits - 4),
            wide: WideCache::new(bits - 7),
            lanes: Lanes::new(path),
            long: Long::default(),
            queue: [Place::default(); QUEUE],
            waiting: 0,
            lane_queue: Vec::with_capacity(QUEUE),
            total: 0,
        }
    }

    /// The tokens so far; no piece may wait.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Takes in the piece `text[start..end]`. Until [`Tally::settle`] the text must stay the same.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is the loop of the engine")]
    pub(super) fn piece(&mut self, text: &[u8], start: usize, end: usize) {
        let place = Place { start, end };
        if end - start > SHORT {
            self.longer(text, place);
            return;
        }
        let key = key_at(text, place);
        let count = self.short.count(key, of_short(key));
        self.total += count;
        // A branch on whether the piece was known would often be guessed wrong.
        self.queue[self.waiting % QUEUE] = place;
        self.waiting += usize::from(count == 0);
        if self.waiting == QUEUE {
            self.settle_short(text);
        }
    }

    /// Counts what waits.
    pub(super) fn settle(&mut self, text: &[u8]) {
        self.settle_short(text);
        self.settle_lanes(text);
    }

    #[inline(never)]
    fn settle_short(&mut self, text: &[u8]) {
        let waiting = self.waiting;
        self.waiting = 0;
        let mut keys = [(0, 0); QUEUE];
        let mut are_tokens = [false; QUEUE];
        // No branch in this loop depends on what it loads, so that the loads wait together.
        for i in 0..waiting {
            let key = key_at(text, self.queue[i]);
            let hash = of_short(key);
            keys[i] = (key, hash);
            are_tokens[i] = self.vocabulary.is_short(key, self.vocabulary.short_slot(hash));
        }
        let mut merge = [0; QUEUE];
        let mut merges = 0;
        for (i, ((key, hash), is_token)) in keys.iter().zip(are_tokens).enumerate().take(waiting) {
            if is_token {
                self.short.insert(*key, *hash, 1);
                self.total += 1;
            }
            merge[merges % QUEUE] = i;
            merges += usize::from(!is_token);
        }
        let (queue, merge) = (&self.queue, &merge[..merges]);
        let pieces = merge.iter().map(|i| queue[*i].of(text));
        self.lanes.merge(self.vocabulary, pieces, |merged| {
            let (key, hash) = keys[merge[merged.piece]];
            self.short.insert(key, hash, merged.count());
            self.total += u64::from(merged.count());
        });
    }

    #[inline(never)]
    fn longer(&mut self, text: &[u8], place: Place) {
        let piece = place.of(text);
        if piece.len() > WideCache::<256>::LONGEST {
            self.total += self.long.encode(self.vocabulary, &mut self.lanes, piece).len() as u64;
            return;
        }
        let hash = of_long(piece);
        if piece.len() <= WideCache::<64>::LONGEST {
            if let Some(count) = self.middle.count(piece, hash) {
                self.total += count;
                return;
            }
            self.lane_queue.push(place);
            if self.lane_queue.len() == QUEUE {
                self.settle_lanes(text);
            }
            return;
        }
        self.total += self.wide.count(piece, hash).unwrap_or_else(|| {
            let is_token = piece.len() <= LONGEST_TOKEN && self.vocabulary.contains(piece);
            let count = if is_token {
                1
            } else {
                self.long.encode(self.vocabulary, &mut self.lanes, piece).len()
            };
            self.wide.insert(piece, hash, count);
            count as u64
        });
    }

    #[inline(never)]
    fn settle_lanes(&mut self, text: &[u8]) {
        let mut queue = std::mem::take(&mut self.lane_queue);
        queue.retain(|place| {
            let piece = place.of(text);
            let is_token = self.vocabulary.contains(piece);
            if is_token {
                self.middle.insert(piece, of_long(piece), 1);
                self.total += 1;
            }
            !is_token
        });
        // Lanes are as wide as their longest piece.
        queue.sort_unstable_by_key(|place| place.end - place.start);
        let narrow = queue.partition_point(|place| place.end - place.start <= LANE / 2);
        for places in [&queue[..narrow], &queue[narrow..]] {
            let pieces = places.iter().map(|place| place.of(text));
            self.lanes.merge(self.vocabulary, pieces, |merged| {
                let piece = places[merged.piece].of(text);
                self.middle.insert(piece, of_long(piece), merged.count() as usize);
                self.total += u64::from(merged.count());
            });
        }
        queue.clear();
        self.lane_queue = queue;
    }
}

/// The key of a short piece; in the middle of a text one load and a mask.
#[inline]
fn key_at(text: &[u8], place: Place) -> u128 {
    let length = place.end - place.start;
    match text[place.start..].first_chunk() {
        Some(bytes) => {
            let (mask, length) = MASKS[length % MASKS.len()];
            u128::from_le_bytes(*bytes) & mask | length
        }
        None => short_key(place.of(text)),
    }
}

/// For each length the bytes of a key, and the length where the key has it.
static MASKS: [(u128, u128); SHORT + 1] = {
    let mut masks = [(0, 0); SHORT + 1];
    let mut length = 0;
    while length <= SHORT {
        masks[length] = ((1 << (8 * length)) - 1, (length as u128) << 120);
        length += 1;
    }
    masks
};
