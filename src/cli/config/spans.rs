//! Where in a TOML file each value is written.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, Visitor};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::names::nearest;
use crate::units::Position;
use crate::workload::message_and_hint;
use crate::{Error, ErrorKind};

/// The bytes of every value, by its path such as `prompt.0.call.tier`.
#[derive(Debug, Default)]
pub(crate) struct Spans(BTreeMap<String, Range<usize>>);

impl Spans {
    /// The spans of a text that is TOML; none of one that is not.
    pub(crate) fn of(text: &str) -> Self {
        let mut spans = Self::default();
        if let Ok(table) = DeTable::parse(text) {
            spans.add_table("", table.get_ref());
        }
        spans
    }

    /// The bytes of a value.
    pub(crate) fn get(&self, path: &str) -> Option<Range<usize>> {
        self.0.get(path).cloned()
    }

    fn add_table(&mut self, above: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            self.add(format!("{above}{}", key.get_ref()), value);
        }
    }

    fn add(&mut self, path: String, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.add_table(&format!("{path}."), table),
            DeValue::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.add(format!("{path}.{i}"), item);
                }
            }
            _ => {}
        }
        self.0.insert(path, value.span());
    }
}

/// The keys that a struct takes, in the order of its fields.
pub(crate) fn keys<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    /// Records what a struct asks for, and answers nothing.
    struct Ask<'k>(&'k mut &'static [&'static str]);

    impl<'de> Deserializer<'de> for Ask<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(Self::Error::custom("nothing but the names of the fields is asked for"))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            *self.0 = fields;
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut fields: &'static [&'static str] = &[];
    let _ = T::deserialize(Ask(&mut fields));
    fields
}

/// Refuses the first key of a table that is not among `known`: with the nearest that is, else with `hint`.
pub(crate) fn check_keys(
    text: &str,
    table: &DeTable<'_>,
    known: &[&str],
    hint: &str,
) -> Result<(), Error> {
    let unknown = table.keys().find(|key| !known.contains(&key.get_ref().as_ref()));
    let Some(key) = unknown else { return Ok(()) };
    let name = key.get_ref().as_ref();
    let message = format!("there is no key `{name}`");
    let error = Error::new(ErrorKind::Malformed, message).at(Position::of(text, key.span().start));
    Err(match nearest(name, known.iter().copied(), 1).first() {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(hint),
    })
}

/// The value that a table is, once its keys are checked; an error of a value has its place.
pub(crate) fn read<T: DeserializeOwned>(
    text: &str,
    table: Spanned<DeTable<'_>>,
    hint: &str,
) -> Result<T, Error> {
    T::deserialize(toml::de::Deserializer::from(table)).map_err(|e| malformed(text, &e, hint))
}

/// Names the key whose value an error is about.
pub(crate) fn name_key(text: &str, error: Error) -> Error {
    let is_there = |span: &Range<usize>| error.position() == Some(Position::of(text, span.start));
    let spans = Spans::of(text);
    match spans.0.iter().find(|(_, span)| is_there(span)) {
        Some((key, _)) => error.with_message(|message| format!("`{key}`: {message}")),
        None => error,
    }
}

/// A text as a table.
pub(crate) fn parse<'t>(text: &'t str, hint: &str) -> Result<Spanned<DeTable<'t>>, Error> {
    DeTable::parse(text).map_err(|e| malformed(text, &e, hint))
}

/// An error of the TOML parser or of a value, with its place. `hint` is for errors without one.
fn malformed(text: &str, error: &toml::de::Error, hint: &str) -> Error {
    let (message, own) = message_and_hint(error.message().trim());
    Error::new(ErrorKind::Malformed, message.replace('\n', ", "))
        .at(Position::of(text, error.span().map_or(0, |span| span.start)))
        .hint(own.unwrap_or(hint))
}
