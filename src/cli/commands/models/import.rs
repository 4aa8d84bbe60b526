//! `outlay models import`

use std::io::Write as _;
use std::path::Path;

use clap::Args;
use globset::GlobSet;

use crate::catalog::Catalog;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::discover::{self, Source};
use crate::cli::output::{self, Answered};
use crate::cli::place;
use crate::cli::settings::Settings;
use crate::feed::{Choice, Feed, FeedKind, FeedRow, import};
use crate::report::{Format, ImportResult, ImportTotal};
use crate::workload::parse;
use crate::{Error, ErrorKind};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay models import model_prices_and_context_window.json -o overlay.toml
  outlay models import api.json -m 'gpt-5*' --provider openai > overlay.toml
  outlay estimate prompt.md -m NEW --catalog overlay.toml

-o writes the catalogue here, not the answer; --export writes the answer to a file. Without -o the catalogue goes to
standard output. What was taken, what was not and why is told on standard error. Nothing is converted by guess.")]
pub(crate) struct ImportArgs {
    /// The feed: a JSON file of LiteLLM, models.dev, genai-prices, Langfuse, OpenRouter or llm-prices; `-` for standard input
    #[arg(value_name = "FEED")]
    feed: String,
    /// The format of the feed: litellm, models-dev, genai-prices, langfuse, openrouter or llm-prices [default: auto-detect]
    #[arg(long, value_name = "KIND", value_parser = parse::<FeedKind>)]
    from: Option<FeedKind>,
    /// Only models with this id, or glob, such as 'gpt-5*' or 'azure/*'; repeatable [default: all chat models]
    #[arg(short, long, value_name = "GLOB")]
    model: Vec<String>,
    /// Only this provider, or glob; '*' takes resellers too; repeatable [default: those that sell their own models]
    #[arg(long, value_name = "GLOB")]
    provider: Vec<String>,
    /// Take rates of $0 as free; without this such rows are skipped
    #[arg(long)]
    free: bool,
    /// Let prices without a first day hold since the release of the model, where the feed has that day [default: since --as-of]
    #[arg(long)]
    since_release: bool,
}

pub(crate) fn run(args: &ImportArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let to_file = settings.output.as_deref().filter(|path| *path != Path::new("-"));
    if to_file.is_none() && settings.format() != Format::Table {
        let message =
            format!("standard output is for the catalogue, not for {}", settings.format());
        return Err(Error::new(ErrorKind::Usage, message)
            .hint(format!("add -o FILE, or write --export {}=FILE", settings.format()))
            .into());
    }
    let feed = read(&args.feed, args.from, settings)?;
    let (models, providers) = (globs(&args.model)?, globs(&args.provider)?);
    let is_model = |name: &str| models.iter().any(|glob| glob.is_match(name));
    let is_provider = |name: &str| providers.iter().any(|glob| glob.is_match(name));
    some_match(&feed, &args.model, &models, |row, glob| {
        glob.is_match(row.full_name()) || row.all_names().any(|name| glob.is_match(name))
    })?;
    some_match(&feed, &args.provider, &providers, |row, glob| {
        row.provider.as_deref().is_some_and(|provider| glob.is_match(provider))
    })?;
    let choice = Choice {
        model: (!models.is_empty()).then_some(&is_model),
        provider: (!providers.is_empty()).then_some(&is_provider),
        free: args.free,
        since_release: args.since_release,
        named: &args.model,
    };
    let import = import(&feed, &settings.catalog, &choice, settings.as_of);
    let results: Vec<_> = import.rows.iter().map(ImportResult::from).collect();
    for result in &results {
        output::verbose(settings, &result.sentence());
    }
    let written = to_file.map(|path| path.display().to_string());
    let total = ImportTotal::of(&feed, &import, written);
    let nothing = total.new + total.changed + total.same == 0;
    let mut answered = Answered::new(results, Vec::new(), Vec::new());
    if nothing {
        let error = Error::new(ErrorKind::Malformed, "no row of the feed could be taken")
            .in_source(&feed.name)
            .hint(
                "run with -v to see the reason for every row; --provider and --model choose others",
            );
        output::problem(&error, settings);
        answered.errors.push(error);
    } else if let Some(path) = to_file {
        let is_ours = |old: &str| Catalog::embedded().overlay("", old).is_ok();
        output::replace(path, &import.toml, "a catalogue", is_ours)?;
    } else {
        let mut stdout = place::stdout(settings);
        stdout.write_all(import.toml.as_bytes())?;
        stdout.flush()?;
    }
    answered.total = Some(total);
    answered.finish_aside(settings)
}

/// A feed from a file or from standard input.
pub(crate) fn read(name: &str, kind: Option<FeedKind>, settings: &Settings) -> Result<Feed, Error> {
    let stdin = || Source::Stdin(settings.streams.clone());
    let source = if name == "-" { Ok(stdin()) } else { discover::named(Path::new(name)) };
    let text = source.and_then(|source| source.text()).map_err(|e| e.in_source(name))?;
    // In sources a feed is called by its file, wherever that lies.
    let called = match Path::new(name).file_name() {
        Some(file) if name != "-" => file.to_string_lossy().into_owned(),
        _ => "standard input".to_owned(),
    };
    Feed::read(&text, &called, kind).map_err(|e| e.in_source(name))
}

fn globs(patterns: &[String]) -> Result<Vec<GlobSet>, Error> {
    patterns.iter().map(|pattern| discover::matcher(pattern)).collect()
}

/// Refuses a choice that no row of the feed meets.
fn some_match(
    feed: &Feed,
    patterns: &[String],
    globs: &[GlobSet],
    meets: impl Fn(&FeedRow, &GlobSet) -> bool,
) -> Result<(), Error> {
    for (pattern, glob) in patterns.iter().zip(globs) {
        if !feed.rows.iter().any(|row| meets(row, glob)) {
            let example = feed.rows.iter().find(|row| row.provider.is_some());
            let example = example.map(|row| format!(" such as `{}`", row.full_name()));
            let message = format!("no row of the feed matches `{pattern}`");
            return Err(Error::new(ErrorKind::UnknownModel, message)
                .in_source(&feed.name)
                .hint(format!("its rows have names{}", example.unwrap_or_default())));
        }
    }
    Ok(())
}
