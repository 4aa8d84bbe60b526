//! The result of `outlay compare`.

use serde::Serialize;

use crate::Error;
use crate::catalog::{Benchmark, Effort, Fidelity, Model};
use crate::forecast::{
    CostPart, MeanOfAnswers, Offer, Range, costs_less_in_proportion, per_usable,
};
use crate::report::estimate::{CostInterval, PriceOrigin};
use crate::report::plan::CallSeconds;
use crate::units::{CallVolume, Money, Period, Probability, TokenRange, Tokens};
use crate::workload::{
    ConversationQuote, CostRange, ProfileSummary, PromptRange, Quote, RoomRange,
};

/// What one model offers for one job.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Priced {
    /// How sure the prompt tokens are.
    pub fidelity: Fidelity,
    /// Prompt tokens of a call, or the median of the last turn of a conversation.
    pub prompt_tokens: Tokens,
    /// The cap it is priced with; null for a conversation, where it may change.
    pub max_completion_tokens: Option<Tokens>,
    /// Completion tokens of a call; null for a conversation.
    pub completion_tokens: Option<Range<Tokens>>,
    /// The cost of the prompt alone; null for a conversation.
    pub prompt_cost_usd: Option<Money>,
    /// The cost of a call or of a conversation.
    pub cost_usd: Range<Money>,
    /// The cost of one that is not cut off, when it is repeated until it is not.
    pub cost_per_usable_usd: Option<Money>,
    /// Probability that an answer is cut off.
    pub length_risk: Option<Probability>,
    /// Probability that nothing visible comes out.
    pub empty_risk: Option<Probability>,
    /// How long a call takes at the measured output speed.
    pub seconds: Option<CallSeconds>,
    /// The expected cost of all calls or conversations; the worst where nothing is expected.
    pub calls_cost_usd: Money,
    /// Between what that lies in 90 of 100 cases; null where nothing is expected.
    pub calls_cost_range_usd: Option<CostInterval>,
    /// What the sum over inputs needs of the cost of all calls.
    #[serde(skip)]
    pub all_calls: CostPart,
    /// Probability that all calls, or many where one is asked for, cost less than those of the first model on
    /// the same work; null for the first, and where nothing is uncertain.
    pub costs_less_than_first: Option<Probability>,
    /// The expected cost over that of the first model; by the worst cases where nothing is expected.
    pub ratio_to_first: Option<f64>,
    /// The same if this model used as many completion tokens as the first.
    pub ratio_at_equal_tokens: Option<f64>,
    /// How many times its expected completion tokens it may use before it costs as much as the first.
    pub break_even_tokens: Option<f64>,
    /// The share of usable answers at which a usable answer costs as much as one of the first.
    pub break_even_success: Option<Probability>,
    /// The measured profile that the forecast comes from.
    pub profile: Option<ProfileSummary>,
    /// The price list.
    pub price: PriceOrigin,
    /// Between what and what the prompt tokens lie, where they are an estimate and that is known.
    pub prompt_tokens_range: Option<TokenRange>,
    /// The room over that range, and whether the cap may not fit it.
    pub room_range: Option<RoomRange>,
    /// The cost of a call over that range: what is expected, or the worst case where nothing is.
    pub cost_usd_range: Option<CostRange>,
}

/// One model for one input.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CompareResult {
    /// The file, `-`, `file:line`, the scenario, or null for plain numbers.
    pub input: Option<String>,
    /// The model.
    pub model: String,
    /// The model as people see it: with the effort that was named behind it.
    #[serde(skip)]
    pub name: String,
    /// The level of effort that the forecast is of; null where none is named.
    pub effort: Option<Effort>,
    /// What is priced: `call` or `conversation`.
    pub unit: &'static str,
    /// Why the model cannot do the job.
    pub cannot: Option<String>,
    /// What it offers; of a model that was shut down what it last cost, beside `cannot`.
    pub offer: Option<Priced>,
    /// How many calls or conversations.
    pub calls: u64,
    /// Over what time.
    pub period: Option<Period>,
    /// Published results of the model.
    pub benchmarks: Vec<Benchmark>,
    /// What was assumed.
    pub assumptions: Vec<String>,
}

impl CompareResult {
    /// A model without an offer yet.
    pub(crate) fn of(
        input: Option<String>,
        unit: &'static str,
        model: &Model,
        volume: CallVolume,
    ) -> Self {
        Self {
            input,
            model: model.id.clone(),
            name: model.id.clone(),
            effort: None,
            unit,
            cannot: None,
            offer: None,
            calls: volume.calls,
            period: volume.period,
            benchmarks: model.benchmarks.clone(),
            assumptions: Vec::new(),
        }
    }
}

impl CompareResult {
    /// What it offers, if it can be called.
    pub(crate) fn callable(&self) -> Option<&Priced> {
        self.offer.as_ref().filter(|_| self.cannot.is_none())
    }

    /// Its model, marked where only its last price is known.
    pub(crate) fn marked(&self) -> String {
        match (&self.cannot, &self.offer) {
            (Some(_), Some(_)) => format!("{} (shut down)", self.name),
            _ => self.name.clone(),
        }
    }
}

impl Priced {
    /// Takes back what compares an expected cost with a worst case, or a worst case with an expected cost.
    pub(crate) fn without_ratios(&mut self) {
        self.ratio_to_first = None;
        self.break_even_tokens = None;
        self.break_even_success = None;
    }

    /// What the range of an estimated prompt means.
    pub(crate) fn range_sentence(&self) -> Option<String> {
        let (tokens, room) = (self.prompt_tokens_range?, self.room_range?);
        Some(PromptRange { tokens, room, cost: self.cost_usd_range }.sentence())
    }

    /// A call beside the `first` one, and what others are measured by when it is the first itself. What a report of
    /// sums does not show is left open where it takes long: with which probability it costs less.
    pub(crate) fn of_call<'m>(
        quote: &Quote<'m>,
        first: Option<&Reference<'m>>,
        is_shown: bool,
    ) -> Result<(Self, Reference<'m>), Error> {
        let estimate = quote.estimate.clone()?;
        let offer = Offer {
            rates: quote.rates,
            prompt: quote.prompt_usage()?,
            fees: quote.fees,
            completion: estimate.completion.expected.unwrap_or(estimate.completion.worst_case),
            length_risk: quote.length_risk(),
            mean: Some(mean_of_call(quote)),
        };
        let profile = quote.profile().map(|profile| profile.about.name.clone());
        let own = Reference { offer, profile };
        let first_offer = first.map(|first| &first.offer);
        let reference = first_offer.unwrap_or(&offer);
        let against = |cost: Money| ratio(cost, reference.cost());
        let priced = Self {
            fidelity: quote.prompt.count.fidelity,
            prompt_tokens: quote.prompt.tokens,
            max_completion_tokens: quote.cap,
            completion_tokens: Some(estimate.completion),
            prompt_cost_usd: Some(offer.cost_with(Tokens::ZERO)),
            cost_usd: estimate.cost,
            cost_per_usable_usd: offer.per_usable(),
            length_risk: Some(quote.length_risk()),
            empty_risk: quote.empty_risk(),
            seconds: CallSeconds::of(quote.model, &estimate),
            calls_cost_usd: estimate.all_calls.expected.unwrap_or(estimate.all_calls.worst_case),
            calls_cost_range_usd: CostInterval::of(&estimate.all_calls),
            all_calls: estimate.parts[1].clone(),
            costs_less_than_first: first
                .filter(|_| is_shown)
                .and_then(|first| own.costs_less_than(first)),
            ratio_to_first: against(offer.cost()),
            ratio_at_equal_tokens: against(offer.cost_with(reference.completion)),
            break_even_tokens: first_offer.and_then(|first| offer.break_even_tokens(first)),
            break_even_success: first_offer.and_then(|first| offer.break_even_success(first)),
            profile: quote.profile().map(|profile| profile.about.clone()),
            price: PriceOrigin::from(quote.price),
            prompt_tokens_range: quote.range.map(|range| range.tokens),
            room_range: quote.range.map(|range| range.room),
            cost_usd_range: quote.range.and_then(|range| range.cost),
        };
        Ok((priced, own))
    }

    /// A conversation beside the first one, and what others are measured by when it is the first itself.
    pub(crate) fn of_conversation(
        model: &Model,
        quote: &ConversationQuote<'_>,
        volume: CallVolume,
        first: Option<&FirstConversation>,
    ) -> (Self, FirstConversation) {
        let simulation = &quote.simulation;
        let total = simulation.total_cost;
        let usable = per_usable(total.mean, simulation.unusable);
        let own = FirstConversation { cost: total.mean, usable, mean: quote.mean };
        let first_mean = first.map_or(total.mean, |first| first.cost);
        let share_of_first_usable = |first: &FirstConversation| {
            ratio(total.mean, first.usable?).filter(|share| *share <= 1.0).map(Probability::clamped)
        };
        let less = |first: &FirstConversation| {
            let (here, there) = (total.mean.as_f64(), first.cost.as_f64());
            let less = costs_less_in_proportion((here, &quote.mean), (there, &first.mean));
            less.map(Probability::clamped)
        };
        let last = simulation.turns.last();
        let (p5, p95) = quote.cost_of_all(volume.calls);
        let priced = Self {
            fidelity: Fidelity::Declared,
            prompt_tokens: last.map_or(Tokens::ZERO, |turn| turn.prompt_tokens.p50),
            max_completion_tokens: None,
            completion_tokens: None,
            prompt_cost_usd: None,
            cost_usd: Range {
                expected: Some(total.mean),
                p5: Some(total.p5),
                p95: Some(total.p95),
                worst_case: simulation.most_expensive,
            },
            cost_per_usable_usd: usable,
            length_risk: Some(simulation.truncated),
            empty_risk: Some(simulation.empty).filter(|_| model.reasoning),
            seconds: None,
            calls_cost_usd: total.mean * volume.calls,
            calls_cost_range_usd: Some((p5, p95).into()),
            all_calls: CostPart::alone(Range {
                expected: Some(total.mean * volume.calls),
                p5: Some(p5),
                p95: Some(p95),
                worst_case: simulation.most_expensive * volume.calls,
            }),
            costs_less_than_first: first.and_then(less),
            ratio_to_first: ratio(total.mean, first_mean),
            ratio_at_equal_tokens: None,
            break_even_tokens: None,
            break_even_success: first.and_then(share_of_first_usable),
            profile: quote.source.profile.as_ref().map(|profile| profile.about.clone()),
            price: PriceOrigin::from(quote.price),
            prompt_tokens_range: quote.range.map(|range| range.tokens),
            room_range: None,
            cost_usd_range: quote.range.map(|range| range.cost),
        };
        (priced, own)
    }
}

/// A call that others are measured by.
#[derive(Debug, Clone)]
pub(crate) struct Reference<'m> {
    offer: Offer<'m>,
    /// The profile that its forecast is from.
    profile: Option<String>,
}

impl Reference<'_> {
    /// One profile for both forecasts is wrong for both alike.
    fn costs_less_than(&self, first: &Self) -> Option<Probability> {
        let (mut own, mut others) = (self.offer, first.offer);
        if self.profile.is_some() && self.profile == first.profile {
            for offer in [&mut own, &mut others] {
                if let Some((mean, _)) = &mut offer.mean {
                    mean.shared = mean.spread.powi(2);
                }
            }
        }
        own.costs_less_than(&others)
    }
}

/// A conversation that others are measured by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstConversation {
    cost: Money,
    usable: Option<Money>,
    mean: MeanOfAnswers,
}

/// The mean of all calls, or of so many that single ones no longer matter where one is asked for.
fn mean_of_call(quote: &Quote<'_>) -> (MeanOfAnswers, Tokens) {
    const MANY: u64 = 1_000_000;
    let limit = quote.cap.unwrap_or(quote.plan.room);
    let calls = if quote.volume.calls > 1 { quote.volume.calls } else { MANY };
    let answers = calls.saturating_mul(quote.prompt.settings.choices);
    (quote.completion().mean_of(limit, answers), limit)
}

fn ratio(a: Money, b: Money) -> Option<f64> {
    (b > Money::ZERO).then(|| a.as_f64() / b.as_f64())
}
