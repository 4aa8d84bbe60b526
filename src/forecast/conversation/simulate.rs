//! Many conversations: exact when nothing is random, else seeded draws.

use std::collections::BTreeMap;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use rayon::prelude::*;
use serde::Serialize;

use super::super::distribution::{
    AmountSampler, Completion, CompletionSampler, Correlation, TokenDist, TurnRange,
};
use super::dialogue::{Conversation, Rules, Turn, TurnEnd};
use crate::billing::BilledUsage;
use crate::units::{Money, Probability, Tokens};
use crate::{Error, ErrorKind};

/// The most turns of all runs together that are simulated.
pub const MOST_STEPS: u64 = 100_000_000;
/// Runs that one thread takes at a time.
const CHUNK: usize = 1_024;

/// What is simulated, besides the rules.
#[derive(Debug, Clone)]
pub struct Script<'a> {
    /// The user's messages that are known, in tokens, from the first turn on.
    pub known: Vec<Tokens>,
    /// The user's message of every other turn.
    pub user: TokenDist,
    /// The distribution of the completions.
    pub completion: &'a Completion,
    /// That of the turns whose completions are known apart, in place of it.
    pub by_turn: BTreeMap<TurnRange, Completion>,
    /// How many turns.
    pub turns: u32,
    /// How many runs, when something is random.
    pub runs: u32,
    /// How alike the completions of one conversation are: the correlation of their normal scores, 0 to 1.
    /// Each turn alone has the distribution of the completions, whatever this is.
    pub rho: f64,
    /// The seed of the draws. The same seed gives the same draws for every model.
    pub seed: u64,
}

/// Mean, p5, median and p95 of a value over the runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary<T> {
    /// The mean.
    pub mean: T,
    /// One in twenty is lower.
    pub p5: T,
    /// Half are lower.
    pub p50: T,
    /// One in twenty is higher.
    pub p95: T,
}

/// One turn over the runs that reached it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TurnSummary {
    /// The turn, from 1.
    pub turn: u32,
    /// The share of runs that reached it.
    pub reached: Probability,
    /// Prompt tokens.
    pub prompt_tokens: Summary<Tokens>,
    /// How many of them are read from the cache.
    pub cached_tokens: Summary<Tokens>,
    /// What fits after the prompt.
    pub room: Summary<Tokens>,
    /// The cap that is sent.
    pub cap: Summary<Tokens>,
    /// Billed completion tokens, retries included.
    pub completion_tokens: Summary<Tokens>,
    /// The share of answers that are cut off.
    pub length_risk: Probability,
    /// The share that comes out empty.
    pub empty_risk: Probability,
    /// The cost of the turn, retries and summaries included.
    pub cost_usd: Summary<Money>,
    /// The mean cost of a conversation up to here, over all runs, those that have ended included.
    pub cumulative_usd: Money,
}

/// All turns, and the conversations as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// The turns that any run reached.
    pub turns: Vec<TurnSummary>,
    /// The cost of a conversation.
    pub total_cost: Summary<Money>,
    /// Every request of all runs, summed up by the row of the price list that it pays.
    pub billed: Vec<BilledUsage>,
    /// The cost of the most expensive one.
    pub most_expensive: Money,
    /// The first turn at which the median room is below the reserve.
    pub first_below_reserve: Option<u32>,
    /// The first turn at which any run overflows the window.
    pub first_overflow: Option<u32>,
    /// The share of conversations with an answer that is cut off.
    pub truncated: Probability,
    /// The share with an answer that comes out empty.
    pub empty: Probability,
    /// The share that ends because nothing fits any more.
    pub overflowed: Probability,
    /// The share with an answer that is cut off, or that overflows.
    pub unusable: Probability,
    /// Whether nothing is random, so that one run is the answer.
    pub exact: bool,
    /// How many runs.
    pub runs: u32,
}

/// Simulates a conversation.
///
/// # Errors
/// [`ErrorKind::Amount`] for no turns or runs, and beyond [`MOST_STEPS`]; [`ErrorKind::Usage`] when only the
/// total of completions is known, because what of it is carried over is not.
pub fn simulate(rules: &Rules<'_>, script: &Script<'_>) -> Result<Simulation, Error> {
    simulate_observed(rules, script, || {})
}

/// The same, calling `after_turn` once for every turn of all runs, for a progress bar.
///
/// # Errors
/// As [`simulate`].
pub fn simulate_observed(
    rules: &Rules<'_>,
    script: &Script<'_>,
    mut after_turn: impl FnMut(),
) -> Result<Simulation, Error> {
    let completion = sampler(script.completion)?;
    let by_turn: BTreeMap<TurnRange, CompletionSampler> = script
        .by_turn
        .iter()
        .map(|(turn, completion)| Ok((*turn, sampler(completion)?)))
        .collect::<Result<_, Error>>()?;
    let user = AmountSampler::new(&script.user);
    let refuse =
        |message: String, hint: &str| Err(Error::new(ErrorKind::Amount, message).hint(hint));
    let (turns, runs) = (Tokens::new(script.turns.into()), Tokens::new(script.runs.into()));
    if script.turns == 0 || script.runs == 0 {
        let message = format!("{turns} turns of {runs} runs are nothing to simulate");
        return refuse(message, "there must be at least one of each");
    }
    if rules.cap == Some(Tokens::ZERO) {
        return refuse("a cap of 0 tokens is refused by the API".to_owned(), "send at least 1");
    }
    let only_known = script.known.len() >= script.turns as usize;
    let constant = completion.is_constant() && by_turn.is_empty();
    let exact = constant && (user.is_constant() || only_known);
    let most = Tokens::new(MOST_STEPS);
    let runs = if exact { 1 } else { script.runs };
    if u64::from(runs) * u64::from(script.turns) > MOST_STEPS {
        let of_runs =
            if exact { String::new() } else { format!(" of {} runs", Tokens::new(runs.into())) };
        let message = format!("{turns} turns{of_runs} are more than {most} turns in all");
        return refuse(message, "take fewer --turns or --runs");
    }

    let first_stream = Pcg32::seed_from_u64(script.seed).next_u64();
    let alike = (script.rho > 0.0 && !exact).then(|| Correlation::new(script.rho));
    let factors = |number: u32| match &alike {
        // The streams of turns start at 1.
        Some(alike) => {
            let mut stream = stream(first_stream, number.into(), 0);
            [(); 2].map(|()| alike.factor(uniform(&mut stream)))
        }
        None => [0.0; 2],
    };
    let mut states: Vec<Run> = (0..runs).map(|number| Run::new(rules, factors(number))).collect();
    let mut turns = Vec::new();
    let mut played: Vec<Option<Turn>> = vec![None; states.len()];
    let mut first_below_reserve = None;
    let mut first_overflow = None;
    let mut billed = Vec::new();
    for turn in 1..=script.turns {
        let table = Table {
            rules,
            script,
            user: &user,
            completion: by_turn.get(&TurnRange::of(turn.into())).unwrap_or(&completion),
            alike: alike.as_ref(),
            turn,
            first_stream,
        };
        let play = |(chunk, (states, played)): (usize, (&mut [Run], &mut [Option<Turn>]))| {
            for (i, (state, slot)) in states.iter_mut().zip(played).enumerate() {
                *slot = table.play(state, (chunk * CHUNK + i) as u64);
            }
        };
        if states.len() > CHUNK {
            crate::threads::start();
            states
                .par_chunks_mut(CHUNK)
                .zip(played.par_chunks_mut(CHUNK))
                .enumerate()
                .for_each(play);
        } else {
            play((0, (&mut states, &mut played)));
        }
        for turn in played.iter().flatten() {
            turn.billed.add_to(&mut billed);
            if let Some(summary) = turn.summary {
                summary.add_to(&mut billed);
            }
        }
        let spent = states.iter().map(|run| run.cost).sum();
        let Some(summary) = summarize(turn, &played, spent) else { break };
        if turn == 1 && played.iter().flatten().all(|turn| turn.end == TurnEnd::Overflow) {
            return Err(overflow_at_once(rules, &summary));
        }
        let reserve = rules.policy.reserve;
        if rules.model.reasoning && summary.room.p50 < reserve && first_below_reserve.is_none() {
            first_below_reserve = Some(turn);
        }
        let overflows = played.iter().flatten().any(|turn| turn.end == TurnEnd::Overflow);
        if overflows && first_overflow.is_none() {
            first_overflow = Some(turn);
        }
        turns.push(summary);
        after_turn();
    }
    let share = |of: fn(&Run) -> bool| {
        Probability::clamped(states.iter().filter(|run| of(run)).count() as f64 / f64::from(runs))
    };
    Ok(Simulation {
        turns,
        billed,
        total_cost: money(states.iter().map(|run| run.cost).collect()),
        most_expensive: states.iter().map(|run| run.cost).max().unwrap_or(Money::ZERO),
        first_below_reserve,
        first_overflow,
        truncated: share(|run| run.truncated),
        empty: share(|run| run.empty),
        overflowed: share(|run| run.overflowed),
        unusable: share(|run| run.truncated || run.overflowed),
        exact,
        runs,
    })
}

fn sampler(completion: &Completion) -> Result<CompletionSampler, Error> {
    CompletionSampler::new(completion).ok_or_else(|| {
        Error::new(ErrorKind::Usage, "a conversation needs reasoning and visible tokens apart")
            .hint("declare --reasoning and --visible, or take a --profile")
    })
}

fn overflow_at_once(rules: &Rules<'_>, first: &TurnSummary) -> Error {
    let (prompt, window, room) =
        (first.prompt_tokens.p50, rules.model.limits.window, first.room.p50);
    let message = match rules.cap {
        Some(cap) if room > Tokens::ZERO => {
            format!("the first prompt of {prompt} tokens leaves {room}, less than the cap of {cap}")
        }
        _ => {
            format!("the first prompt of {prompt} tokens leaves no room in the window of {window}")
        }
    };
    Error::new(ErrorKind::Refused, message).hint("make the base or the first message shorter")
}

/// A conversation with what has happened in it.
struct Run {
    conversation: Conversation,
    /// What all its completions have in common, as standard normals: one for a completion or its reasoning,
    /// one for a visible part that was declared apart.
    factors: [f64; 2],
    cost: Money,
    truncated: bool,
    empty: bool,
    overflowed: bool,
}

impl Run {
    fn new(rules: &Rules<'_>, factors: [f64; 2]) -> Self {
        Self {
            conversation: Conversation::new(rules),
            factors,
            cost: Money::ZERO,
            truncated: false,
            empty: false,
            overflowed: false,
        }
    }
}

/// What one turn needs to be played.
struct Table<'a> {
    rules: &'a Rules<'a>,
    script: &'a Script<'a>,
    user: &'a AmountSampler,
    completion: &'a CompletionSampler,
    alike: Option<&'a Correlation>,
    turn: u32,
    /// Where the seed puts the streams; seeds that are neighbours lie far apart.
    first_stream: u64,
}

impl Table<'_> {
    /// Plays the turn of a run that has not ended.
    fn play(&self, run: &mut Run, number: u64) -> Option<Turn> {
        if run.conversation.over {
            return None;
        }
        let mut stream = stream(self.first_stream, number, self.turn);
        let mut uniform = || uniform(&mut stream);
        let drawn = uniform();
        let known = self.script.known.get(self.turn as usize - 1).map(|tokens| tokens.get());
        let user = known.or_else(|| self.user.at(drawn)).unwrap_or(u64::from(u32::MAX));
        let [first, second] = run.factors;
        let turn = run.conversation.turn(self.rules, user, || {
            let (u, v) = (uniform(), uniform());
            match self.alike {
                None => self.completion.at(u, v),
                Some(alike) => {
                    let v = if self.completion.is_split() { alike.share(second, v) } else { v };
                    self.completion.at(alike.share(first, u), v)
                }
            }
        });
        run.cost += turn.cost;
        run.truncated |= turn.was_empty || turn.end == TurnEnd::Partial;
        run.empty |= turn.was_empty;
        run.overflowed |= turn.end == TurnEnd::Overflow;
        Some(turn)
    }
}

/// The stream of a run and turn: no draw depends on what happened before, nor on the model.
fn stream(first: u64, number: u64, turn: u32) -> Pcg32 {
    Pcg32::seed_from_u64(first.wrapping_add((number << 32) | u64::from(turn)))
}

fn uniform(stream: &mut Pcg32) -> f64 {
    (stream.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// The turn over the runs that reached it; all runs together have `spent` so much.
fn summarize(number: u32, played: &[Option<Turn>], spent: Money) -> Option<TurnSummary> {
    let turns: Vec<&Turn> = played.iter().flatten().collect();
    if turns.is_empty() {
        return None;
    }
    let tokens = |of: fn(&Turn) -> u64| tokens(turns.iter().map(|turn| of(turn)).collect());
    let share = |of: fn(&Turn) -> bool| {
        Probability::clamped(
            turns.iter().filter(|turn| of(turn)).count() as f64 / turns.len() as f64,
        )
    };
    Some(TurnSummary {
        turn: number,
        reached: Probability::clamped(turns.len() as f64 / played.len() as f64),
        prompt_tokens: tokens(|turn| turn.prompt),
        cached_tokens: tokens(|turn| turn.cached),
        room: tokens(|turn| turn.room),
        cap: tokens(|turn| turn.cap),
        completion_tokens: tokens(|turn| turn.completion),
        length_risk: share(|turn| turn.was_empty || turn.end == TurnEnd::Partial),
        empty_risk: share(|turn| turn.was_empty),
        cost_usd: money(turns.iter().map(|turn| turn.cost).collect()),
        cumulative_usd: spent.divided(played.len() as u64),
    })
}

/// The summary of amounts; the mean is rounded half up.
fn tokens(values: Vec<u64>) -> Summary<Tokens> {
    let (sum, n) = (values.iter().map(|value| u128::from(*value)).sum::<u128>(), values.len());
    let mean = (2 * sum + n as u128) / (2 * n as u128);
    let [p5, p50, p95] = quantiles(values).map(Tokens::new);
    Summary { mean: Tokens::new(u64::try_from(mean).unwrap_or(u64::MAX)), p5, p50, p95 }
}

/// The summary of costs; the mean is rounded half up to a whole picodollar.
fn money(values: Vec<Money>) -> Summary<Money> {
    let mean = values.iter().copied().sum::<Money>().divided(values.len() as u64);
    let [p5, p50, p95] = quantiles(values);
    Summary { mean, p5, p50, p95 }
}

/// The smallest values that 5 %, 50 % and 95 % of the values do not exceed.
fn quantiles<T: Ord + Copy>(mut values: Vec<T>) -> [T; 3] {
    let n = values.len();
    // From the largest on: each selection leaves what is smaller in front of it.
    let mut end = n;
    let mut at = |percent: usize| {
        let i = (n * percent).div_ceil(100).max(1) - 1;
        let value = *values[..end].select_nth_unstable(i).1;
        end = i + 1;
        value
    };
    let p95 = at(95);
    let p50 = at(50);
    [at(5), p50, p95]
}
