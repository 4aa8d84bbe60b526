//! `outlay estimate`

use clap::Args;

use crate::Error;
use crate::cli::args::{CallArgs, PromptArgs};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted::{self, Prompt};
use crate::cli::input::workload::Workload;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::forecast::estimate;
use crate::report::{CountError, EstimateResult, EstimateTotal, PriceRef};

/// Price a request, or many: expected, p5-p95 and worst case
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay estimate prompt.md --reasoning 1k..12k --visible 200..1200 --calls 20k/month
  outlay estimate --input-tokens 400 --completion-tokens 600 -m o1-mini -m o1-preview
  outlay estimate batch.jsonl -m gpt-4o --tier batch --visible 500")]
pub(crate) struct EstimateArgs {
    #[command(flatten)]
    prompt: PromptArgs,
    #[command(flatten, next_help_heading = "The call")]
    call: CallArgs,
}

pub(crate) fn run(args: &EstimateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let prompts = counted::prompts(&args.prompt, settings, &mut warnings);
    let results = prompts
        .into_iter()
        .map(|prompt| {
            let prompt = prompt?;
            price(&prompt, &args.call, settings).map_err(|error| prompt.placed(error))
        })
        .collect();
    let (results, errors) = counted::part(results, settings);
    // Costs for several models are alternatives, which have no sum.
    let total = (args.prompt.input.model.len() <= 1).then(|| EstimateTotal::of(&results));
    Answered { total, ..Answered::new(results, errors, warnings) }.finish(settings)
}

fn price(
    prompt: &Prompt<'_>,
    args: &CallArgs,
    settings: &Settings,
) -> Result<EstimateResult, Error> {
    let workload = Workload::new(prompt, args, settings)?;
    let cap = args.max_completion_tokens.or(prompt.cap);
    let answer = estimate(&workload.call(cap))?;
    Ok(EstimateResult {
        input: prompt.input(),
        model: prompt.model.id.clone(),
        fidelity: prompt.fidelity,
        count_error: CountError::of(prompt.model, prompt.fidelity),
        tier: workload.tier,
        prompt_tokens: prompt.tokens,
        cached_tokens: workload.cached,
        completion_tokens: answer.completion,
        cost_usd: answer.cost,
        lines: answer.lines,
        calls: args.volume().calls,
        period: args.volume().period,
        calls_cost_usd: answer.all_calls,
        profile: workload.profile().map(|source| source.profile.clone()),
        price: PriceRef::from(workload.price),
        assumptions: workload.assumptions,
    })
}
