//! The inputs of a verb, read and counted: one [`Input`] per request and model.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::catalog::{Effort, Fidelity, Model};
use crate::cli::args::{InputArgs, PromptArgs};
use crate::cli::input::discover::{self, Source};
use crate::cli::input::efforts::NamedEfforts;
use crate::cli::input::filling::{Filling, note_slots, sized};
use crate::cli::input::location::Location;
use crate::cli::input::models;
use crate::cli::input::read::ReadingPlan;
use crate::cli::input::shared_calls::SharedCalls;
use crate::cli::output;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::forecast::CallEffort;
use crate::report::CountedFor;
use crate::request::{
    DeclaredSizes, Origin, PartPieces, PromptCount, Request, known_prompt_tokens, prompt_pieces,
    prompt_tokens, text_prompt_tokens,
};
use crate::threads;
use crate::tokenizer::{Encoding, Engine};
use crate::units::{CallVolume, Tokens, plural};
use crate::workload::{CallSpec, Prompt, lifecycle_warnings};
use crate::{Error, ErrorKind};

/// What a call is planned from, as one model counts it, and where it was found.
#[derive(Clone)]
pub(crate) struct Input<'a> {
    /// `None` for a declared number of tokens.
    pub(crate) location: Option<Location>,
    pub(crate) model: &'a Model,
    /// The level of effort that stands behind the name of the model, as in `o3:low`.
    pub(crate) effort: Option<Effort>,
    pub(crate) prompt: Prompt,
    /// The pieces of its contents, where they were asked for.
    pub(crate) pieces: Vec<PartPieces>,
    /// How many calls its row says it has, beside the other rows.
    pub(crate) weight: Option<f64>,
    /// Its share of the calls that a flag declares for several inputs.
    pub(crate) shared: Option<SharedCalls>,
}

impl Input<'_> {
    /// The call that it is, by the flags, else by its request, else by outlay.toml.
    pub(crate) fn call(&self, flags: &CallSpec, settings: &Settings) -> CallSpec {
        let call = flags.clone().over(&self.prompt.declares()).over(&settings.call);
        let shared = self.shared.as_ref().map(|share| share.volume);
        CallSpec { calls: shared.or(call.calls), ..call }
    }

    /// The template that it fills, where it is a row of a dataset.
    pub(crate) fn template(&self) -> Option<String> {
        self.location.as_ref()?.template().map(ToOwned::to_owned)
    }

    /// The input's name in a result.
    pub(crate) fn name(&self) -> Option<String> {
        self.location.as_ref().map(ToString::to_string)
    }

    /// Whether the call reasons, at which level and within which budget: as the model's name, the flags, the
    /// request or outlay.toml say.
    pub(crate) fn effort(
        &self,
        flags: &CallSpec,
        settings: &Settings,
    ) -> Result<CallEffort, Error> {
        let flags = CallSpec {
            effort: self.effort.or(flags.effort),
            thinking_budget: flags.thinking_budget,
            ..CallSpec::default()
        };
        self.prompt.effort.resolve_over(self.model, &flags, &settings.call)
    }

    /// The model as the command names it: with the level of effort, where it names one.
    pub(crate) fn model_name(&self) -> String {
        NamedEfforts::name(self.model, self.effort)
    }

    /// What a page carries of it.
    pub(crate) fn counted_for(&self) -> CountedFor<'_> {
        CountedFor { model: self.model, prompt: &self.prompt, effort: self.effort }
    }
}

/// The text of a file that was counted.
pub(crate) fn text_of(location: &Location, settings: &Settings) -> Result<String, Error> {
    let source = match location.source() {
        "-" => Source::Stdin(settings.streams.clone()),
        path => discover::named(std::path::Path::new(path))?,
    };
    source.text()
}

/// What a verb asks of the counts.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Asked {
    /// Whether a request that holds something uncountable stays, with the reason, instead of being an error.
    pub(crate) keep_uncountable: bool,
    /// Whether the pieces of contents are shown.
    pub(crate) show_tokens: bool,
    /// Whether parts that cannot be counted are left out of the count.
    pub(crate) skip_uncountable: bool,
    /// How large parts are whose size is not in the request.
    pub(crate) declared: DeclaredSizes,
    /// What counts texts.
    pub(crate) engine: Engine,
}

/// Shares the calls of a flag among the inputs, where there are several. One input for several models has
/// one share.
pub(crate) fn share_calls(inputs: &mut [Result<Input<'_>, Error>], calls: Option<CallVolume>) {
    let Some(calls) = calls else { return };
    let mut places: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut weights = Vec::new();
    for input in inputs.iter().flatten() {
        places.entry(input.name()).or_insert_with(|| {
            weights.push(input.weight);
            weights.len() - 1
        });
    }
    if weights.len() < 2 {
        return;
    }
    let shares = SharedCalls::among(&weights, calls);
    for input in inputs.iter_mut().flatten() {
        input.shared = places.get(&input.name()).map(|place| shares[*place].clone());
    }
}

/// Reads and counts every input for every model, and hands on of each what `keep` makes of it as soon as it is
/// counted, in order, with an error in the place of what could not be counted: a corpus has millions. `keep` is
/// called by several threads.
pub(crate) fn count_each<'a, T: Send>(
    args: &InputArgs,
    settings: &'a Settings,
    asked: Asked,
    warnings: &mut Vec<String>,
    keep: impl Fn(Input<'a>) -> T + Sync,
    mut each: impl FnMut(Result<T, Error>),
) {
    let asked = Asked {
        skip_uncountable: args.skip_uncountable,
        declared: args.media.over(&settings.media),
        engine: args.engine,
        ..asked
    };
    let filling = match Filling::read(args) {
        Ok(filling) => filling,
        Err(error) => return each(Err(error)),
    };
    let models = models::named(&args.model, settings, warnings);
    let known: Vec<_> = models.iter().flatten().copied().collect();
    models.iter().filter_map(|model| model.as_ref().err().cloned().map(Err)).for_each(&mut each);
    if known.is_empty() && !models.is_empty() {
        return;
    }
    let plan = reading_plan(args, &known, settings, asked);
    let sources = discover::sources(&args.inputs, &settings.streams);
    let progress = Progress::new(sources.len(), "counted", settings);
    let counter =
        RequestCounter { models: &known, settings, asked, filling: &filling, progress: &progress };
    let mut code = SourceCode::default();
    let mut sources = sources.into_iter();
    loop {
        let some: Vec<_> = sources.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            break;
        }
        for file in threads::each(some, |source| counter.file(source, &plan, &keep)) {
            file.inputs.into_iter().for_each(|input| counter.hand_on(input, &keep, &mut each));
            let mut said = match file.lines {
                Some(lines) => counter.lines(lines, plan.shape, &keep, &mut each),
                None => file.said,
            };
            said.how.iter().for_each(|how| output::verbose(settings, how));
            warnings.append(&mut said.warnings);
            code.add(said.code);
            progress.step();
        }
    }
    drop(progress);
    warnings.extend(code.warning());
    warnings.extend(filling.lacking());
    filling.unused().map(Err).into_iter().for_each(each);
}

/// How many files are read at once; enough of them for every thread.
const AT_ONCE: usize = 128;

/// Files of source code that were counted as they are.
#[derive(Default)]
struct SourceCode {
    first: Option<String>,
    others: usize,
}

impl SourceCode {
    fn add(&mut self, name: Option<String>) {
        match name {
            Some(_) if self.first.is_some() => self.others += 1,
            Some(name) => self.first = Some(name),
            None => {}
        }
    }

    fn warning(self) -> Option<String> {
        let first = self.first?;
        let which = match self.others {
            0 => format!("`{first}` is source code and is"),
            n => format!("`{first}` and {} are source code and are", plural(n, "other file")),
        };
        Some(format!(
            "{which} counted whole, as text: prompts in the code are not found; write a prompt to a file of its own, or \
             count it in Python with `outlay.count(text, model)`; `--as text` says that the code is the prompt"
        ))
    }
}

/// The prompts of `--input-tokens`, or of the inputs, with warnings about models that end.
pub(crate) fn prompts<'a>(
    args: &PromptArgs,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Vec<Result<Input<'a>, Error>> {
    let mut prompts = Vec::new();
    let keep = |input| input;
    each_prompt(args, settings, Asked::default(), warnings, keep, |input| prompts.push(input));
    let used = prompts.iter().flatten().map(|input| input.model);
    warnings.extend(lifecycle_warnings(&settings.catalog, used, settings.as_of));
    prompts
}

/// Hands on what `answer` makes of every prompt, in order. Each is answered as soon as it is counted, and kept no
/// longer.
pub(crate) fn answers<'a, T: Send>(
    args: &PromptArgs,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
    answer: impl Fn(Input<'a>) -> Result<T, Error> + Sync,
    mut each: impl FnMut(Result<T, Error>),
) {
    let mut used = BTreeMap::new();
    // Answers are large, and go through several hands.
    let keep = |input: Input<'a>| (input.model, Box::new(answer(input)));
    each_prompt(args, settings, Asked::default(), warnings, keep, |kept| {
        each(kept.and_then(|(model, answer)| {
            used.entry(model.id.as_str()).or_insert(model);
            *answer
        }));
    });
    let used = used.into_values();
    warnings.extend(lifecycle_warnings(&settings.catalog, used, settings.as_of));
}

/// Like [`prompts`], but keeps retired models and uncountable inputs; the caller decides.
pub(crate) fn prompts_for_any_model<'a>(
    args: &PromptArgs,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Vec<Result<Input<'a>, Error>> {
    let mut prompts = Vec::new();
    each_for_any_model(args, settings, warnings, |input| input, |input| prompts.push(input));
    prompts
}

/// Like [`prompts_for_any_model`], but hands on of each what `keep` makes of it as soon as it is counted.
pub(crate) fn each_for_any_model<'a, T: Send>(
    args: &PromptArgs,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
    keep: impl Fn(Input<'a>) -> T + Sync,
    each: impl FnMut(Result<T, Error>),
) {
    let asked = Asked { keep_uncountable: true, ..Asked::default() };
    each_prompt(args, settings, asked, warnings, keep, each);
}

fn each_prompt<'a, T: Send>(
    args: &PromptArgs,
    settings: &'a Settings,
    asked: Asked,
    warnings: &mut Vec<String>,
    keep: impl Fn(Input<'a>) -> T + Sync,
    mut each: impl FnMut(Result<T, Error>),
) {
    let efforts = NamedEfforts::of(&args.input.model, settings);
    // The input once for each level that its model is asked for.
    let keep_all = |input: Input<'a>| {
        let mut levels = efforts.levels(&input.model.id);
        let last = levels.pop().flatten();
        let before = levels.into_iter().map(|effort| keep(Input { effort, ..input.clone() }));
        let mut kept: Vec<T> = before.collect();
        kept.push(keep(Input { effort: last, ..input }));
        kept
    };
    let each = |kept: Result<Vec<T>, Error>| match kept {
        Ok(kept) => kept.into_iter().for_each(|kept| each(Ok(kept))),
        Err(error) => each(Err(error)),
    };
    let Some(tokens) = args.input_tokens else {
        let input = InputArgs { model: efforts.models.clone(), ..args.input.clone() };
        return count_each(&input, settings, asked, warnings, keep_all, each);
    };
    let declared = |model: &'a Model| Input {
        location: None,
        model,
        effort: None,
        prompt: Prompt::declared(tokens, model),
        pieces: Vec::new(),
        weight: None,
        shared: None,
    };
    let models = models_or_default(&efforts.models, settings, warnings);
    models.into_iter().map(|model| model.map(declared).map(keep_all)).for_each(each);
}

/// The models that the user names, or the default one.
pub(crate) fn models_or_default<'a>(
    names: &[String],
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Vec<Result<&'a Model, Error>> {
    if names.is_empty() {
        return match settings.default_models() {
            Ok(models) => models.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
    }
    models::named(names, settings, warnings)
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
        // A plain text names no model. What fails here fails again where the text is counted.
        let models = settings.models_if_none_is_named().unwrap_or_default();
        encodings.extend(models.into_iter().map(|model| model.counting.encoding));
    }
    let is_template = !args.slot.is_empty() || args.rows.is_some();
    if asked.show_tokens || is_template || args.engine == Engine::Reference {
        encodings.clear();
    }
    encodings.sort_unstable();
    encodings.dedup();
    ReadingPlan { shape: args.shape, lossy: args.lossy, encodings }
}

/// Counts requests for some models, or each for its own where there are none.
pub(super) struct RequestCounter<'s, 'a> {
    models: &'s [&'a Model],
    settings: &'a Settings,
    asked: Asked,
    pub(super) filling: &'s Filling,
    pub(super) progress: &'s Progress,
}

/// The text of a request as it was read.
pub(super) struct Read {
    /// The tokens of its only content in each encoding, when they were counted while it was read.
    pub(super) streamed: Vec<(Encoding, Tokens)>,
    /// Whether something that was not text has been replaced.
    pub(super) is_replaced: bool,
}

impl<'a> RequestCounter<'_, 'a> {
    /// A request for every model.
    pub(super) fn request(
        &self,
        request: &Request,
        location: &Location,
        read: &Read,
    ) -> Vec<Result<Input<'a>, Error>> {
        let models = if self.models.is_empty() {
            let models = match request.settings.model.as_deref() {
                Some(name) => {
                    let model = self.settings.catalog.resolve(name, self.settings.as_of);
                    model.map(|model| vec![model])
                }
                None => self.settings.default_models(),
            };
            match models {
                Ok(models) => Cow::Owned(models),
                Err(error) => return vec![Err(location.of(error))],
            }
        } else {
            Cow::Borrowed(self.models)
        };
        let input = |model: &&'a Model| {
            let (prompt, pieces) = match self.tokens(request, model, read) {
                Err(error)
                    if self.asked.keep_uncountable && error.kind() == ErrorKind::Uncountable =>
                {
                    (Prompt::uncountable(request, model, error), Vec::new())
                }
                Err(error) => return Err(location.of(error)),
                Ok((mut count, pieces)) => {
                    count.reasons.extend(self.unnamed(request, model));
                    (Prompt::counted(request, model, count), pieces)
                }
            };
            let location = Some(location.clone());
            Ok(Input { location, model, effort: None, prompt, pieces, weight: None, shared: None })
        };
        models.iter().map(input).collect()
    }

    /// What is said of a request to another maker's API that names no model.
    fn unnamed(&self, request: &Request, model: &Model) -> Option<String> {
        let elsewhere = matches!(
            request.origin,
            Origin::Anthropic
                | Origin::Gemini
                | Origin::Interactions
                | Origin::Converse
                | Origin::InvokeModel
        );
        let unnamed = self.models.is_empty() && request.settings.model.is_none();
        (elsewhere && unnamed).then(|| {
            format!(
                "the request names no model and is not for `{}`: name its model with -m",
                model.id
            )
        })
    }

    fn tokens(
        &self,
        request: &Request,
        model: &Model,
        read: &Read,
    ) -> Result<(PromptCount, Vec<PartPieces>), Error> {
        let counting = &model.counting;
        let request = request.with_declared(&self.asked.declared);
        let request = &*request.for_model(model);
        let streamed = read.streamed.iter().find(|(encoding, _)| *encoding == counting.encoding);
        let (mut count, pieces) = match streamed {
            Some((_, tokens)) => (text_prompt_tokens(*tokens, counting), Vec::new()),
            None if self.asked.engine == Engine::Reference => {
                let text = only_text(request)?;
                let tokens = Engine::Reference.count(counting.encoding, &text)?;
                (text_prompt_tokens(tokens, counting), Vec::new())
            }
            None if self.asked.skip_uncountable => {
                (known_prompt_tokens(request, counting), Vec::new())
            }
            None if !self.filling.template.is_empty() => {
                (sized(&self.filling.template, request, model)?, Vec::new())
            }
            None if self.asked.show_tokens => prompt_pieces(request, counting)?,
            None => (prompt_tokens(request, counting)?, Vec::new()),
        };
        if read.is_replaced {
            count.fidelity = Fidelity::Estimate;
            count.reasons.push("bytes that are not UTF-8 were replaced".to_owned());
        }
        if self.filling.is_empty() {
            note_slots(request, model, &mut count)?;
        }
        Ok((count, pieces))
    }
}

/// The text of a request that has nothing else; tiktoken-rs counts texts.
fn only_text(request: &Request) -> Result<String, Error> {
    match request.messages.as_slice() {
        [message] if request.functions.is_empty() && request.response_schema.is_none() => {
            Ok(message.joined_text().into_owned())
        }
        _ => Err(Error::new(ErrorKind::Usage, "the reference engine counts texts, not requests")
            .hint("leave `--engine` out")),
    }
}

/// Separates results from errors, and reports the errors.
pub(crate) fn part<T>(results: Vec<Result<T, Error>>, settings: &Settings) -> (Vec<T>, Vec<Error>) {
    let mut answers = Vec::new();
    let mut errors = Vec::new();
    for result in results {
        match result {
            Ok(answer) => answers.push(answer),
            Err(error) => errors.push(error),
        }
    }
    if answers.is_empty() {
        nothing_found(&mut errors);
    }
    output::problems(&errors, settings);
    (answers, errors)
}

/// Says why there is no answer, unless an error does.
pub(crate) fn nothing_found(errors: &mut Vec<Error>) {
    if errors.is_empty() {
        errors.push(Error::new(ErrorKind::Usage, "nothing was found to count"));
    }
}
