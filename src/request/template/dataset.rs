//! Rows of a dataset, whose columns fill the slots of a template.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::format::FileHint;
use super::values::value_of;
use crate::json::{Kind, Value};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRow {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The text of each column.
    pub values: BTreeMap<String, String>,
}

impl DataRow {
    /// The value of a name: that of a column, or a part of the JSON in one.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        value_of(name, |name| self.values.get(name).map(String::as_str))
    }
}

/// Reads rows: CSV or TSV with a header, a JSON array of objects, or an object per line.
///
/// # Errors
/// [`ErrorKind::Malformed`] with the place of a row that cannot be read, and for a file without rows.
pub fn data_rows(text: &str, hint: FileHint<'_>) -> Result<Vec<DataRow>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rows = match hint.extension() {
        Some("csv") => table(text, b',')?,
        Some("tsv") => table(text, b'\t')?,
        _ if text.trim_start().starts_with('[') => {
            let items = Value::parse(text)?.as_array()?;
            items
                .into_iter()
                .map(|item| row(item, item.position().line))
                .collect::<Result<_, _>>()?
        }
        _ if text.trim_start().starts_with('{') => lines(text)?,
        _ => table(text, b',')?,
    };
    if rows.is_empty() {
        return Err(Error::new(ErrorKind::Malformed, "there are no rows")
            .hint("write CSV with a header, or a JSON object per line"));
    }
    Ok(rows)
}

fn lines(text: &str) -> Result<Vec<DataRow>, Error> {
    let numbered = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    numbered
        .map(|(line, number)| {
            let placed = |e: Error| {
                let position = e.position().unwrap_or(Position { line: 1, column: 1 });
                e.at(position.from_line(number))
            };
            let value = Value::parse(line).map_err(placed)?;
            row(value.within(number - 1, 0), number)
        })
        .collect()
}

fn row(value: Value<'_>, line: usize) -> Result<DataRow, Error> {
    if value.kind() != Kind::Object {
        return Err(value.malformed("a row is an object whose keys are the slots of a template"));
    }
    let fields = value.fields()?;
    let mut values = BTreeMap::new();
    for (key, value) in fields.members() {
        let text = if value.kind() == Kind::Null { String::new() } else { value.text_or_json()? };
        values.insert(key.to_owned(), text);
    }
    Ok(DataRow { line, values })
}

fn table(text: &str, delimiter: u8) -> Result<Vec<DataRow>, Error> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let failed = |e: &csv::Error| {
        let line = e.position().map_or(1, csv::Position::line);
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        Error::new(ErrorKind::Malformed, "this row has not as many columns as the header")
            .at(Position { line, column: 1 })
            .hint("quote cells that hold the delimiter or line ends")
    };
    let header = reader.headers().map_err(|e| failed(&e))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| failed(&e))?;
        let line = record.position().map_or(1, csv::Position::line);
        let named = header.iter().zip(record.iter());
        rows.push(DataRow {
            line: usize::try_from(line).unwrap_or(usize::MAX),
            values: named.map(|(name, cell)| (name.trim().to_owned(), cell.to_owned())).collect(),
        });
    }
    Ok(rows)
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
            assert_eq!((rows[0].values["a"].as_str(), rows[1].values["b"].as_str()), ("x", "2"));
            assert_eq!(rows[1].values["a"], "y\nz", "{name}");
        }
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
