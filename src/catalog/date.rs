//! Dates as a catalogue writes them.

use std::fmt;

use jiff::civil::Date;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

/// A bare TOML date such as `2024-09-12`, or the same in quotation marks.
pub(crate) fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    deserializer.deserialize_any(DateVisitor)
}

/// The same in a key that may be absent.
pub(super) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    required(deserializer).map(Some)
}

/// Reads a date.
pub(super) struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as 2024-09-12")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Date, E> {
        Date::strptime("%Y-%m-%d", text)
            .map_err(|_| E::custom(format!("`{text}` is not a date such as 2024-09-12")))
    }

    // The parser of TOML hands over its own dates as a map.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Date, A::Error> {
        let datetime = Datetime::deserialize(MapAccessDeserializer::new(map))?;
        self.visit_str(&datetime.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Day {
        #[serde(deserialize_with = "required")]
        day: Date,
    }

    #[test]
    fn a_date_is_the_same_in_every_writing() {
        let day = Date::constant(2024, 9, 12);
        assert_eq!(toml::from_str::<Day>("day = 2024-09-12").unwrap().day, day);
        assert_eq!(toml::from_str::<Day>("day = \"2024-09-12\"").unwrap().day, day);
        assert_eq!(serde_json::from_str::<Day>(r#"{"day": "2024-09-12"}"#).unwrap().day, day);
    }

    #[test]
    fn what_is_no_day_is_an_error() {
        for wrong in ["2024-09-12T10:00:00", "10:00:00", "\"2024-02-30\"", "\"\"", "20240912"] {
            let error = toml::from_str::<Day>(&format!("day = {wrong}")).unwrap_err().to_string();
            assert!(error.contains("a date such as 2024-09-12"), "{wrong}: {error}");
        }
    }
}
