//! JSON that keeps what a map would lose: the place of every value, and keys that stand twice.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::units::Position;
use crate::{Error, ErrorKind};

/// The text of a feed; every [`RawValue`] borrowed from it can be found in it again.
pub(super) struct Text<'a> {
    text: &'a str,
    /// A byte whose place is known. A feed may be one line of megabytes, of which only what follows this
    /// byte is looked at.
    mark: Cell<(usize, Position)>,
}

impl<'a> Text<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, mark: Cell::new((0, Position { line: 1, column: 1 })) }
    }

    /// The whole text as one value.
    pub(super) fn value(&self) -> Result<&'a RawValue, Error> {
        serde_json::from_str(self.text).map_err(|e| {
            let what = if e.is_eof() { "the text ends inside a value" } else { "this is not JSON" };
            Error::new(ErrorKind::Malformed, what)
                .at(Position { line: e.line().max(1), column: e.column().max(1) })
                .hint("a feed is one JSON file, as its publisher ships it")
        })
    }

    /// Where a piece of the text stands.
    pub(super) fn position(&self, piece: &RawValue) -> Position {
        self.place(self.offset(piece))
    }

    /// Where a record stands; the pieces of it are found from there.
    pub(super) fn begin(&self, record: &RawValue) -> Position {
        let offset = self.offset(record);
        let position = self.place(offset);
        self.mark.set((offset, position));
        position
    }

    fn offset(&self, piece: &RawValue) -> usize {
        // Both are parts of one string, so the difference of their addresses is the distance.
        let offset = (piece.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        offset.min(self.text.len())
    }

    fn place(&self, offset: usize) -> Position {
        let (mut from, mut at) = self.mark.get();
        if offset < from {
            (from, at) = (0, Position { line: 1, column: 1 });
        }
        let between = Position::of(self.text.get(from..offset).unwrap_or_default(), usize::MAX);
        let column = if between.line == 1 { at.column - 1 } else { 0 };
        Position { line: at.line - 1 + between.line, column: column + between.column }
    }
}

/// The keys of an object with their values, in the order of the text, repeated keys included.
#[derive(Debug, Default, Clone)]
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// The fields of a value that is an object.
    pub(super) fn of(raw: &'a RawValue) -> Option<Self> {
        if !raw.get().starts_with('{') {
            return None;
        }
        serde_json::from_str(raw.get()).ok()
    }

    /// The value under a key; null is as good as none.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        let found = self.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| *value).filter(|value| value.get() != "null")
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The object under a key.
    pub(super) fn object(&self, key: &str) -> Option<Self> {
        Self::of(self.get(key)?)
    }

    /// The values of the list under a key.
    pub(super) fn list(&self, key: &str) -> Option<Vec<&'a RawValue>> {
        list(self.get(key)?)
    }

    /// The text under a key.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        text(self.get(key)?)
    }

    /// Whether the value under a key is `true`; nothing where it is not a truth value.
    pub(super) fn truth(&self, key: &str) -> Option<bool> {
        match self.get(key)?.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The keys with their values, null included.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), *value))
    }

    /// The keys that stand more than once, each once.
    pub(super) fn repeated(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.0.iter().map(|(key, _)| key.as_ref()).collect();
        keys.sort_unstable();
        let mut repeated: Vec<&str> =
            keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        repeated.dedup();
        repeated
    }
}

/// The values of a list.
pub(super) fn list(raw: &RawValue) -> Option<Vec<&RawValue>> {
    if !raw.get().starts_with('[') {
        return None;
    }
    serde_json::from_str(raw.get()).ok()
}

/// The text that a value is.
pub(super) fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    fields.push((key.0, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A key, borrowed from the text where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_stand_twice_are_kept() {
        let text = Text::of("{\"a\": 1, \"b\": 2,\n \"\\u0061\": 3}");
        let fields = Fields::of(text.value().unwrap()).unwrap();
        assert_eq!(fields.repeated(), ["a"]);
        let third = fields.entries().nth(2).unwrap().1;
        assert_eq!((third.get(), text.position(third).to_string()), ("3", "2:12".to_owned()));
    }

    #[test]
    fn a_place_is_the_same_whatever_was_looked_at_before() {
        let written = "[{\"ä\": 1}, {\"b\":\n2}, \"é\", 4]";
        let text = Text::of(written);
        let items = list(text.value().unwrap()).unwrap();
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            for i in order {
                let offset = text.offset(items[i]);
                assert_eq!(text.begin(items[i]), Position::of(written, offset), "{i}");
                assert_eq!(text.position(items[3]), Position::of(written, text.offset(items[3])));
            }
        }
    }
}
