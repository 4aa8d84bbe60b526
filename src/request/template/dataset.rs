//! Rows of a dataset, whose columns fill the slots of a template.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use super::super::format::FileHint;
use super::values::value_of;
use crate::json::{Fields, Kind, Value};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRow {
    /// The line on which it begins, from 1.
    pub line: usize,
    cells: Cells,
}

/// The texts of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cells {
    /// Those of a table, by the places of its columns.
    Record(Arc<BTreeMap<String, usize>>, csv::StringRecord),
    Object(BTreeMap<String, String>),
}

impl DataRow {
    /// That there are none.
    #[must_use]
    pub fn none() -> Error {
        Error::new(ErrorKind::Malformed, "there are no rows")
            .hint("write CSV with a header, or a JSON object per line")
    }

    /// The value of a name: that of a column, or a part of the JSON in one.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        value_of(name, |name| self.cell(name))
    }

    /// The text of a column.
    #[must_use]
    pub fn cell(&self, column: &str) -> Option<&str> {
        match &self.cells {
            Cells::Record(places, record) => record.get(*places.get(column)?),
            Cells::Object(cells) => cells.get(column).map(String::as_str),
        }
    }

    /// The names of its columns, sorted.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let (table, object) = match &self.cells {
            Cells::Record(places, _) => (Some(places.keys()), None),
            Cells::Object(cells) => (None, Some(cells.keys())),
        };
        table.into_iter().flatten().chain(object.into_iter().flatten()).map(String::as_str)
    }
}

/// How a file writes its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataShape {
    /// With a header, and this byte between cells.
    Table(u8),
    /// As a JSON object per line.
    Lines,
    /// As a JSON array of objects.
    Array,
}

impl DataShape {
    /// The shape of a text that begins so.
    #[must_use]
    pub fn of(beginning: &str, hint: FileHint<'_>) -> Self {
        let beginning = beginning.strip_prefix('\u{feff}').unwrap_or(beginning).trim_start();
        match hint.extension() {
            Some("csv") => Self::Table(b','),
            Some("tsv") => Self::Table(b'\t'),
            _ if beginning.starts_with('[') => Self::Array,
            _ if beginning.starts_with('{') => Self::Lines,
            _ => Self::Table(b','),
        }
    }
}

/// Reads rows: CSV or TSV with a header, a JSON array of objects, or an object per line.
///
/// # Errors
/// [`ErrorKind::Malformed`] with the place of a row that cannot be read, and for a file without rows.
pub fn data_rows(text: &str, hint: FileHint<'_>) -> Result<Vec<DataRow>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rows: Vec<DataRow> = match DataShape::of(text, hint) {
        DataShape::Table(delimiter) => {
            let (mut table, mut rows) = (TableRows::new(text.as_bytes(), delimiter), Vec::new());
            while let Some(more) = table.some(usize::MAX)? {
                rows.extend(more);
            }
            rows
        }
        DataShape::Array => {
            let items = Value::parse(text)?.as_array()?;
            items
                .into_iter()
                .map(|item| row(item, item.position().line))
                .collect::<Result<_, _>>()?
        }
        DataShape::Lines => text
            .lines()
            .zip(1..)
            .filter_map(|(line, number)| row_of_line(line, number).transpose())
            .collect::<Result<_, _>>()?,
    };
    if rows.is_empty() { Err(DataRow::none()) } else { Ok(rows) }
}

/// The row on a line with this number; `None` on an empty one.
///
/// # Errors
/// [`ErrorKind::Malformed`] with the place in the file.
pub fn row_of_line(line: &str, number: usize) -> Result<Option<DataRow>, Error> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let placed = |e: Error| {
        let position = e.position().unwrap_or(Position::START);
        e.at(position.from_line(number))
    };
    let line = line.trim_end_matches(['\n', '\r']);
    if !line.trim_start().starts_with('{') {
        let value = Value::parse(line).map_err(placed)?;
        return row(value.within(number - 1, 0), number).map(Some);
    }
    let fields = Value::object(line).map_err(placed)?;
    row_of(&fields, number).map(Some).map_err(placed)
}

fn row(value: Value<'_>, line: usize) -> Result<DataRow, Error> {
    if value.kind() != Kind::Object {
        return Err(value.malformed("a row is an object whose keys are the slots of a template"));
    }
    row_of(&value.fields()?, line)
}

fn row_of(fields: &Fields<'_>, line: usize) -> Result<DataRow, Error> {
    let mut cells = BTreeMap::new();
    for (key, value) in fields.members() {
        let text = if value.kind() == Kind::Null { String::new() } else { value.text_or_json()? };
        cells.insert(key.to_owned(), text);
    }
    Ok(DataRow { line, cells: Cells::Object(cells) })
}

/// The rows of a table, read some at a time.
pub struct TableRows<R> {
    reader: csv::Reader<R>,
    /// The places of the columns, once they are read.
    places: Option<Arc<BTreeMap<String, usize>>>,
    /// What is wrong after the rows that were read.
    failure: Option<Error>,
}

impl<R: Read> TableRows<R> {
    /// The table that is read here.
    pub fn new(reader: R, delimiter: u8) -> Self {
        let reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(reader);
        Self { reader, places: None, failure: None }
    }

    /// Some more rows, of so many bytes or a row more; `None` at the end. An error comes after the rows before it.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with the line of a row that has not as many columns as the header; what the reader
    /// answers, where that is an [`Error`] inside.
    pub fn some(&mut self, bytes: usize) -> Result<Option<Vec<DataRow>>, Error> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        let places = self.places()?;
        let (mut rows, start) = (Vec::new(), self.reader.position().byte());
        let mut length = 0;
        while self.reader.position().byte() - start < bytes as u64 {
            let mut record = csv::StringRecord::with_capacity(length, places.len());
            match self.reader.read_record(&mut record).map_err(unread) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if rows.is_empty() => return Err(error),
                Err(error) => {
                    self.failure = Some(error);
                    break;
                }
            }
            length = record.as_slice().len();
            let line = record.position().map_or(1, csv::Position::line);
            let line = usize::try_from(line).unwrap_or(usize::MAX);
            rows.push(DataRow { line, cells: Cells::Record(Arc::clone(&places), record) });
        }
        Ok(Some(rows).filter(|rows| !rows.is_empty()))
    }

    fn places(&mut self) -> Result<Arc<BTreeMap<String, usize>>, Error> {
        if let Some(places) = &self.places {
            return Ok(Arc::clone(places));
        }
        let header = self.reader.headers().map_err(unread)?;
        let places = header.iter().zip(0..).map(|(name, place)| (name.trim().to_owned(), place));
        let places = Arc::new(places.collect());
        self.places = Some(Arc::clone(&places));
        Ok(places)
    }
}

/// The error of ours that a reader answered with.
fn inside(e: io::Error) -> Option<Error> {
    e.into_inner()?.downcast::<Error>().ok().map(|error| *error)
}

/// Why a row of a table cannot be read.
fn unread(e: csv::Error) -> Error {
    let line = e.position().map_or(1, csv::Position::line);
    let line = usize::try_from(line).unwrap_or(usize::MAX);
    if let csv::ErrorKind::Io(e) = e.into_kind()
        && let Some(error) = inside(e)
    {
        return error;
    }
    Error::new(ErrorKind::Malformed, "this row has not as many columns as the header")
        .at(Position { line, column: 1 })
        .hint("quote cells that hold the delimiter or line ends")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_from_every_form() {
        for (text, name) in [
            ("a,b\nx,1\n\"y\nz\",2\n", "d.csv"),
            ("a\tb\nx\t1\n\"y\nz\"\t2\n", "d.tsv"),
            ("{\"a\": \"x\", \"b\": 1}\n{\"a\": \"y\\nz\", \"b\": 2}\n", "d.jsonl"),
            ("[{\"a\": \"x\", \"b\": 1},\n{\"a\": \"y\\nz\", \"b\": 2}]", "d.json"),
        ] {
            let rows = data_rows(text, FileHint::Name(name)).unwrap();
            assert_eq!(rows.len(), 2, "{name}");
            assert_eq!((rows[0].cell("a"), rows[1].cell("b")), (Some("x"), Some("2")));
            assert_eq!(rows[1].cell("a"), Some("y\nz"), "{name}");
            assert_eq!(rows[0].columns().collect::<Vec<_>>(), ["a", "b"], "{name}");
        }
    }

    #[test]
    fn a_table_may_begin_with_a_bracket() {
        for (name, text) in [("d.csv", "[a],b\nx,2\n"), ("d.tsv", "{a}\tb\nx\t2\n")] {
            let rows = data_rows(text, FileHint::Name(name)).unwrap();
            assert_eq!((rows.len(), rows[0].cell("b")), (1, Some("2")), "{name}");
        }
        assert_eq!(DataShape::of(" [{", FileHint::Nothing), DataShape::Array);
        assert_eq!(DataShape::of("\u{feff}{}", FileHint::Nothing), DataShape::Lines);
        assert_eq!(DataShape::of("a,b", FileHint::Nothing), DataShape::Table(b','));
    }

    #[test]
    fn broken_rows_have_their_place() {
        for (text, name, line) in [
            ("a,b\nx,1\ny\n", "d.csv", 3),
            ("{\"a\": 1}\n{\"a\": \n", "d.jsonl", 2),
            ("{\"a\": 1}\n[1]\n", "d.jsonl", 2),
        ] {
            let error = data_rows(text, FileHint::Name(name)).unwrap_err();
            assert_eq!(error.position().unwrap().line, line, "{error}");
        }
        assert!(data_rows("a,b\n", FileHint::Name("d.csv")).is_err());
    }
}
