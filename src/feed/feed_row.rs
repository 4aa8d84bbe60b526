//! The normal form: one model as one source has it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::issue::Issue;
use super::provider::{canonical, is_maker};
use crate::catalog::{Feature, Model, Rates};
use crate::units::{Position, Tokens};

/// Limits as a source states them; what it does not state is nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct RowLimits {
    /// The context window.
    pub window: Option<Tokens>,
    /// The limit of the prompt.
    pub input: Option<Tokens>,
    /// The limit of the completion.
    pub output: Option<Tokens>,
    /// Whether `input` may be the window, the window without the output, or a limit of its own.
    pub input_is_vague: bool,
}

/// A price list with its first day, where the source has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedRates {
    /// The first day.
    pub from: Option<Date>,
    /// One row per tier, and one more per long-prompt cliff of a tier.
    pub rates: Vec<Rates>,
}

/// One model as a feed, or a catalogue, has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Who sells it, under the one name that this program has for that provider; null where the source
    /// does not say.
    pub provider: Option<String>,
    /// Who makes it, where the source resells it under the name of its maker.
    pub maker: Option<String>,
    /// The id, without the provider in front.
    pub id: String,
    /// The id as the source writes it.
    pub written: String,
    /// Other exact names.
    pub names: Vec<String>,
    /// Where it is in the source; line 1 for a model of a catalogue.
    pub position: Position,
    /// What kind of call it is about; null where the source does not say.
    pub mode: Option<String>,
    /// Whether completions hold hidden reasoning tokens.
    pub reasoning: Option<bool>,
    /// The day the API first served it.
    pub released: Option<Date>,
    /// The first day the API refuses it.
    pub shutdown: Option<Date>,
    /// How much it reads and writes.
    pub limits: RowLimits,
    /// Price lists, oldest first.
    pub prices: Vec<DatedRates>,
    /// What its API accepts and refuses, as far as the source says so.
    pub features: BTreeMap<Feature, bool>,
    /// The page that the source names for this row.
    pub source: Option<String>,
    /// What makes the row unusable.
    pub faults: Vec<Issue>,
    /// What of the row has no place here, or was changed on the way.
    pub remarks: Vec<Issue>,
}

impl FeedRow {
    /// A row without anything but its names.
    pub(super) fn new(provider: Option<&str>, id: &str, position: Position) -> Self {
        Self {
            provider: provider.map(canonical),
            maker: None,
            id: id.to_owned(),
            written: id.to_owned(),
            names: Vec::new(),
            position,
            mode: None,
            reasoning: None,
            released: None,
            shutdown: None,
            limits: RowLimits::default(),
            prices: Vec::new(),
            features: BTreeMap::new(),
            source: None,
            faults: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// `provider/id`, or the id alone where the source names no provider.
    #[must_use]
    pub fn full_name(&self) -> String {
        match &self.provider {
            Some(provider) => format!("{provider}/{}", self.id),
            None => self.id.clone(),
        }
    }

    /// The name in a catalogue: the plain id of a model that its maker sells, `provider/id` of others.
    #[must_use]
    pub fn catalog_id(&self) -> String {
        if self.is_resold() { self.full_name() } else { self.id.clone() }
    }

    /// Whether a seller other than the maker offers it.
    #[must_use]
    pub fn is_resold(&self) -> bool {
        self.provider.as_deref().is_some_and(|provider| !is_maker(provider))
    }

    /// The id and every other exact name.
    pub fn all_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.id).chain(&self.names).map(String::as_str)
    }

    /// The price list in force on a day: the last that began by then, where lists have dates.
    #[must_use]
    pub fn price_at(&self, day: Date) -> Option<&DatedRates> {
        self.prices.iter().rev().find(|list| list.from.is_none_or(|from| from <= day))
    }
}

impl From<&Model> for FeedRow {
    fn from(model: &Model) -> Self {
        let limits = &model.limits;
        let provider = canonical(&model.provider);
        let id = model.id.strip_prefix(&format!("{provider}/")).unwrap_or(&model.id);
        let mut row = Self::new(Some(&provider), id, Position::START);
        row.written.clone_from(&model.id);
        row.names = model.aliases.iter().chain(&model.snapshots).cloned().collect();
        row.reasoning = Some(model.reasoning);
        row.released = Some(model.released);
        row.shutdown = model.lifecycle.as_ref().map(|end| end.shutdown);
        row.limits = RowLimits {
            window: Some(limits.window),
            input: limits.input_limit,
            output: Some(limits.output_cap),
            input_is_vague: false,
        };
        let list = |entry: &crate::catalog::PriceEntry| DatedRates {
            from: Some(entry.from),
            rates: entry.rates.clone(),
        };
        let features = model.features.iter().flat_map(|features| &features.support);
        row.features =
            features.map(|(feature, support)| (*feature, support.on(Date::MAX))).collect();
        row.prices = model.prices.iter().map(list).collect();
        row
    }
}
