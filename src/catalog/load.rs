//! Catalogue text into models, with errors that point into the file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::entry::File;
use super::model::Model;
use super::price::{PriceEntry, Tier};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// Reads one catalogue file and adds its models to `models`, or changes those it names again. Models
/// of a file that names no provider are those of `provider`. Answers the ids that the file names.
pub(super) fn load(
    name: &str,
    text: &str,
    provider: &str,
    models: &mut BTreeMap<String, Model>,
) -> Result<Vec<String>, Error> {
    let at = |span: Range<usize>, message: String| {
        Error::new(ErrorKind::Catalog, message).in_source(name).at(Position::of(text, span.start))
    };
    let file: File = toml::from_str(text).map_err(|e| {
        at(e.span().unwrap_or(0..0), e.message().trim().replace('\n', ", "))
            .hint("`pricing/openai.toml` in the source shows every key of a catalogue")
    })?;
    let provider = file.provider.map_or_else(|| provider.to_owned(), |provider| provider.id);
    let mut named = Vec::new();
    for entry in file.model {
        let span = entry.span();
        let entry = entry.into_inner();
        let id = entry.id.clone();
        if let Some(model) = models.get_mut(&id) {
            entry.apply(model);
        } else {
            let model = entry.into_model(&provider).map_err(|key| {
                at(span.clone(), format!("the new model `{id}` has no `{key}`"))
                    .hint("only a model that the catalogue already has may leave keys out")
            })?;
            models.insert(id.clone(), model);
        }
        check(&models[&id]).map_err(|message| {
            at(span, message)
                .hint("mend this entry; `pricing/openai.toml` in the source shows how one looks")
        })?;
        named.push(id);
    }
    Ok(named)
}

/// The laws that types do not express.
fn check(model: &Model) -> Result<(), String> {
    let id = &model.id;
    if model.prices.is_empty() {
        return Err(format!("`{id}` has no price"));
    }
    if let Some(pair) = model.prices.windows(2).find(|pair| pair[0].from >= pair[1].from) {
        return Err(format!("the prices of `{id}` must ascend by date; {} does not", pair[1].from));
    }
    model.prices.iter().try_for_each(|entry| check_price(id, entry))?;
    let limits = &model.limits;
    if limits.output_cap > limits.window
        || limits.input_limit.is_some_and(|limit| limit > limits.window)
    {
        return Err(format!("a limit of `{id}` is larger than its window of {}", limits.window));
    }
    Ok(())
}

fn check_price(id: &str, entry: &PriceEntry) -> Result<(), String> {
    if entry.source.trim().is_empty() {
        return Err(format!("the price of `{id}` of {} names no source", entry.from));
    }
    if !entry.rates.iter().any(|row| row.tier == Tier::Standard && row.over.is_none()) {
        return Err(format!("the price of `{id}` of {} has no standard rates", entry.from));
    }
    for (i, row) in entry.rates.iter().enumerate() {
        let earlier = &entry.rates[..i];
        if earlier.iter().any(|other| other.tier == row.tier && other.over == row.over) {
            return Err(format!(
                "the price of `{id}` of {} has its {} row twice",
                entry.from, row.tier
            ));
        }
        if row.over.is_some()
            && !earlier.iter().any(|other| other.tier == row.tier && other.over.is_none())
        {
            return Err(format!(
                "the price of `{id}` of {} has a long-prompt row before its {} row",
                entry.from, row.tier
            ));
        }
        if row.cached() > row.input {
            return Err(format!(
                "the price of `{id}` of {} charges more for cached input than for input",
                entry.from
            ));
        }
    }
    Ok(())
}
