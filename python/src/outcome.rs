//! What a kernel answers: one row for each row, as a struct column.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, Int64Builder, StringBuilder};
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, Field, Fields};
use jiff::civil::{Date, date};
use outlay::units::{Money, Tokens};
use pyo3::prelude::*;

use crate::capsule::{self, ArrowArray};
use crate::error::{internal, wrong_type, wrong_value};

/// What a row comes to; a panic becomes its error, and the next row goes on.
pub(crate) fn guarded<T>(row: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(row)).unwrap_or_else(|panic| Err(internal(panic.as_ref())))
}

/// Columns under their names as one struct column, which may be null in no row.
pub(crate) fn structure(columns: Vec<(&'static str, ArrayRef)>) -> PyResult<ArrowArray> {
    let field = |(name, array): &(&'static str, ArrayRef)| {
        Field::new(*name, array.data_type().clone(), true)
    };
    let fields: Fields = columns.iter().map(field).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let made = StructArray::try_new(fields, arrays, None);
    let made = made.map_err(|e| wrong_value(format!("the result cannot be built: {e}")))?;
    Ok(ArrowArray(Arc::new(made)))
}

/// The columns of an answer as SQL declares them, such as `tokens bigint, error string`: `columns(answer)`.
#[pyfunction]
pub(crate) fn columns(answer: &Bound<'_, PyAny>) -> PyResult<String> {
    let chunks = capsule::chunks(answer, "answer")?;
    match chunks.first().map(Array::data_type) {
        Some(DataType::Struct(fields)) => declared(fields),
        _ => Err(wrong_type("an answer is a column of structs")),
    }
}

fn declared(fields: &Fields) -> PyResult<String> {
    let column = |field: &Arc<Field>| {
        Ok(match field.data_type() {
            // Texts come in as bytes.
            DataType::Binary => format!("{} string", field.name()),
            DataType::Boolean => format!("{} boolean", field.name()),
            DataType::Date32 => format!("{} date", field.name()),
            DataType::Decimal128(digits, scale) => {
                format!("{} decimal({digits},{scale})", field.name())
            }
            DataType::Float64 => format!("{} double", field.name()),
            DataType::Int64 => format!("{} bigint", field.name()),
            DataType::Struct(fields) => format!("{} struct<{}>", field.name(), declared(fields)?),
            other => return Err(wrong_type(format!("no answer has a column of {other}"))),
        })
    };
    let columns: PyResult<Vec<_>> = fields.iter().map(column).collect();
    Ok(columns?.join(", "))
}

/// A column of texts.
#[derive(Default)]
pub(crate) struct Texts(StringBuilder);

impl Texts {
    /// A column for so many rows, of which few have much text.
    pub(crate) fn sized(rows: usize) -> Self {
        Self(StringBuilder::with_capacity(rows, 0))
    }

    pub(crate) fn push(&mut self, text: Option<impl AsRef<str>>) {
        self.0.append_option(text);
    }

    pub(crate) fn done(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// A column of whole numbers.
#[derive(Default)]
pub(crate) struct Numbers(Int64Builder);

impl Numbers {
    /// A column for so many rows.
    pub(crate) fn sized(rows: usize) -> Self {
        Self(Int64Builder::with_capacity(rows))
    }

    pub(crate) fn push(&mut self, number: Option<u64>) {
        self.0.append_option(number.map(|n| i64::try_from(n).unwrap_or(i64::MAX)));
    }

    pub(crate) fn tokens(&mut self, tokens: Option<Tokens>) {
        self.push(tokens.map(Tokens::get));
    }

    pub(crate) fn done(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// A column of dollars, to the picodollar: decimal(28, 12), whose sums engines make decimal(38, 12).
pub(crate) struct Dollars(Decimal128Builder);

impl Default for Dollars {
    fn default() -> Self {
        Self::sized(0)
    }
}

impl Dollars {
    /// A column for so many rows.
    pub(crate) fn sized(rows: usize) -> Self {
        let kind = DataType::Decimal128(28, 12);
        Self(Decimal128Builder::with_capacity(rows).with_data_type(kind))
    }

    pub(crate) fn push(&mut self, amount: Option<Money>) {
        self.0.append_option(amount.map(Money::picodollars));
    }

    pub(crate) fn done(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// A column of days.
#[derive(Default)]
pub(crate) struct Days(arrow_array::builder::Date32Builder);

impl Days {
    /// A column for so many rows.
    pub(crate) fn sized(rows: usize) -> Self {
        Self(arrow_array::builder::Date32Builder::with_capacity(rows))
    }

    pub(crate) fn push(&mut self, day: Option<Date>) {
        let since =
            |day: Date| i32::try_from(day.duration_since(date(1970, 1, 1)).as_hours() / 24).ok();
        self.0.append_option(day.and_then(since));
    }

    pub(crate) fn done(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// The day that an argument names, as a date or as text; `None` for none.
pub(crate) fn day_of(argument: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Date>> {
    let Some(argument) = argument.filter(|argument| !argument.is_none()) else { return Ok(None) };
    let text = match argument.extract::<String>() {
        Ok(text) => text,
        Err(_) => argument.call_method0("isoformat")?.extract::<String>()?,
    };
    let day = text.get(..10).unwrap_or(&text).parse();
    day.map(Some).map_err(|_| {
        wrong_value(format!("`{text}` is not a date; write it as YYYY-MM-DD, such as 2024-09-12"))
    })
}

/// Today, UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "this package touches the world, as the command line does"
)]
pub(crate) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_is_the_error_of_its_row_and_the_next_row_goes_on() {
        let rows: Vec<Result<u32, String>> = [1_u32, 0, 2]
            .into_iter()
            .map(|n| guarded(|| Ok(100_u32.checked_div(n).expect("it is divided by nothing"))))
            .collect();
        assert_eq!((rows[0].clone(), rows[2].clone()), (Ok(100), Ok(50)));
        let said = rows[1].clone().unwrap_err();
        assert!(said.starts_with("internal error: it is divided by nothing; "), "{said}");
    }
}
