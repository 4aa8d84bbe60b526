//! Whether a model can do a job at all, whatever it costs.

use crate::catalog::{Feature, Model, Status};
use crate::cli::input::counted::{self, Prompt};
use crate::cli::settings::Settings;
use crate::{Error, ErrorKind};

/// Why the model of a prompt cannot do its job.
pub(crate) fn cannot(prompt: &Prompt<'_>, settings: &Settings) -> Option<Error> {
    match shut_down(prompt.model, settings) {
        Some(why) => Some(Error::new(ErrorKind::Refused, why)),
        None => refused(prompt, prompt.model, settings),
    }
}

/// Why a model, while it can be called, does not take a prompt that is counted as its own.
pub(crate) fn refused(prompt: &Prompt<'_>, model: &Model, settings: &Settings) -> Option<Error> {
    let refuses = |need: &&Feature| model.supports(**need, settings.as_of) == Some(false);
    match prompt.needs.iter().find(refuses) {
        Some(need) => {
            Some(Error::new(ErrorKind::Refused, format!("it refuses {}", need.in_words())))
        }
        None => prompt.uncountable.clone(),
    }
}

/// A word about models that end soon; those that are gone say so themselves.
pub(crate) fn ending<'a>(
    models: impl Iterator<Item = &'a Model>,
    settings: &'a Settings,
) -> Vec<String> {
    let alive = |model: &&Model| !matches!(model.status_at(settings.as_of), Status::ShutDown(_));
    counted::lifecycle_warnings(models.filter(alive), settings)
}

/// That a model was shut down before the date, and what to use.
pub(crate) fn shut_down(model: &Model, settings: &Settings) -> Option<String> {
    let Status::ShutDown(day) = model.status_at(settings.as_of) else { return None };
    let next = settings.catalog.living_successor(model, settings.as_of);
    let next = next.map(|next| format!("; use {}", next.id)).unwrap_or_default();
    Some(format!("it was shut down on {day}{next}, or take an earlier --as-of"))
}
