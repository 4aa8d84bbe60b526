//! A page's data, put together.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::{Catalog, Model, Status, Tier};
use crate::forecast::{Completion, ENOUGH_CALLS, Priors, TokenDist, Variances};
use crate::report::what_if::candidate::Candidate;
use crate::report::what_if::completions::{ModelWork, Prediction};
use crate::report::what_if::numbered::index_of;
use crate::report::what_if::policy::Policy;
use crate::report::what_if::profiles::{Given, Measurements, brought};
use crate::report::what_if::request::{CountedFor, CountedRequest, RequestWords};
use crate::units::Tokens;
use crate::workload::{CallSpec, Prompt, ReadProfile, SentEffort};
use crate::{Error, ErrorKind};

/// What a page can be asked, and what it answers from.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WhatIf {
    /// Whether it answers beside a page that says something else.
    beside: bool,
    /// The date of prices and lifecycle.
    as_of: Date,
    /// The call of the command, which the form changes.
    call: CallSpec,
    /// The declared prompt.
    input_tokens: Option<Tokens>,
    /// The ids of the models of the command.
    chosen: Vec<String>,
    /// The options of the command that say nothing about the call.
    flags: Vec<String>,
    /// What the recommended cap must satisfy.
    policy: Policy,
    /// The models that may be chosen, those of the command first.
    models: Vec<Candidate>,
    /// The request, unless the command declares the prompt.
    request: Option<CountedRequest>,
    /// Remarks on prompts, which many models share.
    texts: Vec<String>,
    /// What is known of completions: of any work and by kind, for models that reason and for the others.
    predictions: [Vec<Prediction>; 2],
    /// What is known of the completions of models, which many models share.
    works: Vec<ModelWork>,
    /// Where the means of workloads differ, for models that reason and for the others.
    variances: [Variances; 2],
    /// The quantile at 95 % that a declared completion has, and how many calls it is taken to be worth.
    declared: (f64, u64),
    /// The built-in profiles by name.
    profiles: BTreeMap<String, Measurements>,
    /// The profiles that the user brought.
    given: Given,
}

/// What a page is asked.
pub(crate) struct Question<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) as_of: Date,
    /// What is known about the call.
    pub(crate) call: &'a CallSpec,
    /// The prompt, where it is declared.
    pub(crate) input_tokens: Option<Tokens>,
    /// Reads the profiles that the call names.
    pub(crate) files: &'a dyn ReadProfile,
    /// The options of the command that say nothing about the call, as words.
    pub(crate) flags: Vec<String>,
    /// Whether the form answers beside a page that says something else, instead of changing the page.
    pub(crate) beside: bool,
}

impl WhatIf {
    /// What answers what-ifs about one input: its prompts for the models of the command, and for the others as
    /// `count` counts it for them.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for what a page does not forecast or price, and what makes it too long.
    pub(crate) fn new<'a>(
        question: Question<'a>,
        prompts: &[CountedFor<'a>],
        words: Option<RequestWords>,
        count: impl FnOnce(&[&'a Model]) -> Vec<(&'a Model, Prompt)>,
    ) -> Result<Self, Error> {
        let Question { catalog, as_of, call, input_tokens, files, flags, beside } = question;
        answerable(call, prompts)?;
        let chosen: Vec<&'a Model> = prompts.iter().map(|prompt| prompt.model).collect();
        let models = candidates(&chosen, catalog, as_of);
        let given = Given::of(call, &models, files)?;
        let mut texts = Vec::new();
        // The candidates begin with the models of the command.
        let others = &models[chosen.len()..];
        let request = words.and_then(|words| {
            CountedRequest::new(words, prompts, (others, &count(others)), as_of, &mut texts)
        });
        let sent = request.as_ref().and_then(|request| request.tier);
        let mut tiers = vec![call.tier.unwrap_or_default(), Tier::Standard];
        tiers.extend(sent);
        tiers.sort_unstable();
        tiers.dedup();
        let priors = Priors::embedded()?;
        let mut known = Vec::new();
        let mut candidate = |model: &&Model| {
            let work = ModelWork::of(model, priors, call.effort, &mut texts);
            let work = index_of(&mut known, work);
            let searches = call.searches.unwrap_or_default();
            Candidate::of(model, (catalog, as_of), (&tiers, searches), work)
        };
        let candidates = models.iter().map(&mut candidate).collect();
        let declared = Completion::total(TokenDist::Constant(Tokens::ZERO));
        Ok(Self {
            beside,
            as_of,
            call: call.clone(),
            input_tokens,
            chosen: chosen.iter().map(|model| model.id.clone()).collect(),
            flags,
            policy: Policy::of(call, None),
            models: candidates,
            request,
            texts,
            predictions: [true, false].map(|reasons| Prediction::all(priors, reasons)),
            works: known,
            variances: [true, false].map(|reasons| priors.variances(reasons)),
            declared: (declared.mean_of(Tokens::ZERO, 1).z(0.95), ENOUGH_CALLS),
            profiles: Measurements::built_in(),
            given,
        })
    }
}

/// Refuses what a page does not forecast or price, where the command asks for it.
fn answerable(call: &CallSpec, prompts: &[CountedFor<'_>]) -> Result<(), Error> {
    let by_effort = |asked: &CountedFor<'_>| {
        let sent = &asked.prompt.effort;
        asked.effort.is_some()
            || sent.level.is_some() && call.effort.is_none()
            || sent.budget.is_some()
            || sent.reasons != SentEffort::usual(asked.model).reasons
    };
    let has_profile = !brought(call).is_empty() || call.profile.is_some();
    let of_profile = call.effort.is_some() && has_profile;
    let refuse = |why: &str| Err(Error::new(ErrorKind::Usage, why));
    if call.thinking_budget.is_some() || of_profile || prompts.iter().any(by_effort) {
        return refuse("the page forecasts by --effort, and not by other efforts or budgets");
    }
    if prompts.iter().any(|asked| !asked.prompt.settings.cache_marks.is_empty()) {
        return refuse("the page does not price marks for the cache");
    }
    Ok(())
}

/// The models of the command, then every other one that can be called on that date.
fn candidates<'a>(chosen: &[&'a Model], catalog: &'a Catalog, as_of: Date) -> Vec<&'a Model> {
    let callable = |model: &&Model| {
        !chosen.contains(model)
            && !matches!(model.status_at(as_of), Status::ShutDown(_))
            && model.price_at(as_of).is_ok()
            && catalog.resolve(&model.id, as_of).is_ok_and(|found| found == *model)
    };
    chosen.iter().copied().chain(catalog.models().filter(callable)).collect()
}
