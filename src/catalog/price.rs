//! Dated price lists.

use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::peak::Peak;
use crate::names;
use crate::units::{Rate, Tokens};
use crate::{Error, ErrorKind};

/// A service tier with a price of its own.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Tier {
    /// The default.
    #[default]
    Standard,
    /// Answered within a day through the Batch API.
    Batch,
    /// Cheaper and slower, refused when capacity is short.
    Flex,
    /// Dearer and faster; also sold as "fast".
    Priority,
}

impl Tier {
    /// Every tier, in the order in which price lists show them.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name, such as `standard`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl FromStr for Tier {
    type Err = Error;

    /// Reads the names above and those of a `service_tier`: `default`, `auto`, `on_demand` and `standard_only` are
    /// standard, `fast` is priority.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "default" | "auto" | "on_demand" | "standard_only" => Ok(Self::Standard),
            "fast" => Ok(Self::Priority),
            name => names::variant(name, ErrorKind::Amount, "a service tier", "tiers"),
        }
    }
}

/// The prices of one tier, in USD per million tokens, optionally for prompts over a length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// The tier these prices belong to.
    pub tier: Tier,
    /// A cliff: these prices apply to the whole request when its prompt is longer than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Tokens>,
    /// The longest prompt for which these prices are known; those of longer prompts are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Tokens>,
    /// Whether these prices hold outside the peak hours of the list, see [`PriceEntry::peak`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off_peak: bool,
    /// Prompt tokens.
    pub input: Rate,
    /// Prompt tokens read from the cache; absent means that they cost the input rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<Rate>,
    /// Prompt tokens written to the cache, where the provider charges for that: for the first of the
    /// lifetimes in [`CacheRules`](super::CacheRules).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Rate>,
    /// The same with the provider's longer retention (an hour, or more than 12): the second lifetime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_extended: Option<Rate>,
    /// Cached tokens kept for an hour, in USD per million tokens and hour, where storing is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_storage: Option<Rate>,
    /// Completion tokens, reasoning included.
    pub output: Rate,
    /// All completion tokens of a call that reasons, where they cost another rate than those of a call
    /// that does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking_output: Option<Rate>,
    /// Reasoning tokens alone, where they cost another rate than the rest of the completion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_output: Option<Rate>,
    /// Prompt tokens of sound; absent means that no rate of their own is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_input: Option<Rate>,
    /// Prompt tokens of sound read from the cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_cached_input: Option<Rate>,
    /// Completion tokens of sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_output: Option<Rate>,
    /// Prompt tokens of images, where they cost another rate than text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_input: Option<Rate>,
    /// Prompt tokens of images read from the cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_cached_input: Option<Rate>,
    /// Completion tokens of images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_output: Option<Rate>,
}

impl Rates {
    /// Rates of text alone, without a cache.
    #[must_use]
    pub const fn new(tier: Tier, input: Rate, output: Rate) -> Self {
        Self {
            tier,
            over: None,
            up_to: None,
            off_peak: false,
            input,
            cached_input: None,
            cache_write: None,
            cache_write_extended: None,
            cache_storage: None,
            output,
            thinking_output: None,
            reasoning_output: None,
            audio_input: None,
            audio_cached_input: None,
            audio_output: None,
            image_input: None,
            image_cached_input: None,
            image_output: None,
        }
    }

    /// The row of a price list that a request with this prompt pays in this tier, if there is one; in
    /// peak hours, where the list has any.
    ///
    /// Past a long-prompt threshold the whole request takes the row of that threshold. There is none
    /// for a prompt that is longer than the prices are known for.
    #[must_use]
    pub fn of(list: &[Self], tier: Tier, prompt: Tokens) -> Option<&Self> {
        Self::reached(list, tier, prompt, false).filter(|row| row.is_known_for(prompt))
    }

    /// The same outside peak hours: the off-peak row, or the row of all hours where there is none.
    #[must_use]
    pub fn off_peak(list: &[Self], tier: Tier, prompt: Tokens) -> Option<&Self> {
        Self::reached(list, tier, prompt, true)
            .filter(|row| row.is_known_for(prompt))
            .or_else(|| Self::of(list, tier, prompt))
    }

    /// The row whose threshold a prompt passes, whether or not its prices are known for that length.
    fn reached(list: &[Self], tier: Tier, prompt: Tokens, off_peak: bool) -> Option<&Self> {
        let rows = list.iter().filter(|row| row.tier == tier && row.off_peak == off_peak);
        Self::passed(rows, prompt)
    }

    /// The row of these with the longest threshold that a prompt passes.
    #[inline]
    fn passed<'a>(rows: impl Iterator<Item = &'a Self>, prompt: Tokens) -> Option<&'a Self> {
        rows.filter(|row| row.over.is_none_or(|over| prompt > over)).max_by_key(|row| row.over)
    }

    fn is_known_for(&self, prompt: Tokens) -> bool {
        self.up_to.is_none_or(|known| prompt <= known)
    }

    /// Whether two rows are about the same calls: tier, prompt length and hours.
    #[must_use]
    pub fn is_about_the_same_as(&self, other: &Self) -> bool {
        self.tier == other.tier && self.over == other.over && self.off_peak == other.off_peak
    }

    /// The price of a cached prompt token: the cached rate, or the input rate where there is none.
    #[must_use]
    pub fn cached(&self) -> Rate {
        self.cached_input.unwrap_or(self.input)
    }

    /// Every rate under its key in a catalogue file, in the order in which one is written.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, Option<Rate>); 14] {
        [
            ("input", Some(self.input)),
            ("cached_input", self.cached_input),
            ("output", Some(self.output)),
            ("cache_write", self.cache_write),
            ("cache_write_extended", self.cache_write_extended),
            ("cache_storage", self.cache_storage),
            ("thinking_output", self.thinking_output),
            ("reasoning_output", self.reasoning_output),
            ("audio_input", self.audio_input),
            ("audio_cached_input", self.audio_cached_input),
            ("audio_output", self.audio_output),
            ("image_input", self.image_input),
            ("image_cached_input", self.image_cached_input),
            ("image_output", self.image_output),
        ]
    }
}

/// The whole price list of a model from one day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceEntry {
    /// The first day of these prices.
    #[serde(deserialize_with = "super::date::required")]
    pub from: Date,
    /// The last day for which the seller promised these prices, such as the end of a promotion. Where
    /// no later list is known they may hold longer.
    #[serde(
        default,
        deserialize_with = "super::date::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub until: Option<Date>,
    /// One row per tier, one more per long-prompt cliff of a tier, and the same again for off-peak hours.
    pub rates: Vec<Rates>,
    /// The hours in which the plain rows hold, where off-peak rows hold in the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak: Option<Peak>,
    /// The model that answers calls of this one since this list began, at that model's prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routed_to: Option<String>,
    /// Where the figures come from.
    pub source: String,
    /// The day they were last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What is uncertain or disputed about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The rows of a price list for one tier in peak hours, for who asks for those of many prompts.
#[derive(Debug, Clone)]
pub(crate) struct TierRows<'a>(Vec<&'a Rates>);

impl<'a> TierRows<'a> {
    pub(crate) fn new(list: &'a [Rates], tier: Tier) -> Self {
        Self(list.iter().filter(|row| row.tier == tier && !row.off_peak).collect())
    }

    /// The row that a prompt pays, see [`Rates::of`].
    #[inline]
    pub(crate) fn at(&self, prompt: Tokens) -> Option<&'a Rates> {
        Rates::passed(self.0.iter().copied(), prompt).filter(|row| row.is_known_for(prompt))
    }
}

impl PriceEntry {
    /// The prices that a request with this prompt pays in this tier, see [`Rates::of`].
    #[must_use]
    pub fn rates(&self, tier: Tier, prompt: Tokens) -> Option<&Rates> {
        Rates::of(&self.rates, tier, prompt)
    }

    /// The same outside the peak hours.
    #[must_use]
    pub fn off_peak_rates(&self, tier: Tier, prompt: Tokens) -> Option<&Rates> {
        Rates::off_peak(&self.rates, tier, prompt)
    }

    /// Whether the off-peak rows hold at a moment, in UTC.
    #[must_use]
    pub fn is_off_peak(&self, moment: DateTime) -> bool {
        self.peak.as_ref().is_some_and(|peak| !peak.covers(moment))
    }

    /// The length up to which the prices of a tier are known, where the prompt is longer.
    pub(super) fn known_up_to(&self, tier: Tier, prompt: Tokens) -> Option<Tokens> {
        Rates::reached(&self.rates, tier, prompt, false)?.up_to.filter(|known| prompt > *known)
    }

    /// The tiers that have a price, in the order of the list, each once.
    pub fn tiers(&self) -> impl Iterator<Item = Tier> {
        self.rates.iter().filter(|row| row.over.is_none() && !row.off_peak).map(|row| row.tier)
    }
}
