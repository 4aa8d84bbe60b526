//! The tables of one vocabulary, laid out of its tokens and of what merges into them.

use super::hash::{
    IDS, NONE, PAIR_PILOTS, SHORT, of_long, of_pair, of_short, of_three, pair_key, pair_pilot,
    pair_slot, pair_word, pilot, slot,
};
use super::perfect::Plan;
use super::recipe::Recipe;
use super::spelling::Spellings;

/// How many tokens are single bytes.
const BYTES: usize = 256;
/// The id of the first merge.
const FIRST: u32 = 256;
/// What three bytes of an id are where there is none.
const NO_ID: [u8; 3] = [u8::MAX; 3];
/// How often a table is tried in more space before it is given up.
const TRIES: usize = 4;

/// The pilots and the number of slots of a table, found once and kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) slots: u32,
    pub(crate) pilots: Vec<u8>,
}

/// What was found of the three tables of a vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pilots {
    pub(crate) short: Found,
    pub(crate) long: Found,
    pub(crate) pairs: Found,
}

/// What merging looks up; `tables.rs` reads it.
#[derive(Debug)]
pub(crate) struct MergeTables {
    /// Pairs with what they merge into.
    pub(crate) pairs: Vec<[u8; 8]>,
    pub(crate) pilots: Found,
    /// The ids of single bytes.
    pub(crate) bytes: Vec<[u8; 4]>,
    /// What every two bytes merge into.
    pub(crate) byte_pairs: Vec<[u8; 4]>,
    /// Whether every token is younger than its parts.
    pub(crate) is_ordered: bool,
}

/// The tokens by their bytes; `words.rs` reads them.
#[derive(Debug, Default)]
pub(crate) struct WordTables {
    /// Tokens of at most 15 bytes: slots of 16 bytes.
    pub(crate) short: Vec<[u8; 16]>,
    /// The ids of those in 3 bytes each.
    pub(crate) short_ids: Vec<[u8; 3]>,
    pub(crate) short_pilots: Found,
    /// Longer tokens: slots of where they start, how long they are, and their id.
    pub(crate) long: Vec<[u8; 12]>,
    pub(crate) long_pilots: Found,
    /// Their bytes in a row.
    pub(crate) long_text: Vec<u8>,
    /// The ids of the characters of three bytes, by their number.
    pub(crate) characters: Vec<[u8; 3]>,
}

impl MergeTables {
    /// Lays out the merges of a recipe, under pilots that were found before or ones that it searches for.
    ///
    /// Each of the 256 bytes is a token. Every token of several bytes that merging makes has one of the merges, its last,
    /// and its id is the place of that among all.
    pub(crate) fn of(recipe: &Recipe, found: Option<Found>) -> Result<Self, String> {
        let Recipe { bytes, merges, whole, .. } = recipe;
        if bytes.len() != BYTES {
            return Err(format!("{} of {BYTES} bytes are tokens", bytes.len()));
        }
        if BYTES + merges.len() + whole.len() > IDS as usize {
            return Err(format!("an id is above {}", IDS - 1));
        }
        let mut single = [NONE; BYTES];
        for (byte, id) in bytes.iter().zip(0..) {
            single[usize::from(*byte)] = id;
        }
        if let Some(byte) = single.iter().position(|id| *id == NONE) {
            return Err(format!("no token is the byte {byte:#04x}"));
        }
        let (pairs, pilots) = pairs(merges, found)?;
        Ok(Self {
            pairs,
            pilots,
            bytes: single.iter().map(|id| id.to_le_bytes()).collect(),
            byte_pairs: byte_pairs(bytes, merges),
            is_ordered: merges.iter().zip(FIRST..).all(|((l, r), id)| *l.max(r) < id),
        })
    }
}

/// Which two tokens merge into which.
///
/// One pair per token is enough, the last two parts that its own bytes merge into: whenever two
/// neighbours in a text make up this token, no merge has crossed its borders, so that all merges
/// inside came in the same order as in the token alone.
fn pairs(merges: &[(u32, u32)], found: Option<Found>) -> Result<(Vec<[u8; 8]>, Found), String> {
    let key = |(left, right): &(u32, u32)| pair_key(*left, *right);
    let found = sparse(found, || merges.iter().map(|merge| of_pair(key(merge))).collect())?;
    let empty = u64::MAX.to_le_bytes();
    let mut pairs = vec![empty; found.slots as usize];
    for (merge, id) in merges.iter().zip(FIRST..) {
        let slot = &mut pairs[found.sparse_slot(of_pair(key(merge)))];
        take(slot, empty, pair_word(key(merge), id).to_le_bytes())?;
    }
    Ok((pairs, found))
}

fn byte_pairs(bytes: &[u8], merges: &[(u32, u32)]) -> Vec<[u8; 4]> {
    let mut byte_pairs = vec![NONE.to_le_bytes(); 1 << 16];
    let byte = |id: u32| bytes.get(id as usize).map(|byte| usize::from(*byte));
    for ((left, right), id) in merges.iter().zip(FIRST..) {
        if let (Some(left), Some(right)) = (byte(*left), byte(*right)) {
            byte_pairs[left << 8 | right] = id.to_le_bytes();
        }
    }
    byte_pairs
}

impl WordTables {
    /// Lays out all that a piece may be, under pilots for the short and the long that were found before or ones that it
    /// searches for.
    pub(crate) fn of(
        recipe: &Recipe,
        short: Option<Found>,
        long: Option<Found>,
    ) -> Result<Self, String> {
        let tokens = Spellings::of(recipe)?;
        let mut tables = Self::default();
        tables.add_short(&tokens, short)?;
        tables.add_long(tokens, long)?;
        Ok(tables)
    }

    fn add_short(&mut self, tokens: &Spellings, found: Option<Found>) -> Result<(), String> {
        let found = dense(found, || tokens.short().map(|(key, _)| of_short(key)).collect())?;
        // No token has the length 0, so an empty slot equals no key.
        self.short = vec![[0; 16]; found.slots as usize];
        self.short_ids = vec![NO_ID; found.slots as usize];
        self.characters = vec![NO_ID; 1 << 16];
        for (key, id) in tokens.short() {
            let at = found.dense_slot(of_short(key));
            let key = key.to_le_bytes();
            take(&mut self.short[at], [0; 16], key)?;
            self.short_ids[at] = three_bytes(id);
            if let [first @ 0xe0..0xf0, second, third, ..] = key
                && key[SHORT] == 3
                && second & third & 0xc0 == 0x80
            {
                self.characters[of_three([first, second, third])] = three_bytes(id);
            }
        }
        self.short_pilots = found;
        Ok(())
    }

    fn add_long(&mut self, tokens: Spellings, found: Option<Found>) -> Result<(), String> {
        let hash = |id: u32| of_long(tokens.get(id as usize));
        let found = dense(found, || tokens.long().map(|(_, id)| hash(id)).collect())?;
        let empty = numbers([0, 0, NONE]);
        self.long = vec![empty; found.slots as usize];
        for ((start, length), id) in tokens.long() {
            let [Ok(start), Ok(length)] = [start, length].map(u32::try_from) else {
                return Err("its tokens are longer than 4 GB".to_owned());
            };
            let at = found.dense_slot(hash(id));
            take(&mut self.long[at], empty, numbers([start, length, id]))?;
        }
        self.long_text = tokens.into_long_text();
        self.long_pilots = found;
        Ok(())
    }
}

impl Found {
    /// Where a hash stands in a table of [`dense`].
    fn dense_slot(&self, hash: u64) -> usize {
        let by = self.pilots[pilot(hash, self.pilots.len())];
        slot(hash, by, self.slots as usize)
    }

    /// Where a hash stands in a table of [`sparse`].
    fn sparse_slot(&self, hash: u64) -> usize {
        pair_slot(hash, self.pilots[pair_pilot(hash)], 32 - self.slots.ilog2())
    }
}

/// A table in little space: 106 slots and 67 pilots for a hundred keys. With fewer some group finds no
/// free places under any of 256 pilots, and sometimes with these.
fn dense(found: Option<Found>, hashes: impl Fn() -> Vec<u64>) -> Result<Found, String> {
    if let Some(found) = found.filter(|found| found.slots > 0 && !found.pilots.is_empty()) {
        return Ok(found);
    }
    let hashes = hashes();
    (0..TRIES)
        .map(|try_| (67 + 8 * try_, 106 + 6 * try_))
        .map(|(pilots, slots)| (hashes.len() * pilots / 100 + 1, hashes.len() * slots / 100 + 1))
        .find_map(|(pilots, slots)| {
            let plan = Plan {
                pilots,
                slots,
                pilot: |hash| pilot(hash, pilots),
                slot: |hash, by| slot(hash, by, slots),
            };
            plan.search(&hashes).and_then(|pilots| found_in(slots, pilots))
        })
        .ok_or_else(meeting)
}

/// A table whose slots are a power of two, quick to look up in.
fn sparse(found: Option<Found>, hashes: impl Fn() -> Vec<u64>) -> Result<Found, String> {
    let fits = |found: &Found| found.slots.is_power_of_two() && found.pilots.len() == PAIR_PILOTS;
    if let Some(found) = found.filter(fits) {
        return Ok(found);
    }
    let hashes = hashes();
    let least = (hashes.len() * 5 / 4).next_power_of_two();
    (0..TRIES)
        .map(|try_| least << try_)
        .find_map(|slots| {
            let plan = Plan {
                pilots: PAIR_PILOTS,
                slots,
                pilot: pair_pilot,
                slot: |hash, pilot| pair_slot(hash, pilot, 32 - slots.ilog2()),
            };
            plan.search(&hashes).and_then(|pilots| found_in(slots, pilots))
        })
        .ok_or_else(meeting)
}

fn found_in(slots: usize, pilots: Vec<u8>) -> Option<Found> {
    Some(Found { slots: u32::try_from(slots).ok()?, pilots })
}

/// Takes an empty slot for a key.
fn take<const SIZE: usize>(
    slot: &mut [u8; SIZE],
    empty: [u8; SIZE],
    key: [u8; SIZE],
) -> Result<(), String> {
    if *slot == empty {
        *slot = key;
        Ok(())
    } else {
        Err(meeting())
    }
}

fn three_bytes(id: u32) -> [u8; 3] {
    let [low, middle, high, _] = id.to_le_bytes();
    [low, middle, high]
}

fn numbers(numbers: [u32; 3]) -> [u8; 12] {
    let mut bytes = [0; 12];
    for (bytes, number) in bytes.as_chunks_mut().0.iter_mut().zip(numbers) {
        *bytes = number.to_le_bytes();
    }
    bytes
}

fn meeting() -> String {
    "two of its tokens have the same bytes, or two merges the same parts".to_owned()
}
