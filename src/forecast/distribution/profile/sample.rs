//! Measured completions, as exact joint histograms.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::turn_range::TurnRange;
use super::logged_steps::LoggedSteps;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// What was seen of one completion, and how often.
///
/// Ordered by completion, finished ones before those that were cut off there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observation {
    /// Billed completion tokens, reasoning included.
    pub completion: Tokens,
    /// Whether it was cut off (`finish_reason: length`): it would have been at least this long.
    pub censored: bool,
    /// Reasoning tokens, part of the completion.
    pub reasoning: Tokens,
    /// The visible answer counted as it will be counted in the next prompt; unknown where the text
    /// was not kept.
    pub content: Option<Tokens>,
}

/// How often each observation was made. Merging adds the counts.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Sample {
    counts: BTreeMap<Observation, u64>,
    /// How many fewer independent observations they are worth, because some belong together.
    repeats: u64,
    /// How alike those that belong together are.
    rho: Option<f64>,
    /// The observations of conversations by the turn at which they were made; they are in `counts` as well.
    turns: BTreeMap<TurnRange, BTreeMap<Observation, u64>>,
}

impl Sample {
    /// Adds an observation that was made `times` times.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when reasoning or content is more than the completion.
    pub fn add(&mut self, observation: Observation, times: u64) -> Result<(), Error> {
        if observation.reasoning > observation.completion {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!(
                    "{} reasoning tokens are more than the completion of {}",
                    observation.reasoning, observation.completion
                ),
            ));
        }
        if times > 0 {
            *self.counts.entry(observation).or_default() += times;
        }
        Ok(())
    }

    /// Adds an observation that was made at this turn of a conversation.
    ///
    /// # Errors
    /// As [`Sample::add`].
    pub fn add_at(&mut self, turn: TurnRange, seen: Observation, times: u64) -> Result<(), Error> {
        self.add(seen, times)?;
        self.note_turn(turn, seen, times);
        Ok(())
    }

    /// Notes the turn at which observations were made that have been added already.
    pub(in super::super) fn note_turn(&mut self, turn: TurnRange, seen: Observation, times: u64) {
        *self.turns.entry(turn).or_default().entry(seen).or_default() += times;
    }

    /// Adds every observation of another sample.
    pub fn merge(&mut self, other: &Self) {
        let (own, others) = (self.n() as f64, other.n() as f64);
        self.rho = match (self.rho, other.rho) {
            (Some(rho), Some(other)) => Some((rho * own + other * others) / (own + others)),
            (rho, other) => rho.or(other),
        };
        for (observation, times) in &other.counts {
            *self.counts.entry(*observation).or_default() += times;
        }
        self.repeats += other.repeats;
        for (turn, seen) in &other.turns {
            for (observation, times) in seen {
                self.note_turn(*turn, *observation, *times);
            }
        }
    }

    /// How alike the completions of one conversation are, as the correlation of their normal scores; `None`
    /// where that was not measured.
    #[must_use]
    pub fn rho(&self) -> Option<f64> {
        self.rho
    }

    /// Says how alike they are, 0 to 1.
    pub fn set_rho(&mut self, rho: f64) {
        self.rho = Some(rho.clamp(0.0, 1.0));
    }

    /// The observations that were made in a range of turns; empty where none was noted.
    #[must_use]
    pub fn at_turn(&self, turn: TurnRange) -> Self {
        let counts = self.turns.get(&turn).cloned().unwrap_or_default();
        Self { counts, ..Self::default() }
    }

    /// The ranges of turns at which observations were noted.
    pub fn turns(&self) -> impl Iterator<Item = TurnRange> {
        self.turns.keys().copied()
    }

    /// Says how many independent observations these are worth: those of one conversation, or of one
    /// prompt sent again, are alike. Rounded down to a whole one, and at least 1.
    pub fn set_worth(&mut self, worth: f64) {
        let worth = Tokens::from_f64((worth + 1e-9).floor()).get().max(1);
        self.repeats = self.n().saturating_sub(worth);
    }

    /// How many independent observations these are worth: all of them unless [`Sample::set_worth`] said
    /// otherwise.
    #[must_use]
    pub fn worth(&self) -> f64 {
        (self.n() - self.repeats.min(self.n())) as f64
    }

    /// The same with every observation replaced; what belongs together stays so.
    pub(in super::super) fn map(&self, f: impl Fn(Observation) -> Observation) -> Self {
        let map = |counts: &BTreeMap<Observation, u64>| {
            let mut mapped = BTreeMap::new();
            for (seen, times) in counts {
                *mapped.entry(f(*seen)).or_default() += times;
            }
            mapped
        };
        Self {
            counts: map(&self.counts),
            repeats: self.repeats,
            rho: self.rho,
            turns: self.turns.iter().map(|(turn, counts)| (*turn, map(counts))).collect(),
        }
    }

    /// The observations in their order, with how often each was made.
    pub fn observations(&self) -> impl Iterator<Item = (&Observation, u64)> {
        self.counts.iter().map(|(observation, times)| (observation, *times))
    }

    /// How many observations were made.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many of them were cut off.
    #[must_use]
    pub fn censored(&self) -> u64 {
        self.observations().filter(|(observation, _)| observation.censored).map(|(_, n)| n).sum()
    }
}

/// Measured completions of one model, by task.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The model they were measured on.
    pub model: String,
    /// Whose requests they are.
    pub origin: String,
    /// The first and the last day of the requests, where that is known.
    pub period: Option<DayRange>,
    /// The observations by task.
    pub tasks: BTreeMap<String, Sample>,
    /// What is known of the tasks of agents, by the same labels.
    pub steps: BTreeMap<String, LoggedSteps>,
}

/// The days that a profile covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayRange {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Profile {
    /// The tasks in the order of their names.
    pub fn tasks(&self) -> impl Iterator<Item = (&str, &Sample)> {
        self.tasks.iter().map(|(task, sample)| (task.as_str(), sample))
    }

    /// The observations of all tasks.
    #[must_use]
    pub fn pooled(&self) -> Sample {
        let mut pooled = Sample::default();
        for sample in self.tasks.values() {
            pooled.merge(sample);
        }
        pooled
    }

    /// What is known of the steps of a task, or of all tasks together; `None` where no log showed any.
    #[must_use]
    pub fn logged_steps(&self, task: Option<&str>) -> Option<LoggedSteps> {
        if let Some(task) = task {
            return self.steps.get(task).cloned();
        }
        let mut all = self.steps.values();
        let mut sum = all.next()?.clone();
        all.for_each(|other| sum.merge(other));
        Some(sum)
    }

    /// The observations of one task.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a task that the profile does not have; the hint lists those it has.
    pub fn task(&self, task: &str) -> Result<&Sample, Error> {
        self.tasks.get(task).ok_or_else(|| {
            let known: Vec<_> = self.tasks.keys().map(String::as_str).collect();
            Error::new(
                ErrorKind::Usage,
                format!("the profile of `{}` has no task `{task}`", self.model),
            )
            .hint(format!("its tasks are {}", known.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(tasks: &str, n: u64, version: u32) -> String {
        format!(
            r#"{{"schema_version": {version}, "model": "m", "origin": "here", "period": null, "n": {n},
            "columns": ["reasoning","completion","content","count","censored"], "tasks": {tasks}}}"#
        )
    }

    #[test]
    fn a_profile_reads_as_it_was_written() {
        let profile =
            Profile::parse(&file(r#"{"a": [[64,70,3,2,0]], "b": [[128,128,null,1,1]]}"#, 3, 1))
                .unwrap();
        assert_eq!(profile.pooled().n(), 3);
        assert_eq!(profile.pooled().censored(), 1);
        assert_eq!(profile.task("a").unwrap().n(), 2);
        let error = profile.task("c").unwrap_err();
        assert_eq!(error.hint_text(), Some("its tasks are a, b"));
    }

    #[test]
    fn the_built_in_profiles_are_sound() {
        for name in Profile::builtin_names() {
            let profile = Profile::builtin(name).unwrap();
            assert_eq!(profile.model, name);
            assert!(profile.pooled().n() > 50, "{name}");
        }
    }

    #[test]
    fn what_is_no_profile_is_refused() {
        for (text, reason) in [
            (file("{}", 0, 1), "has no rows"),
            (file(r#"{"a": []}"#, 0, 1), "has no rows"),
            (file(r#"{"a": [[64,70,3,2,0]]}"#, 3, 1), "says n = 3, but has 2"),
            (file(r#"{"a": [[64,70,3,2,0]]}"#, 2, 7), "version 7 is not supported"),
            (file(r#"{"a": [[71,70,3,2,0]]}"#, 2, 1), "71 reasoning tokens are more"),
            (file(r#"{"a": [[-1,70,3,2,0]]}"#, 2, 1), "this is not a profile"),
            ("{".to_owned(), "this is not a profile"),
        ] {
            let error = Profile::parse(&text).unwrap_err();
            assert!(error.message().contains(reason), "{error}\n{text}");
        }
    }

    fn samples() -> impl Strategy<Value = Sample> {
        prop::collection::vec(
            (0..500_u64, 0..500_u64, prop::option::of(0..500_u64), 1..4_u64, any::<bool>()),
            0..20,
        )
        .prop_map(|rows| {
            let mut sample = Sample::default();
            for (reasoning, visible, content, times, censored) in rows {
                let observation = Observation {
                    completion: Tokens::new(reasoning + visible),
                    censored,
                    reasoning: Tokens::new(reasoning),
                    content: content.map(Tokens::new),
                };
                sample.add(observation, times).unwrap();
            }
            sample
        })
    }

    proptest! {
        #[test]
        fn merging_is_commutative_and_keeps_every_observation(a in samples(), b in samples()) {
            let (mut ab, mut ba) = (a.clone(), b.clone());
            ab.merge(&b);
            ba.merge(&a);
            prop_assert_eq!(&ab, &ba);
            prop_assert_eq!(ab.n(), a.n() + b.n());
            let mut one_by_one = a.clone();
            for (observation, times) in b.observations() {
                for _ in 0..times {
                    one_by_one.add(*observation, 1).unwrap();
                }
            }
            prop_assert_eq!(ab, one_by_one);
        }
    }
}
