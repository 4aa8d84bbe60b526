//! Exact money in US dollars, and prices per token.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decimal;
use super::tokens::Tokens;
use crate::{Error, ErrorKind};

/// Decimals of a US dollar that [`Money`] keeps: picodollars.
const MONEY_SCALE: u32 = 12;
/// Decimals of "USD per million tokens" that a [`Rate`] keeps; one unit is one picodollar per token.
const RATE_SCALE: u32 = 6;

/// An exact amount of US dollars, in picodollars.
///
/// Displays as a decimal at full precision without trailing zeros (`0.042075`), and is a string of
/// that form in JSON.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transparent))]
pub struct Money(
    #[cfg_attr(test, schemars(with = "String", regex(pattern = r"^-?\d+(\.\d+)?$")))] i128,
);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// An amount from whole picodollars.
    #[must_use]
    pub const fn from_picodollars(picodollars: i128) -> Self {
        Self(picodollars)
    }

    /// The amount in whole picodollars.
    #[must_use]
    pub const fn picodollars(self) -> i128 {
        self.0
    }

    /// The amount divided by `n`, rounded half up to a whole picodollar; by 0 it stays as it is.
    #[must_use]
    pub fn divided(self, n: u64) -> Self {
        let n = i128::from(n.max(1));
        Self((2 * self.0 + n).div_euclid(2 * n))
    }

    /// The amount as a float of dollars, for ratios and charts; never for adding up.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// For people: `$1,234.57`, `$0.04`, `$0.0084`. From a cent on in cents; a smaller amount keeps its first
    /// two digits, so that a cost is never shown as $0.
    #[must_use]
    pub fn for_people(self) -> String {
        const CENT: u128 = 10_u128.pow(MONEY_SCALE - 2);
        self.shown(if self.0.unsigned_abs() >= CENT { 2 } else { 3 }, 2)
    }

    /// For people who compare amounts that differ little: `$0.0421`, `$1,234.57`. From a dollar on in cents,
    /// below that with up to four decimals, or with its first three digits where these are smaller.
    #[must_use]
    pub fn in_detail(self) -> String {
        const DOLLAR: u128 = 10_u128.pow(MONEY_SCALE);
        let size = self.0.unsigned_abs();
        if size >= DOLLAR { self.shown(2, 2) } else { self.shown(4, 3) }
    }

    /// With so many decimals; with more, where more than cents are shown, until so many digits are left.
    fn shown(self, mut decimals: u32, digits: u32) -> String {
        let magnitude = self.0.unsigned_abs();
        while decimals > 2
            && decimals < MONEY_SCALE
            && magnitude < 10_u128.pow(MONEY_SCALE - decimals + digits - 1)
        {
            decimals += 1;
        }
        let unit = 10_u128.pow(MONEY_SCALE - decimals);
        let rounded = (magnitude + unit / 2) / unit;
        let (whole, fraction) = (rounded / 10_u128.pow(decimals), rounded % 10_u128.pow(decimals));
        let text = format!("{fraction:0width$}", width = decimals as usize);
        // Cents always, more decimals only where they say something.
        let kept = text.trim_end_matches('0').len().max(2);
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}${}.{}", decimal::group(&whole.to_string()), &text[..kept])
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal::format(self.0, MONEY_SCALE))
    }
}

impl FromStr for Money {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        decimal::parse(text.trim().trim_start_matches('$'), MONEY_SCALE).map(Self).ok_or_else(
            || {
                Error::new(ErrorKind::Amount, format!("`{text}` is not an amount of US dollars"))
                    .hint("write a decimal such as `0.05` or `1,200`")
            },
        )
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    /// Reads what is written: a decimal string.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Add for Money {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        // A branch that is never taken is cheaper than the saturated sum that is never used.
        self.0.checked_add(other.0).map_or_else(|| saturated(self.0, other.0), Self)
    }
}

#[cold]
fn saturated(one: i128, other: i128) -> Money {
    Money(one.saturating_add(other))
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Money {
    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// `part / whole` of the amount, rounded half away from zero; nothing of a whole of 0.
    #[must_use]
    pub fn share(self, part: u64, whole: u64) -> Self {
        if whole == 0 {
            return Self::ZERO;
        }
        let (part, whole) = (i128::from(part), i128::from(whole));
        let product = self.0.saturating_mul(part);
        let half = if product < 0 { -whole / 2 } else { whole / 2 };
        Self(product.saturating_add(half) / whole)
    }
}

impl Mul<u64> for Money {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(times)))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// A price in USD per million tokens with at most six decimals, 0 to 1,000,000.
///
/// Written as a decimal string in catalogues and in JSON, so that no float ever touches a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transparent))]
pub struct Rate(
    #[cfg_attr(test, schemars(with = "String", regex(pattern = r"^\d+(\.\d+)?$")))] u64,
);

impl Rate {
    /// A million dollars per million tokens: more than a thousand times the most expensive model.
    const LIMIT: u64 = 1_000_000 * 10_u64.pow(RATE_SCALE);

    /// A rate from whole picodollars per token.
    #[must_use]
    pub const fn from_picodollars_per_token(picodollars: u64) -> Self {
        Self(picodollars)
    }

    /// Whole picodollars per token.
    #[must_use]
    pub const fn picodollars_per_token(self) -> u64 {
        self.0
    }

    /// The rate as a float of dollars per million tokens, for charts; never for a price.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// For people: `$3.00`, `$0.075`, per million tokens.
    #[must_use]
    pub fn for_people(self) -> String {
        Money::from_picodollars(i128::from(self.0) * 1_000_000).shown(6, 2)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal::format(i128::from(self.0), RATE_SCALE))
    }
}

impl FromStr for Rate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: &str| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a price: {why}"))
                .hint("a price is a decimal in USD per million tokens, such as `1.10`")
        };
        let value = decimal::parse(text.trim(), RATE_SCALE)
            .ok_or_else(|| refuse("expected a decimal with at most six decimals"))?;
        match u64::try_from(value) {
            Ok(rate) if rate <= Self::LIMIT => Ok(Self(rate)),
            Ok(_) => Err(refuse("more than $1,000,000 per million tokens")),
            Err(_) => Err(refuse("it is negative")),
        }
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde::de::Visitor<'_> for Text {
            type Value = Rate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price in quotes, such as \"1.10\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Rate, E> {
                text.parse().map_err(|e: Error| E::custom(e.message()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl Mul<Tokens> for Rate {
    type Output = Money;

    fn mul(self, tokens: Tokens) -> Money {
        // Two u64 always fit a u128, which spares the check for overflow that products of i128 pay.
        let product = u128::from(self.0) * u128::from(tokens.get());
        Money(i128::try_from(product).unwrap_or(i128::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sum_that_does_not_fit_is_the_most_there_is() {
        let [least, most] = [i128::MIN, i128::MAX].map(Money::from_picodollars);
        let one = Money::from_picodollars(1);
        assert_eq!((most + one, [most, one, one].into_iter().sum()), (most, most));
        assert_eq!(least + Money::from_picodollars(-1), least);
        assert_eq!(most - one + one, most);
    }

    #[test]
    fn a_share_is_rounded_half_away_from_zero() {
        for (amount, part, whole, share) in
            [(5, 1, 2, 3), (-5, 1, 2, -3), (7, 1, 3, 2), (-7, 1, 3, -2), (5, 1, 0, 0)]
        {
            let found = Money::from_picodollars(amount).share(part, whole);
            assert_eq!(found.picodollars(), share, "{amount} {part}/{whole}");
        }
    }

    #[test]
    fn rates_have_two_decimals_or_all_they_need() {
        for (rate, shown) in [("3", "$3.00"), ("0.075", "$0.075"), ("12.5", "$12.50")] {
            assert_eq!(rate.parse::<Rate>().unwrap().for_people(), shown);
        }
    }

    #[test]
    fn a_chart_has_a_rate_in_dollars_per_million_tokens() {
        for rate in ["15", "0.075", "0"] {
            assert_eq!(rate.parse::<Rate>().unwrap().as_f64().to_string(), rate);
        }
    }

    #[test]
    fn the_launch_price_of_a_real_truncated_call() {
        // o1-preview, 757 prompt and 512 completion tokens: $0.042075 (Niek/chatgpt-web#522).
        let input: Rate = "15".parse().unwrap();
        let output: Rate = "60".parse().unwrap();
        let cost = input * Tokens::new(757) + output * Tokens::new(512);
        assert_eq!(cost.to_string(), "0.042075");
        assert_eq!(cost.picodollars(), 42_075_000_000);
    }

    #[test]
    fn people_see_cents_and_the_decimals_that_matter() {
        for (text, shown, detail) in [
            ("0.042075", "$0.04", "$0.0421"),
            ("0.0084", "$0.0084", "$0.0084"),
            ("0.008988", "$0.009", "$0.00899"),
            ("0.00999999", "$0.01", "$0.01"),
            ("0.3", "$0.30", "$0.30"),
            ("1234.5678", "$1,234.57", "$1,234.57"),
            ("12.3456789", "$12.35", "$12.35"),
            ("0.00000005", "$0.00000005", "$0.00000005"),
            ("0.0000001234", "$0.00000012", "$0.000000123"),
            ("0.000000000001", "$0.000000000001", "$0.000000000001"),
            ("0", "$0.00", "$0.00"),
            ("-2.5", "-$2.50", "-$2.50"),
            ("99.9999999", "$100.00", "$100.00"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!(
                (money.for_people().as_str(), money.in_detail().as_str()),
                (shown, detail),
                "{text}"
            );
        }
    }

    #[test]
    fn rates_outside_their_range_are_refused() {
        for text in ["-1", "1000001", "0.0000001", "three", "1e-6", ""] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn money_reads_back_what_it_displays(picodollars in -i128::from(u64::MAX)..i128::from(u64::MAX)) {
            let money = Money::from_picodollars(picodollars);
            prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
        }

        #[test]
        fn a_rate_reads_back_what_it_displays(picodollars in 0..=Rate::LIMIT) {
            let rate = Rate::from_picodollars_per_token(picodollars);
            prop_assert_eq!(rate.to_string().parse::<Rate>().unwrap(), rate);
        }

        #[test]
        fn cost_is_additive_in_tokens(rate in 0..=Rate::LIMIT, a in 0..1_000_000_u64, b in 0..1_000_000_u64) {
            let rate = Rate::from_picodollars_per_token(rate);
            prop_assert_eq!(rate * Tokens::new(a) + rate * Tokens::new(b), rate * Tokens::new(a + b));
        }

        #[test]
        fn a_cost_is_never_shown_as_nothing(picodollars in 1..i128::from(u64::MAX)) {
            let shown = Money::from_picodollars(picodollars).for_people();
            prop_assert!(shown.chars().any(|c| ('1'..='9').contains(&c)), "{}", shown);
        }
    }
}
