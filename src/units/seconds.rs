//! A length of time.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::{Error, ErrorKind};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
/// The most that is read from text: a million years.
const LARGEST: f64 = 1e6 * 365.25 * DAY;

/// A number of seconds, 0 or more. Displays in the two largest units that matter: `8 h 20 min`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Seconds(f64);

impl Seconds {
    /// This many seconds; what is negative or no number is 0.
    #[must_use]
    pub fn new(seconds: f64) -> Self {
        Self(if seconds > 0.0 { seconds } else { 0.0 })
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let two = |large: f64, large_name: &str, small: f64, small_name: &str| {
            let all = (self.0 / small).round();
            let per = large / small;
            let (first, second) = ((all / per).floor(), all % per);
            if second == 0.0 {
                format!("{first} {large_name}")
            } else {
                format!("{first} {large_name} {second} {small_name}")
            }
        };
        f.pad(&match self.0 {
            s if s < 10.0 => format!("{s:.1} s"),
            s if s < 99.5 => format!("{s:.0} s"),
            s if s < HOUR - 0.5 => two(MINUTE, "min", 1.0, "s"),
            s if s < 2.0 * DAY => two(HOUR, "h", MINUTE, "min"),
            s if s < 21.0 * DAY => two(DAY, "d", HOUR, "h"),
            s => format!("{:.1} weeks", s / (7.0 * DAY)),
        })
    }
}

impl FromStr for Seconds {
    type Err = Error;

    /// Reads `90s`, `5min`, `2h` or `1d`, up to a million years; a bare number is seconds.
    fn from_str(text: &str) -> Result<Self, Error> {
        let trimmed = text.trim();
        let digits = trimmed.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(digits);
        let unit = match unit {
            "" | "s" => Some(1.0),
            "min" | "m" => Some(MINUTE),
            "h" => Some(HOUR),
            "d" => Some(DAY),
            _ => None,
        };
        let refused = |why: &str| Error::new(ErrorKind::Amount, format!("`{text}` {why}"));
        match number.trim().parse::<f64>().ok().zip(unit).map(|(number, unit)| number * unit) {
            Some(seconds) if seconds < 0.0 => Err(refused("is negative").hint("write 0 or more")),
            Some(seconds) if seconds > LARGEST => {
                Err(refused("is too long a time").hint("write less than a million years"))
            }
            Some(seconds) if seconds >= 0.0 => Ok(Self(seconds)),
            _ => Err(refused("is not a length of time")
                .hint("write a number with s, min, h or d, such as `90s`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_largest_units_are_shown() {
        for (seconds, shown) in [
            (4.24, "4.2 s"),
            (31.4, "31 s"),
            (150.0, "2 min 30 s"),
            (30_000.0, "8 h 20 min"),
            (7_200.0, "2 h"),
            (300_000.0, "3 d 11 h"),
            (4.0 * 7.0 * DAY, "4.0 weeks"),
            (-1.0, "0.0 s"),
        ] {
            assert_eq!(Seconds::new(seconds).to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_told_apart() {
        for (text, why) in [
            ("-1s", "is negative"),
            ("2000000000d", "is too long a time"),
            ("soon", "is not a length of time"),
            ("NaN", "is not a length of time"),
        ] {
            assert_eq!(text.parse::<Seconds>().unwrap_err().message(), format!("`{text}` {why}"));
        }
    }
}
