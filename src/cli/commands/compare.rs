//! `outlay compare`

use clap::Args;

use crate::Error;
use crate::catalog::{Fidelity, Model};
use crate::cli::args::CapArgs;
use crate::cli::args::conversation::ConversationArgs;
use crate::cli::args::{CallArgs, PromptArgs};
use crate::cli::commands::eligibility::{cannot, ending, shut_down};
use crate::cli::commands::plan::seconds;
use crate::cli::commands::simulate::Play;
use crate::cli::commands::what_if::{self, Asked};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted::{self, Prompt};
use crate::cli::input::workload::Workload;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::forecast::{Offer, Range, estimate, per_usable, plan};
use crate::logs::Usage;
use crate::report::{CompareResult, Format, PriceRef, Priced};
use crate::units::{Money, Probability, Tokens};

/// The pair that is compared when nobody names models.
const DEFAULT_PAIR: [&str; 2] = ["o1-mini", "o1-preview"];

/// Put models side by side: cost per call and per usable answer, risks, break-evens, benchmarks
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
    call: CallArgs,
    #[command(flatten, next_help_heading = "The cap")]
    cap: CapArgs,
    #[command(flatten, next_help_heading = "The conversation")]
    conversation: ConversationArgs,
}

pub(crate) fn run(args: &CompareArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let mut widget = None;
    let (results, errors) = match args.prompt.input.inputs.as_slice() {
        [scenario] if Play::is_scenario(scenario) => {
            conversations(args, Some(scenario), settings, &mut warnings)?
        }
        [] if args.conversation.turns.is_some() => {
            conversations(args, None, settings, &mut warnings)?
        }
        _ => {
            let (prompts, errors) = prompts(args, settings, &mut warnings);
            // A page answers what-ifs about one input.
            let is_one = prompts.windows(2).all(|pair| pair[0].input() == pair[1].input());
            if settings.writes(Format::Html) && is_one && !prompts.is_empty() {
                widget = what_if::widget(
                    &Asked { prompt: &args.prompt, call: &args.call, cap: &args.cap },
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
) -> (Vec<Prompt<'a>>, Vec<Error>) {
    let mut prompt_args = args.prompt.clone();
    prompt_args.input.model = pair(&args.prompt.input.model);
    let prompts = counted::prompts_for_any_model(&prompt_args, settings, warnings);
    let (prompts, errors) = counted::part(prompts, settings);
    warnings.extend(ending(prompts.iter().map(|prompt| prompt.model), settings));
    (prompts, errors)
}

/// Every prompt as a call.
fn calls(args: &CompareArgs, prompts: &[Prompt<'_>], settings: &Settings) -> Vec<CompareResult> {
    let mut results: Vec<CompareResult> = Vec::new();
    // The first model that can do the job of an input is what the others are measured by.
    let mut first: Option<(Option<String>, Offer<'_>)> = None;
    for prompt in prompts {
        let input = prompt.input();
        if first.as_ref().is_some_and(|(of, _)| *of != input) {
            first = None;
        }
        let mut result = CompareResult {
            input: input.clone(),
            model: prompt.model.id.clone(),
            unit: "call",
            cannot: None,
            offer: None,
            calls: args.call.volume().calls,
            period: args.call.volume().period,
            benchmarks: prompt.model.benchmarks.clone(),
            assumptions: Vec::new(),
        };
        let able = cannot(prompt, settings).map_or(Ok(()), Err);
        match able
            .and_then(|()| price(prompt, args, first.as_ref().map(|(_, offer)| offer), settings))
        {
            Err(error) => result.cannot = Some(error.message().to_owned()),
            Ok((priced, offer, assumptions)) => {
                first.get_or_insert((input, offer));
                result.offer = Some(priced);
                result.assumptions = assumptions;
            }
        }
        results.push(result);
    }
    results
}

/// Prices a call, and compares it with the first offer.
fn price<'a>(
    prompt: &'a Prompt<'_>,
    args: &CompareArgs,
    first: Option<&Offer<'a>>,
    settings: &'a Settings,
) -> Result<(Priced, Offer<'a>, Vec<String>), Error> {
    let model = prompt.model;
    let workload = Workload::new(prompt, &args.call, settings)?;
    let law = workload.completion();
    let mut assumptions = workload.assumptions.clone();
    let policy = args.cap.policy(workload.profile(), &mut assumptions);
    let plan = plan(model, prompt.tokens, &policy, law);
    let cap = args.call.max_completion_tokens.or(prompt.cap).or(plan.recommended);
    let answer = estimate(&workload.call(cap))?;
    let limit = cap.unwrap_or(plan.room);
    let risk = law.map(|law| law.length_risk(limit));
    let completion = answer.completion.expected.unwrap_or(answer.completion.worst_case);
    let offer = Offer {
        rates: model.rates(workload.price, workload.tier, prompt.tokens)?,
        prompt: Usage::new(prompt.tokens, Tokens::ZERO).with_cached(workload.cached)?,
        completion,
        length_risk: risk.unwrap_or(Probability::clamped(0.0)),
    };
    let reference = first.unwrap_or(&offer);
    let against = |cost: Money| ratio(cost, reference.cost());
    let priced = Priced {
        fidelity: prompt.fidelity,
        prompt_tokens: prompt.tokens,
        max_completion_tokens: cap,
        completion_tokens: Some(answer.completion),
        prompt_cost_usd: Some(offer.cost_with(Tokens::ZERO)),
        cost_usd: answer.cost,
        cost_per_usable_usd: law.and_then(|_| offer.per_usable()),
        length_risk: risk,
        empty_risk: law.filter(|_| model.reasoning).and_then(|law| law.empty_risk(limit)),
        seconds: seconds(model, &answer),
        calls_cost_usd: answer.all_calls.expected.unwrap_or(answer.all_calls.worst_case),
        ratio_to_first: against(offer.cost()),
        ratio_at_equal_tokens: against(offer.cost_with(reference.completion)),
        break_even_tokens: first.and_then(|first| offer.break_even_tokens(first)),
        break_even_success: law.and(first).and_then(|first| offer.break_even_success(first)),
        profile: workload.profile().map(|source| source.profile.clone()),
        price: PriceRef::from(workload.price),
    };
    Ok((priced, offer, assumptions))
}

fn ratio(a: Money, b: Money) -> Option<f64> {
    (b > Money::ZERO).then(|| a.as_f64() / b.as_f64())
}

/// A conversation with every model, on the same draws.
fn conversations(
    args: &CompareArgs,
    scenario: Option<&str>,
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> Result<(Vec<CompareResult>, Vec<Error>), Error> {
    let mut play = Play::new(args.conversation.clone(), args.call.clone(), args.cap.clone());
    let mut names = args.prompt.input.model.clone();
    if let Some(scenario) = scenario {
        play.read(scenario, &mut names)?;
    }
    // A scenario with one model is compared with the other of the pair.
    if names.len() < 2 {
        names.extend(
            DEFAULT_PAIR
                .iter()
                .filter(|name| !names.contains(&(**name).to_owned()))
                .map(|n| (*n).to_owned())
                .collect::<Vec<_>>(),
        );
    }
    let models = counted::models_or_default(&names, settings, warnings);
    let (models, errors) = counted::part(models, settings);
    warnings.extend(ending(models.iter().copied(), settings));
    let mut results: Vec<CompareResult> = Vec::new();
    // The mean cost of the first that can do it, and of a usable one.
    let mut first = None;
    for model in models {
        results.push(conversation(&play, model, scenario, &mut first, settings));
    }
    Ok((results, errors))
}

fn conversation(
    play: &Play,
    model: &Model,
    scenario: Option<&str>,
    first: &mut Option<(Money, Option<Money>)>,
    settings: &Settings,
) -> CompareResult {
    let volume = play.volume();
    let mut result = CompareResult {
        input: scenario.map(ToOwned::to_owned),
        model: model.id.clone(),
        unit: "conversation",
        cannot: shut_down(model, settings),
        offer: None,
        calls: volume.calls,
        period: volume.period,
        benchmarks: model.benchmarks.clone(),
        assumptions: Vec::new(),
    };
    if result.cannot.is_some() {
        return result;
    }
    match play.simulate(model, None, settings, &mut Vec::new()) {
        Err(error) => result.cannot = Some(error.message().to_owned()),
        Ok(played) => {
            let total = played.total_cost_usd;
            let usable = per_usable(total.mean, played.unusable);
            let reference = first.map(|(_, usable)| usable);
            let (first_mean, _) = *first.get_or_insert((total.mean, usable));
            result.offer = Some(Priced {
                fidelity: Fidelity::Declared,
                prompt_tokens: played
                    .turns
                    .last()
                    .map_or(Tokens::ZERO, |turn| turn.prompt_tokens.p50),
                max_completion_tokens: None,
                completion_tokens: None,
                prompt_cost_usd: None,
                cost_usd: Range {
                    expected: Some(total.mean),
                    p5: Some(total.p5),
                    p95: Some(total.p95),
                    worst_case: played.most_expensive_usd,
                },
                cost_per_usable_usd: usable,
                length_risk: Some(played.truncated),
                empty_risk: Some(played.empty).filter(|_| model.reasoning),
                seconds: None,
                calls_cost_usd: played.calls_cost_usd,
                ratio_to_first: ratio(total.mean, first_mean),
                ratio_at_equal_tokens: None,
                break_even_tokens: None,
                break_even_success: reference
                    .flatten()
                    .and_then(|usable| ratio(total.mean, usable))
                    .filter(|share| *share <= 1.0)
                    .map(Probability::clamped),
                profile: played.profile,
                price: played.price,
            });
            result.assumptions = played.assumptions;
        }
    }
    result
}
