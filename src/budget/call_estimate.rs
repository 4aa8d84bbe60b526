//! What one declared prompt sends and gets back, in tokens; prices come from elsewhere.

use serde::{Deserialize, Serialize};

use crate::billing::{BilledUsage, cost, mean_cost};
use crate::catalog::{Model, Rates, Tier};
use crate::forecast::{BilledRun, CostPart, MeanOfAnswers, Range, Simulation, TurnSummary};
use crate::logs::Usage;
use crate::units::{CallVolume, Money, Probability, Tokens};
use crate::workload::{ConversationQuote, PromptSize, Quote, optional};

/// Which end of a forecast a budget looks at.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Bound {
    /// The mean.
    #[default]
    Expected,
    /// One in twenty is higher.
    P95,
    /// None is higher.
    WorstCase,
}

impl Bound {
    /// The end of a range, where it is known.
    fn of<T: Copy>(self, range: &Range<T>) -> Option<T> {
        match self {
            Self::Expected => range.expected,
            Self::P95 => range.p95,
            Self::WorstCase => Some(range.worst_case),
        }
    }

    /// The name, as the configuration writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What a whole conversation bills, at its mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BilledConversation {
    /// Prompt tokens of all turns.
    pub prompt_tokens: Tokens,
    /// How many of them are read from the cache.
    pub cached_tokens: Tokens,
    /// Completion tokens of all turns.
    pub completion_tokens: Tokens,
    /// How many conversations `billed` adds up.
    #[serde(default)]
    pub runs: u64,
    /// Every request of these conversations, summed up by the row of the price list that it pays.
    /// Empty in baselines of version 0.1.0, whose conversations are billed at their mean tokens.
    #[serde(default)]
    pub billed: Vec<BilledUsage>,
    /// The mean cost of the agents that it starts, whose requests are not in `billed`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    #[serde(default, with = "optional", skip_serializing_if = "Option::is_none")]
    pub agents_usd: Option<Money>,
    /// What the conversation is billed for that one in twenty costs more than; null in baselines that did
    /// not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<BilledRun>,
    /// What the most expensive of the simulated conversations is billed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_case: Option<BilledRun>,
    /// Requests of a conversation; one in twenty has more.
    #[cfg_attr(test, schemars(with = "Option<Tokens>"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Tokens>,
    /// The share of conversations that end because nothing fits into the window any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_risk: Option<Probability>,
    /// How many times their mean the conversations of a month cost that one month in twenty costs more than; null
    /// where no number of them is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_p95: Option<f64>,
}

impl BilledConversation {
    /// What a conversation costs at this end.
    fn cost(&self, list: &[Rates], tier: Tier, largest: Tokens, of: Bound) -> Option<Money> {
        match of {
            Bound::Expected => self.mean_cost(list, tier, largest),
            Bound::P95 => self.p95.as_ref()?.cost(list, tier),
            Bound::WorstCase => self.worst_case.as_ref()?.cost(list, tier),
        }
    }

    /// The mean cost of a conversation; `largest` is its longest prompt.
    fn mean_cost(&self, list: &[Rates], tier: Tier, largest: Tokens) -> Option<Money> {
        if !self.billed.is_empty() {
            return Some(
                mean_cost(&self.billed, self.runs, list, tier)?
                    + self.agents_usd.unwrap_or_default(),
            );
        }
        let prompt = Usage::new(self.prompt_tokens, self.completion_tokens);
        let usage = prompt.with_cached(self.cached_tokens.min(self.prompt_tokens)).ok()?;
        Some(cost(usage, Rates::of(list, tier, largest)?))
    }
}

/// Everything about a call that does not depend on prices. This is what a baseline keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CallEstimate {
    /// The tier it is sent to.
    pub tier: Tier,
    /// Prompt tokens.
    pub prompt_tokens: PromptSize,
    /// How many of them are read from the cache.
    pub cached_tokens: Tokens,
    /// How many of the others are written to the cache, where that is charged for.
    #[serde(default)]
    pub written_tokens: Tokens,
    /// How many besides are written for the longer lifetime of the cache.
    #[serde(default)]
    pub written_extended_tokens: Tokens,
    /// Completion tokens of a call, reasoning included; null when the API would refuse it.
    pub completion_tokens: Option<Range<Tokens>>,
    /// The cap that is sent, or the recommended one.
    pub cap: Option<Tokens>,
    /// What fits after the largest prompt.
    pub room: Tokens,
    /// Probability that the answer is cut off at that cap.
    pub length_risk: Option<Probability>,
    /// Calls in a month.
    pub calls_per_month: Option<u64>,
    /// Completion tokens of all calls of a month.
    pub monthly_completion_tokens: Option<Range<Tokens>>,
    /// What the usual completions of a month come to, and how well that is known; null in baselines that did not
    /// keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_mean: Option<MeanOfAnswers>,
    /// The conversation, where the prompt is one: then the prompt tokens are those of its largest
    /// turn, and a call is a conversation.
    pub conversation: Option<Box<BilledConversation>>,
}

impl CallEstimate {
    /// What a quote says about a prompt of this size. The quote is that of its high end.
    #[must_use]
    pub fn of(quote: &Quote<'_>, prompt_tokens: PromptSize) -> Self {
        let estimate = quote.estimate.as_ref().ok();
        let calls_per_month = quote.declared_calls.and_then(CallVolume::per_month);
        let risk = |cap: Tokens| quote.completion().length_risk(cap.min(quote.plan.room));
        Self {
            tier: quote.tier,
            prompt_tokens,
            cached_tokens: quote.cached,
            written_tokens: quote.written,
            written_extended_tokens: quote.written_extended,
            completion_tokens: estimate.map(|estimate| estimate.completion),
            cap: quote.cap,
            room: quote.plan.room,
            length_risk: quote.cap.map(risk),
            calls_per_month,
            monthly_completion_tokens: calls_per_month
                .and(estimate.map(|estimate| estimate.all_completions)),
            monthly_mean: calls_per_month.and(estimate.and_then(|estimate| estimate.mean_of_all)),
            conversation: None,
        }
    }

    /// What a simulated conversation says: its largest prompt, its smallest room, and what it bills.
    #[must_use]
    pub fn of_conversation(
        model: &Model,
        quote: &ConversationQuote<'_>,
        calls: Option<CallVolume>,
    ) -> Self {
        let simulation = &quote.simulation;
        let Simulation { turns, truncated, billed, runs, agents_cost, .. } = simulation;
        let largest = |of: fn(&TurnSummary) -> Tokens| turns.iter().map(of).max();
        let sum = |of: fn(&TurnSummary) -> Tokens| {
            Tokens::from_f64(turns.iter().map(|turn| turn.reached.get() * of(turn).as_f64()).sum())
        };
        let smallest = turns.iter().map(|turn| turn.room.p5).min();
        Self {
            tier: quote.tier,
            prompt_tokens: PromptSize {
                expected: largest(|turn| turn.prompt_tokens.mean).unwrap_or_default(),
                high: largest(|turn| turn.prompt_tokens.p95).unwrap_or_default(),
            },
            cached_tokens: Tokens::ZERO,
            written_tokens: Tokens::ZERO,
            written_extended_tokens: Tokens::ZERO,
            completion_tokens: None,
            cap: turns.last().map(|turn| turn.cap.p50),
            room: smallest.unwrap_or(model.limits.output_cap),
            length_risk: Some(*truncated),
            calls_per_month: calls.and_then(CallVolume::per_month),
            monthly_completion_tokens: None,
            monthly_mean: None,
            conversation: Some(Box::new(BilledConversation {
                prompt_tokens: sum(|turn| turn.prompt_tokens.mean),
                cached_tokens: sum(|turn| turn.cached_tokens.mean),
                completion_tokens: sum(|turn| turn.completion_tokens.mean),
                runs: u64::from(*runs),
                billed: billed.clone(),
                agents_usd: (*agents_cost > Money::ZERO).then_some(*agents_cost),
                p95: Some(simulation.p95_run.clone()),
                worst_case: Some(simulation.dearest_run.clone()),
                steps: Some(simulation.requests.p95),
                window_risk: Some(simulation.overflowed),
                monthly_p95: calls.and_then(CallVolume::per_month).map(|calls| {
                    let mean = simulation.total_cost.mean * calls;
                    quote.cost_of_all(calls).1.as_f64() / mean.as_f64().max(f64::MIN_POSITIVE)
                }),
            })),
        }
    }

    /// What a call costs, where this end of its forecast is known. A call is a conversation where the prompt
    /// is one; its worst case is then the most expensive one that was simulated.
    #[must_use]
    pub fn cost(&self, prices: &[Rates], of: Bound) -> Option<Money> {
        let prompt = self.prompt(of);
        if let Some(whole) = &self.conversation {
            return whole.cost(prices, self.tier, prompt, of);
        }
        self.bill(prices, prompt, 1, of.of(self.completion_tokens.as_ref()?)?)
    }

    /// What the calls of a month cost.
    #[must_use]
    pub fn monthly_cost(&self, prices: &[Rates], of: Bound) -> Option<Money> {
        let calls = self.calls_per_month?;
        let Some(all) = &self.monthly_completion_tokens else {
            return self.monthly_cost_of_calls(prices, of, calls);
        };
        let completion = of.of(all)?;
        self.bill(prices, self.prompt(of), calls, completion)
    }

    /// The same of conversations, and of a baseline that has no figures of the month: so many times one call.
    fn monthly_cost_of_calls(&self, prices: &[Rates], of: Bound, calls: u64) -> Option<Money> {
        let whole = self.conversation.as_ref();
        match of {
            Bound::Expected => Some(self.cost(prices, of)? * calls),
            Bound::P95 => {
                let mean = self.cost(prices, Bound::Expected)? * calls;
                let p95 = mean.picodollars() as f64 * whole?.monthly_p95?;
                #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
                Some(Money::from_picodollars(p95.round() as i128))
            }
            Bound::WorstCase => Some(whole?.worst_case.as_ref()?.cost(prices, self.tier)? * calls),
        }
    }

    /// The cost of the calls of a month as sums of several need it; `None` where a part of it is not known.
    pub(super) fn monthly_part(&self, prices: &[Rates]) -> Option<CostPart> {
        let (mean, calls) = (self.monthly_mean?, self.calls_per_month?);
        let cost = Range {
            expected: self.monthly_cost(prices, Bound::Expected),
            p5: None,
            p95: self.monthly_cost(prices, Bound::P95),
            worst_case: self.monthly_cost(prices, Bound::WorstCase)?,
        };
        let with = |completion| self.bill(prices, self.prompt(Bound::P95), calls, completion);
        let prompts = with(Tokens::ZERO)?;
        let completions = with(Tokens::from_f64(mean.mean))? - prompts;
        Some(CostPart::known(cost, prompts, completions, mean))
    }

    /// Requests of a task: one, or those of a conversation, of which one in twenty has more.
    #[must_use]
    pub fn steps(&self) -> Option<Tokens> {
        match &self.conversation {
            Some(whole) => whole.steps,
            None => Some(Tokens::new(1)),
        }
    }

    /// The probability that a task ends because nothing fits into the window any more. A single request that
    /// does not fit is refused, and is no estimate.
    #[must_use]
    pub fn window_risk(&self) -> Option<Probability> {
        match &self.conversation {
            Some(whole) => whole.window_risk,
            None => Some(Probability::clamped(if self.room > Tokens::ZERO { 0.0 } else { 1.0 })),
        }
    }

    fn prompt(&self, of: Bound) -> Tokens {
        match of {
            Bound::Expected => self.prompt_tokens.expected,
            Bound::P95 | Bound::WorstCase => self.prompt_tokens.high,
        }
    }

    fn bill(
        &self,
        prices: &[Rates],
        prompt: Tokens,
        calls: u64,
        completion: Tokens,
    ) -> Option<Money> {
        let rates = Rates::of(prices, self.tier, prompt)?;
        let usage = Usage::new(prompt, Tokens::ZERO).with_cached(self.cached_tokens.min(prompt));
        let usage = usage.ok()?.with_written(self.written_tokens);
        let usage = usage.with_long_written(self.written_extended_tokens);
        Some(cost(usage.times(calls).with_completion(completion), rates))
    }
}

#[cfg(test)]
impl CallEstimate {
    /// A call with a prompt of so many tokens, of which nothing else is known.
    pub(super) fn of_prompt(tokens: u64) -> Self {
        serde_json::from_value(serde_json::json!({
            "tier": "standard",
            "prompt_tokens": {"expected": tokens, "high": tokens},
            "cached_tokens": 0,
            "completion_tokens": null,
            "cap": null,
            "room": 100,
            "length_risk": null,
            "calls_per_month": null,
            "monthly_completion_tokens": null,
            "conversation": null,
        }))
        .unwrap()
    }
}
