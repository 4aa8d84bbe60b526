//! The global arguments, resolved once.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::{Global, When};
use crate::catalog::Catalog;
use crate::report::Format;
use crate::{Error, ErrorKind};

/// What every verb needs to know.
pub(super) struct Settings {
    pub(super) catalog: Catalog,
    pub(super) as_of: Date,
    pub(super) format: Format,
    pub(super) output: Option<PathBuf>,
    pub(super) exports: Vec<(Format, PathBuf)>,
    pub(super) color: When,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
}

impl Settings {
    pub(super) fn resolve(global: &Global) -> Result<Self, Error> {
        let mut catalog = Catalog::embedded()?;
        for path in &global.catalog {
            overlay(&mut catalog, path)?;
        }
        let today = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let format = if global.json { Some(Format::Json) } else { global.format };
        Ok(Self {
            catalog,
            as_of: global.as_of.unwrap_or_else(today),
            format: format.unwrap_or_default(),
            output: global.output.clone(),
            exports: global.export.clone(),
            color: global.color,
            quiet: global.quiet,
            verbose: global.verbose,
        })
    }
}

fn overlay(catalog: &mut Catalog, path: &Path) -> Result<(), Error> {
    let name = path.display().to_string();
    let text = std::fs::read(path)
        .map_err(|e| e.to_string())
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()))
        .map_err(|why| {
            Error::new(ErrorKind::Catalog, format!("the catalogue cannot be read: {why}"))
                .in_source(&name)
                .hint("name a file in the form of `pricing/openai.toml` in the source")
        })?;
    catalog.overlay(&name, &text)
}
