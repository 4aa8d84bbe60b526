//! Models that are gone or going.

use jiff::civil::Date;

use super::finding::Finding;
use super::rule::{MODEL_ENDING, MODEL_SHUT_DOWN};
use super::target::LintTarget;
use crate::catalog::{Catalog, Model, Status};

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let model = target.model;
    let help = successor(target.catalog, model, target.as_of);
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

/// What to call in place of a model that is gone or going.
pub(super) fn successor(catalog: &Catalog, model: &Model, as_of: Date) -> String {
    match catalog.living_successor(model, as_of) {
        Some(next) => format!("call `{}`, which follows it", next.id),
        None => "choose another model: `outlay models` lists them".to_owned(),
    }
}
