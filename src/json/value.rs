//! A value that knows its place.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::escape::unescaped;
use super::failure::Failure;
use super::object::{Object, list};
use super::source::offset;
use crate::units::{Position, Tokens};
use crate::{Error, ErrorKind};

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `[…]`.
    Array,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// A number.
    Number,
    /// `{…}`.
    Object,
    /// `"…"`.
    String,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Array => "an array",
            Self::Bool => "true or false",
            Self::Null => "null",
            Self::Number => "a number",
            Self::Object => "an object",
            Self::String => "a string",
        })
    }
}

/// A value of a JSON text, with the key it stands under.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    /// The whole text.
    document: &'a str,
    /// How many lines of the file stand before the text.
    lines_before: usize,
    /// How many bytes.
    bytes_before: usize,
    /// The key without its quotes, where it is written without escapes.
    key: Option<&'a str>,
    raw: &'a str,
}

impl<'a> Value<'a> {
    /// The value that a whole text is.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with the place of what is not JSON.
    pub fn parse(text: &'a str) -> Result<Self, Error> {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => Ok(Self {
                document: text,
                lines_before: 0,
                bytes_before: 0,
                key: None,
                raw: raw.get(),
            }),
            Err(e) => Err(Failure::of(&e, text).into_error(text)),
        }
    }

    /// The members of the object that a whole text is, found in the pass that reads it.
    ///
    /// # Errors
    /// As [`Value::parse`] and [`Value::fields`].
    pub fn object(text: &'a str) -> Result<Fields<'a>, Error> {
        let Ok(object) = Object::read(text) else { return Self::parse(text)?.fields() };
        let raw = text.trim_matches([' ', '\t', '\r', '\n']);
        let of = Self { document: text, lines_before: 0, bytes_before: 0, key: None, raw };
        Ok(Fields { of, object })
    }

    /// The same value in a file in which so many lines and bytes stand before its text.
    #[must_use]
    pub fn within(self, lines_before: usize, bytes_before: usize) -> Self {
        Self { lines_before, bytes_before, ..self }
    }

    /// The same value without the key it stands under.
    #[must_use]
    pub fn without_key(self) -> Self {
        Self { key: None, ..self }
    }

    fn piece(&self, key: Option<&'a str>, value: &'a RawValue) -> Self {
        Self { key, raw: value.get(), ..*self }
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.raw.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The members of an object, found once.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for any other value.
    pub fn fields(&self) -> Result<Fields<'a>, Error> {
        match Object::read(self.raw) {
            Ok(object) => Ok(Fields { of: *self, object }),
            Err(_) => Err(self.expected(Kind::Object)),
        }
    }

    /// The value under a key; the last one where the key stands twice, as in the APIs.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Self> {
        let object: Object<'a> = Object::read(self.raw).ok()?;
        let found = object.written().filter(|(key, _)| *key == name).last();
        found.map(|(key, value)| self.piece(borrowed(key), value))
    }

    /// The value under a key unless it is `null`.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<Self> {
        self.get(name).filter(|value| value.raw != "null")
    }

    /// The values of an array; nothing for anything else.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        // An error would say where it is, which takes a look at all that stands before it.
        if self.kind() == Kind::Array { self.as_array().unwrap_or_default() } else { Vec::new() }
    }

    /// The values of an array, or the one value that stands in its place.
    #[must_use]
    pub fn items_or_self(self) -> Vec<Self> {
        if self.kind() == Kind::Array { self.items() } else { vec![self] }
    }

    /// The value as it is written.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.raw
    }

    /// The value as a string, escapes resolved; `None` when it is none.
    #[must_use]
    pub fn string(&self) -> Option<Cow<'a, str>> {
        let is_string = self.kind() == Kind::String;
        is_string.then(|| self.as_string().ok()).flatten()
    }

    /// The value as a number; `None` when it is none.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        serde_json::from_str(self.raw).ok()
    }

    /// The values of an array.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for any other value.
    pub fn as_array(&self) -> Result<Vec<Self>, Error> {
        let items = serde_json::from_str(self.raw).ok().and_then(list);
        let items = items.ok_or_else(|| self.expected(Kind::Array))?;
        Ok(items.into_iter().map(|item| self.piece(None, item)).collect())
    }

    /// The text of a string, escapes resolved.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for any other value, and for half of a surrogate pair.
    pub fn as_string(&self) -> Result<Cow<'a, str>, Error> {
        let inside = self.raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let inside = inside.ok_or_else(|| self.expected(Kind::String))?;
        if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
            return Ok(Cow::Borrowed(inside));
        }
        match unescaped(self.raw) {
            Some(text) => Ok(Cow::Owned(text)),
            // Half of a pair, whose place the parser knows.
            None => self.parsed().map(Cow::Owned),
        }
    }

    /// A whole number that is not negative.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything else.
    pub fn as_whole(&self) -> Result<u64, Error> {
        self.raw.parse().map_err(|_| match self.kind() {
            Kind::Number => self.malformed(format!("found {}, expected a whole number", self.raw)),
            kind => self.malformed(format!("found {kind}, expected a whole number")),
        })
    }

    /// An amount of tokens.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything else.
    pub fn as_tokens(&self) -> Result<Tokens, Error> {
        self.as_whole().map(Tokens::new)
    }

    /// True or false.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything else.
    pub fn as_bool(&self) -> Result<bool, Error> {
        match self.raw {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.expected(Kind::Bool)),
        }
    }

    /// The text of a string, or the compact JSON of any other value.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for half of a surrogate pair.
    pub fn text_or_json(&self) -> Result<String, Error> {
        match self.kind() {
            Kind::String => Ok(self.as_string()?.into_owned()),
            _ => Ok(self.compact()),
        }
    }

    /// The JSON without white space between its values, numbers as they are written.
    #[must_use]
    pub fn compact(&self) -> String {
        let mut compact = String::with_capacity(self.raw.len());
        let (mut from, mut quoted) = (0, false);
        let bytes = self.raw.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            match bytes[i] {
                b'\\' if quoted => i += 1,
                b'"' => quoted = !quoted,
                b if !quoted && b.is_ascii_whitespace() => {
                    compact.push_str(&self.raw[from..i]);
                    from = i + 1;
                }
                _ => {}
            }
            i += 1;
        }
        compact.push_str(&self.raw[from..]);
        compact
    }

    /// The value with everything in it, such as a JSON Schema.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for values that are nested deeper than [`DEPTH`] levels.
    pub fn tree(&self) -> Result<serde_json::Value, Error> {
        if depth(self.raw) > DEPTH {
            return Err(
                self.malformed(format!("values are nested deeper than {DEPTH} levels here"))
            );
        }
        self.parsed()
    }

    fn parsed<T: Deserialize<'a>>(&self) -> Result<T, Error> {
        serde_json::from_str(self.raw).map_err(|e| {
            let failure = Failure::of(&e, self.raw);
            let offset = offset(self.document, self.raw) + failure.offset;
            Error::new(ErrorKind::Malformed, failure.sentence()).at(self.place(offset))
        })
    }

    /// An error about the value.
    #[must_use]
    pub fn malformed(&self, message: impl Into<String>) -> Error {
        let at = self.place(offset(self.document, self.raw));
        Error::new(ErrorKind::Malformed, message).at(at)
    }

    fn expected(&self, wanted: Kind) -> Error {
        self.malformed(format!("found {}, expected {wanted}", self.kind()))
    }

    /// Where the key stands in the file, or the value where there is no key.
    #[must_use]
    pub fn position(&self) -> Position {
        self.place(self.offset())
    }

    /// The bytes of the key with its quotes, or of the value where there is no key, in the file.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        let length = self.key.map_or(self.raw.len(), |key| key.len() + 2);
        let start = self.bytes_before + self.offset();
        start..start + length
    }

    /// The bytes of the value in the file.
    #[must_use]
    pub fn value_span(&self) -> Range<usize> {
        let start = self.bytes_before + offset(self.document, self.raw);
        start..start + self.raw.len()
    }

    fn offset(&self) -> usize {
        match self.key {
            Some(key) => offset(self.document, key).saturating_sub(1),
            None => offset(self.document, self.raw),
        }
    }

    fn place(&self, offset: usize) -> Position {
        Position::of(self.document, offset).from_line(self.lines_before + 1)
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value").field("key", &self.key).field("raw", &self.raw).finish()
    }
}

/// How deep a value may be nested where it is read as a whole.
pub const DEPTH: usize = 120;

/// How deep the arrays and objects of a JSON text are nested.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut quoted) = (0_usize, 0, false);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if quoted => {
                bytes.next();
            }
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A key that stands in the text as it reads.
fn borrowed<'a>(key: &Cow<'a, str>) -> Option<&'a str> {
    match key {
        Cow::Borrowed(key) => Some(key),
        Cow::Owned(_) => None,
    }
}

/// The members of an object that knows its place.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    of: Value<'a>,
    object: Object<'a>,
}

impl<'a> Fields<'a> {
    /// The object itself.
    #[must_use]
    pub fn value(&self) -> Value<'a> {
        self.of
    }

    /// The repeated keys, each once.
    #[must_use]
    pub fn repeated(&self) -> Vec<&str> {
        self.object.repeated()
    }

    /// The value under a key unless it is null; of a repeated key the last one counts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        let found = self.object.written().filter(|(key, _)| *key == name).last();
        let value = found.map(|(key, value)| self.of.piece(borrowed(key), value));
        value.filter(|value| value.raw != "null")
    }

    /// The value under the first of several keys that has one.
    #[must_use]
    pub fn any(&self, names: &[&str]) -> Option<Value<'a>> {
        names.iter().find_map(|name| self.get(name))
    }

    /// Whether there is a value under the key that is not null.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.object.has(name)
    }

    /// The value under a key.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] where the object has none.
    pub fn required(&self, name: &str) -> Result<Value<'a>, Error> {
        self.get(name).ok_or_else(|| self.of.malformed(format!("`{name}` is missing")))
    }

    /// The items of the array under a key; none where there is no value.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for a value that is not an array.
    pub fn list(&self, name: &str) -> Result<Vec<Value<'a>>, Error> {
        self.get(name).map_or(Ok(Vec::new()), |value| value.as_array())
    }

    /// The text under a key.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for a value that is not a string.
    pub fn string(&self, name: &str) -> Result<Option<String>, Error> {
        self.get(name).map(|value| Ok(value.as_string()?.into_owned())).transpose()
    }

    /// The keys with their values, null included, in the order of the text.
    pub fn members(&self) -> impl Iterator<Item = (&str, Value<'a>)> {
        self.object.written().map(|(key, value)| (&**key, self.of.piece(borrowed(key), value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_know_their_place() {
        let text = "{\n  \"model\": \"o1\",\n  \"ä\": {\"temp\\u0065rature\": 0.2},\n  \"n\": 1, \"n\": 2\n}";
        let body = Value::parse(text).unwrap();
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
    fn a_value_of_another_type_is_named_with_its_place() {
        let body = Value::parse("{\"a\": [1, -2, \"\\ud800\"],\n\"b\": {}}").unwrap();
        let fields = body.fields().unwrap();
        let items = fields.get("a").unwrap().as_array().unwrap();
        for (error, shown) in [
            (fields.string("a").unwrap_err(), "1:7: found an array, expected a string"),
            (items[1].as_whole().unwrap_err(), "1:11: found -2, expected a whole number"),
            (
                fields.get("b").unwrap().as_array().unwrap_err(),
                "2:6: found an object, expected an array",
            ),
            (items[0].fields().unwrap_err(), "1:8: found a number, expected an object"),
            (fields.required("c").unwrap_err(), "1:1: `c` is missing"),
        ] {
            assert_eq!(error.to_string(), shown);
        }
        assert!(items[2].as_string().is_err());
        assert_eq!(items[0].as_whole().unwrap(), 1);
    }
}
