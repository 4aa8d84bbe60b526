//! The rows of a file: kept where it is short, else read again for every template, some at a time.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::Error;
use crate::cli::input::discover::{self, Source};
use crate::cli::input::read::{Block, LineBlocks, TextOfFile};
use crate::request::{DataRow, DataShape, TableRows, data_rows, row_of_line};
use crate::threads;

/// So many bytes of rows are read at once: enough of them for every thread.
const AT_ONCE: usize = 4 << 20;

/// A file of rows, of which there is one at least.
pub(in super::super) struct Dataset {
    pub(super) name: Arc<str>,
    pub(super) first: DataRow,
    rows: Rows,
}

enum Rows {
    Kept(Vec<DataRow>),
    /// In this file, which has this shape.
    Read(Source, DataShape),
}

impl Dataset {
    /// The rows of this file.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let source = discover::named(path)?;
        let name = source.name();
        let read = || match source.text_or_blocks()? {
            TextOfFile::Whole(text) => {
                let rows = data_rows(&text, source.naming())?;
                Ok((rows.first().cloned(), Rows::Kept(rows)))
            }
            TextOfFile::Long(blocks) => {
                let shape = DataShape::of(blocks.beginning(), source.naming());
                if shape == DataShape::Array {
                    let rows = data_rows(&source.text()?, source.naming())?;
                    return Ok((rows.first().cloned(), Rows::Kept(rows)));
                }
                let first = RowReader::new(blocks, shape).first()?;
                Ok((first, Rows::Read(source.clone(), shape)))
            }
        };
        let (first, rows) = read().map_err(|e: Error| e.in_source(&name))?;
        let first = first.ok_or_else(|| DataRow::none().in_source(&name))?;
        Ok(Self { name: name.into(), first, rows })
    }

    /// Hands on all rows in their order, some at a time.
    pub(in super::super) fn each(&self, mut some: impl FnMut(&[DataRow])) -> Result<(), Error> {
        let (source, shape) = match &self.rows {
            Rows::Kept(rows) => {
                some(rows);
                return Ok(());
            }
            Rows::Read(source, shape) => (source, *shape),
        };
        let placed = |e: Error| e.in_source(&*self.name);
        let blocks = LineBlocks::open(source).map_err(placed)?;
        let mut reader = RowReader::new(blocks, shape);
        while let Some(rows) = reader.next(AT_ONCE).map_err(placed)? {
            some(&rows);
        }
        Ok(())
    }
}

/// The rows of a long file, some at a time.
enum RowReader {
    Table(TableRows<BlockReader>),
    /// With what is wrong after the rows that were read.
    Lines(LineBlocks, Option<Error>),
}

impl RowReader {
    fn new(blocks: LineBlocks, shape: DataShape) -> Self {
        match shape {
            DataShape::Table(delimiter) => {
                Self::Table(TableRows::new(BlockReader { blocks, block: None, at: 0 }, delimiter))
            }
            DataShape::Lines | DataShape::Array => Self::Lines(blocks, None),
        }
    }

    fn first(mut self) -> Result<Option<DataRow>, Error> {
        while let Some(rows) = self.next(1)? {
            if let Some(first) = rows.into_iter().next() {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    /// Some more rows, of about so many bytes; `None` at the end. An error comes after the rows before it.
    fn next(&mut self, bytes: usize) -> Result<Option<Vec<DataRow>>, Error> {
        match self {
            Self::Table(rows) => rows.some(bytes),
            Self::Lines(_, failure) if failure.is_some() => failure.take().map_or(Ok(None), Err),
            Self::Lines(blocks, failure) => {
                let Some(block) = blocks.next()? else { return Ok(None) };
                let read = threads::each(block.lines(), |line| row_of_line(line.text, line.number));
                let mut rows = Vec::new();
                for row in read {
                    match row {
                        Ok(row) => rows.extend(row),
                        Err(error) => {
                            *failure = Some(error);
                            break;
                        }
                    }
                }
                Ok(Some(rows))
            }
        }
    }
}

/// The bytes of a text that is checked block by block.
struct BlockReader {
    blocks: LineBlocks,
    block: Option<Block>,
    /// How much of the block is read.
    at: usize,
}

impl Read for BlockReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let block = self.block.as_ref().map_or("", Block::text).as_bytes();
            let left = &block[self.at..];
            if !left.is_empty() {
                let length = left.len().min(buffer.len());
                buffer[..length].copy_from_slice(&left[..length]);
                self.at += length;
                return Ok(length);
            }
            self.at = 0;
            self.block = self.blocks.next().map_err(io::Error::other)?;
            if self.block.is_none() {
                return Ok(0);
            }
        }
    }
}
