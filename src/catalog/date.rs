//! Dates as TOML writes them.

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A bare TOML date such as `2024-09-12`.
pub(crate) fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    from_toml(&toml::value::Datetime::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// A bare TOML date in a key that may be absent.
pub(super) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    required(deserializer).map(Some)
}

pub(super) fn from_toml(datetime: &toml::value::Datetime) -> Result<Date, String> {
    match (datetime.date, datetime.time) {
        (Some(_), None) => datetime.to_string().parse().map_err(|e: jiff::Error| e.to_string()),
        _ => Err(format!("`{datetime}` is not a date without a time")),
    }
}
