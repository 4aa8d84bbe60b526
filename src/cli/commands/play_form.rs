//! What the page of a simulation carries to play it again.

use std::collections::BTreeMap;

use crate::Error;
use crate::catalog::Model;
use crate::cli::input::played::Played;
use crate::cli::settings::Settings;
use crate::report::{Format, PlayForm, PlayedCommand, Widget, play_form};
use crate::workload::{CompletionDist, ConversationQuote, StepCount, flags_of};

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
    let Some((fields, flags)) = said(played) else { return Ok(None) };
    let mut words = vec!["outlay".to_owned(), "simulate".to_owned()];
    words.extend(input.map(ToOwned::to_owned));
    words.extend(["-m".to_owned(), model.id.clone()]);
    let command = PlayedCommand {
        words,
        flags: [settings.words(), flags].concat(),
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

/// What the command says: in fields of the form, and beside it as flags. `None` where no form plays it.
fn said(played: &Played) -> Option<(BTreeMap<String, String>, Vec<String>)> {
    if matches!(played.task.steps, Some(StepCount::Profile)) {
        return None;
    }
    let (call, conversation) = (flags_of(&played.call)?, flags_of(&played.conversation)?);
    let declared = is_declared(played);
    let (mut fields, mut flags) = (BTreeMap::new(), Vec::new());
    for (flag, value) in call.into_iter().chain(conversation).chain(flags_of(&played.task)?) {
        let part = ["reasoning", "visible"].contains(&flag.as_str());
        if PlayForm::FIELDS.contains(&flag.as_str()) && (declared || !part) {
            fields.insert(flag, value);
        } else {
            flags.extend([format!("--{flag}"), value]);
        }
    }
    Some((fields, flags))
}
