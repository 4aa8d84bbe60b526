//! The request that fits: the oldest messages left out, all else as it was.

use std::collections::BTreeSet;

use serde::Serialize;

use super::super::prompt::Prompt;
use super::entries::Entries;
use crate::catalog::Model;
use crate::forecast::Room;
use crate::request::{FileHint, Request, check_tool_pairs, known_prompt_tokens, read};
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// A message that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DroppedMessage {
    /// What the file calls it, such as `messages[3]`.
    pub message: String,
    /// Who it is from.
    pub role: String,
    /// How it begins.
    pub first_words: String,
    /// Its tokens.
    pub tokens: Tokens,
}

/// A request of which messages are left out, so that what is wanted fits after it.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The messages that are left out, oldest first.
    pub dropped: Vec<DroppedMessage>,
    /// The prompt tokens that are left.
    pub prompt_tokens: Tokens,
    /// What fits after them.
    pub room: Tokens,
    /// The file without these messages, each other byte as it was.
    pub text: String,
}

impl Fitted {
    /// Leaves out as few of the oldest messages as it takes for `wanted` tokens to fit after the prompt.
    /// Parts that cannot be counted are left out of the count where `skip_uncountable` says so.
    /// Calls of tools go with their results, instructions and the last message of the user stay. `None` for a
    /// text that is no list of messages.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] for calls and results without each other, for a history that the provider keeps,
    /// and where what must stay is too long; those of reading and counting.
    pub fn of(
        text: &str,
        model: &Model,
        wanted: Tokens,
        skip_uncountable: bool,
    ) -> Result<Option<Self>, Error> {
        let counted = |text: &str| counted(text, model, skip_uncountable);
        let Some(entries) = Entries::of(text)? else { return Ok(None) };
        let (request, whole) = counted(text)?;
        check_tool_pairs(&request)?;
        let units = entries.units();
        let without = |n: usize| -> Result<(BTreeSet<usize>, String, Tokens), Error> {
            let dropped: BTreeSet<usize> = units[..n].iter().flatten().copied().collect();
            let text = entries.without(&dropped);
            let tokens = if n == 0 { whole.tokens } else { counted(&text)?.1.tokens };
            Ok((dropped, text, tokens))
        };
        let fits = |tokens| Room::after(tokens, &model.limits).tokens >= wanted;
        // The fewest units: each that is left out makes the prompt shorter.
        let (mut few, mut enough) = (0, units.len());
        let shortest = without(enough)?.2;
        if !fits(shortest) {
            return Err(too_long(shortest, model, wanted));
        }
        while few < enough {
            let half = usize::midpoint(few, enough);
            if fits(without(half)?.2) { enough = half } else { few = half + 1 }
        }
        let (places, text, prompt_tokens) = without(enough)?;
        let (request, _) = counted(&text)?;
        check_tool_pairs(&request)?;
        let dropped = places.iter().map(|i| &entries.list[*i]).map(|entry| DroppedMessage {
            message: entry.place.clone(),
            role: entry.role.clone(),
            first_words: entry.first_words.clone(),
            tokens: tokens_of(&whole, &entry.place),
        });
        Ok(Some(Self {
            dropped: dropped.collect(),
            prompt_tokens,
            room: Room::after(prompt_tokens, &model.limits).tokens,
            text,
        }))
    }
}

/// The only request of a text, and its tokens.
fn counted(text: &str, model: &Model, skip: bool) -> Result<(Request, Prompt), Error> {
    let mut entries = read(text, FileHint::Nothing, None)?.entries;
    if entries.len() != 1 {
        return Err(Error::new(
            ErrorKind::Usage,
            "several requests are no conversation to shorten",
        )
        .hint("name a file with one request"));
    }
    let request = entries.remove(0).request?;
    let prompt = if skip {
        let sized = request.for_model(model);
        Prompt::counted(&request, model, known_prompt_tokens(&sized, &model.counting))
    } else {
        Prompt::of(&request, model)?
    };
    Ok((request, prompt))
}

/// The tokens of the parts of an entry.
fn tokens_of(prompt: &Prompt, place: &str) -> Tokens {
    let parts = prompt.count.parts.iter().filter(|part| part.part.starts_with(place));
    parts.map(|part| part.tokens).sum()
}

fn too_long(shortest: Tokens, model: &Model, wanted: Tokens) -> Error {
    let room = Room::after(shortest, &model.limits).tokens;
    let message = format!(
        "what must stay has {shortest} tokens and leaves {room} of the {wanted} that are wanted: instructions, \
         definitions of tools, the last message of the user and its latest step"
    );
    Error::new(ErrorKind::Refused, message)
        .hint("shorten the instructions or the last message, offer fewer tools, or lower --reserve")
}
