//! Tables of a catalogue file that hold for several of its models.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::api::Api;
use super::cache::CacheRules;
use super::surcharge::{Fee, Multiplier};
use super::thinking::Thinking;
use super::turnaround::Turnaround;

/// A table as it is written: the key `models`, and those of a table of one model.
pub(super) type Written = toml::Spanned<toml::Table>;

/// A table, and the models of the file that it is about.
///
/// The build script spreads these tables over the models of the embedded files by the same rule, see
/// `build/catalog.rs`; a test compares the two.
struct Shared<T> {
    models: Vec<String>,
    table: T,
}

impl<T: Clone + DeserializeOwned> Shared<T> {
    /// Reads every table of one kind.
    ///
    /// # Errors
    /// What is wrong, with the place of the table.
    fn read(tables: Vec<Written>) -> Result<Vec<Self>, (Range<usize>, String)> {
        let read = |written: Written| {
            let span = written.span();
            let mut table = written.into_inner();
            let models = table
                .remove("models")
                .ok_or_else(|| "a table of several models needs `models`".to_owned())
                .and_then(|models| {
                    Vec::deserialize(models).map_err(|e| format!("`models`: {}", e.message()))
                });
            let table = T::deserialize(table).map_err(|e| e.message().to_owned());
            match (models, table) {
                (Ok(models), Ok(table)) => Ok(Self { models, table }),
                (Err(message), _) | (_, Err(message)) => Err((span, message)),
            }
        };
        tables.into_iter().map(read).collect()
    }

    /// Whether the table is about the model of this id.
    fn is_about(&self, id: &str) -> bool {
        self.models.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => id.starts_with(start),
            None => id == pattern,
        })
    }

    /// The first table about a model.
    fn first(tables: &[Self], id: &str) -> Option<T> {
        tables.iter().find(|shared| shared.is_about(id)).map(|shared| shared.table.clone())
    }

    /// Every table about a model; null when there is none.
    fn all(tables: &[Self], id: &str) -> Option<Vec<T>> {
        let about = tables.iter().filter(|shared| shared.is_about(id));
        let tables: Vec<T> = about.map(|shared| shared.table.clone()).collect();
        (!tables.is_empty()).then_some(tables)
    }
}

/// All tables of a file that hold for several models: of the API, the cache and the reasoning of a
/// model the first that names it, of fees, multipliers and turnarounds all.
pub(super) struct SharedTables {
    api: Vec<Shared<Api>>,
    cache: Vec<Shared<CacheRules>>,
    thinking: Vec<Shared<Thinking>>,
    fee: Vec<Shared<Fee>>,
    multiplier: Vec<Shared<Multiplier>>,
    turnaround: Vec<Shared<Turnaround>>,
}

/// The same as a file has them.
pub(super) struct WrittenTables {
    pub(super) api: Vec<Written>,
    pub(super) cache: Vec<Written>,
    pub(super) thinking: Vec<Written>,
    pub(super) fee: Vec<Written>,
    pub(super) multiplier: Vec<Written>,
    pub(super) turnaround: Vec<Written>,
}

impl SharedTables {
    /// Reads the tables of a file.
    ///
    /// # Errors
    /// What is wrong, with the place of the table.
    pub(super) fn read(written: WrittenTables) -> Result<Self, (Range<usize>, String)> {
        Ok(Self {
            api: Shared::read(written.api)?,
            cache: Shared::read(written.cache)?,
            thinking: Shared::read(written.thinking)?,
            fee: Shared::read(written.fee)?,
            multiplier: Shared::read(written.multiplier)?,
            turnaround: Shared::read(written.turnaround)?,
        })
    }

    pub(super) fn api(&self, id: &str) -> Option<Api> {
        Shared::first(&self.api, id)
    }

    pub(super) fn cache(&self, id: &str) -> Option<CacheRules> {
        Shared::first(&self.cache, id)
    }

    pub(super) fn thinking(&self, id: &str) -> Option<Thinking> {
        Shared::first(&self.thinking, id)
    }

    pub(super) fn fees(&self, id: &str) -> Option<Vec<Fee>> {
        Shared::all(&self.fee, id)
    }

    pub(super) fn multipliers(&self, id: &str) -> Option<Vec<Multiplier>> {
        Shared::all(&self.multiplier, id)
    }

    pub(super) fn turnarounds(&self, id: &str) -> Option<Vec<Turnaround>> {
        Shared::all(&self.turnaround, id)
    }
}
