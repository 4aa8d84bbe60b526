//! The catalogue that the program carries, read model by model when one is asked for.
//!
//! Reading all of it takes longer than counting a prompt. So the text is only cut where models begin,
//! and their names are picked out of it; a test compares that with the models read whole.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::load::load;
use super::model::Model;

/// The files under `pricing/`, as they were when the program was built.
pub(super) const FILES: [(&str, &str); 3] = [
    ("pricing/anthropic.toml", include_str!("../../pricing/anthropic.toml")),
    ("pricing/google.toml", include_str!("../../pricing/google.toml")),
    ("pricing/openai.toml", include_str!("../../pricing/openai.toml")),
];

/// A model in the text of the catalogue.
#[derive(Clone)]
pub(super) struct EmbeddedModel {
    /// Who sells it.
    pub(super) provider: &'static str,
    /// Its id, its aliases and its snapshots.
    pub(super) names: Vec<&'static str>,
    file: &'static str,
    text: &'static str,
    model: OnceLock<Option<Box<Model>>>,
}

impl EmbeddedModel {
    /// The model, read the first time. There is none only if the text is wrong, which a test keeps
    /// from being published.
    pub(super) fn model(&self) -> Option<&Model> {
        let read = || {
            let mut models = BTreeMap::new();
            load(self.file, self.text, self.provider, &mut models).ok()?;
            models.into_values().next().map(Box::new)
        };
        self.model.get_or_init(read).as_deref()
    }
}

/// Every model of the embedded files.
pub(super) fn models() -> impl Iterator<Item = EmbeddedModel> {
    FILES.into_iter().flat_map(|(file, text)| {
        let mut starts: Vec<usize> = text.match_indices("\n[[model]]\n").map(|(i, _)| i).collect();
        starts.push(text.len());
        let provider = values(&text[..starts[0]], "id").next().unwrap_or_default();
        starts
            .windows(2)
            .map(|range| &text[range[0]..range[1]])
            .map(|text| EmbeddedModel {
                provider,
                names: ["id", "aliases", "snapshots"]
                    .into_iter()
                    .flat_map(|key| values(head(text), key))
                    .collect(),
                file,
                text,
                model: OnceLock::new(),
            })
            .collect::<Vec<_>>()
    })
}

/// The keys of a model before its first table.
fn head(text: &str) -> &str {
    let first_line = "\n[[model]]\n".len();
    text[first_line..].find("\n[").map_or(text, |end| &text[..first_line + end])
}

/// The strings in the value of a key that stands on one line.
fn values<'a>(text: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    // Every other part between quotation marks is within them.
    value.unwrap_or_default().split('"').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_read_one_by_one_are_those_of_the_files_read_whole() {
        let mut whole = BTreeMap::new();
        for (file, text) in FILES {
            load(file, text, "", &mut whole).unwrap();
        }
        let one_by_one: Vec<EmbeddedModel> = models().collect();
        assert_eq!(one_by_one.len(), whole.len());
        for embedded in one_by_one {
            let model = embedded.model().unwrap();
            assert_eq!(model, &whole[embedded.names[0]]);
            assert_eq!(embedded.provider, model.provider);
            let names: Vec<_> =
                [&model.id].into_iter().chain(&model.aliases).chain(&model.snapshots).collect();
            assert_eq!(embedded.names, names);
        }
    }
}
