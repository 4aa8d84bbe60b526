//! The search for the pilots of a perfect hash table.

/// How large a table is, and how a hash finds its place there.
pub(crate) struct Plan<P, S> {
    pub(crate) pilots: usize,
    pub(crate) slots: usize,
    /// The pilot of a hash.
    pub(crate) pilot: P,
    /// The slot of a hash under a pilot.
    pub(crate) slot: S,
}

impl<P: Fn(u64) -> usize, S: Fn(u64, u8) -> usize> Plan<P, S> {
    /// Finds a pilot for every group of hashes that share one, largest groups first; none when some
    /// group finds no free slots under any of 256 pilots.
    pub(crate) fn search(&self, hashes: &[u64]) -> Option<Vec<u8>> {
        let groups = Groups::new(hashes, self.pilots, &self.pilot);
        let mut pilots = vec![0; self.pilots];
        let mut taken = vec![0_u64; self.slots / 64 + 1];
        let mut places = Vec::new();
        for group in groups.largest_first() {
            let keys = groups.keys(group);
            pilots[group] = (0..=u8::MAX).find(|pilot| {
                places.clear();
                keys.iter().all(|key| {
                    let place = (self.slot)(hashes[*key as usize], *pilot);
                    let is_free = taken[place / 64] >> (place % 64) & 1 == 0;
                    let is_own = !places.contains(&place);
                    places.push(place);
                    is_free && is_own
                })
            })?;
            for place in &places {
                taken[place / 64] |= 1 << (place % 64);
            }
        }
        Some(pilots)
    }
}

/// The numbers of keys, sorted by the pilot they share.
struct Groups {
    keys: Vec<u32>,
    /// Where the keys of each pilot start, and the end.
    starts: Vec<u32>,
}

impl Groups {
    fn new(hashes: &[u64], pilots: usize, pilot: impl Fn(u64) -> usize) -> Self {
        let mut starts = vec![0; pilots + 1];
        for hash in hashes {
            starts[pilot(*hash) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut keys = vec![0; hashes.len()];
        for (key, hash) in (0..).zip(hashes) {
            let place = &mut next[pilot(*hash)];
            keys[*place as usize] = key;
            *place += 1;
        }
        Self { keys, starts }
    }

    fn keys(&self, group: usize) -> &[u32] {
        &self.keys[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    fn largest_first(&self) -> Vec<usize> {
        let size = |group: &usize| self.starts[group + 1] - self.starts[*group];
        let mut order: Vec<usize> = (0..self.starts.len() - 1).filter(|g| size(g) > 0).collect();
        order.sort_by_key(|group| std::cmp::Reverse(size(group)));
        order
    }
}
