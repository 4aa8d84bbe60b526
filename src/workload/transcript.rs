//! A real conversation, counted message by message, to go on from.

use super::conversation::Past;
use crate::Error;
use crate::catalog::Model;
use crate::request::{ANSWER_FRAMING, MESSAGE_FRAMING, Message, Request, Role, prompt_tokens};
use crate::units::Tokens;

impl Past {
    /// What a request has said already. Instructions come first and are never dropped; a turn begins
    /// with each message of the user.
    ///
    /// # Errors
    /// Those of [`prompt_tokens`].
    pub fn of(request: &Request, model: &Model) -> Result<Self, Error> {
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
        // Definitions of tools and the like are not part of a message; they come first as well.
        let said: Tokens = turns.iter().copied().sum::<Tokens>()
            + pending.map_or(Tokens::ZERO, |pending| pending + MESSAGE_FRAMING);
        let base = total.saturating_sub(ANSWER_FRAMING).saturating_sub(said);
        Ok(Self { base, turns, pending })
    }
}
