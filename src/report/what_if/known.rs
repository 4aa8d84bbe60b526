//! What a page knows, whatever it is asked about.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::candidate::Candidate;
use super::completions::{ModelWork, Prediction};
use super::numbered::index_of;
use super::policy::Policy;
use super::profiles::{Given, Measurements};
use super::question::Question;
use crate::Error;
use crate::catalog::{Catalog, Counting, Model, Status};
use crate::forecast::{Completion, ENOUGH_CALLS, Priors, TokenDist, Variances};
use crate::units::Tokens;
use crate::workload::CallSpec;

/// Rates, limits and completions of the models that may be chosen, and the call of the command.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Known {
    /// The date of prices and lifecycle.
    as_of: Date,
    /// The call of the command, which the form changes.
    call: CallSpec,
    /// The options of the command that say nothing about the call.
    flags: Vec<String>,
    /// What the recommended cap must satisfy.
    policy: Policy,
    /// The models that may be chosen, those of the command first.
    models: Vec<Candidate>,
    /// Remarks that many models share.
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

impl Known {
    /// What is known of these models; `texts` are the remarks that have numbers already.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for a profile that a page cannot carry.
    pub(super) fn of(
        question: &Question<'_>,
        models: &[&Model],
        mut texts: Vec<String>,
    ) -> Result<Self, Error> {
        let Question { catalog, as_of, call, files, flags, .. } = question;
        let given = Given::of(call, models, *files)?;
        let priors = Priors::embedded()?;
        let ways = ways(models);
        let mut works = Vec::new();
        let mut candidate = |model: &&Model| {
            let work =
                |level| index_of(&mut works, ModelWork::of(model, priors, level, &mut texts));
            let searches = call.searches.unwrap_or_default();
            let way = ways.iter().position(|way| **way == model.counting).unwrap_or_default();
            Candidate::of(model, (catalog, *as_of), searches, work, way)
        };
        let candidates = models.iter().map(&mut candidate).collect();
        let declared = Completion::total(TokenDist::Constant(Tokens::ZERO));
        Ok(Self {
            as_of: *as_of,
            call: (*call).clone(),
            flags: flags.clone(),
            policy: Policy::of(call, None),
            models: candidates,
            texts,
            predictions: [true, false].map(|reasons| Prediction::all(priors, reasons)),
            works,
            variances: [true, false].map(|reasons| priors.variances(reasons)),
            declared: (declared.mean_of(Tokens::ZERO, 1).z(0.95), ENOUGH_CALLS),
            profiles: Measurements::built_in(),
            given,
        })
    }
}

/// The models of the command, then every other one that can be called on that date.
pub(super) fn candidates<'a>(
    chosen: &[&'a Model],
    catalog: &'a Catalog,
    as_of: Date,
) -> Vec<&'a Model> {
    let callable = |model: &&Model| {
        !chosen.contains(model)
            && !matches!(model.status_at(as_of), Status::ShutDown(_))
            && model.price_at(as_of).is_ok()
            && catalog.resolve(&model.id, as_of).is_ok_and(|found| found == *model)
    };
    chosen.iter().copied().chain(catalog.models().filter(callable)).collect()
}

/// The ways of counting of these models, each once.
pub(super) fn ways<'a>(models: &[&'a Model]) -> Vec<&'a Counting> {
    let mut ways: Vec<&Counting> = Vec::new();
    for model in models {
        if !ways.contains(&&model.counting) {
            ways.push(&model.counting);
        }
    }
    ways
}
