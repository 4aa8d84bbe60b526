//! Templates: text with slots such as `{{name}}`.

use std::borrow::Cow;
use std::ops::Range;

use super::message::{Part, Request};

/// A slot of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its bytes in the text, braces included.
    pub span: Range<usize>,
}

/// The slots of a text in their order: `{{name}}`, `{{ name }}`, and `{{ name | filter }}` as template
/// engines write it. A name begins with a letter or `_`; what else stands in double braces is text.
///
/// ```
/// let text = "Dear {{ name }}, {{!}} about {{order.id | upper}}:";
/// let names: Vec<_> = outlay::request::slots(text).map(|slot| slot.name).collect();
/// assert_eq!(names, ["name", "order.id"]);
/// ```
pub fn slots(text: &str) -> impl Iterator<Item = Slot<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find("{{")?;
            let inside = start + 2;
            let Some(length) = text[inside..].find("}}") else {
                from = text.len();
                return None;
            };
            // Of several opening braces the innermost pair counts.
            let start = start + text[start..inside + length].rfind("{{").unwrap_or(0);
            let end = inside + length + 2;
            from = end;
            if let Some(name) = name(&text[start + 2..end - 2]) {
                return Some(Slot { name, span: start..end });
            }
        }
    })
}

fn name(inside: &str) -> Option<&str> {
    let name = inside.split('|').next().unwrap_or_default().trim();
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let goes_on = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    (begins && goes_on).then_some(name)
}

impl Request {
    /// The request with every slot of its messages replaced by what `value` gives for its name.
    #[must_use]
    pub fn fill<'v>(&self, value: impl Fn(&str) -> Cow<'v, str>) -> Self {
        let mut filled = self.clone();
        for message in &mut filled.messages {
            for part in &mut message.content {
                if let Part::Text(text) = part {
                    *text = fill(text, &value);
                }
            }
        }
        filled
    }

    /// The slots of its messages in their order, with repetitions.
    pub fn slots(&self) -> impl Iterator<Item = Slot<'_>> {
        let parts = self.messages.iter().flat_map(|message| &message.content);
        parts.flat_map(|part| match part {
            Part::Text(text) => slots(text).collect::<Vec<_>>(),
            Part::Uncountable { .. } => Vec::new(),
        })
    }
}

fn fill<'v>(text: &str, value: &impl Fn(&str) -> Cow<'v, str>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut done = 0;
    for slot in slots(text) {
        filled.push_str(&text[done..slot.span.start]);
        filled.push_str(&value(slot.name));
        done = slot.span.end;
    }
    filled.push_str(&text[done..]);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_and_filled() {
        for (text, names, filled) in [
            ("no slots, { { a } }", vec![], "no slots, { { a } }"),
            ("{{a}}{{ b }}", vec!["a", "b"], "<a><b>"),
            ("{{{a}}} and {{1}} and {{", vec!["a"], "{<a>} and {{1}} and {{"),
            ("{{a | trim}} {{x{{y}}", vec!["a", "y"], "<a> {{x<y>"),
            ("ü{{ä}}", vec!["ä"], "ü<ä>"),
            ("{{}} {{ }}", vec![], "{{}} {{ }}"),
        ] {
            let found: Vec<_> = slots(text).map(|slot| slot.name).collect();
            assert_eq!(found, names, "{text}");
            assert_eq!(fill(text, &|name| format!("<{name}>").into()), filled, "{text}");
        }
    }
}
