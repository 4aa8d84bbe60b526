//! How many calls, over what time.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::count::{Count, grouped};
use super::seconds::Seconds;
use crate::{Error, ErrorKind};

/// A span of time that calls are counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

impl Period {
    /// How long it is; a month has a twelfth of 365.25 days.
    #[must_use]
    pub fn length(self) -> Seconds {
        let days = match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
            Self::Month => 365.25 / 12.0,
            Self::Year => 365.25,
        };
        Seconds::new(days * 86_400.0)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        })
    }
}

/// A number of calls, 1 to 1,000,000,000,000, with or without a period: `500`, `20k/month`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallVolume {
    /// How many calls.
    pub calls: u64,
    /// Over what time; `None` is a plain number of calls.
    pub period: Option<Period>,
}

impl CallVolume {
    /// Calls in a month of 365.25 / 12 days, rounded up; `None` without a period.
    #[must_use]
    pub fn per_month(self) -> Option<u64> {
        // In quarters of a day, so that nothing is rounded before the end: a month has 1,461 / 12.
        let (quarters, months) = match self.period? {
            Period::Day => (1_461, 12 * 4),
            Period::Week => (1_461, 12 * 4 * 7),
            Period::Month => (1, 1),
            Period::Year => (1, 12),
        };
        u64::try_from((u128::from(self.calls) * quarters).div_ceil(months)).ok()
    }

    /// The mean time from one call to the next; `None` without a period.
    #[must_use]
    pub fn seconds_apart(self) -> Option<Seconds> {
        Some(Seconds::new(self.period?.length().get() / self.calls as f64))
    }
}

impl fmt::Display for CallVolume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(self.calls))?;
        self.period.map_or(Ok(()), |period| write!(f, "/{period}"))
    }
}

impl Serialize for CallVolume {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallVolume {
    /// Reads a string such as `50/week`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|e: Error| D::Error::custom(e.message()))
    }
}

impl FromStr for CallVolume {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: String| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a number of calls: {why}")).hint(
                "write `500`, `20k` or `20k/month`; the periods are day, week, month and year",
            )
        };
        let (amount, period) = match text.split_once('/') {
            None => (text, None),
            Some((amount, period)) => (
                amount,
                Some(match period.trim() {
                    "day" | "d" => Period::Day,
                    "week" | "w" => Period::Week,
                    "month" | "mo" => Period::Month,
                    "year" | "y" => Period::Year,
                    other => return Err(refuse(format!("`{other}` is not a period"))),
                }),
            ),
        };
        let calls = amount.parse::<Count>().map_err(|e| refuse(e.message().to_owned()))?.get();
        if calls == 0 {
            Err(refuse("there must be at least one".to_owned()))
        } else {
            Ok(Self { calls, period })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_twelfth_of_a_year() {
        for (text, calls) in
            [("1000/day", 30_438), ("7/week", 31), ("20k/month", 20_000), ("12/year", 1)]
        {
            assert_eq!(text.parse::<CallVolume>().unwrap().per_month(), Some(calls), "{text}");
        }
        assert_eq!("500".parse::<CallVolume>().unwrap().per_month(), None);
    }

    #[test]
    fn reads_volumes_with_and_without_a_period() {
        let volume: CallVolume = "20k/month".parse().unwrap();
        assert_eq!(volume, CallVolume { calls: 20_000, period: Some(Period::Month) });
        assert_eq!(volume.to_string(), "20,000/month");
        assert_eq!("500".parse::<CallVolume>().unwrap().period, None);
        for text in ["0", "-1", "20k/fortnight", "many", "/month", ""] {
            assert!(text.parse::<CallVolume>().is_err(), "{text}");
        }
    }
}
