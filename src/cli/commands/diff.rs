//! `outlay diff`

use std::path::Path;

use clap::Args;

use crate::cli::commands::check::{self, base};
use crate::cli::config::resolve::Config;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::discover;
use crate::cli::input::source_tree::{Reach, Tree};
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::report::{DiffResult, Recorded};
use crate::{Error, ErrorKind};

/// Compare two reports, baselines or commits
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay diff main HEAD                          the prompts of two commits
  outlay diff outlay.baseline.json .             a baseline and the working tree
  outlay diff before.json after.json             reports of count, estimate, plan or check, written with --json")]
pub(crate) struct DiffArgs {
    /// The older side: a report, a baseline, a git ref, or `.` for the working tree
    #[arg(value_name = "A")]
    then: String,
    /// What is
    #[arg(value_name = "B")]
    now: String,
}

pub(crate) fn run(args: &DiffArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let then = side(&args.then, settings)?;
    let now = side(&args.now, settings)?;
    let (results, total) = DiffResult::of(&then, &now);
    Answered { total: Some(total), ..Answered::new(results, Vec::new(), Vec::new()) }
        .finish(settings)
}

fn side(name: &str, settings: &Settings) -> Result<Recorded, Error> {
    if name == "." {
        let config = Config::needed(settings)?;
        let here = settings
            .on(config.catalog(&Tree::Disk(Reach::Repository), settings)?, config.as_of(settings)?);
        let found = check::measure(&config, &Tree::Disk(Reach::Repository), &here, None);
        if let Some(error) = found.errors.first() {
            return Err(error.clone());
        }
        return Ok(Recorded::of("the working tree", found.baseline()));
    }
    // A pipe is read as well.
    if Path::new(name).exists() && !Path::new(name).is_dir() {
        let text = discover::named(Path::new(name)).and_then(|source| source.text());
        return text.and_then(|text| Recorded::parse(name, &text)).map_err(|e| e.in_source(name));
    }
    if Path::new(name).extension().is_some_and(|extension| extension == "json") {
        return Err(Error::new(ErrorKind::Usage, "there is no such file")
            .in_source(name)
            .hint("name a report, a baseline or a git ref"));
    }
    let config = Config::needed(settings).map_err(|e| {
        let message = format!("`{name}` is not a file, and to compare a git ref {}", e.message());
        Error::new(ErrorKind::Usage, message).hint(e.hint_text().unwrap_or_default())
    })?;
    let here = settings.on(settings.catalog.clone(), config.as_of(settings)?);
    let against = base::commit(name, &config, &here, settings, None)?;
    if let Some(warning) = &against.warning {
        crate::cli::output::warn(settings, warning);
    }
    Ok(Recorded::of(name, against.baseline))
}
