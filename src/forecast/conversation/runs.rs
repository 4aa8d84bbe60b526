//! All runs side by side, step by step, and what they come to.

use rayon::prelude::*;

use super::column::place_of;
use super::dialogue::Conversation;
use super::draws::Draws;
use super::play::{play, replay};
use super::played_step::{EndedTurns, PlayedStep, Requests, SoFar};
use super::rules::{MOST_CACHES, Rules};
use super::run::Run;
use super::script::{MOST_STEPS, refuse};
use super::simulation::Simulation;
use super::summary::{StepSummary, StepTotals, TurnSummary, money, share, tokens};
use super::task::MOST_STEPS_OF_A_TURN;
use crate::units::{Money, Probability, Tokens};
use crate::{Error, ErrorKind};

/// Runs that one thread takes at a time.
const CHUNK: usize = 1_024;
/// So many steps are summarised; of more, only the totals are known.
const MOST_SUMMARIES: usize = 1_000;

/// All runs, step by step side by side.
pub(super) struct AllRuns {
    runs: Vec<Run>,
    pub(super) turns: Vec<TurnSummary>,
    steps: Vec<StepSummary>,
    requests: Requests,
    so_far: SoFar,
    first_below_reserve: Option<u32>,
    first_overflow: Option<u32>,
}

impl AllRuns {
    pub(super) fn new(draws: &Draws<'_>, runs: u32) -> Self {
        let begun = Conversation::new(draws.rules);
        Self {
            runs: (0..runs).map(|n| Run::new(begun.clone(), draws.factors(n))).collect(),
            turns: Vec::new(),
            steps: Vec::new(),
            requests: Requests::default(),
            so_far: SoFar::default(),
            first_below_reserve: None,
            first_overflow: None,
        }
    }

    /// Plays a turn of all runs; `None` when none is left.
    pub(super) fn play_turn(
        &mut self,
        draws: &Draws<'_>,
        turn: u32,
    ) -> Result<Option<TurnSummary>, Error> {
        let mut step = 0;
        let mut ended = EndedTurns::default();
        loop {
            step += 1;
            ended.add(self.play_step(draws, turn, step));
            if (turn, step) == (1, 1) {
                self.check_budget()?;
            }
            if self.so_far.go_on == 0 {
                break;
            }
            if self.requests.count > MOST_STEPS || u64::from(step) >= MOST_STEPS_OF_A_TURN {
                return endless(u64::from(step));
            }
        }
        let summary = TurnSummary::of(turn, ended, self.runs.len(), &self.so_far);
        let none_fits = self.so_far.overflowed == self.runs.len();
        match summary {
            Some(summary) if (turn, step) == (1, 1) && none_fits => {
                Err(overflow_at_once(draws.rules, &summary))
            }
            summary => Ok(summary),
        }
    }

    /// Plays a step of all runs; the turns that ended with it.
    fn play_step(&mut self, draws: &Draws<'_>, turn: u32, step: u32) -> EndedTurns {
        let summarised = draws.rules.steps.is_some() && self.steps.len() < MOST_SUMMARIES;
        let play = |(chunk, runs): (usize, &mut [Run])| {
            let mut played = PlayedStep::of(runs.len(), summarised);
            play(draws, runs, ((chunk * CHUNK) as u64, turn, step), &mut played);
            played
        };
        let chunks: Vec<PlayedStep> = if self.runs.len() > CHUNK {
            crate::threads::start();
            self.runs.par_chunks_mut(CHUNK).enumerate().map(play).collect()
        } else {
            vec![play((0, &mut self.runs))]
        };
        let mut all = PlayedStep::of(self.runs.len(), summarised);
        for played in chunks {
            all.add(played);
        }
        self.requests.add(all.requests);
        self.so_far = all.so_far;
        let runs = self.runs.len();
        let summary = all
            .columns
            .and_then(|columns| StepSummary::of((turn, step), columns, runs, &self.so_far));
        self.steps.extend(summary);
        all.ended
    }

    /// Refuses a budget that the first step uses up of every run that would go on; others were answered at once
    /// or cut off.
    fn check_budget(&self) -> Result<(), Error> {
        if self.so_far.stopped == 0 || self.so_far.go_on > 0 {
            return Ok(());
        }
        let costs = money(self.runs.iter().map(|run| run.costs[0]).collect());
        let used = tokens(self.runs.iter().map(|run| run.turn.tokens).collect());
        let message = format!(
            "the budget does not go beyond the first step, which costs ${} and takes {} tokens",
            costs.p50, used.p50
        );
        refuse(message, "raise the budget of the turn, or declare --steps 1")
    }

    pub(super) fn note_limits(&mut self, rules: &Rules<'_>, summary: &TurnSummary) {
        let below = summary.room.p50 < rules.policy.reserve;
        if rules.model.reasoning && below && self.first_below_reserve.is_none() {
            self.first_below_reserve = Some(summary.turn);
        }
        if self.first_overflow.is_none() && self.so_far.overflowed > 0 {
            self.first_overflow = Some(summary.turn);
        }
    }

    pub(super) fn simulation(self, draws: &Draws<'_>) -> Simulation {
        let rules = draws.rules;
        let runs = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
        let share = |of: fn(&Run) -> bool| {
            share(self.runs.iter().filter(|run| of(run)).count(), self.runs.len())
        };
        let mean = |of: &dyn Fn(&Run) -> Money| {
            self.runs.iter().map(of).sum::<Money>().divided(u64::from(runs))
        };
        let part =
            |some: u128| Probability::clamped(some as f64 / self.requests.prompt.max(1) as f64);
        let requests = tokens(self.runs.iter().map(|run| run.requests).collect());
        let mut ranked: Vec<(Money, u32)> =
            self.runs.iter().map(|run| run.costs[0]).zip(0..).collect();
        ranked.sort_unstable();
        let replayed = |place: usize| {
            ranked.get(place).map(|(_, number)| replay(draws, *number)).unwrap_or_default()
        };
        let (p95, last) = (place_of(95, ranked.len()), ranked.len().saturating_sub(1));
        let (p95_run, dearest_run) = (replayed(p95), replayed(last));
        let costs: Vec<Money> = ranked.into_iter().map(|(cost, _)| cost).collect();
        Simulation {
            step_totals: rules.steps.is_some().then(|| StepTotals {
                requests,
                resent_share: part(self.requests.resent),
                cached_share: part(self.requests.cached),
                budget_hit: share(|run| run.stopped),
            }),
            total_cost: money(costs.iter().copied().collect()),
            cost_by_cache: (0..rules.caches.len().min(MOST_CACHES))
                .map(|i| mean(&|run: &Run| run.costs[i]))
                .collect(),
            agents_cost: mean(&|run: &Run| run.agents),
            most_expensive: costs.last().copied().unwrap_or_default(),
            costs,
            requests,
            p95_run,
            dearest_run,
            first_below_reserve: self.first_below_reserve,
            first_overflow: self.first_overflow,
            truncated: share(|run| run.truncated),
            empty: share(|run| run.empty),
            overflowed: share(|run| run.overflowed),
            unusable: share(|run| run.truncated || run.overflowed),
            exact: draws.exact,
            runs,
            turns: self.turns,
            steps: self.steps,
            billed: self.requests.billed,
        }
    }
}

fn overflow_at_once(rules: &Rules<'_>, first: &TurnSummary) -> Error {
    let (prompt, window, room) =
        (first.prompt_tokens.p50, rules.model.limits.window, first.room.p50);
    let limits = &rules.model.limits;
    let most = limits.input_limit.filter(|limit| prompt > *limit);
    let message = match rules.cap {
        _ if most.is_some() => {
            let most = most.unwrap_or_default();
            format!("the first prompt of {prompt} tokens is over the limit of prompts, {most}")
        }
        Some(cap) if room > Tokens::ZERO => {
            format!("the first prompt of {prompt} tokens leaves {room}, less than the cap of {cap}")
        }
        _ => {
            format!("the first prompt of {prompt} tokens leaves no room in the window of {window}")
        }
    };
    Error::new(ErrorKind::Refused, message)
        .hint("make the base, the definitions of tools or the first message shorter")
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
