//! The arguments of `outlay compare`.

use clap::Args;

use crate::cli::args::PromptArgs;
use crate::cli::input::models::WantedModels;
use crate::cli::input::played::Played;
use crate::cli::settings::Settings;
use crate::workload::{CallSpec, ConversationSpec, TaskSpec};

/// Compare models: cost per call and per usable answer, risks, break-evens, benchmarks
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay compare prompt.md                            o1-mini, o1-preview and the models that follow them
  outlay compare prompt.md -m all --calls 20k/month   the cheapest first; all are those of their makers
  outlay compare prompt.md -m 'gpt-6*,claude-*' --fits
  outlay compare prompt.md --provider anthropic,google --needs vision,tools
  outlay compare prompt.md -m o1-mini -m o1-preview -m gpt-4o --as-of 2024-10-20
  outlay compare --input-tokens 1000 --completion-tokens 2000
  outlay compare prompt.md --kind code -m o3:low -m o3:high      levels of effort side by side
  outlay compare scenario.toml                        conversations, from `outlay init --scenario`
  outlay compare --turns 12 --user 50..400            the same from flags")]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    pub(super) prompt: PromptArgs,
    #[command(flatten, next_help_heading = "The models")]
    pub(super) wanted: WantedModels,
    #[command(flatten, next_help_heading = "The call")]
    pub(super) call: CallSpec,
    #[command(flatten, next_help_heading = "The conversation")]
    conversation: ConversationSpec,
    #[command(flatten, next_help_heading = "Steps with tools")]
    task: TaskSpec,
}

impl CompareArgs {
    /// The conversation that is compared, if it is one, and the scenario that declares it.
    pub(super) fn played(
        &self,
        settings: &Settings,
    ) -> anyhow::Result<Option<(Played, Option<&str>)>> {
        let scenario = match self.prompt.input.inputs.as_slice() {
            [scenario] if Played::is_scenario(scenario) => Some(scenario.as_str()),
            [] if self.conversation.turns.is_some() || self.task.steps.is_some() => None,
            _ => return Ok(None),
        };
        let mut played =
            Played::of(&self.call, &self.conversation, &self.task, &self.prompt.input.model);
        if let Some(scenario) = scenario {
            played = played.read(scenario, settings)?;
        }
        Ok(Some((played.with_defaults(settings), scenario)))
    }
}
