//! Numbers of tokens and amounts of money as logs write them.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, Unexpected, Visitor};

use crate::Error;
use crate::logs::object::malformed;
use crate::units::{Money, Tokens};

/// A whole number of tokens: as a number, as `12.0`, or as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count(pub(crate) Tokens);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

pub(super) struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of tokens")
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Count, E> {
        if n > Tokens::LIMIT.get() {
            return Err(E::custom(format!("{n} is more tokens than any call has")));
        }
        Ok(Count(Tokens::new(n)))
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Count, E> {
        u64::try_from(n)
            .map_err(|_| E::invalid_value(Unexpected::Signed(n), &self))
            .and_then(|n| self.visit_u64(n))
    }

    fn visit_f64<E: de::Error>(self, x: f64) -> Result<Count, E> {
        let tokens = Tokens::from_f64(x);
        // NaN is no number of tokens: every comparison with it is false.
        if x.is_nan() || (tokens.as_f64() - x).abs() > 0.0 {
            return Err(E::invalid_value(Unexpected::Float(x), &self));
        }
        self.visit_u64(tokens.get())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Count, E> {
        let number = text.trim();
        if let Ok(n) = number.parse::<u64>() {
            return self.visit_u64(n);
        }
        // Tables that know no whole numbers write 431.0.
        match number.parse::<f64>() {
            Ok(x) if x.is_finite() => self.visit_f64(x),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

impl Count {
    /// A whole number of tokens.
    pub(crate) fn whole(n: i64) -> Result<Tokens, Error> {
        told(CountVisitor.visit_i64(n))
    }

    /// A number of tokens from a table that knows no whole numbers.
    pub(crate) fn real(x: f64) -> Result<Tokens, Error> {
        told(CountVisitor.visit_f64(x))
    }

    /// The number in a cell of a table; an empty cell has none.
    pub(crate) fn in_cell(cell: &str) -> Result<Option<Tokens>, Error> {
        if cell.trim().is_empty() {
            return Ok(None);
        }
        told(CountVisitor.visit_str(cell)).map(Some)
    }
}

fn told(count: Result<Count, serde_json::Error>) -> Result<Tokens, Error> {
    count.map(|Count(tokens)| tokens).map_err(|e| malformed(e.to_string()))
}

/// A cost in dollars, rounded to a picodollar; `None` for what is no such amount.
pub(crate) fn amount(dollars: f64) -> Option<Money> {
    const LARGEST: f64 = 1e9;
    let picodollars = (dollars * 1e12).round();
    #[expect(clippy::cast_possible_truncation, reason = "checked against the largest amount")]
    (0.0..=LARGEST).contains(&dollars).then(|| Money::from_picodollars(picodollars as i128))
}
