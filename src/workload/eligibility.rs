//! Whether a model can do a job at all, whatever it costs.

use jiff::civil::Date;

use super::prompt::Prompt;
use crate::catalog::{Catalog, Feature, Model, Status};
use crate::{Error, ErrorKind};

/// Why a model does not take a prompt, although it can be called: it lacks a feature, or the prompt holds
/// something it does not count. `None` when it takes it.
#[must_use]
pub fn refused(prompt: &Prompt, model: &Model, as_of: Date) -> Option<Error> {
    let lacks = prompt.needs.iter().find(|need| model.supports(**need, as_of) == Some(false));
    match lacks {
        Some(need) => {
            Some(Error::new(ErrorKind::Refused, format!("it refuses {}", need.in_words())))
        }
        None => prompt.uncountable.clone(),
    }
}

/// What of these needs of a request a model refuses, a sentence each.
pub fn refusals(needs: &[Feature], model: &Model, as_of: Date) -> impl Iterator<Item = String> {
    needs
        .iter()
        .filter(move |need| model.supports(**need, as_of) == Some(false))
        .map(|need| format!("`{}` refuses {}", model.id, need.in_words()))
}

/// That a model was shut down before the day, and what to use.
#[must_use]
pub fn shut_down(catalog: &Catalog, model: &Model, as_of: Date) -> Option<String> {
    let Status::ShutDown(day) = model.status_at(as_of) else { return None };
    let next = catalog.living_successor(model, as_of);
    let next = next.map(|next| format!("; use {}", next.id)).unwrap_or_default();
    Some(format!("it was shut down on {day}{next}, or take an earlier --as-of"))
}

/// One warning for each model that shuts down or was shut down, with its successor; each once, by id.
pub fn lifecycle_warnings<'m>(
    catalog: &Catalog,
    models: impl Iterator<Item = &'m Model>,
    as_of: Date,
) -> Vec<String> {
    let mut models: Vec<&Model> = models.collect();
    models.sort_by_key(|model| &model.id);
    models.dedup_by_key(|model| &model.id);
    let next = |model: &Model| {
        let next = catalog.living_successor(model, as_of);
        next.map(|next| format!("; use `{}`", next.id)).unwrap_or_default()
    };
    models
        .into_iter()
        .filter_map(|model| match model.status_at(as_of) {
            Status::Active => None,
            Status::Ending(day) => {
                Some(format!("`{}` shuts down on {day}{}", model.id, next(model)))
            }
            Status::ShutDown(day) => Some(format!(
                "`{}` was shut down on {day}, its last prices are shown{}",
                model.id,
                next(model)
            )),
        })
        .collect()
}

/// Warnings about models that shut down soon. Those that were shut down are left to the caller.
pub fn ending_warnings<'m>(
    catalog: &Catalog,
    models: impl Iterator<Item = &'m Model>,
    as_of: Date,
) -> Vec<String> {
    let alive = |model: &&Model| !matches!(model.status_at(as_of), Status::ShutDown(_));
    lifecycle_warnings(catalog, models.filter(alive), as_of)
}
