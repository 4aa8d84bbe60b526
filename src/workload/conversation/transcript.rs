//! A real conversation, counted message by message, to go on from.

use super::caching::CacheChoice;
use super::observed::ObservedSteps;
use super::quote::Past;
use crate::Error;
use crate::catalog::{CacheLifetime, Model};
use crate::forecast::TokenDist;
use crate::request::{Framing, Message, Request, Role, check_tool_pairs, prompt_tokens};
use crate::units::Tokens;

impl Past {
    /// What a request has said already. Instructions come first and are never dropped; a turn begins
    /// with each message of the user.
    ///
    /// # Errors
    /// Those of [`prompt_tokens`] and of [`check_tool_pairs`].
    pub fn of(request: &Request, model: &Model) -> Result<Self, Error> {
        check_tool_pairs(request)?;
        let request = &*request.for_model(model);
        let counted = prompt_tokens(request, &model.counting)?;
        let total = counted.prompt_tokens();
        let framing = Framing::of(&model.counting, &request.settings);
        let alone = |messages: &[Message]| {
            let mut alone = Request::from_messages(request.origin, messages.to_vec());
            alone.settings = request.settings.clone();
            prompt_tokens(&alone, &model.counting).map(|count| count.prompt_tokens())
        };
        // What surrounds all messages together is not part of one of them.
        let around = match model.counting.chat_template() {
            Some(_) => alone(&[])?,
            None => framing.answer,
        };
        let count = |messages: &[Message]| Ok(alone(messages)?.saturating_sub(around));
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
            if waits { turns.pop().map(|turn| turn.saturating_sub(framing.user)) } else { None };
        // Definitions of tools and the like are not part of a message; they come first as well.
        let said: Tokens = turns.iter().copied().sum::<Tokens>()
            + pending.map_or(Tokens::ZERO, |pending| pending + framing.user);
        let base = total.saturating_sub(framing.answer).saturating_sub(said);
        let observed = observed(&request.messages[first..], framing, &count)?;
        let (marked, endpoint) = (Some(marked(request)), request.endpoint());
        let range = counted.range();
        let framing = Some(framing);
        Ok(Self { base, turns, pending, range, marked, endpoint, observed, framing })
    }
}

/// How long the first mark of a request keeps it in a cache.
fn marked(request: &Request) -> CacheChoice {
    let Some(mark) = request.settings.cache_marks.first() else { return CacheChoice::Off };
    let usual = CacheLifetime::FiveMinutes;
    CacheChoice::For(mark.ttl.as_deref().and_then(|ttl| ttl.parse().ok()).unwrap_or(usual))
}

/// The steps of the turns that have been answered; nothing where none calls a tool. Messages of the model in
/// a row are one step: some APIs write each of its calls as a message of its own.
fn observed(
    messages: &[Message],
    framing: Framing,
    count: &impl Fn(&[Message]) -> Result<Tokens, Error>,
) -> Result<Option<ObservedSteps>, Error> {
    let (mut steps, mut calls, mut results) = (Vec::new(), Vec::new(), Vec::new());
    let (mut of_turn, mut of_step, mut previous) = (0_u64, 0_u64, Role::User);
    for message in messages {
        match message.role {
            Role::Assistant => {
                if previous != Role::Assistant {
                    of_turn += 1;
                    calls.extend((of_step > 0).then_some(Tokens::new(of_step)));
                    of_step = 0;
                }
                of_step += message.tool_calls.len() as u64;
            }
            Role::Tool | Role::Function => {
                let each = message.answers.len().max(1) as u64;
                let tokens = count(std::slice::from_ref(message))?.saturating_sub(framing.user);
                let mean = Tokens::new(tokens.get().div_ceil(each));
                results.extend((0..each).map(|_| mean));
            }
            Role::User | Role::System | Role::Developer => {
                steps.extend((of_turn > 0).then_some(Tokens::new(of_turn)));
                of_turn = 0;
            }
        }
        previous = message.role;
    }
    calls.extend((of_step > 0).then_some(Tokens::new(of_step)));
    // A turn that still waits for its next step is not counted.
    steps.extend((of_turn > 0 && previous == Role::Assistant).then_some(Tokens::new(of_turn)));
    let results = TokenDist::measured(results);
    let steps = TokenDist::measured(steps);
    Ok(steps.filter(|_| results.is_some()).map(|steps| ObservedSteps {
        steps,
        calls: TokenDist::measured(calls),
        results,
    }))
}
