//! Tables of a catalogue file that hold for several of its models.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::de::DeTable;

use super::super::api::Api;
use super::super::cache::CacheRules;
use super::super::surcharge::{Fee, Multiplier};
use super::super::thinking::Thinking;
use super::super::turnaround::Turnaround;
use super::written::{Wrong, read, read_table};

/// The key of the models that a table is about; the others are those of a table of one model.
const MODELS: &str = "models";

/// A table, and the models of the file that it is about.
///
/// The build script spreads these tables over the models of the embedded files by the same rule, see
/// `build/catalog.rs`; a test compares the two.
struct Shared<T> {
    models: Vec<String>,
    table: T,
}

impl<T: Clone + DeserializeOwned> Shared<T> {
    fn read(span: Range<usize>, table: &DeTable<'_>) -> Result<Self, Wrong> {
        let models = table
            .get(MODELS)
            .ok_or_else(|| (span.clone(), format!("a table of several models needs `{MODELS}`")))?;
        Ok(Self { models: read(models)?, table: read_table(span, table, Some(MODELS))? })
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
#[derive(Default)]
pub(super) struct SharedTables {
    api: Vec<Shared<Api>>,
    cache: Vec<Shared<CacheRules>>,
    thinking: Vec<Shared<Thinking>>,
    fee: Vec<Shared<Fee>>,
    multiplier: Vec<Shared<Multiplier>>,
    turnaround: Vec<Shared<Turnaround>>,
}

impl SharedTables {
    /// The kinds of tables.
    pub(super) const KINDS: [&str; 6] =
        ["api", "cache", "thinking", "fee", "multiplier", "turnaround"];

    /// Adds a table of a kind.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub(super) fn add(
        &mut self,
        kind: &str,
        span: Range<usize>,
        table: &DeTable<'_>,
    ) -> Result<(), Wrong> {
        match kind {
            "api" => self.api.push(Shared::read(span, table)?),
            "cache" => self.cache.push(Shared::read(span, table)?),
            "thinking" => self.thinking.push(Shared::read(span, table)?),
            "fee" => self.fee.push(Shared::read(span, table)?),
            "multiplier" => self.multiplier.push(Shared::read(span, table)?),
            "turnaround" => self.turnaround.push(Shared::read(span, table)?),
            other => return Err((span, format!("there are no shared tables `{other}`"))),
        }
        Ok(())
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
