//! Catalogue text into models, with errors that point into the file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::entry::File;
use super::model::Model;
use super::price::{PriceEntry, Tier};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// Reads one catalogue file: its models, and those of the `known` ones that it names, changed. Models
/// of a file that names no provider are those of `provider`.
pub(super) fn load(
    name: &str,
    text: &str,
    provider: &str,
    known: impl Fn(&str) -> Option<Model>,
) -> Result<BTreeMap<String, Model>, Error> {
    let at = |span: Range<usize>, message: String| {
        Error::new(ErrorKind::Catalog, message).in_source(name).at(Position::of(text, span.start))
    };
    let file: File = toml::from_str(text).map_err(|e| {
        at(e.span().unwrap_or(0..0), e.message().trim().replace('\n', ", "))
            .hint("`pricing/openai.toml` in the source shows every key of a catalogue")
    })?;
    let named = file.provider.map(|provider| provider.id);
    let provider = named.as_deref().unwrap_or(provider);
    let mut models: BTreeMap<String, Model> = BTreeMap::new();
    for entry in file.model {
        let span = entry.span();
        let entry = entry.into_inner();
        let id = entry.id.clone();
        let model = if let Some(mut model) = models.remove(&id).or_else(|| known(&id)) {
            if named.as_ref().is_some_and(|named| *named != model.provider) {
                let owner = &model.provider;
                let message =
                    format!("`{id}` is a model of `{owner}`, and this file is of `{provider}`");
                return Err(at(span, message).hint(format!(
                    "call it `{provider}/{id}`, or leave [provider] out to change the model of `{owner}`"
                )));
            }
            entry.apply(&mut model);
            model
        } else {
            entry.into_model(provider).map_err(|key| {
                at(span.clone(), format!("the new model `{id}` has no `{key}`"))
                    .hint("only a model that the catalogue already has may leave keys out")
            })?
        };
        check(&model).map_err(|message| {
            at(span, message)
                .hint("mend this entry; `pricing/openai.toml` in the source shows how one looks")
        })?;
        models.insert(id, model);
    }
    Ok(models)
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
    if let Some(until) = entry.until.filter(|until| *until < entry.from) {
        return Err(format!(
            "the price of `{id}` of {} ends before it begins, on {until}",
            entry.from
        ));
    }
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
