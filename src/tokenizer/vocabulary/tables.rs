//! The merges of a vocabulary, used where the linker put them, and what they answer.

use std::hint::select_unpredictable;
use std::sync::OnceLock;

use super::borders::{self, Marks};
use super::hash::{NONE, PAIR_PILOTS, of_pair, pair_key, pair_of_word, pair_pilot, pair_slot};
use super::layout::{Found, MergeTables, Pilots, WordTables};
use super::recipe::Recipe;
use super::words::{Words, all};
#[cfg(feature = "laid-out")]
use crate::tokenizer::embedded::embedded;
use crate::tokenizer::path::prefetch;

/// The tables of one vocabulary: see [`MergeTables`]. Those of a vocabulary that is not laid out by the build
/// script are laid out when they are asked for and stay until the process ends.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    pairs: &'static [[u8; 8]],
    pair_pilots: &'static [u8; PAIR_PILOTS],
    pair_shift: u32,
    bytes: &'static [[u8; 4]; 1 << 8],
    byte_pairs: &'static [[u8; 4]; 1 << 16],
    /// From which id on the published id is another, and which: by the first of them. None where they
    /// are the same.
    published: &'static [(u32, u32)],
    /// Whether every token is younger than its parts.
    pub(crate) is_ordered: bool,
    /// What the build script has laid out besides.
    laid_out: Option<(Words, &'static Marks)>,
    /// What else the rest is laid out of.
    recipe: Recipe,
    pilots: (Option<Found>, Option<Found>),
    words: OnceLock<Words>,
    /// Between which characters tokens go on.
    marks: OnceLock<Vec<[u8; 8]>>,
}

/// The longest token of OpenAI's vocabularies is 128 spaces.
#[cfg(feature = "laid-out")]
const LONGEST: usize = 128;

#[cfg(feature = "laid-out")]
macro_rules! vocabulary {
    ($name:literal) => {
        Vocabulary {
            pairs: embedded!($name, ".pairs").as_chunks().0,
            pair_pilots: all(embedded!($name, ".pair_pilots")),
            pair_shift: 32 - (embedded!($name, ".pairs").len() / 8).ilog2(),
            bytes: all(embedded!($name, ".bytes").as_chunks().0),
            byte_pairs: all(embedded!($name, ".byte_pairs").as_chunks().0),
            published: &[],
            is_ordered: true,
            laid_out: Some((
                Words {
                    short: embedded!($name, ".short").as_chunks().0,
                    short_ids: embedded!($name, ".short_ids").as_chunks().0,
                    short_pilots: embedded!($name, ".short_pilots"),
                    long: embedded!($name, ".long").as_chunks().0,
                    long_text: embedded!($name, ".long_text"),
                    long_pilots: embedded!($name, ".long_pilots"),
                    characters: all(embedded!($name, ".characters").as_chunks().0),
                    longest: LONGEST,
                },
                all(embedded!($name, ".borders").as_chunks().0),
            )),
            recipe: Recipe::EMPTY,
            pilots: (None, None),
            words: OnceLock::new(),
            marks: OnceLock::new(),
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
    /// A vocabulary whose tables stay until the process ends, of a recipe and pilots that were made of these very
    /// tables.
    pub(super) fn of(recipe: Recipe, pilots: Pilots) -> Result<Self, String> {
        Self::with(recipe, Some(pilots.pairs), (Some(pilots.short), Some(pilots.long)))
    }

    /// The same of any recipe, all of which is tried.
    pub(crate) fn checked(recipe: Recipe) -> Result<Self, String> {
        let vocabulary = Self::with(recipe, None, (None, None))?;
        let words = Words::of(WordTables::of(&vocabulary.recipe, None, None)?);
        Ok(Self { words: OnceLock::from(words), ..vocabulary })
    }

    fn with(
        recipe: Recipe,
        pairs: Option<Found>,
        pilots: (Option<Found>, Option<Found>),
    ) -> Result<Self, String> {
        let tables = MergeTables::of(&recipe, pairs)?;
        Ok(Self {
            pair_shift: 32 - tables.pairs.len().ilog2(),
            pairs: tables.pairs.leak(),
            pair_pilots: all(tables.pilots.pilots.leak()),
            bytes: all(tables.bytes.leak()),
            byte_pairs: all(tables.byte_pairs.leak()),
            published: recipe.published.clone().leak(),
            is_ordered: tables.is_ordered,
            laid_out: None,
            recipe,
            pilots,
            words: OnceLock::new(),
            marks: OnceLock::new(),
        })
    }

    /// Its tokens by their bytes.
    #[inline]
    pub(crate) fn words(&self) -> &Words {
        match &self.laid_out {
            Some((words, _)) => words,
            None => self.words.get_or_init(|| {
                let (short, long) = self.pilots.clone();
                let tables = WordTables::of(&self.recipe, short, long);
                // A test lays out each that the program carries; of others this is tried when they are read.
                Words::of(tables.unwrap_or_else(|e| unreachable!("a vocabulary is damaged: {e}")))
            }),
        }
    }

    /// The same, where they are there or must be: merging makes every token, and laying them out takes longer than merging
    /// the pieces of a short text.
    #[inline]
    pub(crate) fn words_at_hand(&self) -> Option<&Words> {
        match &self.laid_out {
            Some((words, _)) => Some(words),
            None if self.is_merged() => self.words.get(),
            None => Some(self.words()),
        }
    }

    /// Whether merges make every token, so that a piece may be parted where none of them goes on.
    fn is_merged(&self) -> bool {
        self.recipe.whole.is_empty()
    }

    /// Between which characters tokens go on, where a piece may be parted.
    #[inline]
    pub(crate) fn borders(&self) -> Option<&Marks> {
        match self.laid_out {
            Some((_, marks)) => Some(marks),
            None if self.is_merged() => {
                self.marks.get_or_init(|| borders::marks(self.words().tokens())).as_array()
            }
            None => None,
        }
    }

    /// The same, where they are there.
    #[inline]
    pub(crate) fn borders_at_hand(&self) -> Option<&Marks> {
        match self.laid_out {
            Some((_, marks)) => Some(marks),
            None => self.marks.get()?.as_array(),
        }
    }

    /// The id under which a token was published.
    pub(crate) fn published(&self, id: u32) -> u32 {
        let after = self.published.partition_point(|(first, _)| *first <= id);
        let run = after.checked_sub(1).map(|run| self.published[run]);
        run.map_or(id, |(first, published)| published + (id - first))
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
