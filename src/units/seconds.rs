//! A length of time.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::{Error, ErrorKind};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const WEEK: f64 = 7.0 * DAY;
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
            s => format!("{:.1} weeks", s / WEEK),
        })
    }
}

impl FromStr for Seconds {
    type Err = Error;

    /// Reads `90s`, `5min`, `2h`, `1d` or `1w`, and what is displayed, such as `8 h 20 min`, up to a million years; a
    /// bare number is seconds.
    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |why: &str| Error::new(ErrorKind::Amount, format!("`{text}` {why}"));
        match sum(text.trim()) {
            Some(seconds) if seconds < 0.0 => Err(refused("is negative").hint("write 0 or more")),
            Some(seconds) if seconds > LARGEST => {
                Err(refused("is too long a time").hint("write less than a million years"))
            }
            Some(seconds) if seconds >= 0.0 => Ok(Self(seconds)),
            _ => Err(refused("is not a length of time")
                .hint("write a number with s, min, h, d or w, such as `90s`")),
        }
    }
}

/// The seconds of numbers with units, each unit smaller than the one before it.
fn sum(text: &str) -> Option<f64> {
    let letter = |c: char| c.is_ascii_alphabetic();
    let (mut rest, mut largest, mut all) = (text, f64::INFINITY, 0.0);
    loop {
        let (number, behind) = rest.split_at(rest.find(letter).unwrap_or(rest.len()));
        let (name, behind) = behind.split_at(behind.find(|c| !letter(c)).unwrap_or(behind.len()));
        let unit = match name {
            "" if rest == text => 1.0,
            "s" => 1.0,
            "min" | "m" => MINUTE,
            "h" => HOUR,
            "d" => DAY,
            "w" | "week" | "weeks" => WEEK,
            _ => return None,
        };
        let number: f64 = number.trim().parse().ok()?;
        // A sign stands before the whole.
        if unit >= largest || (rest != text && number.is_sign_negative()) {
            return None;
        }
        all += number * unit;
        (rest, largest) = (behind, unit);
        if rest.is_empty() || all < 0.0 {
            return Some(all);
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
    fn what_is_displayed_is_read_as_closely_as_it_says() {
        let mut seconds = 0.001;
        while seconds < 1e9 {
            let shown = Seconds::new(seconds).to_string();
            let read: Seconds = shown.parse().unwrap();
            let unit = match seconds {
                s if s < 10.0 => 0.1,
                s if s < HOUR - 0.5 => 1.0,
                s if s < 2.0 * DAY => MINUTE,
                s if s < 21.0 * DAY => HOUR,
                _ => WEEK / 10.0,
            };
            assert!((read.get() - seconds).abs() <= 0.501 * unit, "{seconds}: {shown}");
            seconds *= 1.003;
        }
        for whole in 10..3_599 {
            let length = Seconds::new(f64::from(whole));
            assert_eq!(length.to_string().parse(), Ok(length));
        }
        for (text, seconds) in [("2min30s", 150.0), ("1 w 1d", 8.0 * DAY), ("1 h 0.5 s", 3_600.5)] {
            assert_eq!(text.parse(), Ok(Seconds(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_told_apart() {
        for (text, why) in [
            ("2 min 2 min", "is not a length of time"),
            ("30 s 2 min", "is not a length of time"),
            ("2 min 30", "is not a length of time"),
            ("2 min -30 s", "is not a length of time"),
            ("-1 min 90 s", "is negative"),
            ("", "is not a length of time"),
            ("-1s", "is negative"),
            ("2000000000d", "is too long a time"),
            ("soon", "is not a length of time"),
            ("NaN", "is not a length of time"),
        ] {
            assert_eq!(text.parse::<Seconds>().unwrap_err().message(), format!("`{text}` {why}"));
        }
    }
}
