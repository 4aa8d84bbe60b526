//! The values of `outlay.toml` that have more than one form: texts and numbers, limits alone or with a level,
//! sizes or samples.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_untagged::UntaggedEnumVisitor;
use toml::Spanned;

use crate::cli::config::spans::keys;

use crate::forecast::TokenDist;
use crate::gate::Level;
use crate::units::{Money, Probability, Tokens};
use crate::workload::{Literal, parse};
use crate::{Error, ErrorKind};

/// A value with its position.
pub(crate) type At<T> = Spanned<Literal<T>>;

/// The consequence of exceeding a budget. Advice is for rules: a budget is enforced or it is off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Enforcement(pub(crate) Level);

impl FromStr for Enforcement {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.parse() {
            Ok(level) if level != Level::Advice => Ok(Self(level)),
            _ => Err(Error::new(ErrorKind::Amount, format!("`{text}` is not a level of a budget"))
                .hint("the levels of a budget are off, warn and fail")),
        }
    }
}

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

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsWritten(String);

        impl FromStr for AsWritten {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Ok(Self(text.to_owned()))
            }
        }
        Literal::<AsWritten>::deserialize(deserializer).map(|name| Self(name.0.0))
    }
}

/// The keys of the table form of a limit.
pub(crate) fn limit_keys(is_cost: bool) -> &'static [&'static str] {
    if is_cost { keys::<CostTable>() } else { keys::<BarTable<Tokens>>() }
}

/// The table form of a bar.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, bound = "T: FromStr<Err = Error>")]
struct BarTable<T> {
    /// The limit.
    limit: Literal<T>,
    /// The consequence of exceeding it: off, warn or fail.
    #[serde(default)]
    level: Option<Literal<Enforcement>>,
    /// How far beyond it is only a warning.
    #[serde(default)]
    tolerance: Option<Literal<Probability>>,
}

impl<'de, T: FromStr<Err = Error>> Deserialize<'de> for Bar<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let alone = |text: &str| {
            let limit = if text == "off" { None } else { Some(value(text)?) };
            Ok(Self { limit, level: None, tolerance: None })
        };
        UntaggedEnumVisitor::new()
            .expecting("a limit, or a table with `limit`")
            .string(alone)
            .i64(|number| alone(&number.to_string()))
            .f64(|number| alone(&number.to_string()))
            .map(|map| {
                let table: BarTable<T> = map.deserialize()?;
                Ok(Self {
                    limit: Some(table.limit.0),
                    level: table.level.map(|level| level.0.0),
                    tolerance: table.tolerance.map(|tolerance| tolerance.0),
                })
            })
            .deserialize(deserializer)
    }
}

/// The table form of a bar of costs.
#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
struct CostTable {
    /// The mean.
    #[cfg_attr(test, schemars(with = "Option<Literal<Money>>"))]
    expected: Option<At<Money>>,
    /// One in twenty is higher.
    #[cfg_attr(test, schemars(with = "Option<Literal<Money>>"))]
    p95: Option<At<Money>>,
    /// None is higher.
    #[cfg_attr(test, schemars(with = "Option<Literal<Money>>"))]
    worst_case: Option<At<Money>>,
    /// The consequence of exceeding it: off, warn or fail.
    level: Option<Literal<Enforcement>>,
    /// How far beyond it is only a warning.
    tolerance: Option<Literal<Probability>>,
}

impl<'de> Deserialize<'de> for CostBar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let alone = |text: &str| {
            if text == "off" {
                return Ok(Self::default());
            }
            // The place is that of the key, which the caller knows.
            let expected = Spanned::new(0..0, Literal(not_below_zero(value(text)?)?));
            Ok(Self { expected: Some(expected), ..Self::default() })
        };
        UntaggedEnumVisitor::new()
            .expecting("an amount in USD, or a table with `expected`, `p95` or `worst_case`")
            .string(alone)
            .i64(|number| alone(&number.to_string()))
            .f64(|number| alone(&number.to_string()))
            .map(|map| {
                let table: CostTable = map.deserialize()?;
                for at in [&table.expected, &table.p95, &table.worst_case].into_iter().flatten() {
                    not_below_zero(at.get_ref().0)?;
                }
                Ok(Self {
                    expected: table.expected,
                    p95: table.p95,
                    worst_case: table.worst_case,
                    level: table.level.map(|level| level.0.0),
                    tolerance: table.tolerance.map(|tolerance| tolerance.0),
                })
            })
            .deserialize(deserializer)
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
        let size = |text: &str| value(text).map(Self::Size);
        UntaggedEnumVisitor::new()
            .expecting("a size such as \"50..400\", or a table with `samples`")
            .string(size)
            .i64(|number| size(&number.to_string()))
            .map(|map| {
                let table: SamplesTable = map.deserialize()?;
                Ok(Self::Samples(table.samples))
            })
            .deserialize(deserializer)
    }
}

/// A value that is written alone, read by its own parser.
fn value<T: FromStr<Err = Error>, E: serde::de::Error>(text: &str) -> Result<T, E> {
    parse(text).map_err(E::custom)
}

/// A limit of a cost, which every call would exceed below zero.
fn not_below_zero<E: serde::de::Error>(limit: Money) -> Result<Money, E> {
    if limit < Money::ZERO {
        return Err(E::custom(format!("`{limit}` is no limit of a cost")));
    }
    Ok(limit)
}

#[cfg(test)]
mod schema {
    //! How the values look in the published JSON Schema.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::*;
    use crate::units::Tokens;

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
