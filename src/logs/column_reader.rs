//! Rows of a table that is not text: columns of a database or of an engine.

use super::cell::Cell;
use super::columns::Header;
use super::detect;
use super::options::ReadOptions;
use super::record::Entry;
use crate::Error;

/// Reads the rows of a table whose cells have types, by the rules of CSV: the same columns are known, and
/// the same figures contradict each other.
///
/// ```
/// use outlay::logs::{Cell, ColumnReader, Entry, ReadOptions};
///
/// let names = ["model", "time", "prompt_tokens", "completion_tokens"].map(str::to_owned);
/// let reader = ColumnReader::new(&names, ReadOptions::default())?;
/// let day = Cell::Day(jiff::civil::date(2024, 10, 2));
///
/// let mut found = Vec::new();
/// reader.read(&[Cell::Text("o1-mini"), day, Cell::Whole(757), Cell::Whole(512)], &mut found);
/// reader.read(&[Cell::Text("o1-mini"), day, Cell::Whole(757), Cell::Whole(-1)], &mut found);
/// assert!(matches!(&found[0], Ok(Entry::Call(call)) if call.bill.usage.prompt().get() == 757));
/// assert!(found[1].is_err());
/// # Ok::<(), outlay::Error>(())
/// ```
#[derive(Debug)]
pub struct ColumnReader {
    header: Header,
    options: ReadOptions,
}

impl ColumnReader {
    /// A reader of tables with columns of these names.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when a column that `options` names is missing, two
    /// columns have one name, or no column has completion tokens.
    pub fn new(names: &[String], options: ReadOptions) -> Result<Self, Error> {
        let header = Header::new(names, b',', &options.columns, &options.task)?;
        Ok(Self { header, options })
    }

    /// The same reader for tables whose maker is known: cached and written tokens are inside the prompt, and more
    /// of them than the prompt has is an error. Otherwise they are taken to be beside it then, as some makers
    /// count.
    #[must_use]
    pub fn with_parts_inside(self) -> Self {
        Self { header: self.header.inside(), ..self }
    }

    /// Whether the column at this place, from 0, is looked at; the cells of others may be left empty.
    #[must_use]
    pub fn reads(&self, column: usize) -> bool {
        self.header.reads(column)
    }

    /// Reads a row, with one cell for each column.
    pub fn read(&self, row: &[Cell<'_>], found: &mut Vec<Result<Entry, Error>>) {
        read_row(&self.header, row, &self.options, found);
    }
}

/// Reads a row, which is one call, or the record of an export.
pub(super) fn read_row(
    header: &Header,
    row: &[Cell<'_>],
    options: &ReadOptions,
    found: &mut Vec<Result<Entry, Error>>,
) {
    if let Some(record) = header.as_json(row) {
        detect::read(&record, options, found);
        return;
    }
    found.push(header.read(row, &options.task).map(|mut entry| {
        if let Entry::Call(record) = &mut entry
            && record.model.is_none()
        {
            record.model.clone_from(&options.model);
        }
        entry
    }));
}
