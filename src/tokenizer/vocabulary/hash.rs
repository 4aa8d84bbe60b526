//! Where a key is in a perfect hash table, the same for the build script that lays the tables
//! out and for the engine that reads them.
//!
//! A table is an array of slots and an array of pilots of one byte. A key's hash names its pilot; hash
//! and pilot together name its slot (hash and displace). The build script has searched, for every group
//! of keys that share a pilot, a value of it that puts them into free slots, so one probe decides.

/// The first id of `p50k_base` that `r50k_base`, its beginning, does not have.
pub(crate) const R50K_BASE: u32 = 50_256;
/// Ids must be below this: a pair and what it becomes share a slot of 64 bits.
pub(crate) const IDS: u32 = (1 << ID_BITS) - 1;
const ID_BITS: u32 = 21;
/// No id: where two tokens do not merge. It leaves six bits above for a place.
pub(crate) const NONE: u32 = u32::MAX >> 6;
/// The longest token that fits into a 16-byte slot beside its length.
pub(crate) const SHORT: usize = 15;

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
const LOW: u64 = 0xa076_1d64_78bd_642f;
const HIGH: u64 = 0xe703_7ed1_a0b4_28db;

/// The key of a piece of at most [`SHORT`] bytes: its bytes, and its length from bit 120 on.
#[inline]
pub(crate) fn short_key(piece: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    bytes[..piece.len()].copy_from_slice(piece);
    u128::from_le_bytes(bytes) | (piece.len() as u128) << 120
}

/// The hash of a short key.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the two halves of a product are folded")]
pub(crate) fn of_short(key: u128) -> u64 {
    fold(key as u64 ^ LOW, (key >> 64) as u64 ^ HIGH)
}

/// The number of a character of three bytes, below 2^16.
#[inline]
pub(crate) fn of_three([first, second, third]: [u8; 3]) -> usize {
    usize::from(first & 0x0f) << 12 | usize::from(second & 0x3f) << 6 | usize::from(third & 0x3f)
}

/// The hash of a longer piece.
#[inline]
pub(crate) fn of_long(piece: &[u8]) -> u64 {
    let (chunks, rest) = piece.as_chunks();
    let mut hash = fold(piece.len() as u64 ^ LOW, HIGH);
    for chunk in chunks {
        hash = fold(hash ^ u64::from_le_bytes(*chunk), HIGH);
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    fold(hash ^ u64::from_le_bytes(last), LOW)
}

/// The key of a pair of neighbours, by their ids.
#[inline]
pub(crate) fn pair_key(left: u32, right: u32) -> u64 {
    u64::from(left) << ID_BITS | u64::from(right)
}

/// What a slot holds: the key of a pair, and the id that it merges into.
#[inline]
pub(crate) fn pair_word(key: u64, id: u32) -> u64 {
    key << ID_BITS | u64::from(id)
}

/// The key and the id in a slot; an empty one has a key that no pair has.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the id is the lowest bits")]
pub(crate) fn pair_of_word(word: u64) -> (u64, u32) {
    (word >> ID_BITS, word as u32 & IDS)
}

/// How many pilots a table of pairs has.
pub(crate) const PAIR_PILOTS: usize = 1 << 16;

/// The hash of a pair. Merging waits for these look-ups, so they take the fewest steps that do.
#[inline]
pub(crate) fn of_pair(key: u64) -> u64 {
    key.wrapping_mul(MIX)
}

/// Which of [`PAIR_PILOTS`] pilots the hash of a pair uses.
#[inline]
pub(crate) fn pair_pilot(hash: u64) -> usize {
    (hash >> 48) as usize
}

/// Which of `2^(32 - shift)` slots the hash of a pair means under its pilot.
#[inline]
pub(crate) fn pair_slot(hash: u64, pilot: u8, shift: u32) -> usize {
    // The shift is below 32.
    (((hash ^ u64::from(pilot)).wrapping_mul(HIGH) >> 32) as usize).wrapping_shr(shift)
}

/// Which of `pilots` pilots a hash uses.
#[inline]
pub(crate) fn pilot(hash: u64, pilots: usize) -> usize {
    scale(hash >> 32, pilots)
}

/// Which of `slots` slots a hash means under its pilot.
#[inline]
pub(crate) fn slot(hash: u64, pilot: u8, slots: usize) -> usize {
    let mixed = (hash ^ u64::from(pilot).wrapping_mul(HIGH)).wrapping_mul(MIX);
    scale(mixed >> 32, slots)
}

/// A number of 32 bits on the scale of `0..count`.
#[inline]
fn scale(number: u64, count: usize) -> usize {
    // A table has fewer than 2^32 slots.
    (number.wrapping_mul(count as u64) >> 32) as usize
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the two halves of a product are folded")]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}
