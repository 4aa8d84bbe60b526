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
use crate::forecast::{TimeDist, TokenDist};

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

/// A value that people read otherwise than flags are written.
pub(crate) trait Written {
    /// As a flag takes it; `None` where none says it.
    fn written(&self) -> Option<String>;
}

impl Written for TokenDist {
    fn written(&self) -> Option<String> {
        self.literal()
    }
}

impl Written for TimeDist {
    fn written(&self) -> Option<String> {
        self.literal()
    }
}

/// For `#[serde(with = "optional_dist")]`: a distribution as a flag takes it, or nothing.
pub(crate) mod optional_dist {
    use serde::ser::Error as _;

    pub(crate) use super::optional::deserialize;
    use super::{Serializer, Written};

    #[expect(clippy::ref_option, reason = "serde passes the field as it is")]
    pub(crate) fn serialize<T: Written, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value.as_ref().map(Written::written) {
            None => serializer.serialize_none(),
            Some(Some(text)) => serializer.serialize_str(&text),
            Some(None) => Err(S::Error::custom("no flag says this distribution")),
        }
    }
}

/// What a specification sets, as flags without their dashes; `None` where no flag says it. Every field of a
/// specification is a flag, but for the models.
#[cfg(feature = "cli")]
pub(crate) fn flags_of(spec: &impl Serialize) -> Option<Vec<(String, String)>> {
    let serde_json::Value::Object(fields) = serde_json::to_value(spec).ok()? else { return None };
    let flag = |(key, value): (String, serde_json::Value)| {
        let value = match value {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some((key.replace('_', "-"), value))
    };
    Some(fields.into_iter().filter_map(flag).collect())
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
    let models = match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    };
    // Nothing would be taken for nothing said, and the model for one that nobody named.
    if models.is_empty() || models.iter().any(|model| model.trim().is_empty()) {
        return Err(serde::de::Error::custom("no model is named here"));
    }
    Ok(models)
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

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::de::DeserializeOwned;

    use super::*;
    use crate::workload::{CallSpec, ConversationSpec, TaskSpec};

    fn reads_what_it_writes<T: Serialize + DeserializeOwned + PartialEq + Debug>(keys: &str) {
        let spec: T = toml::from_str(keys).unwrap();
        let written = serde_json::to_value(&spec).unwrap();
        assert!(written.as_object().unwrap().values().all(|value| !value.is_null()), "{written}");
        assert_eq!(serde_json::from_value::<T>(written).unwrap(), spec);
    }

    /// Pages and programs pass specifications on as they are serialised: no field may lose anything.
    #[test]
    fn specifications_are_read_as_they_are_written() {
        reads_what_it_writes::<CallSpec>(
            "model = 'o3'\ncalls = '20k/month'\nkind = 'code'\neffort = 'low'\nthinking_budget = 2000\n\
             completion_tokens = '1k..12k'\nreasoning = 'p50=4288,p95=11072'\nvisible = '@o1-mini'\n\
             profile = 'o3'\nmax_completion_tokens = '4,000'\ncached = '12.345678%'\ncache_write = 7\n\
             searches = 2\ntier = 'flex'\nreserve = 'auto'\nrisk = 0.0123456789",
        );
        reads_what_it_writes::<ConversationSpec>(
            "turns = 3\nbase = '12k'\nuser = '200..4000'\nretention = 'in-turn'\nhistory = 'window:3'\n\
             on_length = 'double'\nturn_gap = '30s..10min'\ncache = '1h'\nendpoint = 'responses'\n\
             turn_correlation = 0.123456789\nruns = '2,000'\nseed = 18446744073709551615",
        );
        reads_what_it_writes::<TaskSpec>(
            "steps = '3..20'\ncalls_per_step = 2\ncall_tokens = 'p50=60,p95=200'\nresult_tokens = '200..2000'\n\
             tool_definitions = 1500\nmax_steps = 40\nmax_turn_usd = '0.000001'\nmax_turn_tokens = '2m'",
        );
    }
}
