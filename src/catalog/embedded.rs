//! The catalogue that the program carries, read model by model when one is asked for.
//!
//! Reading all of it takes longer than counting a prompt. So the build script notes what each model is
//! called, and packs each alone in JSON, under a dictionary of what the models of its provider have in
//! common. A program that is built for size has all of it in a twelfth of its size; one for speed has the dictionaries as
//! they are.

use std::borrow::Cow;
use std::sync::OnceLock;

use flate2::{Decompress, FlushDecompress};

use super::file::Entry;
use super::model::Model;

/// The hash of the files under `pricing/`, as they were when the program was built.
pub(super) const DIGEST: &[u8; 16] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.digest"));

/// The last day on which an entry of those files was compared with its source.
pub(super) const DAY: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.day"));

/// What the models are called, a name in a line.
static NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.names"));

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.deflate"));

/// Where a text is packed, and how long it is, in bytes.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    length: usize,
}

impl Span {
    /// The text, packed under a dictionary or as it is.
    fn inflate(self, dictionary: &[u8]) -> Option<Cow<'static, [u8]>> {
        let packed = PACKED.get(self.start..self.end)?;
        if packed.len() == self.length {
            return Some(Cow::Borrowed(packed));
        }
        let mut text = Vec::with_capacity(self.length);
        let mut inflate = Decompress::new(false);
        if !dictionary.is_empty() {
            inflate.set_dictionary(dictionary).ok()?;
        }
        inflate.decompress_vec(packed, &mut text, FlushDecompress::Finish).ok()?;
        Some(Cow::Owned(text))
    }
}

/// Who sells models, and what their texts have in common.
struct Provider {
    id: &'static str,
    dictionary: Span,
    inflated: OnceLock<Option<Cow<'static, [u8]>>>,
}

impl Provider {
    fn dictionary(&self) -> Option<&[u8]> {
        self.inflated.get_or_init(|| self.dictionary.inflate(&[])).as_deref()
    }
}

/// A model, and where its text is packed.
struct Place {
    /// Its place among `PROVIDERS`.
    provider: usize,
    /// The bytes of `NAMES` from and to which it is called. Without a pointer, so that nothing is relocated at the start.
    names: (usize, usize),
    text: Span,
}

include!(concat!(env!("OUT_DIR"), "/providers.rs"));

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
        PROVIDERS[self.place.provider].id
    }

    /// Its id, its aliases and its snapshots.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (start, end) = self.place.names;
        NAMES[start..end].split('\n')
    }

    /// The model, read the first time. There is none only if the text is wrong, which a test keeps
    /// from being published.
    pub(super) fn model(&self) -> Option<&Model> {
        self.model.get_or_init(|| self.read()).as_deref()
    }

    fn read(&self) -> Option<Box<Model>> {
        let provider = PROVIDERS.get(self.place.provider)?;
        let text = self.place.text.inflate(provider.dictionary()?)?;
        let entry: Entry = serde_json::from_slice(&text).ok()?;
        entry.into_model(provider.id).ok().map(Box::new)
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
            assert!(embedded.names().eq(names), "{}", model.id);
        }
    }
}
