//! The records of one log, from any reader.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::dedup::Dedup;
use super::options::ReadOptions;
use super::record::{Entry, UsageRecord};
use super::stream::{Block, LogRecord, Splitter};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// The billed calls of a log, in their order: each response once, however often it was logged.
///
/// A record that cannot be read is an error in its place, and the records after it follow. Requests
/// without a bill and records that are not calls are skipped. Memory stays the same however long
/// the log is.
///
/// ```
/// use outlay::logs::{ReadOptions, Records};
///
/// let log = "when,model,in,out\n2024-10-02,o1-mini,900,100\n";
/// let columns = "time=when,prompt_tokens=in,completion_tokens=out".parse()?;
/// let options = ReadOptions { columns, ..ReadOptions::default() };
/// let calls = Records::new(log.as_bytes()).with_options(options);
/// let completions: Result<u64, outlay::Error> =
///     calls.map(|call| Ok(call?.bill.usage.completion().get())).sum();
/// assert_eq!(completions?, 100);
/// # Ok::<(), outlay::Error>(())
/// ```
#[derive(Debug)]
pub struct Records<R> {
    reader: R,
    options: ReadOptions,
    splitter: Splitter,
    dedup: Dedup,
    entered: Vec<LogRecord>,
    waiting: VecDeque<Result<UsageRecord, Error>>,
    at_end: bool,
}

impl<R: Read> Records<R> {
    /// The records of what `reader` gives, which is not compressed.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            options: ReadOptions::default(),
            splitter: Splitter::new(),
            dedup: Dedup::default(),
            entered: Vec::new(),
            waiting: VecDeque::new(),
            at_end: false,
        }
    }

    /// Reads them so.
    #[must_use]
    pub fn with_options(self, options: ReadOptions) -> Self {
        Self { options, ..self }
    }

    /// The next block of records; `None` when more bytes are needed for one.
    fn block(&mut self) -> Result<Option<Block>, Error> {
        let n = loop {
            match self.reader.read(self.splitter.room()) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    let message = format!("cannot be read: {}", e.kind());
                    let position = Position { line: self.splitter.line(), column: 1 };
                    return Err(Error::new(ErrorKind::Malformed, message).at(position));
                }
                Ok(n) => break n,
            }
        };
        self.at_end = n == 0;
        if self.at_end {
            self.splitter.finish(&self.options)
        } else {
            self.splitter.advance(n, &self.options)
        }
    }

    /// Understands the records of a block, or what was held back at the end.
    fn enter(&mut self, block: Option<Block>) {
        if let Some(block) = block {
            for record in block.read(&self.options) {
                self.dedup.enter(record, &mut self.entered);
            }
            self.splitter.recycle(block);
        }
        if self.at_end {
            self.dedup.finish(&mut self.entered);
        }
        for record in self.entered.drain(..) {
            match record.entry {
                Ok(Entry::Call(call)) => self.waiting.push_back(Ok(*call)),
                Ok(_) => {}
                Err(error) => self.waiting.push_back(Err(error)),
            }
        }
        self.waiting.extend(self.splitter.faults().into_iter().map(Err));
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<UsageRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(call) = self.waiting.pop_front() {
                return Some(call);
            }
            if self.at_end {
                return None;
            }
            match self.block() {
                Ok(block) => self.enter(block),
                Err(error) => {
                    self.at_end = true;
                    self.enter(None);
                    self.waiting.push_back(Err(error));
                }
            }
        }
    }
}
