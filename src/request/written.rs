//! JSON as it was written: every key and value with its place in the file.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::document::{Naming, Shape, shape_of};
use super::json::Source;
use crate::units::Position;

/// A value of a JSON text, with the key it stands under.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    source: Source<'a>,
    /// How many lines of the file stand before the source.
    lines_before: usize,
    /// How many bytes.
    bytes_before: usize,
    /// The key without its quotes, where it is written without escapes.
    key: Option<&'a str>,
    raw: &'a str,
}

impl<'a> Written<'a> {
    /// A whole JSON text; `None` for what is no JSON.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let source = Source(text);
        let raw: &RawValue = source.parse(text).ok()?;
        Some(Self { source, lines_before: 0, bytes_before: 0, key: None, raw: raw.get() })
    }

    /// The value under a key; the last one where the key stands twice, as in the API.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Self> {
        let object: Object<'a> = serde_json::from_str(self.raw).ok()?;
        let (key, value) = object.0.into_iter().rev().find(|(key, _)| key.name() == name)?;
        Some(Self { key: key.written(), raw: value.get(), ..*self })
    }

    /// The value under a key unless it is `null`.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<Self> {
        self.get(name).filter(|value| value.raw != "null")
    }

    /// The values of an array; nothing for anything else.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        let items: Vec<&'a RawValue> = serde_json::from_str(self.raw).unwrap_or_default();
        items.into_iter().map(|item| Self { key: None, raw: item.get(), ..*self }).collect()
    }

    /// The value as it is written.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.raw
    }

    /// The value as a string, escapes resolved; `None` when it is none.
    #[must_use]
    pub fn string(&self) -> Option<Cow<'a, str>> {
        serde_json::from_str::<String>(self.raw).ok().map(Cow::Owned)
    }

    /// The value as a number; `None` when it is none.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        serde_json::from_str(self.raw).ok()
    }

    /// Where the key stands in the file, or the value where there is no key.
    #[must_use]
    pub fn position(&self) -> Position {
        self.place(self.offset())
    }

    /// The bytes of the key with its quotes, or of the value where there is no key, in the file.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        let start = self.offset();
        let length = self.key.map_or(self.raw.len(), |key| key.len() + 2);
        let start = self.bytes_before + start;
        start..start + length
    }

    /// The bytes of the value in the file.
    #[must_use]
    pub fn value_span(&self) -> Range<usize> {
        let start = self.bytes_before + self.source.offset(self.raw);
        start..start + self.raw.len()
    }

    fn offset(&self) -> usize {
        match self.key {
            Some(key) => self.source.offset(key).saturating_sub(1),
            None => self.source.offset(self.raw),
        }
    }

    fn place(&self, offset: usize) -> Position {
        Position::of(self.source.0, offset).from_line(self.lines_before + 1)
    }
}

impl fmt::Debug for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").field("key", &self.key).field("raw", &self.raw).finish()
    }
}

/// The body of a request as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    /// The line of the request, in a document of many.
    pub line: Option<usize>,
    /// The parameters.
    pub json: Written<'a>,
    /// Whether it is a line of a Batch file.
    pub batch: bool,
}

/// The bodies of a document, none for plain text. What cannot be read as JSON is left out:
/// [`super::read`] says why.
#[must_use]
pub fn bodies<'a>(text: &'a str, naming: Naming<'_>, shape: Option<Shape>) -> Vec<Body<'a>> {
    let marked = text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8());
    let text = &text[marked..];
    let parsed = |text: &'a str, line: Option<usize>, bytes_before: usize| {
        let json = Written::parse(text)?;
        let lines_before = line.map_or(0, |line| line - 1);
        Some(unwrapped(Written { lines_before, bytes_before, ..json }, line))
    };
    match shape_of(text, naming, shape) {
        Shape::Text => Vec::new(),
        Shape::Chat => parsed(text, None, marked).into_iter().collect(),
        Shape::Batch => {
            let mut start = marked;
            let mut found = Vec::new();
            for (line, number) in text.split_inclusive('\n').zip(1..) {
                found.extend(parsed(line, Some(number), start));
                start += line.len();
            }
            found
        }
    }
}

/// The body inside a Batch line, or the request itself.
fn unwrapped(json: Written<'_>, line: Option<usize>) -> Body<'_> {
    let wrapped = json.get("custom_id").is_some() || json.get("url").is_some();
    match json.get("body").filter(|_| wrapped) {
        Some(body) => Body { line, json: Written { key: None, ..body }, batch: true },
        None => Body { line, json, batch: false },
    }
}

/// The pairs of an object in their order.
struct Object<'a>(Vec<(Key<'a>, &'a RawValue)>);

enum Key<'a> {
    /// As it stands in the text.
    Plain(&'a str),
    /// With escapes, so that it stands nowhere as it reads.
    Escaped(String),
}

impl<'a> Key<'a> {
    fn name(&self) -> &str {
        match self {
            Self::Plain(name) => name,
            Self::Escaped(name) => name,
        }
    }

    fn written(&self) -> Option<&'a str> {
        match self {
            Self::Plain(name) => Some(name),
            Self::Escaped(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key::Plain(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key::Escaped(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_know_their_place() {
        let text = "{\n  \"model\": \"o1\",\n  \"ä\": {\"temp\\u0065rature\": 0.2},\n  \"n\": 1, \"n\": 2\n}";
        let body = Written::parse(text).unwrap();
        let model = body.get("model").unwrap();
        assert_eq!(model.position(), Position { line: 2, column: 3 });
        assert_eq!(&text[model.span()], "\"model\"");
        assert_eq!(&text[model.value_span()], "\"o1\"");
        let inner = body.get("ä").unwrap().get("temperature").unwrap();
        // An escaped key is found at its value.
        assert_eq!(&text[inner.span()], "0.2");
        assert_eq!(body.get("n").unwrap().text(), "2");
        assert!(body.get("stop").is_none());
    }

    #[test]
    fn lines_of_a_batch_know_their_place_in_the_file() {
        let text = "\u{feff}{\"messages\": []}\n\n{\"custom_id\": \"a\", \"body\": {\"n\": 2}}\n";
        let found = bodies(text, Naming::Extension("jsonl"), None);
        assert_eq!(found.len(), 2);
        assert!(found[1].batch && !found[0].batch);
        let n = found[1].json.get("n").unwrap();
        assert_eq!((found[1].line, n.position().line), (Some(3), 3));
        assert_eq!(&text[n.span()], "\"n\"");
        assert!(bodies("plain", Naming::Nothing, None).is_empty());
    }
}
