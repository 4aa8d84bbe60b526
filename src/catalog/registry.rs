//! All models, and how a name finds one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xxhash_rust::xxh3::Xxh3;

use super::embedded::{EmbeddedModel, FILES};
use super::load::load;
use super::model::Model;
use crate::{Error, ErrorKind};

/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be suggested for the other.
const SIMILAR: f64 = 0.8;
/// How many names are suggested.
const SUGGESTIONS: usize = 3;

/// Every known model by id, and a digest of the text they were read from.
#[derive(Clone)]
pub struct Catalog {
    models: BTreeMap<String, Slot>,
    hash: Xxh3,
}

/// A model that is read when it is asked for, or that was.
#[derive(Clone)]
enum Slot {
    Embedded(EmbeddedModel),
    Read(Box<Model>),
}

impl Slot {
    fn model(&self) -> Option<&Model> {
        match self {
            Self::Embedded(embedded) => embedded.model(),
            Self::Read(model) => Some(model),
        }
    }

    fn provider(&self) -> &str {
        match self {
            Self::Embedded(embedded) => embedded.provider(),
            Self::Read(model) => &model.provider,
        }
    }

    /// Its id, its aliases, its snapshots.
    fn names(&self) -> Vec<&str> {
        match self {
            Self::Embedded(embedded) => embedded.names().to_vec(),
            Self::Read(model) => names(model).collect(),
        }
    }
}

impl Catalog {
    /// The catalogue that the program carries. Its models are read when they are asked for.
    ///
    /// # Errors
    /// None: a test keeps a file that does not hold what it must from being published.
    pub fn embedded() -> Result<Self, Error> {
        let mut hash = Xxh3::new();
        for (_, text) in FILES {
            hash.update(text.as_bytes());
        }
        let slot = |model: EmbeddedModel| {
            Some(((*model.names().first()?).to_owned(), Slot::Embedded(model)))
        };
        Ok(Self { models: EmbeddedModel::all().filter_map(slot).collect(), hash })
    }

    /// Adds the models of a catalogue file, or replaces the parts of known models that it names.
    ///
    /// # Errors
    /// [`ErrorKind::Catalog`] with the line and column of what is wrong.
    pub fn overlay(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let known = self.models().map(|model| (model.id.clone(), model.clone()));
        let mut models: BTreeMap<String, Model> = known.collect();
        load(name, text, "custom", &mut models)?;
        self.models =
            models.into_iter().map(|(id, model)| (id, Slot::Read(Box::new(model)))).collect();
        self.hash.update(text.as_bytes());
        self.check_names().map_err(|e| e.in_source(name))
    }

    /// The models that a catalogue file names; what an entry leaves out is as in this catalogue.
    ///
    /// # Errors
    /// As [`Catalog::overlay`].
    pub fn models_of(&self, name: &str, text: &str) -> Result<Vec<Model>, Error> {
        let known = self.models().map(|model| (model.id.clone(), model.clone()));
        let mut models: BTreeMap<String, Model> = known.collect();
        let mut named = load(name, text, "custom", &mut models)?;
        named.sort_unstable();
        named.dedup();
        Ok(named.iter().filter_map(|id| models.remove(id)).collect())
    }

    /// `xxh3:` and 32 hexadecimal digits over the text of every file, in the order they were read.
    #[must_use]
    pub fn digest(&self) -> String {
        format!("xxh3:{:032x}", self.hash.digest128())
    }

    /// Every model, by id.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values().filter_map(Slot::model)
    }

    /// The model that this exact id names, without aliases.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.models.get(id)?.model()
    }

    /// The model that `name` means on `as_of`: an id, an alias, a dated snapshot, or one of these
    /// behind `provider/`.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] with the nearest names, or [`ErrorKind::NotReleased`].
    pub fn resolve(&self, name: &str, as_of: Date) -> Result<&Model, Error> {
        let model = self.find(name).ok_or_else(|| self.unknown(name))?;
        let model = match &model.formerly {
            Some(before) if as_of < before.until && bare(name, &model.provider) == model.id => {
                self.get(&before.model).unwrap_or(model)
            }
            _ => model,
        };
        if as_of < model.released {
            return Err(Error::new(
                ErrorKind::NotReleased,
                format!("`{}` was released on {}, after {as_of}", model.id, model.released),
            )
            .hint(format!("pass `--as-of {}` or a later date", model.released)));
        }
        Ok(model)
    }

    /// Follows the successors of a model to the first that still runs on `as_of`.
    #[must_use]
    pub fn living_successor(&self, model: &Model, as_of: Date) -> Option<&Model> {
        let successor = |model: &Model| self.get(model.lifecycle.as_ref()?.successor.as_deref()?);
        let lives =
            |model: &&Model| model.lifecycle.as_ref().is_none_or(|end| end.shutdown > as_of);
        // A chain longer than the catalogue is a circle.
        std::iter::successors(successor(model), |next| successor(next))
            .take(self.models.len())
            .find(lives)
    }

    fn find(&self, name: &str) -> Option<&Model> {
        let has_name = |slot: &&Slot| slot.names().contains(&bare(name, slot.provider()));
        let found = self.models.get(name).or_else(|| self.models.values().find(has_name));
        found?.model()
    }

    fn unknown(&self, name: &str) -> Error {
        let mut near: Vec<(f64, &str)> = self
            .models
            .values()
            .flat_map(Slot::names)
            .map(|known| (strsim::jaro_winkler(&name.to_lowercase(), known), known))
            .filter(|(score, _)| *score >= SIMILAR)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let near: Vec<_> =
            near.into_iter().take(SUGGESTIONS).map(|(_, n)| format!("`{n}`")).collect();
        let error =
            Error::new(ErrorKind::UnknownModel, format!("the catalogue has no model `{name}`"));
        if near.is_empty() {
            error.hint("`outlay models` lists every model; `--catalog FILE` adds one")
        } else {
            error.hint(format!(
                "did you mean {}? `outlay models` lists every model",
                near.join(", ")
            ))
        }
    }

    fn check_names(&self) -> Result<(), Error> {
        let refuse = |message| {
            Err(Error::new(ErrorKind::Catalog, message)
                .hint("a name belongs to one model; remove it from one of them"))
        };
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        for model in self.models() {
            for name in names(model) {
                if let Some(owner) = owners.insert(name, &model.id) {
                    return refuse(format!(
                        "both `{owner}` and `{}` are called `{name}`",
                        model.id
                    ));
                }
            }
            let successor = model.lifecycle.as_ref().and_then(|end| end.successor.as_deref());
            let formerly = model.formerly.as_ref().map(|before| before.model.as_str());
            if let Some(missing) = [successor, formerly]
                .into_iter()
                .flatten()
                .find(|id| !self.models.contains_key(*id))
            {
                let message = format!(
                    "`{}` points to `{missing}`, which the catalogue does not have",
                    model.id
                );
                return Err(Error::new(ErrorKind::Catalog, message)
                    .hint("add that model, or leave the reference out"));
            }
        }
        Ok(())
    }
}

/// Every name of a model: its id, its aliases, its snapshots.
fn names(model: &Model) -> impl Iterator<Item = &str> {
    std::iter::once(&model.id).chain(&model.aliases).chain(&model.snapshots).map(String::as_str)
}

/// `name` without the prefix of a provider.
fn bare<'a>(name: &'a str, provider: &str) -> &'a str {
    name.strip_prefix(provider).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_names_belong_to_one_model_each() {
        Catalog::embedded().unwrap().check_names().unwrap();
    }
}
