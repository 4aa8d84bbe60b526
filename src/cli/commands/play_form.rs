//! What the page of a simulation carries to play it again.

use std::collections::BTreeMap;

use crate::Error;
use crate::catalog::Model;
use crate::cli::input::played::Played;
use crate::cli::settings::Settings;
use crate::forecast::{TimeDist, TokenDist};
use crate::report::{Format, PlayForm, PlayedCommand, Widget, play_form};
use crate::units::Tokens;
use crate::workload::{CompletionDist, ConversationQuote, StepCount};

/// The form beside the page of one conversation; nothing where no page is written, or where a page cannot play it.
pub(crate) fn beside(
    input: Option<&str>,
    played: &Played,
    model: &Model,
    quote: &ConversationQuote<'_>,
    settings: &Settings,
) -> Result<Option<Widget>, Error> {
    if !settings.writes(Format::Html) {
        return Ok(None);
    }
    let Some(fields) = fields(played) else { return Ok(None) };
    let mut words = vec!["outlay".to_owned(), "simulate".to_owned()];
    words.extend(input.map(ToOwned::to_owned));
    words.extend(["-m".to_owned(), model.id.clone()]);
    let command = PlayedCommand {
        words,
        flags: flags(played, settings),
        fields,
        declared: is_declared(played),
        base: played.conversation.base.unwrap_or_default()
            + played.task.tool_definitions.unwrap_or_default(),
    };
    PlayForm::of(quote, command).map(|form| play_form(&form)).transpose()
}

/// Whether the parts of the completion are amounts that a field can hold.
fn is_declared(played: &Played) -> bool {
    let call = &played.call;
    let amount = |dist: &CompletionDist| matches!(dist, CompletionDist::Declared(..));
    call.visible.as_ref().is_some_and(amount)
        && call.reasoning.as_ref().is_none_or(amount)
        && call.thinking_budget.is_none()
}

/// The fields that the command fills; `None` where an amount cannot be written as a field takes it.
fn fields(played: &Played) -> Option<BTreeMap<&'static str, String>> {
    let (call, conversation, task) = (&played.call, &played.conversation, &played.task);
    let mut fields = BTreeMap::new();
    let mut amount = |name: &'static str, tokens: Option<Tokens>| {
        fields.extend(tokens.map(|tokens| (name, tokens.get().to_string())));
    };
    amount("base", conversation.base);
    amount("tool-definitions", task.tool_definitions);
    amount("max-steps", task.max_steps.map(|count| Tokens::new(count.get())));
    amount("max-turn-tokens", task.max_turn_tokens);
    amount("cap", call.max_completion_tokens);
    fields.extend(task.max_turn_usd.map(|usd| ("max-turn-usd", usd.to_string())));
    fields.extend(call.calls.map(|volume| ("calls", volume.to_string())));
    let mut dist = |name: &'static str, dist: Option<&TokenDist>| -> Option<()> {
        if let Some(dist) = dist {
            fields.insert(name, dist.literal()?);
        }
        Some(())
    };
    dist("calls-per-step", task.calls_per_step.as_ref())?;
    dist("call-tokens", task.call_tokens.as_ref())?;
    dist("result-tokens", task.result_tokens.as_ref())?;
    match &task.steps {
        None => {}
        Some(StepCount::Profile) => return None,
        Some(StepCount::Endless) => {
            fields.insert("steps", "endless".to_owned());
        }
        Some(StepCount::Dist(count)) => {
            fields.insert("steps", count.literal()?);
        }
    }
    if is_declared(played) {
        let parts = [("reasoning", &call.reasoning), ("visible", &call.visible)];
        let said = parts.into_iter().filter_map(|(name, dist)| Some((name, dist.as_ref()?)));
        fields.extend(said.map(|(name, dist)| (name, dist.to_string())));
    }
    Some(fields)
}

/// The flags that the form does not set, as words.
fn flags(played: &Played, settings: &Settings) -> Vec<String> {
    let (call, conversation) = (&played.call, &played.conversation);
    let mut words = vec!["--as-of".to_owned(), settings.as_of.to_string()];
    let mut flag = |name: &str, value: Option<String>| {
        words.extend(value.into_iter().flat_map(|value| [format!("--{name}"), value]));
    };
    for file in &settings.catalog_files {
        flag("catalog", Some(file.display().to_string()));
    }
    flag("kind", call.kind.map(|kind| kind.to_string()));
    flag("effort", call.effort.map(|effort| effort.to_string()));
    flag("thinking-budget", call.thinking_budget.map(|budget| budget.get().to_string()));
    flag("profile", call.profile.clone());
    if !is_declared(played) {
        flag("reasoning", call.reasoning.as_ref().map(ToString::to_string));
        flag("visible", call.visible.as_ref().map(ToString::to_string));
    }
    flag("tier", call.tier.map(|tier| tier.to_string()));
    flag("risk", call.risk.map(|risk| risk.get().to_string()));
    flag("reserve", call.reserve.map(|reserve| reserve.to_string()));
    flag("on-length", conversation.on_length.map(|policy| policy.to_string()));
    flag("turn-gap", conversation.turn_gap.as_ref().and_then(TimeDist::literal));
    flag("cache", conversation.cache.map(|cache| cache.to_string()));
    flag("endpoint", conversation.endpoint.map(|endpoint| endpoint.to_string()));
    let rho = conversation.turn_correlation.map(|rho| rho.get().to_string());
    flag("turn-correlation", rho);
    flag("runs", conversation.runs.map(|runs| runs.get().to_string()));
    flag("seed", conversation.seed.map(|seed| seed.to_string()));
    words
}
