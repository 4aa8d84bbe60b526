//! `outlay count`

use clap::Args;

use crate::cli::args::InputArgs;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted;
use crate::cli::input::counted::Asked;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::report::{CountResult, CountTotal};

/// Count prompt tokens per input and per part
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay count prompt.md
  outlay count requests.jsonl --json
  outlay count 'prompts/**/*.md' -m gpt-4o
  outlay count prompt.md --show-tokens           every piece with the ids of its tokens
  git show HEAD:prompt.md | outlay count -")]
pub(crate) struct CountArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Show the pieces that contents are split into, with the ids of their tokens
    #[arg(long)]
    show_tokens: bool,
}

pub(crate) fn run(args: &CountArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let asked = Asked { show_tokens: args.show_tokens, ..Asked::default() };
    let counted = counted::count(&args.input, settings, asked, &mut warnings);
    let (counted, errors) = counted::part(counted, settings);
    let results: Vec<_> = counted
        .into_iter()
        .map(|input| {
            let name = input.name().unwrap_or_default();
            CountResult::new(name, input.model, input.prompt.count, input.pieces)
        })
        .collect();
    // Counts for several models are alternatives, which have no sum.
    let total = (args.input.model.len() <= 1).then(|| CountTotal::of(&results));
    Answered { total, ..Answered::new(results, errors, warnings) }.finish(settings)
}
