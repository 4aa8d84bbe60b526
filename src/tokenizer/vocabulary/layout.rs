//! The tables of one vocabulary, laid out of its tokens and of what merges into them.

use super::borders;
use super::hash::{
    IDS, NONE, PAIR_PILOTS, SHORT, of_long, of_pair, of_short, of_three, pair_key, pair_pilot,
    pair_slot, pair_word, pilot, short_key, slot,
};
use super::perfect::Plan;

/// How often a table is tried in more space before it is given up.
const TRIES: usize = 4;

/// A token's bytes and its id, which is its rank.
pub(crate) type Token<'a> = (&'a [u8], u32);

/// Two tokens and the one that they merge into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Merge {
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) id: u32,
}

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

/// The tables of a vocabulary; `tables.rs` reads them.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// Tokens of at most 15 bytes: slots of 16 bytes.
    pub(crate) short: Vec<[u8; 16]>,
    /// The ids of those in 3 bytes each.
    pub(crate) short_ids: Vec<[u8; 3]>,
    /// Longer tokens: slots of where they start, how long they are, and their id.
    pub(crate) long: Vec<[u8; 12]>,
    /// Their bytes in a row.
    pub(crate) long_text: Vec<u8>,
    /// Pairs with what they merge into.
    pub(crate) pairs: Vec<[u8; 8]>,
    /// The ids of single bytes.
    pub(crate) bytes: Vec<[u8; 4]>,
    /// What every two bytes merge into.
    pub(crate) byte_pairs: Vec<[u8; 4]>,
    /// The ids of the characters of three bytes, by their number.
    pub(crate) characters: Vec<[u8; 3]>,
    pub(crate) pilots: Pilots,
    /// Between which characters tokens go on; none where a piece must not be parted, because it could be
    /// a token that no merge makes.
    pub(crate) borders: Vec<[u8; 8]>,
}

impl Layout {
    /// Lays out the tables, under pilots that were found before or ones that it searches for.
    ///
    /// `tokens` are all that a piece may be; each of the 256 bytes is one. Every token of several bytes
    /// that merging makes has one of `merges`, its last, and its id is the place of that among all.
    pub(crate) fn new(
        tokens: &[Token<'_>],
        merges: &[Merge],
        pilots: Option<Pilots>,
    ) -> Result<Self, String> {
        let (short, long, pairs) =
            pilots.map(|p| (Some(p.short), Some(p.long), Some(p.pairs))).unwrap_or_default();
        if let Some((_, id)) = tokens.iter().find(|(_, id)| *id >= IDS) {
            return Err(format!("the id {id} is above {}", IDS - 1));
        }
        let mut layout = Self::default();
        layout.add_bytes(tokens, merges)?;
        layout.add_short(tokens, short)?;
        layout.add_long(tokens, long)?;
        layout.add_pairs(merges, pairs)?;
        layout.characters = characters(tokens);
        if tokens.len() == merges.len() + 256 {
            layout.borders = borders::marks(tokens.iter().map(|(bytes, _)| *bytes));
        }
        Ok(layout)
    }

    fn add_short(&mut self, tokens: &[Token<'_>], found: Option<Found>) -> Result<(), String> {
        let short = || tokens.iter().filter(|(bytes, _)| bytes.len() <= SHORT);
        let found =
            dense(found, || short().map(|(bytes, _)| of_short(short_key(bytes))).collect())?;
        // No token has the length 0, so an empty slot equals no key.
        self.short = vec![[0; 16]; found.slots as usize];
        self.short_ids = vec![three_bytes(NONE); found.slots as usize];
        for (bytes, id) in short() {
            let key = short_key(bytes);
            let at = found.dense_slot(of_short(key));
            take(&mut self.short[at], [0; 16], key.to_le_bytes())?;
            self.short_ids[at] = three_bytes(*id);
        }
        self.pilots.short = found;
        Ok(())
    }

    fn add_long(&mut self, tokens: &[Token<'_>], found: Option<Found>) -> Result<(), String> {
        let long = || tokens.iter().filter(|(bytes, _)| bytes.len() > SHORT);
        let found = dense(found, || long().map(|(bytes, _)| of_long(bytes)).collect())?;
        let empty = numbers([0, 0, NONE]);
        self.long = vec![empty; found.slots as usize];
        for (bytes, id) in long() {
            let place = [self.long_text.len(), bytes.len()].map(u32::try_from);
            let [Ok(start), Ok(length)] = place else {
                return Err("its tokens are longer than 4 GB".to_owned());
            };
            self.long_text.extend(*bytes);
            let at = found.dense_slot(of_long(bytes));
            take(&mut self.long[at], empty, numbers([start, length, *id]))?;
        }
        self.pilots.long = found;
        Ok(())
    }

    /// Which two tokens merge into which.
    ///
    /// One pair per token is enough, the last two parts that its own bytes merge into: whenever two
    /// neighbours in a text make up this token, no merge has crossed its borders, so that all merges
    /// inside came in the same order as in the token alone.
    fn add_pairs(&mut self, merges: &[Merge], found: Option<Found>) -> Result<(), String> {
        let hash = |merge: &Merge| of_pair(pair_key(merge.left, merge.right));
        let found = sparse(found, || merges.iter().map(hash).collect())?;
        let empty = u64::MAX.to_le_bytes();
        self.pairs = vec![empty; found.slots as usize];
        for merge in merges {
            let word = pair_word(pair_key(merge.left, merge.right), merge.id);
            let slot = &mut self.pairs[found.sparse_slot(hash(merge))];
            take(slot, empty, word.to_le_bytes())?;
        }
        self.pilots.pairs = found;
        Ok(())
    }

    fn add_bytes(&mut self, tokens: &[Token<'_>], merges: &[Merge]) -> Result<(), String> {
        let mut single = [NONE; 256];
        for (bytes, id) in tokens {
            if let [byte] = bytes {
                single[usize::from(*byte)] = *id;
            }
        }
        if let Some(byte) = single.iter().position(|id| *id == NONE) {
            return Err(format!("no token is the byte {byte:#04x}"));
        }
        let last = single.iter().max().copied().unwrap_or_default();
        let mut byte_of = vec![None; last as usize + 1];
        for (byte, id) in single.iter().enumerate() {
            byte_of[*id as usize] = Some(byte);
        }
        let byte_of = |id: u32| byte_of.get(id as usize).copied().flatten();
        self.byte_pairs = vec![NONE.to_le_bytes(); 1 << 16];
        for Merge { left, right, id } in merges {
            if let (Some(left), Some(right)) = (byte_of(*left), byte_of(*right)) {
                self.byte_pairs[left << 8 | right] = id.to_le_bytes();
            }
        }
        self.bytes = single.iter().map(|id| id.to_le_bytes()).collect();
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

/// The ids of characters of three bytes.
fn characters(tokens: &[Token<'_>]) -> Vec<[u8; 3]> {
    let mut characters = vec![three_bytes(NONE); 1 << 16];
    for (bytes, id) in tokens {
        if let [0xe0..0xf0, second, third] = **bytes
            && second & third & 0xc0 == 0x80
        {
            characters[of_three([bytes[0], second, third])] = three_bytes(*id);
        }
    }
    characters
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
