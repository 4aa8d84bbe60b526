//! A real conversation, counted message by message, to go on from.

use std::path::Path;

use crate::catalog::{Feature, Model};
use crate::cli::args::conversation::Past;
use crate::cli::input::discover;
use crate::cli::settings::Settings;
use crate::request::{
    ANSWER_FRAMING, MESSAGE_FRAMING, Message, Request, Role, prompt_tokens, read,
};
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// Reads a file with one request.
pub(crate) fn load(input: &str) -> Result<Request, Error> {
    let source =
        if input == "-" { Ok(discover::Source::Stdin) } else { discover::named(Path::new(input)) };
    let request = || {
        let source = source?;
        let mut entries = read(&source.text()?, source.naming(), None)?.entries;
        if entries.len() > 1 {
            let message = "this file has several requests, not one conversation";
            return Err(Error::new(ErrorKind::Usage, message)
                .hint("name a file with one Chat Completions request"));
        }
        entries.remove(0).request
    };
    request().map_err(|error: Error| error.in_source(input))
}

/// Instructions come first and are never dropped; a turn begins with each message of the user.
pub(crate) fn past(request: &Request, model: &Model) -> Result<Past, Error> {
    let total = prompt_tokens(request, &model.counting)?.prompt_tokens();
    let count = |messages: &[Message]| {
        let alone = Request::from_messages(request.origin, messages.to_vec());
        prompt_tokens(&alone, &model.counting)
            .map(|count| count.prompt_tokens().saturating_sub(ANSWER_FRAMING))
    };
    let is_user = |message: &Message| message.role == Role::User;
    let first = request.messages.iter().position(is_user).unwrap_or(request.messages.len());
    let mut turns = Vec::new();
    let mut rest = &request.messages[first..];
    while let [_, after @ ..] = rest {
        let end = 1 + after.iter().position(is_user).unwrap_or(after.len());
        turns.push(count(&rest[..end])?);
        rest = &rest[end..];
    }
    let waits = request.messages.last().is_some_and(is_user);
    let pending =
        if waits { turns.pop().map(|turn| turn.saturating_sub(MESSAGE_FRAMING)) } else { None };
    // Definitions of tools and the like are no part of a message; they come first as well.
    let said: Tokens = turns.iter().copied().sum::<Tokens>()
        + pending.map_or(Tokens::ZERO, |pending| pending + MESSAGE_FRAMING);
    let base = total.saturating_sub(ANSWER_FRAMING).saturating_sub(said);
    Ok(Past { base, turns, pending })
}

/// What the API would refuse is simulated all the same, with a word.
pub(crate) fn warn(
    request: &Request,
    model: &Model,
    settings: &Settings,
    warnings: &mut Vec<String>,
) {
    for need in request.needs() {
        if model.supports(need, settings.as_of) == Some(false) {
            warnings.push(format!(
                "`{}` refuses {}; it is simulated all the same",
                model.id,
                need.in_words()
            ));
        }
    }
    if request.needs().contains(&Feature::Images) {
        warnings.push("images are not counted".to_owned());
    }
}
