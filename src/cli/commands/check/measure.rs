//! The prompts of a configuration, measured in one tree: from files to sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::budget::{BaselineEntry, CallEstimate};
use crate::catalog::{Fidelity, Model};
use crate::cli::commands::check::conversation;
use crate::cli::commands::check::measurement::{
    Measured, MeasuredPrompts, Measurement, SourceText, ids,
};
use crate::cli::commands::check::slots::{check_slots, slot_table, template};
use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::input::discover::{is_binary_name, left_out};
use crate::cli::input::source_tree::{Named, Tree, TreeBeside, normal};
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::request::{Request, RequestEntry, prompt_tokens, read_with};
use crate::units::Position;
use crate::workload::{
    CallSpec, CapRule, CompletionSources, Prompt, PromptSize, Template, Workload,
};
use crate::{Error, ErrorKind};

/// Measures every prompt of a configuration; `only` restricts it to files of these names. `settings` has
/// the date and the catalogue of the tree.
pub(crate) fn measure(
    config: &Config,
    tree: &Tree,
    settings: &Settings,
    only: Option<&BTreeSet<PathBuf>>,
) -> Measurement {
    crate::threads::start();
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

/// A request of a file.
struct Sent {
    source: Arc<SourceText>,
    line: Option<usize>,
    request: Request,
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
        let mut outcome = MeasuredPrompts::default();
        let mut files = Vec::new();
        for path in &self.table.paths {
            match tree.expand(&self.config.folder, path.get_ref()) {
                Ok(found) => files.extend(found),
                Err(error) => {
                    let message = format!("`{}`: {}", path.get_ref(), error.message());
                    let refused = self.config.refuse(&path.span(), message);
                    let hint = error
                        .hint_text()
                        .unwrap_or("a prompt that is gone is no pass: correct the path");
                    outcome.errors.push(refused.hint(hint));
                }
            }
        }
        let wanted = |file: &Named| only.is_none_or(|only| only.contains(&normal(&file.name)));
        let own = |file: &Named| file.found && self.config.owns(&file.name);
        let mut seen = BTreeSet::new();
        files.retain(|file| wanted(file) && !own(file) && seen.insert(file.name.clone()));
        let texts = tree.read_all(&files);
        let readings: Vec<Reading> = files
            .into_par_iter()
            .zip(texts)
            .map(|(file, text)| self.read(&file, text, tree))
            .collect();
        let mut sent = Vec::new();
        for reading in readings {
            sent.extend(reading.sent);
            outcome.errors.extend(reading.errors);
            outcome.warnings.extend(reading.warnings);
        }
        outcome.warnings.extend(self.slot_warnings(&sent));
        if only.is_none() && !sent.is_empty() {
            outcome.errors.extend(self.unused_slots(&sent));
        }
        self.check_models()?;
        let sources = CompletionSources::new(&self.call, &self.settings.streams);
        let progress = Progress::new(sent.len(), "prompts measured", self.settings);
        let measured: Vec<Result<Measured, Error>> = sent
            .par_iter()
            .flat_map_iter(|sent| {
                progress.step();
                self.for_models(sent, &sources)
            })
            .collect();
        drop(progress);
        for result in measured {
            match result {
                Ok(prompt) => outcome.prompts.push(prompt),
                Err(error) => outcome.errors.push(error),
            }
        }
        Ok(outcome)
    }

    fn read(&self, file: &Named, text: Result<String, Error>, tree: &Tree) -> Reading {
        let name = file.name.clone();
        let left_out = |error: &Error| Reading {
            warnings: vec![left_out(&name, error)],
            ..Reading::default()
        };
        let failed = |error: Error| Reading { errors: vec![error], ..Reading::default() };
        let text = match text {
            Ok(text) => text,
            // A prompt that cannot be read is no prompt that has met its budgets.
            Err(error) if file.found && is_binary_name(Path::new(&name)) => {
                return left_out(&error);
            }
            Err(error) => return failed(error.in_source(&name)),
        };
        let path = file.path();
        let source = Arc::new(SourceText::new(name.clone(), path, text));
        let shape = self.table.shape.as_ref().map(|shape| shape.0);
        let beside = TreeBeside::of(tree, &self.config.folder, file);
        let document = match read_with(&source.text, source.naming(), shape, &beside) {
            Ok(document) => document,
            Err(error) if file.found && source.text.trim().is_empty() => return left_out(&error),
            Err(error) => return failed(error.in_source(&name)),
        };
        let mut warnings: Vec<String> =
            document.note.map(|note| format!("`{name}`: {note}")).into_iter().collect();
        warnings.extend(document.warnings().map(|warning| format!("`{name}`: {warning}")));
        let mut reading = Reading { warnings, ..Reading::default() };
        for RequestEntry { line, request, .. } in document.entries {
            match request {
                Ok(request) => {
                    reading.sent.push(Sent { source: Arc::clone(&source), line, request });
                }
                Err(error) => reading.errors.push(error.in_source(&name)),
            }
        }
        reading
    }

    /// Slots that are there and not declared, of every file.
    fn slot_warnings(&self, sent: &[Sent]) -> Vec<String> {
        if !self.slots.is_empty() {
            return Vec::new();
        }
        let mut by_file: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for sent in sent.iter().filter(|sent| sent.request.samples.is_empty()) {
            let language = sent.request.language(&|_| false);
            let slots = sent.request.slots(language);
            if !slots.is_empty() {
                let names = slots.iter().map(|slot| slot.name);
                by_file.entry(&sent.source.name).or_default().extend(names);
            }
        }
        let warning = |(file, names): (&str, BTreeSet<&str>)| {
            let names: Vec<&str> = names.into_iter().collect();
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let (slot, they) = match names.len() {
                1 => ("slot", "it stands: say how large it becomes"),
                _ => ("slots", "they stand: say how large they become"),
            };
            format!(
                "`{file}` has the {slot} {}, counted as {they} with {}",
                quoted.join(", "),
                slot_table(&names)
            )
        };
        by_file.into_iter().map(warning).collect()
    }

    /// Slots that are declared and that no prompt has.
    fn unused_slots(&self, sent: &[Sent]) -> Vec<Error> {
        let requests: Vec<&Request> = sent.iter().map(|sent| &sent.request).collect();
        let unused = self.slots.unused(&requests).into_iter();
        let error = |slot: &str| {
            Error::new(ErrorKind::Usage, format!("no prompt has the slot `{slot}`"))
                .hint("correct the name in outlay.toml, or remove the slot")
                .in_source(self.config.name.clone())
        };
        unused.map(error).collect()
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
        let mut assumptions = Vec::new();
        let own = Template::of_samples(&sent.request.samples);
        let (prompt_size, count) = if self.slots.is_empty() && !own.is_empty() {
            assumptions.push(own.assumption());
            own.size(&sent.request, model)?
        } else if self.slots.is_empty() {
            let count = prompt_tokens(&sent.request.for_model(model, None), &model.counting)?;
            (PromptSize::fixed(count.prompt_tokens()), count)
        } else {
            check_slots(&self.slots, &sent.request, &sent.source.text)?;
            assumptions.push(self.slots.assumption());
            self.slots.size(&sent.request, model)?
        };
        let fidelity = if prompt_size.high == count.prompt_tokens() {
            count.fidelity
        } else {
            Fidelity::Estimate
        };
        // The quote is that of the high end: a budget must hold for the largest prompt.
        let prompt = Prompt::counted(&sent.request, model, count);
        let call = self.own.clone().over(&prompt.declares()).over(&self.call);
        let effort = prompt.effort.resolve_over(model, &self.own, &self.call)?;
        let quote = Workload::new(model, self.settings.as_of)
            .counted(Prompt { tokens: prompt_size.high, ..prompt })
            .call(call)
            .completion(sources.of(model, effort)?)
            .cap(CapRule::SentOrRecommended)
            .quote()?;
        assumptions.extend(quote.assumptions.completion.iter().cloned());
        assumptions.extend(quote.assumptions.cap.iter().cloned());
        assumptions.extend(quote.range.map(|range| range.sentence()));
        let of = |path: &str| match sent.line {
            Some(line) => format!("{path}:{line}"),
            None => path.to_owned(),
        };
        let input = of(&sent.source.path);
        let prompt = self.table.name.clone().unwrap_or_else(|| input.clone());
        Ok(Measured {
            declared: self.declared,
            kept: BaselineEntry {
                prompt,
                input,
                model: model.id.clone(),
                text_digest: Some(BaselineEntry::digest_of(match sent.line {
                    Some(line) => sent.source.line(line),
                    None => &sent.source.text,
                })),
                size: CallEstimate::of(&quote, prompt_size),
            },
            alone: true,
            input: of(&sent.source.name),
            fidelity,
            range: quote.range,
            refused: quote.estimate.as_ref().err().cloned(),
            source: Arc::clone(&sent.source),
            line: sent.line,
            slot: self
                .slots
                .largest(&sent.request)
                .filter(|(_, tokens)| *tokens + *tokens >= prompt_size.high),
            largest_part: quote.prompt.largest_part().cloned(),
            assumptions,
        })
    }
}

/// What became of a file.
#[derive(Default)]
struct Reading {
    sent: Vec<Sent>,
    errors: Vec<Error>,
    warnings: Vec<String>,
}
