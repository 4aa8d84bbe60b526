//! What a page knows of the completions of models that were not measured.

use serde::Serialize;

use crate::catalog::{Effort, Model};
use crate::forecast::{CallEffort, Prior, Priors, WorkKind};
use crate::report::what_if::numbered::index_of;
use crate::workload::{CallSpec, CompletionSource, SentEffort, Work};

/// What is known of the completions of one kind of work.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Prediction {
    centre: f64,
    within: f64,
    shared: f64,
    /// How completions divide: centre, intercept, slope and deviation.
    share: Option<[f64; 4]>,
    /// Heavier tails: degrees of freedom, and the part of the deviation that is the scale.
    tail: Option<[f64; 2]>,
}

impl Prediction {
    /// The predictions for models that reason, or for those that do not: of any work, then of each kind.
    pub(crate) fn all(priors: &Priors, reasons: bool) -> Vec<Self> {
        let effort = CallEffort { reasons, level: None, budget: None };
        kinds().map(|kind| Self::of(&priors.of_id("", kind, effort))).collect()
    }

    /// The prior of a model that was not measured.
    fn of(prior: &Prior) -> Self {
        let share = prior.share.map(|share| [share.centre, share.intercept, share.slope, share.sd]);
        let tail = prior.tail.map(|tail| [tail.dof, tail.scale]);
        let Prior { centre, within, shared, .. } = *prior;
        Self { centre, within, shared, share, tail }
    }
}

/// What is known of the completions of one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ModelWork {
    /// Whether its calls reason.
    reasons: bool,
    /// How much longer its completions are than usual, as a logarithm: of any work, then of each kind; one for
    /// all where it is the same.
    longer: Vec<f64>,
    /// How much larger the odds of reasoning are than usual, as a logarithm.
    odds: f64,
    /// The variance of that.
    variance: f64,
    /// The numbers of the texts that say where forecasts are from: of any work, then of each kind.
    says: Vec<usize>,
}

impl ModelWork {
    /// What is known at a level of effort. The sentences on where it is from go to `texts`.
    pub(crate) fn of(
        model: &Model,
        priors: &Priors,
        level: Option<Effort>,
        texts: &mut Vec<String>,
    ) -> Self {
        let call = CallSpec { effort: level, ..CallSpec::default() };
        let usual = SentEffort::usual(model);
        let sent = SentEffort { level: level.map(|level| level.to_string()), ..usual.clone() };
        // A level that cannot be named may be one that a request sends.
        let resolved =
            usual.resolve(model, &call).or_else(|_| sent.resolve(model, &CallSpec::default()));
        let effort = resolved.unwrap_or_else(|_| CallEffort::at(model, None));
        let says = kinds().map(|kind| {
            let source = CompletionSource::by_work(model, priors, Work { kind, effort });
            // The text is the same for many models and kinds but for their names.
            let says = source.sentence(model).replace(&model.id, "{model}");
            let kind = kind.map(|kind| format!("kind {kind}"));
            index_of(texts, kind.map_or(says.clone(), |kind| says.replace(&kind, "kind {kind}")))
        });
        let says = says.collect();
        let usual = CallEffort { level: None, ..effort };
        let both = |kind| (priors.of(model, kind, effort), priors.of_id("", kind, usual));
        let longer = kinds().map(both).map(|(own, usual)| own.centre - usual.centre);
        let mut longer: Vec<f64> = longer.collect();
        if longer.iter().all(|kind| (kind - longer[0]).abs() < 1e-12) {
            longer.truncate(1);
        }
        let (own, usual) = both(None);
        let odds =
            own.share.zip(usual.share).map_or(0.0, |(own, usual)| own.intercept - usual.intercept);
        Self { reasons: effort.reasons, longer, odds, variance: own.model, says }
    }
}

/// No kind, and every kind.
fn kinds() -> impl Iterator<Item = Option<WorkKind>> {
    std::iter::once(None).chain(WorkKind::ALL.iter().copied().map(Some))
}
