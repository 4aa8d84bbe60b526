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

/// Longer pieces in entries of `SIZE` bytes: the piece, its length, its count.
#[derive(Debug)]
pub(super) struct WideCache<const SIZE: usize> {
    entries: Vec<[u8; SIZE]>,
    shift: u32,
}

impl<const SIZE: usize> WideCache<SIZE> {
    /// The longest piece that fits.
    pub(super) const LONGEST: usize = SIZE - 2;

    /// A cache of `2^bits` places.
    pub(super) fn new(bits: u32) -> Self {
        Self { entries: vec![[0; SIZE]; 1 << bits], shift: 32 - bits }
    }

    /// The number of tokens of this piece, where it is known.
    pub(super) fn count(&self, piece: &[u8], hash: u64) -> Option<u64> {
        let entry = &self.entries[place(hash, self.shift)];
        let known = usize::from(entry[SIZE - 2]) == piece.len() && entry[..piece.len()] == *piece;
        known.then(|| u64::from(entry[SIZE - 1]))
    }

    /// Remembers that this piece has `count` tokens.
    pub(super) fn insert(&mut self, piece: &[u8], hash: u64, count: usize) {
        let (Ok(length), Ok(count)) = (u8::try_from(piece.len()), u8::try_from(count)) else {
            return;
        };
        let entry = &mut self.entries[place(hash, self.shift)];
        entry[..piece.len()].copy_from_slice(piece);
        entry[SIZE - 2] = length;
        entry[SIZE - 1] = count;
    }
}

/// The place of a hash, from its upper half.
#[inline]
fn place(hash: u64, shift: u32) -> usize {
    // The shift is below 32.
    ((hash >> 32) as usize).wrapping_shr(shift)
}
