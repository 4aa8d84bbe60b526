//! What `check` compares with: a baseline in a file, or a commit that is measured anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::billing::PriceLists;
use crate::budget::Baseline;
use crate::cli::commands::check::measure::measure;
use crate::cli::commands::check::measurement::Measurement;
use crate::cli::commands::check::sources::SourceText;
use crate::cli::config::resolve::Config;
use crate::cli::input::discover;
use crate::cli::input::git::Commit;
use crate::cli::input::source_tree::Tree;
use crate::cli::settings::Settings;
use crate::{Error, ErrorKind};

/// A base.
pub(crate) struct Against {
    /// The file or the ref.
    pub(crate) name: String,
    pub(crate) baseline: Baseline,
    /// The texts of its files, where they are known.
    pub(crate) texts: BTreeMap<String, Arc<SourceText>>,
    /// What to know about it.
    pub(crate) warning: Option<String>,
}

/// A baseline in a file.
pub(crate) fn file(path: &Path) -> Result<Against, Error> {
    let name = path.display().to_string();
    let text = discover::named(path).and_then(|source| source.text()).map_err(|e| {
        Error::new(e.kind(), format!("the baseline cannot be read: {}", e.message()))
            .in_source(&name)
            .hint("`outlay check --update-baseline` writes it")
    })?;
    let baseline = Baseline::parse(&text).map_err(|e| e.in_source(&name))?;
    Ok(Against { name, baseline, texts: BTreeMap::new(), warning: None })
}

/// A commit: its own outlay.toml, its own files, its own catalogue files. Where its outlay.toml pins no
/// date, the date is that of the working tree, so that time alone changes no price.
pub(crate) fn commit(
    name: &str,
    config: &Config,
    here: &Settings,
    settings: &Settings,
    only: Option<&BTreeSet<PathBuf>>,
) -> Result<Against, Error> {
    let commit = Commit::open(name, &config.folder)?;
    if !commit.has(config.file_name().as_ref()) {
        // Budgets that come with this change: nothing is known about before, so every prompt is new.
        let digest = here.catalog.digest();
        return Ok(Against {
            name: name.to_owned(),
            baseline: Baseline::new(here.as_of, digest, PriceLists::new(), Vec::new()),
            texts: BTreeMap::new(),
            warning: Some(format!("`{name}` has no {}: every prompt is new", config.file_name())),
        });
    }
    let tree = Tree::Commit(commit);
    let on_base = |error: Error| {
        let source = error.source_name().map(|source| format!("{name}:{source}"));
        match source {
            Some(source) => error.in_source(source),
            None => error.in_source(name),
        }
    };
    let measured = || {
        let theirs = config.on(&tree)?;
        let as_of = match theirs.file.as_of {
            Some(_) => theirs.as_of(settings)?,
            None => here.as_of,
        };
        let there = settings.on(theirs.catalog(&tree, settings)?, as_of);
        Ok(measure(&theirs, &tree, &there, only))
    };
    let is_unread = |error: &Error| error.kind() == ErrorKind::Refused;
    let measured = measured().and_then(|found: Measurement| {
        match found.errors.iter().find(|error| is_unread(error)) {
            Some(unread) => Err(unread.clone()),
            None => Ok(found),
        }
    });
    let (found, error) = match measured {
        // What git cannot read is no fault of the base that a change could repair.
        Err(error) if is_unread(&error) => return Err(on_base(error)),
        Ok(found) => {
            let error = found.errors.first().cloned();
            (found, error)
        }
        Err(error) => (Measurement::of(here.catalog.clone(), here.as_of), Some(error)),
    };
    // A change that repairs what the base has wrong must be able to pass: what cannot be measured there
    // counts as not there.
    let warning = error.map(|error| {
        format!("the base cannot be measured, so that what it lacks is new: {}", on_base(error))
    });
    let texts = found.prompts.iter();
    let texts =
        texts.map(|prompt| (prompt.seen.source.name.clone(), Arc::clone(&prompt.seen.source)));
    let texts = texts.collect();
    Ok(Against { name: name.to_owned(), baseline: found.baseline(), texts, warning })
}
