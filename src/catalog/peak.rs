//! Hours with prices of their own.

use std::fmt;

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// The hours, in UTC, in which the plain rates of a price list hold; in all others its off-peak rows do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Peak {
    /// Spans such as `01:00-04:00`; the end is not part of a span, which may pass midnight.
    #[serde(deserialize_with = "spans")]
    pub hours: Vec<HourSpan>,
    /// The days of the week on which there are peak hours, such as `mon`; all when none is named.
    #[serde(
        default,
        deserialize_with = "days",
        serialize_with = "day_names",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub days: Vec<Weekday>,
}

/// A span of a day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(with = "String"))]
pub struct HourSpan {
    begin: Time,
    end: Time,
}

impl Peak {
    /// The days with peak hours as a catalogue writes them; none where all days have them.
    pub fn day_names(&self) -> impl Iterator<Item = &'static str> {
        let name =
            |day: &Weekday| WEEKDAYS.iter().find(|(_, known)| known == day).map(|(name, _)| *name);
        self.days.iter().filter_map(name)
    }

    /// Whether a moment, in UTC, is a peak hour.
    #[must_use]
    pub fn covers(&self, moment: DateTime) -> bool {
        let (time, day) = (moment.time(), moment.date().weekday());
        let on = |day: Weekday| self.days.is_empty() || self.days.contains(&day);
        self.hours.iter().any(|HourSpan { begin, end }| {
            if begin < end {
                on(day) && (*begin..*end).contains(&time)
            } else {
                // After midnight the span belongs to the day on which it began.
                (on(day) && time >= *begin) || (on(day.wrapping_sub(1)) && time < *end)
            }
        })
    }
}

impl Peak {
    /// Whether any hour of a day, in UTC, is a peak hour.
    #[must_use]
    pub fn touches(&self, day: Date) -> bool {
        // What is covered of a day begins with the day or with a span.
        let begins = self.hours.iter().map(|span| span.begin).chain([Time::midnight()]);
        begins.map(|begin| day.to_datetime(begin)).any(|moment| self.covers(moment))
    }
}

impl fmt::Display for HourSpan {
    /// The span as a catalogue writes it, such as `01:00-04:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { begin, end } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", begin.hour(), begin.minute(), end.hour(), end.minute())
    }
}

impl HourSpan {
    fn read(text: &str) -> Option<Self> {
        let clock = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
        };
        let (begin, end) = text.split_once('-')?;
        let (begin, end) = (clock(begin)?, clock(end)?);
        (begin != end).then_some(Self { begin, end })
    }
}

impl Serialize for HourSpan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn spans<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<HourSpan>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    if texts.is_empty() {
        return Err(D::Error::custom("a peak needs one span of hours at least"));
    }
    let span = |text: &String| {
        HourSpan::read(text).ok_or_else(|| {
            D::Error::custom(format!("`{text}` is not a span of hours such as `01:00-04:00`"))
        })
    };
    texts.iter().map(span).collect()
}

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Weekday>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let day = |text: &String| {
        WEEKDAYS.iter().find(|(name, _)| name == text).map(|(_, day)| *day).ok_or_else(|| {
            D::Error::custom(format!("`{text}` is not a day of the week such as `mon`"))
        })
    };
    texts.iter().map(day).collect()
}

fn day_names<S: Serializer>(days: &[Weekday], serializer: S) -> Result<S::Ok, S::Error> {
    let name =
        |day: &Weekday| WEEKDAYS.iter().find(|(_, known)| known == day).map(|(name, _)| name);
    serializer.collect_seq(days.iter().filter_map(name))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn peak(text: &str) -> Peak {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn spans_hold_on_their_days_and_pass_midnight() {
        // 2026-11-15 is a Sunday, 2026-11-16 a Monday.
        let weekdays = peak(
            "hours = [\"01:00-04:00\", \"06:00-10:00\"]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]",
        );
        let on = |day: i8, hour: i8, minute: i8| {
            weekdays.covers(date(2026, 11, day).at(hour, minute, 0, 0))
        };
        assert!(!on(15, 2, 0) && on(16, 2, 0));
        assert!(on(16, 1, 0) && !on(16, 4, 0) && !on(16, 5, 59) && on(16, 9, 59));
        let night = peak("hours = [\"22:00-02:00\"]\ndays = [\"mon\"]");
        let on = |day: i8, hour: i8| night.covers(date(2026, 11, day).at(hour, 0, 0, 0));
        assert!(on(16, 22) && on(17, 1) && !on(17, 2) && !on(16, 1) && !on(17, 22));
        let days = [15, 16, 17, 18].map(|day| night.touches(date(2026, 11, day)));
        assert_eq!(days, [false, true, true, false]);
        assert!(weekdays.touches(date(2026, 11, 16)) && !weekdays.touches(date(2026, 11, 15)));
        for bad in [
            "hours = []",
            "hours = [\"1-2\"]",
            "hours = [\"01:00-01:00\"]",
            "hours = [\"25:00-26:00\"]",
        ] {
            assert!(toml::from_str::<Peak>(bad).is_err(), "{bad}");
        }
    }
}
