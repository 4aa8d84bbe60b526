//! Which responses were counted: a bounded memory of hashes.

/// How many ids a table holds before the next one begins.
const TABLE: usize = 917_504;

/// How many tables there are: when the last is full, the oldest is dropped. So the last 1,835,008 ids at
/// least are remembered.
const TABLES: usize = 3;

/// Into how many parts a table is divided. One part at a time grows, so that moving it takes little memory.
const PARTS: usize = 64;

/// What is known of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// A hash of what must agree.
    pub(super) figures: u32,
    /// The line, counted over all logs.
    pub(super) line: u32,
}

/// Responses by the hashes of their ids.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The tables, that of the latest ids first.
    tables: [Table; TABLES],
    forgotten: bool,
}

impl Memory {
    /// What is known of the response with this hash.
    pub(super) fn recall(&self, hash: u64) -> Option<Seen> {
        let key = key(hash);
        self.tables.iter().find_map(|table| table.get(key))
    }

    /// Keeps what is known of a response that was not remembered.
    pub(super) fn remember(&mut self, hash: u64, seen: Seen) {
        if self.tables[0].len >= TABLE {
            self.tables.rotate_right(1);
            self.forgotten |= self.tables[0].len > 0;
            self.tables[0] = Table::default();
        }
        self.tables[0].insert(Slot { key: key(hash), seen });
    }

    /// Whether ids were dropped.
    pub(super) fn has_forgotten(&self) -> bool {
        self.forgotten
    }
}

/// Spreads numbers that are no hashes; different ones stay different, but that 0 stands for an empty slot.
fn key(hash: u64) -> u64 {
    hash.wrapping_mul(0x9E37_79B9_7F4A_7C15).max(1)
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    key: u64,
    seen: Seen,
}

const EMPTY: Slot = Slot { key: 0, seen: Seen { figures: 0, line: 0 } };

#[derive(Debug)]
struct Table {
    parts: [Part; PARTS],
    len: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self { parts: std::array::from_fn(|_| Part::default()), len: 0 }
    }
}

impl Table {
    /// The part of a key and the rest of the key, which decides on its place there.
    fn part(key: u64) -> (usize, u64) {
        #[expect(clippy::cast_possible_truncation, reason = "as many bits as count the parts")]
        let part = (key >> (u64::BITS - PARTS.ilog2())) as usize;
        (part, key << PARTS.ilog2())
    }

    fn get(&self, key: u64) -> Option<Seen> {
        let (part, rest) = Self::part(key);
        self.parts[part].get(key, rest)
    }

    fn insert(&mut self, slot: Slot) {
        let (part, _) = Self::part(slot.key);
        // Each part begins with another size, so that they grow one after the other.
        self.parts[part].insert(slot, PARTS + part);
        self.len += 1;
    }
}

/// A hash table in the order of its keys: a key stands at its home or as near behind it as keys that are
/// less leave room, so that a search ends at the first one that is greater.
#[derive(Debug, Default)]
struct Part {
    /// The homes, and behind them what the last of them have no room for.
    slots: Vec<Slot>,
    homes: usize,
    len: usize,
}

impl Part {
    /// Where a key stands in an empty table: in proportion to its rest.
    fn home(&self, rest: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "less than the number of homes")]
        let home = ((u128::from(rest) * self.homes as u128) >> u64::BITS) as usize;
        home
    }

    /// Where a key is, or would be inserted.
    fn place(&self, key: u64, rest: u64) -> usize {
        let home = self.home(rest);
        let is_before = |slot: &&Slot| slot.key != EMPTY.key && slot.key < key;
        home + self.slots.get(home..).unwrap_or_default().iter().take_while(is_before).count()
    }

    fn get(&self, key: u64, rest: u64) -> Option<Seen> {
        let slot = self.slots.get(self.place(key, rest))?;
        (slot.key == key).then_some(slot.seen)
    }

    fn insert(&mut self, slot: Slot, first: usize) {
        if self.len >= self.homes * 7 / 8 {
            self.grow((self.homes * 5 / 4).max(first));
        }
        let (_, rest) = Table::part(slot.key);
        self.put(slot, rest);
        self.len += 1;
    }

    fn put(&mut self, slot: Slot, rest: u64) {
        let at = self.place(slot.key, rest);
        let behind = self.slots.get(at..).unwrap_or_default();
        match behind.iter().position(|slot| slot.key == EMPTY.key) {
            Some(free) => self.slots[at..=at + free].rotate_right(1),
            None => self.slots.insert(at, EMPTY),
        }
        self.slots[at] = slot;
    }

    /// Moves all to as many homes.
    fn grow(&mut self, homes: usize) {
        let old = std::mem::take(&mut self.slots);
        self.homes = homes;
        self.slots.reserve_exact(homes + homes / 64 + 16);
        self.slots.resize(homes, EMPTY);
        let mut free = 0;
        for slot in old.into_iter().filter(|slot| slot.key != EMPTY.key) {
            let (_, rest) = Table::part(slot.key);
            let at = self.home(rest).max(free);
            free = at + 1;
            if at < self.slots.len() {
                self.slots[at] = slot;
            } else {
                self.slots.push(slot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::collections::btree_map::Entry;

    use proptest::prelude::*;

    use super::*;

    fn seen(line: u32) -> Seen {
        Seen { figures: line ^ 7, line }
    }

    #[test]
    fn ids_are_remembered_for_long_and_forgotten_in_the_end() {
        let mut memory = Memory::default();
        let all = TABLE as u64 * TABLES as u64 + 1;
        for id in 0..all {
            assert!(memory.recall(id).is_none());
            memory.remember(id, seen(1));
            assert_eq!(memory.has_forgotten(), id + 1 == all);
        }
        assert_eq!(memory.recall(all - 1), Some(seen(1)));
        assert_eq!(memory.recall(TABLE as u64), Some(seen(1)));
        assert!(memory.recall(0).is_none(), "the first ones are forgotten");
    }

    /// An id takes at most 24 bytes, however many there are.
    #[test]
    fn a_table_takes_little_memory() {
        let mut table = Table::default();
        for id in 1..=TABLE as u64 {
            table.insert(Slot { key: key(id), seen: seen(0) });
            if id > 10_000 && id % 10_007 == 0 {
                let slots: usize = table.parts.iter().map(|part| part.slots.capacity()).sum();
                let bytes = slots as u64 * size_of::<Slot>() as u64;
                assert!(bytes <= 24 * id, "{bytes} bytes for {id} ids");
            }
        }
    }

    proptest! {
        /// As a map would have it, also where many keys have one home.
        #[test]
        fn a_part_is_a_map(
            keys in prop::collection::vec(prop_oneof![any::<u64>(), 0..4_u64, u64::MAX - 4..=u64::MAX], 0..400)
        ) {
            let (mut part, mut map) = (Part::default(), BTreeMap::new());
            for (line, hash) in (0_u32..).zip(keys) {
                // All of the first part.
                let key = (hash >> PARTS.ilog2()).max(1);
                let (_, rest) = Table::part(key);
                prop_assert_eq!(part.get(key, rest), map.get(&key).copied());
                if let Entry::Vacant(new) = map.entry(key) {
                    part.insert(Slot { key, seen: seen(line) }, 8);
                    new.insert(seen(line));
                }
            }
            for (key, seen) in &map {
                let (_, rest) = Table::part(*key);
                prop_assert_eq!(part.get(*key, rest), Some(*seen));
            }
            prop_assert_eq!(part.len, map.len());
        }
    }
}
