//! Plays a step of many runs.

use super::billed_run::BilledRun;
use super::dialogue::{Conversation, Ledger, Sent};
use super::draws::{Draws, uniform};
use super::played_step::PlayedStep;
use super::run::{Run, RunTurn};
use crate::billing::BilledUsage;

/// Plays the next step of each of these runs whose turn goes on, and adds it to what is `played`; the first
/// step begins the turn. `first` is the number of the first run.
pub(super) fn play(
    draws: &Draws<'_>,
    runs: &mut [Run],
    (first, turn, step): (u64, u32, u32),
    played: &mut PlayedStep,
) {
    for (number, run) in (first..).zip(runs) {
        if step == 1 {
            run.turn = RunTurn::default();
        }
        if !run.conversation.over && (step == 1 || run.turn.goes_on) {
            let sent = send(draws, run, (number, turn, step), &mut played.requests.billed);
            played.take(run, sent);
        }
        played.so_far.take(run);
    }
    played.sum_up();
}

/// Sends the request of a step, and again where it came out empty and the rules say so.
fn send(
    draws: &Draws<'_>,
    run: &mut Run,
    (number, turn, step): (u64, u32, u32),
    billed: &mut Vec<BilledUsage>,
) -> Sent {
    let mut stream = draws.stream_of(number, turn, step);
    if step == 1 {
        let user = draws.user(turn, uniform(&mut stream));
        run.open(draws.rules, user, &draws.opening(number, turn));
    }
    let calls = draws.calls(run.factors, &mut stream);
    let calls = calls.filter(|_| run.turn.done + 1 < run.turn.steps);
    let (sampler, factors) = (draws.sampler(run.requests + 1), run.factors);
    let mut ledger = Ledger { rates: &draws.rates, costs: &mut run.costs, billed };
    let sent = run.conversation.step(draws.rules, calls, &mut ledger, || {
        draws.completion(sampler, factors, [uniform(&mut stream), uniform(&mut stream)])
    });
    run.take(draws.rules, &sent);
    sent
}

/// Plays one run alone, and gives what it is billed for.
pub(super) fn replay(draws: &Draws<'_>, number: u32) -> BilledRun {
    let mut run = [Run::new(Conversation::new(draws.rules), draws.factors(number))];
    let mut played = PlayedStep::default();
    for turn in 1..=draws.script.turns {
        for step in 1.. {
            play(draws, &mut run, (number.into(), turn, step), &mut played);
            if !run[0].turn.goes_on {
                break;
            }
        }
    }
    let [run] = run;
    BilledRun { billed: played.requests.billed, agents_usd: run.agents }
}
