//! What is known of completions before any call was logged: priors by kind of work and by model.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::effort::{CallEffort, EFFORT_VARIANCE, reasoning_ratio};
use super::kind::WorkKind;
use super::share::Share;
use crate::catalog::{Effort, Model};
use crate::{Error, ErrorKind};

/// Written by `pricing/priors/fit.py`; its README says from which figures.
const EMBEDDED: &str = include_str!("../../../pricing/priors/priors.toml");

/// The priors of models that reason, and of those that do not. They are two fits that share nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priors {
    #[expect(dead_code, reason = "for the reader of the file")]
    fitted: String,
    reasoning: Fit,
    plain: Fit,
}

/// A mixed model of the mean log T of workloads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fit {
    /// Variance between models.
    models: f64,
    /// Variance between workloads of a kind.
    workloads: f64,
    /// Variance of what a model does on a workload besides both.
    interaction: f64,
    mixture: Mixture,
    /// How much heavier than normal the tails of a forecast are.
    #[serde(default)]
    tail: Option<Tail>,
    kinds: BTreeMap<WorkKind, KindFit>,
    #[serde(default)]
    shares: BTreeMap<String, Share>,
    /// By `model`, or `model@effort`.
    offsets: BTreeMap<String, Offset>,
}

/// All kinds together, each with the same weight.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mixture {
    log_mean: f64,
    within: f64,
    between: f64,
}

/// Tails that are heavier than those of a normal: log T is Student's t with so many degrees of freedom, whose
/// scale is a part of the standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tail {
    /// Degrees of freedom, above 0.
    pub dof: f64,
    /// The part of the standard deviation that the scale is, above 0.
    pub scale: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFit {
    log_mean: f64,
    se: f64,
    within: f64,
    #[expect(dead_code, reason = "for the reader of the file")]
    cells: u32,
    #[expect(dead_code, reason = "for the reader of the file")]
    workload_count: u32,
}

/// How much longer or shorter a model's completions are than the usual ones of their kind.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offset {
    #[serde(rename = "offset")]
    longer: f64,
    se: f64,
    #[expect(dead_code, reason = "for the reader of the file")]
    workload_count: u32,
}

/// What is known of the completions of one model's workload before a call is logged: log T is normal with
/// the mean `centre`, a variance `within` the workload, and a variance `between` new workloads.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// The kind of work; `None` is the mixture of all kinds.
    pub kind: Option<WorkKind>,
    /// The mean of log T.
    pub centre: f64,
    /// The variance of log T within a workload.
    pub within: f64,
    /// The variance of a new workload's mean log T.
    pub between: f64,
    /// The part of `between` that every model shares on the same workload.
    pub shared: f64,
    /// The part of `between` that is between models.
    pub model: f64,
    /// Whether the model itself was measured.
    pub model_known: bool,
    /// How completions divide; `None` for calls that do not reason.
    pub share: Option<Share>,
    /// The tails of the forecast of one call, where they are heavier than normal.
    pub tail: Option<Tail>,
}

impl Priors {
    /// The priors that the program carries.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`], which a test keeps from being published.
    pub fn embedded() -> Result<&'static Self, Error> {
        static PRIORS: LazyLock<Result<Priors, Error>> = LazyLock::new(|| {
            toml::from_str(EMBEDDED).map_err(|e| {
                let message = format!("the priors cannot be read: {}", e.message());
                Error::new(ErrorKind::Malformed, message)
            })
        });
        PRIORS.as_ref().map_err(Clone::clone)
    }

    /// The prior of a model's calls. Calls that do not reason have a fit of their own.
    #[must_use]
    pub fn of(&self, model: &Model, kind: Option<WorkKind>, effort: CallEffort) -> Prior {
        let default = model.thinking.as_ref().and_then(|thinking| thinking.default_effort);
        if effort.reasons {
            self.reasoning.prior(&model.id, kind, effort.level, default)
        } else {
            self.plain.prior(&model.id, kind, None, None)
        }
    }

    /// The prior of a model that the catalogue does not have, or has under this id: with its offset where it
    /// was measured.
    #[must_use]
    pub fn of_id(&self, id: &str, kind: Option<WorkKind>, effort: CallEffort) -> Prior {
        let fit = if effort.reasons { &self.reasoning } else { &self.plain };
        fit.prior(id, kind, effort.level.filter(|_| effort.reasons), None)
    }

    /// The variances of the logarithm of a workload's mean.
    #[must_use]
    pub fn variances(&self, reasons: bool) -> Variances {
        let fit = if reasons { &self.reasoning } else { &self.plain };
        Variances { workloads: fit.workloads, models: fit.models, interaction: fit.interaction }
    }
}

/// Where the means of workloads differ, as variances of their logarithms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Variances {
    /// Between workloads of a kind.
    pub workloads: f64,
    /// Between models.
    pub models: f64,
    /// Of what a model does on a workload besides both.
    pub interaction: f64,
}

impl Fit {
    fn prior(
        &self,
        id: &str,
        kind: Option<WorkKind>,
        effort: Option<Effort>,
        default: Option<Effort>,
    ) -> Prior {
        // The maker's id behind a reseller's: azure/gpt-5 is gpt-5.
        let id = id.rsplit('/').next().unwrap_or(id);
        let usual = default.filter(|level| *level != Effort::None).unwrap_or(Effort::Medium);
        let wanted = effort.unwrap_or(usual);
        let measured_at = |effort: Effort| self.offsets.get(&format!("{id}@{effort}"));
        let at_wanted = measured_at(wanted);
        // The file names no effort where requests named none: that is the default.
        let at_default = self.offsets.get(id).or_else(|| measured_at(usual));
        let (offset, from) = match (at_wanted, at_default) {
            (Some(offset), _) => (Some(*offset), wanted),
            (None, offset) => (offset.copied(), usual),
        };
        let share = self.share(kind);
        let ratio = if self.shares.is_empty() { 1.0 } else { reasoning_ratio(from, wanted) };
        let known = kind.and_then(|kind| Some((kind, self.kinds.get(&kind)?)));
        let model = offset.map_or(self.models, |offset| offset.se * offset.se)
            + if (ratio - 1.0).abs() > 1e-9 { EFFORT_VARIANCE } else { 0.0 };
        let (log_mean, within, shared) = if let Some((_, fit)) = known {
            (fit.log_mean, fit.within, fit.se * fit.se + self.workloads)
        } else {
            let Mixture { log_mean, within, between } = self.mixture;
            (log_mean, within, between - self.models - self.interaction)
        };
        // Only the reasoning grows with the effort.
        let longer = share.map_or(0.0, |share| {
            let reasoning = share.usual();
            (1.0 - reasoning + reasoning * ratio).ln()
        });
        Prior {
            kind: known.map(|(kind, _)| kind),
            centre: log_mean + offset.map_or(0.0, |offset| offset.longer) + longer,
            within,
            between: shared + self.interaction + model,
            shared,
            model,
            model_known: offset.is_some(),
            share: share.map(|share| share.scaled(ratio)),
            tail: self.tail,
        }
    }

    fn share(&self, kind: Option<WorkKind>) -> Option<Share> {
        let of_kind = kind.and_then(|kind| self.shares.get(kind.name()));
        of_kind.or_else(|| self.shares.get("any")).copied()
    }
}

impl Prior {
    /// A prior that says nothing.
    pub(super) fn flat() -> Self {
        Self {
            kind: None,
            centre: 0.0,
            within: 1.0,
            between: 1e9,
            shared: 0.0,
            model: 0.0,
            model_known: false,
            share: None,
            tail: None,
        }
    }

    /// The standard deviation of log T of one call of a new workload.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        (self.within + self.between).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use jiff::civil::date;

    fn prior(id: &str, kind: Option<WorkKind>, effort: Option<Effort>) -> Prior {
        let catalog = Catalog::embedded();
        let model = catalog.resolve(id, date(2026, 11, 25)).unwrap();
        Priors::embedded().unwrap().of(model, kind, CallEffort::at(model, effort))
    }

    #[test]
    fn every_model_of_the_catalogue_has_a_prior_for_every_kind() {
        let (catalog, priors) = (Catalog::embedded(), Priors::embedded().unwrap());
        for model in catalog.models() {
            for kind in WorkKind::ALL.iter().copied().map(Some).chain([None]) {
                let prior = priors.of(model, kind, CallEffort::at(model, None));
                assert!(prior.within > 0.0 && prior.between > prior.shared, "{}", model.id);
                assert!((0.0..12.0).contains(&prior.centre), "{}", model.id);
            }
        }
    }

    #[test]
    fn what_is_known_makes_a_forecast_narrower() {
        let nothing = prior("gpt-6.1-sol", None, None);
        let kind = prior("gpt-6.1-sol", Some(WorkKind::Code), None);
        let both = prior("o1-mini", Some(WorkKind::Code), None);
        assert!(nothing.deviation() > kind.deviation() && kind.deviation() > both.deviation());
        assert!(!kind.model_known && both.model_known);
    }

    #[test]
    fn effort_lengthens_reasoning_and_nothing_else() {
        let at = |effort| prior("gpt-6.1-sol", Some(WorkKind::Puzzle), Some(effort));
        let (medium, high, none) = (at(Effort::Medium), at(Effort::High), at(Effort::None));
        assert!(high.centre > medium.centre && high.centre < medium.centre + 2_f64.ln());
        assert!(none.share.is_none() && none.centre < medium.centre);
    }
}
