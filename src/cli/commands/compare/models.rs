//! Which models are compared.

use crate::Error;
use crate::cli::input::models::{WantedModels, are_a_set};
use crate::cli::settings::Settings;

/// The pair that is compared by default, on every day, beside the models that follow it.
const PAIR: [&str; 2] = ["o1-mini", "o1-preview"];

/// The models to compare.
pub(super) struct ComparedModels {
    pub(super) ids: Vec<String>,
    /// Whether they have no order of their own: then the cheapest comes first.
    pub(super) by_cost: bool,
    /// Whether those that do not fit are left out.
    pub(super) only_fitting: bool,
}

impl ComparedModels {
    /// The models that the arguments ask for; `named` are those of -m or of a scenario.
    pub(super) fn of(
        named: &[String],
        wanted: &WantedModels,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let by_cost = wanted.is_set() || are_a_set(named, settings);
        let ids = if wanted.is_set() {
            wanted.ids(named, settings)?
        } else if by_cost {
            named.to_vec()
        } else {
            beside_the_pair(named, settings)
        };
        Ok(Self { ids, by_cost, only_fitting: wanted.fits })
    }
}

/// The models that a command names; where it names none, those of the environment or outlay.toml, and beside one
/// of these the pair with the models that follow it.
fn beside_the_pair(asked: &[String], settings: &Settings) -> Vec<String> {
    if !asked.is_empty() {
        return asked.to_vec();
    }
    let mut names = settings.call.model.clone();
    if names.len() > 1 || names.iter().any(|name| name.contains(',')) {
        return names;
    }
    let old = PAIR.into_iter().filter_map(|id| settings.catalog.get(id));
    let gone = old.clone().filter(|model| !model.runs_after(settings.as_of));
    let next = gone.filter_map(|model| settings.catalog.living_successor(model, settings.as_of));
    for model in old.chain(next) {
        if !names.contains(&model.id) {
            names.push(model.id.clone());
        }
    }
    names
}
