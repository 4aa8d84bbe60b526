//! Whole records, still as bytes: the unit in which logs are read, side by side where that helps.

use std::ops::Range;
use std::sync::Arc;

use super::json_boundaries::JsonBoundaries;
use crate::Error;
use crate::logs::cell::Cell;
use crate::logs::column_reader::read_row;
use crate::logs::columns::Header;
use crate::logs::detect;
use crate::logs::object::malformed;
use crate::logs::options::ReadOptions;
use crate::logs::record::Entry;
use crate::units::Position;

/// A record is mostly longer than so many bytes.
pub(super) const RECORD: usize = 256;

/// Records that follow each other in a log.
#[derive(Debug)]
pub struct Block {
    pub(crate) bytes: Vec<u8>,
    /// The line on which it begins, from 1.
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// A JSON record per line; the lines end at these places.
    Lines(Vec<usize>),
    /// JSON values at these places.
    Values(Vec<Range<usize>>),
    /// Rows under this header.
    Csv(Arc<Header>),
    /// What is wrong with the log at this place.
    Broken(Error),
}

/// A record of a log: what it says, and where it begins.
#[derive(Debug, Clone)]
pub struct LogRecord {
    /// The line, from 1.
    pub line: usize,
    /// What it says, or why it cannot be read; the error has its place.
    pub entry: Result<Entry, Error>,
}

impl Block {
    /// The line on which it begins, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Reads every record.
    #[must_use]
    pub fn read(&self, options: &ReadOptions) -> Vec<LogRecord> {
        // Growing a list of records costs as much as reading some of them.
        let mut found = Vec::with_capacity(self.bytes.len() / RECORD + 1);
        let mut entries = Vec::new();
        match &self.kind {
            Kind::Lines(ends) => {
                let mut start = 0;
                let ends = ends.iter().copied().chain([self.bytes.len()]);
                for (line, end) in (self.line..).zip(ends) {
                    let bytes = self.bytes[start..end].trim_ascii();
                    start = end + 1;
                    if !bytes.is_empty() {
                        read_line(bytes, options, &mut entries);
                        found.extend(entries.drain(..).map(|entry| LogRecord::at(line, entry)));
                    }
                }
            }
            Kind::Values(places) => {
                let mut lines = LineCount::new(self);
                for place in places {
                    let line = lines.at(place.start);
                    read(&self.bytes[place.clone()], options, &mut entries);
                    found.extend(entries.drain(..).map(|entry| LogRecord::at(line, entry)));
                }
            }
            Kind::Csv(header) => self.read_rows(header, options, &mut found),
            Kind::Broken(error) => found.push(LogRecord::at(self.line, Err(error.clone()))),
        }
        found
    }

    fn read_rows(&self, header: &Header, options: &ReadOptions, found: &mut Vec<LogRecord>) {
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(header.delimiter())
            .from_reader(self.bytes.as_slice());
        let mut row = csv::StringRecord::new();
        let mut lines = LineCount::new(self);
        let mut entries = Vec::new();
        loop {
            let start = usize::try_from(rows.position().byte()).unwrap_or(usize::MAX);
            match rows.read_record(&mut row) {
                Ok(false) => break,
                Ok(true) => {
                    let cells: Vec<_> = row.iter().map(Cell::Text).collect();
                    read_row(header, &cells, options, &mut entries);
                }
                Err(_) => entries.push(Err(malformed("the row is not UTF-8".to_owned()))),
            }
            // Blank lines before a row are passed over by the reader.
            let rest = self.bytes.get(start..).unwrap_or_default();
            let blank = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            let line = lines.at(start + blank);
            found.extend(entries.drain(..).map(|entry| LogRecord::at(line, entry)));
        }
    }
}

/// The lines of places in a block, asked for in their order.
struct LineCount<'b> {
    bytes: &'b [u8],
    line: usize,
    counted: usize,
}

impl<'b> LineCount<'b> {
    fn new(block: &'b Block) -> Self {
        Self { bytes: &block.bytes, line: block.line, counted: 0 }
    }

    fn at(&mut self, place: usize) -> usize {
        let between = self.bytes.get(self.counted..place).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', between).count();
        self.counted = place;
        self.line
    }
}

impl LogRecord {
    /// A record at a line, from 1; the place of its error, which is one in the record, becomes one in the log.
    #[must_use]
    pub fn at(line: usize, entry: Result<Entry, Error>) -> Self {
        // The place in the record, where there is one, becomes the place in the log.
        let start = Position::START;
        let place = |e: Error| {
            let in_record = e.position().unwrap_or(start);
            e.at(in_record.from_line(line))
        };
        Self { line, entry: entry.map_err(place) }
    }
}

/// Reads a line, which has several objects where something wrote no line ends between them.
fn read_line(bytes: &[u8], options: &ReadOptions, entries: &mut Vec<Result<Entry, Error>>) {
    read(bytes, options, entries);
    if !matches!(entries.as_slice(), [Err(_)]) {
        return;
    }
    let (_, objects) = JsonBoundaries::default().values(bytes, true);
    if objects.len() > 1 && objects.iter().all(|object| bytes[object.start] == b'{') {
        entries.clear();
        for object in objects {
            read(&bytes[object], options, entries);
        }
    }
}

fn read(bytes: &[u8], options: &ReadOptions, entries: &mut Vec<Result<Entry, Error>>) {
    match str::from_utf8(bytes) {
        Ok(text) => detect::read(text, options, entries),
        Err(e) => {
            let at = e.valid_up_to();
            let message = format!("byte {:#04x} at place {} is not UTF-8", bytes[at], at + 1);
            entries.push(Err(malformed(message)));
        }
    }
}
