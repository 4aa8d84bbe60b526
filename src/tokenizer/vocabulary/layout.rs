//! The tables of one vocabulary, laid out of its tokens and of what merges into them.

use super::borders;
use super::hash::{
    IDS, NONE, PAIR_PILOTS, SHORT, of_long, of_pair, of_short, pair_key, pair_pilot, pair_slot,
    pair_word, pilot, short_key, slot,
};
use super::perfect::{Perfect, Plan};

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
    pub(crate) pilots: Pilots,
    /// Between which characters tokens go on; none where a piece must not be parted, because it could be
    /// a token that no merge makes.
    pub(crate) borders: Vec<u8>,
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
        if tokens.len() == merges.len() + 256 {
            layout.borders = borders::marks(tokens.iter().map(|(bytes, _)| *bytes));
        }
        Ok(layout)
    }

    fn add_short(&mut self, tokens: &[Token<'_>], found: Option<Found>) -> Result<(), String> {
        let short = tokens.iter().filter(|(bytes, _)| bytes.len() <= SHORT);
        let (keys, ids): (Vec<u128>, Vec<u32>) =
            short.map(|(bytes, id)| (short_key(bytes), *id)).unzip();
        let hashes: Vec<u64> = keys.iter().map(|key| of_short(*key)).collect();
        let table = dense(&hashes, found)?;
        // No token has the length 0, so an empty slot equals no key.
        let key = |key: &Option<u32>| key.map_or(0, |key| keys[key as usize]).to_le_bytes();
        let id = |key: &Option<u32>| {
            let [low, middle, high, _] = key.map_or(NONE, |key| ids[key as usize]).to_le_bytes();
            [low, middle, high]
        };
        self.short = table.slots.iter().map(key).collect();
        self.short_ids = table.slots.iter().map(id).collect();
        self.pilots.short = kept(table);
        Ok(())
    }

    fn add_long(&mut self, tokens: &[Token<'_>], found: Option<Found>) -> Result<(), String> {
        let long: Vec<&Token<'_>> =
            tokens.iter().filter(|(bytes, _)| bytes.len() > SHORT).collect();
        let hashes: Vec<u64> = long.iter().map(|(bytes, _)| of_long(bytes)).collect();
        let table = dense(&hashes, found)?;
        let mut places = Vec::with_capacity(long.len());
        for (bytes, id) in long {
            let place = [self.long_text.len(), bytes.len()].map(u32::try_from);
            let [Ok(start), Ok(length)] = place else {
                return Err("its tokens are longer than 4 GB".to_owned());
            };
            places.push([start, length, *id]);
            self.long_text.extend(*bytes);
        }
        let slot = |key: &Option<u32>| {
            let mut slot = [0; 12];
            let place = key.map_or([0, 0, NONE], |key| places[key as usize]);
            for (bytes, number) in slot.as_chunks_mut().0.iter_mut().zip(place) {
                *bytes = number.to_le_bytes();
            }
            slot
        };
        self.long = table.slots.iter().map(slot).collect();
        self.pilots.long = kept(table);
        Ok(())
    }

    /// Which two tokens merge into which.
    ///
    /// One pair per token is enough, the last two parts that its own bytes merge into: whenever two
    /// neighbours in a text make up this token, no merge has crossed its borders, so that all merges
    /// inside came in the same order as in the token alone.
    fn add_pairs(&mut self, merges: &[Merge], found: Option<Found>) -> Result<(), String> {
        let hashes: Vec<u64> =
            merges.iter().map(|merge| of_pair(pair_key(merge.left, merge.right))).collect();
        let table = sparse(&hashes, found)?;
        let word = |merge: u32| {
            let Merge { left, right, id } = merges[merge as usize];
            pair_word(pair_key(left, right), id)
        };
        let slots = table.slots.iter().map(|merge| merge.map_or(u64::MAX, word).to_le_bytes());
        self.pairs = slots.collect();
        self.pilots.pairs = kept(table);
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

/// A table in little space: 106 slots and 67 pilots for a hundred keys. With fewer some group finds no
/// free places under any of 256 pilots, and sometimes with these.
fn dense(hashes: &[u64], found: Option<Found>) -> Result<Perfect, String> {
    let plan = |pilots: usize, slots: usize| Plan {
        pilots,
        slots,
        pilot: move |hash| pilot(hash, pilots),
        slot: move |hash, by| slot(hash, by, slots),
    };
    if let Some(Found { slots, pilots }) = found {
        let plan = plan(pilots.len(), slots as usize);
        return plan.lay_out(hashes, pilots).ok_or_else(meeting);
    }
    (0..TRIES)
        .map(|try_| (67 + 8 * try_, 106 + 6 * try_))
        .map(|(pilots, slots)| {
            plan(hashes.len() * pilots / 100 + 1, hashes.len() * slots / 100 + 1)
        })
        .find_map(|plan| plan.search(hashes))
        .ok_or_else(meeting)
}

/// A table whose slots are a power of two, quick to look up in.
fn sparse(hashes: &[u64], found: Option<Found>) -> Result<Perfect, String> {
    let plan = |slots: usize| Plan {
        pilots: PAIR_PILOTS,
        slots,
        pilot: pair_pilot,
        slot: move |hash, pilot| pair_slot(hash, pilot, 32 - slots.ilog2()),
    };
    if let Some(Found { slots, pilots }) = found {
        return plan(slots as usize).lay_out(hashes, pilots).ok_or_else(meeting);
    }
    let least = (hashes.len() * 5 / 4).next_power_of_two();
    (0..TRIES).find_map(|try_| plan(least << try_).search(hashes)).ok_or_else(meeting)
}

fn meeting() -> String {
    "two of its tokens have the same bytes, or two merges the same parts".to_owned()
}

fn kept(table: Perfect) -> Found {
    let slots = u32::try_from(table.slots.len()).unwrap_or(u32::MAX);
    Found { slots, pilots: table.pilots }
}
