//! Which distribution a completion follows: declared, measured by the user, or measured by others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::call_spec::{CallSpec, CompletionDist};
use super::profile_summary::ProfileSummary;
use crate::catalog::{Effort, Model};
use crate::forecast::{
    Completion, Empirical, OwnCalls, Prior, Priors, Profile, Sample, TokenDist, TurnRange, needed_n,
};
use crate::units::{Probability, Tokens};
use crate::{Error, ErrorKind};

/// From so many completions on, a range of turns is a distribution of its own.
const ENOUGH_AT_TURN: u64 = 5;

/// Reads the profile files that a [`CallSpec`] names. The library touches no files itself.
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

/// The distribution of a completion, and where it is from.
#[derive(Debug, Clone)]
pub struct CompletionSource {
    /// How long completions are.
    pub completion: Completion,
    /// The profile they were measured in; `None` for declared and predicted ones.
    pub profile: Option<MeasuredProfile>,
    /// What the forecast rests on besides: the prior of the kind of work, where it is one.
    pub prior: Option<Prior>,
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
}

impl CompletionSource {
    /// The distribution that a call has for a model: what it declares, else the profile it names, else the
    /// prediction of its kind of work, else the built-in profile of that model; `None` when nothing is known.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an effort that the model does not have, for declarations that contradict the model, and for profiles that are not
    /// there, cannot be read or say nothing about the model.
    pub fn of(
        model: &Model,
        spec: &CallSpec,
        files: &dyn ReadProfile,
    ) -> Result<Option<Self>, Error> {
        if let Some(effort) = spec.effort {
            check_effort(model, effort)?;
        }
        if let Some(completion) = declared(model, spec, files)? {
            return Ok(Some(Self { completion, profile: None, prior: None }));
        }
        if let Some(name) = &spec.profile {
            return Ok(Some(MeasuredProfile::named(name, model, spec, files)?.into()));
        }
        if spec.kind.is_some() {
            let prior = Priors::embedded()?.of(model, spec.kind, spec.effort);
            let completion = Completion::predicted(&prior);
            return Ok(Some(Self { completion, profile: None, prior: Some(prior) }));
        }
        // A built-in profile was measured at the default effort.
        let builtin = Profile::builtin(&model.id).filter(|_| spec.effort.is_none());
        builtin
            .map(|profile| {
                Ok(MeasuredProfile::chosen(&model.id, &profile, None, model, spec, false)?.into())
            })
            .transpose()
    }

    /// The distributions of the ranges of turns that a profile knows apart, from five completions on.
    /// Empty for everything else.
    #[must_use]
    pub fn by_turn(&self) -> BTreeMap<TurnRange, Completion> {
        let Some(profile) = &self.profile else { return BTreeMap::new() };
        let own = self.prior.as_ref().and_then(|prior| OwnCalls::new(&profile.sample, prior));
        let at = |turn: TurnRange| {
            let sample = profile.sample.at_turn(turn);
            let measured =
                Empirical::new(&sample).filter(|measured| measured.n() >= ENOUGH_AT_TURN)?;
            let predicted = own.as_ref().zip(self.prior.as_ref()).and_then(|(own, prior)| {
                Some(Completion::own_calls(&own.at_turn(&sample, prior)?, &measured, prior))
            });
            Some((turn, predicted.unwrap_or_else(|| Completion::measured(measured))))
        };
        profile.sample.turns().filter_map(at).collect()
    }

    /// One line about where the forecast for a model comes from.
    #[must_use]
    pub fn sentence(&self, model: &Model) -> String {
        match (&self.profile, &self.prior) {
            (Some(profile), Some(prior)) => {
                let worth = Tokens::from_f64(profile.sample.worth());
                let worth = if worth.get() < profile.sample.n() {
                    format!(", worth {worth}")
                } else {
                    String::new()
                };
                let kind = prior
                    .kind
                    .map_or("all kinds of work".to_owned(), |kind| format!("kind {kind}"));
                format!(
                    "{}; your calls{worth} and the prior of {kind}",
                    profile.about.sentence(model)
                )
            }
            (Some(profile), None) => profile.about.sentence(model),
            (None, Some(prior)) => predicted_sentence(prior, model),
            (None, None) => {
                format!("declared: {}", self.completion.declaration().unwrap_or_default())
            }
        }
    }
}

impl From<MeasuredProfile> for CompletionSource {
    fn from(profile: MeasuredProfile) -> Self {
        // From so many of the user's own calls on they speak for themselves.
        let enough = needed_n(Probability::clamped(0.01)) as f64;
        let few = profile.own && profile.sample.worth() < enough;
        let own = OwnCalls::new(&profile.sample, &profile.prior).filter(|_| few);
        match own {
            Some(own) => Self {
                completion: Completion::own_calls(&own, &profile.measured, &profile.prior),
                prior: Some(profile.prior.clone()),
                profile: Some(profile),
            },
            None => Self {
                completion: Completion::measured(profile.measured.clone()),
                profile: Some(profile),
                prior: None,
            },
        }
    }
}

/// The sources of one call for many models, each read and fitted once.
pub struct CompletionSources<'a> {
    spec: &'a CallSpec,
    files: &'a dyn ReadProfile,
    found: Mutex<BTreeMap<String, Found>>,
}

type Found = Result<Option<Arc<CompletionSource>>, Error>;

impl<'a> CompletionSources<'a> {
    /// The sources of a call; nothing is read before a model asks.
    #[must_use]
    pub fn new(spec: &'a CallSpec, files: &'a dyn ReadProfile) -> Self {
        Self { spec, files, found: Mutex::default() }
    }

    /// The source for a model, see [`CompletionSource::of`].
    ///
    /// # Errors
    /// Those of [`CompletionSource::of`].
    pub fn of(&self, model: &Model) -> Found {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = found.get(&model.id) {
            return known.clone();
        }
        let source = CompletionSource::of(model, self.spec, self.files);
        let source = source.map(|source| source.map(Arc::new));
        found.insert(model.id.clone(), source.clone());
        source
    }
}

/// One line about a forecast of which only the kind of work is known.
fn predicted_sentence(prior: &Prior, model: &Model) -> String {
    let kind = prior.kind.map_or("any kind of work".to_owned(), |kind| format!("kind {kind}"));
    let known =
        if prior.model_known { "measured on public workloads" } else { "not measured itself" };
    format!(
        "forecast by {kind}, {} {known}: 9 of 10 new workloads lie within p5-p95; 20 logged calls of your own \
         narrow it (outlay calibrate LOGS -o profile.json, then --profile profile.json)",
        model.id
    )
}

/// Refuses an effort that a model does not have, and names those it has.
fn check_effort(model: &Model, effort: Effort) -> Result<(), Error> {
    let efforts = model.thinking.as_ref().map_or(&[][..], |thinking| thinking.efforts.as_slice());
    if efforts.contains(&effort) {
        return Ok(());
    }
    let has: Vec<String> = efforts.iter().map(ToString::to_string).collect();
    let hint = if has.is_empty() {
        "it has no levels of effort; leave --effort out".to_owned()
    } else {
        format!("its levels are {}", has.join(", "))
    };
    Err(Error::new(ErrorKind::Usage, format!("`{}` has no effort `{effort}`", model.id)).hint(hint))
}

fn declared(
    model: &Model,
    spec: &CallSpec,
    files: &dyn ReadProfile,
) -> Result<Option<Completion>, Error> {
    let refuse =
        |message: String, hint: &str| Err(Error::new(ErrorKind::Usage, message).hint(hint));
    let dist = |dist: &Option<CompletionDist>, of: fn(&Empirical) -> TokenDist| {
        dist.as_ref().map(|dist| part(dist, model, spec, files, of)).transpose()
    };
    if let Some(total) = dist(&spec.completion_tokens, Empirical::completion)? {
        return Ok(Some(Completion::total(total)));
    }
    let reasoning = dist(&spec.reasoning, Empirical::reasoning)?;
    let visible = dist(&spec.visible, Empirical::visible)?;
    match (reasoning, visible) {
        (None, None) => Ok(None),
        (Some(_), _) if !model.reasoning => refuse(
            format!("`{}` has no hidden reasoning", model.id),
            "declare its answer with --visible alone",
        ),
        (Some(reasoning), Some(visible)) => Ok(Some(Completion::split(reasoning, visible))),
        (None, Some(visible)) if !model.reasoning => {
            Ok(Some(Completion::split(TokenDist::Constant(Tokens::ZERO), visible)))
        }
        (Some(_), None) => refuse(
            "--reasoning alone says nothing about the visible answer".to_owned(),
            "add --visible, such as --visible 200..1200",
        ),
        (None, Some(_)) => refuse(
            format!("`{}` bills hidden reasoning besides the visible answer", model.id),
            "add --reasoning, such as --reasoning 1k..12k",
        ),
    }
}

/// A declared distribution, or the part `of` a profile.
fn part(
    dist: &CompletionDist,
    model: &Model,
    spec: &CallSpec,
    files: &dyn ReadProfile,
    of: fn(&Empirical) -> TokenDist,
) -> Result<TokenDist, Error> {
    match dist {
        CompletionDist::Declared(dist, _) => Ok(dist.clone()),
        CompletionDist::Profile(name) => {
            Ok(of(&MeasuredProfile::named(name, model, spec, files)?.measured))
        }
    }
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
        spec: &CallSpec,
        files: &dyn ReadProfile,
    ) -> Result<Self, Error> {
        let splits =
            written.match_indices(':').map(|(i, _)| (&written[..i], Some(&written[i + 1..])));
        for (name, rest) in std::iter::once((written, None)).chain(splits) {
            if let Some(profile) = Profile::builtin(name) {
                return Self::chosen(name, &profile, rest, model, spec, false);
            }
            if let Some(text) = files.read_profile(name)? {
                let profiles = Profile::parse_all(&text).map_err(|e| e.in_source(name))?;
                let (profile, task) =
                    of_model(&profiles, rest, model).map_err(|e| e.in_source(name))?;
                return Self::chosen(name, profile, task, model, spec, true);
            }
        }
        let names: Vec<_> = Profile::builtin_names().collect();
        Err(Error::new(ErrorKind::Usage, format!("there is no profile `{written}`")).hint(format!(
            "name a profile file, or one of {}; add :task for one task",
            names.join(", ")
        )))
    }

    /// One task of a profile, or all of them pooled.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a task that the profile does not have or that has no rows.
    pub fn chosen(
        name: &str,
        profile: &Profile,
        task: Option<&str>,
        model: &Model,
        spec: &CallSpec,
        own: bool,
    ) -> Result<Self, Error> {
        let sample = match task {
            Some(task) => profile.task(task)?.clone(),
            None => profile.pooled(),
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
        let prior = Priors::embedded()?.of(model, spec.kind, spec.effort);
        Ok(Self { about, measured, sample, own, prior })
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
