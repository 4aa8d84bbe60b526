//! The completions of a task, with what they share.

use std::collections::BTreeMap;

use crate::forecast::{Sample, clustering};
use crate::logs::CallGroup;
use crate::units::Tokens;

/// What a completion is alike with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Shared(CallGroup),
    Alone(u64),
}

/// The completions of a task.
#[derive(Debug, Default)]
pub(super) struct Task {
    pub(super) sample: Sample,
    /// Completions with the group that each belongs to; a call on its own is a group of its own.
    pub(super) groups: Vec<(Group, u64)>,
    /// Calls, and those that came out empty, by the cap that was sent.
    pub(super) caps: BTreeMap<Tokens, (u64, u64)>,
    pub(super) unknown_end: u64,
}

impl Task {
    /// The sample with what it is worth, and how alike the calls of a conversation are.
    pub(super) fn weighed(&self) -> (Sample, Option<f64>) {
        let clustering = clustering(&self.groups);
        let mut sample = self.sample.clone();
        if let Some(rho) = clustering.rho {
            sample.set_worth(clustering.worth);
            sample.set_rho(rho);
        }
        (sample, clustering.rho)
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.sample.merge(&other.sample);
        self.groups.extend(&other.groups);
        self.unknown_end += other.unknown_end;
        for (cap, (calls, empty)) in &other.caps {
            let sum = self.caps.entry(*cap).or_default();
            *sum = (sum.0 + calls, sum.1 + empty);
        }
    }
}
