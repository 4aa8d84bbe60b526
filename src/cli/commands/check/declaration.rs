//! A prompt of the configuration, and what a file of it comes to.

use std::collections::BTreeSet;

use crate::Error;
use crate::catalog::Model;
use crate::cli::commands::check::measurement::{Measured, ids};
use crate::cli::commands::check::shared::{MeasuredFile, Shared};
use crate::cli::commands::check::slots::{check_slots, template, undeclared_slots, unused_slots};
use crate::cli::commands::check::sources::{Reading, Sent};
use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::input::source_tree::{Named, Tree};
use crate::cli::settings::Settings;
use crate::request::Request;
use crate::threads;
use crate::units::Position;
use crate::workload::{CallSpec, CompletionSources, Template, TemplatedRequest};

/// A prompt of the configuration with its arguments.
pub(super) struct Declaration<'a> {
    pub(super) config: &'a Config,
    pub(super) declared: usize,
    pub(super) table: &'a PromptTable,
    /// What the prompt says of its calls, which goes before what its requests say.
    own: CallSpec,
    /// The same, and what all calls have in common.
    pub(super) call: CallSpec,
    pub(super) slots: Template,
    /// The catalogue and the day of the tree.
    pub(super) settings: &'a Settings,
}

impl<'a> Declaration<'a> {
    /// The prompt of this number, with its slots.
    pub(super) fn new(
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

    /// What a file that was read comes to, and the slots of the prompt that it has not.
    pub(super) fn file(
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
    pub(super) fn check_models(&self) -> Result<(), Error> {
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
        let mut quoted = request.quote(model, self.settings.as_of, sources)?;
        let high = quoted.size.high;
        let slot = self.slots.largest(&sent.request);
        let slot = slot.filter(|(_, tokens)| *tokens + *tokens >= high);
        let assumptions = shared.assumptions(std::mem::take(&mut quoted.assumptions));
        Ok(Measured::of(sent, model, quoted, slot, assumptions))
    }
}
