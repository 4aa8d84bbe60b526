//! The prompts of a configuration, measured in one tree: from files to sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::Error;
use crate::catalog::Model;
use crate::cli::commands::check::conversation;
use crate::cli::commands::check::measurement::{Measured, MeasuredPrompts, Measurement, ids};
use crate::cli::commands::check::shared::{MeasuredFile, Shared};
use crate::cli::commands::check::slots::{
    check_slots, no_such_slot, template, undeclared_slots, unused_slots,
};
use crate::cli::commands::check::sources::{self, Reading, Sent, files};
use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::input::source_tree::{Named, Tree};
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::request::Request;
use crate::threads;
use crate::units::Position;
use crate::workload::{CallSpec, CompletionSources, Template, TemplatedRequest};

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

/// A prompt of the configuration with its arguments.
struct Declaration<'a> {
    config: &'a Config,
    declared: usize,
    table: &'a PromptTable,
    /// What the prompt says of its calls, which goes before what its requests say.
    own: CallSpec,
    /// The same, and what all calls have in common.
    call: CallSpec,
    slots: Template,
    /// The catalogue and the day of the tree.
    settings: &'a Settings,
}

impl<'a> Declaration<'a> {
    fn new(
        config: &'a Config,
        declared: usize,
        table: &'a PromptTable,
        tree: &Tree,
        settings: &'a Settings,
    ) -> Result<Self, Error> {
        let (own, call) = (config.own_call(declared), config.call(declared));
        let slots = template(table, config, tree)?;
        Ok(Self { config, declared, table, own, call, slots, settings })
    }

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

    /// What a file that was read comes to, and the slots of the prompt that it has not.
    fn file(
        &self,
        file: &Named,
        read: Reading,
        sources: &CompletionSources<'_>,
        shared: &Shared,
    ) -> (MeasuredFile, BTreeSet<&str>) {
        let Reading { sent, errors: unread, warnings } = read;
        let unused =
            if self.slots.is_empty() { BTreeSet::new() } else { unused_slots(&self.slots, &sent) };
        let undeclared = self.slots.is_empty().then(|| undeclared_slots(&sent)).flatten();
        let has_request = !sent.is_empty();
        let measured = threads::each(sent, |sent| self.for_models(&sent, sources, shared));
        let prompts = measured.into_iter().flatten().collect();
        let name = file.name.clone();
        (MeasuredFile { name, has_request, unread, warnings, undeclared, prompts }, unused)
    }

    /// Refuses a model of the configuration that is not known, where it is named. The model of a request is
    /// refused at its own place.
    fn check_models(&self) -> Result<(), Error> {
        for name in &self.call.model {
            self.settings.catalog.resolve(name, self.settings.as_of).map_err(|error| {
                let span = self.config.models_span(self.declared).unwrap_or_default();
                self.config.placed(error, &span)
            })?;
        }
        Ok(())
    }

    fn for_models(
        &self,
        sent: &Sent,
        sources: &CompletionSources<'_>,
        shared: &Shared,
    ) -> Vec<Result<Measured, Error>> {
        let placed = |error: Error| {
            let error = error.in_source(&sent.source.name);
            match (error.position(), sent.line) {
                (None, Some(line)) => error.at(Position { line, column: 1 }),
                _ => error,
            }
        };
        let names = match self.models(&sent.request) {
            Ok(names) => names,
            Err(error) => return vec![Err(placed(error))],
        };
        let measured = names.iter().map(|name| {
            let model = self.settings.catalog.resolve(name, self.settings.as_of)?;
            let measured = self.one(sent, model, sources, shared)?;
            Ok(Measured { alone: names.len() == 1, ..measured })
        });
        measured.map(|result: Result<_, Error>| result.map_err(placed)).collect()
    }

    /// The models of a request: what the prompt says in outlay.toml, else what the request says, else the
    /// environment, else what outlay.toml says of every call, else the default.
    fn models(&self, request: &Request) -> Result<Vec<String>, Error> {
        let of_request: Vec<String> = request.settings.model.iter().cloned().collect();
        let wishes = [&self.own.model, &of_request, &self.settings.call.model, &self.call.model];
        match wishes.into_iter().find(|names| !names.is_empty()) {
            Some(names) => Ok(names.clone()),
            None => self.settings.default_models().map(|models| ids(&models)),
        }
    }

    fn one(
        &self,
        sent: &Sent,
        model: &Model,
        sources: &CompletionSources<'_>,
        shared: &Shared,
    ) -> Result<Measured, Error> {
        if !self.slots.is_empty() {
            check_slots(&self.slots, &sent.request, &sent.source.text)?;
        }
        let (request, slots) = (&sent.request, &self.slots);
        let request = TemplatedRequest { request, slots, own: &self.own, common: &self.call };
        let quoted = request.quote(model, self.settings.as_of, sources)?;
        let high = quoted.size.high;
        let slot = self.slots.largest(&sent.request);
        let slot = slot.filter(|(_, tokens)| *tokens + *tokens >= high);
        Ok(Measured::of(sent, model, quoted, slot, shared))
    }
}
