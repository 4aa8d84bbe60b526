//! `outlay simulate`

use std::path::Path;

use clap::Args;

use crate::Error;
use crate::catalog::Model;
use crate::cli::args::CallArgs;
use crate::cli::args::CapArgs;
use crate::cli::args::conversation::{self, ConversationArgs};
use crate::cli::config::scenario::Scenario;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted;
use crate::cli::input::discover;
use crate::cli::input::transcript;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
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
pub(crate) struct SimulateArgs {
    /// A scenario (.toml), or a Chat Completions request whose conversation goes on
    #[arg(value_name = "SCENARIO|CHAT")]
    input: Option<String>,
    /// The model; repeatable [default: the input's own, else o1-mini]
    #[arg(short, long, value_name = "ID")]
    model: Vec<String>,
    #[command(flatten, next_help_heading = "The conversation")]
    conversation: ConversationArgs,
    #[command(flatten, next_help_heading = "The call")]
    call: CallArgs,
    #[command(flatten, next_help_heading = "The cap")]
    cap: CapArgs,
}

pub(crate) fn run(args: &SimulateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut play = Play::new(args.conversation.clone(), args.call.clone(), args.cap.clone());
    let mut names = args.model.clone();
    if let Some(input) = &args.input {
        play.read(input, &mut names)?;
    }
    let mut warnings = Vec::new();
    let models = counted::models_or_default(&names, settings, &mut warnings);
    let results = models
        .into_iter()
        .map(|model| {
            let model = model?;
            play.simulate(model, args.input.as_deref(), settings, &mut warnings)
        })
        .collect();
    let (results, errors) = counted::part(results, settings);
    Answered::new(results, errors, warnings).finish(settings)
}

/// A conversation to be played, whatever declared it.
pub(crate) struct Play {
    conversation: ConversationArgs,
    call: CallArgs,
    cap: CapArgs,
    chat: Option<Request>,
}

impl Play {
    pub(crate) fn new(conversation: ConversationArgs, call: CallArgs, cap: CapArgs) -> Self {
        Self { conversation, call, cap, chat: None }
    }

    /// Whether an input is a scenario by its name.
    pub(crate) fn is_scenario(input: &str) -> bool {
        Path::new(input).extension().is_some_and(|extension| extension == "toml")
    }

    /// Reads a scenario, or a transcript; either fills what the flags leave open.
    pub(crate) fn read(&mut self, input: &str, models: &mut Vec<String>) -> Result<(), Error> {
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
        scenario.fill(&mut self.call, &mut self.cap, &mut self.conversation);
        Ok(())
    }

    /// How many conversations.
    pub(crate) fn volume(&self) -> CallVolume {
        self.call.volume()
    }

    pub(crate) fn simulate(
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
            None => conversation::Past::default(),
        };
        let answer =
            conversation::run(model, &self.conversation, &self.call, &self.cap, &past, settings)
                .map_err(placed)?;
        let simulation = &answer.simulation;
        let volume = self.volume();
        warnings.extend(counted::lifecycle_warnings(std::iter::once(model), settings));
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
