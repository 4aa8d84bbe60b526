//! The form of a page that answers what-ifs about its inputs.

use std::collections::BTreeSet;

use crate::cli::args::PromptArgs;
use crate::cli::input::counted::Input;
use crate::cli::input::recount;
use crate::cli::settings::Settings;
use crate::report::{
    CountedFor, Format, InputWords, NamedInput, Question, RequestWords, SeveralInputs, WhatIf,
    Widget, sum_form, what_if_form,
};
use crate::workload::CallSpec;
use crate::{Error, ErrorKind};

/// What the command asks.
pub(crate) struct Asked<'a> {
    pub(crate) prompt: &'a PromptArgs,
    /// What flags and outlay.toml say about the call.
    pub(crate) call: &'a CallSpec,
    /// Whether the form answers beside a page that says something else, instead of changing the page.
    pub(crate) beside: bool,
}

/// The form for the prompts of a command; none where no page is written, for several inputs and models, and where a
/// page cannot answer, which is a warning where the page is about nothing else.
pub(crate) fn widgets(
    asked: &Asked<'_>,
    prompts: &[&Input<'_>],
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> Vec<Widget> {
    if !settings.writes(Format::Html) || prompts.is_empty() {
        return Vec::new();
    }
    let question = Question {
        catalog: &settings.catalog,
        as_of: settings.as_of,
        call: asked.call,
        input_tokens: asked.prompt.input_tokens,
        files: &settings.streams,
        flags: settings.words(),
        beside: asked.beside,
    };
    let is_one = prompts.windows(2).all(|pair| pair[0].name() == pair[1].name());
    let form = match is_one {
        _ if prompts.iter().any(|input| sends_what_is_set(input, asked.call, settings)) => {
            Some(Err(Error::new(ErrorKind::Usage, "a request sends what outlay.toml sets")))
        }
        true => {
            let counted: Vec<CountedFor<'_>> =
                prompts.iter().map(|input| input.counted_for()).collect();
            let words = words(asked.prompt, prompts[0]);
            let data = WhatIf::new(&question, &counted, words, |models| {
                recount::one(&asked.prompt.input, prompts[0], models, settings)
            });
            Some(data.and_then(|data| what_if_form(&data)))
        }
        false => several(asked, &question, prompts, settings),
    };
    match form {
        Some(Ok(form)) => vec![form],
        // What a form cannot answer is no loss to a page that answers something else.
        Some(Err(error)) if !asked.beside => {
            warnings.push(format!("{}: what-ifs are left to the command line", error.message()));
            Vec::new()
        }
        Some(Err(_)) | None => Vec::new(),
    }
}

/// Whether a request sends what outlay.toml sets as well: of the two the request counts, and a form, whose command
/// has all as flags, would take the other.
fn sends_what_is_set(input: &Input<'_>, call: &CallSpec, settings: &Settings) -> bool {
    let (configured, sent) = (&settings.call, &input.prompt);
    let cap = configured.max_completion_tokens.is_some_and(|cap| {
        call.max_completion_tokens == Some(cap) && sent.settings.cap.is_some_and(|own| own != cap)
    });
    let tier = configured.tier.is_some_and(|tier| {
        call.tier == Some(tier) && sent.settings.tier.is_some_and(|own| own != tier)
    });
    let level = sent.effort.level.is_some()
        && configured.effort.is_some()
        && call.effort == configured.effort;
    cap || tier || level
}

/// The form for several inputs; `None` where they are for several models, which have no sum.
fn several(
    asked: &Asked<'_>,
    question: &Question<'_>,
    prompts: &[&Input<'_>],
    settings: &Settings,
) -> Option<Result<Widget, Error>> {
    let args = &asked.prompt.input;
    let names: Option<Vec<String>> = prompts.iter().map(|input| input.name()).collect();
    let names = names.filter(|_| args.model.len() <= 1)?;
    let once: BTreeSet<&String> = names.iter().collect();
    // The calls of outlay.toml are those of each input, and a flag shares its own among them.
    let has_calls_each = settings.call.calls.is_some() && prompts[0].shared.is_none();
    if once.len() < names.len() || has_calls_each {
        return None;
    }
    let inputs: Vec<NamedInput<'_>> = prompts
        .iter()
        .copied()
        .zip(&names)
        .map(|(input, name)| NamedInput {
            name: name.clone(),
            counted: input.counted_for(),
            weight: input.weight,
        })
        .collect();
    let reads_stdin = prompts.iter().any(|input| recount::is_read_once(input));
    let command = InputWords {
        words: [args.inputs.clone(), args.words()].concat(),
        note: reads_stdin.then_some("with the same text on standard input"),
        model: args.model.first().map(|_| prompts[0].model.id.clone()),
    };
    let data = SeveralInputs::new(question, &inputs, command, |models| {
        if reads_stdin { Vec::new() } else { recount::lengths(args, models, settings) }
    });
    Some(data.and_then(|data| sum_form(&data)))
}

/// How the command line names the request of an input; `None` for a declared prompt.
fn words(args: &PromptArgs, input: &Input<'_>) -> Option<RequestWords> {
    let place = input.location.as_ref()?;
    let words = [vec![place.source().to_owned()], args.input.words()].concat();
    let note = match (place.source(), place.line()) {
        ("-", _) => Some("with the same text on standard input".to_owned()),
        (_, line) => line.map(|line| format!("for line {line}, the only request in it")),
    };
    Some(RequestWords { words, name: place.to_string(), note })
}
