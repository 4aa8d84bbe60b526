//! `outlay estimate`

use clap::Args;

use crate::Error;
use crate::cli::args::PromptArgs;
use crate::cli::commands::answers::Answering;
use crate::cli::commands::what_if::Asked;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted::{self, Input};
use crate::cli::output::{self, Answered};
use crate::cli::rows::RowOutput;
use crate::cli::settings::Settings;
use crate::report::{EstimateResult, EstimateSum};
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
    let call = args.call.clone().over(&settings.call);
    let sources = CompletionSources::new(&call, &settings.streams);
    let answering = Answering {
        asked: Asked { prompt: &args.prompt, call: &call, beside: true },
        calls: args.call.calls,
        what: "priced",
        has_form: true,
        unless_one: None,
    };
    // Costs for several models are alternatives, which have no sum.
    let has_sum = args.prompt.input.model.len() <= 1;
    // Of many calls the dearest call is not always that of the dearest input.
    let is_whole = !has_sum || call.calls.is_some();
    let mut output = RowOutput::begin(settings, is_whole)?;
    let (forms, mut sum, mut errors) = (output.forms(), EstimateSum::default(), Vec::new());
    let price = |input: Input<'_>| {
        let result = estimate(input, args, &sources, settings)?;
        Ok(forms.write(result))
    };
    let widgets = answering.each(settings, &mut warnings, price, |answer| match answer {
        Ok(priced) => {
            sum.add(&priced.row);
            output.push(priced);
        }
        Err(error) => errors.push(error),
    })?;
    if output.is_empty() {
        counted::nothing_found(&mut errors);
    }
    output::problems(&errors, settings);
    let total = has_sum.then(|| sum.finish());
    output.finish(Answered { total, widgets, ..Answered::new(Vec::new(), errors, warnings) })
}

fn estimate(
    input: Input<'_>,
    args: &EstimateArgs,
    sources: &CompletionSources<'_>,
    settings: &Settings,
) -> Result<EstimateResult, Error> {
    let (name, template, model_name) = (input.name(), input.template(), input.model_name());
    let call = input.call(&args.call, settings);
    let source = sources.of(input.model, input.effort(&args.call, settings)?)?;
    let mut quote = Workload::new(input.model, settings.as_of)
        .counted(input.prompt)
        .call(call)
        .completion(source)
        .cap(CapRule::SentOrRoom)
        .quote()?;
    quote.assumptions.calls.extend(input.shared.map(|share| share.sentence));
    Ok(EstimateResult { template, ..EstimateResult::new(name, model_name, quote)? })
}
