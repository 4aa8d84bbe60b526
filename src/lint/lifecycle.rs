//! Models that were shut down, or will be.

use super::finding::Finding;
use super::rule::{MODEL_ENDING, MODEL_SHUT_DOWN};
use super::target::LintTarget;
use crate::catalog::Status;

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let model = target.model;
    let help = target.catalog.advice_after(model, target.as_of);
    let finding = match model.status_at(target.as_of) {
        Status::Active => return Vec::new(),
        Status::Ending(day) => {
            Finding::new(&MODEL_ENDING, format!("`{}` shuts down on {day}", model.id), help)
        }
        Status::ShutDown(day) => {
            Finding::new(&MODEL_SHUT_DOWN, format!("`{}` was shut down on {day}", model.id), help)
        }
    };
    vec![finding.at(target.body.and_then(|body| body.json.set("model")))]
}
