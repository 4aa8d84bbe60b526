//! A JSON object of a log.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::MapAccess;

use crate::json::{self, Cause, Eager, Failure};
use crate::logs::maker::choice::{Choice, Choices};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// An object of a log, with the answers of a Chat Completions response read at once: they are most of its
/// text.
pub(crate) type Object<'a> = json::Object<'a, Answers<'a>>;

/// The answers under `choices`, and the keys that decide a bill.
#[derive(Debug, Default)]
pub(crate) struct Answers<'a> {
    choices: Option<Vec<Choice<'a>>>,
    /// A bit for each key that is there and whose value decides what a call costs.
    deciding: u8,
    /// Whether one of them is there more than once.
    repeats: bool,
}

impl<'a> Eager<'a> for Answers<'a> {
    fn take<A: MapAccess<'a>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        // Told apart by their length first: every key of a log comes by here.
        let bit = match key {
            "choices" => {
                self.choices = map.next_value::<Choices<'_>>()?.0;
                return Ok(true);
            }
            "model" => 1,
            "usage" => 2,
            "usageMetadata" => 4,
            "usage_metadata" => 8,
            _ => 0,
        };
        self.repeats |= self.deciding & bit != 0;
        self.deciding |= bit;
        Ok(false)
    }
}

impl<'a> Object<'a> {
    /// The object that `text` is.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Error> {
        let object = Self::read(text).map_err(|failure| {
            let message = match failure.cause {
                Cause::Ends => format!("the record breaks off: {}", failure.message),
                Cause::Syntax => format!("this is not JSON: {}", failure.message),
                Cause::Type => failure.message,
            };
            malformed(message).at(Position::of(text, failure.offset))
        })?;
        if object.eager().repeats {
            object.check_deciding()?;
        }
        Ok(object)
    }

    /// Refuses a key that decides a bill and has several values: readers differ in which of them they take.
    fn check_deciding(&self) -> Result<(), Error> {
        for key in ["model", "usage", "usageMetadata", "usage_metadata"] {
            let mut values =
                self.members().filter(|(known, _)| *known == key).map(|(_, value)| value.get());
            let first = values.next();
            if values.any(|other| Some(other) != first) {
                return Err(malformed(format!(
                    "`{key}` is there more than once, with different values"
                )));
            }
        }
        Ok(())
    }

    /// The answers under `choices`.
    pub(crate) fn choices(&self) -> Option<&[Choice<'a>]> {
        self.eager().choices.as_deref()
    }

    /// The value under the key, in another form.
    pub(crate) fn value<T: Deserialize<'a>>(&self, key: &str) -> Result<Option<T>, Error> {
        self.get(key).map(|raw| parse(key, raw.get())).transpose()
    }

    /// The text under the key, or under the first of several that has one.
    pub(crate) fn text(&self, keys: &[&str]) -> Result<Option<String>, Error> {
        let found = keys.iter().find_map(|key| Some((*key, self.get(key)?)));
        let Some((key, raw)) = found else { return Ok(None) };
        let text = json::unescaped(raw.get());
        text.map_or_else(|| parse(key, raw.get()), Ok).map(Some)
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
}

/// Reads the text of the value under `key`.
pub(crate) fn parse<'a, T: Deserialize<'a>>(key: &str, text: &'a str) -> Result<T, Error> {
    let failed = |e| malformed(format!("`{key}`: {}", Failure::of(&e, text).message));
    serde_json::from_str(text).map_err(failed)
}

/// An error about a record.
pub(crate) fn malformed(message: String) -> Error {
    Error::new(ErrorKind::Malformed, message)
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
            (
                "{\"usage\": {}, \"usage\": {\"a\": 1}}",
                "`usage` is there more than once, with different values",
            ),
            (
                "{\"model\": \"o1\", \"model\": \"o3\"}",
                "`model` is there more than once, with different values",
            ),
        ] {
            assert_eq!(Object::parse(text).unwrap_err().to_string(), error);
        }
        Object::parse(r#"{"model": "o1", "usage": {}, "model": "o1"}"#).unwrap();
    }
}
