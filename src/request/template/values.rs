//! What fills the slots of a template.

use std::borrow::Cow;

use super::language::Language;
use super::slots::slots_of;

/// What gives a name of a template its value; `None` where nothing is known of it.
pub(super) type Values<'a, 'v> = &'a dyn Fn(&str) -> Option<Cow<'v, str>>;

/// What a name means where `whole` gives the values of plain names: that value, or the part of a value that
/// is JSON.
#[must_use]
pub fn value_of<'v>(name: &str, whole: impl Fn(&str) -> Option<&'v str>) -> Option<Cow<'v, str>> {
    if let Some(value) = whole(name) {
        return Some(Cow::Borrowed(value));
    }
    let (first, rest) = name.split_once('.')?;
    let value = structured(whole(first)?);
    let part = rest.split('.').try_fold(&value, |value, key| value.get(key))?;
    Some(Cow::Owned(part.as_str().map_or_else(|| part.to_string(), ToOwned::to_owned)))
}

/// Replaces slots alone.
pub(super) fn fill(text: &str, language: Language, value: Values<'_, '_>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut done = 0;
    for slot in slots_of(text, language) {
        if let Some(value) = value(slot.name) {
            filled.push_str(&literal(&text[done..slot.span.start], language));
            filled.reserve(value.len() + text.len() - slot.span.end);
            filled.push_str(&value);
            done = slot.span.end;
        }
    }
    filled.push_str(&literal(&text[done..], language));
    filled
}

/// The text between slots as the language writes it out.
fn literal(text: &str, language: Language) -> Cow<'_, str> {
    match language {
        Language::Braces | Language::LooseBraces => {
            Cow::Owned(text.replace("{{", "{").replace("}}", "}"))
        }
        Language::Dollar => Cow::Owned(text.replace("$$", "$")),
        _ => Cow::Borrowed(text),
    }
}

/// A value as a block takes it: JSON where it is an array or an object.
pub(super) fn structured(value: &str) -> serde_json::Value {
    let begins = value.trim_start().starts_with(['[', '{']);
    let parsed = begins.then(|| serde_json::from_str(value).ok()).flatten();
    parsed.unwrap_or_else(|| serde_json::Value::String(value.to_owned()))
}
