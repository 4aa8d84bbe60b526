//! The search for the pilots of a perfect hash table.

use std::cmp::Reverse;

use super::Answer;

/// A table: the pilots, and for each slot the number of the key that stands in it.
pub struct Perfect {
    pub pilots: Vec<u8>,
    pub slots: Vec<Option<usize>>,
}

/// How large a table is, and how a hash finds its place there.
pub struct Plan<P, S> {
    pub pilots: usize,
    pub slots: usize,
    /// The pilot of a hash.
    pub pilot: P,
    /// The slot of a hash under a pilot.
    pub slot: S,
}

/// Finds a pilot for every group of hashes that share one, largest groups first.
pub fn build(
    hashes: &[u64],
    plan: &Plan<impl Fn(u64) -> usize, impl Fn(u64, u8) -> usize>,
) -> Answer<Perfect> {
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); plan.pilots];
    for (key, hash) in hashes.iter().enumerate() {
        groups[(plan.pilot)(*hash)].push(key);
    }
    let mut order: Vec<usize> = (0..plan.pilots).filter(|i| !groups[*i].is_empty()).collect();
    order.sort_by_key(|group| Reverse(groups[*group].len()));

    let mut table = Perfect { pilots: vec![0; plan.pilots], slots: vec![None; plan.slots] };
    let mut wanted = Vec::new();
    for group in order {
        let found = (0..=u8::MAX).find(|pilot| {
            wanted.clear();
            for key in &groups[group] {
                let place = (plan.slot)(hashes[*key], *pilot);
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
