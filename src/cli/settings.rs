//! The global arguments, resolved once.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::catalog::{Catalog, ReleasedCatalog};
use crate::cli::args::{Global, When};
use crate::cli::input::tokenizer;
use crate::report::{Blocks, Format};
use crate::{Error, ErrorKind};

/// What every verb needs to know.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) catalog: Catalog,
    /// The files that it was changed with.
    pub(crate) catalog_files: Vec<PathBuf>,
    pub(crate) as_of: Date,
    /// The date that the user named.
    pub(crate) as_of_flag: Option<Date>,
    /// The configuration that the user names.
    pub(crate) config: Option<PathBuf>,
    /// Whether a configuration that is found is left aside.
    pub(crate) isolated: bool,
    pub(crate) format: Format,
    pub(crate) output: Option<PathBuf>,
    pub(crate) exports: Vec<(Format, PathBuf)>,
    /// The width that the user names.
    pub(crate) width: Option<u16>,
    /// How pictures are drawn, where they are asked for.
    pub(crate) pictures: Option<Blocks>,
    pub(crate) color: When,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
}

impl Settings {
    pub(crate) fn resolve(global: &Global) -> Result<Self, Error> {
        let mut catalog = Catalog::embedded();
        if !global.isolated {
            add_kept(&mut catalog)?;
        }
        for path in &global.catalog {
            overlay(&mut catalog, path)?;
        }
        if let Some(file) = &global.tokenizer {
            catalog.count_with(tokenizer::read(file, Path::new(""))?);
        }
        let today = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let format = if global.json { Some(Format::Json) } else { global.format };
        Ok(Self {
            catalog,
            catalog_files: global.catalog.clone(),
            as_of: global.as_of.unwrap_or_else(today),
            as_of_flag: global.as_of,
            config: global.config.clone(),
            isolated: global.isolated,
            format: format.unwrap_or_default(),
            output: global.output.clone(),
            exports: global.export.clone(),
            width: global.width,
            pictures: global.chart.then_some(Blocks { ascii: global.ascii }),
            color: global.color,
            quiet: global.quiet,
            verbose: global.verbose,
        })
    }
}

impl Settings {
    /// Whether the answer is written in this form.
    pub(crate) fn writes(&self, format: Format) -> bool {
        self.format == format || self.exports.iter().any(|(each, _)| *each == format)
    }

    /// Whether the answer is to hold what only a picture needs.
    pub(crate) fn wants_curves(&self) -> bool {
        self.pictures.is_some() || self.writes(Format::Html)
    }

    /// The same with another catalogue and another date.
    pub(crate) fn on(&self, catalog: Catalog, as_of: Date) -> Self {
        Self { catalog, as_of, ..self.clone() }
    }
}

/// Where `models update` keeps a catalogue: in the data directory of the user.
pub(crate) fn kept_catalogue() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let data = match folder("XDG_DATA_HOME").or_else(|| folder("APPDATA")) {
        Some(data) => PathBuf::from(data),
        None => PathBuf::from(folder("HOME")?).join(".local/share"),
    };
    Some(data.join("outlay").join("catalogue.toml"))
}

/// Adds the catalogue that was kept, if it is newer than that of the program.
fn add_kept(catalog: &mut Catalog) -> Result<(), Error> {
    let Some(path) = kept_catalogue() else { return Ok(()) };
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(()) };
    let placed = |error: Error| {
        let name = error.source_name().map(ToOwned::to_owned);
        let error = error.in_source(name.unwrap_or_else(|| path.display().to_string()));
        error.hint("`outlay models update --remove` goes back to the catalogue of the program")
    };
    let released = ReleasedCatalog::read(&text).map_err(placed)?;
    if released.day > Catalog::embedded_day() {
        released.apply(catalog).map_err(placed)?;
    }
    Ok(())
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
    tokenizer::read_all(&text, path.parent().unwrap_or(Path::new("")))?;
    catalog.overlay(&name, &text)
}
