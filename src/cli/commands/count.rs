//! `outlay count`

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use crate::catalog::{Model, Status};
use crate::cli::args::InputArgs;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted;
use crate::cli::input::counted::{Asked, Input};
use crate::cli::output::{self, Answered};
use crate::cli::rows::RowOutput;
use crate::cli::settings::Settings;
use crate::report::{CountResult, CountTotal};

/// Count prompt tokens per input and per part
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay count prompt.md
  outlay count requests.jsonl --json
  outlay count 'prompts/**/*.md' -m gpt-4o
  outlay count prompt.md --show-tokens           every piece with the ids of its tokens
  outlay count prompt.md --all-models            what it counts to in every tokenizer
  git show HEAD:prompt.md | outlay count -")]
pub(crate) struct CountArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Show the pieces that the content is split into, with their token ids
    #[arg(long)]
    show_tokens: bool,
    /// Count once for each tokenizer in the catalogue, for the newest model that has it
    #[arg(long, conflicts_with = "model")]
    all_models: bool,
}

pub(crate) fn run(args: &CountArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let asked = Asked { show_tokens: args.show_tokens, ..Asked::default() };
    let ways = if args.all_models { ways(settings) } else { BTreeMap::new() };
    let mut asked_of = args.input.clone();
    asked_of.model.extend(ways.keys().cloned());
    let mut output = RowOutput::begin(settings, false)?;
    let (forms, mut errors) = (output.forms(), Vec::new());
    let (mut total, mut secret) = (CountTotal::default(), BTreeSet::new());
    let keep = |input: Input<'_>| {
        let name = input.name().unwrap_or_default();
        let template = input.template();
        let also_models = ways.get(&input.model.id).cloned().unwrap_or_default();
        let count = CountResult::new(name, input.model, input.prompt.count, input.pieces);
        let counted = CountResult { also_models, template, ..count };
        forms.write(counted)
    };
    counted::count_each(&asked_of, settings, asked, &mut warnings, keep, |counted| match counted {
        Ok(counted) => {
            total.add(&counted.row);
            if args.show_tokens && !counted.row.encoding.has_ids() {
                secret.insert(counted.row.encoding.name());
            }
            output.push(counted);
        }
        Err(error) => errors.push(error),
    });
    if output.is_empty() {
        counted::nothing_found(&mut errors);
    }
    output::problems(&errors, settings);
    warnings
        .extend(secret.iter().map(|name| format!("`{name}` has no public ids of tokens to show")));
    // Counts for several models are alternatives, which have no sum.
    let total = (asked_of.model.len() <= 1).then_some(total);
    output.finish(Answered { total, ..Answered::new(Vec::new(), errors, warnings) })
}

/// For each tokenizer and chat template the newest model that can be called and has them, with the others
/// that have them.
fn ways(settings: &Settings) -> BTreeMap<String, Vec<String>> {
    let mut ways: BTreeMap<_, Vec<&Model>> = BTreeMap::new();
    for model in settings.catalog.models() {
        if !matches!(model.status_at(settings.as_of), Status::ShutDown(_)) {
            let counting = &model.counting;
            let tokenizer = counting.error.as_ref().map(|error| &error.tokenizer);
            let way = (counting.encoding, counting.chat_template(), counting.fidelity, tokenizer);
            ways.entry(way).or_default().push(model);
        }
    }
    let newest_first = ways.into_values().filter_map(|mut models| {
        // A model that is resold has its seller in its id; the maker's own name comes first.
        models.sort_by_key(|m| (m.id.contains('/'), Reverse(m.released), &m.id));
        let mut ids = models.into_iter().map(|model| model.id.clone());
        Some((ids.next()?, ids.collect()))
    });
    newest_first.collect()
}
