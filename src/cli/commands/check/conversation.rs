//! A prompt that is a conversation: its scenario is simulated, and the whole of it is measured.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Error;
use crate::budget::{BaselineEntry, CallEstimate};
use crate::catalog::Fidelity;
use crate::cli::commands::check::measurement::{Measured, MeasuredPrompts, Seen, ids};
use crate::cli::commands::check::sources::SourceText;
use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::input::played::Played;
use crate::cli::input::source_tree::{Tree, join, normal};
use crate::cli::settings::Settings;

/// Simulates the scenario of a prompt. `settings` has the date and the catalogue of the tree.
pub(crate) fn measure(
    config: &Config,
    declared: usize,
    table: &PromptTable,
    tree: &Tree,
    settings: &Settings,
    only: Option<&BTreeSet<PathBuf>>,
) -> Result<MeasuredPrompts, Error> {
    let Some(path) = &table.scenario else { return Ok(MeasuredPrompts::default()) };
    let name = join(&config.folder, path.get_ref()).display().to_string();
    if only.is_some_and(|only| !only.contains(&normal(&name))) {
        return Ok(MeasuredPrompts::default());
    }
    let text = tree.read_prompt(&config.folder, path.get_ref());
    let text = text.map_err(|e| config.unread(&e, path))?;
    let mut call = config.call(declared);
    // A share of one prompt says nothing about a conversation, where caching follows from the turns.
    if table.call.cached.is_none() {
        call.cached = None;
    }
    if table.call.cache_write.is_none() {
        call.cache_write = None;
    }
    let (conversation, task) = Default::default();
    let played = Played::of(&call, &conversation, &task, &call.model);
    let played = played.scenario(&name, &|path| {
        let below = Path::new(path).strip_prefix(&config.folder).unwrap_or(Path::new(path));
        tree.read(&config.folder, &below.to_string_lossy())
    })?;
    let defaults = || settings.default_models().map(|models| ids(&models));
    let models = match played.call.model.as_slice() {
        [] => defaults().map_err(|e| config.placed(e, &path.span()))?,
        named => named.to_vec(),
    };
    let input = path.get_ref().clone();
    let source = Arc::new(SourceText::new(name.clone(), input.clone(), text));
    let mut measured = MeasuredPrompts::default();
    for id in &models {
        let model = settings.catalog.resolve(id, settings.as_of);
        let model = model.map_err(|e| config.placed(e, &path.span()))?;
        let quote = played.quote((model, None), settings, false, &mut Vec::new())?;
        let exact = quote.simulation.exact;
        measured.prompts.push(Measured {
            declared,
            kept: BaselineEntry {
                prompt: table.name.clone().unwrap_or_else(|| input.clone()),
                input: input.clone(),
                model: model.id.clone(),
                text_digest: Some(BaselineEntry::digest_of(&source.text)),
                size: CallEstimate::of_conversation(model, &quote, played.call.calls),
            },
            alone: models.len() == 1,
            seen: Arc::new(Seen {
                input: name.clone(),
                range: None,
                fidelity: if exact { Fidelity::Declared } else { Fidelity::Estimate },
                refused: None,
                source: Arc::clone(&source),
                line: None,
                slot: None,
                largest_part: None,
                assumptions: quote.assumptions.into(),
            }),
        });
    }
    Ok(measured)
}
