//! The result of `outlay estimate`.

use jiff::civil::Date;
use serde::Serialize;

use crate::Error;
use crate::billing::CostLine;
use crate::catalog::{Effort, Fidelity, PriceEntry, Tier};
use crate::forecast::{CostPart, Range};
use crate::report::count::CountError;
use crate::units::{Money, Period, TokenRange, Tokens};
use crate::workload::{CostRange, ProfileSummary, Quote, Saving, TierOffer};

/// The price list that was used.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PriceOrigin {
    /// Its first day.
    pub from: Date,
    /// Where its figures come from.
    pub source: String,
}

impl From<&PriceEntry> for PriceOrigin {
    fn from(entry: &PriceEntry) -> Self {
        Self { from: entry.from, source: entry.source.clone() }
    }
}

/// What a request says beside its text, as far as the call takes it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SentSettings {
    /// The level of effort that it asks for, where the model has it.
    pub effort: Option<Effort>,
    /// The most tokens that it lets the model think.
    pub thinking_budget: Option<Tokens>,
    /// The tool that it forces: `none`, `any`, or a name.
    pub tool_choice: Option<String>,
    /// How many marks for the cache it has.
    pub cache_marks: usize,
    /// Prompt tokens that a call writes to the cache where nothing is read from there.
    pub written_tokens: Tokens,
    /// How many answers it asks for.
    pub choices: u64,
}

impl SentSettings {
    /// What the request of a quote says.
    #[must_use]
    pub fn of(quote: &Quote<'_>) -> Self {
        let settings = &quote.prompt.settings;
        Self {
            effort: quote.source.effort.level,
            thinking_budget: settings.thinking_budget(),
            tool_choice: settings.tool_choice.as_ref().map(ToString::to_string),
            cache_marks: settings.cache_marks.len(),
            written_tokens: quote.written + quote.written_extended,
            choices: settings.choices,
        }
    }
}

/// A cost that lies between these in 90 of 100 cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CostInterval {
    /// One in twenty is lower.
    pub p5: Money,
    /// One in twenty is higher.
    pub p95: Money,
}

impl CostInterval {
    /// Both ends of a range, where they are known.
    #[must_use]
    pub fn of(range: &Range<Money>) -> Option<Self> {
        Some(Self { p5: range.p5?, p95: range.p95? })
    }

    /// Both ends as people see them; nothing where they are the same.
    pub(crate) fn for_people(&self) -> String {
        let [low, high] = [self.p5, self.p95].map(Money::for_people);
        if low == high { String::new() } else { format!("{low} to {high}") }
    }
}

impl From<(Money, Money)> for CostInterval {
    fn from((p5, p95): (Money, Money)) -> Self {
        Self { p5, p95 }
    }
}

/// The cost of one input for one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EstimateResult {
    /// The file, `-`, `file:line`, or null for plain numbers.
    pub input: Option<String>,
    /// The model.
    pub model: String,
    /// The model as people see it: with the effort that was named behind it.
    #[serde(skip)]
    pub name: String,
    /// The level of effort that the forecast is of; null where none is named.
    pub effort: Option<Effort>,
    /// The most reasoning tokens of the forecast; null where nothing but the cap bounds them.
    pub thinking_budget: Option<Tokens>,
    /// How sure the prompt tokens are.
    pub fidelity: Fidelity,
    /// How far an estimated count is from the model's own, where that was measured.
    pub count_error: Option<CountError>,
    /// The tier it is priced in.
    pub tier: Tier,
    /// Prompt tokens of one call.
    pub prompt_tokens: Tokens,
    /// Between what and what they lie, where they are an estimate and that is known.
    pub prompt_tokens_range: Option<TokenRange>,
    /// How many of them are read from the cache.
    pub cached_tokens: Tokens,
    /// Completion tokens of one call, reasoning included.
    pub completion_tokens: Range<Tokens>,
    /// The cost of one call.
    pub cost_usd: Range<Money>,
    /// The same over the range of the prompt: what is expected, or the worst case where nothing is.
    pub cost_usd_range: Option<CostRange>,
    /// The bill of the expected call, or of the worst case where nothing is expected.
    pub lines: Vec<CostLine>,
    /// How many calls.
    pub calls: u64,
    /// Over what time.
    pub period: Option<Period>,
    /// The cost of all calls.
    pub calls_cost_usd: Range<Money>,
    /// The measured profile that the forecast comes from; null when it was declared or is not known.
    pub profile: Option<Box<ProfileSummary>>,
    /// The price list.
    pub price: PriceOrigin,
    /// What was assumed.
    pub assumptions: Vec<String>,
    /// How many of the prompt tokens are written to the cache, where that is charged for.
    pub cache_write_tokens: Tokens,
    /// The template that the input fills, where it is a row of a dataset.
    pub template: Option<String>,
    /// What the request says beside its text.
    pub request: SentSettings,
    /// The same calls in every tier that has a known price for them, with the time that answers take.
    pub tiers: Vec<TierOffer>,
    /// What reading from the cache saves, and a tier that was asked for.
    pub savings: Vec<Saving>,
    /// What the sum over inputs needs of the costs of one call and of all.
    #[serde(skip)]
    pub parts: Box<[CostPart; 2]>,
}

impl EstimateResult {
    /// The cost of a quote.
    ///
    /// # Errors
    /// The refusal of the API, where it would refuse the request.
    pub fn new(input: Option<String>, name: String, quote: Quote<'_>) -> Result<Self, Error> {
        let estimate = quote.estimate.clone()?;
        Ok(Self {
            input,
            template: None,
            model: quote.model.id.clone(),
            name,
            effort: quote.source.effort.level,
            thinking_budget: quote.source.effort.budget,
            fidelity: quote.prompt.count.fidelity,
            count_error: CountError::of(quote.model, quote.prompt.count.fidelity),
            tier: quote.tier,
            prompt_tokens: quote.prompt.tokens,
            prompt_tokens_range: quote.range.map(|range| range.tokens),
            cached_tokens: quote.cached,
            completion_tokens: estimate.completion,
            cost_usd: estimate.cost,
            cost_usd_range: quote.range.and_then(|range| range.cost),
            lines: estimate.lines,
            calls: quote.volume.calls,
            period: quote.volume.period,
            calls_cost_usd: estimate.all_calls,
            profile: quote.profile().map(|profile| Box::new(profile.about.clone())),
            request: SentSettings::of(&quote),
            tiers: quote.tiers(),
            savings: quote.savings(),
            parts: Box::new(estimate.parts),
            price: PriceOrigin::from(quote.price),
            cache_write_tokens: quote.written + quote.written_extended,
            assumptions: quote.assumptions.into_vec(),
        })
    }
}
