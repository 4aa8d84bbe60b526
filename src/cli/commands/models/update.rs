//! `outlay models update`

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest as _, Sha256};

use crate::catalog::{Catalog, ReleasedCatalog};
use crate::cli::exit_status::ExitStatus;
use crate::cli::output;
use crate::cli::place;
use crate::cli::settings::{Settings, kept_catalogue};
use crate::{Error, ErrorKind};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay models update catalogue-2026-12-07.toml     with catalogue-2026-12-07.toml.sha256 beside it
  outlay models update --remove                      back to the catalogue of the program

The catalogue is kept in the data directory of the user, and every command reads it from then on, unless --isolated says
otherwise or the program carries a newer one. Nothing is fetched: take both files from a release.")]
pub(crate) struct UpdateArgs {
    /// A released catalogue; its checksum is beside it, as FILE.sha256
    #[arg(value_name = "FILE", required_unless_present = "remove")]
    file: Option<PathBuf>,
    /// Remove the catalogue that was kept
    #[arg(long, conflicts_with = "file")]
    remove: bool,
}

pub(crate) fn run(args: &UpdateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let kept = kept_catalogue().ok_or_else(|| {
        Error::new(ErrorKind::Usage, "there is no data directory to keep a catalogue in")
            .hint("set XDG_DATA_HOME or HOME, or read the file with --catalog")
    })?;
    let Some(file) = &args.file else {
        return remove(&kept, settings);
    };
    let text = checked(file)?;
    let released =
        ReleasedCatalog::read(&text).map_err(|e| e.in_source(file.display().to_string()))?;
    let mut catalog = Catalog::embedded();
    released.apply(&mut catalog)?;
    if released.day <= Catalog::embedded_day() {
        let message = format!(
            "the program carries the catalogue of {}, which is not older than that of {}",
            Catalog::embedded_day(),
            released.day
        );
        return Err(Error::new(ErrorKind::Catalog, message).hint("nothing is to be done").into());
    }
    if let Some(folder) = kept.parent() {
        fs::create_dir_all(folder).map_err(|e| unwritten(&kept, &e))?;
    }
    output::write_text(&kept, &text, true)?;
    let models = catalog.models().count();
    writeln!(
        place::stdout(settings),
        "The catalogue of {} with {models} models is kept in {}.",
        released.day,
        kept.display()
    )?;
    Ok(ExitStatus::Passed)
}

fn remove(kept: &Path, settings: &Settings) -> anyhow::Result<ExitStatus> {
    if kept.exists() {
        fs::remove_file(kept).map_err(|e| unwritten(kept, &e))?;
    } else {
        output::note(settings, "no catalogue was kept");
    }
    Ok(ExitStatus::Passed)
}

/// The text of a file that has the checksum which is beside it.
fn checked(file: &Path) -> Result<String, Error> {
    let name = file.display().to_string();
    let beside = PathBuf::from(format!("{name}.sha256"));
    let unread = |path: &Path, what: &str| {
        Error::new(ErrorKind::Catalog, what.to_owned()).in_source(path.display().to_string())
    };
    let bytes = fs::read(file).map_err(|e| {
        unread(file, &e.kind().to_string()).hint("name a catalogue file of a release")
    })?;
    let wanted = fs::read_to_string(&beside).map_err(|e| {
        unread(&beside, &format!("the checksum cannot be read: {}", e.kind()))
            .hint("a release has it beside the catalogue; without it nothing is kept")
    })?;
    let wanted = wanted.split_whitespace().next().unwrap_or_default().to_lowercase();
    let digest = Sha256::digest(&bytes);
    let found = digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    if found != wanted {
        return Err(unread(file, &format!("its SHA-256 is {found}, and {wanted} is wanted"))
            .hint("the file was damaged or changed; take it from the release again"));
    }
    String::from_utf8(bytes)
        .map_err(|_| unread(file, "it is not UTF-8").hint("take it from the release again"))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Usage, format!("cannot write `{}`: {}", path.display(), error.kind()))
        .hint("the catalogue is kept in the data directory of the user")
}
