//! What a request means for a model: whether the call reasons, and what its cap is called.

use std::borrow::Cow;

use super::count::PromptCount;
use super::media::{DeclaredSizes, Media};
use super::message::{Message, Part, Request};
use super::origin::Origin;
use super::settings::{CacheMark, MarkedPrefix, ThinkingSetting};
use crate::catalog::{ApiFamily, Effort, Endpoint, Model};
use crate::units::Tokens;

/// The endpoint that takes requests of a format.
const fn endpoint(origin: Origin) -> Option<Endpoint> {
    match origin {
        Origin::Chat => Some(Endpoint::ChatCompletions),
        Origin::Responses => Some(Endpoint::Responses),
        Origin::Anthropic => Some(Endpoint::Messages),
        Origin::Gemini => Some(Endpoint::GenerateContent),
        Origin::Converse => Some(Endpoint::Converse),
        Origin::InvokeModel => Some(Endpoint::InvokeModel),
        _ => None,
    }
}

/// The field in which the usual API of a model takes the cap.
#[must_use]
pub fn cap_field(model: &Model) -> &str {
    let first = model.api.as_ref().and_then(|api| api.endpoints.first());
    match (first, model.provider.as_str()) {
        (Some(endpoint), _) => &endpoint.cap,
        (None, "anthropic" | "mistral" | "deepseek" | "alibaba") => "max_tokens",
        (None, "google") => "maxOutputTokens",
        (None, _) => "max_completion_tokens",
    }
}

impl Request {
    /// The request with its images, sounds, films and documents counted for a model.
    #[must_use]
    pub fn for_model(&self, model: &Model) -> Cow<'_, Self> {
        self.with_media(|media| *media = media.counted_for(model))
    }

    /// The request with what is declared of its images, sounds, films and documents, where it does not state
    /// their size itself.
    #[must_use]
    pub fn with_declared(&self, sizes: &DeclaredSizes) -> Cow<'_, Self> {
        if *sizes == DeclaredSizes::default() {
            return Cow::Borrowed(self);
        }
        self.with_media(|media| media.declare(sizes))
    }

    fn with_media(&self, change: impl Fn(&mut Media)) -> Cow<'_, Self> {
        let parts = self.messages.iter().flat_map(|message| &message.content);
        if !parts.into_iter().any(|part| matches!(part, Part::Media(_))) {
            return Cow::Borrowed(self);
        }
        let mut changed = self.clone();
        for part in changed.messages.iter_mut().flat_map(|message| &mut message.content) {
            if let Part::Media(media) = part {
                change(media);
            }
        }
        Cow::Owned(changed)
    }

    /// The endpoint that takes it; `None` for plain text and prompt files.
    #[must_use]
    pub fn endpoint(&self) -> Option<Endpoint> {
        endpoint(self.origin)
    }

    /// The field in which it sends a cap, or would send one to the model.
    #[must_use]
    pub fn cap_field<'m>(&self, model: &'m Model) -> &'m str {
        // Models that reason refuse the older name.
        let own = self
            .settings
            .cap_field
            .filter(|name| *name != "max_tokens" || self.origin != Origin::Chat);
        let known = self.endpoint().and_then(|at| model.api.as_ref()?.endpoint(at));
        match (own, known) {
            (Some(name), _) => name,
            (None, Some(known)) => &known.cap,
            (None, None) => match self.origin {
                Origin::Chat => cap_field(model),
                origin => origin.cap_field().unwrap_or_else(|| cap_field(model)),
            },
        }
    }

    /// Whether a call of the model with this request reasons: the model can, the request does not switch it
    /// off, and it either switches it on or the model reasons by default.
    #[must_use]
    pub fn reasons(&self, model: &Model) -> bool {
        if !model.reasoning || self.settings.thinking == Some(ThinkingSetting::Off) {
            return false;
        }
        let effort =
            self.settings.effort.as_deref().and_then(|effort| effort.parse::<Effort>().ok());
        if effort == Some(Effort::None) {
            return false;
        }
        // Anthropic's effort governs all output and switches nothing on.
        let family = model.api.as_ref().map(|api| api.family);
        let governs = effort.is_some() && family != Some(ApiFamily::Anthropic);
        let by_default = model.thinking.as_ref().is_none_or(|thinking| thinking.by_default);
        self.settings.thinking.is_some() || governs || by_default
    }
}

/// The tokens of a prompt that marks for the cache cover, from its beginning.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct MarkedTokens {
    /// Up to the last mark.
    pub tokens: Tokens,
    /// Up to the last one for the longer lifetime.
    pub extended: Tokens,
}

impl Request {
    /// What its marks for the cache cover of its counted prompt.
    ///
    /// A message counts whole, although a mark may stand within it, so that this is the most they cover.
    #[must_use]
    pub fn marked(&self, model: &Model, count: &PromptCount) -> MarkedTokens {
        let longer = model.cache.as_ref().and_then(|cache| cache.lifetimes.get(1));
        let is_longer = |ttl: &str| longer.is_some_and(|longer| longer.to_string() == ttl);
        let marks = &self.settings.cache_marks;
        let covered = |mark: &CacheMark| self.covered(mark, count);
        let extended = marks.iter().filter(|mark| mark.ttl.as_deref().is_some_and(is_longer));
        let whole = self.settings.cache_ttl.as_deref().is_some_and(is_longer);
        MarkedTokens {
            tokens: marks.iter().map(covered).max().unwrap_or_default(),
            extended: if whole {
                count.prompt_tokens()
            } else {
                extended.map(covered).max().unwrap_or_default()
            },
        }
    }

    /// The tokens up to a mark.
    fn covered(&self, mark: &CacheMark, count: &PromptCount) -> Tokens {
        let messages = self.messages_up_to(mark);
        if messages == self.messages.len() {
            return count.prompt_tokens();
        }
        let before = self.messages.iter().enumerate().take(messages);
        let places: Vec<String> = before.map(|(i, message)| message.place(i)).collect();
        let is_before = |part: &str| {
            let rest = places.iter().filter_map(|place| part.strip_prefix(place.as_str()));
            rest.into_iter().any(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        // What is of no message, such as the tools, comes before all of them.
        let parts = count.parts.iter();
        let parts = parts.filter(|part| part.role.is_none() || is_before(&part.part));
        parts.map(|part| part.tokens).sum::<Tokens>() + count.framing
    }

    /// How many messages a mark covers.
    fn messages_up_to(&self, mark: &CacheMark) -> usize {
        let holds = |message: &Message, byte: usize| {
            message.span.as_ref().is_some_and(|span| span.text.contains(&byte))
        };
        match mark.covers {
            MarkedPrefix::Tools => 0,
            MarkedPrefix::Content(byte) => {
                let last = self.messages.iter().rposition(|message| holds(message, byte));
                last.map_or(self.messages.len(), |last| last + 1)
            }
            MarkedPrefix::Prompt => self.messages.len(),
        }
    }
}
