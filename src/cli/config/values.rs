//! The values of `outlay.toml` that have more than one form: texts and numbers, limits alone or with a level,
//! sizes or samples.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::forecast::TokenDist;
use crate::gate::Level;
use crate::units::{Money, Probability};
use crate::{Error, ErrorKind};

/// A value that is written as a text or as a bare number, and read by the library's own parser.
#[derive(Debug, Clone)]
pub(crate) struct Lit<T>(pub(crate) T);

/// A value that knows where it stands.
pub(crate) type At<T> = Spanned<Lit<T>>;

/// What comes of exceeding a budget. Advice is for rules: a budget is enforced or it is off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Enforcement(pub(crate) Level);

impl FromStr for Enforcement {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.parse() {
            Ok(level) if level != Level::Advice => Ok(Self(level)),
            _ => Err(Error::new(ErrorKind::Amount, format!("`{text}` is no level of a budget"))
                .hint("the levels of a budget are off, warn and fail")),
        }
    }
}

/// One model, or several.
#[derive(Debug, Clone)]
pub(crate) struct Models(pub(crate) Vec<String>);

/// A slot: its size as an amount or a distribution, or a table that names samples.
#[derive(Debug, Clone)]
pub(crate) enum SlotTable {
    /// Tokens.
    Size(TokenDist),
    /// A file of values: a JSON array or JSON lines of strings.
    Samples(Spanned<String>),
}

/// A limit alone, or with a level and a tolerance of its own; `"off"` takes back an inherited one.
#[derive(Debug, Clone)]
pub(crate) struct Bar<T> {
    pub(crate) limit: Option<T>,
    pub(crate) level: Option<Level>,
    pub(crate) tolerance: Option<Probability>,
}

/// Limits of a cost by the end of its forecast.
#[derive(Debug, Clone, Default)]
pub(crate) struct CostBar {
    pub(crate) expected: Option<At<Money>>,
    pub(crate) p95: Option<At<Money>>,
    pub(crate) worst_case: Option<At<Money>>,
    pub(crate) level: Option<Level>,
    pub(crate) tolerance: Option<Probability>,
}

/// A name that may be written as a number, such as a usage tier.
#[derive(Debug, Clone)]
pub(crate) struct Name(pub(crate) String);

/// Reads texts and numbers through `FromStr`, with its hint behind the message.
struct Scalar<T>(PhantomData<T>);

impl<T: FromStr<Err = Error>> Scalar<T> {
    fn read<E: serde::de::Error>(text: &str) -> Result<T, E> {
        text.parse().map_err(|e: Error| match e.hint_text() {
            Some(hint) => E::custom(format!("{}\nhint: {hint}", e.message())),
            None => E::custom(e.message()),
        })
    }
}

impl<T: FromStr<Err = Error>> Visitor<'_> for Scalar<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        Self::read(text)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<T, E> {
        Self::read(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<T, E> {
        Self::read(&number.to_string())
    }
}

impl<'de, T: FromStr<Err = Error>> Deserialize<'de> for Lit<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar(PhantomData)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsWritten(String);

        impl FromStr for AsWritten {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Ok(Self(text.to_owned()))
            }
        }
        Lit::<AsWritten>::deserialize(deserializer).map(|name| Self(name.0.0))
    }
}

impl<'de> Deserialize<'de> for Models {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Models;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a model or an array of models")
            }

            fn visit_str<E>(self, text: &str) -> Result<Models, E> {
                Ok(Models(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Models, A::Error> {
                let mut models = Vec::new();
                while let Some(model) = seq.next_element()? {
                    models.push(model);
                }
                Ok(Models(models))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

/// The table form of a bar.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, bound = "T: FromStr<Err = Error>")]
struct BarTable<T> {
    /// The limit.
    limit: Lit<T>,
    /// What comes of exceeding it: off, warn or fail.
    #[serde(default)]
    level: Option<Lit<Enforcement>>,
    /// How far beyond it is only a warning.
    #[serde(default)]
    tolerance: Option<Lit<Probability>>,
}

impl<'de, T: FromStr<Err = Error>> Deserialize<'de> for Bar<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<T: FromStr<Err = Error>> Either<T> {
            fn alone<E: serde::de::Error>(text: &str) -> Result<Bar<T>, E> {
                let limit = if text == "off" { None } else { Some(Scalar::read(text)?) };
                Ok(Bar { limit, level: None, tolerance: None })
            }
        }

        impl<'de, T: FromStr<Err = Error>> Visitor<'de> for Either<T> {
            type Value = Bar<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a limit, or a table with `limit`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bar<T>, E> {
                Self::alone(text)
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Bar<T>, E> {
                Self::alone(&number.to_string())
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Bar<T>, E> {
                Self::alone(&number.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Bar<T>, A::Error> {
                let table = BarTable::<T>::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Bar {
                    limit: Some(table.limit.0),
                    level: table.level.map(|level| level.0.0),
                    tolerance: table.tolerance.map(|tolerance| tolerance.0),
                })
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// The table form of a bar of costs.
#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
struct CostTable {
    /// The mean.
    #[cfg_attr(test, schemars(with = "Option<Lit<Money>>"))]
    expected: Option<At<Money>>,
    /// One in twenty is higher.
    #[cfg_attr(test, schemars(with = "Option<Lit<Money>>"))]
    p95: Option<At<Money>>,
    /// None is higher.
    #[cfg_attr(test, schemars(with = "Option<Lit<Money>>"))]
    worst_case: Option<At<Money>>,
    /// What comes of exceeding it: off, warn or fail.
    level: Option<Lit<Enforcement>>,
    /// How far beyond it is only a warning.
    tolerance: Option<Lit<Probability>>,
}

impl<'de> Deserialize<'de> for CostBar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Either {
            fn alone<E: serde::de::Error>(text: &str) -> Result<CostBar, E> {
                if text == "off" {
                    return Ok(CostBar::default());
                }
                let limit = Lit(Scalar::read(text)?);
                // The place is that of the key, which the caller knows.
                Ok(CostBar { expected: Some(Spanned::new(0..0, limit)), ..CostBar::default() })
            }
        }

        impl<'de> Visitor<'de> for Either {
            type Value = CostBar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount in USD, or a table with `expected`, `p95` or `worst_case`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<CostBar, E> {
                Self::alone(text)
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<CostBar, E> {
                Self::alone(&number.to_string())
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<CostBar, E> {
                Self::alone(&number.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CostBar, A::Error> {
                let table = CostTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(CostBar {
                    expected: table.expected,
                    p95: table.p95,
                    worst_case: table.worst_case,
                    level: table.level.map(|level| level.0.0),
                    tolerance: table.tolerance.map(|tolerance| tolerance.0),
                })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// The table form of a slot.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct SamplesTable {
    /// A file of values: a JSON array or JSON lines of strings.
    #[cfg_attr(test, schemars(with = "String"))]
    samples: Spanned<String>,
}

impl<'de> Deserialize<'de> for SlotTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = SlotTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a size such as \"50..400\", or a table with `samples`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SlotTable, E> {
                Scalar::read(text).map(SlotTable::Size)
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<SlotTable, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SlotTable, A::Error> {
                let table = SamplesTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(SlotTable::Samples(table.samples))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod schema {
    //! How the values look in the published JSON Schema.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::*;
    use crate::units::Tokens;

    impl<T> JsonSchema for Lit<T> {
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

    impl JsonSchema for Models {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Models".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": ["string", "array"], "items": { "type": "string" } })
        }
    }

    /// A value alone, or a table.
    fn or_table<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "type": ["string", "number"] }, table] })
    }

    impl<T> JsonSchema for Bar<T> {
        fn schema_name() -> Cow<'static, str> {
            "Limit".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            or_table::<BarTable<Tokens>>(generator)
        }
    }

    impl JsonSchema for CostBar {
        fn schema_name() -> Cow<'static, str> {
            "CostLimit".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            or_table::<CostTable>(generator)
        }
    }

    impl JsonSchema for SlotTable {
        fn schema_name() -> Cow<'static, str> {
            "Slot".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            or_table::<SamplesTable>(generator)
        }
    }
}
