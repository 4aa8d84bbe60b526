//! Streams of logged calls into `audit` and `calibrate`.

use std::collections::BTreeMap;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use outlay::cli::{RunInput, call};
use outlay::logs::{Cell, ColumnReader, LogRecord, ReadOptions, read_record};
use outlay::units::Position;
use outlay::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::ask::Answer;
use crate::capsule::Stream;
use crate::catalog::Catalog;
use crate::column::Chunk;

/// How the rows of a table are records.
enum Rows {
    /// JSON in this column.
    Json(usize),
    /// A column for each figure.
    Figures(ColumnReader),
}

/// A table as a log, batch by batch.
struct Table {
    stream: Stream,
    names: Vec<String>,
    /// The column with records in JSON.
    record: Option<String>,
    rows: Option<Rows>,
    line: usize,
}

impl Table {
    fn next(&mut self, options: &ReadOptions) -> Option<Result<Vec<LogRecord>, Error>> {
        match self.stream.next() {
            Ok(None) => None,
            Ok(Some(batch)) => Some(self.read(batch.as_struct(), options)),
            Err(why) => Some(Err(malformed(format!("the table cannot be read: {why}")))),
        }
    }

    fn rows(&self, options: &ReadOptions) -> Result<Rows, Error> {
        let place = |name: &str| self.names.iter().position(|known| known == name);
        let missing = |name: &str| {
            let columns = self.names.join(", ");
            malformed(format!("the table has no column `{name}`"))
                .hint(format!("its columns are {columns}; name the one with JSON as `record`"))
        };
        match &self.record {
            Some(name) => place(name).map(Rows::Json).ok_or_else(|| missing(name)),
            // One column alone holds whole records.
            None if self.names.len() == 1 => Ok(Rows::Json(0)),
            None => ColumnReader::new(&self.names, options.clone()).map(Rows::Figures),
        }
    }

    fn read(
        &mut self,
        batch: &arrow_array::StructArray,
        options: &ReadOptions,
    ) -> Result<Vec<LogRecord>, Error> {
        let rows = match self.rows.take() {
            Some(rows) => rows,
            None => self.rows(options)?,
        };
        let mut records = Vec::with_capacity(batch.len());
        let mut found = Vec::new();
        let chunk = |at: usize| {
            let column = Chunk::of(batch.column(at), &self.names[at]);
            column.map_err(|e| malformed(e.to_string()))
        };
        match &rows {
            Rows::Json(at) => {
                let column = chunk(*at)?;
                for row in 0..batch.len() {
                    match column.cell(row) {
                        Ok(Cell::Empty) => {}
                        Ok(Cell::Text(text)) => read_record(text.trim(), options, &mut found),
                        Ok(_) => found.push(Err(malformed("the record is no text"))),
                        Err(why) => found.push(Err(malformed(why))),
                    }
                    self.line += 1;
                    let line = self.line;
                    records.extend(found.drain(..).map(|entry| LogRecord::at(line, entry)));
                }
            }
            Rows::Figures(reader) => {
                let read = |at| if reader.reads(at) { chunk(at).map(Some) } else { Ok(None) };
                let columns: Vec<Option<Chunk>> =
                    (0..self.names.len()).map(read).collect::<Result<_, _>>()?;
                for row in 0..batch.len() {
                    let cells: Result<Vec<_>, _> = columns
                        .iter()
                        .map(|column| column.as_ref().map_or(Ok(Cell::Empty), |it| it.cell(row)))
                        .collect();
                    match cells {
                        Ok(cells) => reader.read(&cells, &mut found),
                        Err(why) => found.push(Err(malformed(why))),
                    }
                    self.line += 1;
                    let line = self.line;
                    records.extend(found.drain(..).map(|entry| LogRecord::at(line, entry)));
                }
            }
        }
        self.rows = Some(rows);
        Ok(records)
    }
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message).at(Position { line: 1, column: 1 })
}

/// Runs a verb over a table in place of a log: `ask_of_stream(arguments, table, record, catalog, profiles)`.
#[pyfunction]
pub(crate) fn ask_of_stream(
    py: Python<'_>,
    arguments: Vec<String>,
    table: &Bound<'_, PyAny>,
    record: Option<String>,
    catalog: Option<&Bound<'_, Catalog>>,
    profiles: BTreeMap<String, String>,
) -> PyResult<Answer> {
    let stream = Stream::open(table, "source")?;
    let names = stream.names()?;
    let mut table = Table { stream, names, record, rows: None, line: 0 };
    let given = RunInput {
        catalog: catalog.map(|catalog| (*catalog.get().models).clone()),
        profiles,
        records: Some(Box::new(move |options| table.next(options))),
        ..RunInput::default()
    };
    Ok(py.detach(|| Answer(call(arguments, given))))
}
