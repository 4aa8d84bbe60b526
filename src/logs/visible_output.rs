//! What of an answer could be seen, from the ways in which APIs write a message.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::record::Visible;

/// Puts together what could be seen of a call.
#[derive(Debug)]
pub(crate) struct VisibleOutput {
    keep_text: bool,
    visible: Visible,
}

/// A part of a message; parts of other types have no text.
#[derive(Deserialize)]
struct Part {
    text: Option<String>,
}

impl VisibleOutput {
    pub(crate) fn new(keep_text: bool) -> Self {
        Self { keep_text, visible: Visible::Empty }
    }

    /// The content of a message: text, a list of parts, or nothing.
    pub(crate) fn content(&mut self, raw: Option<&RawValue>) {
        match raw.map_or("null", RawValue::get) {
            "null" | "\"\"" | "[]" => {}
            text if text.starts_with('"') && self.keep_text => match serde_json::from_str(text) {
                Ok(text) => self.text(text),
                Err(_) => self.something(),
            },
            parts if parts.starts_with('[') => match serde_json::from_str::<Vec<Part>>(parts) {
                Ok(parts) => {
                    parts.into_iter().filter_map(|part| part.text).for_each(|t| self.text(t));
                }
                Err(_) => self.something(),
            },
            _ => self.something(),
        }
    }

    /// Something that is no text, such as tool calls.
    pub(crate) fn other(&mut self, raw: Option<&RawValue>) {
        if !matches!(raw.map_or("null", RawValue::get), "null" | "\"\"" | "[]" | "{}") {
            self.something();
        }
    }

    /// A piece of text.
    pub(crate) fn text(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        match &mut self.visible {
            _ if !self.keep_text => self.something(),
            Visible::Text(before) => before.push_str(&text),
            Visible::Something => {}
            _ => self.visible = Visible::Text(text),
        }
    }

    /// Something whose text is not known.
    pub(crate) fn something(&mut self) {
        self.visible = Visible::Something;
    }

    pub(crate) fn into_visible(self) -> Visible {
        self.visible
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_where_they_are_wanted() {
        let seen = |content: &str, keep_text: bool| {
            let raw: Box<RawValue> = serde_json::from_str(content).unwrap();
            let mut seen = VisibleOutput::new(keep_text);
            seen.content(Some(&raw));
            seen.into_visible()
        };
        let text = |text: &str| Visible::Text(text.to_owned());
        for (content, kept) in [
            (r#""""#, Visible::Empty),
            ("null", Visible::Empty),
            ("[]", Visible::Empty),
            (r#""say \"a\"""#, text("say \"a\"")),
            (r#"[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]"#, text("ab")),
            (r#"{"text": "a"}"#, Visible::Something),
        ] {
            let without = if kept == Visible::Empty { Visible::Empty } else { Visible::Something };
            assert_eq!(seen(content, true), kept, "{content}");
            assert_eq!(seen(content, false), without, "{content}");
        }
    }
}
