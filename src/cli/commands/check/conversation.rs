//! A prompt that is a conversation: its scenario is played, and the whole of it is measured.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::Error;
use crate::budget::{BaselineEntry, BilledConversation, CallEstimate, PromptSize};
use crate::catalog::{Fidelity, Model, Tier};
use crate::cli::args::conversation::{self, ConversationArgs, Past, Simulated};
use crate::cli::commands::check::measurement::{Measured, MeasuredPrompts, SourceText};
use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::config::scenario::Scenario;
use crate::cli::input::counted::DEFAULT_MODEL;
use crate::cli::input::source_tree::{Tree, join};
use crate::cli::settings::Settings;
use crate::forecast::Simulation;
use crate::units::{CallVolume, Tokens};

/// Plays the scenario of a prompt. `settings` has the date and the catalogue of the tree.
pub(crate) fn play(
    config: &Config,
    declared: usize,
    table: &PromptTable,
    tree: &Tree,
    settings: &Settings,
    only: Option<&BTreeSet<PathBuf>>,
) -> Result<MeasuredPrompts, Error> {
    let Some(path) = &table.scenario else { return Ok(MeasuredPrompts::default()) };
    let name = join(&config.folder, path.get_ref()).display().to_string();
    if only.is_some_and(|only| !only.contains(&crate::cli::input::source_tree::normal(&name))) {
        return Ok(MeasuredPrompts::default());
    }
    let text = tree.read(&config.folder, path.get_ref());
    let text = text.map_err(|e| config.unread(&e, path))?;
    let scenario = Scenario::parse(&text).map_err(|e| e.in_source(&name))?;
    let merged = table.call.over(&config.file.call);
    let (mut call, mut cap) = config.call(&merged);
    // A share of one prompt says nothing about a conversation, where caching follows from the turns.
    if table.call.cached.is_none() {
        call.cached = None;
    }
    let models = match &merged.model {
        Some(models) => models.get_ref().0.clone(),
        None if scenario.model.is_empty() => vec![DEFAULT_MODEL.to_owned()],
        None => scenario.model.clone(),
    };
    let mut conversation = ConversationArgs::default();
    scenario.fill(&mut call, &mut cap, &mut conversation);
    let extension = Some("toml".to_owned());
    let input = path.get_ref().clone();
    let source = Arc::new(SourceText::new(name.clone(), input.clone(), text, extension));
    let mut outcome = MeasuredPrompts::default();
    for id in &models {
        let model = settings.catalog.resolve(id, settings.as_of);
        let model = model.map_err(|e| config.placed(e, &path.span()))?;
        let played =
            conversation::run(model, &conversation, &call, &cap, &Past::default(), settings);
        let played = played.map_err(|e| e.in_source(&name))?;
        let calls = call.calls.and_then(CallVolume::per_month);
        let size = size(model, &played, call.tier.unwrap_or_default(), calls);
        outcome.prompts.push(Measured {
            declared,
            kept: BaselineEntry {
                prompt: table.name.clone().unwrap_or_else(|| input.clone()),
                input: input.clone(),
                model: model.id.clone(),
                size,
            },
            alone: models.len() == 1,
            input: name.clone(),
            fidelity: if played.simulation.exact { Fidelity::Declared } else { Fidelity::Estimate },
            refused: None,
            source: Arc::clone(&source),
            line: None,
            slot: None,
            largest_part: None,
            assumptions: played.assumptions,
        });
    }
    Ok(outcome)
}

/// The size of a conversation: its largest prompt, its smallest room, and the means of what it bills.
fn size(
    model: &Model,
    played: &Simulated,
    tier: Tier,
    calls_per_month: Option<u64>,
) -> CallEstimate {
    let Simulation { turns, truncated, billed, runs, .. } = &played.simulation;
    let largest = |f: fn(&crate::forecast::TurnSummary) -> Tokens| turns.iter().map(f).max();
    let sum = |f: fn(&crate::forecast::TurnSummary) -> Tokens| {
        Tokens::from_f64(turns.iter().map(|turn| turn.reached.get() * f(turn).as_f64()).sum())
    };
    let smallest = turns.iter().map(|turn| turn.room.p5).min();
    CallEstimate {
        tier,
        prompt_tokens: PromptSize {
            expected: largest(|turn| turn.prompt.mean).unwrap_or_default(),
            high: largest(|turn| turn.prompt.p95).unwrap_or_default(),
        },
        cached_tokens: Tokens::ZERO,
        completion_tokens: None,
        cap: turns.last().map(|turn| turn.cap.p50),
        room: smallest.unwrap_or(model.limits.output_cap),
        length_risk: Some(*truncated),
        calls_per_month,
        monthly_completion_tokens: None,
        conversation: Some(BilledConversation {
            prompt_tokens: sum(|turn| turn.prompt.mean),
            cached_tokens: sum(|turn| turn.cached.mean),
            completion_tokens: sum(|turn| turn.completion.mean),
            runs: u64::from(*runs),
            billed: billed.clone(),
        }),
    }
}
