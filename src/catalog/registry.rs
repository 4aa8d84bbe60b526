//! All models, and how a name finds one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use xxhash_rust::xxh3::Xxh3;

use super::embedded::{DAY, DIGEST, EmbeddedModel};
use super::file::load;
use super::ids::ReadId;
use super::model::{Fidelity, Model, Status};
use super::unknown::{Known, unknown};
use crate::names::nearest;
use crate::tokenizer::Encoding;
use crate::{Error, ErrorKind};

/// Every known model by id, and a digest of the text they were read from.
///
/// The id of a model that another company than its maker sells begins with the seller, such as
/// `azure/gpt-5.4`: a name without one is the maker's own model, at the maker's own price.
#[derive(Clone)]
pub struct Catalog {
    /// Shared by the copies of a catalogue until one of them is changed.
    models: Arc<BTreeMap<Cow<'static, str>, Slot>>,
    /// Names that a user gives to models, such as those of deployments.
    named: BTreeMap<String, String>,
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

    /// Whether one of its names is meant.
    fn has_name(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Embedded(embedded) => embedded.names().any(is_meant),
            Self::Read(model) => names(model).any(is_meant),
        }
    }

    /// Its id, its aliases, its snapshots.
    fn names(&self) -> Vec<&str> {
        match self {
            Self::Embedded(embedded) => embedded.names().collect(),
            Self::Read(model) => names(model).collect(),
        }
    }
}

impl Catalog {
    /// The model that is meant where none is named, as long as it can be called.
    pub const DEFAULT_MODEL: &str = "o1-mini";

    /// The catalogue that the program carries. Its models are read when they are asked for.
    #[must_use]
    pub fn embedded() -> Self {
        let mut hash = Xxh3::new();
        hash.update(DIGEST);
        let slot = |model: EmbeddedModel| {
            Some((Cow::Borrowed(model.names().next()?), Slot::Embedded(model)))
        };
        Self {
            models: Arc::new(EmbeddedModel::all().filter_map(slot).collect()),
            named: BTreeMap::new(),
            hash,
        }
    }

    /// The last day on which an entry of the catalogue that the program carries was compared with its
    /// source; a catalogue that was released later is newer.
    #[must_use]
    pub fn embedded_day() -> Date {
        DAY.parse().unwrap_or(Date::MIN)
    }

    /// Adds the models of a catalogue file, or replaces the parts of known models that it names.
    ///
    /// # Errors
    /// [`ErrorKind::Catalog`] with the line and column of what is wrong; the catalogue is as it was then.
    pub fn overlay(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let changed = load(name, text, "custom", |id| self.get(id).cloned())?;
        // An import that found nothing new leaves a file of comments.
        if text.trim().is_empty() {
            return Err(Error::new(ErrorKind::Catalog, "the file is empty").in_source(name).hint(
                "a model is a table `[[model]]`; `pricing/openai.toml` in the source has the form",
            ));
        }
        let ids: Vec<String> = changed.keys().cloned().collect();
        let before = Arc::clone(&self.models);
        let read = changed.into_iter().map(|(id, model)| (id.into(), Slot::Read(Box::new(model))));
        Arc::make_mut(&mut self.models).extend(read);
        if let Err(error) = self.check_names(&ids) {
            self.models = before;
            return Err(error.in_source(name));
        }
        self.hash.update(text.as_bytes());
        Ok(())
    }

    /// Has every model counted with this encoding, which a user named.
    pub fn count_with(&mut self, encoding: Encoding) {
        let note = format!(
            "Counted with {encoding}, which the user named; what surrounds messages is not checked against bills."
        );
        for slot in Arc::make_mut(&mut self.models).values_mut() {
            let Some(mut model) = slot.model().cloned() else { continue };
            model.counting.encoding = encoding;
            model.counting.fidelity = Fidelity::Estimate;
            model.counting.note = Some(note.clone());
            model.counting.error = None;
            *slot = Slot::Read(Box::new(model));
        }
        self.hash.update(encoding.name().as_bytes());
    }

    /// The models that a catalogue file names; what an entry leaves out is as in this catalogue.
    ///
    /// # Errors
    /// As [`Catalog::overlay`].
    pub fn models_of(&self, name: &str, text: &str) -> Result<Vec<Model>, Error> {
        let models = load(name, text, "custom", |id| self.get(id).cloned())?;
        Ok(models.into_values().collect())
    }

    /// `xxh3:` and 32 hexadecimal digits over the hash of the embedded files and the text of every
    /// overlay, in the order they were read.
    #[must_use]
    pub fn digest(&self) -> String {
        format!("xxh3:{:032x}", self.hash.digest128())
    }

    /// Every model, by id.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values().filter_map(Slot::model)
    }

    /// Who sells the models, by id, each once.
    #[must_use]
    pub fn providers(&self) -> Vec<&str> {
        let mut providers: Vec<_> = self.models.values().map(Slot::provider).collect();
        providers.sort_unstable();
        providers.dedup();
        providers
    }

    /// The model that this exact id names, without aliases.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.models.get(id)?.model()
    }

    /// Gives a model another name, such as that of a deployment. It goes before every other meaning of
    /// the name.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] when the catalogue has no model of the id.
    pub fn give_name(&mut self, name: &str, id: &str) -> Result<(), Error> {
        let model = self.find(id).ok_or_else(|| self.unknown(id))?.id.clone();
        self.named.insert(name.to_owned(), model);
        Ok(())
    }

    /// The model that `name` means on `as_of`: a name that was given to it, an id, an alias, a dated
    /// snapshot, one of these behind `provider/`, or an id as clouds and routers write it. What a
    /// cloud or a router sells is never taken as the maker's.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] with what the name may mean, or [`ErrorKind::NotReleased`].
    pub fn resolve(&self, name: &str, as_of: Date) -> Result<&Model, Error> {
        let model = self.meant(name, as_of).ok_or_else(|| self.unknown(name))?;
        if as_of < model.released {
            return Err(Error::new(
                ErrorKind::NotReleased,
                format!("`{}` was released on {}, after {as_of}", model.id, model.released),
            )
            .hint(format!("pass `--as-of {}` or a later date", model.released)));
        }
        Ok(model)
    }

    /// The model that is meant on `as_of` where none is named: o1-mini as long as it can be called, and
    /// after that the model that follows it, along the chain of successors until one can be called.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownModel`] when an overlay has taken the model out, or
    /// [`ErrorKind::NotReleased`] before o1-mini was released.
    pub fn default_model(&self, as_of: Date) -> Result<&Model, Error> {
        let model = self.resolve(Self::DEFAULT_MODEL, as_of)?;
        match model.status_at(as_of) {
            Status::ShutDown(_) => {
                let mut next = self.successors(model);
                Ok(next.find(|next| next.runs_after(as_of)).unwrap_or(model))
            }
            Status::Active | Status::Ending(_) => Ok(model),
        }
    }

    /// Follows the successors of a model to the first that runs for another 90 days after `as_of`; else
    /// to the first that still runs. Who moves now should not have to move again in a month.
    #[must_use]
    pub fn living_successor(&self, model: &Model, as_of: Date) -> Option<&Model> {
        const SOON: i32 = 90;
        let later = as_of.saturating_add(jiff::Span::new().days(SOON));
        let lasting = self.successors(model).find(|next| next.runs_after(later));
        lasting.or_else(|| self.successors(model).find(|next| next.runs_after(as_of)))
    }

    /// The models that follow a model, as their maker names them.
    fn successors(&self, model: &Model) -> impl Iterator<Item = &Model> {
        let successor = |model: &Model| self.get(model.lifecycle.as_ref()?.successor.as_deref()?);
        // A chain longer than the catalogue is a circle.
        std::iter::successors(successor(model), move |next| successor(next)).take(self.models.len())
    }

    /// What to call in place of a model that shuts down: its first successor that still runs on `as_of`.
    #[must_use]
    pub fn advice_after(&self, model: &Model, as_of: Date) -> String {
        match self.living_successor(model, as_of) {
            Some(next) => format!("call `{}`, which follows it", next.id),
            None => "choose another model: `outlay models` lists them".to_owned(),
        }
    }

    /// The model that `name` means on `as_of`, released or not. Other than [`Catalog::resolve`] it does not
    /// look for what an unknown name may mean, which takes a hundred times as long.
    #[must_use]
    pub fn meant(&self, name: &str, as_of: Date) -> Option<&Model> {
        let model = self.find(name)?;
        Some(match &model.formerly {
            Some(before) if as_of < before.until && bare(name, &model.provider) == model.id => {
                self.get(&before.model).unwrap_or(model)
            }
            _ => model,
        })
    }

    fn find(&self, name: &str) -> Option<&Model> {
        if let Some(id) = self.named.get(name) {
            return self.get(id);
        }
        self.exactly(name).or_else(|| self.as_written_elsewhere(name))
    }

    /// The model that has exactly this name, with or without its provider in front.
    fn exactly(&self, name: &str) -> Option<&Model> {
        let has_name = |slot: &&Slot| {
            let bare = bare(name, slot.provider());
            slot.has_name(|known| known == name || known == bare)
        };
        let found = self.models.get(name).or_else(|| self.models.values().find(has_name));
        found?.model()
    }

    /// The model that an id of another form means, where that leaves no doubt who sells it.
    fn as_written_elsewhere(&self, name: &str) -> Option<&Model> {
        let read = ReadId::of(name);
        read.sold_as.iter().find_map(|id| {
            let same = |known: &str| known.eq_ignore_ascii_case(id);
            let has_name = |slot: &&Slot| {
                let id = bare(id, slot.provider());
                slot.has_name(|known| same(known) || known.eq_ignore_ascii_case(id))
            };
            self.models.values().find(has_name)?.model()
        })
    }

    fn unknown(&self, name: &str) -> Error {
        if let Some(error) = self.mistyped_effort(name) {
            return error;
        }
        let known = self.models.iter().map(|(id, slot)| Known {
            id,
            provider: slot.provider(),
            names: slot.names(),
        });
        let released = |id: &str| self.get(id).map(|model| model.released);
        unknown(name, &known.collect::<Vec<_>>(), &released)
    }

    /// The error for a level of effort behind the name of a model, `o3:hgih`, that is like one the model has.
    fn mistyped_effort(&self, name: &str) -> Option<Error> {
        let (id, level) = name.rsplit_once(':')?;
        let efforts = &self.find(id)?.thinking.as_ref()?.efforts;
        if self.find(&format!("{id}-{level}")).is_some() {
            return None;
        }
        let levels: Vec<String> = efforts.iter().map(ToString::to_string).collect();
        let near = *nearest(level, levels.iter().map(String::as_str), 1).first()?;
        let message = format!("`{id}` has no effort `{level}`");
        let hint = format!("did you mean {id}:{near}? its levels are {}", levels.join(", "));
        Some(Error::new(ErrorKind::UnknownModel, message).hint(hint))
    }

    /// That no two models have a name in common, and that what models of these ids point to is there.
    fn check_names(&self, ids: &[String]) -> Result<(), Error> {
        let refuse = |message| {
            Err(Error::new(ErrorKind::Catalog, message)
                .hint("a name belongs to one model; remove it from one of them"))
        };
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        for (id, slot) in self.models.iter() {
            for name in slot.names() {
                if name.trim().is_empty() {
                    return refuse(format!("`{id}` has a name without a letter"));
                }
                if let Some(owner) = owners.insert(name, id) {
                    return refuse(format!("both `{owner}` and `{id}` are called `{name}`"));
                }
            }
        }
        for model in ids.iter().filter_map(|id| self.get(id)) {
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
        let catalog = Catalog::embedded();
        let ids: Vec<String> = catalog.models.keys().map(ToString::to_string).collect();
        catalog.check_names(&ids).unwrap();
    }
}
