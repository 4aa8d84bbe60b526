//! Catalogue text into models, with errors that point into the file.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeTable;

use super::super::model::Model;
use super::super::price::{PriceEntry, Rates, Tier};
use super::entry::{Entry, Provider};
use super::shared::SharedTables;
use super::written::{Wrong, read, read_table, tables};
use crate::units::Position;
use crate::{Error, ErrorKind};

const KEYS: &str = "`pricing/openai.toml` in the source shows every key of a catalogue";

/// Reads one catalogue file: its models, and those of the `known` ones that it names, changed. Models
/// of a file that names no provider are those of `provider`.
pub(in super::super) fn load(
    name: &str,
    text: &str,
    provider: &str,
    known: impl Fn(&str) -> Option<Model>,
) -> Result<BTreeMap<String, Model>, Error> {
    let at = |span: Range<usize>, message: String| {
        Error::new(ErrorKind::Catalog, message).in_source(name).at(Position::of(text, span.start))
    };
    let file = DeTable::parse(text).map_err(|e| {
        at(e.span().unwrap_or(0..0), e.message().trim().replace('\n', ", ")).hint(KEYS)
    })?;
    let file = file.get_ref();
    let keys = || ["provider", "model"].into_iter().chain(SharedTables::KINDS);
    if let Some(key) = file.keys().find(|key| !keys().any(|known| known == key.get_ref())) {
        let known: Vec<String> = keys().map(|known| format!("`{known}`")).collect();
        let message =
            format!("unknown field `{}`, expected one of {}", key.get_ref(), known.join(", "));
        return Err(at(key.span(), message).hint(KEYS));
    }
    let wrong = |(span, message): Wrong| at(span, message).hint(KEYS);
    let mut shared = SharedTables::default();
    for kind in SharedTables::KINDS {
        let tables = file.get(kind).map_or(Ok(Vec::new()), |value| tables(value, kind));
        for (span, table) in tables.map_err(wrong)? {
            shared.add(kind, span, table).map_err(wrong)?;
        }
    }
    let named: Option<Provider> = file.get("provider").map(read).transpose().map_err(wrong)?;
    let named = named.map(|provider| provider.id);
    let provider = named.as_deref().unwrap_or(provider);
    let entries = file.get("model").map_or(Ok(Vec::new()), |value| tables(value, "model"));
    let mut models: BTreeMap<String, Model> = BTreeMap::new();
    for (span, table) in entries.map_err(wrong)? {
        let mut entry: Entry = read_table(span.clone(), table, None).map_err(wrong)?;
        entry.share(&shared);
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
        model.check().map_err(|message| {
            at(span, message)
                .hint("fix this entry; see `pricing/openai.toml` in the source for an example")
        })?;
        models.insert(id, model);
    }
    Ok(models)
}

impl Model {
    /// The rules of a catalogue that types do not express.
    ///
    /// # Errors
    /// What is wrong, in a sentence that names the model.
    pub fn check(&self) -> Result<(), String> {
        check(self)
    }
}

fn check(model: &Model) -> Result<(), String> {
    let id = &model.id;
    if model.prices.is_empty() {
        return Err(format!("`{id}` has no price"));
    }
    if let Some(pair) = model.prices.windows(2).find(|pair| pair[0].from >= pair[1].from) {
        return Err(format!("the prices of `{id}` must ascend by date; {} does not", pair[1].from));
    }
    model.prices.iter().try_for_each(|entry| check_price(id, entry))?;
    check_tables(model)?;
    let limits = &model.limits;
    if limits.output_cap > limits.window
        || limits.input_limit.is_some_and(|limit| limit > limits.window)
    {
        return Err(format!("a limit of `{id}` is larger than its window of {}", limits.window));
    }
    Ok(())
}

fn check_price(id: &str, entry: &PriceEntry) -> Result<(), String> {
    let list = format!("the price of `{id}` of {}", entry.from);
    if let Some(until) = entry.until.filter(|until| *until < entry.from) {
        return Err(format!("{list} ends before it begins, on {until}"));
    }
    if entry.source.trim().is_empty() {
        return Err(format!("{list} names no source"));
    }
    let plain = |row: &&Rates| row.tier == Tier::Standard && row.over.is_none() && !row.off_peak;
    if !entry.rates.iter().any(|row| plain(&row)) {
        return Err(format!("{list} has no standard rates"));
    }
    if entry.peak.is_some() != entry.rates.iter().any(|row| row.off_peak) {
        return Err(format!("{list} needs both `peak` hours and off-peak rows, or neither"));
    }
    for (i, row) in entry.rates.iter().enumerate() {
        check_row(row, &entry.rates[..i]).map_err(|wrong| format!("{list} {wrong}"))?;
    }
    Ok(())
}

/// One row, and those before it.
fn check_row(row: &Rates, earlier: &[Rates]) -> Result<(), String> {
    let tier = row.tier;
    if earlier.iter().any(|other| other.is_about_the_same_as(row)) {
        return Err(format!("has its {tier} row twice"));
    }
    let base = Rates { over: None, ..row.clone() };
    if row.over.is_some() && !earlier.iter().any(|other| other.is_about_the_same_as(&base)) {
        return Err(format!("has a long-prompt row before its {tier} row"));
    }
    if row.up_to.zip(row.over).is_some_and(|(known, over)| known <= over) {
        return Err(format!("has a {tier} row that is known up to less than it begins at"));
    }
    if row.cached() > row.input {
        return Err("charges more for cached input than for input".to_owned());
    }
    Ok(())
}

/// What the tables say about each other.
fn check_tables(model: &Model) -> Result<(), String> {
    let id = &model.id;
    if model.api.as_ref().is_some_and(|api| api.endpoints.is_empty()) {
        return Err(format!("the API of `{id}` has no endpoint"));
    }
    if let Some(thinking) = &model.thinking {
        if !thinking.efforts.is_sorted_by(|a, b| a < b) {
            return Err(format!("the efforts of `{id}` must ascend, each once"));
        }
        let known = |effort| thinking.efforts.contains(&effort);
        if let Some(effort) = thinking.default_effort.filter(|effort| !known(*effort)) {
            return Err(format!(
                "the default effort of `{id}`, {effort}, is not among its efforts"
            ));
        }
        if thinking.by_default && !model.reasoning {
            return Err(format!("`{id}` thinks by default, but `reasoning` is false"));
        }
    }
    if model.cache.as_ref().is_some_and(|cache| cache.lifetimes.len() > 2) {
        return Err(format!("the cache of `{id}` has more lifetimes than there are write rates"));
    }
    Ok(())
}
