//! `outlay simulate`

use std::path::Path;

use clap::Args;

use super::args::CallArgs;
use super::cap::CapArgs;
use super::dialogue::{self, DialogueArgs};
use super::outcome::Outcome;
use super::output::Answered;
use super::scenario::Scenario;
use super::settings::Settings;
use super::{discover, prompts, transcript};
use crate::Error;
use crate::catalog::Model;
use crate::report::SimulateResult;
use crate::request::Request;
use crate::units::CallVolume;

/// Play a conversation turn by turn: context fill, cache, risk and cost
#[derive(Debug, Args)]
#[command(
    mut_arg("cached", |arg| arg.hide(true)),
    mut_arg("completion_tokens", |arg| arg.hide(true)),
    after_help = "Examples:
  outlay simulate --turns 20 --base 2k --user 50..400
  outlay simulate scenario.toml                       written by `outlay init --scenario`
  outlay simulate chat.json --turns 5                 goes on from a real transcript
  outlay simulate scenario.toml --history drop-oldest -m o1-preview")]
pub(super) struct SimulateArgs {
    /// A scenario (.toml), or a Chat Completions request whose conversation goes on
    #[arg(value_name = "SCENARIO|CHAT")]
    input: Option<String>,
    /// The model; repeatable [default: the input's own, else o1-mini]
    #[arg(short, long, value_name = "ID")]
    model: Vec<String>,
    #[command(flatten, next_help_heading = "The conversation")]
    dialogue: DialogueArgs,
    #[command(flatten, next_help_heading = "The call")]
    call: CallArgs,
    #[command(flatten, next_help_heading = "The cap")]
    cap: CapArgs,
}

pub(super) fn run(args: &SimulateArgs, settings: &Settings) -> anyhow::Result<Outcome> {
    let mut play = Play::new(args.dialogue.clone(), args.call.clone(), args.cap.clone());
    let mut names = args.model.clone();
    if let Some(input) = &args.input {
        play.read(input, &mut names)?;
    }
    let mut warnings = Vec::new();
    let models = prompts::models_or_default(&names, settings, &mut warnings);
    let results = models
        .into_iter()
        .map(|model| {
            let model = model?;
            play.simulate(model, args.input.as_deref(), settings, &mut warnings)
        })
        .collect();
    let (results, errors) = prompts::part(results, settings);
    Answered::new(results, errors, warnings).finish(settings)
}

/// A conversation to be played, whatever declared it.
pub(super) struct Play {
    dialogue: DialogueArgs,
    call: CallArgs,
    cap: CapArgs,
    chat: Option<Request>,
}

impl Play {
    pub(super) fn new(dialogue: DialogueArgs, call: CallArgs, cap: CapArgs) -> Self {
        Self { dialogue, call, cap, chat: None }
    }

    /// Whether an input is a scenario by its name.
    pub(super) fn is_scenario(input: &str) -> bool {
        Path::new(input).extension().is_some_and(|extension| extension == "toml")
    }

    /// Reads a scenario, or a transcript; either fills what the flags leave open.
    pub(super) fn read(&mut self, input: &str, models: &mut Vec<String>) -> Result<(), Error> {
        if !Self::is_scenario(input) {
            let chat = transcript::load(input)?;
            if models.is_empty() {
                models.extend(chat.model.clone());
            }
            self.call.max_completion_tokens = self.call.max_completion_tokens.or(chat.cap);
            self.call.tier = self.call.tier.or(chat.tier);
            self.chat = Some(chat);
            return Ok(());
        }
        let text = discover::named(Path::new(input)).and_then(|source| source.text());
        let scenario =
            text.and_then(|text| Scenario::parse(&text)).map_err(|e| e.in_source(input))?;
        if models.is_empty() {
            models.clone_from(&scenario.model);
        }
        scenario.fill(&mut self.call, &mut self.cap, &mut self.dialogue);
        Ok(())
    }

    /// How many conversations.
    pub(super) fn volume(&self) -> CallVolume {
        self.call.volume()
    }

    pub(super) fn simulate(
        &self,
        model: &Model,
        input: Option<&str>,
        settings: &Settings,
        warnings: &mut Vec<String>,
    ) -> Result<SimulateResult, Error> {
        let placed = |error: Error| match input {
            Some(input) => error.in_source(input),
            None => error,
        };
        let past = match &self.chat {
            Some(chat) => {
                transcript::warn(chat, model, settings, warnings);
                transcript::past(chat, model).map_err(placed)?
            }
            None => dialogue::Past::default(),
        };
        let answer = dialogue::run(model, &self.dialogue, &self.call, &self.cap, &past, settings)
            .map_err(placed)?;
        let simulation = &answer.simulation;
        let volume = self.volume();
        warnings.extend(prompts::lifecycle_warnings(std::iter::once(model), settings));
        Ok(SimulateResult {
            input: input.map(ToOwned::to_owned),
            model: model.id.clone(),
            window: model.limits.window,
            reserve: model.reasoning.then_some(answer.policy.reserve),
            turns: SimulateResult::turns(simulation),
            total_cost_usd: simulation.total_cost,
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
            runs: simulation.runs,
            seed: answer.seed,
            profile: answer.profile,
            price: answer.price,
            assumptions: answer.assumptions,
        })
    }
}
