//! The global arguments, resolved once.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;

use super::args::{Global, When};
use crate::catalog::Catalog;
use crate::report::Format;

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
    pub(super) fn resolve(global: &Global) -> anyhow::Result<Self> {
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

fn overlay(catalog: &mut Catalog, path: &Path) -> anyhow::Result<()> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the catalogue `{name}`"))?;
    Ok(catalog.overlay(&name, &text)?)
}
