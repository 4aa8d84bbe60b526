//! What a level of effort does to reasoning.

use std::collections::BTreeSet;

use super::profile::{Observation, Profile, Sample};
use crate::catalog::{ApiFamily, Effort, Model};
use crate::units::Tokens;

/// Added to the variance of log T when reasoning is scaled to an effort that was not measured: the sd of
/// log T from low to high is 0.56 over models.
pub(super) const EFFORT_VARIANCE: f64 = 0.3;

/// Whether a call reasons, at which level of effort, and within which budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallEffort {
    /// Whether it reasons at all.
    pub reasons: bool,
    /// The level; `None` is the model's default.
    pub level: Option<Effort>,
    /// The most reasoning tokens that its API lets it use; `None` where nothing but the cap bounds them.
    pub budget: Option<Tokens>,
}

impl CallEffort {
    /// A call that names this level, or none, and says nothing else about reasoning.
    #[must_use]
    pub fn at(model: &Model, level: Option<Effort>) -> Self {
        let by_default = model.thinking.as_ref().is_none_or(|thinking| thinking.by_default);
        // Anthropic's effort governs all output and switches nothing on.
        let family = model.api.as_ref().map(|api| api.family);
        let switches_on = level.is_some() && family != Some(ApiFamily::Anthropic);
        let reasons = model.reasoning && level != Some(Effort::None) && (by_default || switches_on);
        Self { reasons, level, budget: None }
    }
}

/// How many times the reasoning at one level is that of another: twice a step up to high, 3.8 times from
/// high to xhigh, by the same questions asked at several levels (petergpt/bullshit-benchmark, MIT, 23
/// models). The visible part does not change. `max` is taken as `xhigh`, for want of figures.
#[must_use]
pub fn reasoning_ratio(from: Effort, to: Effort) -> f64 {
    let level = |effort| match effort {
        Effort::None | Effort::Minimal => 0.25_f64,
        Effort::Low => 0.5,
        Effort::Medium => 1.0,
        Effort::High => 2.0,
        Effort::Xhigh | Effort::Max => 7.6,
    };
    level(to) / level(from)
}

/// Completions at a level of effort, taken from those of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffortScaling {
    /// The level at which they were measured.
    pub from: Effort,
    /// The level that is asked for.
    pub to: Effort,
    /// How many times their reasoning is.
    pub ratio: f64,
    /// Whether the ratio was learnt from a profile with several levels.
    pub learnt: bool,
}

impl EffortScaling {
    /// What the scaling adds to the variance of log T.
    pub const VARIANCE: f64 = EFFORT_VARIANCE;
}

/// Between a label and its level in the name of a task.
const AT: &str = " at ";
const EFFORT: &str = " effort";

impl Profile {
    /// The name of the task of calls with this label at this level of effort.
    #[must_use]
    pub fn task_at(label: &str, level: &str) -> String {
        format!("{label}{AT}{level}{EFFORT}")
    }

    /// The levels of effort at which its calls were made; `usual` is the level of calls that name none.
    #[must_use]
    pub fn efforts(&self, usual: Effort) -> BTreeSet<Effort> {
        self.tasks().map(|(name, _)| label_and_level(name).1.unwrap_or(usual)).collect()
    }

    /// The completions of a task, or of all, at a level of effort; `usual` is the level of calls that name
    /// none. Where none was measured at that level, those of the nearest one are scaled.
    ///
    /// `None` when there are no such calls.
    #[must_use]
    pub fn at_effort(
        &self,
        task: Option<&str>,
        level: Effort,
        usual: Effort,
    ) -> Option<(Sample, Option<EffortScaling>)> {
        let chosen: Vec<(&str, Effort, &Sample)> = self
            .tasks()
            .filter_map(|(name, sample)| {
                let (label, at) = label_and_level(name);
                let wanted = task.is_none_or(|task| task == label || task == name);
                wanted.then_some((label, at.unwrap_or(usual), sample))
            })
            .collect();
        let pooled = |level: Effort| {
            let mut pooled = Sample::default();
            for (.., sample) in chosen.iter().filter(|(_, at, _)| *at == level) {
                pooled.merge(sample);
            }
            pooled
        };
        let distance = |at: &Effort| reasoning_ratio(*at, level).ln().abs();
        let nearest = chosen.iter().map(|(_, at, _)| *at).min_by(|a, b| {
            distance(a).total_cmp(&distance(b)).then((a != &level).cmp(&(b != &level)))
        })?;
        let measured = pooled(nearest);
        if nearest == level {
            return Some((measured, None));
        }
        let learnt = learnt_slope(&chosen);
        let ratio = reasoning_ratio(nearest, level).powf(learnt.unwrap_or(1.0));
        let scaling = EffortScaling { from: nearest, to: level, ratio, learnt: learnt.is_some() };
        Some((measured.with_reasoning_times(ratio), Some(scaling)))
    }
}

/// The label and the level in the name of a task.
fn label_and_level(name: &str) -> (&str, Option<Effort>) {
    let parts = name.strip_suffix(EFFORT).and_then(|rest| rest.rsplit_once(AT));
    match parts.and_then(|(label, level)| Some((label, level.parse().ok()?))) {
        Some((label, level)) => (label, Some(level)),
        None => (name, None),
    }
}

/// How much faster reasoning grows with the level than usual, by labels that were measured at several:
/// `log r = slope·log(usual r)`, by least squares. `None` where there are none.
fn learnt_slope(samples: &[(&str, Effort, &Sample)]) -> Option<f64> {
    let (mut both, mut squares) = (0.0, 0.0);
    for (i, (label, from, low)) in samples.iter().enumerate() {
        for (other, to, high) in &samples[i + 1..] {
            let usual = reasoning_ratio(*from, *to).ln();
            let (low, high) = (low.mean_reasoning(), high.mean_reasoning());
            if label == other && usual != 0.0 && low > 0.0 && high > 0.0 {
                both += usual * (high / low).ln();
                squares += usual * usual;
            }
        }
    }
    (squares > 0.0).then(|| both / squares)
}

impl Sample {
    fn mean_reasoning(&self) -> f64 {
        let sum: f64 =
            self.observations().map(|(o, times)| o.reasoning.as_f64() * times as f64).sum();
        sum / self.n().max(1) as f64
    }

    /// The same completions with `ratio` times the reasoning; the visible part stays.
    fn with_reasoning_times(&self, ratio: f64) -> Self {
        self.map(|seen| {
            let reasoning = Tokens::from_f64(seen.reasoning.as_f64() * ratio);
            let visible = seen.completion.saturating_sub(seen.reasoning);
            Observation { reasoning, completion: reasoning + visible, ..seen }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn sample(reasoning: u64) -> Sample {
        let mut sample = Sample::default();
        let seen = Observation {
            completion: Tokens::new(reasoning + 100),
            censored: false,
            reasoning: Tokens::new(reasoning),
            content: None,
        };
        sample.add(seen, 3).unwrap();
        sample
    }

    fn profile(tasks: &[(&str, u64)]) -> Profile {
        let tasks: BTreeMap<String, Sample> =
            tasks.iter().map(|(name, r)| ((*name).to_owned(), sample(*r))).collect();
        Profile {
            model: "m".to_owned(),
            origin: "here".to_owned(),
            period: None,
            tasks,
            steps: BTreeMap::new(),
        }
    }

    fn completion(sample: &Sample) -> u64 {
        sample.observations().next().unwrap().0.completion.get()
    }

    #[test]
    fn a_level_that_was_measured_is_taken_as_it_is() {
        let profile = profile(&[("a at low effort", 200), ("a at high effort", 900)]);
        let (found, scaling) = profile.at_effort(None, Effort::High, Effort::Medium).unwrap();
        assert_eq!((completion(&found), scaling), (1_000, None));
        let (found, _) = profile.at_effort(Some("a"), Effort::Low, Effort::Medium).unwrap();
        assert_eq!(completion(&found), 300);
    }

    #[test]
    fn another_level_is_scaled_by_the_usual_ratio_or_by_what_was_learnt() {
        let one = profile(&[("a", 400)]);
        let (found, scaling) = one.at_effort(None, Effort::High, Effort::Medium).unwrap();
        assert_eq!((completion(&found), scaling.unwrap().learnt), (900, false));
        // Low to high is usually four times; here it is sixteen, so that a step is four times.
        let two = profile(&[("a at low effort", 100), ("a at high effort", 1_600)]);
        let (found, scaling) = two.at_effort(None, Effort::Medium, Effort::Medium).unwrap();
        assert!(scaling.unwrap().learnt);
        assert_eq!(completion(&found), 500);
    }
}
