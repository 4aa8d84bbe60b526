//! Many conversations: exact when nothing is random, else seeded draws.

use std::collections::BTreeMap;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use rayon::prelude::*;

use super::super::distribution::{
    AmountSampler, Completion, CompletionSampler, Correlation, TokenDist, TurnRange,
};
use super::dialogue::{Calls, Conversation, End, Sent, TurnPlayed};
use super::rules::{MOST_CACHES, Rules};
use super::summary::{StepSummary, StepTotals, Summary, TurnSummary, money, share, tokens};
use super::task::{LoopBudget, MOST_STEPS_OF_A_TURN, Steps, SubAgent};
use super::time_dist::{TimeDist, drawn_seconds};
use crate::billing::BilledUsage;
use crate::units::{Money, Probability, Tokens};
use crate::{Error, ErrorKind};

/// The most requests of all runs together that are simulated.
pub const MOST_STEPS: u64 = 100_000_000;
/// Runs that one thread takes at a time.
const CHUNK: usize = 1_024;
/// The most calls of one step, whatever is drawn.
const MOST_CALLS: u64 = 1_000;
/// So many steps are summarised; of more, only the totals are known.
const MOST_SUMMARIES: usize = 1_000;
/// What the number of a stream is changed by for each further step of a turn: an odd number without
/// pattern, 2^64 over the golden ratio.
const NEXT_STEP: u64 = 0x9E37_79B9_7F4A_7C15;
/// The same for what is drawn once a turn beside the user's message.
const BESIDE: u64 = 0xD1B5_4A32_D192_ED03;

/// What is simulated, besides the rules.
#[derive(Debug, Clone)]
pub struct Script<'a> {
    /// The user's messages that are known, in tokens, from the first turn on.
    pub known: Vec<Tokens>,
    /// The user's message of every other turn.
    pub user: TokenDist,
    /// The time between two turns.
    pub gap: TimeDist,
    /// The distribution of the completions, one a step.
    pub completion: &'a Completion,
    /// That of the turns, or of the steps of a task, whose completions are known apart, in place of it.
    pub by_turn: BTreeMap<TurnRange, Completion>,
    /// How many turns.
    pub turns: u32,
    /// The agents that every turn starts.
    pub agents: Vec<SubAgent>,
    /// How many runs, when something is random.
    pub runs: u32,
    /// How alike the completions of one conversation are: the correlation of their normal scores, 0 to 1.
    /// Each turn alone has the distribution of the completions, whatever this is.
    pub rho: f64,
    /// The seed of the draws. The same seed gives the same draws for every model.
    pub seed: u64,
}

/// All turns, and the conversations as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// The turns that any run reached.
    pub turns: Vec<TurnSummary>,
    /// The steps that any run reached, as far as they are summarised; empty without steps.
    pub steps: Vec<StepSummary>,
    /// All steps together; nothing without steps.
    pub step_totals: Option<StepTotals>,
    /// The cost of a conversation.
    pub total_cost: Summary<Money>,
    /// The mean cost of the same requests by each way of caching of the rules; the first is billed.
    pub cost_by_cache: Vec<Money>,
    /// What the agents that it starts cost of that, on average.
    pub agents_cost: Money,
    /// Every request of all runs, summed up by the row of the price list that it pays.
    pub billed: Vec<BilledUsage>,
    /// The cost of every run, the cheapest first.
    pub costs: Vec<Money>,
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
/// [`ErrorKind::Amount`] for no turns or runs, beyond [`MOST_STEPS`], for steps without end and for a budget
/// that does not pay the first step; [`ErrorKind::Usage`] when only the total of completions is known,
/// because what of it is carried over is not.
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
    let draws = Draws::new(rules, script)?;
    check(rules, script, draws.exact)?;
    let runs = if draws.exact { 1 } else { script.runs };
    let mut all = AllRuns::new(&draws, runs);
    for turn in 1..=script.turns {
        let Some(summary) = all.play_turn(&draws, turn)? else { break };
        all.note_limits(rules, &summary);
        all.turns.push(summary);
        after_turn();
    }
    Ok(all.simulation(rules, draws.exact, runs))
}

fn refuse<T>(message: impl Into<String>, hint: &str) -> Result<T, Error> {
    Err(Error::new(ErrorKind::Amount, message.into()).hint(hint))
}

/// Refuses what cannot be simulated.
fn check(rules: &Rules<'_>, script: &Script<'_>, exact: bool) -> Result<(), Error> {
    let (turns, runs) = (Tokens::new(script.turns.into()), Tokens::new(script.runs.into()));
    if script.turns == 0 || script.runs == 0 {
        let message = format!("{turns} turns of {runs} runs are nothing to simulate");
        return refuse(message, "there must be at least one of each");
    }
    if rules.cap == Some(Tokens::ZERO) {
        return refuse("a cap of 0 tokens is refused by the API", "send at least 1");
    }
    if let Some(steps) = &rules.steps {
        check_steps(steps)?;
    }
    let most = Tokens::new(MOST_STEPS);
    let played = if exact { 1 } else { script.runs };
    if u64::from(played) * u64::from(script.turns) > MOST_STEPS {
        let of_runs = if exact { String::new() } else { format!(" of {runs} runs") };
        let message = format!("{turns} turns{of_runs} are more than {most} turns in all");
        return refuse(message, "take fewer --turns or --runs");
    }
    Ok(())
}

fn check_steps(steps: &Steps) -> Result<(), Error> {
    let none = TokenDist::Constant(Tokens::ZERO);
    if steps.count.as_ref() == Some(&none) || steps.budget.steps == Some(0) {
        return refuse("a turn of 0 steps sends nothing", "a turn has at least one step");
    }
    if steps.calls == none {
        return refuse(
            "a step that goes on calls at least one tool",
            "leave --calls-per-step out, or declare at least 1",
        );
    }
    if steps.count.is_none() && !steps.budget.is_set() {
        return refuse(
            "steps without end need a budget that ends them",
            "declare --max-steps, --max-turn-usd or --max-turn-tokens",
        );
    }
    Ok(())
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
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that can happen")]
struct Run {
    conversation: Conversation,
    /// What all its completions have in common, as standard normals: one for a completion or its reasoning,
    /// one for a visible part that was declared apart.
    factors: [f64; 2],
    /// What it cost, by way of caching.
    costs: [Money; MOST_CACHES],
    agents: Money,
    requests: u64,
    truncated: bool,
    empty: bool,
    overflowed: bool,
    stopped: bool,
    turn: RunTurn,
}

/// The turn of a run that is being played.
#[derive(Default)]
struct RunTurn {
    /// Whether another step follows.
    goes_on: bool,
    /// How many steps it takes, the one with the answer included.
    steps: u64,
    done: u64,
    /// Tokens of prompts and completions.
    tokens: u64,
    played: Option<TurnPlayed>,
    agents: Money,
}

impl Run {
    fn new(rules: &Rules<'_>, factors: [f64; 2]) -> Self {
        Self {
            conversation: Conversation::new(rules),
            factors,
            costs: [Money::ZERO; MOST_CACHES],
            agents: Money::ZERO,
            requests: 0,
            truncated: false,
            empty: false,
            overflowed: false,
            stopped: false,
            turn: RunTurn::default(),
        }
    }

    /// Takes what a step came to; whether its turn goes on.
    fn take(&mut self, rules: &Rules<'_>, sent: Sent) {
        for (sum, cost) in self.costs.iter_mut().zip(sent.costs) {
            *sum += cost;
        }
        self.requests += u64::from(sent.end != End::Overflow);
        self.truncated |= sent.was_empty || sent.end == End::Partial;
        self.empty |= sent.was_empty;
        self.overflowed |= sent.end == End::Overflow;
        let turn = &mut self.turn;
        turn.done += 1;
        turn.tokens += sent.prompt + sent.completion;
        let so_far = turn.played.map_or((0, turn.agents, false), |played| {
            (played.completion, played.cost, played.was_empty)
        });
        let played = TurnPlayed {
            last: sent,
            completion: so_far.0 + sent.completion,
            cost: so_far.1 + sent.cost(),
            was_empty: so_far.2 | sent.was_empty,
        };
        turn.played = Some(played);
        turn.goes_on = sent.end == End::Called;
        let budget = rules.steps.as_ref().map_or_else(LoopBudget::default, |steps| steps.budget);
        if turn.goes_on && budget.is_hit(played.cost, turn.tokens, turn.done) {
            turn.goes_on = false;
            self.stopped = true;
            self.conversation.close(rules);
        }
    }
}

/// What the draws of all runs are made from.
struct Draws<'a> {
    rules: &'a Rules<'a>,
    script: &'a Script<'a>,
    user: AmountSampler,
    gap: AmountSampler,
    completion: CompletionSampler,
    by_turn: BTreeMap<TurnRange, CompletionSampler>,
    steps: Option<StepDraws>,
    agents: Vec<AmountSampler>,
    alike: Option<Correlation>,
    /// Where the seed puts the streams; seeds that are neighbours lie far apart.
    first_stream: u64,
    /// Whether nothing is random.
    exact: bool,
}

/// What the steps of a turn are drawn from.
struct StepDraws {
    /// `None` goes on until something ends it.
    count: Option<AmountSampler>,
    calls: AmountSampler,
    call: AmountSampler,
    result: AmountSampler,
}

impl StepDraws {
    fn new(steps: &Steps) -> Self {
        Self {
            count: steps.count.as_ref().map(AmountSampler::new),
            calls: AmountSampler::new(&steps.calls),
            call: AmountSampler::new(&steps.call),
            result: AmountSampler::new(&steps.result),
        }
    }

    fn is_constant(&self) -> bool {
        let parts = [&self.calls, &self.call, &self.result];
        parts.into_iter().chain(&self.count).all(AmountSampler::is_constant)
    }

    /// What a step calls.
    fn calls(&self, uniform: &mut impl FnMut() -> f64) -> Calls {
        let count = self.calls.at(uniform()).unwrap_or(1).clamp(1, MOST_CALLS);
        let mut sum = |of: &AmountSampler| {
            let mut drawn = || of.at(uniform()).unwrap_or(u64::from(u32::MAX));
            (0..count).map(|_| drawn()).fold(0, u64::saturating_add)
        };
        Calls { count, tokens: sum(&self.call), results: sum(&self.result) }
    }
}

impl<'a> Draws<'a> {
    fn new(rules: &'a Rules<'a>, script: &'a Script<'a>) -> Result<Self, Error> {
        let completion = sampler(script.completion)?;
        let by_turn: BTreeMap<TurnRange, CompletionSampler> = script
            .by_turn
            .iter()
            .map(|(turn, completion)| Ok((*turn, sampler(completion)?)))
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
        Ok(Self {
            rules,
            script,
            user,
            gap,
            completion,
            by_turn,
            steps,
            agents: script.agents.iter().map(|agent| AmountSampler::new(&agent.runs)).collect(),
            alike: (script.rho > 0.0 && !exact).then(|| Correlation::new(script.rho)),
            first_stream: Pcg32::seed_from_u64(script.seed).next_u64(),
            exact,
        })
    }

    /// The stream of a run and turn: no draw depends on what happened before, nor on the model.
    fn stream(&self, number: u64, turn: u32, salt: u64) -> Pcg32 {
        let place = (number << 32) | u64::from(turn);
        Pcg32::seed_from_u64(self.first_stream.wrapping_add(place).wrapping_add(salt))
    }

    /// What the completions of a run have in common.
    fn factors(&self, number: u32) -> [f64; 2] {
        let Some(alike) = &self.alike else { return [0.0; 2] };
        // The streams of turns start at 1.
        let mut stream = self.stream(number.into(), 0, 0);
        [(); 2].map(|()| alike.factor(uniform(&mut stream)))
    }

    /// Plays the next step of a run whose turn goes on; the first one begins the turn.
    fn play(&self, run: &mut Run, number: u64, turn: u32, step: u32) -> Option<Sent> {
        let salt = NEXT_STEP.wrapping_mul(u64::from(step - 1));
        if step == 1 {
            run.turn = RunTurn::default();
        }
        if run.conversation.over || (step > 1 && !run.turn.goes_on) {
            return None;
        }
        let mut stream = self.stream(number, turn, salt);
        let mut uniform = || uniform(&mut stream);
        if step == 1 {
            let drawn = uniform();
            let known = self.script.known.get(turn as usize - 1).map(|tokens| tokens.get());
            let user = known.or_else(|| self.user.at(drawn)).unwrap_or(u64::from(u32::MAX));
            self.open(run, user, number, turn);
        }
        let calls = self.steps.as_ref().and_then(|steps| {
            let calls = steps.calls(&mut uniform);
            (run.turn.done + 1 < run.turn.steps).then_some(calls)
        });
        let completion = self.by_turn.get(&TurnRange::of(run.requests + 1));
        let completion = completion.unwrap_or(&self.completion);
        let [first, second] = run.factors;
        let sent = run.conversation.step(self.rules, calls, || {
            let (u, v) = (uniform(), uniform());
            match &self.alike {
                None => completion.at(u, v),
                Some(alike) => {
                    let v = if completion.is_split() { alike.share(second, v) } else { v };
                    completion.at(alike.share(first, u), v)
                }
            }
        });
        run.take(self.rules, sent);
        Some(sent)
    }

    /// Begins a turn: what is drawn for it beside the user's message.
    fn open(&self, run: &mut Run, user: u64, number: u64, turn: u32) {
        let mut beside = self.stream(number, turn, BESIDE);
        let mut uniform = || uniform(&mut beside);
        let gap = if turn == 1 { 0.0 } else { drawn_seconds(&self.gap, uniform()) };
        run.conversation.open(self.rules, user, gap);
        let count = self.steps.as_ref().map(|steps| match &steps.count {
            Some(count) => count.at(uniform()).unwrap_or(u64::MAX).max(1),
            None => u64::MAX,
        });
        run.turn.steps = count.unwrap_or(1);
        for (agent, runs) in self.script.agents.iter().zip(&self.agents) {
            let started = runs.at(uniform()).unwrap_or(MOST_CALLS).min(MOST_CALLS);
            run.turn.agents += (0..started).map(|_| agent.cost_at(uniform())).sum::<Money>();
        }
        run.agents += run.turn.agents;
        for sum in &mut run.costs {
            *sum += run.turn.agents;
        }
    }
}

fn uniform(stream: &mut Pcg32) -> f64 {
    (stream.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// All runs, step by step side by side.
struct AllRuns {
    runs: Vec<Run>,
    /// What each run sent in the step that was played last.
    sent: Vec<Option<Sent>>,
    turns: Vec<TurnSummary>,
    steps: Vec<StepSummary>,
    billed: Vec<BilledUsage>,
    requests: u64,
    prompt: u128,
    resent: u128,
    cached: u128,
    first_below_reserve: Option<u32>,
    first_overflow: Option<u32>,
}

impl AllRuns {
    fn new(draws: &Draws<'_>, runs: u32) -> Self {
        Self {
            runs: (0..runs).map(|number| Run::new(draws.rules, draws.factors(number))).collect(),
            sent: vec![None; runs as usize],
            turns: Vec::new(),
            steps: Vec::new(),
            billed: Vec::new(),
            requests: 0,
            prompt: 0,
            resent: 0,
            cached: 0,
            first_below_reserve: None,
            first_overflow: None,
        }
    }

    fn spent(&self) -> Money {
        self.runs.iter().map(|run| run.costs[0]).sum()
    }

    /// Plays a turn of all runs; `None` when none is left.
    fn play_turn(&mut self, draws: &Draws<'_>, turn: u32) -> Result<Option<TurnSummary>, Error> {
        let mut step = 0;
        loop {
            step += 1;
            self.play_step(draws, turn, step);
            self.add_up();
            if draws.rules.steps.is_some() && self.steps.len() < MOST_SUMMARIES {
                self.steps.extend(StepSummary::of((turn, step), &self.sent, self.spent()));
            }
            if (turn, step) == (1, 1) {
                self.check_budget()?;
            }
            if !self.runs.iter().any(|run| run.turn.goes_on) {
                break;
            }
            if self.requests > MOST_STEPS || u64::from(step) >= MOST_STEPS_OF_A_TURN {
                return endless(u64::from(step));
            }
        }
        let played: Vec<_> = self.runs.iter().map(|run| run.turn.played).collect();
        let summary = TurnSummary::of(turn, &played, self.spent());
        let none_fits = || played.iter().flatten().all(|played| played.last.end == End::Overflow);
        match summary {
            Some(summary) if (turn, step) == (1, 1) && none_fits() => {
                Err(overflow_at_once(draws.rules, &summary))
            }
            summary => Ok(summary),
        }
    }

    fn play_step(&mut self, draws: &Draws<'_>, turn: u32, step: u32) {
        let play = |(chunk, (runs, sent)): (usize, (&mut [Run], &mut [Option<Sent>]))| {
            for (i, (run, slot)) in runs.iter_mut().zip(sent).enumerate() {
                *slot = draws.play(run, (chunk * CHUNK + i) as u64, turn, step);
            }
        };
        if self.runs.len() > CHUNK {
            crate::threads::start();
            self.runs
                .par_chunks_mut(CHUNK)
                .zip(self.sent.par_chunks_mut(CHUNK))
                .enumerate()
                .for_each(play);
        } else {
            play((0, (&mut self.runs, &mut self.sent)));
        }
    }

    fn add_up(&mut self) {
        for sent in self.sent.iter().flatten() {
            self.requests += 1;
            sent.billed.add_to(&mut self.billed);
            if let Some(summary) = sent.summary {
                summary.add_to(&mut self.billed);
            }
            if sent.end != End::Overflow {
                self.prompt += u128::from(sent.prompt);
                self.resent += u128::from(sent.resent);
                self.cached += u128::from(sent.cached);
            }
        }
    }

    /// Refuses a budget that the first step of every run uses up.
    fn check_budget(&self) -> Result<(), Error> {
        if !self.runs.iter().all(|run| run.stopped && run.turn.done == 1 && run.turn.steps > 1) {
            return Ok(());
        }
        let costs = money(self.runs.iter().map(|run| run.costs[0]));
        let used = tokens(self.runs.iter().map(|run| run.turn.tokens));
        let message = format!(
            "the budget does not go beyond the first step, which costs ${} and takes {} tokens",
            costs.p50, used.p50
        );
        refuse(message, "raise the budget of the turn, or declare --steps 1")
    }

    fn note_limits(&mut self, rules: &Rules<'_>, summary: &TurnSummary) {
        let below = summary.room.p50 < rules.policy.reserve;
        if rules.model.reasoning && below && self.first_below_reserve.is_none() {
            self.first_below_reserve = Some(summary.turn);
        }
        let ended =
            |run: &Run| run.turn.played.is_some_and(|played| played.last.end == End::Overflow);
        if self.first_overflow.is_none() && self.runs.iter().any(ended) {
            self.first_overflow = Some(summary.turn);
        }
    }

    fn simulation(self, rules: &Rules<'_>, exact: bool, runs: u32) -> Simulation {
        let share = |of: fn(&Run) -> bool| {
            share(self.runs.iter().filter(|run| of(run)).count(), self.runs.len())
        };
        let mean = |of: &dyn Fn(&Run) -> Money| {
            self.runs.iter().map(of).sum::<Money>().divided(u64::from(runs))
        };
        let part = |some: u128| Probability::clamped(some as f64 / self.prompt.max(1) as f64);
        let mut costs: Vec<Money> = self.runs.iter().map(|run| run.costs[0]).collect();
        costs.sort_unstable();
        Simulation {
            step_totals: rules.steps.is_some().then(|| StepTotals {
                requests: tokens(self.runs.iter().map(|run| run.requests)),
                resent_share: part(self.resent),
                cached_share: part(self.cached),
                budget_hit: share(|run| run.stopped),
            }),
            total_cost: money(costs.iter().copied()),
            cost_by_cache: (0..rules.caches.len().min(MOST_CACHES))
                .map(|i| mean(&|run: &Run| run.costs[i]))
                .collect(),
            agents_cost: mean(&|run: &Run| run.agents),
            most_expensive: costs.last().copied().unwrap_or_default(),
            costs,
            first_below_reserve: self.first_below_reserve,
            first_overflow: self.first_overflow,
            truncated: share(|run| run.truncated),
            empty: share(|run| run.empty),
            overflowed: share(|run| run.overflowed),
            unusable: share(|run| run.truncated || run.overflowed),
            exact,
            runs,
            turns: self.turns,
            steps: self.steps,
            billed: self.billed,
        }
    }
}

fn endless<T>(step: u64) -> Result<T, Error> {
    let most = Tokens::new(MOST_STEPS);
    let message = if step >= MOST_STEPS_OF_A_TURN {
        format!("a turn has more than {} steps", Tokens::new(MOST_STEPS_OF_A_TURN))
    } else {
        format!("the runs have more than {most} requests in all")
    };
    refuse(message, "declare fewer --steps, or a budget: --max-steps, --max-turn-usd")
}
