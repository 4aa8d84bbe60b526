//! The search for the pilots of a perfect hash table.

use std::cmp::Reverse;

use super::Answer;
use super::hash::{pilot, slot};

/// Slots for a hundred keys. Fewer leave some group without a free place under any of 256 pilots.
const SLOTS_PER_HUNDRED: usize = 106;
/// Pilots for a hundred keys: small groups find their places.
const PILOTS_PER_HUNDRED: usize = 67;

/// A table: the pilots, and for each slot the number of the key that stands in it.
pub struct Perfect {
    pub pilots: Vec<u8>,
    pub slots: Vec<Option<usize>>,
}

/// Finds a pilot for every group of hashes that share one, largest groups first.
pub fn build(hashes: &[u64]) -> Answer<Perfect> {
    let pilots = hashes.len() * PILOTS_PER_HUNDRED / 100 + 1;
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); pilots];
    for (key, hash) in hashes.iter().enumerate() {
        groups[pilot(*hash, pilots)].push(key);
    }
    let mut order: Vec<usize> = (0..pilots).filter(|group| !groups[*group].is_empty()).collect();
    order.sort_by_key(|group| Reverse(groups[*group].len()));

    let mut table = Perfect {
        pilots: vec![0; pilots],
        slots: vec![None; hashes.len() * SLOTS_PER_HUNDRED / 100 + 1],
    };
    let count = table.slots.len();
    let mut wanted = Vec::new();
    for group in order {
        let found = (0..=u8::MAX).find(|pilot| {
            wanted.clear();
            for key in &groups[group] {
                let place = slot(hashes[*key], *pilot, count);
                if table.slots[place].is_some() || wanted.contains(&place) {
                    return false;
                }
                wanted.push(place);
            }
            true
        });
        table.pilots[group] = found.ok_or("no pilot fits; change a constant of the hash")?;
        for (key, place) in groups[group].iter().zip(&wanted) {
            table.slots[*place] = Some(*key);
        }
    }
    Ok(table)
}
