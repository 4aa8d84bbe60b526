//! What a request says beside its text: cap, tier, thinking, cache marks.

use super::super::keys::Keys;
use super::super::message::Request;
use super::super::settings::{CacheMark, MarkedPrefix, ThinkingSetting};
use super::super::unknown::{MORE_THAN_TEXT, unknown_tier};
use crate::Error;
use crate::json::{Fields, Kind, Value};

/// What says whether and how much a model thinks, with its maker's own additions.
const THINKING: Keys = Keys {
    read: &["type", "budget_tokens", "budgetTokens"],
    free: &["clear_thinking", "display", "keep"],
    costly: &[],
};

/// What OpenAI and `OpenRouter` take under `reasoning`.
pub(super) const REASONING: Keys = Keys {
    read: &["effort", "enabled", "max_tokens", "mode"],
    free: &["context", "exclude", "generate_summary", "summary"],
    costly: &[],
};

/// Reads an object that says whether and how much the model thinks: `{type, budget_tokens}`.
pub(super) fn thinking(fields: &Fields<'_>, request: &mut Request) -> Result<(), Error> {
    let budget = fields.any(&["budget_tokens", "budgetTokens"]);
    request.settings.thinking = match fields.string("type")?.as_deref() {
        Some("disabled") => Some(ThinkingSetting::Off),
        Some("enabled") => Some(match budget {
            Some(budget) => ThinkingSetting::Budget(budget.as_tokens()?),
            None => ThinkingSetting::Adaptive,
        }),
        Some("adaptive" | "between_tools" | "auto") => Some(ThinkingSetting::Adaptive),
        Some(other) => {
            if let Some(kind) = fields.get("type") {
                request.lacks("thinking.type", &kind, &format!("{other} is not known"));
            }
            request.settings.thinking
        }
        None => request.settings.thinking,
    };
    THINKING.check(fields, request);
    Ok(())
}

/// Reads for how long the API is to keep what it caches of a prompt.
pub(super) fn cache_ttl(fields: &Fields<'_>) -> Result<Option<String>, Error> {
    let options = fields.get("prompt_cache_options").filter(|it| it.kind() == Kind::Object);
    options.map_or(Ok(None), |options| options.fields()?.string("ttl"))
}

impl Request {
    /// Takes the cap under the name that the request gives it.
    pub(super) fn set_cap(&mut self, name: &'static str, value: Value<'_>) -> Result<(), Error> {
        self.settings.cap = Some(value.as_tokens()?);
        self.settings.cap_field = Some(name);
        Ok(())
    }

    /// Takes the cache mark of an object, where it has one.
    pub(super) fn mark(&mut self, fields: &Fields<'_>, covers: MarkedPrefix) -> Result<(), Error> {
        let mark = fields.any(&["cache_control", "prompt_cache_breakpoint", "cachePoint"]);
        if let Some(mark) = mark.filter(|mark| mark.kind() == Kind::Object) {
            self.add_mark(&mark, covers)?;
        }
        Ok(())
    }

    /// Takes the service tier that stands under a key.
    pub(super) fn set_tier(&mut self, key: &str, tier: Option<Value<'_>>) -> Result<(), Error> {
        let Some(tier) = tier else { return Ok(()) };
        let name = tier.as_string()?;
        if self.settings.set_tier(&name).is_err() {
            self.lacks(key, &tier, &unknown_tier(&name));
        }
        Ok(())
    }

    /// The same for an API whose tiers are all known: another one is an error.
    pub(super) fn set_known_tier(&mut self, tier: Option<Value<'_>>) -> Result<(), Error> {
        let Some(tier) = tier else { return Ok(()) };
        self.settings.set_tier(&tier.as_string()?).map_err(|e| {
            let error = tier.malformed(e.message());
            match e.hint_text() {
                Some(hint) => error.hint(hint),
                None => error,
            }
        })
    }

    /// Says that answers other than text are in no figure, where the request asks for them.
    pub(super) fn note_modalities(&mut self, fields: &Fields<'_>, keys: &[&'static str]) {
        let asked = keys.iter().find_map(|key| Some((*key, fields.get(key)?)));
        let Some((key, modes)) = asked else { return };
        let is_text =
            |mode: &Value<'_>| mode.string().is_some_and(|mode| mode.eq_ignore_ascii_case("text"));
        if !modes.items_or_self().iter().all(is_text) {
            self.lacks(key, &modes, MORE_THAN_TEXT);
        }
    }

    /// Takes a cache mark.
    pub(super) fn add_mark(&mut self, mark: &Value<'_>, covers: MarkedPrefix) -> Result<(), Error> {
        let ttl = mark.fields()?.string("ttl")?;
        self.settings.cache_marks.push(CacheMark { ttl, position: mark.position(), covers });
        Ok(())
    }
}
