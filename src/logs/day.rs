//! The day of a call, from the many ways in which logs write a time.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;

use super::object::{Object, malformed};
use crate::Error;

/// Where logs without a form of their own have the time of a call.
pub(crate) const KEYS: [&str; 9] = [
    "timestamp",
    "created",
    "created_at",
    "createdAt",
    "startTime",
    "start_time",
    "time",
    "ts",
    "date",
];

/// When a call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The day, UTC.
    pub(crate) day: Date,
    /// The time, where the log has more than the day.
    pub(crate) time: Option<Timestamp>,
}

/// The time under the first of these keys that has one.
pub(crate) fn of(object: &Object<'_>, keys: &[&str]) -> Result<Option<Moment>, Error> {
    keys.iter().find_map(|key| object.get(key)).map_or(Ok(None), in_json)
}

/// A time in JSON: a number, or text.
pub(crate) fn in_json(raw: &RawValue) -> Result<Option<Moment>, Error> {
    match raw.get() {
        text if text.starts_with('"') => {
            let text: String = serde_json::from_str(text).map_err(|_| unreadable(raw.get()))?;
            in_text(&text)
        }
        number => in_text(number),
    }
}

/// A time as text: a date, a date and time with or without an offset (UTC is taken), or
/// the time since 1970 in seconds, milli-, micro- or nanoseconds, told apart by their size.
pub(crate) fn in_text(text: &str) -> Result<Option<Moment>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let moment = since_1970(text)
        .or_else(|| text.parse().ok())
        .or_else(|| text.parse::<DateTime>().ok().filter(|_| text.len() > 10).and_then(utc))
        .map(Moment::of)
        .or_else(|| text.parse().ok().map(|day| Moment { day, time: None }));
    moment.map(Some).ok_or_else(|| unreadable(text))
}

impl Moment {
    pub(super) fn of(time: Timestamp) -> Self {
        Self { day: TimeZone::UTC.to_datetime(time).date(), time: Some(time) }
    }
}

fn since_1970(text: &str) -> Option<Timestamp> {
    if let Ok(n) = text.parse::<i64>() {
        let timestamp = match n.unsigned_abs() {
            0..100_000_000_000 => Timestamp::from_second(n),
            100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(n),
            100_000_000_000_000..100_000_000_000_000_000 => Timestamp::from_microsecond(n),
            _ => Timestamp::from_nanosecond(i128::from(n)),
        };
        return timestamp.ok();
    }
    let seconds: f64 = text.parse().ok().filter(|s: &f64| s.abs() < 1e11)?;
    Timestamp::from_duration(SignedDuration::try_from_secs_f64(seconds).ok()?).ok()
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
            assert_eq!(found.map(|found| found.day), Some(date(2024, 10, 2)), "{text}");
        }
        assert_eq!(in_text("  ").unwrap(), None);
        for text in ["soon", "2024-13-01", "1e400", "99999999999999999999"] {
            assert!(in_text(text).is_err(), "{text}");
        }
    }
}
