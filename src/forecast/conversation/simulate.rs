//! Many conversations: exact when nothing is random, else seeded draws.

use super::super::distribution::TokenDist;
use super::draws::{Draws, MOST_CALLS};
use super::rules::Rules;
use super::runs::AllRuns;
use super::script::{MOST_STEPS, Script, refuse};
use super::simulation::Simulation;
use super::task::Steps;
use crate::Error;
use crate::units::Tokens;

/// Simulates a conversation.
///
/// # Errors
/// [`ErrorKind::Amount`](crate::ErrorKind::Amount) for no turns or runs, beyond [`MOST_STEPS`], for steps without end and for a budget
/// that does not pay the first step; [`ErrorKind::Usage`](crate::ErrorKind::Usage) when only the total of completions is known,
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
    Ok(all.simulation(&draws))
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
    for agent in &script.agents {
        check_calls(&agent.runs, "agents of a turn", "`runs` in [[agent]]")?;
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

/// Refuses what would be cut at the most that is drawn, and cost too little then.
fn check_calls(dist: &TokenDist, what: &str, flag: &str) -> Result<(), Error> {
    // Beyond the longest of a million draws.
    let usual = dist.quantile(1.0 - 1e-6);
    if usual <= MOST_CALLS as f64 {
        return Ok(());
    }
    let message = format!(
        "{what} of {dist} are more than the {} that are simulated",
        Tokens::new(MOST_CALLS)
    );
    refuse(message, &format!("declare fewer {flag}"))
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
    check_calls(&steps.calls, "calls in a step", "--calls-per-step")?;
    if steps.count.is_none() && !steps.budget.is_set() {
        return refuse(
            "steps without end need a budget that ends them",
            "declare --max-steps, --max-turn-usd or --max-turn-tokens",
        );
    }
    Ok(())
}
