//! Templates that are filled with values.

use std::borrow::Cow;

use super::super::message::{Part, Request};
use super::language::Language;
use super::outline::Fault;
use super::slot::Slot;
use super::slots::{language_of, slots, slots_of};
use super::values::{Values, fill};
use super::{jinja, sections};
use crate::Error;

impl Request {
    /// The language of its template: that of its format, else the one in which its texts mark slots of the
    /// names that are wanted.
    #[must_use]
    pub fn language(&self, wanted: &dyn Fn(&str) -> bool) -> Language {
        let found = || {
            let languages = self.texts().map(|text| language_of(text, wanted));
            languages.into_iter().find(|language| *language != Language::Mustache)
        };
        let doubled = || self.texts().any(|text| slots(text).any(|slot| wanted(slot.name)));
        match self.template {
            None if doubled() => Language::Mustache,
            None => found().unwrap_or(Language::Mustache),
            // A name that is wanted may stand where a formula has its arguments.
            Some(Language::LooseBraces) => found().unwrap_or(Language::LooseBraces),
            Some(language) => language,
        }
    }

    /// The request with every slot of its messages replaced by what `value` gives for its name, and its blocks
    /// written as often as these values say; blocks that span messages stay. `None` leaves a slot as it stands; in a
    /// block it is empty. A value
    /// that a block goes through is read as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for a template with blocks that does not parse, or
    /// asks for what is not known here.
    pub fn fill<'v>(
        &self,
        language: Language,
        value: impl Fn(&str) -> Option<Cow<'v, str>>,
    ) -> Result<Self, Error> {
        let has_blocks = self.has_blocks(language);
        // A block that spans messages makes some more or fewer of them: how many, only the tool says.
        if has_blocks && self.spans_messages(language) {
            return Ok(self.fill_slots(language, value));
        }
        let mut filled = self.clone();
        for (i, message) in filled.messages.iter_mut().enumerate() {
            for part in &mut message.content {
                if let Part::Text(text) = part {
                    let written = if has_blocks {
                        render(text, language, &value).map_err(|f| self.at_fault(i, text, &f))?
                    } else {
                        fill(text, language, &value)
                    };
                    *text = written;
                }
            }
        }
        let is_open = |slot: &Slot<'_>| value(slot.name).is_none();
        if has_blocks || !self.slots(language).iter().any(is_open) {
            // What stands in braces now are words of the data.
            filled.template = None;
        }
        Ok(filled)
    }

    /// The request with its slots replaced, and its blocks left as they are.
    #[must_use]
    pub fn fill_slots<'v>(
        &self,
        language: Language,
        value: impl Fn(&str) -> Option<Cow<'v, str>>,
    ) -> Self {
        let mut filled = self.clone();
        for part in filled.messages.iter_mut().flat_map(|message| &mut message.content) {
            if let Part::Text(text) = part {
                *text = fill(text, language, &value);
            }
        }
        filled
    }

    /// The slots of its messages in their order, with repetitions.
    #[must_use]
    pub fn slots(&self, language: Language) -> Vec<Slot<'_>> {
        self.texts().flat_map(|text| slots_of(text, language)).collect()
    }

    /// The names that a template asks for, in its slots and in its blocks.
    #[must_use]
    pub fn names(&self, language: Language) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for text in self.texts() {
            let asked = match language {
                Language::Jinja => jinja::names(text),
                Language::Mustache | Language::Handlebars => sections::names(text, language),
                Language::Braces | Language::LooseBraces | Language::Dollar => None,
            };
            let asked = asked.unwrap_or_else(|| {
                slots_of(text, language).into_iter().map(|slot| slot.name.to_owned()).collect()
            });
            names.extend(asked);
        }
        names
    }

    pub(in super::super) fn texts(&self) -> impl Iterator<Item = &str> {
        let parts = self.messages.iter().flat_map(|message| &message.content);
        parts.filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Media(_) | Part::Unknown(_) => None,
        })
    }
}

fn render(text: &str, language: Language, value: Values<'_, '_>) -> Result<String, Fault> {
    match language {
        Language::Jinja => jinja::render(text, value),
        _ => sections::render(text, language, value),
    }
}
