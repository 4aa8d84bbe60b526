//! The number of tokens of pieces: a cache first, then the vocabulary, then merging what is left.

use super::cache::{ShortCache, WideCache};
use super::merge::Long;
use super::merge::{LANE, Lanes};
use super::path::Path;
use super::vocabulary::Vocabulary;
use super::vocabulary::borders::{is_open, length};
use super::vocabulary::hash::{SHORT, of_long, of_short, short_key};

/// How many pieces are looked up in the cache together. What the look-ups read is asked for before the
/// first of them, so that they wait for memory together.
const AHEAD: usize = 64;
/// How many that are not there are looked up in the vocabulary together, at least.
const QUEUE: usize = 64;
/// And at most.
const MOST: usize = QUEUE + AHEAD;

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

/// A short piece.
#[derive(Debug, Clone, Copy, Default)]
struct Short {
    key: u128,
    hash: u64,
    place: Place,
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
    /// Short pieces that are not looked up in the cache yet; the first `ahead` of them.
    asked: [Short; AHEAD],
    ahead: usize,
    /// Short pieces that are not in the cache.
    queue: Vec<Short>,
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
            asked: [Short::default(); AHEAD],
            ahead: 0,
            queue: Vec::with_capacity(MOST),
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
        } else {
            self.ask(text, place);
        }
    }

    /// Has a short piece looked up in the cache with others.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is the loop of the engine")]
    fn ask(&mut self, text: &[u8], place: Place) {
        let key = key_at(text, place);
        let hash = of_short(key);
        self.short.prefetch(hash);
        self.asked[self.ahead % AHEAD] = Short { key, hash, place };
        self.ahead += 1;
        if self.ahead == AHEAD {
            self.answer(text);
        }
    }

    /// Looks up in the cache what was asked.
    #[inline(never)]
    fn answer(&mut self, text: &[u8]) {
        let asked = &self.asked[..std::mem::take(&mut self.ahead)];
        let mut unknown = [0; AHEAD];
        let mut unknowns = 0;
        let mut total = 0;
        for (i, Short { key, hash, .. }) in asked.iter().enumerate() {
            let count = self.short.count(*key, *hash);
            total += count;
            // A branch on whether the piece was known would often be guessed wrong.
            unknown[unknowns % AHEAD] = i;
            unknowns += usize::from(count == 0);
        }
        self.total += total;
        self.queue.extend(unknown[..unknowns].iter().map(|i| asked[*i]));
        if self.queue.len() >= QUEUE {
            self.settle_short(text);
        }
    }

    /// Counts what waits.
    pub(super) fn settle(&mut self, text: &[u8]) {
        self.answer(text);
        self.settle_short(text);
        self.settle_lanes(text);
    }

    #[inline(never)]
    fn settle_short(&mut self, text: &[u8]) {
        let mut queue = std::mem::take(&mut self.queue);
        let vocabulary = self.vocabulary;
        let mut slots = [0; MOST];
        for (slot, Short { hash, .. }) in slots.iter_mut().zip(&queue) {
            *slot = vocabulary.short_slot(*hash);
            vocabulary.prefetch_short(*slot);
        }
        let mut slots = slots.iter();
        queue.retain(|Short { key, hash, .. }| {
            let is_token = slots.next().is_some_and(|slot| vocabulary.is_short(*key, *slot));
            if is_token {
                self.short.insert(*key, *hash, 1);
                self.total += 1;
            }
            !is_token
        });
        let pieces = queue.iter().map(|short| short.place.of(text));
        self.lanes.merge(vocabulary, pieces, |merged| {
            let Short { key, hash, .. } = queue[merged.piece];
            self.short.insert(key, hash, merged.count());
            self.total += u64::from(merged.count());
        });
        queue.clear();
        self.queue = queue;
    }

    #[inline(never)]
    fn longer(&mut self, text: &[u8], place: Place) {
        let borders = self.vocabulary.borders;
        let piece = place.of(text);
        if !borders.is_empty() && (is_unspaced(piece) || is_long_symbols(piece)) {
            self.part(text, place, borders);
        } else {
            self.whole(text, place);
        }
    }

    /// Parts a piece where no token goes on, so that most of it is short and known.
    fn part(&mut self, text: &[u8], place: Place, borders: &[u8]) {
        let (mut start, mut left) = (place.start, place.start);
        let mut at = start + length(text[start]);
        while at < place.end {
            let next = at + length(text[at]);
            if is_open(borders, &text[left..at], &text[at..next]) {
                self.parted(text, Place { start, end: at });
                start = at;
            }
            (left, at) = (at, next);
        }
        self.parted(text, Place { start, end: place.end });
    }

    fn parted(&mut self, text: &[u8], place: Place) {
        if place.end - place.start > SHORT {
            self.whole(text, place);
        } else {
            self.ask(text, place);
        }
    }

    fn whole(&mut self, text: &[u8], place: Place) {
        let piece = place.of(text);
        if piece.len() > WideCache::<256>::LONGEST {
            self.total += self.encode(piece) as u64;
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
            let count = self.encode(piece);
            self.wide.insert(piece, hash, count);
            count as u64
        });
    }

    /// The number of tokens of a piece that is not known.
    fn encode(&mut self, piece: &[u8]) -> usize {
        if piece.len() <= self.vocabulary.longest && self.vocabulary.contains(piece) {
            return 1;
        }
        self.long.encode(self.vocabulary, &mut self.lanes, piece).len()
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

/// Whether a long piece is of a script without spaces, in which few pieces come again: Chinese, kana,
/// Thai and Lao, or what is as wide.
fn is_unspaced(piece: &[u8]) -> bool {
    let start = usize::from(piece[0].is_ascii());
    match piece[start..] {
        [0xe3..=0xe9 | 0xef, ..] => true,
        [0xe0, second, ..] => second >= 0xb8,
        _ => false,
    }
}

/// Whether a piece is a long run of ASCII symbols, whose parts are mostly one symbol over and over.
fn is_long_symbols(piece: &[u8]) -> bool {
    piece.len() > LANE && piece[usize::from(piece[0] == b' ')].is_ascii_punctuation()
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
