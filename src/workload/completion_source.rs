//! Which distribution a completion follows: declared, measured, predicted from the kind of work, or that of
//! any work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::call_spec::{CallSpec, CompletionDist};
use super::measured_profile::{MeasuredProfile, ReadProfile, Work};
use crate::catalog::Model;
use crate::forecast::{
    CallEffort, Completion, ENOUGH_CALLS, Empirical, LoggedSteps, OwnCalls, Prior, Priors, Profile,
    TokenDist, TurnRange, WorkKind,
};
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// From so many completions on, a range of turns is a distribution of its own.
const ENOUGH_AT_TURN: u64 = 5;

/// The distribution of a completion, and where it is from.
#[derive(Debug, Clone)]
pub struct CompletionSource {
    /// How long completions are.
    pub completion: Completion,
    /// The profile they were measured in; `None` for declared and predicted ones.
    pub profile: Option<MeasuredProfile>,
    /// What the forecast rests on besides: the prior of the kind of work, where it is one.
    pub prior: Option<Prior>,
    /// The kind that was asked for.
    pub kind: Option<WorkKind>,
    /// Whether the call reasons, and at which level.
    pub effort: CallEffort,
    /// The tasks of agents in the logs of the profile, where they show any.
    pub steps: Option<LoggedSteps>,
    said: Said,
}

/// The id of the model that was asked about first, and what is said of its forecast: every line of a corpus asks.
#[derive(Debug, Default)]
struct Said(OnceLock<(String, String)>);

impl Clone for Said {
    /// Nothing yet: a copy may be changed.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl CompletionSource {
    /// The distribution that a call has for a model: what it declares, else the profile it names, else the
    /// prediction of its kind of work, else that of all kinds.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for declarations that contradict the model, and for profiles that are not there,
    /// cannot be read or say nothing about the model.
    pub fn of(
        model: &Model,
        spec: &CallSpec,
        effort: CallEffort,
        files: &dyn ReadProfile,
    ) -> Result<Self, Error> {
        let work = Work { kind: spec.kind, effort };
        let source = |completion, profile, prior| Self {
            completion: within_budget(completion, effort),
            profile,
            prior,
            kind: spec.kind,
            effort,
            steps: None,
            said: Said::default(),
        };
        if let Some(completion) = declared(model, spec, work, files)? {
            return Ok(source(completion, None, None));
        }
        if let Some(name) = &spec.profile {
            let found = MeasuredProfile::find(name, model, files)?;
            let steps = found.profile.logged_steps(found.task.as_deref());
            // Logs that do not tell reasoning have no observations; of a task they still know the whole.
            let total = steps.as_ref().filter(|_| !found.has_rows());
            if let Some(total) = total.and_then(LoggedSteps::completion) {
                return Ok(Self { steps, ..source(Completion::total(total), None, None) });
            }
            let profile = found.chosen(model, work)?;
            let prior = profile.is_small().then(|| profile.prior.clone());
            return Ok(Self { steps, ..source(profile.completion(), Some(profile), prior) });
        }
        Ok(Self::by_work(model, Priors::embedded()?, work))
    }

    /// What is known of the kind of work, or of any work, and nothing else.
    #[must_use]
    pub fn by_work(model: &Model, priors: &Priors, work: Work) -> Self {
        let prior = priors.of(model, work.kind, work.effort);
        let completion = match work.kind {
            Some(_) => Completion::predicted(&prior),
            None => Completion::of_unknown_work(&prior),
        };
        let completion = within_budget(completion, work.effort);
        Self {
            completion,
            profile: None,
            prior: Some(prior),
            kind: work.kind,
            effort: work.effort,
            steps: None,
            said: Said::default(),
        }
    }

    /// The user's own profile as a source.
    #[must_use]
    pub fn of_profile(profile: MeasuredProfile, work: Work) -> Self {
        Self {
            completion: within_budget(profile.completion(), work.effort),
            prior: profile.is_small().then(|| profile.prior.clone()),
            profile: Some(profile),
            kind: work.kind,
            effort: work.effort,
            steps: None,
            said: Said::default(),
        }
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
            let completion = predicted.unwrap_or_else(|| Completion::measured(measured));
            Some((turn, within_budget(completion, self.effort)))
        };
        profile.sample.turns().filter_map(at).collect()
    }

    /// One line about where the forecast for a model comes from, and what makes it better.
    #[must_use]
    pub fn sentence(&self, model: &Model) -> String {
        let (first, said) = self.said.0.get_or_init(|| (model.id.clone(), self.words(model)));
        if *first == model.id { said.clone() } else { self.words(model) }
    }

    fn words(&self, model: &Model) -> String {
        match (&self.profile, &self.prior) {
            (Some(profile), prior) => profile_sentence(profile, prior.as_ref(), model),
            (None, Some(prior)) if self.kind.is_some() => self.predicted_sentence(prior, model),
            (None, Some(_)) => self.unknown_sentence(model),
            (None, None) if self.steps.is_some() => {
                "your logs of tasks, which do not tell how much of a completion is reasoning"
                    .to_owned()
            }
            (None, None) => {
                format!("declared: {}", self.completion.declaration().unwrap_or_default())
            }
        }
    }

    /// One line about the budget of reasoning tokens, where the call has one.
    #[must_use]
    pub fn about_budget(&self, model: &Model) -> Option<String> {
        let budget = self.effort.budget?;
        if self.completion.budget().is_none() {
            return Some(format!(
                "the budget of reasoning is not in this forecast, which does not tell reasoning apart: {budget} tokens"
            ));
        }
        let known = model.thinking.as_ref().and_then(|thinking| thinking.budget);
        Some(if known.is_some_and(|known| known.target) {
            format!(
                "reasoning ends at about its budget, {budget} tokens: `{}` aims at it and may go over",
                model.id
            )
        } else {
            format!("reasoning ends at its budget, {budget} tokens")
        })
    }

    /// One line about a forecast of which only the kind of work is known.
    fn predicted_sentence(&self, prior: &Prior, model: &Model) -> String {
        let kind = match (prior.kind, self.kind) {
            (Some(kind), _) => format!("kind {kind}"),
            (None, Some(kind)) => {
                format!("all kinds as no {kind} was measured without reasoning")
            }
            (None, None) => "all kinds".to_owned(),
        };
        let measured = if prior.model_known {
            format!("on {} as well", model.id)
        } else {
            "on other models".to_owned()
        };
        let effort = match self.effort.level.filter(|_| self.effort.reasons) {
            Some(level) => format!(" at {level} effort"),
            None => String::new(),
        };
        // One question makes some models answer with a letter, and others with an essay.
        let form = if prior.kind == Some(WorkKind::Judge) && !self.effort.reasons {
            "; a bare verdict has some 5 tokens and an explained one hundreds: --visible 1..10 or --visible 100..600 says which"
        } else {
            ""
        };
        format!(
            "{kind}{effort}, measured {measured}: 9 of 10 new workloads lie within p5-p95; {ENOUGH_CALLS} calls of your own \
             narrow it (outlay calibrate LOGS -o profile.json, then --profile profile.json){form}"
        )
    }

    /// One line about a forecast of which not even the kind of work is known.
    fn unknown_sentence(&self, model: &Model) -> String {
        let measured = if self.effort.reasons && Profile::is_builtin(&model.id) {
            format!("; for tasks like those measured, --profile {}", model.id)
        } else {
            String::new()
        };
        let kinds: Vec<&str> = WorkKind::ALL.iter().copied().map(WorkKind::name).collect();
        format!(
            "the range of all kinds of work until you say --kind code or log {} calls: the kinds are {}, `outlay \
             calibrate` reads logs, and until then no cap can promise a risk{measured}",
            ENOUGH_CALLS,
            kinds.join(", ")
        )
    }
}

/// A completion whose reasoning ends at the budget of the call.
fn within_budget(completion: Completion, effort: CallEffort) -> Completion {
    match effort.budget {
        Some(budget) => completion.within_budget(budget),
        None => completion,
    }
}

/// One line about a forecast that was measured.
fn profile_sentence(profile: &MeasuredProfile, prior: Option<&Prior>, model: &Model) -> String {
    let mut text = profile.about.sentence(model);
    if let Some(scaling) = profile.scaling {
        let by = if scaling.learnt { "as learnt from its levels" } else { "as usual" };
        text += &format!(
            "; measured at {} effort and taken to {}, {by}: reasoning × {:.1}",
            scaling.from, scaling.to, scaling.ratio
        );
    }
    if let Some(prior) = prior {
        let worth = Tokens::from_f64(profile.sample.worth());
        let worth = if worth.get() < profile.sample.n() {
            format!(", worth {worth}")
        } else {
            String::new()
        };
        let kind = prior.kind.map_or("all kinds of work".to_owned(), |kind| format!("kind {kind}"));
        text += &format!("; your calls{worth} with the prior of {kind}");
    }
    text
}

/// The sources of one call for many models, each read and fitted once.
pub struct CompletionSources<'a> {
    spec: &'a CallSpec,
    files: &'a dyn ReadProfile,
    /// By the id of the model.
    found: Mutex<BTreeMap<String, Vec<(CallEffort, Found)>>>,
}

type Found = Result<Arc<CompletionSource>, Error>;

impl<'a> CompletionSources<'a> {
    /// The sources of a call; nothing is read before a model asks.
    #[must_use]
    pub fn new(spec: &'a CallSpec, files: &'a dyn ReadProfile) -> Self {
        Self { spec, files, found: Mutex::default() }
    }

    /// The source for a model and an effort, see [`CompletionSource::of`].
    ///
    /// # Errors
    /// Those of [`CompletionSource::of`].
    pub fn of(&self, model: &Model, effort: CallEffort) -> Found {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_model = found.get(&model.id).into_iter().flatten();
        if let Some((_, known)) = of_model.find(|(known, _)| *known == effort) {
            return known.clone();
        }
        let source = CompletionSource::of(model, self.spec, effort, self.files).map(Arc::new);
        found.entry(model.id.clone()).or_default().push((effort, source.clone()));
        source
    }
}

fn declared(
    model: &Model,
    spec: &CallSpec,
    work: Work,
    files: &dyn ReadProfile,
) -> Result<Option<Completion>, Error> {
    let refuse =
        |message: String, hint: &str| Err(Error::new(ErrorKind::Usage, message).hint(hint));
    let dist = |dist: &Option<CompletionDist>, of: fn(&Empirical) -> TokenDist| {
        dist.as_ref().map(|dist| part(dist, model, work, files, of)).transpose()
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
    work: Work,
    files: &dyn ReadProfile,
    of: fn(&Empirical) -> TokenDist,
) -> Result<TokenDist, Error> {
    match dist {
        CompletionDist::Declared(dist, _) => Ok(dist.clone()),
        CompletionDist::Profile(name) => {
            Ok(of(&MeasuredProfile::named(name, model, work, files)?.measured))
        }
    }
}
