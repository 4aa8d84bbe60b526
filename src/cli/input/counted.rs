//! The inputs of a verb, read and counted: one [`Prompt`] per request and model.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::catalog::{Feature, Fidelity, Model, Status, Tier};
use crate::cli::args::{InputArgs, PromptArgs};
use crate::cli::input::discover::{self, Source};
use crate::cli::input::location::Place;
use crate::cli::input::read::{Content, ReadingPlan};
use crate::cli::output;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::request::{
    Entry, PartCount, PartPieces, PromptCount, Request, prompt_pieces, prompt_tokens, read,
    text_prompt_tokens,
};
use crate::tokenizer::{Encoding, Engine};
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// The model of requests that name none, when the user names none either.
pub(crate) const DEFAULT_MODEL: &str = "o1-mini";

/// A request, counted for a model.
pub(crate) struct Counted<'a> {
    pub(crate) place: Place,
    pub(crate) model: &'a Model,
    pub(crate) count: PromptCount,
    /// The pieces of its contents, where they were asked for.
    pub(crate) pieces: Vec<PartPieces>,
    /// What kept the request from being counted, where that was asked to be no error.
    uncountable: Option<Error>,
    /// The features that a model must have to take it.
    needs: Vec<Feature>,
    /// The cap that the request sends.
    pub(crate) cap: Option<Tokens>,
    /// How many answers it asks for.
    pub(crate) choices: u64,
    /// The tier that it asks for.
    pub(crate) tier: Option<Tier>,
}

/// What a call is planned from: a counted request, or a declared number of tokens.
pub(crate) struct Prompt<'a> {
    pub(crate) place: Option<Place>,
    pub(crate) model: &'a Model,
    pub(crate) tokens: Tokens,
    pub(crate) fidelity: Fidelity,
    /// Why the count is an estimate.
    pub(crate) assumptions: Vec<String>,
    pub(crate) cap: Option<Tokens>,
    pub(crate) choices: u64,
    pub(crate) tier: Option<Tier>,
    /// What kept the request from being counted.
    pub(crate) uncountable: Option<Error>,
    /// The features that a model must have to take it.
    pub(crate) needs: Vec<Feature>,
    /// The largest of several parts.
    pub(crate) largest_part: Option<PartCount>,
}

impl Prompt<'_> {
    /// The input's name in a result.
    pub(crate) fn input(&self) -> Option<String> {
        self.place.as_ref().map(ToString::to_string)
    }

    /// Says of an error that it is about this prompt.
    pub(crate) fn placed(&self, error: Error) -> Error {
        match &self.place {
            Some(place) => place.of(error),
            None => error,
        }
    }
}

impl<'a> From<Counted<'a>> for Prompt<'a> {
    fn from(counted: Counted<'a>) -> Self {
        Self {
            largest_part: Some(&counted.count.parts)
                .filter(|parts| parts.len() > 1)
                .and_then(|parts| parts.iter().max_by_key(|part| part.tokens))
                .cloned(),
            uncountable: counted.uncountable,
            needs: counted.needs,
            tokens: counted.count.prompt_tokens(),
            fidelity: counted.count.fidelity,
            assumptions: counted
                .count
                .reasons
                .into_iter()
                .map(|reason| format!("the prompt is an estimate: {reason}"))
                .collect(),
            place: Some(counted.place),
            model: counted.model,
            cap: counted.cap,
            choices: counted.choices,
            tier: counted.tier,
        }
    }
}

/// Reads and counts every input for every model, in order; an error stands in the place of what
/// could not be counted.
pub(crate) fn count<'a>(
    args: &InputArgs,
    settings: &'a Settings,
    asked: Asked,
    warnings: &mut Vec<String>,
) -> Vec<Result<Counted<'a>, Error>> {
    if let Err(error) = args.engine.map_or(Ok(()), Engine::choose) {
        return vec![Err(error)];
    }
    let models = models(&args.model, settings, warnings);
    let known: Vec<_> = models.iter().flatten().copied().collect();
    let plan = reading_plan(args, &known, settings, asked);
    let readings = each(discover::sources(&args.inputs), |source| {
        vec![source.and_then(|source| reading(&source, &plan))]
    });

    let mut jobs = Vec::new();
    for reading in readings {
        match reading {
            Ok(reading) => {
                if let Some(how) = reading.how {
                    output::verbose(settings, &how);
                }
                warnings.extend(reading.warning);
                jobs.extend(reading.jobs.into_iter().map(Ok));
            }
            Err(error) => jobs.push(Err(error)),
        }
    }
    let progress = Progress::new(jobs.len(), "counted", settings);
    let unknown = models.iter().filter_map(|model| model.as_ref().err().cloned().map(Err));
    if known.is_empty() && !models.is_empty() {
        return unknown.collect();
    }
    let counted = each(jobs, |job| {
        let counted = match job {
            Ok(job) => job.count(&known, settings, asked),
            Err(error) => vec![Err(error)],
        };
        progress.step();
        counted
    });
    unknown.chain(counted).collect()
}

/// What each item comes to, in order. Threads are not started for a single one.
fn each<T: Send, U: Send>(items: Vec<T>, answer: impl Fn(T) -> Vec<U> + Send + Sync) -> Vec<U> {
    if items.len() == 1 {
        return items.into_iter().flat_map(answer).collect();
    }
    items.into_par_iter().flat_map_iter(answer).collect()
}

/// What a verb asks of the counts.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Asked {
    /// What becomes of a request that holds something uncountable.
    pub(crate) uncountable: Uncountable,
    /// Whether the pieces of contents are shown.
    pub(crate) show_tokens: bool,
}

/// What becomes of a request that holds something uncountable.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uncountable {
    /// It has no answer.
    #[default]
    Refused,
    /// It stays, and says so.
    Kept,
}

/// The prompts of `--input-tokens`, or of the inputs.
pub(crate) fn prompts<'a>(
    args: &PromptArgs,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Vec<Result<Prompt<'a>, Error>> {
    let prompts = counted_or_declared(args, settings, Uncountable::Refused, warnings);
    let used = prompts.iter().flatten().map(|prompt| prompt.model);
    warnings.extend(lifecycle_warnings(used, settings));
    prompts
}

/// The same for a reader who decides himself what a model that is gone or refuses images is worth.
pub(crate) fn prompts_for_any_model<'a>(
    args: &PromptArgs,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Vec<Result<Prompt<'a>, Error>> {
    counted_or_declared(args, settings, Uncountable::Kept, warnings)
}

fn counted_or_declared<'a>(
    args: &PromptArgs,
    settings: &'a Settings,
    uncountable: Uncountable,
    warnings: &mut Vec<String>,
) -> Vec<Result<Prompt<'a>, Error>> {
    match args.input_tokens {
        None => {
            let asked = Asked { uncountable, ..Asked::default() };
            let counted = count(&args.input, settings, asked, warnings);
            counted.into_iter().map(|result| result.map(Prompt::from)).collect()
        }
        Some(tokens) => {
            let models = models_or_default(&args.input.model, settings, warnings);
            let declared = |model| Prompt {
                place: None,
                model,
                tokens,
                fidelity: Fidelity::Declared,
                assumptions: Vec::new(),
                cap: None,
                choices: 1,
                tier: None,
                uncountable: None,
                needs: Vec::new(),
                largest_part: None,
            };
            models.into_iter().map(|model| model.map(declared)).collect()
        }
    }
}

/// The models that the user names, or the default one.
pub(crate) fn models_or_default<'a>(
    names: &[String],
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Vec<Result<&'a Model, Error>> {
    if names.is_empty() {
        return vec![settings.catalog.resolve(DEFAULT_MODEL, settings.as_of)];
    }
    models(names, settings, warnings)
}

/// The models that the user names, each once.
fn models<'a>(
    names: &[String],
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Vec<Result<&'a Model, Error>> {
    let mut models: Vec<Result<&Model, Error>> = Vec::new();
    for name in names {
        let model = settings.catalog.resolve(name, settings.as_of);
        if let Ok(model) = &model
            && settings.catalog.get(name).is_some_and(|named| named.id != model.id)
        {
            warnings.push(format!("on {} `{name}` meant `{}`", settings.as_of, model.id));
        }
        if !models.contains(&model) {
            models.push(model);
        }
    }
    models
}

/// A text, read, before anything is counted.
struct Reading {
    /// How it was taken, for `--verbose`.
    how: Option<String>,
    warning: Option<String>,
    jobs: Vec<Job>,
}

/// A request to count, or why there is none.
struct Job {
    place: Place,
    request: Result<Request, Error>,
    /// The tokens of its only content in each encoding, when they were counted while it was read.
    counted: Vec<(Encoding, Tokens)>,
    /// Whether something that was no text has been replaced.
    is_replaced: bool,
}

/// Plain text is counted while it is read, unless its pieces or another engine are asked for.
fn reading_plan(
    args: &InputArgs,
    models: &[&Model],
    settings: &Settings,
    asked: Asked,
) -> ReadingPlan {
    let mut encodings: Vec<_> = models.iter().map(|model| model.counting.encoding).collect();
    if args.model.is_empty() {
        let model = settings.catalog.resolve(DEFAULT_MODEL, settings.as_of);
        encodings.extend(model.ok().map(|model| model.counting.encoding));
    }
    if asked.show_tokens || Engine::chosen() == Engine::Reference {
        encodings.clear();
    }
    encodings.sort_unstable();
    encodings.dedup();
    ReadingPlan { shape: args.shape, lossy: args.lossy, encodings }
}

fn reading(source: &Source, plan: &ReadingPlan) -> Result<Reading, Error> {
    let name = source.name();
    // What nobody named and is no text is left out with a word.
    let left_out = |error: &Error| {
        let warning = Some(format!("`{name}` is left out: {}", error.message()));
        Reading { how: None, warning, jobs: Vec::new() }
    };
    let place = |line| Place::new(&name, line);
    let (text, is_replaced) = match plan.content(source) {
        Ok(Content::Text(text)) => (text, false),
        Ok(Content::Replaced(text)) => (text, true),
        Ok(Content::Counted(counted)) => {
            let request = Request::from_text("");
            let how = Some(format!("{name}: {}", request.origin));
            let job = Job { place: place(None), request: Ok(request), counted, is_replaced: false };
            return Ok(Reading { how, warning: None, jobs: vec![job] });
        }
        Err(error) if source.is_found() => return Ok(left_out(&error)),
        Err(error) => return Err(error.in_source(&name)),
    };
    let document = match read(&text, source.naming(), plan.shape) {
        Ok(document) => document,
        Err(error) if source.is_found() && text.trim().is_empty() => return Ok(left_out(&error)),
        Err(error) => return Err(error.in_source(&name)),
    };
    let how = match document.entries.as_slice() {
        [Entry { request: Ok(request), .. }] => request.origin.to_string(),
        entries => format!("{} lines of requests", entries.len()),
    };
    let warning = document.note.map(|note| format!("`{name}`: {note}"));
    let jobs = document.entries.into_iter().map(|entry| Job {
        place: place(entry.line),
        request: entry.request.map_err(|error| error.in_source(&name)),
        counted: Vec::new(),
        is_replaced,
    });
    Ok(Reading { how: Some(format!("{name}: {how}")), warning, jobs: jobs.collect() })
}

impl Job {
    fn count<'a>(
        self,
        models: &[&'a Model],
        settings: &'a Settings,
        asked: Asked,
    ) -> Vec<Result<Counted<'a>, Error>> {
        let request = match &self.request {
            Ok(request) => request,
            Err(error) => return vec![Err(error.clone())],
        };
        let models = if models.is_empty() {
            let name = request.model.as_deref().unwrap_or(DEFAULT_MODEL);
            match settings.catalog.resolve(name, settings.as_of) {
                Ok(model) => Cow::Owned(vec![model]),
                Err(error) => return vec![Err(self.place.of(error))],
            }
        } else {
            Cow::Borrowed(models)
        };
        models
            .iter()
            .map(|model| {
                let mut uncountable = None;
                let (count, pieces) = match self.tokens(request, model, asked) {
                    Err(error)
                        if asked.uncountable == Uncountable::Kept
                            && error.kind() == ErrorKind::Uncountable =>
                    {
                        uncountable = Some(error);
                        (PromptCount::nothing(&model.counting), Vec::new())
                    }
                    counted => counted.map_err(|error| self.place.of(error))?,
                };
                Ok(Counted {
                    place: self.place.clone(),
                    model,
                    count,
                    pieces,
                    uncountable,
                    needs: request.needs(),
                    cap: request.cap,
                    choices: request.choices,
                    tier: request.tier,
                })
            })
            .collect()
    }
}

impl Job {
    fn tokens(
        &self,
        request: &Request,
        model: &Model,
        asked: Asked,
    ) -> Result<(PromptCount, Vec<PartPieces>), Error> {
        let counting = &model.counting;
        let streamed = self.counted.iter().find(|(encoding, _)| *encoding == counting.encoding);
        let (mut count, pieces) = match streamed {
            Some((_, tokens)) => (text_prompt_tokens(*tokens, counting)?, Vec::new()),
            None if asked.show_tokens => prompt_pieces(request, counting)?,
            None => (prompt_tokens(request, counting)?, Vec::new()),
        };
        if self.is_replaced {
            count.fidelity = Fidelity::Estimate;
            count.reasons.push("bytes that are not UTF-8 were replaced".to_owned());
        }
        Ok((count, pieces))
    }
}

/// A word about every model that is gone or going.
pub(crate) fn lifecycle_warnings<'a>(
    models: impl Iterator<Item = &'a Model>,
    settings: &'a Settings,
) -> Vec<String> {
    let mut models: Vec<&Model> = models.collect();
    models.sort_by_key(|model| &model.id);
    models.dedup_by_key(|model| &model.id);
    let next = |model: &Model| {
        let next = settings.catalog.living_successor(model, settings.as_of);
        next.map(|next| format!("; use `{}`", next.id)).unwrap_or_default()
    };
    models
        .into_iter()
        .filter_map(|model| match model.status_at(settings.as_of) {
            Status::Active => None,
            Status::Ending(day) => {
                Some(format!("`{}` shuts down on {day}{}", model.id, next(model)))
            }
            Status::ShutDown(day) => Some(format!(
                "`{}` was shut down on {day}, its last prices are shown{}",
                model.id,
                next(model)
            )),
        })
        .collect()
}

/// Parts results from errors, telling the errors.
pub(crate) fn part<T>(results: Vec<Result<T, Error>>, settings: &Settings) -> (Vec<T>, Vec<Error>) {
    let mut answers = Vec::new();
    let mut errors = Vec::new();
    for result in results {
        match result {
            Ok(answer) => answers.push(answer),
            Err(error) => {
                output::problem(&error, settings);
                errors.push(error);
            }
        }
    }
    if answers.is_empty() && errors.is_empty() {
        let error = Error::new(ErrorKind::Usage, "nothing was found to count");
        output::problem(&error, settings);
        errors.push(error);
    }
    (answers, errors)
}
