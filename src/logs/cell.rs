//! A cell of a table, as whatever carries the table has it.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use super::day::{Moment, in_text};
use super::figures::Count;
use crate::Error;
use crate::units::Tokens;

/// A cell of a table: text, as in CSV, or a value with a type, as in the columns of an engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// A text; white space alone is nothing.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// Another number.
    Real(f64),
    /// A time.
    Time(Timestamp),
    /// A day, UTC.
    Day(Date),
}

impl<'a> Cell<'a> {
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(char::is_whitespace),
            Self::Whole(_) | Self::Real(_) | Self::Time(_) | Self::Day(_) => false,
        }
    }

    /// What it says, as CSV would have it.
    pub(super) fn text(&self) -> Cow<'a, str> {
        match self {
            Self::Empty => "".into(),
            Self::Text(text) => (*text).into(),
            Self::Whole(n) => n.to_string().into(),
            Self::Real(x) => x.to_string().into(),
            Self::Time(time) => time.to_string().into(),
            Self::Day(day) => day.to_string().into(),
        }
    }

    /// The number of tokens that it says; `None` for an empty cell.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for what is no whole number of tokens.
    pub fn tokens(&self) -> Result<Option<Tokens>, Error> {
        match self {
            Self::Whole(n) => Count::whole(*n).map(Some),
            Self::Real(x) => Count::real(*x).map(Some),
            _ => Count::in_cell(&self.text()),
        }
    }

    /// The day that it says, UTC; `None` for an empty cell.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for what is no time.
    pub fn day(&self) -> Result<Option<Date>, Error> {
        let moment = match self.moment() {
            Some(moment) => Some(moment),
            None => in_text(&self.text())?,
        };
        Ok(moment.map(|moment| moment.day))
    }

    /// The time that it is, where it has the type of one.
    pub(super) fn moment(&self) -> Option<Moment> {
        match self {
            Self::Time(time) => Some(Moment::of(*time)),
            Self::Day(day) => Some(Moment { day: *day, time: None }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_tokens_is_the_same_in_every_type() {
        for (cell, tokens) in [
            (Cell::Whole(431), Some(431)),
            (Cell::Real(431.0), Some(431)),
            (Cell::Text(" 431 "), Some(431)),
            (Cell::Text("431.0"), Some(431)),
            (Cell::Text(" "), None),
            (Cell::Empty, None),
        ] {
            assert_eq!(cell.tokens().unwrap(), tokens.map(Tokens::new), "{cell:?}");
        }
        for (cell, named) in [
            (Cell::Whole(-1), "integer `-1`"),
            (Cell::Whole(i64::MAX), "more tokens than any call has"),
            (Cell::Real(0.5), "floating point `0.5`"),
            (Cell::Real(f64::NAN), "floating point `NaN`"),
            (Cell::Text("many"), "string \"many\""),
        ] {
            let error = cell.tokens().unwrap_err();
            assert!(error.message().contains(named), "{error}");
        }
    }
}
