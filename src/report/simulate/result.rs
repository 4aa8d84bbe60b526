//! The result of `outlay simulate`.

use serde::Serialize;

use crate::catalog::{Effort, Model};
use crate::forecast::{StepSummary, StepTotals, Summary, TurnSummary};
use crate::report::estimate::{CostInterval, PriceOrigin};
use crate::units::{CallVolume, Money, Period, Probability, TokenRange, Tokens};
use crate::workload::{AgentQuote, CacheOption, ConversationQuote, CostRange, ProfileSummary};

/// A conversation with one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SimulateResult {
    /// The scenario or the transcript, or nothing when all is declared.
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
    /// The context window.
    pub window: Tokens,
    /// Tokens kept for reasoning and outputs; nothing for models that do not reason.
    pub reserve: Option<Tokens>,
    /// The turns that any run reached.
    pub turns: Vec<TurnSummary>,
    /// The steps of the turns that any run reached, the first thousand; empty without steps.
    pub steps: Vec<StepSummary>,
    /// All steps together; nothing without steps.
    pub step_totals: Option<StepTotals>,
    /// Tokens of the definitions of tools, where they were declared; they are part of every prompt.
    pub tool_definitions: Option<Tokens>,
    /// The agents that every turn starts; what they cost is part of every cost of a conversation.
    pub agents: Vec<AgentQuote>,
    /// What ways of caching come to, the billed one first.
    pub caching: Vec<CacheOption>,
    /// The cost of a conversation.
    pub total_cost_usd: Summary<Money>,
    /// Between what and what the prompt lies that it goes on from, where that is an estimate; null where its
    /// tokens are sure, or the range is not known.
    pub prompt_tokens_range: Option<TokenRange>,
    /// The mean cost of a conversation in that range.
    pub total_cost_usd_range: Option<CostRange>,
    /// The first turn at which the median room is below the reserve, with the longest prompt of the range.
    pub first_turn_below_reserve_at_most: Option<u32>,
    /// The first turn at which any run overflows, with the longest prompt of the range.
    pub first_overflow_turn_at_most: Option<u32>,
    /// The cost of every conversation that was drawn, the cheapest first.
    #[serde(skip)]
    pub costs: Vec<Money>,
    /// The cost of the most expensive conversation that was drawn.
    pub most_expensive_usd: Money,
    /// The first turn at which the median room is below the reserve.
    pub first_turn_below_reserve: Option<u32>,
    /// The first turn at which any run overflows.
    pub first_overflow_turn: Option<u32>,
    /// The share of conversations with an answer that is cut off.
    pub truncated: Probability,
    /// The share with an answer that comes out empty.
    pub empty: Probability,
    /// The share that ends because nothing fits any more.
    pub overflowed: Probability,
    /// The share with an answer that is cut off, or that overflows.
    pub unusable: Probability,
    /// How many conversations.
    pub calls: u64,
    /// Over what time.
    pub period: Option<Period>,
    /// The mean cost of all conversations.
    pub calls_cost_usd: Money,
    /// Between what that lies in 90 of 100 cases.
    pub calls_cost_range_usd: CostInterval,
    /// Whether nothing is random, so that one run is the answer.
    pub exact: bool,
    /// How many runs.
    pub runs: u32,
    /// The seed of the draws.
    pub seed: u64,
    /// The measured profile that completions are drawn from.
    pub profile: Option<ProfileSummary>,
    /// The price list.
    pub price: PriceOrigin,
    /// What was assumed.
    pub assumptions: Vec<String>,
}

impl SimulateResult {
    /// The simulation of a conversation for a model.
    #[must_use]
    pub fn new(
        input: Option<String>,
        model: &Model,
        name: String,
        quote: ConversationQuote<'_>,
        volume: CallVolume,
    ) -> Self {
        let simulation = &quote.simulation;
        Self {
            input,
            model: model.id.clone(),
            name,
            effort: quote.source.effort.level,
            thinking_budget: quote.source.effort.budget,
            window: model.limits.window,
            reserve: model.reasoning.then_some(quote.policy.reserve),
            turns: simulation.turns.clone(),
            steps: simulation.steps.clone(),
            step_totals: simulation.step_totals.clone(),
            tool_definitions: quote.tool_definitions,
            agents: quote.agents.clone(),
            caching: quote.caching.clone(),
            total_cost_usd: simulation.total_cost,
            prompt_tokens_range: quote.range.map(|range| range.tokens),
            total_cost_usd_range: quote.range.map(|range| range.cost),
            first_turn_below_reserve_at_most: quote.range.and_then(|it| it.first_below_reserve),
            first_overflow_turn_at_most: quote.range.and_then(|it| it.first_overflow),
            costs: simulation.costs.clone(),
            most_expensive_usd: simulation.most_expensive,
            first_turn_below_reserve: simulation.first_below_reserve,
            first_overflow_turn: simulation.first_overflow,
            truncated: simulation.truncated,
            empty: simulation.empty,
            overflowed: simulation.overflowed,
            unusable: simulation.unusable,
            exact: simulation.exact,
            calls: volume.calls,
            period: volume.period,
            calls_cost_usd: simulation.total_cost.mean * volume.calls,
            calls_cost_range_usd: quote.cost_of_all(volume.calls).into(),
            runs: simulation.runs,
            seed: quote.seed.0,
            profile: quote.source.profile.as_ref().map(|profile| profile.about.clone()),
            price: quote.price.into(),
            assumptions: quote.assumptions,
        }
    }
}
