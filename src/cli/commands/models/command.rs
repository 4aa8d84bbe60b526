//! `outlay models`

use clap::{Args, Subcommand};

use crate::cli::commands::models::check::{self, CheckArgs};
use crate::cli::commands::models::diff::{self, ModelsDiffArgs};
use crate::cli::commands::models::import::{self, ImportArgs};
use crate::cli::commands::models::update::{self, UpdateArgs};
use crate::cli::commands::models::verify::{self, VerifyArgs};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::report::{ModelDetail, ModelList};
use crate::{Error, ErrorKind};

/// Show the catalogue: limits, prices by date, sources
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  outlay models                                  every model with today's prices
  outlay models show o1-mini                     limits, price history, features, benchmarks, sources
  outlay models list --as-of 2024-10-01 --format csv
  outlay models import feed.json -o overlay.toml
  outlay models diff catalog feed.json
  outlay models verify *.json                    what of the catalogue several feeds contradict
  outlay models check --in-use --strict          what of outlay.toml's models needs a look"
)]
pub(crate) struct ModelsArgs {
    #[command(subcommand)]
    verb: Option<ModelsVerb>,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Debug, Subcommand)]
enum ModelsVerb {
    /// List the models with their limits and standard prices
    List(ListArgs),
    /// Show everything that is known about models
    Show(ShowArgs),
    /// Turn a price feed into a catalogue file
    Import(ImportArgs),
    /// Show where two catalogues or price feeds disagree, and what that costs
    Diff(ModelsDiffArgs),
    /// List stale rows, upcoming shutdowns and price changes
    Check(CheckArgs),
    /// Compare the catalogue with several price feeds at once, and say what they contradict
    Verify(VerifyArgs),
    /// Keep a released catalogue that is newer than that of the program
    Update(UpdateArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only the models of this provider, such as openai, anthropic or azure
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// Model ids, aliases or dated snapshots
    #[arg(required = true, value_name = "ID")]
    id: Vec<String>,
}

pub(crate) fn run(args: &ModelsArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    match &args.verb {
        None => list(&args.list, settings),
        Some(ModelsVerb::List(args)) => list(args, settings),
        Some(ModelsVerb::Show(args)) => show(args, settings),
        Some(ModelsVerb::Import(args)) => import::run(args, settings),
        Some(ModelsVerb::Diff(args)) => diff::run(args, settings),
        Some(ModelsVerb::Check(args)) => check::run(args, settings),
        Some(ModelsVerb::Verify(args)) => verify::run(args, settings),
        Some(ModelsVerb::Update(args)) => update::run(args, settings),
    }
}

fn list(args: &ListArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let provider = args.provider.as_deref();
    let results = ModelList::of(&settings.catalog, provider, settings.as_of);
    if results.is_empty() {
        let from = provider.map(|id| format!(" of `{id}`")).unwrap_or_default();
        let message = format!("no model{from} was released by {}", settings.as_of);
        let hint = format!(
            "the providers are {}; or take a later --as-of",
            settings.catalog.providers().join(", ")
        );
        return Err(Error::new(ErrorKind::UnknownModel, message).hint(hint).into());
    }
    Answered::new(results, Vec::new(), Vec::new()).finish(settings)
}

fn show(args: &ShowArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let details =
        args.id.iter().map(|id| ModelDetail::of(&settings.catalog, id, settings.as_of)).collect();
    let (results, errors) = counted::part(details, settings);
    Answered::new(results, errors, Vec::new()).finish(settings)
}
