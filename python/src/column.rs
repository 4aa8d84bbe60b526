//! Columns as the library reads them: cell by cell, whatever their type.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use outlay::logs::Cell;
use pyo3::prelude::*;

use crate::capsule;
use crate::error::wrong_type;

/// What a row has in a column; texts that are not UTF-8 say why.
pub(crate) type Read<'a> = Result<Cell<'a>, String>;

/// A column of any length, in one piece or several.
pub(crate) struct Column {
    chunks: Vec<Chunk>,
    len: usize,
}

/// What a function takes where a column or one value for all rows will do.
pub(crate) enum Values {
    Column(Column),
    Text(String),
    Day(Date),
    Whole(i64),
    Nothing,
}

impl Column {
    /// A column of this name, for messages.
    pub(crate) fn of(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let arrays = capsule::chunks(object, name)?;
        let chunks: PyResult<Vec<_>> = arrays.iter().map(|array| Chunk::of(array, name)).collect();
        let chunks = chunks?;
        let len = chunks.iter().map(Chunk::len).sum();
        Ok(Self { chunks, len })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The cells in their order.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Read<'_>> {
        self.chunks.iter().flat_map(|chunk| (0..chunk.len()).map(move |row| chunk.cell(row)))
    }
}

impl Values {
    /// A column, or one value for all rows.
    pub(crate) fn of(object: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Self> {
        let Some(object) = object.filter(|object| !object.is_none()) else {
            return Ok(Self::Nothing);
        };
        if let Ok(text) = object.extract::<String>() {
            return Ok(Self::Text(text));
        }
        if let Ok(number) = object.extract::<i64>() {
            return Ok(Self::Whole(number));
        }
        // A date or a datetime of Python.
        if object.hasattr("isoformat")? && !object.hasattr("__arrow_c_array__")? {
            let text: String = object.call_method0("isoformat")?.extract()?;
            let day = text.get(..10).and_then(|day| day.parse().ok());
            return day.map(Self::Day).ok_or_else(|| wrong_type(format!("`{name}` is no date")));
        }
        Column::of(object, name).map(Self::Column)
    }

    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::Column(column) => Some(column.len()),
            _ => None,
        }
    }

    /// The cells of `rows` rows.
    pub(crate) fn cells(&self, rows: usize) -> Box<dyn Iterator<Item = Read<'_>> + '_> {
        let same = |cell| Box::new(std::iter::repeat_n(Ok(cell), rows));
        match self {
            Self::Column(column) => Box::new(column.cells()),
            Self::Text(text) => same(Cell::Text(text)),
            Self::Day(day) => same(Cell::Day(*day)),
            Self::Whole(number) => same(Cell::Whole(*number)),
            Self::Nothing => same(Cell::Empty),
        }
    }
}

/// How many rows columns have, which must agree.
pub(crate) fn rows(columns: &[(&str, &Values)]) -> PyResult<usize> {
    let mut found: Option<(&str, usize)> = None;
    for (name, values) in columns {
        let Some(len) = values.len() else { continue };
        match found {
            None => found = Some((name, len)),
            Some((_, known)) if known == len => {}
            Some((first, known)) => {
                return Err(crate::error::wrong_value(format!(
                    "`{first}` has {known} rows and `{name}` has {len}; columns of one table have as many each"
                )));
            }
        }
    }
    // Constants alone are one row.
    Ok(found.map_or(1, |(_, len)| len))
}

/// A piece of a column.
pub(crate) enum Chunk {
    Binary(BinaryArray),
    LargeBinary(LargeBinaryArray),
    View(BinaryViewArray),
    Dictionary {
        keys: Vec<usize>,
        nulls: Option<NullBuffer>,
        values: Box<Chunk>,
    },
    Whole(Vec<i64>, Option<NullBuffer>),
    Real(Vec<f64>, Option<NullBuffer>),
    Boolean(arrow_array::BooleanArray),
    /// Days since 1970.
    Days(Vec<i32>, Option<NullBuffer>),
    Times(Vec<i64>, TimeUnit, Option<NullBuffer>),
    Nothing(usize),
}

impl Chunk {
    /// The piece of a column of this name.
    pub(crate) fn of(array: &ArrayRef, name: &str) -> PyResult<Self> {
        fn whole<T: ArrowPrimitiveType>(array: &ArrayRef) -> Chunk
        where
            T::Native: TryInto<i64>,
        {
            let array = array.as_primitive::<T>();
            // What is too large for a count of tokens is refused where it is read.
            let values = array.values().iter().map(|n| (*n).try_into().unwrap_or(i64::MAX));
            Chunk::Whole(values.collect(), array.nulls().cloned())
        }
        fn real<T: ArrowPrimitiveType>(array: &ArrayRef) -> Chunk
        where
            T::Native: Into<f64>,
        {
            let array = array.as_primitive::<T>();
            let values = array.values().iter().map(|x| (*x).into()).collect();
            Chunk::Real(values, array.nulls().cloned())
        }
        fn times<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, unit: TimeUnit) -> Chunk {
            let array = array.as_primitive::<T>();
            Chunk::Times(array.values().to_vec(), unit, array.nulls().cloned())
        }
        Ok(match array.data_type() {
            DataType::Null => Self::Nothing(array.len()),
            DataType::Binary => Self::Binary(array.as_binary::<i32>().clone()),
            DataType::LargeBinary => Self::LargeBinary(array.as_binary::<i64>().clone()),
            DataType::BinaryView => Self::View(array.as_binary_view().clone()),
            DataType::Boolean => Self::Boolean(array.as_boolean().clone()),
            DataType::Int8 => whole::<Int8Type>(array),
            DataType::Int16 => whole::<Int16Type>(array),
            DataType::Int32 => whole::<Int32Type>(array),
            DataType::Int64 => whole::<Int64Type>(array),
            DataType::UInt8 => whole::<UInt8Type>(array),
            DataType::UInt16 => whole::<UInt16Type>(array),
            DataType::UInt32 => whole::<UInt32Type>(array),
            DataType::UInt64 => whole::<UInt64Type>(array),
            DataType::Float16 => real::<Float16Type>(array),
            DataType::Float32 => real::<Float32Type>(array),
            DataType::Float64 => real::<Float64Type>(array),
            DataType::Decimal128(_, scale) => decimals(array, *scale),
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>();
                Self::Days(days.values().to_vec(), days.nulls().cloned())
            }
            DataType::Date64 => times::<Date64Type>(array, TimeUnit::Millisecond),
            DataType::Timestamp(unit @ TimeUnit::Second, _) => {
                times::<TimestampSecondType>(array, *unit)
            }
            DataType::Timestamp(unit @ TimeUnit::Millisecond, _) => {
                times::<TimestampMillisecondType>(array, *unit)
            }
            DataType::Timestamp(unit @ TimeUnit::Microsecond, _) => {
                times::<TimestampMicrosecondType>(array, *unit)
            }
            DataType::Timestamp(unit @ TimeUnit::Nanosecond, _) => {
                times::<TimestampNanosecondType>(array, *unit)
            }
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                Self::Dictionary {
                    keys: dictionary.normalized_keys(),
                    nulls: dictionary.keys().nulls().cloned(),
                    values: Box::new(Self::of(dictionary.values(), name)?),
                }
            }
            other => {
                return Err(wrong_type(format!(
                    "the column `{name}` is a {other}; give a column of texts, numbers, dates or \
                     timestamps, such as one field of a struct, or JSON as text"
                )));
            }
        })
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Binary(array) => array.len(),
            Self::LargeBinary(array) => array.len(),
            Self::View(array) => array.len(),
            Self::Boolean(array) => array.len(),
            Self::Dictionary { keys, .. } => keys.len(),
            Self::Whole(values, _) | Self::Times(values, _, _) => values.len(),
            Self::Real(values, _) => values.len(),
            Self::Days(values, _) => values.len(),
            Self::Nothing(rows) => *rows,
        }
    }

    fn is_null(&self, row: usize) -> bool {
        let null = |nulls: &Option<NullBuffer>| nulls.as_ref().is_some_and(|n| n.is_null(row));
        match self {
            Self::Binary(array) => array.is_null(row),
            Self::LargeBinary(array) => array.is_null(row),
            Self::View(array) => array.is_null(row),
            Self::Boolean(array) => array.is_null(row),
            Self::Dictionary { nulls, .. }
            | Self::Whole(_, nulls)
            | Self::Real(_, nulls)
            | Self::Days(_, nulls)
            | Self::Times(_, _, nulls) => null(nulls),
            Self::Nothing(_) => true,
        }
    }

    /// What a row has.
    pub(crate) fn cell(&self, row: usize) -> Read<'_> {
        if self.is_null(row) {
            return Ok(Cell::Empty);
        }
        Ok(match self {
            Self::Binary(array) => text(array.value(row))?,
            Self::LargeBinary(array) => text(array.value(row))?,
            Self::View(array) => text(array.value(row))?,
            Self::Boolean(array) => Cell::Text(if array.value(row) { "true" } else { "false" }),
            Self::Dictionary { keys, values, .. } => return values.cell(keys[row]),
            Self::Whole(values, _) => Cell::Whole(values[row]),
            Self::Real(values, _) => Cell::Real(values[row]),
            Self::Days(values, _) => Cell::Day(day(values[row])?),
            Self::Times(values, unit, _) => Cell::Time(time(values[row], *unit)?),
            Self::Nothing(_) => Cell::Empty,
        })
    }
}

fn decimals(array: &ArrayRef, scale: i8) -> Chunk {
    let array = array.as_primitive::<Decimal128Type>();
    let nulls = array.nulls().cloned();
    if scale == 0 {
        let values = array.values().iter().map(|n| i64::try_from(*n).unwrap_or(i64::MAX));
        return Chunk::Whole(values.collect(), nulls);
    }
    let unit = 10_f64.powi(i32::from(scale));
    Chunk::Real(array.values().iter().map(|n| *n as f64 / unit).collect(), nulls)
}

fn text(bytes: &[u8]) -> Read<'_> {
    str::from_utf8(bytes).map(Cell::Text).map_err(|e| {
        let at = e.valid_up_to();
        format!("byte {:#04x} at offset {at} is not UTF-8; decode the text first", bytes[at])
    })
}

fn day(days: i32) -> Result<Date, String> {
    let since = SignedDuration::from_hours(24 * i64::from(days));
    let day = date(1970, 1, 1).checked_add(since).ok();
    day.ok_or_else(|| format!("{days} days since 1970 are no date"))
}

fn time(value: i64, unit: TimeUnit) -> Result<Timestamp, String> {
    let time = match unit {
        TimeUnit::Second => Timestamp::from_second(value),
        TimeUnit::Millisecond => Timestamp::from_millisecond(value),
        TimeUnit::Microsecond => Timestamp::from_microsecond(value),
        TimeUnit::Nanosecond => Timestamp::from_nanosecond(i128::from(value)),
    };
    time.map_err(|_| format!("{value} is no time"))
}
