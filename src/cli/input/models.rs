//! Which models are meant: ids, lists, globs, `all`, and what they must be able to do.

use std::fmt;
use std::str::FromStr;

use crate::catalog::{Feature, Model};
use crate::cli::input::discover;
use crate::cli::settings::Settings;
use crate::names::nearest;
use crate::{Error, ErrorKind};

/// The word for every model.
const ALL: &str = "all";

/// The models that names mean, each once, in their order. A name is an id, a glob such as `gpt-6*`,
/// `all`, or several of these with commas.
pub(crate) fn named<'a>(
    names: &[String],
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Vec<Result<&'a Model, Error>> {
    let mut models: Vec<Result<&Model, Error>> = Vec::new();
    let listed = names.iter().flat_map(|names| names.split(',')).map(str::trim);
    let listed: Vec<&str> = listed.filter(|name| !name.is_empty()).collect();
    if listed.is_empty() && !names.is_empty() {
        let error = Error::new(ErrorKind::Usage, "no model is named");
        return vec![Err(error.hint("`outlay models` lists every model"))];
    }
    for name in listed {
        let found = if is_set(name, settings) {
            set(name, settings)
        } else {
            vec![one(name, settings, warnings)]
        };
        for model in found {
            if !models.contains(&model) {
                models.push(model);
            }
        }
    }
    models
}

/// Whether names mean a set of models, which has no order of its own.
pub(crate) fn are_a_set(names: &[String], settings: &Settings) -> bool {
    names.iter().flat_map(|names| names.split(',')).any(|name| is_set(name.trim(), settings))
}

/// Ids may have brackets themselves: `claude-sonnet-5-5[1m]`.
fn is_set(name: &str, settings: &Settings) -> bool {
    let is_glob = name == ALL || name.contains(['*', '?', '[', '{']);
    is_glob && settings.catalog.resolve(name, settings.as_of).is_err()
}

fn one<'a>(
    name: &str,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> Result<&'a Model, Error> {
    let model = settings.catalog.resolve(name, settings.as_of)?;
    if settings.catalog.get(name).is_some_and(|named| named.id != model.id) {
        warnings.push(format!("on {} `{name}` meant `{}`", settings.as_of, model.id));
    }
    Ok(model)
}

/// The models of a glob, or all, that can be called and have a price. `all` are those of their makers as everybody can call
/// them; a glob has to match the name of the cloud or router before an id, and the `ft:` of one's own tuned model.
fn set<'a>(pattern: &str, settings: &'a Settings) -> Vec<Result<&'a Model, Error>> {
    let glob = match pattern {
        ALL => None,
        glob => match discover::matcher(&glob.to_lowercase()) {
            Ok(glob) => Some(glob),
            Err(error) => return vec![Err(error)],
        },
    };
    let is_meant = |model: &&Model| match &glob {
        Some(glob) => glob.is_match(model.id.to_lowercase()),
        None => !is_resold(model) && !model.is_tuned(),
    };
    let models: Vec<_> = callable(settings).filter(is_meant).map(Ok).collect();
    if models.is_empty() {
        let message =
            format!("no model that can be called on {} matches `{pattern}`", settings.as_of);
        let hint = "`outlay models list` lists the ids; a glob matches a whole id, as in 'gpt-6*' or 'azure/*'";
        return vec![Err(Error::new(ErrorKind::UnknownModel, message).hint(hint))];
    }
    models
}

/// Every model that can be called on the day and has a price.
fn callable(settings: &Settings) -> impl Iterator<Item = &Model> {
    let day = settings.as_of;
    settings.catalog.models().filter(move |model| {
        model.released <= day && model.runs_after(day) && model.price_at(day).is_ok()
    })
}

/// Whether another company than its maker sells it.
fn is_resold(model: &Model) -> bool {
    model.id.strip_prefix(model.provider.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

/// What models are wanted, beside their names.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct WantedModels {
    /// Compare the models of this provider, such as anthropic or azure; repeatable, or a list with commas
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) provider: Vec<String>,
    /// Compare models that can do this: vision, tools, structured-output, streaming, system, batch, caching, reasoning; repeatable, or a list with commas
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = crate::workload::parse::<Need>)]
    pub(crate) needs: Vec<Need>,
    /// Leave out the models that cannot take the request or leave too little room for the answer
    #[arg(long)]
    pub(crate) fits: bool,
}

impl WantedModels {
    /// Whether a set of models is asked for, which has no order of its own.
    pub(crate) fn is_set(&self) -> bool {
        !self.provider.is_empty() || !self.needs.is_empty() || self.fits
    }

    /// The ids of the models that are wanted, of those that names mean, or of all where none are named.
    pub(crate) fn ids(&self, names: &[String], settings: &Settings) -> Result<Vec<String>, Error> {
        for provider in &self.provider {
            check_provider(provider, settings)?;
        }
        let mut warnings = Vec::new();
        let found: Vec<&Model> = if !names.is_empty() {
            named(names, settings, &mut warnings).into_iter().collect::<Result<_, _>>()?
        } else if self.provider.is_empty() {
            callable(settings).filter(|model| !is_resold(model)).collect()
        } else {
            callable(settings).collect()
        };
        let is_wanted = |model: &&Model| {
            (self.provider.is_empty() || self.provider.contains(&model.provider))
                && self.needs.iter().all(|need| need.is_met_by(model, settings))
        };
        let ids: Vec<String> =
            found.into_iter().filter(is_wanted).map(|model| model.id.clone()).collect();
        if ids.is_empty() {
            let error = Error::new(ErrorKind::UnknownModel, "no model is known to do all of this");
            return Err(error.hint("`outlay models show ID` lists what a model can do"));
        }
        Ok(ids)
    }
}

fn check_provider(id: &str, settings: &Settings) -> Result<(), Error> {
    let known = settings.catalog.providers();
    if known.contains(&id) {
        return Ok(());
    }
    let near = nearest(id, known.iter().copied(), 1);
    let near = near.first().map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let message = format!("there is no provider `{id}`");
    Err(Error::new(ErrorKind::Usage, message)
        .hint(format!("{near}the providers are {}", known.join(", "))))
}

/// What a model must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Feature(Feature),
    Reasoning,
}

impl Need {
    const NAMES: [(&'static str, Self); 13] = [
        ("vision", Self::Feature(Feature::Images)),
        ("images", Self::Feature(Feature::Images)),
        ("tools", Self::Feature(Feature::Tools)),
        ("structured-output", Self::Feature(Feature::StructuredOutput)),
        ("json", Self::Feature(Feature::StructuredOutput)),
        ("streaming", Self::Feature(Feature::Streaming)),
        ("system", Self::Feature(Feature::SystemMessage)),
        ("batch", Self::Feature(Feature::Batch)),
        ("caching", Self::Feature(Feature::PromptCaching)),
        ("effort", Self::Feature(Feature::ReasoningEffort)),
        ("responses", Self::Feature(Feature::Responses)),
        ("temperature", Self::Feature(Feature::Temperature)),
        ("reasoning", Self::Reasoning),
    ];

    /// What all of them are called.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|(name, _)| *name)
    }

    /// Whether the catalogue knows that a model can do it; what it does not know is no.
    fn is_met_by(self, model: &Model, settings: &Settings) -> bool {
        match self {
            Self::Feature(feature) => model.supports(feature, settings.as_of) == Some(true),
            Self::Reasoning => model.reasoning,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, need)| need == self).map_or("", |(name, _)| name);
        f.pad(name)
    }
}

impl FromStr for Need {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.trim().to_lowercase().replace('_', "-");
        Self::NAMES.iter().find(|(name, _)| *name == wanted).map(|(_, need)| *need).ok_or_else(
            || {
                let names: Vec<&str> = Self::names().collect();
                Error::new(
                    ErrorKind::Usage,
                    format!("`{text}` is nothing that models are known for"),
                )
                .hint(format!("write {}", names.join(", ")))
            },
        )
    }
}
