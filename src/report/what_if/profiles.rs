//! The measured completions that a page carries.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::Model;
use crate::forecast::{CallEffort, Empirical, OwnCalls, Profile, Sample};
use crate::report::what_if::numbered::index_of;
use crate::report::what_if::policy::Policy;
use crate::units::{Tokens, grouped};
use crate::workload::{CallSpec, MeasuredProfile, ProfileSummary, ReadProfile, Work};
use crate::{Error, ErrorKind};

/// Different observations of the user's own that a page can carry and stay below 500 KB.
const MOST_ROWS: usize = 4_000;
/// So many calls that single ones no longer matter for their mean.
const MANY: u64 = u64::MAX;

/// Reasoning, completion, content, how often, and 1 for what was cut off.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Row(u64, u64, Option<u64>, u64, u8);

/// Observations in the order of the forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct ObservedRows(Vec<Row>);

impl From<&Sample> for ObservedRows {
    fn from(sample: &Sample) -> Self {
        let row = sample.observations().map(|(seen, times)| {
            let content = seen.content.map(Tokens::get);
            Row(
                seen.reasoning.get(),
                seen.completion.get(),
                content,
                times,
                u8::from(seen.censored),
            )
        });
        Self(row.collect())
    }
}

/// A profile that the program carries.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Measurements {
    model: String,
    origin: String,
    from: Option<Date>,
    to: Option<Date>,
    tasks: BTreeMap<String, ObservedRows>,
    /// The variance of the logarithm of the mean, by task, and of all tasks under no name.
    variances: BTreeMap<String, f64>,
}

impl Measurements {
    /// Every profile of the program by its name.
    pub(crate) fn built_in() -> BTreeMap<String, Self> {
        let profile = |name: &str| Some((name.to_owned(), Self::of(&Profile::builtin(name)?)));
        Profile::builtin_names().filter_map(profile).collect()
    }

    fn of(profile: &Profile) -> Self {
        let of_task = |(task, sample): (&str, &Sample)| (task.to_owned(), own_variance(sample));
        let mut variances: BTreeMap<String, f64> = profile.tasks().map(of_task).collect();
        variances.insert(String::new(), own_variance(&profile.pooled()));
        Self {
            variances,
            model: profile.model.clone(),
            origin: profile.origin.clone(),
            from: profile.period.map(|period| period.from),
            to: profile.period.map(|period| period.to),
            tasks: profile.tasks().map(|(task, rows)| (task.to_owned(), rows.into())).collect(),
        }
    }
}

/// How well the mean of a sample is known by itself.
fn own_variance(sample: &Sample) -> f64 {
    let measured = Empirical::new(sample);
    let mean = measured.map(|measured| OwnCalls::mean_of(sample, &measured).variance);
    mean.unwrap_or_default()
}

/// Profiles that the user brought: which one a model finds under a name differs by model.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Given {
    profiles: BTreeMap<String, BTreeMap<String, Found>>,
    about: Vec<ProfileSummary>,
    rows: Vec<ObservedRows>,
}

/// What a model finds under the name of a profile.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Found {
    Profile {
        about: usize,
        rows: usize,
        policy: Policy,
        variance: f64,
        quantile: f64,
        /// Degrees of freedom of the variance; null is a normal.
        dof: Option<f64>,
    },
    Nothing(String),
}

impl Given {
    /// What every model finds under the names of profiles that a call has and the program does not carry.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a profile that a page cannot forecast from, or that is too long for one.
    pub(crate) fn of(
        call: &CallSpec,
        models: &[&Model],
        files: &dyn ReadProfile,
    ) -> Result<Self, Error> {
        let mut given = Self::default();
        for name in brought(call) {
            let mut found = BTreeMap::new();
            for model in models {
                let work = Work { kind: call.kind, effort: CallEffort::at(model, None) };
                let profile = MeasuredProfile::named(&name, model, work, files);
                if profile.as_ref().is_ok_and(MeasuredProfile::is_small) {
                    return Err(Error::new(
                        ErrorKind::Usage,
                        format!("the page does not forecast from as few calls as {name} has"),
                    ));
                }
                let profile = match profile {
                    Ok(profile) if profile.may_release() => given.keep(call, model, &profile),
                    Ok(profile) => Found::Nothing(format!(
                        "`{name}` was measured on {}, not on {}: the command line answers for it",
                        profile.about.model, model.id
                    )),
                    Err(error) => Found::Nothing(error.message().to_owned()),
                };
                found.insert(model.id.clone(), profile);
            }
            given.profiles.insert(name, found);
        }
        let size: usize = given.rows.iter().map(|rows| rows.0.len()).sum();
        if size > MOST_ROWS {
            let size = grouped(size);
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "the profile has {size} different observations, more than a page can carry"
                ),
            ));
        }
        Ok(given)
    }

    /// Keeps a profile; what several models find is kept once.
    fn keep(&mut self, call: &CallSpec, model: &Model, profile: &MeasuredProfile) -> Found {
        let mean = profile.completion().mean_of(model.limits.output_cap, MANY);
        Found::Profile {
            about: index_of(&mut self.about, profile.about.clone()),
            rows: index_of(&mut self.rows, ObservedRows::from(&profile.sample)),
            policy: Policy::of(call, Some(profile)),
            variance: mean.spread.powi(2),
            quantile: mean.z(0.95),
            dof: mean.dof,
        }
    }
}

/// The profiles that a call names and the program does not carry.
pub(super) fn brought(call: &CallSpec) -> Vec<String> {
    let is_built_in = |name: &String| {
        let first = name.split(':').next().unwrap_or_default();
        Profile::builtin_names().any(|known| known == first)
    };
    let mut call = call.clone();
    let names = call.profiles().map(|name| name.clone());
    let mut names: Vec<String> = names.filter(|name| !is_built_in(name)).collect();
    names.dedup();
    names
}
