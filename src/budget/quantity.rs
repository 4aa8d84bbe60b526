//! What a budget limits and a gate measures.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::units::{Money, Tokens};

/// An amount with its unit; margins may be negative.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Quantity {
    /// Tokens.
    Tokens(i64),
    /// Requests of a task.
    Steps(i64),
    /// A probability or a relative change, 0.05 for 5 %.
    Share(f64),
    /// US dollars.
    Usd(Money),
}

impl Quantity {
    /// The unit, as JSON and CSV name it.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Tokens(_) => "tokens",
            Self::Steps(_) => "steps",
            Self::Share(_) => "share",
            Self::Usd(_) => "usd",
        }
    }

    /// The amount as a float, for ratios.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Tokens(n) | Self::Steps(n) => n as f64,
            Self::Share(share) => share,
            Self::Usd(money) => money.as_f64(),
        }
    }

    /// `self - other`; amounts of different units have no difference, and give `self`.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Tokens(a), Self::Tokens(b)) => Self::Tokens(a.saturating_sub(b)),
            (Self::Share(a), Self::Share(b)) => Self::Share(a - b),
            (Self::Steps(a), Self::Steps(b)) => Self::Steps(a.saturating_sub(b)),
            (Self::Usd(a), Self::Usd(b)) => Self::Usd(a - b),
            _ => self,
        }
    }
}

impl From<Tokens> for Quantity {
    fn from(tokens: Tokens) -> Self {
        Self::Tokens(i64::try_from(tokens.get()).unwrap_or(i64::MAX))
    }
}

impl From<Money> for Quantity {
    fn from(money: Money) -> Self {
        Self::Usd(money)
    }
}

impl fmt::Display for Quantity {
    /// For people: `4,812`, `5.2 %`, `$0.0042`, with a sign where it is negative.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Tokens(n) | Self::Steps(n) => {
                let sign = if *n < 0 { "-" } else { "" };
                format!("{sign}{}", Tokens::new(n.unsigned_abs()))
            }
            Self::Share(share) => percent(*share),
            Self::Usd(money) => money.in_detail(),
        };
        f.pad(&text)
    }
}

/// A share with two significant digits at the small end, and never 0 % for something near it.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let sign = if percent < 0.0 { "-" } else { "" };
    let size = percent.abs();
    if size == 0.0 {
        return "0 %".to_owned();
    }
    if size < 0.01 {
        return format!("{sign}< 0.01 %");
    }
    let text = if size < 1.0 { format!("{size:.2}") } else { format!("{size:.1}") };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{text} %")
}

impl Serialize for Quantity {
    /// Tokens and steps are an integer, shares a number, money a decimal string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Tokens(n) | Self::Steps(n) => serializer.serialize_i64(*n),
            Self::Share(share) => serializer.serialize_f64(*share),
            Self::Usd(money) => money.serialize(serializer),
        }
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Tokens and steps are an integer, shares a number, money a decimal string in USD.",
            "type": ["integer", "number", "string"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_a_unit_and_a_sign() {
        for (quantity, shown) in [
            (Quantity::Tokens(4_812), "4,812"),
            (Quantity::Tokens(-812), "-812"),
            (Quantity::Share(0.05), "5 %"),
            (Quantity::Share(-0.123), "-12.3 %"),
            (Quantity::Share(0.000_01), "< 0.01 %"),
            (Quantity::Share(0.0), "0 %"),
            (Quantity::Usd(Money::from_picodollars(-2_500_000_000_000)), "-$2.50"),
        ] {
            assert_eq!(quantity.to_string(), shown);
        }
    }
    #[test]
    fn amounts_of_one_unit_have_a_difference() {
        let usd = |picodollars| Quantity::Usd(Money::from_picodollars(picodollars));
        for (a, b, difference) in [
            (Quantity::Tokens(7), Quantity::Tokens(9), Quantity::Tokens(-2)),
            (Quantity::Share(0.75), Quantity::Share(0.5), Quantity::Share(0.25)),
            (Quantity::Steps(9), Quantity::Steps(7), Quantity::Steps(2)),
            (usd(9), usd(7), usd(2)),
            (Quantity::Tokens(7), usd(7), Quantity::Tokens(7)),
            (Quantity::Steps(7), Quantity::Tokens(2), Quantity::Steps(7)),
        ] {
            assert_eq!(a.minus(b), difference);
        }
    }
}
