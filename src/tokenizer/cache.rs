//! Counts of pieces that came before, found again by their bytes, never by a fingerprint of them.
//!
//! Each cache has one place per hash: what comes later takes it over. Text repeats its words so much
//! that almost every piece is found here, and that decides the speed of the engine.

use std::hint::select_unpredictable;

use super::path::prefetch;

/// Where the count of a short piece stands in its entry, above the key.
const COUNT: u32 = 124;
/// The bits of the key.
const KEY: u128 = (1 << COUNT) - 1;

/// Short pieces: the key and the count in 16 bytes, so that a look-up is one comparison.
#[derive(Debug)]
pub(super) struct ShortCache {
    entries: Vec<u128>,
    shift: u32,
}

impl ShortCache {
    /// A cache of `2^bits` places. Its memory is not touched before it is used.
    pub(super) fn new(bits: u32) -> Self {
        Self { entries: vec![0; 1 << bits], shift: 32 - bits }
    }

    /// Has what [`ShortCache::count`] reads brought from memory.
    #[inline]
    pub(super) fn prefetch(&self, hash: u64) {
        prefetch(&self.entries[place(hash, self.shift)]);
    }

    /// The number of tokens of this key, or 0 when it is not here.
    #[inline]
    pub(super) fn count(&self, key: u128, hash: u64) -> u64 {
        let entry = self.entries[place(hash, self.shift)];
        let count = (entry >> COUNT) as u64;
        // No branch: it would often be guessed wrong.
        select_unpredictable(entry & KEY == key, count, 0)
    }

    /// Remembers that this key has `count` tokens.
    #[inline]
    pub(super) fn insert(&mut self, key: u128, hash: u64, count: u32) {
        self.entries[place(hash, self.shift)] = key | u128::from(count) << COUNT;
    }
}

/// Longer pieces in entries of 64 bytes: the piece, its length, its count.
#[derive(Debug)]
pub(super) struct MiddleCache {
    entries: Vec<[u8; 64]>,
    shift: u32,
}

impl MiddleCache {
    /// The longest piece that fits.
    pub(super) const LONGEST: usize = 62;

    /// A cache of `2^bits` places.
    pub(super) fn new(bits: u32) -> Self {
        Self { entries: vec![[0; 64]; 1 << bits], shift: 32 - bits }
    }

    /// The number of tokens of this piece, where it is known.
    pub(super) fn count(&self, piece: &[u8], hash: u64) -> Option<u64> {
        let entry = &self.entries[place(hash, self.shift)];
        let known = usize::from(entry[62]) == piece.len() && entry[..piece.len()] == *piece;
        known.then(|| u64::from(entry[63]))
    }

    /// Remembers that this piece has `count` tokens.
    pub(super) fn insert(&mut self, piece: &[u8], hash: u64, count: usize) {
        let (Ok(length), Ok(count)) = (u8::try_from(piece.len()), u8::try_from(count)) else {
            return;
        };
        let entry = &mut self.entries[place(hash, self.shift)];
        entry[..piece.len()].copy_from_slice(piece);
        entry[62] = length;
        entry[63] = count;
    }
}

/// Pieces that are longer still, each in memory of its own: long names, rulers of drawn tables.
#[derive(Debug)]
pub(super) struct LongCache {
    entries: Vec<(Box<[u8]>, u64)>,
    shift: u32,
}

impl LongCache {
    /// The longest piece that is remembered; this bounds the memory.
    pub(super) const LONGEST: usize = 4096;

    /// A cache of `2^bits` places.
    pub(super) fn new(bits: u32) -> Self {
        Self { entries: vec![Default::default(); 1 << bits], shift: 32 - bits }
    }

    /// The number of tokens of this piece, which is not empty, where it is known.
    pub(super) fn count(&self, piece: &[u8], hash: u64) -> Option<u64> {
        let (known, count) = &self.entries[place(hash, self.shift)];
        (**known == *piece).then_some(*count)
    }

    /// Remembers that this piece has `count` tokens.
    pub(super) fn insert(&mut self, piece: &[u8], hash: u64, count: u64) {
        self.entries[place(hash, self.shift)] = (piece.into(), count);
    }
}

/// The place of a hash, from its upper half.
#[inline]
fn place(hash: u64, shift: u32) -> usize {
    // The shift is below 32.
    ((hash >> 32) as usize).wrapping_shr(shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_known_by_its_bytes_and_takes_the_place_of_another() {
        let (ruler, other) = ("─".repeat(92), "═".repeat(92));
        let mut long = LongCache::new(2);
        let mut middle = MiddleCache::new(2);
        long.insert(ruler.as_bytes(), 7, 23);
        middle.insert(b"a name of sixteen bytes", 7, 5);
        assert_eq!(long.count(ruler.as_bytes(), 7), Some(23));
        assert_eq!(middle.count(b"a name of sixteen bytes", 7), Some(5));
        assert_eq!(long.count(other.as_bytes(), 7), None);
        assert_eq!(long.count(&ruler.as_bytes()[..273], 7), None);
        assert_eq!(middle.count(b"a name of sixteen byte", 7), None);
        long.insert(other.as_bytes(), 7, 300);
        assert_eq!(long.count(other.as_bytes(), 7), Some(300));
        assert_eq!(long.count(ruler.as_bytes(), 7), None);
    }
}
