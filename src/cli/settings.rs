//! The global arguments, resolved once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;

use crate::catalog::{Catalog, Model, ReleasedCatalog};
use crate::cli::args::{Global, When};
use crate::cli::input::discover::Source;
use crate::cli::input::tokenizer;
use crate::cli::streams::Streams;
use crate::report::{Blocks, DefaultModel, Format};
use crate::workload::{CallSpec, MediaSpec};
use crate::{Error, ErrorKind};

/// What every verb needs to know.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) catalog: Catalog,
    /// The catalogue before any file changed it: that of the program, or a newer one that was kept.
    own_catalog: Catalog,
    /// The files that a flag or the environment changes it with.
    pub(crate) catalog_files: Vec<PathBuf>,
    /// What a flag counts every model with.
    tokenizer: Option<String>,
    /// What calls have in common by outlay.toml; its models are those of `OUTLAY_MODEL` where that is set.
    pub(crate) call: CallSpec,
    /// How large parts of requests are whose size is not in the request, by outlay.toml.
    pub(crate) media: MediaSpec,
    /// The model that was taken because nothing names one, once that has happened.
    default_model: Arc<OnceLock<DefaultModel>>,
    pub(crate) as_of: Date,
    /// The date that a flag or the environment names.
    pub(crate) as_of_flag: Option<Date>,
    /// The configuration that the user names.
    pub(crate) config: Option<PathBuf>,
    /// Whether a configuration that is found is left aside.
    pub(crate) isolated: bool,
    /// The format that a flag names.
    format: Option<Format>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) exports: Vec<(Format, PathBuf)>,
    /// The width that the user names.
    pub(crate) width: Option<u16>,
    /// How pictures are drawn, where they are asked for.
    pub(crate) pictures: Option<Blocks>,
    pub(crate) color: When,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    pub(crate) streams: Streams,
}

impl Settings {
    pub(crate) fn resolve(global: &Global, streams: Streams) -> Result<Self, Error> {
        let given = streams.catalog().cloned();
        let keeps = given.is_none() && !global.isolated;
        let mut own_catalog = given.unwrap_or_else(Catalog::embedded);
        if keeps {
            add_kept(&mut own_catalog)?;
        }
        let today = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let format = if global.json { Some(Format::Json) } else { global.format };
        let mut settings = Self {
            catalog: own_catalog.clone(),
            own_catalog,
            catalog_files: global.catalog.clone(),
            tokenizer: global.tokenizer.clone(),
            call: CallSpec { model: models_of_environment(), ..CallSpec::default() },
            media: MediaSpec::default(),
            default_model: Arc::default(),
            as_of: global.as_of.unwrap_or_else(today),
            as_of_flag: global.as_of,
            config: global.config.clone(),
            isolated: global.isolated,
            format,
            output: global.output.clone(),
            exports: global.export.clone(),
            width: global.width,
            pictures: global.chart.then_some(Blocks { ascii: global.ascii }),
            color: global.color,
            // A program gets the warnings with the answer.
            quiet: global.quiet || matches!(streams, Streams::Program(_)),
            verbose: global.verbose,
            streams,
        };
        settings.catalog = settings.catalog_over(settings.own_catalog.clone())?;
        Ok(settings)
    }

    /// The options of the command that decide its figures and say nothing about the call, as words.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = vec!["--as-of".to_owned(), self.as_of.to_string()];
        for file in &self.catalog_files {
            words.extend(["--catalog".to_owned(), file.display().to_string()]);
        }
        if let Some(file) = &self.tokenizer {
            words.extend(["--tokenizer".to_owned(), file.clone()]);
        }
        words
    }

    /// The same with what outlay.toml says of every call and of media, where nothing else says it.
    pub(crate) fn with_calls(mut self, common: &CallSpec, media: &MediaSpec) -> Self {
        self.media = media.clone();
        self.call = std::mem::take(&mut self.call).over(common);
        self
    }

    /// The catalogue of the program with the changes of `outlay.toml`, and over them those that a flag or
    /// the environment names.
    pub(crate) fn catalog_with(
        &self,
        change: impl FnOnce(&mut Catalog) -> Result<(), Error>,
    ) -> Result<Catalog, Error> {
        let mut catalog = self.own_catalog.clone();
        change(&mut catalog)?;
        self.catalog_over(catalog)
    }

    fn catalog_over(&self, mut catalog: Catalog) -> Result<Catalog, Error> {
        for path in &self.catalog_files {
            overlay(&mut catalog, path)?;
        }
        if let Some(file) = &self.tokenizer {
            catalog.count_with(tokenizer::read(file, Path::new(""))?);
        }
        Ok(catalog)
    }
}

/// What is meant where nothing is said.
impl Settings {
    /// The models of a call that names none: of `OUTLAY_MODEL`, else of outlay.toml, else the one that the
    /// catalogue has for the day, of which the report says so.
    pub(crate) fn default_models(&self) -> Result<Vec<&Model>, Error> {
        let models = self.models_if_none_is_named()?;
        if let ([], [model]) = (self.call.model.as_slice(), models.as_slice()) {
            self.default_model.get_or_init(|| DefaultModel::of(model));
        }
        Ok(models)
    }

    /// The same, before it is known whether a call names none.
    pub(crate) fn models_if_none_is_named(&self) -> Result<Vec<&Model>, Error> {
        if self.call.model.is_empty() {
            return Ok(vec![self.catalog.default_model(self.as_of)?]);
        }
        let models = self.call.model.iter();
        models.map(|name| self.catalog.resolve(name, self.as_of)).collect()
    }

    /// The model that was taken because nothing names one.
    pub(crate) fn default_model(&self) -> Option<&DefaultModel> {
        self.default_model.get()
    }
}

impl Settings {
    /// The format of the answer on standard output.
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or_default()
    }

    /// The format of the answer in the file that -o names: by a flag, else by the ending of its name.
    pub(crate) fn file_format(&self) -> Format {
        let by_ending = || Format::of_path(self.output.as_deref()?);
        self.format.or_else(by_ending).unwrap_or_default()
    }

    /// Whether the answer is written in this form.
    pub(crate) fn writes(&self, format: Format) -> bool {
        self.file_format() == format || self.exports.iter().any(|(each, _)| *each == format)
    }

    /// Whether the answer is to hold what only a picture needs.
    pub(crate) fn wants_curves(&self) -> bool {
        self.pictures.is_some() || self.writes(Format::Html) || self.writes(Format::Svg)
    }

    /// The same with another catalogue and another date.
    pub(crate) fn on(&self, catalog: Catalog, as_of: Date) -> Self {
        Self { catalog, as_of, ..self.clone() }
    }
}

/// Where `models update` keeps a catalogue: in the data directory of the user.
#[must_use]
pub fn kept_catalogue() -> Option<PathBuf> {
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

/// The models of `OUTLAY_MODEL`, separated by commas.
fn models_of_environment() -> Vec<String> {
    let named = std::env::var("OUTLAY_MODEL").unwrap_or_default();
    named.split(',').map(str::trim).filter(|id| !id.is_empty()).map(ToOwned::to_owned).collect()
}

fn overlay(catalog: &mut Catalog, path: &Path) -> Result<(), Error> {
    let name = path.display().to_string();
    let text = Source::Named(path.to_owned()).text().map_err(|e| {
        Error::new(ErrorKind::Catalog, format!("the catalogue cannot be read: {}", e.message()))
            .in_source(&name)
            .hint("name a file in the form of `pricing/openai.toml` in the source")
    })?;
    tokenizer::read_all(&text, path.parent().unwrap_or(Path::new("")))?;
    catalog.overlay(&name, &text)
}
