//! The number of tokens of pieces: a cache first, then the vocabulary, then merging what is left.
//!
//! The loop of the engine adds without asking whether a sum fits, which would take a tenth of the time: places are
//! in the text, and a text has no more tokens than bytes.

use super::cache::{LongCache, MiddleCache, ShortCache};
use super::merge::Long;
use super::merge::{LANE, Lanes};
use super::path::{Job, Level, Path};
use super::vocabulary::Vocabulary;
use super::vocabulary::borders::{Borders, Marks, each_border};
use super::vocabulary::hash::{NONE, SHORT, of_long, of_short, short_key};

/// How many pieces are looked up in the cache together. What the look-ups read is asked for before the
/// first of them, so that they wait for memory together.
const AHEAD: usize = 64;
/// How many that are not there are looked up in the vocabulary together, at least.
const QUEUE: usize = 64;
/// And at most.
const MOST: usize = QUEUE + AHEAD;

/// After how many pieces that are not in the cache a vocabulary that is not laid out yet has its tokens laid out, which
/// takes as long as merging about as many.
const MANY: usize = 1 << 13;

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
    path: Path,
    short: ShortCache,
    middle: MiddleCache,
    long: LongCache,
    lanes: Lanes,
    encoder: Long,
    /// Short pieces that are not looked up in the cache yet; the first `ahead` of them.
    asked: [Short; AHEAD],
    ahead: usize,
    /// Short pieces that are not in the cache.
    queue: Vec<Short>,
    /// Pieces that fit into a lane and wait.
    lane_queue: Vec<Place>,
    /// How many short pieces were not in the cache.
    unknown: usize,
    total: u64,
}

impl Tally {
    /// A tally with caches for a text of about `length` bytes: a small one touches little memory.
    pub(super) fn new(vocabulary: &'static Vocabulary, path: Path, length: usize) -> Self {
        let bits = match length {
            0..=0x1000 => 8,
            0x1001..=0x1_0000 => 11,
            0x1_0001..=0x2_0000 => 12,
            0x2_0001..=0x8_0000 => 13,
            0x8_0001..=0x20_0000 => 15,
            _ => 16,
        };
        Self {
            vocabulary,
            path,
            short: ShortCache::new(bits),
            middle: MiddleCache::new(bits - 4),
            long: LongCache::new(bits - 7),
            lanes: Lanes::new(path),
            encoder: Long::default(),
            asked: [Short::default(); AHEAD],
            ahead: 0,
            queue: Vec::with_capacity(MOST),
            lane_queue: Vec::with_capacity(QUEUE),
            unknown: 0,
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
        if end.wrapping_sub(start) > SHORT {
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
        self.ahead = self.ahead.wrapping_add(1);
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
            total = count.wrapping_add(total);
            // A branch on whether the piece was known would often be guessed wrong.
            unknown[unknowns % AHEAD] = i;
            unknowns = usize::from(count == 0).wrapping_add(unknowns);
        }
        self.total = self.total.wrapping_add(total);
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
        self.unknown = self.unknown.saturating_add(queue.len());
        let words =
            if self.unknown < MANY { vocabulary.words_at_hand() } else { Some(vocabulary.words()) };
        if let Some(words) = words {
            let mut slots = [0; MOST];
            for (slot, Short { hash, .. }) in slots.iter_mut().zip(&queue) {
                *slot = words.short_slot(*hash);
                words.prefetch_short(*slot);
            }
            let mut slots = slots.iter();
            queue.retain(|Short { key, hash, .. }| {
                let is_token = slots.next().is_some_and(|slot| words.is_short(*key, *slot));
                if is_token {
                    self.short.insert(*key, *hash, 1);
                    self.total += 1;
                }
                !is_token
            });
        }
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
        let vocabulary = self.vocabulary;
        match is_dense(place.of(text)).then(|| vocabulary.borders()).flatten() {
            Some(marks) => self.path.run(Parting { tally: self, text, place, marks }),
            None => self.whole(text, place),
        }
    }

    /// Counts a part of a piece.
    #[inline]
    fn part(&mut self, text: &[u8], place: Place) {
        match *place.of(text) {
            [0xe0..0xf0, second, third] => {
                let character = [text[place.start], second, third];
                let count = match self.vocabulary.words().character(character) {
                    NONE => few(self.vocabulary, character),
                    _ => 1,
                };
                self.total = self.total.wrapping_add(count);
            }
            ref part if part.len() <= SHORT => self.ask(text, place),
            _ => self.whole(text, place),
        }
    }

    fn whole(&mut self, text: &[u8], place: Place) {
        let piece = place.of(text);
        if piece.len() > LongCache::LONGEST {
            self.total += self.encode(piece) as u64;
            return;
        }
        let hash = of_long(piece);
        if piece.len() <= MiddleCache::LONGEST {
            if let Some(count) = self.middle.count(piece, hash) {
                self.total += count;
                return;
            }
            if is_run(piece) {
                let count = self.encode(piece);
                self.middle.insert(piece, hash, count);
                self.total += count as u64;
                return;
            }
            self.lane_queue.push(place);
            if self.lane_queue.len() == QUEUE {
                self.settle_lanes(text);
            }
            return;
        }
        self.total += self.long.count(piece, hash).unwrap_or_else(|| {
            let count = self.encode(piece) as u64;
            self.long.insert(piece, hash, count);
            count
        });
    }

    /// The number of tokens of a piece that is not known.
    fn encode(&mut self, piece: &[u8]) -> usize {
        if self.vocabulary.words_at_hand().is_some_and(|words| words.contains(piece)) {
            return 1;
        }
        self.encoder.encode(self.vocabulary, &mut self.lanes, piece).len()
    }

    #[inline(never)]
    fn settle_lanes(&mut self, text: &[u8]) {
        let mut queue = std::mem::take(&mut self.lane_queue);
        let words = self.vocabulary.words_at_hand();
        queue.retain(|place| {
            let piece = place.of(text);
            let is_token = words.is_some_and(|words| words.contains(piece));
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

/// Parts a piece where no token goes on, so that most of it is short and known.
struct Parting<'a> {
    tally: &'a mut Tally,
    text: &'a [u8],
    place: Place,
    marks: &'a Marks,
}

impl Job for Parting<'_> {
    type Answer = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a job is compiled for each path")]
    fn run(self, _: impl Level) {
        let Self { tally, text, place, marks } = self;
        let mut parted = Parted { tally, text, piece: place.start, start: place.start };
        each_border(marks, place.of(text), &mut parted);
        parted.tally.part(text, Place { start: parted.start, ..place });
    }
}

/// What is taken in of a piece.
struct Parted<'a> {
    tally: &'a mut Tally,
    text: &'a [u8],
    /// Where the piece starts.
    piece: usize,
    /// Where the part starts whose end is next.
    start: usize,
}

impl Borders for Parted<'_> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for each path")]
    fn border(&mut self, at: usize, is_open: bool) {
        if is_open {
            let end = self.piece.wrapping_add(at);
            self.tally.part(self.text, Place { start: self.start, end });
            self.start = end;
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for each path")]
    fn row(&mut self, at: usize, open: u64, tokens: u64) {
        let Some(last) = open.checked_ilog2() else { return };
        let place = |number: u32| self.piece.wrapping_add(at).wrapping_add(3 * number as usize);
        let first = Place { start: self.start, end: place(open.trailing_zeros()) };
        // Characters alone between two open borders need no look-up, and no branch that is often guessed wrong.
        let alone = open & open >> 1;
        let mut others = alone & !tokens;
        let mut longer = open & !alone & !(1 << last);
        let mut total = u64::from((alone & tokens).count_ones());
        while others != 0 {
            let start = place(others.trailing_zeros());
            let bytes = self.text[start..].first_chunk().copied().unwrap_or_default();
            total += few(self.tally.vocabulary, bytes);
            others &= others.wrapping_sub(1);
        }
        self.tally.total = self.tally.total.wrapping_add(total);
        while longer != 0 {
            let number = longer.trailing_zeros();
            // The next open border.
            let after = open & (u64::MAX << number << 1);
            self.tally.part(
                self.text,
                Place { start: place(number), end: place(after.trailing_zeros()) },
            );
            longer &= longer.wrapping_sub(1);
        }
        self.start = place(last);
        self.tally.part(self.text, first);
    }
}

/// Whether a piece is one byte again and again.
fn is_run(piece: &[u8]) -> bool {
    piece[1..] == piece[..piece.len() - 1]
}

/// The number of tokens of three bytes that are none together.
fn few(vocabulary: &Vocabulary, [first, second, third]: [u8; 3]) -> u64 {
    let left = vocabulary.byte_pair(first, second);
    let right = vocabulary.byte_pair(second, third);
    if left == NONE && right == NONE { 3 } else { 2 }
}

/// Whether a long piece is of a script in which few long pieces come again, because it writes no spaces
/// between words; or of symbols.
fn is_dense(piece: &[u8]) -> bool {
    let start = usize::from(piece[0].is_ascii());
    match piece[start..] {
        [0xe3..=0xe9 | 0xef, ..] => true,
        [0xe0, second, ..] => second >= 0xb8,
        _ => piece[usize::from(piece[0] == b' ')].is_ascii_punctuation(),
    }
}

/// The key of a short piece; in the middle of a text one load and a mask.
#[inline]
fn key_at(text: &[u8], place: Place) -> u128 {
    let length = place.end.wrapping_sub(place.start);
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
