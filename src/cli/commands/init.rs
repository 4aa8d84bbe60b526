//! `outlay init`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::config::file;
use crate::cli::config::scenario;
use crate::cli::exit_status::ExitStatus;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::{Error, ErrorKind};

/// Write a commented template
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay init                                writes outlay.toml, the budgets of `outlay check`
  outlay init --schema                       writes outlay.schema.json, which describes it to editors
  outlay init --scenario                     writes scenario.toml
  outlay init --scenario -o support.toml")]
pub(crate) struct InitArgs {
    /// Write a scenario for simulate and compare instead of outlay.toml
    #[arg(long, conflicts_with = "schema")]
    scenario: bool,
    /// Write the JSON Schema of outlay.toml instead
    #[arg(long)]
    schema: bool,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &InitArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let (name, text) = if args.scenario {
        ("scenario.toml", scenario::TEMPLATE)
    } else if args.schema {
        ("outlay.schema.json", file::SCHEMA)
    } else {
        ("outlay.toml", file::TEMPLATE)
    };
    let path = settings.output.clone().unwrap_or_else(|| PathBuf::from(name));
    if path.as_os_str() == "-" {
        std::io::stdout().write_all(text.as_bytes())?;
        return Ok(ExitStatus::Passed);
    }
    if args.force {
        output::write_text(&path, text, true)?;
    } else {
        create(&path, text)?;
    }
    Ok(ExitStatus::Passed)
}

/// Writes a new file, whole or not at all: existing work is never replaced.
fn create(path: &Path, text: &str) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let written = builder.tempfile_in(folder.unwrap_or(Path::new("."))).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.persist_noclobber(path).map_err(|e| e.error)?;
        Ok(())
    });
    written.map_err(|e| {
        let message = format!("cannot write `{}`: {}", path.display(), e.kind());
        Error::new(ErrorKind::Usage, message)
            .hint("name a new file with -o, or replace the old one with --force")
    })
}
