//! The catalogue that the program carries, read model by model when one is asked for.
//!
//! Reading all of it takes longer than counting a prompt. So the build script notes what each model is
//! called, and packs the text of each alone, in two fifths of its size.

use std::sync::OnceLock;

use flate2::{Decompress, FlushDecompress};

use super::load::load;
use super::model::Model;

/// The hash of the files under `pricing/`, as they were when the program was built.
pub(super) const DIGEST: &[u8; 16] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.digest"));

/// The last day on which an entry of those files was compared with its source.
pub(super) const DAY: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.day"));

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.deflate"));

/// A model, and where its text is packed.
struct Place {
    provider: &'static str,
    names: &'static [&'static str],
    start: usize,
    end: usize,
    /// How long the text is, in bytes.
    length: usize,
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
        let Place { provider, start, end, length, .. } = *self.place;
        let mut text = Vec::with_capacity(length);
        Decompress::new(false)
            .decompress_vec(PACKED.get(start..end)?, &mut text, FlushDecompress::Finish)
            .ok()?;
        let models = load(provider, str::from_utf8(&text).ok()?, provider, |_| None).ok()?;
        models.into_values().next().map(Box::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_can_be_read_and_has_the_names_it_is_found_by() {
        for embedded in EmbeddedModel::all() {
            let model = embedded.model().unwrap();
            assert_eq!(embedded.provider(), model.provider);
            let names: Vec<_> =
                [&model.id].into_iter().chain(&model.aliases).chain(&model.snapshots).collect();
            assert_eq!(embedded.names(), names);
        }
    }
}
