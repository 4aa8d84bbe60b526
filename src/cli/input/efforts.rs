//! Levels of effort in the names of models: `o3:low`.

use crate::catalog::{Effort, Model};
use crate::cli::settings::Settings;

/// The models that a command names, and the levels that stand behind their names.
#[derive(Debug, Clone, Default)]
pub(crate) struct NamedEfforts {
    /// The names without levels, each once.
    pub(crate) models: Vec<String>,
    /// Every model as the command names it, in order, by the id that the catalogue has.
    asked: Vec<(String, Option<Effort>)>,
}

impl NamedEfforts {
    /// Parts `o3:low` into the model and the level, unless a model has that very name.
    pub(crate) fn of(names: &[String], settings: &Settings) -> Self {
        let resolve = |name: &str| settings.catalog.resolve(name, settings.as_of).ok();
        let mut found = Self::default();
        let listed = names.iter().flat_map(|names| names.split(',')).map(str::trim);
        for name in listed.filter(|name| !name.is_empty()) {
            let parts = match resolve(name) {
                Some(_) => None,
                None => name.rsplit_once(':').and_then(|(model, level)| {
                    resolve(model)?;
                    Some((model, level.parse().ok()?))
                }),
            };
            let (model, level) = parts.map_or((name, None), |(model, level)| (model, Some(level)));
            if !found.models.iter().any(|known| known == model) {
                found.models.push(model.to_owned());
            }
            let id = resolve(model).map_or(model, |found| found.id.as_str()).to_owned();
            if !found.asked.contains(&(id.clone(), level)) {
                found.asked.push((id, level));
            }
        }
        found
    }

    /// The levels that a model is asked for; one that is not named is `None`.
    pub(crate) fn levels(&self, id: &str) -> Vec<Option<Effort>> {
        let levels: Vec<_> =
            self.asked.iter().filter(|(asked, _)| asked == id).map(|(_, level)| *level).collect();
        if levels.is_empty() { vec![None] } else { levels }
    }

    /// Every model with every level that it is asked for.
    pub(crate) fn of_models<'m>(&self, models: Vec<&'m Model>) -> Vec<(&'m Model, Option<Effort>)> {
        let of = |model: &'m Model| self.levels(&model.id).into_iter().map(move |at| (model, at));
        models.into_iter().flat_map(of).collect()
    }

    /// A model as a command names it.
    pub(crate) fn name(model: &Model, effort: Option<Effort>) -> String {
        effort.map_or_else(|| model.id.clone(), |effort| format!("{}:{effort}", model.id))
    }
}
