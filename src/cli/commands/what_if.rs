//! What the page of a comparison carries to answer what-ifs.

use std::collections::BTreeMap;

use crate::catalog::{Counting, Effort, Model, Status, Tier};
use crate::cli::args::PromptArgs;
use crate::cli::input::counted::{self, Input};
use crate::cli::settings::Settings;
use crate::forecast::{
    CallEffort, Completion, ENOUGH_CALLS, Empirical, OwnCalls, Priors, Profile, Sample, TokenDist,
    WorkKind,
};
use crate::report::{
    Candidate, CountedPrompt, Format, Given, Job, Length, Measurements, ModelWork, Policy,
    Prediction, Question, RetiredModel, WhatIf, Widget,
};
use crate::units::{Tokens, grouped};
use crate::workload::{
    CallSpec, CompletionDist, CompletionSource, MeasuredProfile, SentEffort, Work, cap_policy,
    ending_warnings, refused,
};
use crate::{Error, ErrorKind};

/// Different observations of the user's own that a page can carry and stay below 500 KB.
const MOST_ROWS: usize = 4_000;
/// So many calls that single ones no longer matter for their mean.
const MANY: u64 = u64::MAX;

/// What the command asks.
pub(crate) struct Asked<'a> {
    pub(crate) prompt: &'a PromptArgs,
    pub(crate) call: &'a CallSpec,
    /// Whether the form answers beside a page that says something else, instead of changing the page.
    pub(crate) beside: bool,
}

/// What answers what-ifs about one input, from its prompts for the models of the command. `None` where a
/// page cannot hold what it would need.
pub(crate) fn widget(
    args: &Asked<'_>,
    prompts: &[&Input<'_>],
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> Result<Option<Widget>, Error> {
    if let Some(why) = not_on_a_page(args, prompts) {
        warnings.push(format!("{why}: what-ifs are left to the command line"));
        return Ok(None);
    }
    let chosen: Vec<&Model> = prompts.iter().map(|prompt| prompt.model).collect();
    let candidates = candidates(&chosen, settings);
    let mut given = Given::default();
    for name in brought(args.call) {
        for model in &candidates {
            let work = Work { kind: args.call.kind, effort: CallEffort::at(model, None) };
            let found = MeasuredProfile::named(&name, model, work, &settings.streams);
            if found.as_ref().is_ok_and(MeasuredProfile::is_small) {
                warnings.push(format!(
                    "the page does not forecast from as few calls as {name} has: what-ifs are left to the command line"
                ));
                return Ok(None);
            }
            let found = match &found {
                Ok(found) if !found.may_release() => Err(Error::new(
                    ErrorKind::Usage,
                    format!(
                        "`{name}` was measured on {}, not on {}: the command line answers for it",
                        found.about.model, model.id
                    ),
                )),
                Ok(found) => Ok(found),
                Err(error) => Err(error.clone()),
            };
            let found = found.map(|found| {
                let mean = found.completion().mean_of(model.limits.output_cap, MANY);
                (&found.about, &found.sample, policy(args.call, Some(found)), mean)
            });
            given.add(&name, &model.id, found);
        }
    }
    if given.size() > MOST_ROWS {
        warnings.push(format!(
            "the profile has {} different observations, more than a page can carry: what-ifs are left to the command line",
            grouped(given.size())
        ));
        return Ok(None);
    }
    let mut texts = Vec::new();
    let job = job(args, prompts, &candidates, settings, &mut texts);
    let mut tiers = vec![args.call.tier.unwrap_or_default(), Tier::Standard];
    tiers.extend(job.as_ref().and_then(|job| job.tier));
    tiers.sort_unstable();
    tiers.dedup();
    let priors = Priors::embedded()?;
    let mut works = Vec::new();
    let forecasts: Vec<usize> = candidates
        .iter()
        .map(|model| index_of(&mut works, work_of(model, priors, args.call.effort, &mut texts)))
        .collect();
    let declared = Completion::total(TokenDist::Constant(Tokens::ZERO)).mean_of(Tokens::ZERO, 1);
    let what_if = WhatIf {
        beside: args.beside,
        as_of: settings.as_of,
        ask: question(args, &chosen),
        tier: args.call.tier,
        effort: args.call.effort,
        cache_write: args.call.cache_write.map(|written| written.to_string()),
        policy: policy(args.call, None),
        flags: flags(args, settings),
        predictions: [true, false].map(|reasons| predictions(priors, reasons)),
        works,
        variances: [true, false].map(|reasons| priors.variances(reasons).into()),
        declared: (declared.z(0.95), ENOUGH_CALLS),
        models: candidates
            .iter()
            .zip(forecasts)
            .map(|(model, work)| {
                let alone = std::iter::once(*model);
                let ending = ending_warnings(&settings.catalog, alone, settings.as_of).pop();
                let gone = RetiredModel::of(&model.id, &settings.catalog, settings.as_of);
                let gone = gone.map(|retired| retired.to_string());
                let searches = args.call.searches.unwrap_or_default();
                Candidate::of(model, settings.as_of, (&tiers, searches), gone, ending, work)
            })
            .collect(),
        job,
        texts,
        profiles: builtin_profiles(),
        given,
    };
    what_if.widget().map(Some)
}

/// What a page does not forecast or price, where the command asks for it.
fn not_on_a_page(args: &Asked<'_>, prompts: &[&Input<'_>]) -> Option<&'static str> {
    let by_effort = |prompt: &Input<'_>| {
        let sent = &prompt.prompt.effort;
        prompt.effort.is_some()
            || sent.level.is_some() && args.call.effort.is_none()
            || sent.budget.is_some()
            || sent.reasons != SentEffort::usual(prompt.model).reasons
    };
    let has_profile = !brought(args.call).is_empty() || args.call.profile.is_some();
    let of_profile = args.call.effort.is_some() && has_profile;
    let bounded = args.call.thinking_budget.is_some();
    if bounded || of_profile || prompts.iter().any(|prompt| by_effort(prompt)) {
        return Some("the page forecasts by --effort, and not by other efforts or budgets");
    }
    let marked = prompts.iter().any(|prompt| !prompt.prompt.settings.cache_marks.is_empty());
    marked.then_some("the page does not price marks for the cache")
}

/// What answers what-ifs beside the page of another verb about one input.
pub(crate) fn beside(
    asked: &Asked<'_>,
    prompts: &[Result<Input<'_>, Error>],
    settings: &Settings,
) -> Result<Vec<Widget>, Error> {
    let prompts: Vec<&Input<'_>> = prompts.iter().flatten().collect();
    let is_one = prompts.windows(2).all(|pair| pair[0].name() == pair[1].name());
    if !settings.writes(Format::Html) || !is_one || prompts.is_empty() {
        return Ok(Vec::new());
    }
    // What a form cannot answer is no loss to a page that answers something else.
    Ok(widget(asked, &prompts, settings, &mut Vec::new())?.into_iter().collect())
}

/// The profiles of the program by their names.
fn builtin_profiles() -> BTreeMap<String, Measurements> {
    let profiles = Profile::builtin_names().filter_map(|name| {
        let profile = Profile::builtin(name)?;
        Some((name.to_owned(), Measurements::of(&profile, own_variance)))
    });
    profiles.collect()
}

/// No kind, and every kind.
fn kinds() -> impl Iterator<Item = Option<WorkKind>> {
    std::iter::once(None).chain(WorkKind::ALL.iter().copied().map(Some))
}

/// What is known of the completions of a model that was not measured.
fn predictions(priors: &Priors, reasons: bool) -> Vec<Prediction> {
    let effort = CallEffort { reasons, level: None, budget: None };
    kinds().map(|kind| Prediction::of(&priors.of_id("", kind, effort))).collect()
}

/// What is known of the completions of a model, at the effort of the command.
fn work_of(
    model: &Model,
    priors: &Priors,
    level: Option<Effort>,
    texts: &mut Vec<String>,
) -> ModelWork {
    let call = CallSpec { effort: level, ..CallSpec::default() };
    let resolved = SentEffort::usual(model).resolve(model, &call);
    let cannot = resolved.as_ref().err().map(|error| error.message().to_owned());
    let effort = resolved.unwrap_or_else(|_| CallEffort::at(model, None));
    let says = kinds().map(|kind| {
        let source = CompletionSource::by_work(model, priors, Work { kind, effort });
        // The text is the same for many models and kinds but for their names.
        let says = source.sentence(model).replace(&model.id, "{model}");
        let kind = kind.map(|kind| format!("kind {kind}"));
        index_of(texts, kind.map_or(says.clone(), |kind| says.replace(&kind, "kind {kind}")))
    });
    let says = says.collect();
    let usual = CallEffort { level: None, ..effort };
    let both = |kind| (priors.of(model, kind, effort), priors.of_id("", kind, usual));
    let mut longer: Vec<f64> =
        kinds().map(both).map(|(own, usual)| own.centre - usual.centre).collect();
    longer.dedup_by(|a, b| (*a - *b).abs() < 1e-12);
    if longer.len() > 1 {
        longer = kinds().map(both).map(|(own, usual)| own.centre - usual.centre).collect();
    }
    let (own, usual) = both(None);
    let odds =
        own.share.zip(usual.share).map_or(0.0, |(own, usual)| own.intercept - usual.intercept);
    ModelWork { reasons: effort.reasons, cannot, longer, odds, variance: own.model, says }
}

/// The index of a thing, which is added unless it is there.
fn index_of<T: PartialEq>(things: &mut Vec<T>, thing: T) -> usize {
    things.iter().position(|known| *known == thing).unwrap_or_else(|| {
        things.push(thing);
        things.len() - 1
    })
}

/// How well the mean of a sample is known by itself.
fn own_variance(sample: &Sample) -> f64 {
    let measured = Empirical::new(sample);
    let mean = measured.map(|measured| OwnCalls::mean_of(sample, &measured).variance);
    mean.unwrap_or_default()
}

/// The models of the command, then every other one that can be called on that date.
fn candidates<'a>(chosen: &[&'a Model], settings: &'a Settings) -> Vec<&'a Model> {
    let callable = |model: &&Model| {
        !chosen.contains(model)
            && !matches!(model.status_at(settings.as_of), Status::ShutDown(_))
            && model.price_at(settings.as_of).is_ok()
            && settings
                .catalog
                .resolve(&model.id, settings.as_of)
                .is_ok_and(|found| found == *model)
    };
    chosen.iter().copied().chain(settings.catalog.models().filter(callable)).collect()
}

fn question(args: &Asked<'_>, chosen: &[&Model]) -> Question {
    let call = args.call;
    let text = |dist: &Option<CompletionDist>| dist.as_ref().map(ToString::to_string);
    let length = match &call.profile {
        Some(profile) => Length::Profile { profile: profile.clone() },
        None if !call.declares_completion() => Length::Work { work: call.kind },
        None => Length::Declared {
            reasoning: text(&call.reasoning),
            visible: text(&call.visible),
            completion: text(&call.completion_tokens),
        },
    };
    Question {
        calls: call.volume().calls,
        period: call.volume().period,
        cap: call.max_completion_tokens,
        cached: call.cached.map(|cached| cached.to_string()),
        input_tokens: args.prompt.input_tokens,
        models: chosen.iter().map(|model| model.id.clone()).collect(),
        length,
    }
}

fn policy(call: &CallSpec, profile: Option<&MeasuredProfile>) -> Policy {
    let (policy, why) = cap_policy(call, profile);
    Policy { reserve: policy.reserve, risk: policy.risk.get(), released: policy.released, why }
}

/// The profiles that the arguments name and the program does not carry.
fn brought(call: &CallSpec) -> Vec<String> {
    let is_built_in = |name: &String| {
        let first = name.split(':').next().unwrap_or_default();
        Profile::builtin_names().any(|known| known == first)
    };
    let mut call = call.clone();
    let names = call.profiles().map(|name| name.clone());
    let mut names: Vec<String> = names.filter(|name| !is_built_in(name)).collect();
    names.dedup();
    names
}

/// The flags of the command that the form does not set, as words.
fn flags(args: &Asked<'_>, settings: &Settings) -> Vec<String> {
    let mut words = vec!["--as-of".to_owned(), settings.as_of.to_string()];
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([format!("--{name}"), value]);
        }
    };
    for file in &settings.catalog_files {
        flag("catalog", Some(file.display().to_string()));
    }
    flag("effort", args.call.effort.map(|effort| effort.to_string()));
    flag("tier", args.call.tier.map(|tier| tier.to_string()));
    flag("cache-write", args.call.cache_write.map(|written| written.to_string()));
    flag("searches", args.call.searches.map(|searches| searches.to_string()));
    flag("risk", args.call.risk.map(|risk| risk.get().to_string()));
    flag("reserve", args.call.reserve.map(|reserve| reserve.to_string()));
    words
}

/// The request, as every candidate counts it.
fn job(
    args: &Asked<'_>,
    prompts: &[&Input<'_>],
    candidates: &[&Model],
    settings: &Settings,
    texts: &mut Vec<String>,
) -> Option<Job> {
    let first = prompts.first()?;
    let place = first.location.as_ref()?;
    let name = place.to_string();
    let mut number = |text: &String| index_of(texts, text.clone());
    let mut counted = BTreeMap::new();
    let mut told = |prompt: &Input<'_>, model: &Model| {
        let told = CountedPrompt {
            tokens: prompt.prompt.tokens,
            notes: prompt.prompt.reasons().map(|reason| number(&reason)).collect(),
            cannot: refused(&prompt.prompt, model, settings.as_of)
                .map(|error| error.message().to_owned()),
        };
        counted.insert(model.id.clone(), told);
    };
    for prompt in prompts {
        told(prompt, prompt.model);
    }
    // The candidates begin with the models of the command.
    let others = &candidates[prompts.len()..];
    let again = count_again(args.prompt, &name, others, settings);
    for model in others {
        let like = |prompt: &&Input<'_>| prompt.model.counting == model.counting;
        if let Some(prompt) = again.iter().find(like) {
            told(prompt, model);
        }
    }
    let note = match (name.as_str(), place.line()) {
        ("-", _) => Some("with the same text on standard input".to_owned()),
        (_, line) => line.map(|line| format!("for line {line}, the only request in it")),
    };
    let mut words = vec![place.source().to_owned()];
    if let Some(shape) = args.prompt.input.shape {
        words.extend(["--as".to_owned(), shape.to_string()]);
    }
    if args.prompt.input.lossy {
        words.push("--lossy".to_owned());
    }
    Some(Job {
        words,
        name,
        note,
        cap: first.prompt.settings.cap,
        choices: first.prompt.settings.choices,
        tier: first.prompt.settings.tier,
        prompts: counted,
    })
}

/// Counts an input for models that the command does not name, once for each way of counting. What
/// cannot be read twice, or does not come out, has no count for them.
fn count_again<'a>(
    args: &PromptArgs,
    input: &str,
    models: &[&Model],
    settings: &'a Settings,
) -> Vec<Input<'a>> {
    let mut ways: Vec<&Counting> = Vec::new();
    let mut names = Vec::new();
    for model in models {
        if !ways.contains(&&model.counting) {
            ways.push(&model.counting);
            names.push(model.id.clone());
        }
    }
    if input == "-" || names.is_empty() {
        return Vec::new();
    }
    let mut args = args.clone();
    args.input.model = names;
    let counted = counted::prompts_for_any_model(&args, settings, &mut Vec::new());
    counted.into_iter().flatten().filter(|prompt| prompt.name().as_deref() == Some(input)).collect()
}
