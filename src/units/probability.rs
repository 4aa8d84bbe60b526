//! A probability.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, ErrorKind};

/// A number from 0 to 1. Reads `1%` and `0.01`; displays as a percentage.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transparent))]
pub struct Probability(#[cfg_attr(test, schemars(range(min = 0, max = 1)))] f64);

impl Probability {
    /// The nearest probability to `p`; NaN is 0.
    #[must_use]
    pub fn clamped(p: f64) -> Self {
        Self(if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) })
    }

    /// That it does not happen.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(1.0 - self.0)
    }

    /// The number, 0 to 1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Probability {
    /// Two significant digits at the small end (`0.40 %`), one decimal above 1 %, and never 0 % or
    /// 100 % for something that is merely near it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.0 * 100.0;
        let text = if self.0 <= 0.0 {
            "0 %".to_owned()
        } else if self.0 >= 1.0 {
            "100 %".to_owned()
        } else if percent < 0.01 {
            "< 0.01 %".to_owned()
        } else if percent > 99.9 {
            "> 99.9 %".to_owned()
        } else if percent < 1.0 {
            format!("{percent:.2} %")
        } else {
            let text = format!("{percent:.1}");
            format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
        };
        f.pad(&text)
    }
}

impl FromStr for Probability {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let trimmed = text.trim();
        let (number, unit) = match trimmed.strip_suffix('%') {
            Some(number) => (number.trim_end(), 100.0),
            None => (trimmed, 1.0),
        };
        match number.parse::<f64>() {
            Ok(p) if p.is_sign_positive() && (0.0..=unit).contains(&p) => Ok(Self(p / unit)),
            _ => Err(Error::new(ErrorKind::Amount, format!("`{text}` is not a probability"))
                .hint("write a share from 0 to 1 such as `0.01`, or a percentage such as `1%`")),
        }
    }
}

impl Serialize for Probability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let p = f64::deserialize(deserializer)?;
        let message = || serde::de::Error::custom(format!("{p} is not a probability from 0 to 1"));
        if (0.0..=1.0).contains(&p) { Ok(Self(p)) } else { Err(message()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_shares_and_percentages() {
        for (text, p) in [("1%", 0.01), ("0.01", 0.01), ("100 %", 1.0), ("0", 0.0)] {
            assert!((text.parse::<Probability>().unwrap().get() - p).abs() < 1e-12, "{text}");
        }
        for text in ["-1%", "-0", "-0%", "101%", "1.5", "NaN", "inf", "", "%"] {
            assert!(text.parse::<Probability>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_small_risk_is_not_shown_as_none() {
        for (p, shown) in [
            (0.0, "0 %"),
            (1e-7, "< 0.01 %"),
            (0.000_1, "0.01 %"),
            (0.004, "0.40 %"),
            (0.01, "1 %"),
            (0.173, "17.3 %"),
            (0.999, "99.9 %"),
            (0.9999, "> 99.9 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(Probability::clamped(p).to_string(), shown);
        }
    }
}
