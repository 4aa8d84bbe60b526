//! Exact multipliers of a price.

use std::fmt;
use std::ops::Mul;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decimal;
use super::money::{Money, Rate};
use crate::{Error, ErrorKind};

/// Decimals that a [`Factor`] keeps.
const SCALE: u32 = 6;

/// What a price is multiplied by, such as 1.1 for a region: a decimal above 0 with at most six
/// decimals, at most 1,000.
///
/// Written as a decimal string in catalogues and in JSON, like every price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transparent))]
pub struct Factor(
    #[cfg_attr(test, schemars(with = "String", regex(pattern = r"^\d+(\.\d+)?$")))] u64,
);

impl Factor {
    /// The factor that changes nothing.
    pub const ONE: Self = Self(10_u64.pow(SCALE));

    const LIMIT: u64 = 1_000 * 10_u64.pow(SCALE);

    /// The product of two factors, rounded to six decimals, half away from zero.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let product = u128::from(self.0) * u128::from(other.0);
        let rounded = (product + u128::from(Self::ONE.0) / 2) / u128::from(Self::ONE.0);
        Self(u64::try_from(rounded).unwrap_or(u64::MAX))
    }
}

impl Default for Factor {
    fn default() -> Self {
        Self::ONE
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal::format(i128::from(self.0), SCALE))
    }
}

impl FromStr for Factor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        decimal::parse(text.trim(), SCALE)
            .and_then(|value| u64::try_from(value).ok())
            .filter(|value| (1..=Self::LIMIT).contains(value))
            .map(Self)
            .ok_or_else(|| {
                Error::new(ErrorKind::Amount, format!("`{text}` is not a factor of a price"))
                    .hint("a factor is a decimal above 0, such as `1.1` or `0.5`")
            })
    }
}

impl Serialize for Factor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|e: Error| D::Error::custom(e.message()))
    }
}

impl Mul<Factor> for Rate {
    type Output = Self;

    /// Rounded to a picodollar per token.
    fn mul(self, factor: Factor) -> Self {
        let product = Money::from_picodollars(i128::from(self.picodollars_per_token())) * factor;
        Self::from_picodollars_per_token(u64::try_from(product.picodollars()).unwrap_or(u64::MAX))
    }
}

impl Mul<Factor> for Money {
    type Output = Self;

    /// Rounds to a picodollar, half away from zero.
    fn mul(self, factor: Factor) -> Self {
        let one = i128::from(Factor::ONE.0);
        let product = self.picodollars().saturating_mul(i128::from(factor.0));
        let half = if product < 0 { -one / 2 } else { one / 2 };
        Self::from_picodollars(product.saturating_add(half) / one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_exact_decimals() {
        let factor: Factor = "1.1".parse().unwrap();
        let cost: Money = "0.064".parse().unwrap();
        assert_eq!((cost * factor).to_string(), "0.0704");
        assert_eq!(factor.times("2".parse().unwrap()).to_string(), "2.2");
        assert_eq!(Money::from_picodollars(-5) * factor, Money::from_picodollars(-6));
        for bad in ["0", "-1", "1.0000001", "1001", "x", ""] {
            assert!(bad.parse::<Factor>().is_err(), "{bad}");
        }
    }
}
