//! `outlay estimate`

use clap::Args;

use crate::Error;
use crate::cli::args::PromptArgs;
use crate::cli::commands::what_if::{self, Asked};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted::{self, Input};
use crate::cli::output::Answered;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::report::{EstimateResult, EstimateTotal};
use crate::workload::{CallSpec, CapRule, CompletionSources, Workload};

/// Price a request, or many: expected, p5-p95 and worst case
#[derive(Debug, Args)]
#[command(
    mut_arg("reserve", |arg| arg.hide(true)),
    mut_arg("risk", |arg| arg.hide(true)),
    after_help = "Examples:
  outlay estimate prompt.md --reasoning 1k..12k --visible 200..1200 --calls 20k/month
  outlay estimate --input-tokens 400 --completion-tokens 600 -m o1-mini -m o1-preview
  outlay estimate prompt.md --kind code -m o3:low -m o3:high
  outlay estimate batch.jsonl -m gpt-4o --tier batch --visible 500")]
pub(crate) struct EstimateArgs {
    #[command(flatten)]
    prompt: PromptArgs,
    #[command(flatten, next_help_heading = "The call")]
    call: CallSpec,
}

pub(crate) fn run(args: &EstimateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let mut prompts = counted::prompts(&args.prompt, settings, &mut warnings);
    counted::share_calls(&mut prompts, args.call.calls);
    let call = args.call.clone().over(&settings.call);
    let sources = CompletionSources::new(&call, &settings.streams);
    let asked = Asked { prompt: &args.prompt, call: &call, beside: true };
    let asked_of: Vec<_> = prompts.iter().flatten().collect();
    let widgets = what_if::widgets(&asked, &asked_of, settings, &mut warnings);
    let progress = Progress::new(prompts.len(), "priced", settings);
    let price = |input: Input<'_>| {
        progress.step();
        let result = estimate(&input, args, &sources, settings);
        result.map_err(|error| input.placed(error))
    };
    let results = prompts.into_iter().map(|input| input.and_then(price)).collect();
    drop(progress);
    let (results, errors) = counted::part(results, settings);
    // Costs for several models are alternatives, which have no sum.
    let total = (args.prompt.input.model.len() <= 1).then(|| EstimateTotal::of(&results));
    Answered { total, widgets, ..Answered::new(results, errors, warnings) }.finish(settings)
}

fn estimate(
    input: &Input<'_>,
    args: &EstimateArgs,
    sources: &CompletionSources<'_>,
    settings: &Settings,
) -> Result<EstimateResult, Error> {
    let mut quote = Workload::new(input.model, settings.as_of)
        .counted(input.prompt.clone())
        .call(input.call(&args.call, settings))
        .completion(sources.of(input.model, input.effort(&args.call, settings)?)?)
        .cap(CapRule::SentOrRoom)
        .quote()?;
    quote.assumptions.calls.extend(input.shared.iter().map(|share| share.sentence.clone()));
    let result = EstimateResult::new(input.name(), input.model_name(), quote)?;
    Ok(EstimateResult { template: input.template(), ..result })
}
