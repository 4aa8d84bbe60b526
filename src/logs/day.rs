//! The day of a call, from the many ways in which logs write a time.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;

use super::object::{Object, malformed};
use crate::Error;

/// The day of the time under the first of these keys that has one.
pub(crate) fn of(object: &Object<'_>, keys: &[&str]) -> Result<Option<Date>, Error> {
    keys.iter().find_map(|key| object.get(key)).map_or(Ok(None), in_json)
}

/// The day of a time in JSON: a number, or text.
pub(crate) fn in_json(raw: &RawValue) -> Result<Option<Date>, Error> {
    match raw.get() {
        text if text.starts_with('"') => {
            let text: String = serde_json::from_str(text).map_err(|_| unreadable(raw.get()))?;
            in_text(&text)
        }
        number => in_text(number),
    }
}

/// The day of a time as text: a date, a date and time with or without an offset (UTC is taken), or
/// the time since 1970 in seconds, milli-, micro- or nanoseconds, told apart by their size.
pub(crate) fn in_text(text: &str) -> Result<Option<Date>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = since_1970(text)
        .or_else(|| text.parse().ok().map(utc))
        .or_else(|| text.parse::<DateTime>().ok().map(DateTime::date))
        .or_else(|| text.parse().ok());
    day.map(Some).ok_or_else(|| unreadable(text))
}

fn since_1970(text: &str) -> Option<Date> {
    let timestamp = if let Ok(n) = text.parse::<i64>() {
        match n.unsigned_abs() {
            0..100_000_000_000 => Timestamp::from_second(n),
            100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(n),
            100_000_000_000_000..100_000_000_000_000_000 => Timestamp::from_microsecond(n),
            _ => Timestamp::from_nanosecond(i128::from(n)),
        }
    } else {
        let seconds: f64 = text.parse().ok().filter(|s: &f64| s.abs() < 1e11)?;
        Timestamp::from_duration(SignedDuration::try_from_secs_f64(seconds).ok()?)
    };
    timestamp.ok().map(utc)
}

fn utc(timestamp: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(timestamp).date()
}

fn unreadable(text: &str) -> Error {
    malformed(format!("`{text}` is not a time"))
        .hint("write seconds since 1970, or a time such as 2024-10-02T05:33:00Z")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn times_are_read_as_logs_write_them() {
        for text in [
            "1727847180",
            "1727847180.25",
            "1727847180000",
            "1727847180000000",
            "1727847180000000000",
            "2024-10-02",
            "2024-10-02T05:33:00Z",
            "2024-10-02T05:33:00.123456+00:00",
            "2024-10-02 05:33:00",
            "2024-10-02T05:33:00.158834",
            "2024-10-01T23:33:00-06:00",
            "2024-10-02 05:33:00 UTC",
        ] {
            let found = in_text(text.trim_end_matches(" UTC")).unwrap();
            assert_eq!(found, Some(date(2024, 10, 2)), "{text}");
        }
        assert_eq!(in_text("  ").unwrap(), None);
        for text in ["soon", "2024-13-01", "1e400", "99999999999999999999"] {
            assert!(in_text(text).is_err(), "{text}");
        }
    }
}
