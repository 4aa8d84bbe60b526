//! Values that files may write as text or as a bare number, read by the parser of the command line.
//!
//! `outlay.toml`, scenarios, the what-if form and Python arguments all spell an amount the way a flag does.
//! One module therefore connects [`FromStr`] with serde and clap.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Error;

/// A value that is written as text or as a bare number.
#[derive(Debug, Clone)]
pub struct Literal<T>(pub T);

/// What stands between a message and its hint where only text can pass: errors of serde and clap are
/// strings.
const HINT: &str = "\nhint: ";

/// Reads a value with the parser of its type; the hint of an error follows its message.
pub(crate) fn parse<T: FromStr<Err = Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: Error| match error.hint_text() {
        Some(hint) => format!("{}{HINT}{hint}", error.message()),
        None => error.message().to_owned(),
    })
}

/// The message and the hint of an error that went through [`parse`].
#[cfg(feature = "cli")]
pub(crate) fn message_and_hint(text: &str) -> (&str, Option<&str>) {
    match text.split_once(HINT) {
        Some((message, hint)) => (message, Some(hint)),
        None => (text, None),
    }
}

struct LiteralVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err = Error>> Visitor<'_> for LiteralVisitor<T> {
    type Value = Literal<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Literal<T>, E> {
        parse(text).map(Literal).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Literal<T>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Literal<T>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Literal<T>, E> {
        self.visit_str(&number.to_string())
    }
}

impl<'de, T: FromStr<Err = Error>> Deserialize<'de> for Literal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralVisitor(PhantomData))
    }
}

impl<T: fmt::Display> Serialize for Literal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// For `#[serde(with = "literal::optional")]`: a literal, or nothing.
pub(crate) mod optional {
    use super::{Deserialize, Deserializer, Error, FromStr, Literal, Serializer, fmt};

    pub(crate) fn deserialize<'de, T: FromStr<Err = Error>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let literal = Option::<Literal<T>>::deserialize(deserializer)?;
        Ok(literal.map(|literal| literal.0))
    }

    #[expect(clippy::ref_option, reason = "serde passes the field as it is")]
    pub(crate) fn serialize<T: fmt::Display, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_none(),
        }
    }
}

/// For `#[serde(deserialize_with = "literal::one_or_many")]`: one text, or a list of texts.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a model or an array of models")]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

#[cfg(test)]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::Literal;

    impl<T> JsonSchema for Literal<T> {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Value".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": ["string", "number"] })
        }
    }
}
