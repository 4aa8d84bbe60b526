//! `outlay plan`

use clap::Args;

use crate::Error;
use crate::cli::args::PromptArgs;
use crate::cli::commands::what_if::{self, Asked};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted::{self, Input};
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::gate::Verdict;
use crate::report::PlanResult;
use crate::workload::{AccountSpec, CallSpec, CompletionSources, Workload};

/// Recommend a max_completion_tokens: what fits after a prompt, at which risk and cost
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay plan prompt.md
  outlay plan request.json --reasoning p50=4288,p95=11072 --visible 200..1200 --risk 1%
  outlay plan prompt.md -m o1-mini -m o1-preview          models side by side
  outlay plan prompt.md --max-completion-tokens 4096      judge a cap that you already send
  outlay plan --input-tokens 110k --strict                exit with 1 unless the plan is ok
  outlay plan prompt.md --calls 10k --usage-tier 1        how long the calls take")]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    prompt: PromptArgs,
    #[command(flatten, next_help_heading = "The call")]
    call: CallSpec,
    /// Exit with 1 unless every plan is ok and its risk is within the target
    #[arg(long, help_heading = "The cap")]
    strict: bool,
    /// Exit with 0 when --strict would exit with 1
    #[arg(long, help_heading = "The cap")]
    exit_zero: bool,
    #[command(flatten)]
    account: AccountSpec,
}

pub(crate) fn run(args: &PlanArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let mut prompts = counted::prompts(&args.prompt, settings, &mut warnings);
    counted::share_calls(&mut prompts, args.call.calls);
    let call = args.call.clone().over(&settings.call);
    let sources = CompletionSources::new(&call, &settings.streams);
    let asked = Asked { prompt: &args.prompt, call: &args.call, beside: true };
    let widgets = what_if::beside(&asked, &prompts, settings)?;
    let plan = |input: Input<'_>| {
        plan(&input, args, &sources, settings).map_err(|error| input.placed(error))
    };
    let results = prompts.into_iter().map(|input| input.and_then(plan)).collect();
    let (results, errors) = counted::part(results, settings);
    let fails = args.strict
        && !args.exit_zero
        && results.iter().any(|result: &PlanResult| result.verdict == Verdict::Fail);
    let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
    Answered { widgets, verdict, ..Answered::new(results, errors, warnings) }.finish(settings)
}

fn plan(
    input: &Input<'_>,
    args: &PlanArgs,
    sources: &CompletionSources<'_>,
    settings: &Settings,
) -> Result<PlanResult, Error> {
    let mut quote = Workload::new(input.model, settings.as_of)
        .counted(input.prompt.clone())
        .call(input.call(&args.call, settings))
        .completion(sources.of(input.model, input.effort(&args.call, settings)?)?)
        .quote()?;
    quote.assumptions.calls.extend(input.shared.iter().map(|share| share.sentence.clone()));
    let (as_of, curves) = (settings.as_of, settings.wants_curves());
    let name = input.model_name();
    let result = PlanResult::new(input.name(), name, quote, &args.account, as_of, curves)?;
    Ok(PlanResult { template: input.template(), ..result })
}
