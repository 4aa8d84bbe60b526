//! The prompts of a configuration, measured in one tree: from files to sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::Error;
use crate::cli::commands::check::conversation;
use crate::cli::commands::check::declaration::Declaration;
use crate::cli::commands::check::measurement::{Measured, MeasuredPrompts, Measurement};
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

/// So many files are read and measured at once.
const AT_ONCE: usize = 4_096;

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
        let completions = CompletionSources::new(&self.call, &self.settings.streams);
        let progress = Progress::new(files.len(), "prompts measured", self.settings);
        let measure = |(file, text): (&Named, _)| {
            let read = sources::read(file, text, self.table, self.config, tree);
            let (measured, unused) = self.file(file, read, &completions, shared);
            let measured = Arc::new(measured);
            if let Some(way) = way {
                shared.keep(way, file, &measured);
            }
            (measured, unused)
        };
        let mut all = Together { errors, ..Together::default() };
        for files in files.chunks(AT_ONCE) {
            let known: Vec<_> = files.iter().map(|file| shared.known(way, file)).collect();
            let new = files.iter().zip(&known).filter(|(_, known)| known.is_none());
            let new: Vec<&Named> = new.map(|(file, _)| file).collect();
            let texts = shared.texts(&new, tree);
            let mut new = threads::each(new.into_iter().zip(texts).collect(), measure).into_iter();
            let known = known.into_iter().map(|known| known.map(|file| (file, BTreeSet::new())));
            for (file, unused) in known.filter_map(|known| known.or_else(|| new.next())) {
                all.add(Arc::unwrap_or_clone(file), unused, self);
                progress.step();
            }
        }
        Ok(all.finish(only.is_some(), &self.config.name))
    }
}

/// What the files of a prompt come to together.
#[derive(Default)]
struct Together<'s> {
    prompts: Vec<Measured>,
    /// What is wrong with paths, and with files as they are read.
    errors: Vec<Error>,
    /// What cannot be measured.
    failed: Vec<Error>,
    warnings: Vec<String>,
    /// Warnings about slots that nothing declares, by file.
    undeclared: BTreeMap<String, String>,
    /// The slots that no request so far has; `None` before the first.
    unused: Option<BTreeSet<&'s str>>,
}

impl<'s> Together<'s> {
    fn add(&mut self, file: MeasuredFile, unused: BTreeSet<&'s str>, of: &Declaration<'_>) {
        self.errors.extend(file.unread);
        self.warnings.extend(file.warnings);
        self.undeclared.extend(file.undeclared.map(|warning| (file.name, warning)));
        for result in file.prompts {
            match result {
                Ok(prompt) => {
                    self.prompts.push(prompt.declared_as(of.declared, of.table.name.as_deref()));
                }
                Err(error) => self.failed.push(error),
            }
        }
        if file.has_request {
            self.unused = Some(match self.unused.take() {
                Some(so_far) => so_far.intersection(&unused).copied().collect(),
                None => unused,
            });
        }
    }

    /// All of it; of some files alone it is not known which slots are unused.
    fn finish(self, are_some: bool, config: &str) -> MeasuredPrompts {
        let Self { prompts, mut errors, failed, mut warnings, undeclared, unused } = self;
        warnings.extend(undeclared.into_values());
        let unused = unused.filter(|_| !are_some).into_iter().flatten();
        errors.extend(unused.map(|slot| no_such_slot(slot, config)));
        errors.extend(failed);
        MeasuredPrompts { prompts, errors, warnings }
    }
}
