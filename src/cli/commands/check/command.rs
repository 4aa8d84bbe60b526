//! `outlay check`

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use crate::budget::Baseline;
use crate::cli::commands::check::base::{self, Against};
use crate::cli::commands::check::measure::measure;
use crate::cli::commands::check::measurement::Measurement;
use crate::cli::commands::check::show_config;
use crate::cli::commands::check::verdict::check;
use crate::cli::config::resolve::{BASELINE, Config};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::source_tree::normal;
use crate::cli::input::source_tree::{Reach, Tree, join};
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::{Error, ErrorKind};

/// Enforce the budgets of outlay.toml
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay check                                   every budget, the worst first
  outlay check --base origin/main                what this change did, and what was so before
  outlay check --update-baseline                 writes the token counts to compare with
  outlay check --baseline outlay.baseline.json
  outlay check --export github=- --export summary=$GITHUB_STEP_SUMMARY --export sarif=outlay.sarif
  outlay check --show-config                     what was resolved, and from where

Exit codes: 0 all budgets met, 1 a budget exceeded, 2 a budget that cannot be measured.")]
pub(crate) struct CheckArgs {
    /// Check only the prompts of these files; a file that is no prompt is left out
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Compare with the token counts in this file
    #[arg(long, value_name = "FILE", conflicts_with = "base", help_heading = "The base")]
    baseline: Option<PathBuf>,
    /// Compare with a commit, read through git
    #[arg(long, value_name = "REF", help_heading = "The base")]
    base: Option<String>,
    /// Write the baseline, and judge nothing
    #[arg(long, conflicts_with_all = ["base", "files"], help_heading = "The base")]
    update_baseline: bool,
    /// Read prompts outside of the repository, which outlay.toml names
    #[arg(long)]
    allow_outside: bool,
    /// Print what was resolved, and from where
    #[arg(long)]
    show_config: bool,
    /// Exit with 0 where a budget is exceeded; never where one cannot be measured
    #[arg(long)]
    exit_zero: bool,
}

pub(crate) fn run(args: &CheckArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let config = Config::needed(settings)?;
    let reach = if args.allow_outside { Reach::Anywhere } else { Reach::Repository };
    let disk = Tree::Disk(reach);
    let here = settings.on(config.catalog(&disk, settings)?, config.as_of(settings)?);
    if args.show_config {
        return show_config::run(&config, &here);
    }
    if config.file.prompt.is_empty() {
        return Err(Error::new(
            ErrorKind::Usage,
            "no prompt is declared, so that nothing is checked",
        )
        .in_source(&config.name)
        .hint("add [[prompt]] with paths; `outlay init -o -` prints an example")
        .into());
    }
    let only = args.only(&config)?;
    let now = measure(&config, &disk, &here, only.as_ref());
    if args.update_baseline {
        return update(args, &config, &now, settings);
    }
    let against = args.against(&config, &here, settings, only.as_ref())?;
    check(&config, now, against.as_ref(), only.as_ref(), args.exit_zero, &here)
}

/// Writes the baseline, unless something cannot be measured.
fn update(
    args: &CheckArgs,
    config: &Config,
    now: &Measurement,
    settings: &Settings,
) -> anyhow::Result<ExitStatus> {
    output::problems(&now.errors, settings);
    if !now.errors.is_empty() {
        return Ok(ExitStatus::Unanswered);
    }
    let own = config.file.baseline.as_ref().map(|path| join(&config.folder, path.get_ref()));
    let path = args.baseline.clone().or(own).unwrap_or_else(|| join(&config.folder, BASELINE));
    let baseline = now.baseline();
    let is_ours = |old: &str| Baseline::parse(old).is_ok();
    output::replace(&path, &baseline.to_json()?, "a baseline", is_ours)?;
    let n = crate::units::plural(baseline.prompts.len(), "prompt");
    output::note(settings, &format!("wrote {n} to {}", path.display()));
    Ok(ExitStatus::Passed)
}

impl CheckArgs {
    /// The files to check, where some are named; all of them when the configuration is among them.
    fn only(&self, config: &Config) -> Result<Option<BTreeSet<PathBuf>>, Error> {
        let mut only = BTreeSet::new();
        for file in &self.files {
            if !file.exists() {
                return Err(Error::new(ErrorKind::Usage, "there is no such file")
                    .in_source(file.display().to_string())
                    .hint("name files that are there, or none for all prompts"));
            }
            only.insert(normal(&file.display().to_string()));
        }
        let all = only.is_empty() || only.contains(&normal(&config.name));
        Ok((!all).then_some(only))
    }

    /// What to compare with: a flag, else what the configuration names.
    fn against(
        &self,
        config: &Config,
        here: &Settings,
        settings: &Settings,
        only: Option<&BTreeSet<PathBuf>>,
    ) -> Result<Option<Against>, Error> {
        if let Some(path) = &self.baseline {
            return base::file(path).map(Some);
        }
        if let Some(name) = &self.base {
            return base::commit(name, config, here, settings, only).map(Some);
        }
        if let Some(name) = &config.file.base {
            let against = base::commit(name.get_ref(), config, here, settings, only);
            return against.map(Some).map_err(|e| config.placed(e, &name.span()));
        }
        match &config.file.baseline {
            Some(path) => base::file(&join(&config.folder, path.get_ref())).map(Some),
            None => Ok(None),
        }
    }
}
