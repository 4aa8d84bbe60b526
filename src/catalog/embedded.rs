//! The catalogue that the program carries, read model by model when one is asked for.
//!
//! Reading all of it takes longer than counting a prompt. So the build script notes where in the text
//! each model stands and what it is called.

use std::sync::OnceLock;

use super::load::load;
use super::model::Model;

/// The files under `pricing/`, as they were when the program was built.
pub(super) static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalog_files.rs"));

/// Where a model stands in the files.
struct Place {
    file: &'static str,
    provider: &'static str,
    names: &'static [&'static str],
    start: usize,
    end: usize,
}

#[expect(clippy::unreadable_literal, reason = "the build script wrote it")]
static PLACES: &[Place] = include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// A model of the embedded files.
#[derive(Clone)]
pub(super) struct EmbeddedModel {
    place: &'static Place,
    model: OnceLock<Option<Box<Model>>>,
}

impl EmbeddedModel {
    /// Every one.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        PLACES.iter().map(|place| Self { place, model: OnceLock::new() })
    }

    /// Who sells it.
    pub(super) fn provider(&self) -> &'static str {
        self.place.provider
    }

    /// Its id, its aliases and its snapshots.
    pub(super) fn names(&self) -> &'static [&'static str] {
        self.place.names
    }

    /// The model, read the first time. There is none only if the text is wrong, which a test keeps
    /// from being published.
    pub(super) fn model(&self) -> Option<&Model> {
        self.model.get_or_init(|| self.read()).as_deref()
    }

    fn read(&self) -> Option<Box<Model>> {
        let Place { file, provider, start, end, .. } = *self.place;
        let (_, text) = FILES.iter().find(|(name, _)| *name == file)?;
        let models = load(file, text.get(start..end)?, provider, |_| None).ok()?;
        models.into_values().next().map(Box::new)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn models_read_one_by_one_are_those_of_the_files_read_whole() {
        let mut whole = BTreeMap::new();
        for (file, text) in FILES {
            whole.extend(load(file, text, "", |_| None).unwrap());
        }
        assert_eq!(PLACES.len(), whole.len());
        for embedded in EmbeddedModel::all() {
            let model = embedded.model().unwrap();
            assert_eq!(model, &whole[embedded.names()[0]]);
            assert_eq!(embedded.provider(), model.provider);
            let names: Vec<_> =
                [&model.id].into_iter().chain(&model.aliases).chain(&model.snapshots).collect();
            assert_eq!(embedded.names(), names);
        }
    }
}
