//! The tables of a vocabulary, used where the linker put them, and what they answer.

use std::hint::select_unpredictable;
use std::sync::OnceLock;

use super::borders::{self, Marks};
use super::hash::{
    IDS, NONE, PAIR_PILOTS, SHORT, of_long, of_pair, of_short, of_three, pair_key, pair_of_word,
    pair_pilot, pair_slot, pilot, short_key, slot,
};
use super::layout::{Layout, Pilots};
use super::recipe::Recipe;
#[cfg(feature = "laid-out")]
use crate::tokenizer::embedded::embedded;
use crate::tokenizer::path::prefetch;

/// The tables of one vocabulary: see [`Layout`]. Those of a vocabulary that is not laid out by the build
/// script are laid out when they are asked for and stay until the process ends.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    short: &'static [[u8; 16]],
    short_ids: &'static [[u8; 3]],
    short_pilots: &'static [u8],
    long: &'static [[u8; 12]],
    long_text: &'static [u8],
    long_pilots: &'static [u8],
    pairs: &'static [[u8; 8]],
    pair_pilots: &'static [u8; PAIR_PILOTS],
    pair_shift: u32,
    bytes: &'static [[u8; 4]; 1 << 8],
    byte_pairs: &'static [[u8; 4]; 1 << 16],
    characters: &'static [[u8; 3]; 1 << 16],
    /// From which id on the published id is another, and which: by the first of them. None where they
    /// are the same.
    published: &'static [(u32, u32)],
    /// Whether every token is younger than its parts.
    pub(crate) is_ordered: bool,
    /// Whether a piece may be parted where no token goes on.
    is_merged: bool,
    /// Between which characters tokens go on, once that was asked for or where the build script has laid it out.
    marks: OnceLock<Vec<[u8; 8]>>,
    laid_out_marks: Option<&'static Marks>,
    /// How long the longest token is.
    pub(crate) longest: usize,
}

/// The longest token of OpenAI's vocabularies is 128 spaces.
#[cfg(feature = "laid-out")]
const LONGEST: usize = 128;

#[cfg(feature = "laid-out")]
macro_rules! vocabulary {
    ($name:literal) => {
        Vocabulary {
            short: embedded!($name, ".short").as_chunks().0,
            short_ids: embedded!($name, ".short_ids").as_chunks().0,
            short_pilots: embedded!($name, ".short_pilots"),
            long: embedded!($name, ".long").as_chunks().0,
            long_text: embedded!($name, ".long_text"),
            long_pilots: embedded!($name, ".long_pilots"),
            pairs: embedded!($name, ".pairs").as_chunks().0,
            pair_pilots: all(embedded!($name, ".pair_pilots")),
            pair_shift: 32 - (embedded!($name, ".pairs").len() / 8).ilog2(),
            bytes: all(embedded!($name, ".bytes").as_chunks().0),
            byte_pairs: all(embedded!($name, ".byte_pairs").as_chunks().0),
            characters: all(embedded!($name, ".characters").as_chunks().0),
            published: &[],
            is_ordered: true,
            is_merged: true,
            marks: OnceLock::new(),
            laid_out_marks: embedded!($name, ".borders").as_chunks().0.first_chunk(),
            longest: LONGEST,
        }
    };
}

#[cfg(feature = "laid-out")]
pub(crate) static O200K_BASE: LaidOut = LaidOut(vocabulary!("o200k_base"));

/// A vocabulary whose tables are in the program.
#[cfg(feature = "laid-out")]
pub(crate) struct LaidOut(Vocabulary);

#[cfg(feature = "laid-out")]
impl LaidOut {
    /// Its tables.
    pub(crate) fn vocabulary(&'static self) -> &'static Vocabulary {
        &self.0
    }
}

impl Vocabulary {
    /// A vocabulary whose tables stay until the process ends: all of a recipe.
    pub(crate) fn of(recipe: Recipe, pilots: Option<Pilots>) -> Result<Self, String> {
        let layout = Layout::of(&recipe, pilots)?;
        let pair_shift = 32 - layout.pairs.len().ilog2();
        let length = |slot: &[u8; 12]| slot.as_chunks::<4>().0[1];
        let lengths = layout.long.iter().map(|slot| u32::from_le_bytes(length(slot)) as usize);
        let longest = lengths.max().unwrap_or_default().max(SHORT);
        Ok(Self {
            short: layout.short.leak(),
            short_ids: layout.short_ids.leak(),
            short_pilots: layout.pilots.short.pilots.leak(),
            long: layout.long.leak(),
            long_text: layout.long_text.leak(),
            long_pilots: layout.pilots.long.pilots.leak(),
            pairs: layout.pairs.leak(),
            pair_pilots: all(layout.pilots.pairs.pilots.leak()),
            pair_shift,
            bytes: all(layout.bytes.leak()),
            byte_pairs: all(layout.byte_pairs.leak()),
            characters: all(layout.characters.leak()),
            published: recipe.published.leak(),
            is_ordered: layout.is_ordered,
            is_merged: layout.is_merged,
            marks: OnceLock::new(),
            laid_out_marks: None,
            longest,
        })
    }

    /// Between which characters tokens go on, where a piece may be parted.
    #[inline]
    pub(crate) fn borders(&self) -> Option<&Marks> {
        match self.laid_out_marks {
            None if self.is_merged => {
                self.marks.get_or_init(|| borders::marks(self.tokens())).first_chunk()
            }
            marks => marks,
        }
    }

    /// The bytes of its tokens.
    fn tokens(&self) -> impl Iterator<Item = &[u8]> {
        let short = self.short.iter().map(|slot| &slot[..usize::from(slot[SHORT])]);
        let long = (0..self.long.len()).filter_map(|slot| {
            let [start, length, _] = self.long_slot(slot);
            self.long_text.get(start..start + length)
        });
        short.chain(long)
    }

    /// The id under which a token was published.
    pub(crate) fn published(&self, id: u32) -> u32 {
        let after = self.published.partition_point(|(first, _)| *first <= id);
        let run = after.checked_sub(1).map(|run| self.published[run]);
        run.map_or(id, |(first, published)| published + (id - first))
    }

    /// Where a short key stands if it is a token, by its hash.
    #[inline]
    pub(crate) fn short_slot(&self, hash: u64) -> usize {
        place(hash, self.short_pilots, self.short.len())
    }

    /// Has what [`Vocabulary::is_short`] reads brought from memory.
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

    /// The id of a byte.
    #[inline]
    pub(crate) fn byte(&self, byte: u8) -> u32 {
        u32::from_le_bytes(self.bytes[usize::from(byte)])
    }

    /// What two bytes merge into, or [`NONE`].
    #[inline]
    pub(crate) fn byte_pair(&self, left: u8, right: u8) -> u32 {
        let pair = usize::from(left) << 8 | usize::from(right);
        u32::from_le_bytes(self.byte_pairs[pair])
    }

    /// The id of a character of three bytes, or [`NONE`].
    #[inline]
    pub(crate) fn character(&self, bytes: [u8; 3]) -> u32 {
        let [low, middle, high] = self.characters[of_three(bytes)];
        let id = u32::from_le_bytes([low, middle, high, 0]);
        if id < IDS { id } else { NONE }
    }

    /// What two tokens merge into, or [`NONE`].
    #[inline]
    pub(crate) fn pair(&self, left: u32, right: u32) -> u32 {
        self.merged(self.pair_of(left, right))
    }

    /// Two tokens, and where they stand if they merge.
    #[inline]
    pub(crate) fn pair_of(&self, left: u32, right: u32) -> Pair {
        let key = pair_key(left, right);
        let hash = of_pair(key);
        let slot = pair_slot(hash, self.pair_pilots[pair_pilot(hash)], self.pair_shift);
        Pair { key, slot }
    }

    /// Has what [`Vocabulary::merged`] reads brought from memory.
    #[inline]
    pub(crate) fn prefetch_pair(&self, pair: Pair) {
        prefetch(&self.pairs[pair.slot]);
    }

    /// What the pair merges into, or [`NONE`].
    #[inline]
    pub(crate) fn merged(&self, pair: Pair) -> u32 {
        let (key, id) = pair_of_word(u64::from_le_bytes(self.pairs[pair.slot]));
        // Not a branch: half of them would be guessed wrong, and wait for memory to be so.
        select_unpredictable(key == pair.key, id, NONE)
    }
}

/// Two neighbours, and where they stand if they merge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    key: u64,
    slot: usize,
}

impl Pair {
    /// No pair: nothing has this key.
    pub(crate) const NONE: Self = Self { key: u64::MAX, slot: 0 };
}

/// A table that has one size in every vocabulary, so that looking up in it needs no check.
const fn all<T, const SIZE: usize>(table: &'static [T]) -> &'static [T; SIZE] {
    let Some(table) = table.as_array() else { unreachable!() };
    table
}

/// The slot of a hash in a table.
#[inline]
fn place(hash: u64, pilots: &[u8], slots: usize) -> usize {
    slot(hash, pilots[pilot(hash, pilots.len())], slots)
}
