//! `outlay compare`

use clap::Args;

use crate::Error;
use crate::cli::args::PromptArgs;
use crate::cli::commands::what_if::{self, Asked};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted::{self, Input};
use crate::cli::input::played::Played;
use crate::cli::input::profiles::ProfilesOnDisk;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::forecast::Offer;
use crate::report::{CompareResult, Format, Priced};
use crate::workload::{
    CallSpec, CapRule, CompletionSources, ConversationSpec, Workload, ending_warnings, refused,
    shut_down,
};

/// The pair that is compared by default.
const DEFAULT_PAIR: [&str; 2] = ["o1-mini", "o1-preview"];

/// Compare models: cost per call and per usable answer, risks, break-evens, benchmarks
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay compare prompt.md
  outlay compare prompt.md -m o1-mini -m o1-preview -m gpt-4o --calls 20k/month
  outlay compare --input-tokens 1000 --completion-tokens 2000
  outlay compare scenario.toml                        conversations, from `outlay init --scenario`
  outlay compare --turns 12 --user 50..400            the same from flags")]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    prompt: PromptArgs,
    #[command(flatten, next_help_heading = "The call")]
    call: CallSpec,
    #[command(flatten, next_help_heading = "The conversation")]
    conversation: ConversationSpec,
}

pub(crate) fn run(args: &CompareArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let mut widget = None;
    let (results, errors) = match args.prompt.input.inputs.as_slice() {
        [scenario] if Played::is_scenario(scenario) => {
            conversations(args, Some(scenario), settings, &mut warnings)?
        }
        [] if args.conversation.turns.is_some() => {
            conversations(args, None, settings, &mut warnings)?
        }
        _ => {
            let (prompts, errors) = prompts(args, settings, &mut warnings);
            // A page answers what-ifs about one input.
            let is_one = prompts.windows(2).all(|pair| pair[0].name() == pair[1].name());
            if settings.writes(Format::Html) && is_one && !prompts.is_empty() {
                widget = what_if::widget(
                    &Asked { prompt: &args.prompt, call: &args.call },
                    &prompts,
                    settings,
                    &mut warnings,
                )?;
            }
            (calls(args, &prompts, settings), errors)
        }
    };
    let widgets = widget.into_iter().collect();
    Answered { widgets, ..Answered::new(results, errors, warnings) }.finish(settings)
}

fn pair(names: &[String]) -> Vec<String> {
    if names.is_empty() { DEFAULT_PAIR.map(str::to_owned).to_vec() } else { names.to_vec() }
}

/// Every input, counted for every model.
fn prompts<'a>(
    args: &CompareArgs,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> (Vec<Input<'a>>, Vec<Error>) {
    let mut prompt_args = args.prompt.clone();
    prompt_args.input.model = pair(&args.prompt.input.model);
    let prompts = counted::prompts_for_any_model(&prompt_args, settings, warnings);
    let (prompts, errors) = counted::part(prompts, settings);
    let models = prompts.iter().map(|input| input.model);
    warnings.extend(ending_warnings(&settings.catalog, models, settings.as_of));
    (prompts, errors)
}

/// Every prompt as a call.
fn calls(args: &CompareArgs, inputs: &[Input<'_>], settings: &Settings) -> Vec<CompareResult> {
    let sources = CompletionSources::new(&args.call, &ProfilesOnDisk);
    let mut results: Vec<CompareResult> = Vec::new();
    // The first model that can do the job of an input is what the others are measured by.
    let mut first: Option<(Option<String>, Offer<'_>)> = None;
    for input in inputs {
        if first.as_ref().is_some_and(|(name, _)| *name != input.name()) {
            first = None;
        }
        let mut result = CompareResult::of(input.name(), "call", input.model, args.call.volume());
        let offer = first.as_ref().map(|(_, offer)| offer);
        match price(input, args, &sources, offer, settings) {
            Err(why) => result.cannot = Some(why),
            Ok((priced, offer, assumptions)) => {
                first.get_or_insert((input.name(), offer));
                result.offer = Some(priced);
                result.assumptions = assumptions;
            }
        }
        results.push(result);
    }
    results
}

/// Prices a call and compares it with the first offer, or says why the model cannot do the job.
fn price<'a>(
    input: &Input<'a>,
    args: &CompareArgs,
    sources: &CompletionSources<'_>,
    first: Option<&Offer<'a>>,
    settings: &'a Settings,
) -> Result<(Priced, Offer<'a>, Vec<String>), String> {
    if let Some(why) = shut_down(&settings.catalog, input.model, settings.as_of) {
        return Err(why);
    }
    let priced = || {
        if let Some(refusal) = refused(&input.prompt, input.model, settings.as_of) {
            return Err(refusal);
        }
        let quote = Workload::new(input.model, settings.as_of)
            .counted(input.prompt.clone())
            .call(args.call.clone())
            .completion(sources.of(input.model)?)
            .cap(CapRule::SentOrRecommended)
            .quote()?;
        let (priced, offer) = Priced::of_call(&quote, first)?;
        Ok((priced, offer, quote.assumptions.into_vec()))
    };
    priced().map_err(|error: Error| error.message().to_owned())
}

/// A conversation with every model, on the same draws.
fn conversations(
    args: &CompareArgs,
    scenario: Option<&str>,
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> Result<(Vec<CompareResult>, Vec<Error>), Error> {
    let mut played = Played::of(&args.call, &args.conversation, &args.prompt.input.model);
    if let Some(scenario) = scenario {
        played = played.read(scenario)?;
    }
    let mut names = played.call.model.clone();
    // A scenario with one model is compared with the other of the pair.
    if names.len() < 2 {
        let others = DEFAULT_PAIR.iter().map(|name| (*name).to_owned());
        names.extend(others.filter(|name| !played.call.model.contains(name)));
    }
    let models = counted::models_or_default(&names, settings, warnings);
    let (models, errors) = counted::part(models, settings);
    let alive = models.iter().copied();
    warnings.extend(ending_warnings(&settings.catalog, alive, settings.as_of));
    let mut results: Vec<CompareResult> = Vec::new();
    // The mean cost of the first that can do it, and of a usable one.
    let mut first = None;
    for model in models {
        let volume = played.call.volume();
        let mut result =
            CompareResult::of(scenario.map(ToOwned::to_owned), "conversation", model, volume);
        result.cannot = shut_down(&settings.catalog, model, settings.as_of);
        if result.cannot.is_none() {
            match played.quote(model, settings, &mut Vec::new()) {
                Err(error) => result.cannot = Some(error.message().to_owned()),
                Ok(quote) => {
                    let (priced, own) = Priced::of_conversation(model, &quote, volume, first);
                    first.get_or_insert(own);
                    result.offer = Some(priced);
                    result.assumptions = quote.assumptions;
                }
            }
        }
        results.push(result);
    }
    Ok((results, errors))
}
