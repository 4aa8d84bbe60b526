//! The prompts of a configuration, measured in one tree: from files to sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::Error;
use crate::cli::commands::check::conversation;
use crate::cli::commands::check::declaration::Declaration;
use crate::cli::commands::check::measurement::{MeasuredPrompts, Measurement};
use crate::cli::commands::check::shared::{MeasuredFile, Shared};
use crate::cli::commands::check::slots::no_such_slot;
use crate::cli::commands::check::sources::{self, files};
use crate::cli::config::resolve::Config;
use crate::cli::input::source_tree::{Named, Tree};
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::threads;
use crate::workload::CompletionSources;

/// Measures every prompt of a configuration; `only` restricts it to files of these names. `settings` has
/// the date and the catalogue of the tree.
pub(crate) fn measure(
    config: &Config,
    tree: &Tree,
    settings: &Settings,
    only: Option<&BTreeSet<PathBuf>>,
) -> Measurement {
    let (catalog, as_of) = (&settings.catalog, settings.as_of);
    let mut found = Measurement::of(catalog.clone(), as_of);
    let shared = Shared::of(config);
    for (declared, prompt) in config.file.prompt.iter().enumerate() {
        let outcome = if prompt.get_ref().scenario.is_some() {
            conversation::measure(config, declared, prompt.get_ref(), tree, settings, only)
        } else {
            Declaration::new(config, declared, prompt.get_ref(), tree, settings)
                .and_then(|declaration| declaration.measure(tree, only, &shared))
        };
        match outcome {
            Ok(MeasuredPrompts { prompts, errors, warnings }) => {
                found.prompts.extend(prompts);
                found.errors.extend(errors);
                found.warnings.extend(warnings);
            }
            Err(error) => found.errors.push(config.placed(error, &prompt.span())),
        }
    }
    found
}

impl Declaration<'_> {
    /// Measures the files of the prompt; those that another prompt sends alike are measured already.
    fn measure(
        &self,
        tree: &Tree,
        only: Option<&BTreeSet<PathBuf>>,
        shared: &Shared,
    ) -> Result<MeasuredPrompts, Error> {
        self.check_models()?;
        let (files, errors) = files(self.table, self.config, tree, only);
        let way = self.slots.is_empty().then(|| shared.way(self.config, self.declared)).flatten();
        let known: Vec<_> = files.iter().map(|file| shared.known(way, file)).collect();
        let new = files.iter().zip(&known).filter(|(_, known)| known.is_none());
        let new: Vec<Named> = new.map(|(file, _)| file.clone()).collect();
        let texts = shared.texts(&new, tree);
        let completions = CompletionSources::new(&self.call, &self.settings.streams);
        let progress = Progress::new(new.len(), "prompts measured", self.settings);
        let read = new.into_iter().zip(texts).collect();
        let measured = threads::each(read, |(file, text)| {
            let read = sources::read(&file, text, self.table, self.config, tree);
            let (measured, unused) = self.file(&file, read, &completions, shared);
            let measured = Arc::new(measured);
            if let Some(way) = way {
                shared.keep(way, &file, &measured);
            }
            progress.step();
            (measured, unused)
        });
        drop(progress);
        let mut new = measured.into_iter();
        let known = known.into_iter().map(|known| known.map(|file| (file, BTreeSet::new())));
        let all = known.filter_map(|known| known.or_else(|| new.next()));
        Ok(self.together(all, errors, only.is_some()))
    }

    /// What the files of the prompt come to together, with what is wrong with its paths.
    fn together<'s>(
        &'s self,
        files: impl Iterator<Item = (Arc<MeasuredFile>, BTreeSet<&'s str>)>,
        errors: Vec<Error>,
        are_some: bool,
    ) -> MeasuredPrompts {
        let mut outcome = MeasuredPrompts { errors, ..MeasuredPrompts::default() };
        let (mut undeclared, mut failed) = (BTreeMap::new(), Vec::new());
        let mut unused: Option<BTreeSet<&str>> = None;
        for (file, not_here) in files {
            let file = Arc::unwrap_or_clone(file);
            outcome.errors.extend(file.unread);
            outcome.warnings.extend(file.warnings);
            undeclared.extend(file.undeclared.map(|warning| (file.name, warning)));
            for result in file.prompts {
                match result {
                    Ok(prompt) => {
                        let name = self.table.name.as_deref();
                        outcome.prompts.push(prompt.declared_as(self.declared, name));
                    }
                    Err(error) => failed.push(error),
                }
            }
            if file.has_request {
                unused = Some(match unused {
                    Some(unused) => unused.intersection(&not_here).copied().collect(),
                    None => not_here,
                });
            }
        }
        outcome.warnings.extend(undeclared.into_values());
        let unused = unused.filter(|_| !are_some).into_iter().flatten();
        outcome.errors.extend(unused.map(|slot| no_such_slot(slot, &self.config.name)));
        outcome.errors.extend(failed);
        outcome
    }
}
