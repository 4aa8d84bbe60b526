//! What to call in place of a model that shuts down.

use jiff::civil::Date;

use crate::catalog::{Catalog, Model};

/// Advice on what to call in place of a model that shuts down: its first successor that still runs on `as_of`.
#[must_use]
pub fn successor(catalog: &Catalog, model: &Model, as_of: Date) -> String {
    match catalog.living_successor(model, as_of) {
        Some(next) => format!("call `{}`, which follows it", next.id),
        None => "choose another model: `outlay models` lists them".to_owned(),
    }
}
