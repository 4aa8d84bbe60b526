//! `outlay plan`

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::cli::args::PromptArgs;
use crate::cli::commands::answers::Answering;
use crate::cli::commands::what_if::Asked;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted::{self, Input};
use crate::cli::input::location::Location;
use crate::cli::output::{self, Answered};
use crate::cli::rows::RowOutput;
use crate::cli::settings::Settings;
use crate::gate::Verdict;
use crate::report::{FitAdvice, Format, PlanDetail, PlanResult, PlanTotal};
use crate::request::{FileHint, read};
use crate::units::Tokens;
use crate::workload::{
    AccountSpec, CallSpec, CompletionSources, Fitted, Outlook, OutlookOf, Past, Quote, Workload,
};
use crate::{Error, ErrorKind};

/// Recommend a max_completion_tokens: what fits after a prompt, at which risk and cost
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay plan prompt.md
  outlay plan request.json --reasoning p50=4288,p95=11072 --visible 200..1200 --risk 1%
  outlay plan prompt.md -m o1-mini -m o1-preview          models side by side
  outlay plan prompt.md --max-completion-tokens 4096      judge a cap that you already send
  outlay plan --input-tokens 110k --strict                exit with 1 unless the plan is ok
  outlay plan prompt.md --calls 10k --usage-tier 1        how long the calls take
  outlay plan chat.json --write-fitted shorter.json       the request without its oldest messages")]
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
    /// Write the request without the oldest messages, so that the reserve fits, to this new file
    #[arg(long, value_name = "FILE", help_heading = "The cap")]
    write_fitted: Option<PathBuf>,
}

const WITHOUT_LIMITS: &str = "the page does not forecast by limits of tokens a minute: what-ifs are left to the command line";

pub(crate) fn run(args: &PlanArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    if let Some(path) = &args.write_fitted {
        // Existing files, and with them the input under whatever name, are never written over.
        output::refuse_existing(path).map_err(|error| {
            error.hint("--write-fitted writes a new file: name one that is not there")
        })?;
    }
    let mut warnings = Vec::new();
    let call = args.call.clone().over(&settings.call);
    let sources = CompletionSources::new(&call, &settings.streams);
    // The form recommends caps that a minute may not admit.
    let has_form = !args.account.limits_tokens();
    let unless_one = args.write_fitted.as_ref().map(|_| {
        Error::new(ErrorKind::Usage, "--write-fitted writes one request for one model")
            .hint("name one file with one request, and one model")
    });
    let answering = Answering {
        asked: Asked { prompt: &args.prompt, call: &call, beside: true },
        calls: args.call.calls,
        what: "planned",
        has_form,
        unless_one,
    };
    let mut output = RowOutput::begin(settings, false)?;
    let (forms, mut total, mut errors) = (output.forms(), PlanTotal::default(), Vec::new());
    let wanted = PlanDetail { curves: settings.wants_curves(), tiers: output.wants_all() };
    let plan = |input: Input<'_>| Ok(forms.write(plan(input, args, &sources, (settings, wanted))?));
    let widgets = answering.each(settings, &mut warnings, plan, |answer| match answer {
        Ok(planned) => {
            total.add(&planned.row);
            output.push(planned);
        }
        Err(error) => errors.push(error),
    })?;
    if output.is_empty() {
        counted::nothing_found(&mut errors);
    }
    output::problems(&errors, settings);
    let lacks_form = !has_form && settings.writes(Format::Html);
    warnings.extend(lacks_form.then(|| WITHOUT_LIMITS.to_owned()));
    let fails = args.strict && !args.exit_zero && total.failing() > 0;
    let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
    let total = Some(total);
    let beside = Answered::new(Vec::new(), errors, warnings);
    output.finish(Answered { total, widgets, verdict, ..beside })
}

fn plan(
    input: Input<'_>,
    args: &PlanArgs,
    sources: &CompletionSources<'_>,
    (settings, wanted): (&Settings, PlanDetail),
) -> Result<PlanResult, Error> {
    let minute = args.account.minute_limits(input.model, settings.as_of)?;
    let (name, template, model_name) = (input.name(), input.template(), input.model_name());
    let call = input.call(&args.call, settings);
    let source = sources.of(input.model, input.effort(&args.call, settings)?)?;
    let mut quote = Workload::new(input.model, settings.as_of)
        .counted(input.prompt)
        .call(call.clone())
        .tokens_per_minute(minute.and_then(|(limits, _)| limits.tpm))
        .completion(source)
        .quote()?;
    quote.assumptions.calls.extend(input.shared.map(|share| share.sentence));
    let too_long = quote.plan.cut.is_some() || args.write_fitted.is_some();
    let location = input.location.as_ref();
    let fit = if too_long { fit((location, &call), args, &quote, settings)? } else { None };
    let result = PlanResult::new(name, model_name, quote, &args.account, settings.as_of, wanted)?;
    Ok(PlanResult { fit, template, ..result })
}

/// Which messages to leave out of a request that is too long, and what else could be done; `None` for an input
/// that is no conversation.
fn fit(
    (location, call): (Option<&Location>, &CallSpec),
    args: &PlanArgs,
    quote: &Quote<'_>,
    settings: &Settings,
) -> Result<Option<FitAdvice>, Error> {
    let location = location.filter(|location| location.line().is_none());
    let file = location.filter(|location| location.template().is_none());
    let text = file.map(|location| counted::text_of(location, settings)).transpose()?;
    let skip = args.prompt.input.skip_uncountable;
    let cap = quote.sent.as_ref().map(|sent| sent.cap);
    let least = quote.plan.reserve.unwrap_or_default().max(Tokens::new(1));
    let wanted = cap.map_or(least, |cap| cap.max(least));
    let fitted =
        text.as_deref().map(|text| Fitted::of(text, quote.model, wanted, skip)).transpose();
    let (fitted, mut found) = match fitted {
        Ok(None | Some(None)) if args.write_fitted.is_none() => return Ok(None),
        Ok(None | Some(None)) => {
            let error = Error::new(ErrorKind::Usage, "the input is no list of messages");
            return Err(error.hint("--write-fitted shortens one request with messages, in JSON"));
        }
        Err(error) if args.write_fitted.is_some() => return Err(error),
        Err(error) => {
            let refused = Some(error.message().to_owned());
            (None, FitAdvice { refused, ..FitAdvice::default() })
        }
        Ok(Some(Some(fitted))) => {
            let found = FitAdvice::of(&fitted);
            (Some(fitted), found)
        }
    };
    if let (Some(path), Some(fitted)) = (&args.write_fitted, &fitted) {
        output::write_text(path, &fitted.text, false)?;
        found.written = Some(path.display().to_string());
    }
    found.outlook = text.as_deref().and_then(|text| outlook(text, call, quote, settings));
    Ok(Some(found))
}

/// What ways of going on with a conversation cost; nothing where they cannot be priced.
fn outlook(text: &str, call: &CallSpec, quote: &Quote<'_>, settings: &Settings) -> Option<Outlook> {
    let request =
        read(text, FileHint::Nothing, None).ok()?.entries.into_iter().next()?.request.ok()?;
    let past = Past::of(&request, quote.model).ok()?;
    let (model, as_of) = (quote.model, settings.as_of);
    let source = Arc::clone(&quote.source);
    Outlook::of(&OutlookOf { model, as_of, call, source, past: &past }).ok()
}
