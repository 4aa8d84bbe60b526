//! The result of `outlay estimate`.

use jiff::civil::Date;
use serde::Serialize;

use crate::Error;
use crate::billing::CostLine;
use crate::catalog::{Fidelity, PriceEntry, Tier};
use crate::forecast::Range;
use crate::report::count::CountError;
use crate::units::{Money, Period, TokenRange, Tokens};
use crate::workload::{CostRange, ProfileSummary, Quote};

/// The price list that was used.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PriceRef {
    /// Its first day.
    pub from: Date,
    /// Where its figures come from.
    pub source: String,
}

impl From<&PriceEntry> for PriceRef {
    fn from(entry: &PriceEntry) -> Self {
        Self { from: entry.from, source: entry.source.clone() }
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
    pub profile: Option<ProfileSummary>,
    /// The price list.
    pub price: PriceRef,
    /// What was assumed.
    pub assumptions: Vec<String>,
    /// How many of the prompt tokens are written to the cache, where that is charged for.
    pub cache_write_tokens: Tokens,
}

impl EstimateResult {
    /// The cost of a quote.
    ///
    /// # Errors
    /// The refusal of the API, where it would refuse the request.
    pub fn new(input: Option<String>, quote: Quote<'_>) -> Result<Self, Error> {
        let estimate = quote.estimate.clone()?;
        Ok(Self {
            input,
            model: quote.model.id.clone(),
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
            profile: quote.profile().map(|profile| profile.about.clone()),
            price: PriceRef::from(quote.price),
            cache_write_tokens: quote.written,
            assumptions: quote.assumptions.into_vec(),
        })
    }
}

/// An expected and a worst cost.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ExpectedAndWorst {
    /// The mean, when every result has one.
    pub expected: Option<Money>,
    /// None is higher.
    pub worst_case: Money,
}

/// The sum over inputs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EstimateTotal {
    /// How many results.
    pub results: usize,
    /// Prompt tokens, one call each.
    pub prompt_tokens: Tokens,
    /// One call each.
    pub cost_usd: ExpectedAndWorst,
    /// All calls of each.
    pub calls_cost_usd: ExpectedAndWorst,
}

impl EstimateTotal {
    /// The sum of these results.
    #[must_use]
    pub fn of(results: &[EstimateResult]) -> Self {
        let sum = |f: fn(&EstimateResult) -> &Range<Money>| ExpectedAndWorst {
            expected: results.iter().map(|r| f(r).expected).sum(),
            worst_case: results.iter().map(|r| f(r).worst_case).sum(),
        };
        Self {
            results: results.len(),
            prompt_tokens: results.iter().map(|r| r.prompt_tokens).sum(),
            cost_usd: sum(|r| &r.cost_usd),
            calls_cost_usd: sum(|r| &r.calls_cost_usd),
        }
    }
}
