//! The sums of calls by group, found again without a copy of their key.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::spend::Spend;

/// So many groups are told apart. What comes after them is summed up as one, so that a log with a label for
/// each call is read in bounded memory.
const MOST: usize = 10_000;

/// What the calls of a group have in common; nothing where they are not grouped by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupKey {
    /// The day.
    pub day: Option<Date>,
    /// The id of the model.
    pub model: Option<String>,
    /// The label of the task.
    pub task: Option<String>,
}

/// The same as a record has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupOf<'a> {
    pub(super) day: Option<Date>,
    pub(super) model: Option<&'a str>,
    pub(super) task: Option<&'a str>,
}

impl GroupOf<'_> {
    fn is(self, key: &GroupKey) -> bool {
        key.day == self.day
            && key.model.as_deref() == self.model
            && key.task.as_deref() == self.task
    }

    fn hash(self) -> u64 {
        let day = self.day.map_or(0, |day| {
            let year = u64::from(day.year().unsigned_abs());
            year * 1_000 + u64::from(day.day_of_year().unsigned_abs())
        });
        let model = xxh3_64_with_seed(self.model.unwrap_or_default().as_bytes(), day);
        self.task.map_or(model, |task| xxh3_64_with_seed(task.as_bytes(), model))
    }

    fn key(self) -> GroupKey {
        GroupKey {
            day: self.day,
            model: self.model.map(ToOwned::to_owned),
            task: self.task.map(ToOwned::to_owned),
        }
    }
}

impl<'a> From<&'a GroupKey> for GroupOf<'a> {
    fn from(key: &'a GroupKey) -> Self {
        Self { day: key.day, model: key.model.as_deref(), task: key.task.as_deref() }
    }
}

/// Sums by group.
#[derive(Debug, Default)]
pub(super) struct Groups {
    sums: Vec<(GroupKey, Spend)>,
    /// Where the group with a hash is; groups that share a hash have the next ones.
    places: BTreeMap<u64, usize>,
    /// The group of the last call, which the next one is mostly in as well.
    last: usize,
    /// Calls in groups that are not told apart.
    others: u64,
}

impl Groups {
    /// The sum of a group.
    pub(super) fn sum(&mut self, group: GroupOf<'_>, calls: u64) -> &mut Spend {
        let is_last = self.sums.get(self.last).is_some_and(|(key, _)| group.is(key));
        if !is_last {
            self.last = self.place(group, calls);
        }
        &mut self.sums[self.last].1
    }

    fn place(&mut self, group: GroupOf<'_>, calls: u64) -> usize {
        let mut hash = group.hash();
        while let Some(place) = self.places.get(&hash) {
            if group.is(&self.sums[*place].0) {
                return *place;
            }
            hash = hash.wrapping_add(1);
        }
        let rest = group.rest();
        if self.sums.len() >= MOST && !rest.is(&group.key()) {
            self.others += calls;
            return self.place(rest, 0);
        }
        self.sums.push((group.key(), Spend::default()));
        self.places.insert(hash, self.sums.len() - 1);
        self.sums.len() - 1
    }

    /// The groups in the order of day, model and task.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (&GroupKey, &Spend)> {
        let mut sorted: Vec<_> = self.sums.iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| key);
        sorted.into_iter().map(|(key, spend)| (key, spend))
    }

    /// How many calls are in groups that are not told apart.
    pub(super) fn others(&self) -> u64 {
        self.others
    }

    /// Adds the groups of another audit.
    pub(super) fn merge(&mut self, other: &Self) {
        for (key, spend) in &other.sums {
            self.sum(key.into(), spend.calls).merge(spend);
        }
        self.others += other.others;
    }
}

impl GroupOf<'_> {
    /// The group of what is not told apart.
    fn rest(self) -> GroupOf<'static> {
        let name = |part: Option<&str>| part.map(|_| "others");
        GroupOf { day: None, model: name(self.model), task: name(self.task) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_bounded_and_nothing_is_lost() {
        let mut groups = Groups::default();
        for n in 0..MOST + 500 {
            let task = n.to_string();
            let group = GroupOf { day: None, model: Some("m"), task: Some(&task) };
            for _ in 0..2 {
                groups.sum(group, 1).calls += 1;
            }
        }
        assert_eq!(groups.sums.len(), MOST + 1);
        assert_eq!(groups.others(), 1_000);
        let total: u64 = groups.sorted().map(|(_, spend)| spend.calls).sum();
        assert_eq!(total, 2 * (MOST as u64 + 500));
        let (_, others) =
            groups.sorted().find(|(key, _)| key.task.as_deref() == Some("others")).unwrap();
        assert_eq!(others.calls, 1_000);
    }
}
