//! What is drawn for each run, turn and step.

use std::collections::BTreeMap;

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};

use super::super::distribution::{
    AmountSampler, Completion, CompletionSampler, Correlation, Draw, TurnRange,
};
use super::dialogue::Calls;
use super::rules::Rules;
use super::run::{Factors, Opening};
use super::script::Script;
use super::task::{Steps, SubAgent};
use super::time_dist::drawn_seconds;
use crate::catalog::TierRows;
use crate::units::Money;
use crate::{Error, ErrorKind};

/// The most calls of one step, whatever is drawn.
pub(super) const MOST_CALLS: u64 = 1_000;
/// What the number of a stream is changed by for each further step of a turn: an odd number without
/// pattern, the fraction of the square root of 2. Not 2^64 over the golden ratio, by which a stream goes on.
const NEXT_STEP: u64 = 0x6A09_E667_F3BC_C909;
/// The same for what is drawn once a turn beside the user's message.
const BESIDE: u64 = 0xD1B5_4A32_D192_ED03;

/// What the draws of all runs are made from.
pub(super) struct Draws<'a> {
    pub(super) rules: &'a Rules<'a>,
    pub(super) script: &'a Script<'a>,
    pub(super) rates: TierRows<'a>,
    user: AmountSampler,
    gap: AmountSampler,
    completion: CompletionSampler,
    by_turn: BTreeMap<TurnRange, CompletionSampler>,
    steps: Option<StepDraws>,
    agents: Vec<AmountSampler>,
    alike: Option<Correlation>,
    /// The gap in seconds, where nothing is drawn for a turn beside the user's message.
    fixed_gap: Option<f64>,
    /// Where the seed puts the streams; seeds that are neighbours lie far apart.
    first_stream: u64,
    /// Whether nothing is random.
    pub(super) exact: bool,
}

/// What the steps of a turn are drawn from.
struct StepDraws {
    /// `None` goes on until something ends it.
    count: Option<AmountSampler>,
    calls: AmountSampler,
    call: AmountSampler,
    result: AmountSampler,
    growth: Option<(AmountSampler, Option<Correlation>)>,
}

impl StepDraws {
    fn new(steps: &Steps) -> Self {
        Self {
            count: steps.count.as_ref().map(AmountSampler::new),
            calls: AmountSampler::new(&steps.calls),
            call: AmountSampler::new(&steps.call),
            result: AmountSampler::new(&steps.result),
            growth: steps.growth.as_ref().map(|growth| {
                let alike = (growth.rho > 0.0).then(|| Correlation::new(growth.rho));
                (AmountSampler::new(&growth.tokens), alike)
            }),
        }
    }

    fn is_constant(&self) -> bool {
        let parts = [&self.calls, &self.call, &self.result];
        let growth = self.growth.iter().map(|(growth, _)| growth);
        parts.into_iter().chain(&self.count).chain(growth).all(AmountSampler::is_constant)
    }

    /// What a step calls; `factor` is what the growths of the run have in common.
    fn calls(&self, uniform: &mut impl FnMut() -> f64, factor: f64) -> Calls {
        if let Some((growth, alike)) = &self.growth {
            let drawn = uniform();
            let u = alike.as_ref().map_or(drawn, |alike| alike.share(factor, drawn));
            let growth = Some(growth.at(u).unwrap_or(u64::from(u32::MAX)));
            return Calls { growth, ..Calls::default() };
        }
        let count = self.calls.at(uniform()).unwrap_or(1).clamp(1, MOST_CALLS);
        let mut sum = |of: &AmountSampler| {
            let mut drawn = || of.at(uniform()).unwrap_or(u64::from(u32::MAX));
            (0..count).map(|_| drawn()).fold(0, u64::saturating_add)
        };
        Calls { count, tokens: sum(&self.call), results: sum(&self.result), growth: None }
    }
}

impl<'a> Draws<'a> {
    pub(super) fn new(rules: &'a Rules<'a>, script: &'a Script<'a>) -> Result<Self, Error> {
        // How a prompt grows was measured as a whole, so that a single turn does not ask what is carried over.
        let grows = rules.steps.as_ref().is_some_and(|steps| steps.growth.is_some());
        let total_will_do = grows && script.turns == 1;
        let alike = (script.rho > 0.0).then(|| Correlation::new(script.rho));
        let completion = sampler(script.completion, total_will_do, alike.as_ref())?;
        let by_turn: BTreeMap<TurnRange, CompletionSampler> = script
            .by_turn
            .iter()
            .map(|(turn, completion)| {
                Ok((*turn, sampler(completion, total_will_do, alike.as_ref())?))
            })
            .collect::<Result<_, Error>>()?;
        let (user, gap) = (AmountSampler::new(&script.user), script.gap.sampler());
        let steps = rules.steps.as_ref().map(StepDraws::new);
        let only_known = script.known.len() >= script.turns as usize;
        let exact = completion.is_constant()
            && by_turn.is_empty()
            && (user.is_constant() || only_known)
            && (gap.is_constant() || script.turns == 1)
            && steps.as_ref().is_none_or(StepDraws::is_constant)
            && script.agents.iter().all(SubAgent::is_constant);
        let user_alone = gap.is_constant() && steps.is_none() && script.agents.is_empty();
        let fixed_gap = user_alone.then(|| drawn_seconds(&gap, 0.0));
        Ok(Self {
            rules,
            script,
            rates: TierRows::new(&rules.price.rates, rules.tier),
            fixed_gap,
            user,
            gap,
            completion,
            by_turn,
            steps,
            agents: script.agents.iter().map(|agent| AmountSampler::new(&agent.runs)).collect(),
            alike: alike.filter(|_| !exact),
            first_stream: SplitMix64::seed_from_u64(script.seed).next_u64(),
            exact,
        })
    }

    /// The stream of a run and turn: no draw depends on what happened before, nor on the model.
    fn stream(&self, number: u64, turn: u32, salt: u64) -> SplitMix64 {
        let place = (number << 32) | u64::from(turn);
        SplitMix64::seed_from_u64(self.first_stream.wrapping_add(place).wrapping_add(salt))
    }

    /// What the draws of a run have in common.
    pub(super) fn factors(&self, number: u32) -> Factors {
        let alike = self.alike.as_ref();
        let grows = self.steps.as_ref().and_then(|steps| steps.growth.as_ref()?.1.as_ref());
        // The streams of turns start at 1.
        let mut stream = self.stream(number.into(), 0, 0);
        let [first, second, growth] = [alike, alike, grows].map(|alike| {
            let drawn = uniform(&mut stream);
            alike.map_or(0.0, |alike| alike.factor(drawn))
        });
        Factors { completion: self.completion.factors([first, second]), growth }
    }

    /// The stream of a step of a turn. Its first step draws the user's message, then each what it calls, and
    /// two shares for every completion.
    #[inline]
    pub(super) fn stream_of(&self, number: u64, turn: u32, step: u32) -> SplitMix64 {
        self.stream(number, turn, NEXT_STEP.wrapping_mul(u64::from(step - 1)))
    }

    /// Tokens of the user's message of a turn, at a share of its distribution.
    #[inline]
    pub(super) fn user(&self, turn: u32, share: f64) -> u64 {
        let known = self.script.known.get(turn as usize - 1).map(|tokens| tokens.get());
        let text = || Some(self.user.at(share)?.saturating_add(self.script.media.get()));
        known.or_else(text).unwrap_or(u64::from(u32::MAX))
    }

    /// What a step of a run with these factors calls, if it is not the last one of its turn.
    #[inline]
    pub(super) fn calls(&self, factors: Factors, stream: &mut SplitMix64) -> Option<Calls> {
        let steps = self.steps.as_ref()?;
        Some(steps.calls(&mut || uniform(stream), factors.growth))
    }

    /// Where the completion of a request comes from; the first of a run is 1.
    #[inline]
    pub(super) fn sampler(&self, request: u64) -> &CompletionSampler {
        let by_turn = || self.by_turn.get(&TurnRange::of(request));
        let apart = if self.by_turn.is_empty() { None } else { by_turn() };
        apart.unwrap_or(&self.completion)
    }

    /// The completion of a run with these factors at these shares.
    #[inline]
    pub(super) fn completion(
        &self,
        sampler: &CompletionSampler,
        factors: Factors,
        [u, v]: [f64; 2],
    ) -> Draw {
        let Some(alike) = &self.alike else { return sampler.at(u, v) };
        if self.by_turn.is_empty() {
            return sampler.beside(alike, factors.completion, [u, v]);
        }
        let factors = sampler.factors(factors.completion.map(|factor| factor.score));
        sampler.beside(alike, factors, [u, v])
    }

    /// What is drawn for a turn beside the user's message.
    pub(super) fn opening(&self, number: u64, turn: u32) -> Opening {
        if let Some(gap) = self.fixed_gap {
            let gap = if turn == 1 { 0.0 } else { gap };
            return Opening { gap, steps: 1, agents: Money::ZERO };
        }
        let mut stream = self.stream(number, turn, BESIDE);
        let mut uniform = || uniform(&mut stream);
        let gap = if turn == 1 { 0.0 } else { drawn_seconds(&self.gap, uniform()) };
        let count = self.steps.as_ref().map(|steps| match &steps.count {
            Some(count) => count.at(uniform()).unwrap_or(u64::MAX).max(1),
            None => u64::MAX,
        });
        let mut agents = Money::ZERO;
        for (agent, runs) in self.script.agents.iter().zip(&self.agents) {
            let started = runs.at(uniform()).unwrap_or(MOST_CALLS).min(MOST_CALLS);
            agents += (0..started).map(|_| agent.cost_at(uniform())).sum::<Money>();
        }
        Opening { gap, steps: count.unwrap_or(1), agents }
    }
}

/// The next draw of a stream, `0 <= u < 1`.
#[inline]
pub(super) fn uniform(stream: &mut SplitMix64) -> f64 {
    #[expect(clippy::cast_possible_wrap, reason = "53 bits; from i64 it is one instruction")]
    let bits = (stream.next_u64() >> 11) as i64;
    bits as f64 / (1_u64 << 53) as f64
}

fn sampler(
    completion: &Completion,
    total_will_do: bool,
    alike: Option<&Correlation>,
) -> Result<CompletionSampler, Error> {
    CompletionSampler::new(completion, total_will_do, alike).ok_or_else(|| {
        Error::new(ErrorKind::Usage, "a conversation needs reasoning and visible tokens apart")
            .hint("declare --reasoning and --visible, or take a --profile")
    })
}
