//! `outlay models check`

use std::collections::BTreeMap;

use clap::Args;

use crate::catalog::{Catalog, Model};
use crate::catalog::{UpkeepRules, upkeep};
use crate::cli::config::resolve::Config;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::source_tree::{Reach, Tree};
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::gate::Verdict;
use crate::report::UpkeepTotal;
use crate::{Error, ErrorKind};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay models check                            rows older than 60 days, ends and new prices ahead
  outlay models check --in-use --strict          of the models in outlay.toml, exit 1 for a CI job
  outlay models check -m gpt-4o -m o3 --shutdown-within 365

Exit codes: 0 answered, 1 with --strict where something needs a look, 2 no answer.")]
pub(crate) struct CheckArgs {
    /// Only these models; repeat for several
    #[arg(short, long, value_name = "ID")]
    model: Vec<String>,
    /// Only the models that outlay.toml names, with the catalogues that it names
    #[arg(long, conflicts_with = "model")]
    in_use: bool,
    /// Only the models of this provider, such as openai, anthropic or azure
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
    /// How many days may have passed since a row was compared with its source
    #[arg(long, value_name = "DAYS", default_value_t = UpkeepRules::default().max_age)]
    max_age: u32,
    /// How many days ahead to report shutdowns, new prices and ends of promotions
    #[arg(long, value_name = "DAYS", default_value_t = UpkeepRules::default().within)]
    shutdown_within: u32,
    /// Include models that were shut down; those named with -m always are
    #[arg(long)]
    shut_down: bool,
    /// Exit with 1 when something is listed
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: &CheckArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let (settings, names) =
        if args.in_use { in_use(settings)? } else { (settings.clone(), Vec::new()) };
    let names = if args.in_use { &names } else { &args.model };
    let models = chosen(args, names, &settings)?;
    let rules = UpkeepRules {
        max_age: args.max_age,
        within: args.shutdown_within,
        // Naming a retired model asks about it.
        shut_down: args.shut_down || !names.is_empty(),
    };
    let results = upkeep(&settings.catalog, models.iter().copied(), rules, settings.as_of);
    let fails = args.strict && !results.is_empty();
    let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
    let total = Some(UpkeepTotal::of(&results, models.len(), rules, verdict));
    Answered { total, verdict, ..Answered::new(results, Vec::new(), Vec::new()) }.finish(&settings)
}

/// The settings under the configuration, and the models that it names.
fn in_use(settings: &Settings) -> Result<(Settings, Vec<String>), Error> {
    let config = Config::needed(settings)?;
    let catalog = config.catalog(&Tree::Disk(Reach::Repository), settings)?;
    let names = config.models();
    if names.is_empty() {
        return Err(Error::new(ErrorKind::Usage, format!("{} names no model", config.name))
            .hint("write `model` under [call], or pass -m"));
    }
    Ok((settings.on(catalog, config.as_of(settings)?), names))
}

/// The models to look at, each once.
fn chosen<'a>(
    args: &CheckArgs,
    names: &[String],
    settings: &'a Settings,
) -> Result<Vec<&'a Model>, Error> {
    let catalog: &Catalog = &settings.catalog;
    let of_provider =
        |model: &&Model| args.provider.as_ref().is_none_or(|id| model.provider == *id);
    let models: BTreeMap<&str, &Model> = if names.is_empty() {
        let released = |model: &&Model| model.released <= settings.as_of;
        catalog.models().filter(released).map(|model| (model.id.as_str(), model)).collect()
    } else {
        let resolved = names.iter().map(|name| catalog.resolve(name, settings.as_of));
        resolved
            .map(|model| model.map(|model| (model.id.as_str(), model)))
            .collect::<Result<_, _>>()?
    };
    let models: Vec<_> = models.into_values().filter(of_provider).collect();
    if models.is_empty() {
        let of = args.provider.as_deref().map(|id| format!(" of `{id}`")).unwrap_or_default();
        let message = format!("there is no model{of} to look at on {}", settings.as_of);
        return Err(Error::new(ErrorKind::UnknownModel, message)
            .hint(format!("the providers are {}", catalog.providers().join(", "))));
    }
    Ok(models)
}
