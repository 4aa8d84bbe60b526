//! The tokens of a vocabulary by their bytes, used where the linker put them, and what they answer.

use super::hash::{IDS, NONE, SHORT, of_long, of_short, of_three, pilot, short_key, slot};
use super::layout::WordTables;
use crate::tokenizer::path::prefetch;

/// The tokens of a vocabulary: see [`WordTables`].
#[derive(Debug)]
pub(crate) struct Words {
    pub(super) short: &'static [[u8; 16]],
    pub(super) short_ids: &'static [[u8; 3]],
    pub(super) short_pilots: &'static [u8],
    pub(super) long: &'static [[u8; 12]],
    pub(super) long_text: &'static [u8],
    pub(super) long_pilots: &'static [u8],
    pub(super) characters: &'static [[u8; 3]; 1 << 16],
    /// How long the longest token is.
    pub(super) longest: usize,
}

impl Words {
    /// Tables that stay until the process ends.
    pub(super) fn of(tables: WordTables) -> Self {
        let length = |slot: &[u8; 12]| slot.as_chunks::<4>().0[1];
        let lengths = tables.long.iter().map(|slot| u32::from_le_bytes(length(slot)) as usize);
        Self {
            longest: lengths.max().unwrap_or_default().max(SHORT),
            short: tables.short.leak(),
            short_ids: tables.short_ids.leak(),
            short_pilots: tables.short_pilots.pilots.leak(),
            long: tables.long.leak(),
            long_text: tables.long_text.leak(),
            long_pilots: tables.long_pilots.pilots.leak(),
            characters: all(tables.characters.leak()),
        }
    }

    /// The bytes of its tokens.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &[u8]> {
        let short = self.short.iter().map(|slot| &slot[..usize::from(slot[SHORT])]);
        let long = (0..self.long.len()).filter_map(|slot| {
            let [start, length, _] = self.long_slot(slot);
            self.long_text.get(start..start + length)
        });
        short.chain(long)
    }

    /// Where a short key stands if it is a token, by its hash.
    #[inline]
    pub(crate) fn short_slot(&self, hash: u64) -> usize {
        place(hash, self.short_pilots, self.short.len())
    }

    /// Has what [`Words::is_short`] reads brought from memory.
    #[inline]
    pub(crate) fn prefetch_short(&self, slot: usize) {
        prefetch(&self.short[slot]);
    }

    /// Whether the key in that slot is this one.
    #[inline]
    pub(crate) fn is_short(&self, key: u128, slot: usize) -> bool {
        u128::from_le_bytes(self.short[slot]) == key
    }

    /// The id of the token in that slot.
    #[inline]
    fn short_id(&self, slot: usize) -> u32 {
        let [low, middle, high] = self.short_ids[slot];
        u32::from_le_bytes([low, middle, high, 0])
    }

    /// The id of the token that these bytes are.
    pub(crate) fn id(&self, piece: &[u8]) -> Option<u32> {
        if piece.len() <= SHORT {
            let key = short_key(piece);
            let slot = self.short_slot(of_short(key));
            return self.is_short(key, slot).then(|| self.short_id(slot));
        }
        let slot = place(of_long(piece), self.long_pilots, self.long.len());
        let [start, length, id] = self.long_slot(slot);
        let text = self.long_text.get(start..start + length)?;
        (text == piece).then_some(u32::try_from(id).unwrap_or(NONE))
    }

    /// Whether these bytes are one token.
    #[inline]
    pub(crate) fn contains(&self, piece: &[u8]) -> bool {
        if piece.len() > self.longest {
            return false;
        }
        if piece.len() <= SHORT {
            let key = short_key(piece);
            return self.is_short(key, self.short_slot(of_short(key)));
        }
        self.id(piece).is_some()
    }

    fn long_slot(&self, slot: usize) -> [usize; 3] {
        let (numbers, _) = self.long[slot].as_chunks::<4>();
        [0, 1, 2].map(|i| u32::from_le_bytes(numbers[i]) as usize)
    }

    /// The id of a character of three bytes, or [`NONE`].
    #[inline]
    pub(crate) fn character(&self, bytes: [u8; 3]) -> u32 {
        let [low, middle, high] = self.characters[of_three(bytes)];
        let id = u32::from_le_bytes([low, middle, high, 0]);
        if id < IDS { id } else { NONE }
    }
}

/// The slot of a hash in a table.
#[inline]
fn place(hash: u64, pilots: &[u8], slots: usize) -> usize {
    slot(hash, pilots[pilot(hash, pilots.len())], slots)
}

/// A table that has one size in every vocabulary, so that looking up in it needs no check.
pub(super) const fn all<T, const SIZE: usize>(table: &'static [T]) -> &'static [T; SIZE] {
    let Some(table) = table.as_array() else { unreachable!() };
    table
}
