//! The cost of a call, and of many.

use std::iter::repeat_n;

use serde::{Deserialize, Serialize};

use super::cap::{Room, refusal};
use super::distribution::{Completion, MeanOfAnswers, factor_of};
use crate::billing::{CostKind, CostLine, bill, cost};
use crate::catalog::{Model, PriceEntry, Tier};
use crate::logs::Usage;
use crate::units::{Money, Tokens};
use crate::{Error, ErrorKind};

/// Expected, p5 to p95, and worst case; what is not known is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Range<T> {
    /// The mean.
    pub expected: Option<T>,
    /// One in twenty is lower.
    pub p5: Option<T>,
    /// One in twenty is higher.
    pub p95: Option<T>,
    /// None is higher.
    pub worst_case: T,
}

impl<T: Copy> Range<T> {
    /// Applies `f` to every value.
    #[must_use]
    pub fn map<U>(self, f: impl Fn(T) -> U) -> Range<U> {
        Range {
            expected: self.expected.map(&f),
            p5: self.p5.map(&f),
            p95: self.p95.map(&f),
            worst_case: f(self.worst_case),
        }
    }
}

/// A call that is priced before it is made.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The model.
    pub model: &'a Model,
    /// The price list in force.
    pub price: &'a PriceEntry,
    /// The tier it is sent to.
    pub tier: Tier,
    /// Prompt tokens.
    pub prompt: Tokens,
    /// How many of them are read from the cache.
    pub cached: Tokens,
    /// How many of the others are written to the cache; all of them where that is more.
    pub written: Tokens,
    /// How many besides are written for the longer lifetime of the cache.
    pub written_extended: Tokens,
    /// The distribution of its completion, where it is known.
    pub completion: Option<&'a Completion>,
    /// The cap that is sent; `None` leaves the room as the only limit.
    pub cap: Option<Tokens>,
    /// What tools of the provider cost, and the request itself where there is a fee for it.
    pub fees: Money,
    /// How many answers it asks for; each is billed.
    pub choices: u64,
    /// How many such calls.
    pub calls: u64,
}

/// What a call costs, and what all of them do.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Completion tokens of one call as billed, `min(T, L)` per answer; the worst case is `L` each.
    pub completion: Range<Tokens>,
    /// The cost of one call.
    pub cost: Range<Money>,
    /// The bill of the expected call, or of the worst case where no expectation is known.
    pub lines: Vec<CostLine>,
    /// Completion tokens of all calls.
    pub all_completions: Range<Tokens>,
    /// The cost of all calls, see [`Completion::mean_of`].
    pub all_calls: Range<Money>,
    /// What the usual completions of all calls come to, and how well that is known.
    pub mean_of_all: Option<MeanOfAnswers>,
    /// What sums need to know of the cost of one call, and of all calls.
    pub parts: [CostPart; 2],
}

/// A cost as sums need it.
#[derive(Debug, Clone, PartialEq)]
pub struct CostPart {
    /// The cost by itself.
    cost: Range<Money>,
    /// What the prompts cost, what the usual completions do, in picodollars, and how well their mean is known;
    /// `None` where no completion is known.
    completion: Option<(Money, f64, MeanOfAnswers)>,
}

impl CostPart {
    /// A cost of which it is not known what moves it.
    #[must_use]
    pub const fn alone(cost: Range<Money>) -> Self {
        Self { cost, completion: None }
    }

    /// A cost of which the prompts and the usual completions make so much, with how well the mean of these is known.
    #[must_use]
    pub fn known(
        cost: Range<Money>,
        prompts: Money,
        completions: Money,
        mean: MeanOfAnswers,
    ) -> Self {
        Self { cost, completion: Some((prompts, completions.picodollars() as f64, mean)) }
    }
}

/// What several costs of one workload come to together, see [`CostSum`].
#[must_use]
pub fn cost_of_sum(parts: &[&CostPart]) -> Range<Money> {
    let mut sum = CostSum::default();
    for part in parts {
        sum.add(part);
    }
    sum.range()
}

/// Several costs of one workload, added up one by one, see
/// [`factor_of_sum`](crate::forecast::factor_of_sum). Of each a number is kept: a corpus has millions.
#[derive(Debug, Clone)]
pub struct CostSum {
    /// The first of them, and how many there are.
    first: Option<Range<Money>>,
    parts: usize,
    expected: Option<Money>,
    worst_case: Money,
    /// `None` where a completion is not known.
    known: Option<KnownCosts>,
}

/// What the prompts cost, what the usual completions do, and how well their means are known, each for as many as
/// follow each other.
#[derive(Debug, Clone, Default)]
struct KnownCosts {
    prompts: Money,
    completions: Vec<f64>,
    means: Vec<(MeanOfAnswers, usize)>,
}

impl Default for CostSum {
    /// The sum of nothing.
    fn default() -> Self {
        Self {
            first: None,
            parts: 0,
            expected: Some(Money::ZERO),
            worst_case: Money::ZERO,
            known: Some(KnownCosts::default()),
        }
    }
}

impl CostSum {
    /// Adds a cost.
    pub fn add(&mut self, part: &CostPart) {
        self.first.get_or_insert(part.cost);
        self.parts += 1;
        self.expected = self.expected.zip(part.cost.expected).map(|(sum, one)| sum + one);
        self.worst_case += part.cost.worst_case;
        match (&mut self.known, part.completion) {
            (Some(known), Some(completion)) => known.add(completion),
            _ => self.known = None,
        }
    }

    /// What all of them come to.
    #[must_use]
    pub fn range(&self) -> Range<Money> {
        let (expected, worst_case) = (self.expected, self.worst_case);
        if let (Some(one), 1) = (self.first, self.parts) {
            return one;
        }
        let Some((known, expected)) = self.known.as_ref().zip(expected) else {
            return Range { expected, p5: None, p95: None, worst_case };
        };
        let (p5, p95) = (known.at(0.05).min(expected), known.at(0.95).max(expected));
        let p95 = p95.min(worst_case);
        Range { expected: Some(expected), p5: Some(p5), p95: Some(p95), worst_case }
    }
}

impl KnownCosts {
    fn add(&mut self, (prompts, usual, mean): (Money, f64, MeanOfAnswers)) {
        self.prompts += prompts;
        self.completions.push(usual);
        match self.means.last_mut() {
            Some((last, times)) if *last == mean => *times += 1,
            _ => self.means.push((mean, 1)),
        }
    }

    /// What is not exceeded with the probability `p`.
    fn at(&self, p: f64) -> Money {
        let all: f64 = self.completions.iter().sum();
        let means = self.means.iter().flat_map(|(mean, times)| repeat_n(*mean, *times));
        let costs = self.completions.iter().copied().zip(means);
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
        let completions = (all * factor_of(costs, p)).round() as i128;
        self.prompts + Money::from_picodollars(completions)
    }
}

/// What a call costs, without its bill.
#[derive(Debug, Clone, PartialEq)]
pub struct CallCosts {
    /// Completion tokens of one call as billed.
    pub completion: Range<Tokens>,
    /// The cost of one call.
    pub cost: Range<Money>,
    /// Completion tokens of all calls.
    pub all_completions: Range<Tokens>,
    /// The cost of all calls.
    pub all_calls: Range<Money>,
    /// What sums need to know of the cost of one call, and of all calls.
    pub parts: [CostPart; 2],
}

/// Prices a call.
///
/// # Errors
/// [`ErrorKind::Refused`] when the API would refuse the request, [`ErrorKind::MissingPrice`] when
/// the tier has no price, [`ErrorKind::Usage`] when more is cached than sent.
pub fn estimate(call: &Call<'_>) -> Result<Estimate, Error> {
    let CallCosts { completion, cost, all_completions, all_calls, parts } = costs(call)?;
    let rates = call.model.rates(call.price, call.tier, call.prompt)?;
    let shown = completion.expected.unwrap_or(completion.worst_case);
    let always = |kind| matches!(kind, CostKind::Input | CostKind::Output | CostKind::Fees);
    let mut lines = bill(usage(call)?.with_completion(shown), rates);
    if call.fees > Money::ZERO {
        lines = lines.with_fee(call.fees, 1);
    }
    let on_bill = |line: &&CostLine| always(line.kind) || line.tokens > Tokens::ZERO;
    let lines = lines.lines().filter(on_bill).cloned().collect();
    let answers = call.choices.saturating_mul(call.calls);
    let mean_of = |one: &Completion| one.mean_of(limit(call), answers).times(answers);
    let mean_of_all = call.completion.map(mean_of);
    Ok(Estimate { completion, cost, lines, all_completions, all_calls, mean_of_all, parts })
}

/// What a call costs; [`estimate()`] has its bill as well.
///
/// # Errors
/// Those of [`estimate()`].
pub fn costs(call: &Call<'_>) -> Result<CallCosts, Error> {
    if let Some(refusal) = refusal(call.model, call.prompt, call.cap) {
        return Err(Error::new(
            ErrorKind::Refused,
            format!("the API would refuse this request: {}", refusal.message),
        )
        .hint("`outlay plan` says what fits"));
    }
    let rates = call.model.rates(call.price, call.tier, call.prompt)?;
    let limit = limit(call);
    let prompt = usage(call)?;
    // Of so many calls, with so many completion tokens.
    let price = |calls: u64, tokens: Tokens| {
        cost(prompt.times(calls).with_completion(tokens), rates) + call.fees * calls
    };
    let part = |cost: Range<Money>, calls: u64| {
        let answers = call.choices.saturating_mul(calls);
        let of_completions = |completion: &Completion| {
            let mean = completion.mean_of(limit, answers);
            let usual = Tokens::from_f64(mean.mean * answers as f64);
            let without = price(calls, Tokens::ZERO);
            CostPart::known(cost, without, price(calls, usual) - without, mean)
        };
        call.completion.map_or_else(|| CostPart::alone(cost), of_completions)
    };
    let completion = completion(call, limit, call.choices);
    let cost = completion.map(|tokens| price(1, tokens));
    let one = part(cost, 1);
    if call.calls == 1 {
        let (all_completions, all_calls) = (completion, cost);
        let parts = [one.clone(), one];
        return Ok(CallCosts { completion, cost, all_completions, all_calls, parts });
    }
    let all_answers = call.choices.saturating_mul(call.calls);
    let all_completions = self::completion(call, limit, all_answers);
    let all_calls = all_completions.map(|tokens| price(call.calls, tokens));
    let parts = [one, part(all_calls, call.calls)];
    Ok(CallCosts { completion, cost, all_completions, all_calls, parts })
}

/// The most tokens that a completion of the call can have.
fn limit(call: &Call<'_>) -> Tokens {
    call.cap.unwrap_or_else(|| Room::after(call.prompt, &call.model.limits).tokens)
}

/// The prompt of the call as it is billed.
fn usage(call: &Call<'_>) -> Result<Usage, Error> {
    let prompt = Usage::new(call.prompt, Tokens::ZERO).with_cached(call.cached)?;
    Ok(prompt.with_written(call.written).with_long_written(call.written_extended))
}

/// Billed completion tokens of a number of answers. The expectation is that of the unrounded mean. Where a few
/// long answers put it outside the quantiles, the range is widened to hold it.
fn completion(call: &Call<'_>, limit: Tokens, answers: u64) -> Range<Tokens> {
    let worst_case = Tokens::new(limit.get().saturating_mul(answers));
    let Some(one) = call.completion else {
        return Range { expected: None, p5: None, p95: None, worst_case };
    };
    let mean = one.billed_moments(limit).0;
    let expected = Tokens::from_f64(mean * answers as f64).min(worst_case);
    let [p5, p95] = if answers == 1 {
        [0.05, 0.95].map(|p| one.billed_quantile(p, limit))
    } else {
        let mean = one.mean_of(limit, answers);
        [0.05, 0.95].map(|p| Tokens::from_f64(mean.quantile(p) * answers as f64).min(worst_case))
    };
    Range {
        expected: Some(expected),
        p5: Some(p5.min(expected)),
        p95: Some(p95.max(expected)),
        worst_case,
    }
}
