//! What is known of completions before any call was logged: priors by kind of work and by model.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::effort::{EFFORT_VARIANCE, reasoning_ratio};
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
}

impl Priors {
    /// The priors that the program carries.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`], which a test keeps from being published.
    pub fn embedded() -> Result<Self, Error> {
        toml::from_str(EMBEDDED).map_err(|e| {
            Error::new(ErrorKind::Malformed, format!("the priors cannot be read: {}", e.message()))
        })
    }

    /// The prior of a model at an effort; `None` is the model's default. Models and efforts that do not
    /// reason have a fit of their own.
    #[must_use]
    pub fn of(&self, model: &Model, kind: Option<WorkKind>, effort: Option<Effort>) -> Prior {
        let thinking = model.thinking.as_ref();
        let default = thinking.and_then(|thinking| thinking.default_effort);
        let reasons = model.reasoning && effort.or(default) != Some(Effort::None);
        // The maker's id behind a reseller's: azure/gpt-5 is gpt-5.
        let id = model.id.rsplit('/').next().unwrap_or(&model.id);
        if reasons {
            self.reasoning.prior(id, kind, effort, default)
        } else {
            self.plain.prior(id, kind, None, None)
        }
    }
}

impl Priors {
    /// The prior of a model, or of one that the catalogue does not have: as of one that reasons.
    #[must_use]
    pub fn known(
        &self,
        model: Option<&Model>,
        kind: Option<WorkKind>,
        effort: Option<Effort>,
    ) -> Prior {
        match model {
            Some(model) => self.of(model, kind, effort),
            None => self.reasoning.prior("", kind, effort, None),
        }
    }

    /// The variance of the logarithm of a mean that was measured on other workloads of the same model, or
    /// of another one.
    #[must_use]
    pub fn borrowed(&self, reasons: bool, same_model: bool) -> f64 {
        let fit = if reasons { &self.reasoning } else { &self.plain };
        fit.workloads + fit.interaction + if same_model { 0.0 } else { fit.models }
    }
}

impl Fit {
    fn prior(
        &self,
        id: &str,
        kind: Option<WorkKind>,
        effort: Option<Effort>,
        default: Option<Effort>,
    ) -> Prior {
        let usual = default.unwrap_or(Effort::Medium);
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
        }
    }

    fn share(&self, kind: Option<WorkKind>) -> Option<Share> {
        let of_kind = kind.and_then(|kind| self.shares.get(kind.name()));
        of_kind.or_else(|| self.shares.get("any")).copied()
    }
}

impl Prior {
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
        Priors::embedded().unwrap().of(model, kind, effort)
    }

    #[test]
    fn every_model_of_the_catalogue_has_a_prior_for_every_kind() {
        let (catalog, priors) = (Catalog::embedded(), Priors::embedded().unwrap());
        for model in catalog.models() {
            for kind in WorkKind::ALL.into_iter().map(Some).chain([None]) {
                let prior = priors.of(model, kind, None);
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
