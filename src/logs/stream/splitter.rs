//! Bytes as they come, cut into blocks of whole records.

use std::sync::Arc;

use serde::de::IgnoredAny;

use super::block::{Block, Kind, RECORD};
use super::foreign;
use super::json_boundaries::JsonBoundaries;
use super::quotes::{Quote, Quotes};
use crate::logs::columns::Header;
use crate::logs::detect::FORMS;
use crate::logs::object::malformed;
use crate::logs::options::ReadOptions;
use crate::units::Position;
use crate::{Error, ErrorKind};

/// A record that is longer than this, 16 MiB, is not read; this bounds the memory.
const LONGEST: usize = 16 << 20;
/// How much is looked at before a text that is neither JSON nor CSV is given up.
const LOOK: usize = 64 << 10;
/// How much is read at once. Small enough for a core's own cache.
const CHUNK: usize = 256 << 10;

/// Cuts the bytes of one log into [`Block`]s.
///
/// The format of the file is detected from its beginning: a JSON record per line; JSON values that go
/// over several lines, by themselves or in an array; or CSV with a header.
///
/// ```
/// use outlay::logs::{ReadOptions, Splitter};
///
/// let options = ReadOptions::default();
/// let mut splitter = Splitter::new();
/// assert!(splitter.push(b"{\"object\": \"chat.com", &options)?.is_none());
/// let block = splitter.push(b"pletion\"}\n{\"object\"", &options)?.unwrap();
/// assert_eq!(block.read(&options).len(), 1);
/// assert!(splitter.finish(&options)?.is_some());
/// # Ok::<(), outlay::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Splitter {
    /// What is not cut yet, and behind it room for more.
    buffer: Vec<u8>,
    /// How many bytes of `buffer` are not cut yet.
    filled: usize,
    /// Buffers of blocks that were read, for the next ones.
    spare: Vec<Vec<u8>>,
    /// The line on which `buffer` begins, less 1.
    lines_before: usize,
    /// Whether a line end comes just before `buffer`.
    at_line_start: bool,
    shape: Shape,
    /// Inside a line that is too long, until it ends.
    skipping: bool,
    faults: Vec<Error>,
}

#[derive(Debug, Default)]
enum Shape {
    #[default]
    Unknown,
    /// Lines, of which the first bytes are known to have no line end.
    Lines(usize),
    Values(JsonBoundaries),
    Csv(Arc<Header>, Quotes),
}

impl Splitter {
    /// A splitter at the beginning of a log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The line that has been reached, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.lines_before + newlines(self.pending()) + 1
    }

    /// What is not cut yet.
    fn pending(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Room for the next bytes of the log, to read them into. What is written there counts from
    /// [`Splitter::advance`] on.
    pub fn room(&mut self) -> &mut [u8] {
        &mut self.room_for(CHUNK)[..CHUNK]
    }

    fn room_for(&mut self, n: usize) -> &mut [u8] {
        if self.buffer.len() < self.filled + n {
            self.buffer.resize(self.filled + n, 0);
        }
        &mut self.buffer[self.filled..]
    }

    /// Takes the first `n` bytes of the [room](Splitter::room) for the next of the log, and gives the
    /// records that end in them. More than the room has is all of the room.
    ///
    /// # Errors
    /// As [`Splitter::push`].
    pub fn advance(&mut self, n: usize, options: &ReadOptions) -> Result<Option<Block>, Error> {
        self.fill(n.min(CHUNK), options)
    }

    fn fill(&mut self, n: usize, options: &ReadOptions) -> Result<Option<Block>, Error> {
        self.filled = (self.filled + n).min(self.buffer.len());
        self.cut(options, false)
    }

    /// Takes back a block that has been read, so that its memory is used again.
    pub fn recycle(&mut self, block: Block) {
        // A small one would not be taken again, and a very large one is rarely needed.
        if (CHUNK / 2..=2 * CHUNK).contains(&block.bytes.capacity()) {
            self.spare.push(block.bytes);
        }
    }

    /// Takes the next bytes, and gives the records that end in them.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for what is not a log; nothing more can be read of it.
    pub fn push(&mut self, bytes: &[u8], options: &ReadOptions) -> Result<Option<Block>, Error> {
        self.room_for(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.fill(bytes.len(), options)
    }

    /// Gives the records that the end of the log ends.
    ///
    /// # Errors
    /// As [`Splitter::push`].
    pub fn finish(&mut self, options: &ReadOptions) -> Result<Option<Block>, Error> {
        self.cut(options, true)
    }

    /// What is wrong with the log as a whole, found since this was asked last: records may be missing,
    /// or run together. Each error has its line.
    pub fn faults(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.faults)
    }

    /// The last line that there is of the log so far, from 1; a line end begins no other.
    fn last_line(&self) -> usize {
        let last = self.pending().last();
        self.line() - usize::from(last.map_or(self.at_line_start, |last| *last == b'\n'))
    }

    fn cut(&mut self, options: &ReadOptions, at_end: bool) -> Result<Option<Block>, Error> {
        if matches!(self.shape, Shape::Unknown) {
            match self.find_shape(options, at_end)? {
                Some(shape) => self.shape = shape,
                None if self.filled > LONGEST => return Err(self.too_long()),
                None => return Ok(None),
            }
        }
        if self.skipping {
            self.skip();
            return Ok(None);
        }
        let pending = &self.buffer[..self.filled];
        let last = if at_end { self.last_line() } else { 0 };
        let (whole, kind) = match &mut self.shape {
            Shape::Unknown => return Ok(None),
            Shape::Lines(seen) => {
                let mut ends = Vec::with_capacity((pending.len() - *seen) / RECORD + 1);
                ends.extend(memchr::memchr_iter(b'\n', &pending[*seen..]).map(|i| *seen + i));
                let end = ends.last().map_or(0, |i| i + 1);
                *seen = pending.len() - end;
                (end, Kind::Lines(ends))
            }
            Shape::Values(scan) => {
                let (end, values) = scan.values(pending, at_end);
                if at_end && scan.is_open() {
                    self.faults.push(array_is_open(last));
                }
                (end, Kind::Values(values))
            }
            Shape::Csv(header, quotes) => {
                let end = quotes.last_row(pending, header.delimiter());
                let first = self.lines_before + 1;
                if let Some((from, to)) = quotes.broken.take() {
                    self.faults.push(quote_is_followed(first + from, first + to));
                }
                if at_end && quotes.state == Quote::Inside {
                    self.faults.push(quote_is_open(first + quotes.opened, last));
                } else if at_end
                    && matches!(quotes.state, Quote::Plain | Quote::Closing)
                    && let Some(column) = header.last_that_costs()
                {
                    self.faults.push(row_is_open(last, column));
                }
                (end, Kind::Csv(Arc::clone(header)))
            }
        };
        let end = if at_end { self.filled } else { whole };
        if end == 0 && self.filled > LONGEST {
            // Only a line says where the next record begins.
            return match self.shape {
                Shape::Lines(_) => Ok(Some(self.skip_line())),
                _ => Err(self.too_long()),
            };
        }
        Ok((end > 0).then(|| self.take(end, kind)))
    }

    /// The first `end` bytes as a block.
    fn take(&mut self, end: usize, kind: Kind) -> Block {
        let line = self.lines_before + 1;
        let lines = match &kind {
            Kind::Lines(ends) => ends.len(),
            _ => newlines(&self.buffer[..end]),
        };
        if end < CHUNK / 2 {
            // A small block is copied, so that it does not keep much memory that it does not need.
            let bytes = self.buffer[..end].to_vec();
            self.drop_first(end, lines);
            return Block { bytes, line, kind };
        }
        self.count(end, lines);
        let mut next = self.spare.pop().unwrap_or_default();
        let rest = &self.buffer[end..self.filled];
        if next.len() < rest.len() {
            next.resize(rest.len(), 0);
        }
        next[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
        let mut bytes = std::mem::replace(&mut self.buffer, next);
        bytes.truncate(end);
        Block { bytes, line, kind }
    }

    /// Leaves out the first `end` bytes, in which so many lines end.
    fn drop_first(&mut self, end: usize, lines: usize) {
        self.count(end, lines);
        self.buffer.copy_within(end..self.filled, 0);
        self.filled -= end;
    }

    /// Goes on to what comes after the first `end` bytes, in which so many lines end.
    fn count(&mut self, end: usize, lines: usize) {
        self.lines_before += lines;
        let last = self.buffer[..end].last();
        self.at_line_start = last.map_or(self.at_line_start, |last| *last == b'\n');
    }

    /// Leaves out the line that has grown too long.
    fn skip_line(&mut self) -> Block {
        self.skipping = true;
        self.shape = Shape::Lines(0);
        self.filled = 0;
        let error = malformed("the line has more than 16 MiB".to_owned());
        Block { bytes: Vec::new(), line: self.lines_before + 1, kind: Kind::Broken(error) }
    }

    /// Leaves out the rest of that line.
    fn skip(&mut self) {
        match memchr::memchr(b'\n', self.pending()) {
            Some(end) => {
                self.skipping = false;
                self.drop_first(end + 1, 1);
            }
            None => self.drop_first(self.filled, 0),
        }
    }

    fn too_long(&self) -> Error {
        malformed(format!("a record from line {} on has more than 16 MiB", self.lines_before + 1))
            .hint("write one record per line, or leave out the texts")
    }

    /// The form of the log; `None` when more must be seen of it.
    fn find_shape(&mut self, options: &ReadOptions, at_end: bool) -> Result<Option<Shape>, Error> {
        let pending = self.pending();
        if pending.starts_with(&[0xff, 0xfe]) || pending.starts_with(&[0xfe, 0xff]) {
            return Err(malformed("this is UTF-16, not UTF-8".to_owned())
                .hint("convert it, for instance with `iconv -f utf-16 -t utf-8`"));
        }
        if let Some(error) = foreign::refusal(pending) {
            return Err(error);
        }
        if pending.starts_with("\u{feff}".as_bytes()) {
            self.drop_first(3, 0);
        }
        let mut lines = self.pending().split_inclusive(|b| *b == b'\n');
        let mut next = || lines.by_ref().find(|line| !line.trim_ascii().is_empty());
        let Some(first) = next() else { return Ok(None) };
        if !first.ends_with(b"\n") && !at_end {
            return Ok(None);
        }
        if [&b"data:"[..], b"event:", b"id:"].iter().any(|field| first.starts_with(field)) {
            return Ok(Some(Shape::Lines(0)));
        }
        match first.trim_ascii_start()[0] {
            b'[' => Ok(Some(Shape::Values(JsonBoundaries::default()))),
            b'{' => match serde_json::from_slice::<IgnoredAny>(first) {
                Err(e) if e.is_eof() => Ok(match next() {
                    Some(line) if line.starts_with(b"{") => Some(Shape::Lines(0)),
                    Some(_) => Some(Shape::Values(JsonBoundaries::default())),
                    None => at_end.then_some(Shape::Lines(0)),
                }),
                _ => Ok(Some(Shape::Lines(0))),
            },
            _ => self.find_table(options, at_end),
        }
    }

    fn find_table(&mut self, options: &ReadOptions, at_end: bool) -> Result<Option<Shape>, Error> {
        let pending = self.pending();
        let start = pending.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
        let start = start + separator_line(&pending[start..]);
        let end = pending[start..].iter().position(|b| *b == b'\n').map(|i| start + i + 1);
        let end = end.unwrap_or(pending.len());
        if pending[start..end].trim_ascii_end().contains(&b'\r') {
            return Err(malformed("the lines end in a carriage return alone".to_owned())
                .hint("convert them, for instance with `tr '\\r' '\\n'`"));
        }
        let delimiter = delimiter(&pending[start..end]);
        let header = header(&pending[start..end], delimiter);
        let why = match header
            .map(|names| Header::new(&names, delimiter, &options.columns, &options.task))
        {
            Some(Ok(header)) => {
                self.drop_first(end, newlines(&self.buffer[..end]));
                return Ok(Some(Shape::Csv(Arc::new(header), Quotes::default())));
            }
            Some(Err(error)) => Some(error),
            None => None,
        };
        // One line of noise before records is reported as a line.
        let is_record = |line: &[u8]| {
            line.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok()
        };
        if pending.split(|b| *b == b'\n').any(is_record) {
            return Ok(Some(Shape::Lines(0)));
        }
        if !at_end && pending.len() < LOOK {
            return Ok(None);
        }
        let looks_like_csv = pending[start..end].contains(&delimiter);
        match why {
            Some(error) if looks_like_csv => Err(error),
            _ => Err(Error::new(ErrorKind::Malformed, "this is not a log of a known form")
                .hint(format!("tried JSON ({FORMS}) and CSV"))),
        }
    }
}

fn array_is_open(line: usize) -> Error {
    malformed("the array is not closed; what came before is counted".to_owned())
        .at(Position { line, column: 1 })
        .hint("the log was cut off: get it again, whole")
}

/// A number that was cut off is a number as well, so only a line end says that the last one is whole.
fn row_is_open(line: usize, column: &str) -> Error {
    malformed(format!("the last row has no line end, so its `{column}` may be cut off"))
        .at(Position { line, column: 1 })
        .hint("if the log is whole, end it with a line end; else get it again")
}

fn quote_is_open(from: usize, to: usize) -> Error {
    malformed(format!(
        "a quote in line {from} is not closed: the rows up to line {to} are one field"
    ))
    .at(Position { line: from, column: 1 })
    .hint("close the quote, or write it twice inside quotes")
}

fn quote_is_followed(from: usize, to: usize) -> Error {
    malformed(format!(
        "a quoted field from line {from} to line {to} goes on after its closing quote; rows may be lost in it"
    ))
    .at(Position { line: from, column: 1 })
    .hint("write a quote inside a quoted field twice")
}

fn newlines(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

/// The length of a first line such as `sep=;`, by which spreadsheets name the character between columns.
fn separator_line(text: &[u8]) -> usize {
    let line = text.split_inclusive(|b| *b == b'\n').next().unwrap_or_default();
    let is_separator = line.trim_ascii_end().len() == 5 && line.starts_with(b"sep=");
    if is_separator { line.len() } else { 0 }
}

/// The character between columns: the most frequent of comma, semicolon, tab and bar.
fn delimiter(header: &[u8]) -> u8 {
    let frequency = |d: u8| memchr::memchr_iter(d, header).count();
    [b'|', b';', b'\t', b','].into_iter().max_by_key(|d| frequency(*d)).unwrap_or(b',')
}

fn header(line: &[u8], delimiter: u8) -> Option<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line);
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(|name| name.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::stream::block::LogRecord;

    /// What is read of a text in these pieces: lines, and completions or errors.
    fn reads(pieces: &[&[u8]]) -> Vec<(usize, String)> {
        let options = ReadOptions::default();
        let mut splitter = Splitter::new();
        let mut blocks = Vec::new();
        for piece in pieces {
            blocks.extend(splitter.push(piece, &options).unwrap());
        }
        blocks.extend(splitter.finish(&options).unwrap());
        let shown = |record: LogRecord| (record.line, format!("{:?}", record.entry));
        blocks.iter().flat_map(|block| block.read(&options)).map(shown).collect()
    }

    #[test]
    fn wherever_a_log_is_cut_the_same_records_come_out() {
        let record = r#"{"model":"m","prompt_tokens":1,"completion_tokens":2}"#;
        for (text, lines) in [
            (format!("{record}\n\n{record}\r\nnoise\n{record}"), vec![1, 3, 4, 5]),
            (format!("noise\n{record}\n"), vec![1, 2]),
            (format!("{}\n", record.replace(',', ",\n")).repeat(2), vec![1, 4]),
            (format!("[{record},\n {record}\n,3]"), vec![1, 2, 3]),
            (
                "id;completion_tokens;note\na;2;\"two\nlines; \"\"quoted\"\"\"\n\nb;3;\nc\n"
                    .to_owned(),
                vec![2, 5, 6],
            ),
        ] {
            let whole = reads(&[text.as_bytes()]);
            let found: Vec<usize> = whole.iter().map(|(line, _)| *line).collect();
            assert_eq!(found, lines, "{text}");
            for cut in 0..=text.len() {
                let (a, b) = text.as_bytes().split_at(cut);
                assert_eq!(reads(&[a, b]), whole, "{text} at {cut}");
            }
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(reads(&bytes), whole, "{text} byte by byte");
        }
    }

    #[test]
    fn memory_of_blocks_is_used_again_and_nothing_else_is_read() {
        let options = ReadOptions::default();
        let record = |i: usize| {
            let text = "x".repeat(i % 700);
            format!(
                "{{\"model\":\"m\",\"prompt_tokens\":{i},\"completion_tokens\":2,\"a\":\"{text}\"}}\n"
            )
        };
        let log: String = (0..3_000).map(record).collect();
        let whole = reads(&[log.as_bytes()]);
        assert!(log.len() > 4 * CHUNK && whole.len() == 3_000);
        let (mut splitter, mut found, mut rest) = (Splitter::new(), Vec::new(), log.as_bytes());
        while !rest.is_empty() {
            let n = splitter.room().len().min(rest.len());
            splitter.room()[..n].copy_from_slice(&rest[..n]);
            rest = &rest[n..];
            if let Some(block) = splitter.advance(n, &options).unwrap() {
                found.extend(block.read(&options));
                splitter.recycle(block);
            }
        }
        assert_eq!(splitter.spare.len(), 1);
        assert!(splitter.finish(&options).unwrap().is_none());
        let found = found.into_iter().map(|record| (record.line, format!("{:?}", record.entry)));
        assert!(found.eq(whole));
    }

    #[test]
    fn prose_with_braces_is_no_log() {
        let text = b"# Notes\n\nA block of code:\n{\n  \"a\": 1\n}\n";
        let mut splitter = Splitter::new();
        assert!(splitter.push(text, &ReadOptions::default()).unwrap().is_none());
        let error = splitter.finish(&ReadOptions::default()).unwrap_err();
        assert_eq!(error.message(), "this is not a log of a known form");
    }

    #[test]
    fn objects_on_one_line_are_records_and_other_values_one_error() {
        let record = r#"{"model":"m","prompt_tokens":1,"completion_tokens":2}"#;
        let found = reads(&[format!("{record}\n1 2\n{record}{record}\n{record} 3\n").as_bytes()]);
        let lines: Vec<_> =
            found.iter().map(|(line, entry)| (*line, entry.starts_with("Ok"))).collect();
        assert_eq!(lines, [(1, true), (2, false), (3, true), (3, true), (4, false)]);
    }

    #[test]
    fn a_first_line_without_end_is_not_kept_for_ever() {
        let options = ReadOptions::default();
        let mut splitter = Splitter::new();
        assert!(splitter.push(&vec![b'x'; LONGEST], &options).unwrap().is_none());
        let error = splitter.push(b"xx", &options).unwrap_err();
        assert!(error.message().contains("more than 16 MiB"), "{error}");
    }
}
