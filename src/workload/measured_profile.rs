//! A measured profile that forecasts a call.

use super::profile_summary::{ProfileConfidence, ProfileSummary};
use crate::catalog::{Effort, Model};
use crate::forecast::{
    CallEffort, CapPolicy, Completion, EffortScaling, Empirical, OwnCalls, Plan, Prior, Priors,
    Profile, Sample, WorkKind, WorkloadMean, needed_n,
};
use crate::units::Probability;
use crate::{Error, ErrorKind};

/// Reads the profile files that a [`CallSpec`](super::CallSpec) names. The library touches no files itself.
pub trait ReadProfile: Sync {
    /// The text of a file; `None` where there is no such file.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    fn read_profile(&self, name: &str) -> Result<Option<String>, Error>;
}

/// Finds no profile file: for callers that use built-in profiles and declared completions alone.
#[derive(Debug, Clone, Copy)]
pub struct NoProfileFiles;

impl ReadProfile for NoProfileFiles {
    fn read_profile(&self, _: &str) -> Result<Option<String>, Error> {
        Ok(None)
    }
}

/// What a call is for, and how much it reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// The kind of work, where it is known.
    pub kind: Option<WorkKind>,
    /// Whether the call reasons, and at which level.
    pub effort: CallEffort,
}

/// A measured profile that is in use.
#[derive(Debug, Clone)]
pub struct MeasuredProfile {
    /// Its name, size and origin.
    pub about: ProfileSummary,
    /// Its distribution.
    pub measured: Empirical,
    /// Its observations.
    pub sample: Sample,
    /// Whether the user brought it.
    pub own: bool,
    /// What was known of such work before it was measured.
    pub prior: Prior,
    /// How its completions were made those of another level of effort.
    pub scaling: Option<EffortScaling>,
    /// Whether it was measured on another model, or at another level of effort, than the call is of.
    is_elsewhere: bool,
    /// Where it is used for what it was not measured on: the variance of the logarithm of the mean there.
    borrowed: Option<Borrowed>,
}

/// What a profile does not know of the workload that it is used for.
#[derive(Debug, Clone, Copy)]
struct Borrowed {
    variance: f64,
    /// The part that other models share.
    shared: f64,
    /// How much longer completions are there, as a logarithm.
    longer: f64,
}

impl MeasuredProfile {
    /// Reads `NAME`, `NAME:task`, `FILE`, `FILE:task`, `FILE:model` or `FILE:model:task`. Task names may
    /// hold colons themselves.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no such profile, model or task.
    pub fn named(
        written: &str,
        model: &Model,
        work: Work,
        files: &dyn ReadProfile,
    ) -> Result<Self, Error> {
        Self::find(written, model, files)?.chosen(model, work)
    }

    /// The profile and the task that a name means.
    pub(super) fn find(
        written: &str,
        model: &Model,
        files: &dyn ReadProfile,
    ) -> Result<FoundProfile, Error> {
        let splits =
            written.match_indices(':').map(|(i, _)| (&written[..i], Some(&written[i + 1..])));
        for (name, rest) in std::iter::once((written, None)).chain(splits) {
            if let Some(profile) = Profile::builtin(name) {
                return Ok(FoundProfile::new(name, profile, rest, false));
            }
            if let Some(text) = files.read_profile(name)? {
                let profiles = Profile::parse_all(&text).map_err(|e| e.in_source(name))?;
                let (profile, task) =
                    of_model(&profiles, rest, model).map_err(|e| e.in_source(name))?;
                return Ok(FoundProfile::new(name, profile.clone(), task, true));
            }
        }
        let names: Vec<_> = Profile::builtin_names().collect();
        Err(Error::new(ErrorKind::Usage, format!("there is no profile `{written}`")).hint(format!(
            "name a profile file, or one of {}; add :task for one task",
            names.join(", ")
        )))
    }

    /// One task of a profile, or all of them pooled; at the level of effort that the call names. A call that
    /// names none takes the model's default where the profile has several.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a task that the profile does not have or that has no rows.
    pub fn chosen(
        name: &str,
        profile: &Profile,
        task: Option<&str>,
        model: &Model,
        work: Work,
        own: bool,
    ) -> Result<Self, Error> {
        let default = model.thinking.as_ref().and_then(|thinking| thinking.default_effort);
        let usual = default.filter(|level| *level != Effort::None).unwrap_or(Effort::Medium);
        let is_mixed = profile.efforts(usual).len() > 1;
        let level = work.effort.level.or(is_mixed.then_some(usual));
        let level = level.filter(|_| work.effort.reasons);
        let at_level = level.and_then(|level| profile.at_effort(task, level, usual));
        let (sample, scaling) = match (at_level, task) {
            (Some(found), _) => found,
            (None, Some(task)) => (profile.task(task)?.clone(), None),
            (None, None) => (profile.pooled(), None),
        };
        let measured = Empirical::new(&sample).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("the profile `{name}` has no rows for this task"))
                .hint("choose another task, or pool them by naming none")
        })?;
        let about = ProfileSummary {
            name: name.to_owned(),
            model: profile.model.clone(),
            task: task.map(ToOwned::to_owned),
            tasks: profile.tasks().count(),
            n: sample.n(),
            censored: sample.censored(),
            origin: profile.origin.clone(),
            from: profile.period.map(|period| period.from),
            to: profile.period.map(|period| period.to),
            confidence: None,
        };
        let priors = Priors::embedded()?;
        let prior = priors.of(model, work.kind, work.effort);
        let theirs = priors.of_id(&profile.model, work.kind, work.effort);
        let same_model = profile.model == model.id;
        let all = priors.variances(work.effort.reasons);
        let borrowed = match (own, same_model) {
            (true, true) => None,
            // The same work on another model.
            (true, false) => Some(Borrowed {
                variance: 2.0 * all.interaction + prior.model + theirs.model,
                shared: 0.0,
                longer: prior.centre - theirs.centre,
            }),
            // Other work, of the same model or of another one.
            (false, _) => Some(Borrowed {
                variance: all.workloads
                    + all.interaction
                    + if same_model { 0.0 } else { all.models },
                shared: all.workloads,
                longer: 0.0,
            }),
        };
        let is_elsewhere = !same_model || scaling.is_some();
        Ok(Self { about, measured, sample, own, prior, scaling, is_elsewhere, borrowed })
    }

    /// Whether it holds the user's own calls of this very model and effort, so that it may replace the reserve.
    #[must_use]
    pub fn may_release(&self) -> bool {
        self.own && self.borrowed.is_none() && self.scaling.is_none()
    }

    /// What it allows to say about the cap of a plan.
    #[must_use]
    pub fn confidence(&self, plan: &Plan, policy: &CapPolicy) -> ProfileConfidence {
        let confidence = ProfileConfidence::of(&self.sample, &self.prior, plan, policy);
        // Of another model or effort no share of these calls is a bound.
        let length_risk_upper = confidence.length_risk_upper.filter(|_| !self.is_elsewhere);
        ProfileConfidence { length_risk_upper, ..confidence }
    }

    /// Whether so few calls were measured that the prior of their work has a say.
    #[must_use]
    pub fn is_small(&self) -> bool {
        self.own && self.sample.worth() < needed_n(Probability::clamped(0.01)) as f64
    }

    /// The distribution of a call: what was measured, widened by what that does not know.
    #[must_use]
    pub fn completion(&self) -> Completion {
        let Some(own) = OwnCalls::new(&self.sample, &self.prior) else {
            return Completion::measured(self.measured.clone());
        };
        let scaled = if self.scaling.is_some() { EffortScaling::VARIANCE } else { 0.0 };
        match self.borrowed {
            None if self.is_small() && scaled <= 0.0 => {
                Completion::own_calls(&own, &self.measured, &self.prior)
            }
            // Of the user's own work on another model or effort, a call is as uncertain as the mean.
            borrowed if self.own && (borrowed.is_some() || scaled > 0.0) => {
                let unknown = borrowed.map_or(0.0, |borrowed| borrowed.variance) + scaled;
                let longer = borrowed.map_or(0.0, |borrowed| borrowed.longer);
                Completion::predicted(&own.elsewhere(unknown, longer, &self.measured, &self.prior))
            }
            borrowed => {
                let known = OwnCalls::mean_of(&self.sample, &self.measured);
                let mean = match borrowed {
                    None => known,
                    Some(Borrowed { variance, shared, .. }) => WorkloadMean {
                        variance: known.variance + variance + scaled,
                        dof: None,
                        shared,
                        ..known
                    },
                };
                Completion::measured(self.measured.clone()).with_workload(mean)
            }
        }
    }
}

/// A profile as a name means it.
pub(super) struct FoundProfile {
    name: String,
    pub(super) profile: Profile,
    pub(super) task: Option<String>,
    own: bool,
}

impl FoundProfile {
    fn new(name: &str, profile: Profile, task: Option<&str>, own: bool) -> Self {
        Self { name: name.to_owned(), profile, task: task.map(ToOwned::to_owned), own }
    }

    /// Whether it has observations of the task.
    pub(super) fn has_rows(&self) -> bool {
        match &self.task {
            Some(task) => self.profile.tasks.contains_key(task),
            None => !self.profile.tasks.is_empty(),
        }
    }

    /// What it says of a call.
    pub(super) fn chosen(&self, model: &Model, work: Work) -> Result<MeasuredProfile, Error> {
        let task = self.task.as_deref();
        MeasuredProfile::chosen(&self.name, &self.profile, task, model, work, self.own)
    }
}

/// The profile that is meant among those of a file, and the task: the model's own, unless `rest`
/// begins with the id of another.
fn of_model<'p, 's>(
    profiles: &'p [Profile],
    rest: Option<&'s str>,
    model: &Model,
) -> Result<(&'p Profile, Option<&'s str>), Error> {
    let named = profiles.iter().find_map(|profile| {
        let behind = rest?.strip_prefix(&profile.model)?;
        if behind.is_empty() {
            Some((profile, None))
        } else {
            Some((profile, Some(behind.strip_prefix(':')?)))
        }
    });
    let own = || profiles.iter().find(|profile| profile.model == model.id);
    match (named, profiles) {
        (Some(named), _) => Ok(named),
        (None, [only]) => Ok((only, rest)),
        (None, _) => own().map(|profile| (profile, rest)).ok_or_else(|| {
            let models: Vec<_> = profiles.iter().map(|profile| profile.model.as_str()).collect();
            let message = format!("the file has no profile of `{}`", model.id);
            Error::new(ErrorKind::Usage, message).hint(format!(
                "it has those of {}; add one of them, such as :{}",
                models.join(", "),
                models.first().unwrap_or(&"o1-mini")
            ))
        }),
    }
}
