//! The prompts of a configuration, measured in one tree: from files to sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::budget::{BaselineEntry, CallEstimate, PromptSize};
use crate::catalog::{Catalog, Fidelity, Model, PriceEntry, Tier};
use crate::cli::args::CallArgs;
use crate::cli::args::CapArgs;
use crate::cli::commands::check::conversation::play;
use crate::cli::commands::check::measurement::{
    Measured, MeasuredPrompts, Measurement, SourceText,
};
use crate::cli::commands::check::slots::Slots;
use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::input::completion_source::{Law, law};
use crate::cli::input::counted::DEFAULT_MODEL;
use crate::cli::input::source_tree::normal;
use crate::cli::input::source_tree::{Named, Tree};
use crate::cli::settings::Settings;
use crate::forecast::{Call, Estimate, Room, estimate, plan};
use crate::request::{Entry, Request, prompt_tokens, read};
use crate::units::{Position, Tokens};
use crate::{Error, ErrorKind};

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
            play(config, declared, prompt.get_ref(), tree, settings, only)
        } else {
            Declaration::new(config, declared, prompt.get_ref(), tree)
                .and_then(|declaration| declaration.measure(tree, catalog, as_of, only))
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
    call: CallArgs,
    cap: CapArgs,
    models: Option<(Vec<String>, Range<usize>)>,
    slots: Slots,
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
    ) -> Result<Self, Error> {
        let merged = table.call.over(&config.file.call);
        let (call, cap) = config.call(&merged);
        let models = merged.model.as_ref().map(|m| (m.get_ref().0.clone(), m.span()));
        let slots = Slots::read(table, config, tree)?;
        Ok(Self { config, declared, table, call, cap, models, slots })
    }

    fn measure(
        &self,
        tree: &Tree,
        catalog: &Catalog,
        as_of: Date,
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
                        .unwrap_or("a prompt that is gone is no pass: mend the path");
                    outcome.errors.push(refused.hint(hint));
                }
            }
        }
        let wanted = |file: &Named| only.is_none_or(|only| only.contains(&normal(&file.name)));
        let own = |file: &Named| file.found && self.config.owns(&file.name);
        let mut seen = BTreeSet::new();
        files.retain(|file| wanted(file) && !own(file) && seen.insert(file.name.clone()));
        let texts = tree.read_all(&files);
        let readings: Vec<Reading> =
            files.into_par_iter().zip(texts).map(|(file, text)| self.read(&file, text)).collect();
        let mut sent = Vec::new();
        for reading in readings {
            sent.extend(reading.sent);
            outcome.errors.extend(reading.errors);
            outcome.warnings.extend(reading.warning);
        }
        outcome.warnings.extend(self.slot_warnings(&sent, only));
        let laws = self.laws(&sent, catalog, as_of)?;
        let measured: Vec<Result<Measured, Error>> = sent
            .par_iter()
            .flat_map_iter(|sent| self.for_models(sent, &laws, catalog, as_of))
            .collect();
        for result in measured {
            match result {
                Ok(prompt) => outcome.prompts.push(prompt),
                Err(error) => outcome.errors.push(error),
            }
        }
        Ok(outcome)
    }

    fn read(&self, file: &Named, text: Result<String, Error>) -> Reading {
        let name = file.name.clone();
        let left_out = |error: &Error| Reading {
            warning: Some(format!("`{name}` is left out: {}", error.message())),
            ..Reading::default()
        };
        let failed = |error: Error| Reading { errors: vec![error], ..Reading::default() };
        let text = match text {
            Ok(text) => text,
            Err(error) if file.found => return left_out(&error),
            Err(error) => return failed(error.in_source(&name)),
        };
        let extension = file.extension().map(ToOwned::to_owned);
        let path = file.path();
        let source = Arc::new(SourceText::new(name.clone(), path, text, extension));
        let shape = self.table.shape.as_ref().map(|shape| shape.0);
        let document = match read(&source.text, source.naming(), shape) {
            Ok(document) => document,
            Err(error) if file.found && source.text.trim().is_empty() => return left_out(&error),
            Err(error) => return failed(error.in_source(&name)),
        };
        let warning = document.note.map(|note| format!("`{name}`: {note}"));
        let mut reading = Reading { warning, ..Reading::default() };
        for Entry { line, request } in document.entries {
            match request {
                Ok(request) => {
                    reading.sent.push(Sent { source: Arc::clone(&source), line, request });
                }
                Err(error) => reading.errors.push(error.in_source(&name)),
            }
        }
        reading
    }

    /// Slots that are declared and not there, and slots that are there and not declared.
    fn slot_warnings(&self, sent: &[Sent], only: Option<&BTreeSet<PathBuf>>) -> Vec<String> {
        if self.slots.is_empty() {
            let first = sent.iter().find_map(|sent| Some((sent, sent.request.slots().next()?)));
            return first
                .map(|(sent, slot)| {
                    format!(
                        "`{}` has the slot `{}`, counted as it stands: say how large it becomes with slots = {{ {} = \"50..400\" }}",
                        sent.source.name, slot.name, slot.name
                    )
                })
                .into_iter()
                .collect();
        }
        if only.is_some() {
            return Vec::new();
        }
        let requests: Vec<&Request> = sent.iter().map(|sent| &sent.request).collect();
        let unused = self.slots.unused(&requests);
        unused.into_iter().map(|slot| format!("no prompt has the slot `{slot}`")).collect()
    }

    /// The law of completions of every model in use; it is the same for all requests.
    fn laws(
        &self,
        sent: &[Sent],
        catalog: &Catalog,
        as_of: Date,
    ) -> Result<BTreeMap<String, Option<Law>>, Error> {
        let names: BTreeSet<&str> = match &self.models {
            Some((models, _)) => models.iter().map(String::as_str).collect(),
            None => {
                sent.iter().map(|s| s.request.model.as_deref().unwrap_or(DEFAULT_MODEL)).collect()
            }
        };
        let mut laws = BTreeMap::new();
        for name in names {
            match (catalog.resolve(name, as_of), &self.models) {
                (Ok(model), _) => {
                    laws.insert(model.id.clone(), law(model, &self.call)?);
                }
                (Err(error), Some((_, span))) => return Err(self.config.placed(error, span)),
                // The request that names it tells the error at its own place.
                (Err(_), None) => {}
            }
        }
        Ok(laws)
    }

    fn for_models(
        &self,
        sent: &Sent,
        laws: &BTreeMap<String, Option<Law>>,
        catalog: &Catalog,
        as_of: Date,
    ) -> Vec<Result<Measured, Error>> {
        let own = || vec![sent.request.model.clone().unwrap_or_else(|| DEFAULT_MODEL.to_owned())];
        let names = self.models.as_ref().map_or_else(own, |(models, _)| models.clone());
        let placed = |error: Error| {
            let error = error.in_source(&sent.source.name);
            match (error.position(), sent.line) {
                (None, Some(line)) => error.at(Position { line, column: 1 }),
                _ => error,
            }
        };
        let measured = names.iter().map(|name| {
            let model = catalog.resolve(name, as_of)?;
            let law = laws.get(&model.id).and_then(Option::as_ref);
            self.one(sent, model, law, as_of)
        });
        measured.map(|result| result.map_err(placed)).collect()
    }

    fn one(
        &self,
        sent: &Sent,
        model: &Model,
        law: Option<&Law>,
        as_of: Date,
    ) -> Result<Measured, Error> {
        let mut assumptions = Vec::new();
        let (prompt_size, count) = if self.slots.is_empty() {
            let count = prompt_tokens(&sent.request, &model.counting)?;
            (PromptSize::fixed(count.prompt_tokens()), count)
        } else {
            self.slots.check(&sent.request, &sent.source.text)?;
            assumptions.push(self.slots.assumption());
            self.slots.size(&sent.request, model)?
        };
        let fidelity = if prompt_size.high == count.prompt_tokens() {
            count.fidelity
        } else {
            Fidelity::Estimate
        };
        assumptions.extend(law.map(|law| law.sentence(model)));
        let price = model.price_at(as_of)?;
        let tier = self.call.tier.or(sent.request.tier).unwrap_or_default();
        model.rates(price, tier, prompt_size.high)?;
        let priced = Priced { model, price, tier, law };
        let (size, refused) = self.size(&sent.request, prompt_size, &priced, &mut assumptions)?;
        let of = |path: &str| match sent.line {
            Some(line) => format!("{path}:{line}"),
            None => path.to_owned(),
        };
        let input = of(&sent.source.path);
        let prompt = self.table.name.clone().unwrap_or_else(|| input.clone());
        Ok(Measured {
            declared: self.declared,
            kept: BaselineEntry { prompt, input, model: model.id.clone(), size },
            alone: self.models.as_ref().is_none_or(|(models, _)| models.len() == 1),
            input: of(&sent.source.name),
            fidelity,
            refused,
            source: Arc::clone(&sent.source),
            line: sent.line,
            slot: self
                .slots
                .largest(&sent.request)
                .filter(|(_, tokens)| *tokens + *tokens >= prompt_size.high),
            largest_part: Some(&count.parts)
                .filter(|parts| parts.len() > 1)
                .and_then(|parts| parts.iter().max_by_key(|part| part.tokens))
                .cloned(),
            assumptions,
        })
    }

    /// The size of a call, and why it has no completion when the API would refuse it.
    fn size(
        &self,
        request: &Request,
        prompt: PromptSize,
        priced: &Priced<'_>,
        assumptions: &mut Vec<String>,
    ) -> Result<(CallEstimate, Option<Error>), Error> {
        let Priced { model, price, tier, law } = *priced;
        let completion = law.map(|law| &law.completion);
        let policy = self.cap.policy(law.and_then(|law| law.profile.as_ref()), assumptions);
        let room = Room::after(prompt.high, &model.limits).tokens;
        let sent = self.call.max_completion_tokens.or(request.cap);
        let cap = sent.or_else(|| plan(model, prompt.high, &policy, completion).recommended);
        let cached = self.call.cached.map_or(Tokens::ZERO, |cached| cached.of(prompt.high));
        let calls_per_month = self.call.calls.and_then(crate::units::CallVolume::per_month);
        let call = Call {
            model,
            price,
            tier,
            prompt: prompt.high,
            cached,
            completion,
            cap,
            choices: request.choices,
            calls: calls_per_month.unwrap_or(1),
        };
        let (answer, refused) = match estimate(&call) {
            Ok(answer) => (Some(answer), None),
            Err(error) if error.kind() == ErrorKind::Refused => (None, Some(error)),
            Err(error) => return Err(error),
        };
        let of = |f: fn(&Estimate) -> crate::forecast::Range<Tokens>| answer.as_ref().map(f);
        let size = CallEstimate {
            tier,
            prompt_tokens: prompt,
            cached_tokens: cached,
            completion_tokens: of(|answer| answer.completion),
            cap,
            room,
            length_risk: completion.zip(cap).map(|(law, cap)| law.length_risk(cap.min(room))),
            calls_per_month,
            monthly_completion_tokens: calls_per_month.and(of(|answer| answer.all_completions)),
            conversation: None,
        };
        Ok((size, refused))
    }
}

/// A model with what it costs and how it answers.
#[derive(Clone, Copy)]
struct Priced<'a> {
    model: &'a Model,
    price: &'a PriceEntry,
    tier: Tier,
    law: Option<&'a Law>,
}

/// What became of a file.
#[derive(Default)]
struct Reading {
    sent: Vec<Sent>,
    errors: Vec<Error>,
    warning: Option<String>,
}
