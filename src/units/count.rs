//! A number of things that are not tokens.

use std::fmt;
use std::str::FromStr;

use super::decimal::{self, WholeNumber};
use crate::{Error, ErrorKind};

/// A number of calls, turns, runs, rows or requests, 0 to 1,000,000,000,000 when read from text.
///
/// Reads and displays amounts as [`Tokens`](super::Tokens) does: `20k`, `1.5m`, `128,000`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u64);

impl Count {
    /// `n` things.
    #[must_use]
    pub const fn new(n: u64) -> Self {
        Self(n)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Count {
    fn from(n: u64) -> Self {
        Self(n)
    }
}

impl From<u32> for Count {
    fn from(n: u32) -> Self {
        Self(n.into())
    }
}

impl From<usize> for Count {
    fn from(n: usize) -> Self {
        Self(n as u64)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal::group(&self.0.to_string()))
    }
}

impl FromStr for Count {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: String, hint: &'static str| {
            Err(Error::new(ErrorKind::Amount, format!("`{text}` {why}")).hint(hint))
        };
        match decimal::whole_number(text) {
            WholeNumber::Read(n) => Ok(Self(n)),
            WholeNumber::Negative => refuse("is negative".to_owned(), "write 0 or more"),
            WholeNumber::TooLarge => refuse(
                format!("is more than {}", Self(decimal::LARGEST)),
                "check the unit (`k` is a thousand, `m` a million)",
            ),
            WholeNumber::Other => refuse(
                "is not a whole number".to_owned(),
                "write a number such as `400`, `20k`, `1.5m` or `128,000`",
            ),
        }
    }
}

/// A number with thousands separators: `1,200`.
#[must_use]
pub fn grouped(n: impl Into<Count>) -> String {
    n.into().to_string()
}

/// A number with its noun, which takes an `s` unless there is one: `1 model`, `1,200 models`.
#[must_use]
pub fn plural(n: impl Into<Count>, noun: &str) -> String {
    let n = n.into();
    format!("{n} {noun}{}", if n.get() == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, n) in [("12", 12), ("20k", 20_000), ("1.5m", 1_500_000), ("0", 0)] {
            assert_eq!(text.parse::<Count>().unwrap(), Count::new(n), "{text}");
        }
    }

    #[test]
    fn what_is_refused_is_not_called_tokens() {
        for (text, reason) in [
            ("2.5", "`2.5` is not a whole number"),
            ("many", "`many` is not a whole number"),
            ("", "`` is not a whole number"),
            ("-5", "`-5` is negative"),
            ("9999999m", "`9999999m` is more than 1,000,000,000,000"),
        ] {
            let error = text.parse::<Count>().unwrap_err();
            assert_eq!(error.message(), reason);
            assert!(!error.to_string().contains("token"), "{error}");
        }
    }

    #[test]
    fn numbers_are_grouped_and_nouns_are_counted() {
        assert_eq!(grouped(1_234_567_usize), "1,234,567");
        assert_eq!(plural(1_u64, "model"), "1 model");
        assert_eq!(plural(1_200_u64, "model"), "1,200 models");
        assert_eq!(plural(0_u64, "model"), "0 models");
    }
}
