//! The prompts of a configuration, measured in one tree: from files to sizes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::Error;
use crate::catalog::Model;
use crate::cli::commands::check::conversation;
use crate::cli::commands::check::measurement::{Measured, MeasuredPrompts, Measurement, ids};
use crate::cli::commands::check::slots::{check_slots, template, undeclared_slots, unused_slots};
use crate::cli::commands::check::sources::{Reading, Sent, read};
use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::input::source_tree::Tree;
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
    for (declared, prompt) in config.file.prompt.iter().enumerate() {
        let outcome = if prompt.get_ref().scenario.is_some() {
            conversation::measure(config, declared, prompt.get_ref(), tree, settings, only)
        } else {
            Declaration::new(config, declared, prompt.get_ref(), tree, settings)
                .and_then(|declaration| declaration.measure(tree, only))
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
    ) -> Result<MeasuredPrompts, Error> {
        let Reading { sent, errors, warnings } = read(self.table, self.config, tree, only);
        let mut outcome = MeasuredPrompts { prompts: Vec::new(), errors, warnings };
        if self.slots.is_empty() {
            outcome.warnings.extend(undeclared_slots(&sent));
        }
        if only.is_none() && !sent.is_empty() {
            outcome.errors.extend(unused_slots(&self.slots, &sent, &self.config.name));
        }
        self.check_models()?;
        let sources = CompletionSources::new(&self.call, &self.settings.streams);
        let progress = Progress::new(sent.len(), "prompts measured", self.settings);
        let measured: Vec<Vec<Result<Measured, Error>>> =
            threads::each(sent.iter().collect(), |sent| {
                progress.step();
                self.for_models(sent, &sources)
            });
        drop(progress);
        for result in measured.into_iter().flatten() {
            match result {
                Ok(prompt) => outcome.prompts.push(prompt),
                Err(error) => outcome.errors.push(error),
            }
        }
        Ok(outcome)
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
            let measured = self.one(sent, model, sources)?;
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
    ) -> Result<Measured, Error> {
        if !self.slots.is_empty() {
            check_slots(&self.slots, &sent.request, &sent.source.text)?;
        }
        let (request, slots) = (&sent.request, &self.slots);
        let request = TemplatedRequest { request, slots, own: &self.own, common: &self.call };
        let quoted = request.quote(model, self.settings.as_of, sources)?;
        let high = quoted.size.high;
        let prompt = (self.declared, self.table.name.as_deref());
        let measured = Measured::of(prompt, sent, model, quoted);
        let slot = self.slots.largest(&sent.request);
        let slot = slot.filter(|(_, tokens)| *tokens + *tokens >= high);
        Ok(Measured { slot, ..measured })
    }
}
