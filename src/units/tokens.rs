//! A number of tokens.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::decimal::{self, WholeNumber};
use crate::{Error, ErrorKind};

/// A number of tokens, 0 to 1,000,000,000,000 when read from text.
///
/// Reads amounts as people write them: `400`, `128k`, `1.5m`, `128,000`, `128_000`; `k` is 1,000 and
/// `m` is 1,000,000. Displays with thousands separators.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Tokens(u64);

impl Tokens {
    /// No tokens.
    pub const ZERO: Self = Self(0);

    /// The largest amount that is read from text: a trillion, far beyond any model's window.
    pub const LIMIT: Self = Self(decimal::LARGEST);

    /// `n` tokens.
    #[must_use]
    pub const fn new(n: u64) -> Self {
        Self(n)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number as a float, exact up to 2^53.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }

    /// The nearest whole number of tokens, half rounding up; negative amounts and NaN are 0.
    #[must_use]
    pub fn from_f64(amount: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the cast saturates, and a NaN casts to 0"
        )]
        Self((amount + 0.5).floor() as u64)
    }

    /// The difference, or 0 when `other` is larger.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The difference, or `None` when `other` is larger.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal::group(&self.0.to_string()))
    }
}

impl FromStr for Tokens {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: String, hint: &'static str| {
            Err(Error::new(ErrorKind::Amount, format!("`{text}` {why}")).hint(hint))
        };
        match decimal::whole_number(text) {
            WholeNumber::Read(n) => Ok(Self(n)),
            WholeNumber::Negative => {
                refuse("is negative".to_owned(), "an amount of tokens is 0 or more")
            }
            WholeNumber::TooLarge => refuse(
                format!("is more than {} tokens", Self::LIMIT),
                "no model reads that much; check the unit (`k` is a thousand, `m` a million)",
            ),
            WholeNumber::Other => refuse(
                "is not a whole number of tokens".to_owned(),
                "write an amount such as `400`, `128k`, `1.5m` or `128,000`",
            ),
        }
    }
}

impl Add for Tokens {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Tokens {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Tokens {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// Between what and what a number of tokens lies that could not be counted exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TokenRange {
    /// As few as the kind of text with the lowest ratio has, or the framing may have.
    pub low: Tokens,
    /// The mean over the kinds of text.
    pub mean: Tokens,
    /// As many as the kind of text with the highest ratio has, or the framing may have.
    pub high: Tokens,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, n) in [
            ("400", 400),
            ("128k", 128_000),
            ("1.5m", 1_500_000),
            ("0.5K", 500),
            ("128,000", 128_000),
            (" 7 ", 7),
            ("0", 0),
        ] {
            assert_eq!(text.parse::<Tokens>().unwrap(), Tokens::new(n), "{text}");
        }
    }

    #[test]
    fn absurd_amounts_are_refused_with_a_reason() {
        for (text, reason) in [
            ("-5", "is negative"),
            ("123456789012345678901234567890", "is more than"),
            ("2.5", "is not a whole number"),
            ("1e9", "is not a whole number"),
            ("", "is not a whole number"),
            ("k", "is not a whole number"),
            ("9999999m", "is more than 1,000,000,000,000 tokens"),
        ] {
            let error = text.parse::<Tokens>().unwrap_err();
            assert!(error.to_string().contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn rounds_half_up_and_never_below_zero() {
        for (amount, n) in [(0.5, 1), (1.49, 1), (-3.0, 0), (f64::NAN, 0), (2.5, 3)] {
            assert_eq!(Tokens::from_f64(amount), Tokens::new(n), "{amount}");
        }
    }
}
