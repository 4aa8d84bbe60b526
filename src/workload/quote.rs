//! One call, answered: what it sends, which cap applies, what it costs, how likely it is cut off.

use std::sync::Arc;

use jiff::civil::Date;

use super::call_spec::{CachedPart, CallSpec};
use super::cap_policy::{above_budget, cap_policy};
use super::completion_source::CompletionSource;
use super::eligibility::refusals;
use super::measured_profile::MeasuredProfile;
use super::prompt::Prompt;
use super::range::PromptRange;
use crate::catalog::{FeeItem, Model, PriceEntry, Rates, Tier};
use crate::forecast::{
    Call, CapPolicy, CapRisk, Completion, Estimate, Judgement, Plan, Range, assess_cap, estimate,
    plan, risk_by_cap,
};
use crate::logs::Usage;
use crate::units::{CallVolume, Money, Probability, Tokens};
use crate::{Error, ErrorKind};

/// Which cap a quote is priced with.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum CapRule {
    /// The recommended cap, whatever is sent: what a plan proposes.
    #[default]
    Recommended,
    /// The cap that is sent, else the recommended one: what budgets and comparisons look at.
    SentOrRecommended,
    /// The cap that is sent, else none, so that the room is the limit: what the call may cost today.
    SentOrRoom,
}

/// What can be said about a call before it is made.
#[derive(Debug, Clone)]
pub struct Quote<'m> {
    /// The model.
    pub model: &'m Model,
    /// The day it is asked for.
    pub as_of: Date,
    /// The price list in force.
    pub price: &'m PriceEntry,
    /// The row of it that the call pays.
    pub rates: &'m Rates,
    /// The tier it is sent to.
    pub tier: Tier,
    /// What it sends.
    pub prompt: Prompt,
    /// How many of the prompt tokens are read from the cache.
    pub cached: Tokens,
    /// How many of the others are written to the cache.
    pub written: Tokens,
    /// How many are written for the longer lifetime of the cache, which has a rate of its own.
    pub written_extended: Tokens,
    /// What tools of the provider cost, and the request itself where there is a fee for it.
    pub fees: Money,
    /// Where the distribution of its completion is from.
    pub source: Arc<CompletionSource>,
    /// What the recommended cap must satisfy.
    pub policy: CapPolicy,
    /// The room after the prompt and the recommended cap.
    pub plan: Plan,
    /// The cap that the call sends already, judged.
    pub sent: Option<Judgement>,
    /// The cap that the costs are of; `None` leaves the room as the only limit.
    pub cap: Option<Tokens>,
    /// What the call costs with that cap; the refusal of the API where it refuses the request.
    pub estimate: Result<Estimate, Error>,
    /// What the range of an estimated prompt means for its room and cost.
    pub range: Option<PromptRange>,
    /// How many calls; one unless said otherwise.
    pub volume: CallVolume,
    /// How many calls, as far as that was said.
    pub declared_calls: Option<CallVolume>,
    /// What is written to the cache, as far as that was said.
    pub declared_writes: Option<CachedPart>,
    /// What was assumed, by subject.
    pub assumptions: Assumptions,
}

/// What a quote assumes, one sentence each.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Assumptions {
    /// About the count of the prompt.
    pub prompt: Vec<String>,
    /// About prices.
    pub price: Vec<String>,
    /// About the completion: where its distribution is from.
    pub completion: Vec<String>,
    /// About how many calls there are.
    pub calls: Vec<String>,
    /// About the reserve.
    pub cap: Vec<String>,
}

impl Assumptions {
    /// All of them, in the order in which reports list them.
    #[must_use]
    pub fn into_vec(self) -> Vec<String> {
        let Self { prompt, price, completion, calls, cap } = self;
        [prompt, price, completion, calls, cap].concat()
    }
}

impl<'m> Quote<'m> {
    /// Answers a call; [`Workload`](super::Workload) is the way to it.
    pub(super) fn new(
        model: &'m Model,
        as_of: Date,
        prompt: Prompt,
        spec: &CallSpec,
        source: Arc<CompletionSource>,
        (rule, tokens_per_minute): (CapRule, Option<Tokens>),
    ) -> Result<Self, Error> {
        let tokens = prompt.tokens;
        let price = model.price_at(as_of)?;
        let tier = spec.tier.or(prompt.settings.tier).unwrap_or_default();
        let rates = model.rates(price, tier, tokens)?;
        let cached = spec.cached.map_or(Tokens::ZERO, |cached| cached.of(tokens));
        let [written, written_extended] = writes((model, rates), &prompt, cached, spec.cache_write);
        let (fees, about_fees) = call_fees(model, spec.searches.unwrap_or_default(), as_of)?;
        let completion = Some(&source.completion);
        let (policy, mut about_reserve) = cap_policy(spec, source.profile.as_ref());
        // A reserve is for reasoning, which this call does not do.
        let policy = if source.effort.reasons || !model.reasoning {
            policy
        } else {
            about_reserve =
                Some("the call does not reason, so that nothing is kept for that".to_owned());
            CapPolicy { reserve: Tokens::ZERO, ..policy }
        };
        let (policy, about_budget) = above_budget(policy, model, source.effort);
        let policy = CapPolicy { tokens_per_minute, ..policy };

        let plan = plan(model, tokens, &policy, completion);
        let sent = spec.max_completion_tokens.or(prompt.settings.cap);
        let cap = match rule {
            CapRule::Recommended => plan.recommended,
            CapRule::SentOrRecommended => sent.or(plan.recommended),
            CapRule::SentOrRoom => sent,
        };
        let volume = spec.volume();
        let call = Call {
            model,
            price,
            tier,
            prompt: tokens,
            cached,
            written,
            written_extended,
            completion,
            cap,
            fees,
            choices: prompt.settings.choices,
            calls: volume.calls,
        };
        let estimate = match estimate(&call) {
            Err(error) if error.kind() != ErrorKind::Refused => return Err(error),
            estimate => estimate,
        };
        let range =
            prompt.range().map(|tokens| PromptRange::of(tokens, &call, sent.or(plan.recommended)));
        let sent = sent.map(|cap| assess_cap(model, tokens, cap, &policy, completion));
        let assumptions = Assumptions {
            prompt: refusals(&prompt.needs, model, as_of)
                .map(|refused| format!("{refused}: the API returns an error for it"))
                .chain(prompt.reasons())
                .collect(),
            price: price_assumptions(model, price, rates, as_of, cached, prompt.settings.choices)
                .into_iter()
                .chain(about_writes(model, written + written_extended, spec.cache_write.is_none()))
                .chain(about_fees)
                .collect(),
            completion: completion_assumptions(&source, &prompt, model),
            calls: Vec::new(),
            cap: about_reserve.into_iter().chain(about_budget).collect(),
        };
        Ok(Self {
            model,
            as_of,
            price,
            rates,
            tier,
            prompt,
            cached,
            written,
            written_extended,
            fees,
            source,
            policy,
            plan,
            sent,
            cap,
            estimate,
            range,
            volume,
            declared_calls: spec.calls,
            declared_writes: spec.cache_write,
            assumptions,
        })
    }

    /// The distribution of the completion.
    #[must_use]
    pub fn completion(&self) -> &Completion {
        &self.source.completion
    }

    /// The profile that the distribution is from, if it is from one.
    #[must_use]
    pub fn profile(&self) -> Option<&MeasuredProfile> {
        self.source.profile.as_ref()
    }

    /// What one call costs, where the API would accept it.
    #[must_use]
    pub fn cost(&self) -> Option<Range<Money>> {
        self.estimate.as_ref().ok().map(|estimate| estimate.cost)
    }

    /// Probability that the answer is cut off at the cap of the quote, or at the room where it has none.
    #[must_use]
    pub fn length_risk(&self) -> Probability {
        self.completion().length_risk(self.cap.unwrap_or(self.plan.room))
    }

    /// The part of it where nothing visible comes out; `None` for models that do not reason and where
    /// reasoning is not known apart.
    #[must_use]
    pub fn empty_risk(&self) -> Option<Probability> {
        let limit = self.cap.unwrap_or(self.plan.room);
        self.completion().empty_risk(limit).filter(|_| self.model.reasoning)
    }

    /// The prompt as it is billed, without a completion.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when more is cached than sent.
    pub fn prompt_usage(&self) -> Result<Usage, Error> {
        let prompt = Usage::new(self.prompt.tokens, Tokens::ZERO).with_cached(self.cached)?;
        Ok(prompt.with_written(self.written).with_long_written(self.written_extended))
    }

    /// The call as a tier takes it.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`] where the tier has no price for it.
    pub(super) fn call_in(&self, tier: Tier) -> Result<Call<'_>, Error> {
        let rates = self.model.rates(self.price, tier, self.prompt.tokens)?;
        let [written, written_extended] =
            writes((self.model, rates), &self.prompt, self.cached, self.declared_writes);
        Ok(Call {
            model: self.model,
            price: self.price,
            tier,
            prompt: self.prompt.tokens,
            cached: self.cached,
            written,
            written_extended,
            completion: Some(&self.source.completion),
            cap: self.cap,
            fees: self.fees,
            choices: self.prompt.settings.choices,
            calls: self.volume.calls,
        })
    }

    /// The risks of the caps around the recommended one, the reserve and the cap that is sent; `None`
    /// without room.
    #[must_use]
    pub fn risk_by_cap(&self) -> Option<Vec<CapRisk>> {
        let (completion, plan) = (self.completion(), &self.plan);
        let sent = self.sent.as_ref().map(|judgement| judgement.cap);
        let marked: Vec<Tokens> =
            [plan.recommended, plan.reserve, sent].into_iter().flatten().collect();
        let largest = marked.iter().copied().filter(|cap| *cap <= plan.room).max()?;
        // A little beyond the largest of them, as far as the room reaches.
        let most = Tokens::from_f64(largest.as_f64() * 1.25).min(plan.room);
        plan.recommended.map(|_| risk_by_cap(completion, self.model.reasoning, most, &marked))
    }
}

/// How many prompt tokens are written to the cache for its usual lifetime and for the longer one: what is
/// declared, else what the marks of the request and the provider itself write.
fn writes(
    (model, rates): (&Model, &Rates),
    prompt: &Prompt,
    cached: Tokens,
    declared: Option<CachedPart>,
) -> [Tokens; 2] {
    let tokens = prompt.tokens;
    let uncached = tokens.saturating_sub(cached);
    let by_itself = written_by_itself(model, rates, tokens, uncached);
    let marked = prompt.marked_for(model, rates, cached);
    match declared {
        Some(written) => [written.of(tokens).min(uncached), Tokens::ZERO],
        None if marked.extended > Tokens::ZERO => {
            let usual = marked.tokens.max(by_itself.saturating_sub(marked.extended));
            [usual, marked.extended]
        }
        None => [marked.tokens.max(by_itself), Tokens::ZERO],
    }
}

/// What the provider writes to its cache without being asked, and charges for: all of a prompt that is long
/// enough and was not read from it.
pub(super) fn written_by_itself(
    model: &Model,
    rates: &Rates,
    prompt: Tokens,
    uncached: Tokens,
) -> Tokens {
    let is_written = model.writes_from(rates).is_some_and(|least| prompt >= least);
    if is_written { uncached } else { Tokens::ZERO }
}

fn about_writes(model: &Model, written: Tokens, by_itself: bool) -> Option<String> {
    let is_told = by_itself && written > Tokens::ZERO;
    is_told.then(|| {
        format!(
            "cache writes are in the cost: `{}` writes the {written} tokens that it does not read; \
             --cache-write says how many",
            model.id
        )
    })
}

/// What so many searches of a call cost, and the request itself where there is a fee for it; and what
/// there is to say about it.
///
/// # Errors
/// [`ErrorKind::MissingPrice`] for searches without a known fee.
pub fn call_fees(model: &Model, searches: u32, as_of: Date) -> Result<(Money, Vec<String>), Error> {
    let (mut sum, mut about) = (Money::ZERO, Vec::new());
    if searches > 0 {
        let fee = model.fee(FeeItem::WebSearch, None, as_of)?;
        let units = fee.units(searches.into()).unwrap_or_default();
        sum += fee.usd * units;
        let for_nothing = fee.free.map_or_else(String::new, |free| {
            format!("; {free} are free for an account and counted in full here")
        });
        about.push(format!(
            "{units} searches at {} each are in the cost, what they find is not: it is prompt tokens{for_nothing}",
            fee.usd.for_people()
        ));
    }
    // Where a request has a fee by the size of its search, the smallest is that of a request that asks for none.
    let of_request =
        model.fees.iter().filter(|fee| fee.item == FeeItem::Request && fee.from <= as_of);
    if let Some(fee) = of_request.min_by_key(|fee| fee.usd) {
        sum += fee.usd;
        let size = fee.size.as_deref().map_or_else(String::new, |size| format!(" ({size})"));
        about.push(format!("the fee of a request, {}{size}, is in the cost", fee.usd.for_people()));
    }
    Ok((sum, about))
}

fn price_assumptions(
    model: &Model,
    price: &PriceEntry,
    rates: &Rates,
    as_of: Date,
    cached: Tokens,
    choices: u64,
) -> Vec<String> {
    let mut assumptions = Vec::new();
    if cached > Tokens::ZERO && rates.cached_input.is_none() {
        assumptions.push(format!(
            "`{}` has no {} price for cached input on {as_of}: it costs the input rate",
            model.id, rates.tier
        ));
    }
    if let Some(over) = rates.over {
        assumptions.push(format!(
            "the prompt is over {over} tokens: the whole call takes that tier's rates"
        ));
    }
    if let Some(until) = price.until.filter(|until| *until < as_of) {
        assumptions.push(format!(
            "the prices were promised until {until}; no later ones are known, `outlay models show {}` \
             tells the source",
            model.id
        ));
    }
    if choices > 1 {
        assumptions.push(format!("n = {choices}: every answer is billed"));
    }
    assumptions
}

fn completion_assumptions(
    source: &CompletionSource,
    prompt: &Prompt,
    model: &Model,
) -> Vec<String> {
    let is_forecast = source.profile.is_some() || source.prior.is_some();
    let unheard = is_forecast && source.effort.reasons;
    let ignored = prompt.effort.budget.filter(|_| unheard).map(|budget| {
        format!(
            "the request's budget of reasoning bounds nothing, as `{}` takes none: {budget} tokens",
            model.id
        )
    });
    let budget = source.about_budget(model).or(ignored);
    std::iter::once(source.sentence(model)).chain(budget).collect()
}
