//! `outlay init`

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::outcome::Outcome;
use super::scenario::TEMPLATE;
use super::settings::Settings;
use crate::{Error, ErrorKind};

/// Write a commented template
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay init --scenario                     writes scenario.toml
  outlay init --scenario -o support.toml")]
pub(super) struct InitArgs {
    /// The template of a scenario for simulate and compare
    #[arg(long, required = true)]
    scenario: bool,
}

pub(super) fn run(_args: &InitArgs, settings: &Settings) -> anyhow::Result<Outcome> {
    let path = settings.output.clone().unwrap_or_else(|| PathBuf::from("scenario.toml"));
    if path.as_os_str() == "-" {
        std::io::stdout().write_all(TEMPLATE.as_bytes())?;
        return Ok(Outcome::Passed);
    }
    // Only a new file: what somebody wrote is never replaced.
    let created = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    created.and_then(|mut file| file.write_all(TEMPLATE.as_bytes())).map_err(|e| {
        let message = format!("cannot write `{}`: {}", path.display(), e.kind());
        Error::new(ErrorKind::Usage, message).hint("name a new file with -o")
    })?;
    Ok(Outcome::Passed)
}
