//! What a request says beside its text: cap, tier, thinking, cache marks.

use super::super::message::{CacheMark, Request, ThinkingSetting};
use crate::Error;
use crate::catalog::Tier;
use crate::json::{Fields, Kind, Value};

/// Reads a service tier.
pub(super) fn tier(fields: &Fields<'_>, key: &str) -> Result<Option<Tier>, Error> {
    let Some(value) = fields.get(key) else { return Ok(None) };
    let tier: Result<Tier, Error> = value.as_string()?.parse();
    tier.map(Some).map_err(|e| {
        let error = value.malformed(e.message());
        match e.hint_text() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })
}

/// Reads an object that says whether and how much the model thinks: `{type, budget_tokens}`.
pub(super) fn thinking(fields: &Fields<'_>, request: &mut Request) -> Result<(), Error> {
    let budget = fields.any(&["budget_tokens", "budgetTokens"]);
    request.thinking = match fields.string("type")?.as_deref() {
        Some("disabled") => Some(ThinkingSetting::Off),
        Some("enabled") => Some(match budget {
            Some(budget) => ThinkingSetting::Budget(budget.as_tokens()?),
            None => ThinkingSetting::Adaptive,
        }),
        Some("adaptive" | "between_tools" | "auto") => Some(ThinkingSetting::Adaptive),
        _ => request.thinking,
    };
    Ok(())
}

impl Request {
    /// Takes the cap under the name that the request gives it.
    pub(super) fn set_cap(&mut self, name: &'static str, value: Value<'_>) -> Result<(), Error> {
        self.cap = Some(value.as_tokens()?);
        self.cap_field = Some(name);
        Ok(())
    }

    /// Takes the cache mark of an object, where it has one.
    pub(super) fn mark(&mut self, fields: &Fields<'_>) -> Result<(), Error> {
        let mark = fields.any(&["cache_control", "prompt_cache_breakpoint", "cachePoint"]);
        if let Some(mark) = mark.filter(|mark| mark.kind() == Kind::Object) {
            self.add_mark(&mark)?;
        }
        Ok(())
    }

    /// Takes a cache mark.
    pub(super) fn add_mark(&mut self, mark: &Value<'_>) -> Result<(), Error> {
        let ttl = mark.fields()?.string("ttl")?;
        self.cache_marks.push(CacheMark { ttl, position: mark.position() });
        Ok(())
    }
}
