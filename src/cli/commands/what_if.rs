//! The form of a page that answers what-ifs about its one input.

use crate::Error;
use crate::catalog::{Counting, Model};
use crate::cli::args::{InputArgs, PromptArgs};
use crate::cli::input::counted::{self, Input};
use crate::cli::settings::Settings;
use crate::report::{CountedFor, Format, Question, RequestWords, WhatIf, Widget, what_if_form};
use crate::workload::{CallSpec, Prompt};

/// What the command asks.
pub(crate) struct Asked<'a> {
    pub(crate) prompt: &'a PromptArgs,
    /// What flags and outlay.toml say about the call.
    pub(crate) call: &'a CallSpec,
    /// Whether the form answers beside a page that says something else, instead of changing the page.
    pub(crate) beside: bool,
}

/// The form for the prompts of one input; none where no page is written, where there are several inputs, and
/// where a page cannot answer, which is a warning.
pub(crate) fn widgets(
    asked: &Asked<'_>,
    prompts: &[&Input<'_>],
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> Result<Vec<Widget>, Error> {
    let is_one = prompts.windows(2).all(|pair| pair[0].name() == pair[1].name());
    if !settings.writes(Format::Html) || !is_one || prompts.is_empty() {
        return Ok(Vec::new());
    }
    let counted: Vec<CountedFor<'_>> = prompts.iter().map(|input| input.counted_for()).collect();
    let question = Question {
        catalog: &settings.catalog,
        as_of: settings.as_of,
        call: asked.call,
        input_tokens: asked.prompt.input_tokens,
        files: &settings.streams,
        flags: settings.words(),
        beside: asked.beside,
    };
    let words = words(asked.prompt, prompts[0]);
    let what_if = WhatIf::new(question, &counted, words, |models| {
        count_again(&asked.prompt.input, prompts[0], models, settings)
    });
    match what_if {
        Ok(data) => Ok(vec![what_if_form(&data)?]),
        // What a form cannot answer is no loss to a page that answers something else.
        Err(_) if asked.beside => Ok(Vec::new()),
        Err(error) => {
            warnings.push(format!("{}: what-ifs are left to the command line", error.message()));
            Ok(Vec::new())
        }
    }
}

/// How the command line names the request of an input; `None` for a declared prompt.
fn words(args: &PromptArgs, input: &Input<'_>) -> Option<RequestWords> {
    let place = input.location.as_ref()?;
    let mut words = vec![place.source().to_owned()];
    if let Some(shape) = args.input.shape {
        words.extend(["--as".to_owned(), shape.to_string()]);
    }
    if args.input.lossy {
        words.push("--lossy".to_owned());
    }
    let note = match (place.source(), place.line()) {
        ("-", _) => Some("with the same text on standard input".to_owned()),
        (_, line) => line.map(|line| format!("for line {line}, the only request in it")),
    };
    Some(RequestWords { words, name: place.to_string(), note })
}

/// Counts an input for models that the command does not name, once for each way of counting. What
/// cannot be read twice, or does not come out, has no count for them.
fn count_again<'a>(
    args: &InputArgs,
    input: &Input<'_>,
    models: &[&'a Model],
    settings: &'a Settings,
) -> Vec<(&'a Model, Prompt)> {
    let mut ways: Vec<&Counting> = Vec::new();
    let mut names = Vec::new();
    for model in models {
        if !ways.contains(&&model.counting) {
            ways.push(&model.counting);
            names.push(model.id.clone());
        }
    }
    let is_read_once = input.location.as_ref().is_none_or(|place| place.source() == "-");
    if is_read_once || names.is_empty() {
        return Vec::new();
    }
    let input_args = InputArgs { model: names, ..args.clone() };
    let args = PromptArgs { input: input_args, input_tokens: None };
    let counted = counted::prompts_for_any_model(&args, settings, &mut Vec::new());
    let counted = counted.into_iter().flatten().filter(|again| again.name() == input.name());
    counted.map(|again| (again.model, again.prompt)).collect()
}
