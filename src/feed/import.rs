//! The decision which rows of a feed a catalogue takes, and as what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::feed_row::{DatedRates, FeedRow};
use super::issue::{Issue, Reason};
use super::price_diff::{conflicts, lost};
use super::provider::{canonical, is_maker};
use super::read::Feed;
use super::validate;
use super::write;
use crate::catalog::{
    Catalog, Counting, Feature, Features, Fidelity, Lifecycle, Limits, Model, PriceEntry, Rates,
    Retention, Support, Tier,
};
use crate::tokenizer::Encoding;
use crate::units::Position;

/// Which rows are wanted. Without a choice these are the models that their makers sell, and all of a feed
/// that has one seller.
#[derive(Default, Clone, Copy)]
pub struct Choice<'a> {
    /// Whether a model is wanted, asked with its id and with `provider/id`.
    pub model: Option<&'a dyn Fn(&str) -> bool>,
    /// Whether a provider is wanted.
    pub provider: Option<&'a dyn Fn(&str) -> bool>,
    /// Whether rates of $0 mean that something is free.
    pub free: bool,
    /// Whether a price without a first day holds since the release of the model, where the feed has that
    /// day; otherwise since the day of the import.
    pub since_release: bool,
    /// The names that were asked for as they stand. A new model is called so as well, unless another one is.
    pub named: &'a [String],
}

impl Choice<'_> {
    /// What is to be done about a row: `None` when it was not asked for.
    fn of(&self, row: &FeedRow, one_seller: bool) -> Option<Result<(), Reason>> {
        if let Some(wanted) = self.provider {
            wanted(row.provider.as_deref()?).then_some(())?;
        }
        let resold = self.provider.is_none() && !one_seller && row.is_resold();
        let by_full_name = self.model.is_some_and(|wanted| wanted(&row.full_name()));
        if by_full_name {
            return Some(Ok(()));
        }
        if let Some(wanted) = self.model {
            row.all_names().any(wanted).then_some(())?;
        }
        Some(if resold { Err(Reason::Reseller) } else { Ok(()) })
    }
}

/// What became of a row.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    strum::Display,
    strum::IntoStaticStr,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ImportOutcome {
    /// A model that the catalogue does not have.
    New,
    /// Other prices for a model of the catalogue.
    Changed,
    /// It states what the catalogue already has; nothing is written.
    Same,
    /// It is not taken.
    Skipped,
}

impl ImportOutcome {
    /// The name, such as `new`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A row with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// `provider/id` as the feed has it.
    pub row: String,
    /// The id in the catalogue.
    pub model: Option<String>,
    /// Where the row is in the feed.
    pub position: Position,
    /// What became of it.
    pub outcome: ImportOutcome,
    /// Why it was skipped.
    pub reason: Option<Reason>,
    /// What changes, or what is wrong.
    pub told: Vec<String>,
    /// What of a row that was taken is left out or rounded.
    pub remarks: Vec<Issue>,
}

/// The result of an import.
#[derive(Debug, Clone)]
pub struct Import {
    /// Every row that was asked for, in the order of the feed.
    pub rows: Vec<Imported>,
    /// How many rows were not asked for.
    pub not_chosen: usize,
    /// The catalogue file: what is new and what differs.
    pub toml: String,
}

/// Takes the chosen rows of a feed, with the prices in force on `as_of`.
///
/// Where a row names a model of the catalogue, the file gets its price history and, from the day of the
/// feed's price or else from `as_of` on, the feed's price list. A new model gets the feed's limits and
/// counts as an estimate. Whatever is not taken is listed, with the reason.
#[must_use]
pub fn import<'a>(
    feed: &'a Feed,
    catalog: &'a Catalog,
    choice: &Choice<'a>,
    as_of: Date,
) -> Import {
    let mut importer = Importer::new(feed, catalog, choice, as_of);
    let sellers: BTreeSet<_> = feed.rows.iter().map(|row| &row.provider).collect();
    let mut wanted = Vec::new();
    for (i, row) in feed.rows.iter().enumerate() {
        match choice.of(row, sellers.len() == 1) {
            Some(Ok(())) => wanted.push(i),
            Some(Err(reason)) => {
                let told = "sold by another than its maker".to_owned();
                importer.skip(i, reason, vec![told]);
            }
            None => {}
        }
    }
    // The row that bears the id of a model speaks for it; those of its snapshots and of its other names follow.
    wanted.sort_by_cached_key(|i| {
        let row = &feed.rows[*i];
        let other = importer.known(row).is_some_and(|model| model.id != row.catalog_id());
        (other, row.written != row.id)
    });
    for i in wanted {
        importer.decide(i);
    }
    importer.finish()
}

/// The decisions about a feed so far.
struct Importer<'a> {
    feed: &'a Feed,
    as_of: Date,
    free: bool,
    since_release: bool,
    named: &'a [String],
    /// The models of the catalogue by provider and name.
    known: BTreeMap<(String, &'a str), &'a Model>,
    /// Every name that is taken.
    names: BTreeSet<String>,
    /// The rates that this feed has for a model, and the row that has them.
    spoken: BTreeMap<String, (String, Vec<Rates>)>,
    rows: BTreeMap<usize, Imported>,
    changed: Vec<(String, Vec<PriceEntry>)>,
    added: Vec<Model>,
}

impl<'a> Importer<'a> {
    fn new(feed: &'a Feed, catalog: &'a Catalog, choice: &Choice<'a>, as_of: Date) -> Self {
        let mut known = BTreeMap::new();
        let mut names = BTreeSet::new();
        for model in catalog.models() {
            let provider = canonical(&model.provider);
            for name in std::iter::once(&model.id).chain(&model.aliases).chain(&model.snapshots) {
                let bare = name.strip_prefix(&provider).and_then(|rest| rest.strip_prefix('/'));
                known.insert((provider.clone(), bare.unwrap_or(name)), model);
                names.insert(name.clone());
            }
        }
        let (rows, spoken) = (BTreeMap::new(), BTreeMap::new());
        let (changed, added) = (Vec::new(), Vec::new());
        let Choice { free, since_release, named, .. } = *choice;
        Self { feed, as_of, free, since_release, named, known, names, spoken, rows, changed, added }
    }

    /// The model of the catalogue that a row is about.
    fn known(&self, row: &FeedRow) -> Option<&'a Model> {
        let of = |provider: &str| {
            row.all_names().find_map(|name| self.known.get(&(provider.to_owned(), name)).copied())
        };
        if let Some(provider) = &row.provider {
            return of(provider);
        }
        let providers: BTreeSet<&String> = self.known.keys().map(|(id, _)| id).collect();
        providers.into_iter().filter(|id| is_maker(id)).find_map(|provider| of(provider))
    }

    fn put(&mut self, i: usize, imported: Imported) {
        self.rows.insert(i, imported);
    }

    fn told(&self, i: usize, outcome: ImportOutcome, told: Vec<String>) -> Imported {
        let row = &self.feed.rows[i];
        Imported {
            row: row.full_name(),
            model: None,
            position: row.position,
            outcome,
            reason: None,
            told,
            remarks: Vec::new(),
        }
    }

    fn skip(&mut self, i: usize, reason: Reason, told: Vec<String>) {
        let imported = self.told(i, ImportOutcome::Skipped, told);
        self.put(i, Imported { reason: Some(reason), ..imported });
    }

    fn decide(&mut self, i: usize) {
        let row = &self.feed.rows[i];
        if let Some(first) = row.faults.first() {
            let told = row.faults.iter().map(|fault| fault.message.clone()).collect();
            let (reason, position) = (first.reason, first.position);
            let imported = self.told(i, ImportOutcome::Skipped, told);
            return self.put(i, Imported { reason: Some(reason), position, ..imported });
        }
        let Some(list) = row.price_at(self.as_of) else {
            let told = format!("its first price begins after {}", self.as_of);
            return self.skip(i, Reason::NoPrice, vec![told]);
        };
        if !list.rates.iter().any(|row| row.tier == Tier::Standard && row.over.is_none()) {
            let told = "has rates of other service tiers, but no standard ones".to_owned();
            return self.skip(i, Reason::NoPrice, vec![told]);
        }
        if let Some(free) = validate::free(&list.rates).filter(|_| !self.free) {
            return self.skip(i, Reason::Free, vec![free]);
        }
        match self.known(row) {
            Some(model) => self.compare(i, model, list),
            None => self.add(i, list),
        }
    }

    /// A row about a model of the catalogue.
    fn compare(&mut self, i: usize, model: &Model, list: &DatedRates) {
        let row = &self.feed.rows[i];
        if self.is_spoken_for(i, &model.id, list) {
            return;
        }
        let current = model.price_at(self.as_of).ok();
        let current_rates = current.map_or(&[][..], |entry| &entry.rates);
        if let Some(far) = validate::far(&list.rates, current_rates) {
            return self.skip(i, Reason::OutOfBand, vec![far]);
        }
        self.spoken.insert(model.id.clone(), (row.written.clone(), list.rates.clone()));
        let mut told = conflicts(current_rates, &list.rates);
        told.extend(lost(&list.rates, current_rates).iter().map(|part| format!("{part} is new")));
        if told.is_empty() {
            let same = self.told(i, ImportOutcome::Same, told);
            return self.put(i, Imported { model: Some(model.id.clone()), ..same });
        }
        let gone = lost(current_rates, &list.rates);
        if !gone.is_empty() {
            told.push(format!("not in the feed, so removed: {}", gone.join(", ")));
        }
        // A date before the list in force is history that the catalogue knows better.
        let later = list.from.filter(|from| current.is_none_or(|entry| *from > entry.from));
        let entry = self.entry(row, list, later);
        let mut prices: Vec<PriceEntry> =
            model.prices.iter().filter(|old| old.from != entry.from).cloned().collect();
        told.push(format!("from {}", entry.from));
        prices.push(entry);
        prices.sort_by_key(|entry| entry.from);
        if let Err(why) = (Model { prices: prices.clone(), ..model.clone() }).check() {
            return self.skip(i, Reason::Contradiction, vec![why]);
        }
        self.changed.push((model.id.clone(), prices));
        let changed = self.told(i, ImportOutcome::Changed, told);
        let remarks = row.remarks.clone();
        self.put(i, Imported { model: Some(model.id.clone()), remarks, ..changed });
    }

    /// Whether another row of the feed is about the same model: it says the same, or the second is skipped.
    fn is_spoken_for(&mut self, i: usize, id: &str, list: &DatedRates) -> bool {
        let Some((other, rates)) = self.spoken.get(id) else { return false };
        let conflicts = conflicts(rates, &list.rates);
        if conflicts.is_empty() {
            let same = self.told(i, ImportOutcome::Same, vec![format!("as `{other}`")]);
            self.put(i, Imported { model: Some(id.to_owned()), ..same });
        } else {
            let told = format!("`{other}` is the same model and has other prices");
            self.skip(i, Reason::Contradiction, [vec![told], conflicts].concat());
        }
        true
    }

    /// A row about a model that the catalogue does not have.
    fn add(&mut self, i: usize, list: &DatedRates) {
        let row = &self.feed.rows[i];
        if self.is_spoken_for(i, &row.full_name(), list) {
            return;
        }
        let limits = match self.limits(row) {
            Ok(limits) => limits,
            Err((reason, why)) => return self.skip(i, reason, vec![why]),
        };
        let id =
            [row.catalog_id(), row.full_name()].into_iter().find(|id| !self.names.contains(id));
        let Some(id) = id else {
            let told = "another model has its name".to_owned();
            return self.skip(i, Reason::Repeated, vec![told]);
        };
        // A name that others sell a model under does not say whose it is.
        let is_sold = |name: &str| {
            self.names
                .iter()
                .any(|known| known.strip_suffix(name).is_some_and(|seller| seller.ends_with('/')))
        };
        let named: Vec<&String> = self
            .named
            .iter()
            .filter(|name| row.all_names().any(|own| own == **name) && !is_sold(name))
            .collect();
        self.names.insert(id.clone());
        self.spoken.insert(row.full_name(), (row.written.clone(), list.rates.clone()));
        let aliases = row.names.iter().chain(named);
        let aliases = aliases.filter(|name| self.names.insert((*name).clone())).cloned().collect();
        let since = row.released.filter(|_| self.since_release);
        let entry = self.entry(row, list, list.from.or(since));
        let mut source = self.source(row);
        if row.released.is_none() {
            source.push_str("; it has no release date, so the day of the import is used");
        }
        if row.reasoning.is_none() {
            source.push_str("; it does not say whether the model reasons, so it is taken not to");
        }
        let model = Model {
            id: id.clone(),
            provider: row.provider.clone().unwrap_or_else(|| "custom".to_owned()),
            aliases,
            snapshots: Vec::new(),
            formerly: None,
            reasoning: row.reasoning.unwrap_or_default(),
            retention: Retention::default(),
            released: row.released.unwrap_or(self.as_of),
            knowledge_cutoff: None,
            source,
            checked: self.as_of,
            counting: Counting {
                encoding: Encoding::O200kBase,
                template: None,
                fidelity: Fidelity::Estimate,
                note: Some(
                    "The feed names no tokenizer; o200k_base is used instead, so the true count differs."
                        .to_owned(),
                ),
                error: None,
                tool_prompt: None,
                source: self.source(row),
                checked: self.as_of,
            },
            limits,
            prices: vec![entry],
            lifecycle: self.end(row),
            features: self.features(row),
            api: None,
            cache: None,
            thinking: None,
            fees: Vec::new(),
            multipliers: Vec::new(),
            turnarounds: Vec::new(),
            rate_limits: Vec::new(),
            message_quotas: Vec::new(),
            speeds: Vec::new(),
            benchmarks: Vec::new(),
        };
        if let Err(why) = model.check() {
            return self.skip(i, Reason::Contradiction, vec![why]);
        }
        self.added.push(model);
        let new = self.told(i, ImportOutcome::New, Vec::new());
        self.put(i, Imported { model: Some(id), remarks: row.remarks.clone(), ..new });
    }

    /// The limits that a new model needs, which are never invented.
    fn limits(&self, row: &FeedRow) -> Result<Limits, (Reason, String)> {
        let said = &row.limits;
        let vague = said.window.is_none() && said.input_is_vague;
        let window = said.window.or(said.input.filter(|_| vague));
        let (Some(window), Some(output_cap)) = (window, said.output) else {
            let missing = match (window, said.output) {
                (None, None) => "window and output cap",
                (None, _) => "window",
                _ => "output cap",
            };
            return Err((Reason::Incomplete, format!("the feed has no {missing} for it")));
        };
        let input_limit = said.input.filter(|limit| !vague && *limit != window);
        if output_cap > window || input_limit.is_some_and(|limit| limit > window) {
            let told = format!("a limit is larger than its window of {window}");
            return Err((Reason::Contradiction, told));
        }
        let note = "The feed states a limit of the input, which is taken as the window; a window that is \
                    larger would leave more room.";
        Ok(Limits {
            window,
            output_cap,
            input_limit,
            source: self.source(row),
            checked: self.as_of,
            note: vague.then(|| note.to_owned()),
        })
    }

    /// What the feed says that the API of a model accepts and refuses.
    fn features(&self, row: &FeedRow) -> Option<Features> {
        let support =
            |(feature, supported): (&Feature, &bool)| (*feature, Support::Fixed(*supported));
        (!row.features.is_empty()).then(|| Features {
            support: row.features.iter().map(support).collect(),
            source: self.source(row),
            checked: self.as_of,
            note: None,
        })
    }

    /// The end of a model, where the feed has its day.
    fn end(&self, row: &FeedRow) -> Option<Lifecycle> {
        Some(Lifecycle {
            announced: None,
            shutdown: row.shutdown?,
            successor: None,
            source: self.source(row),
            checked: self.as_of,
            note: None,
        })
    }

    fn entry(&self, row: &FeedRow, list: &DatedRates, from: Option<Date>) -> PriceEntry {
        let note = "The feed has no first day of this price; the day of the import is used.";
        PriceEntry {
            from: from.unwrap_or(self.as_of),
            until: None,
            rates: list.rates.clone(),
            peak: None,
            routed_to: None,
            source: self.source(row),
            checked: self.as_of,
            note: from.is_none().then(|| note.to_owned()),
        }
    }

    fn source(&self, row: &FeedRow) -> String {
        let page = row.source.as_deref().map(|page| format!(", after {page}")).unwrap_or_default();
        format!("{} feed {}, row {}{page}", self.feed.kind, self.feed.name, row.full_name())
    }

    fn finish(mut self) -> Import {
        self.changed.sort_by(|a, b| a.0.cmp(&b.0));
        self.added.sort_by(|a, b| a.id.cmp(&b.id));
        let toml = write::overlay(self.feed, self.as_of, &self.changed, &self.added);
        let not_chosen = self.feed.rows.len() - self.rows.len();
        Import { rows: self.rows.into_values().collect(), not_chosen, toml }
    }
}
