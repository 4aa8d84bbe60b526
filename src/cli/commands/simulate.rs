//! `outlay simulate`

use clap::Args;

use crate::cli::commands::play_form;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted;
use crate::cli::input::efforts::NamedEfforts;
use crate::cli::input::played::Played;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::report::SimulateResult;
use crate::workload::{CallSpec, ConversationSpec, TaskSpec, lifecycle_warnings};

/// Simulate a conversation turn by turn: context fill, cache, risk and cost
#[derive(Debug, Args)]
#[command(
    mut_arg("cached", |arg| arg.hide(true)),
    mut_arg("cache_write", |arg| arg.hide(true)),
    mut_arg("searches", |arg| arg.hide(true)),
    mut_arg("completion_tokens", |arg| arg.hide(true)),
    after_help = "Examples:
  outlay simulate --turns 20 --base 2k --user 50..400
  outlay simulate scenario.toml                       written by `outlay init --scenario`
  outlay simulate chat.json --turns 5                 goes on from a real transcript
  outlay simulate --steps 3..12 --result-tokens 200..4k --tool-definitions 3k -m gpt-5.6-terra --kind step
  outlay simulate scenario.toml --history drop-oldest -m o1-preview")]
pub(crate) struct SimulateArgs {
    /// A scenario (.toml), or a Chat Completions request to continue
    #[arg(value_name = "SCENARIO|CHAT")]
    input: Option<String>,
    /// The model; repeatable [default: the input's own, else o1-mini]
    #[arg(short, long, value_name = "ID")]
    model: Vec<String>,
    #[command(flatten, next_help_heading = "The conversation")]
    conversation: ConversationSpec,
    #[command(flatten, next_help_heading = "Steps with tools")]
    task: TaskSpec,
    #[command(flatten, next_help_heading = "The call")]
    call: CallSpec,
}

pub(crate) fn run(args: &SimulateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut played = Played::of(&args.call, &args.conversation, &args.task, &args.model);
    if let Some(input) = &args.input {
        played = played.read(input, settings)?;
    }
    let played = played.with_defaults(settings);
    let mut warnings = Vec::new();
    let efforts = NamedEfforts::of(&played.call.model, settings);
    let models = counted::models_or_default(&efforts.models, settings, &mut warnings);
    let (mut results, mut widgets) = (Vec::new(), Vec::new());
    for model in models {
        let levels = model.as_ref().map_or_else(|_| vec![None], |model| efforts.levels(&model.id));
        for effort in levels {
            results.push(model.clone().and_then(|model| {
                let quote = played.quote((model, effort), settings, true, &mut warnings)?;
                let used = std::iter::once(model);
                warnings.extend(lifecycle_warnings(&settings.catalog, used, settings.as_of));
                let name = NamedEfforts::name(model, effort);
                let volume = played.call.volume();
                if effort.is_none() {
                    let input = args.input.as_deref();
                    widgets.extend(play_form::beside(input, &played, model, &quote, settings)?);
                }
                Ok(SimulateResult::new(args.input.clone(), model, name, quote, volume))
            }));
        }
    }
    let (results, errors) = counted::part(results, settings);
    // A page plays one conversation.
    if results.len() != 1 {
        widgets.clear();
    }
    Answered { widgets, ..Answered::new(results, errors, warnings) }.finish(settings)
}
