//! A JSON object of a log, read no deeper than needed.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::logs::maker::choice::{Choice, Choices};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// The keys of an object, with the text of their values.
///
/// Most of a log is text that nobody asks for; it is passed over once and never copied.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    entries: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// The answers of a Chat Completions response are read at once: they are most of its text, and
    /// passing over it twice would cost a third of the speed.
    choices: Option<Vec<Choice<'a>>>,
}

impl<'a> Object<'a> {
    /// The object that `text` is.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|e| {
            let message = match e.classify() {
                Category::Eof => format!("the record breaks off: {}", plain(&e)),
                Category::Syntax => format!("this is not JSON: {}", plain(&e)),
                Category::Data | Category::Io => plain(&e),
            };
            malformed(message).at(Position { line: e.line(), column: e.column().max(1) })
        })
    }

    /// The value under a key; null is as good as none. Of a repeated key the last one counts.
    pub(crate) fn get(&self, key: &str) -> Option<&'a RawValue> {
        let found = self.entries.iter().rev().find(|(known, _)| known == key);
        found.map(|(_, value)| *value).filter(|value| value.get() != "null")
    }

    /// The answers under `choices`.
    pub(crate) fn choices(&self) -> Option<&[Choice<'a>]> {
        self.choices.as_deref()
    }

    /// Whether there is a value under the key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the value under the key is this text, which needs no escapes.
    pub(crate) fn is(&self, key: &str, text: &str) -> bool {
        self.get(key).is_some_and(|value| {
            value.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(text)
        })
    }

    /// The value under the key, in another form.
    pub(crate) fn value<T: Deserialize<'a>>(&self, key: &str) -> Result<Option<T>, Error> {
        self.get(key).map(|raw| parse(key, raw.get())).transpose()
    }

    /// The text under the key, or under the first of several that has one.
    pub(crate) fn text(&self, keys: &[&str]) -> Result<Option<String>, Error> {
        let found = keys.iter().find_map(|key| Some((*key, self.get(key)?)));
        found.map(|(key, raw)| parse(key, raw.get())).transpose()
    }

    /// The object under the key; other kinds of value are as good as none.
    pub(crate) fn object(&self, key: &str) -> Result<Option<Object<'a>>, Error> {
        match self.get(key) {
            Some(raw) if raw.get().starts_with('{') => parse(key, raw.get()).map(Some),
            _ => Ok(None),
        }
    }

    /// The text of the object under the key, which some logs write as text in quotes.
    pub(crate) fn nested(&self, key: &str) -> Result<Option<Cow<'a, str>>, Error> {
        let Some(raw) = self.get(key) else { return Ok(None) };
        let text = match raw.get() {
            quoted if quoted.starts_with('"') => Cow::Owned(parse::<String>(key, quoted)?),
            plain => Cow::Borrowed(plain),
        };
        Ok(Some(text).filter(|text| text.trim_start().starts_with('{')))
    }

    /// What stands at a path such as `metadata.task`, as text.
    pub(crate) fn at(&self, path: &str) -> Option<String> {
        if let Some(raw) = self.get(path) {
            return match raw.get() {
                text if text.starts_with('"') => serde_json::from_str(text).ok(),
                inner if inner.starts_with(['{', '[']) => None,
                scalar => Some(scalar.to_owned()),
            };
        }
        path.match_indices('.').find_map(|(dot, _)| {
            let inner = self.nested(&path[..dot]).ok()??;
            Object::parse(&inner).ok()?.at(&path[dot + 1..])
        })
    }

    /// The keys with their values.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.entries.iter().map(|(key, value)| (key.as_ref(), *value))
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                // Room for the keys of a Chat Completions response.
                let (mut entries, mut choices) = (Vec::with_capacity(16), None);
                while let Some(Key(key)) = map.next_key()? {
                    if key == "choices" {
                        choices = map.next_value::<Choices<'_>>()?.0;
                    } else {
                        entries.push((key, map.next_value()?));
                    }
                }
                Ok(Object { entries, choices })
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

/// A key that is borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads the text of the value under `key`.
pub(crate) fn parse<'a, T: Deserialize<'a>>(key: &str, text: &'a str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|e| malformed(format!("`{key}`: {}", plain(&e))))
}

/// An error about a record.
pub(crate) fn malformed(message: String) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

/// The message without the place, which is one in a part of the record.
fn plain(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_key_and_by_path() {
        let text = r#"{"a": null, "m\u0065ta": {"task": "x", "n": 3, "deep": "{\"er\": true}"}, "b": 1, "b": 2, "c.d": "e"}"#;
        let object = Object::parse(text).unwrap();
        assert!(!object.has("a") && object.has("meta"));
        assert_eq!(object.get("b").unwrap().get(), "2");
        for (path, found) in [
            ("meta.task", Some("x")),
            ("meta.n", Some("3")),
            ("meta.deep.er", Some("true")),
            ("c.d", Some("e")),
            ("meta", None),
            ("meta.nothing", None),
            ("b.c", None),
        ] {
            assert_eq!(object.at(path).as_deref(), found, "{path}");
        }
    }

    #[test]
    fn errors_name_the_key_and_no_place_of_their_own() {
        let object = Object::parse(r#"{"model": 4}"#).unwrap();
        assert_eq!(
            object.text(&["name", "model"]).unwrap_err().message(),
            "`model`: invalid type: integer `4`, expected a string"
        );
        for (text, error) in [
            ("[1]", "1:1: invalid type: sequence, expected an object"),
            ("{\"a\": 1", "1:7: the record breaks off: EOF while parsing an object"),
            ("{\"a\": x}", "1:7: this is not JSON: expected value"),
        ] {
            assert_eq!(Object::parse(text).unwrap_err().to_string(), error);
        }
    }
}
