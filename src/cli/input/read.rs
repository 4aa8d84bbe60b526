//! The text of a source: whole, or counted while it is read when it is long.

use std::fs::File;
use std::io::{self, Read};
use std::mem;
use std::string::FromUtf8Error;

use crate::cli::input::discover::Source;
use crate::request::{InputFormat, is_plain_text, is_request_lines};
use crate::tokenizer::{Counter, Encoding};
use crate::units::{Position, Tokens};
use crate::{Error, ErrorKind};

/// A text of fewer bytes is read whole.
const WHOLE: usize = 256 << 10;
/// How many bytes of a longer one are read and counted at a time; two threads share them.
const CHUNK: usize = 1 << 20;

/// How many bytes of lines are read at a time: enough of them for every thread.
const LINES: usize = 4 << 20;

/// What to do about a text in another encoding.
const CONVERT: &str = "convert the file, for instance with `iconv -f latin1 -t utf-8`";
/// The same where an estimate will do.
const CONVERT_OR_REPLACE: &str =
    "convert the file, for instance with `iconv -f latin1 -t utf-8`, or pass `--lossy`";

/// What was read.
pub(crate) enum Content {
    /// The text.
    Text(String),
    /// The text, in which something that was no text has been replaced.
    Replaced(String),
    /// The tokens of a plain text in each encoding.
    Counted(Vec<(Encoding, Tokens)>),
    /// A long text with a request on every line, still to be read.
    Lines(LineBlocks),
}

/// A text, whole where it is short or can be read only once.
pub(crate) enum TextOfFile {
    Whole(String),
    /// To be read in blocks of whole lines.
    Long(LineBlocks),
}

/// How sources are read.
pub(crate) struct ReadingPlan {
    pub(crate) shape: Option<InputFormat>,
    pub(crate) lossy: bool,
    /// What plain text is counted with while it is read.
    pub(crate) encodings: Vec<Encoding>,
}

impl ReadingPlan {
    /// The text of a source, or its tokens.
    pub(crate) fn content(&self, source: &Source) -> Result<Content, Error> {
        if self.lossy {
            return source.lossy_text();
        }
        let is_plain = |beginning: &str| is_plain_text(beginning, source.naming(), self.shape);
        let is_lines = |beginning: &str| is_request_lines(beginning, source.naming(), self.shape);
        source.content(&self.encodings, is_plain, is_lines)
    }
}

impl Source {
    /// Its text.
    pub(crate) fn text(&self) -> Result<String, Error> {
        text(self.bytes()?, CONVERT)
    }

    /// Its text, or blocks of it where it is long and can be read again.
    pub(crate) fn text_or_blocks(&self) -> Result<TextOfFile, Error> {
        let mut reader = self.open()?;
        let mut bytes = first_bytes(&mut reader)?;
        check(&bytes)?;
        if bytes.len() == WHOLE && self.is_file() {
            return Ok(TextOfFile::Long(LineBlocks::new(reader, bytes)));
        }
        reader.read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
        text(bytes, CONVERT).map(TextOfFile::Whole)
    }

    /// Whether it is a file, and no pipe or device.
    pub(crate) fn is_file(&self) -> bool {
        match self {
            Self::Stdin(_) => false,
            Self::Named(path) | Self::Found(path) => path.is_file(),
        }
    }

    /// Its text with what is not UTF-8 replaced.
    fn lossy_text(&self) -> Result<Content, Error> {
        let bytes = self.bytes()?;
        check(&bytes)?;
        Ok(match String::from_utf8(bytes) {
            Ok(text) => Content::Text(text),
            Err(e) => Content::Replaced(String::from_utf8_lossy(e.as_bytes()).into_owned()),
        })
    }

    /// Its text, or the tokens of it in `encodings` when it is long and `is_plain` says of its
    /// beginning that the text is nothing else than text; the beginning alone when it is long and `is_lines`
    /// says that it has a request on every line.
    fn content(
        &self,
        encodings: &[Encoding],
        is_plain: impl Fn(&str) -> bool,
        is_lines: impl Fn(&str) -> bool,
    ) -> Result<Content, Error> {
        let mut reader = self.open()?;
        let mut bytes = first_bytes(&mut reader)?;
        if bytes.len() == WHOLE && !encodings.is_empty() && is_plain(beginning(&bytes)) {
            return match stream(reader, bytes, encodings) {
                // Read as a whole, what is wrong is reported by line and column.
                Err(_) if !matches!(self, Self::Stdin(_)) => {
                    text(self.bytes()?, CONVERT_OR_REPLACE).map(Content::Text)
                }
                counted => counted.map(Content::Counted),
            };
        }
        check(&bytes)?;
        if bytes.len() == WHOLE && is_lines(beginning(&bytes)) {
            return Ok(Content::Lines(LineBlocks::new(reader, bytes)));
        }
        reader.read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
        text(bytes, CONVERT_OR_REPLACE).map(Content::Text)
    }

    /// Its bytes, unless the first of them are no text: a device or a large file is not read whole to
    /// be refused.
    fn bytes(&self) -> Result<Vec<u8>, Error> {
        let mut reader = self.open()?;
        let mut bytes = first_bytes(&mut reader)?;
        check(&bytes)?;
        reader.read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
        Ok(bytes)
    }

    fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        match self {
            Self::Stdin(streams) => Ok(streams.input()),
            Self::Named(path) | Self::Found(path) => {
                Ok(Box::new(File::open(path).map_err(|e| unreadable(&e))?))
            }
        }
    }
}

/// A text of which the beginning is read.
pub(crate) struct LineBlocks {
    reader: Box<dyn Read + Send>,
    bytes: Vec<u8>,
    /// The number of the first line that is left.
    line: usize,
    /// How many bytes are before it.
    start: usize,
}

/// Some whole lines.
pub(super) struct Block {
    text: String,
    line: usize,
    start: usize,
}

/// A line, its number, and how many bytes are before it.
pub(super) struct Line<'b> {
    pub(super) text: &'b str,
    pub(super) number: usize,
    pub(super) start: usize,
}

impl LineBlocks {
    /// The text that begins with these bytes.
    fn new(reader: Box<dyn Read + Send>, mut bytes: Vec<u8>) -> Self {
        let mark = "\u{feff}".as_bytes();
        let start = if bytes.starts_with(mark) { mark.len() } else { 0 };
        bytes.drain(..start);
        Self { reader, bytes, line: 1, start }
    }

    /// The lines of this source.
    pub(super) fn open(source: &Source) -> Result<Self, Error> {
        let mut reader = source.open()?;
        let bytes = first_bytes(&mut reader)?;
        Ok(Self::new(reader, bytes))
    }

    /// The beginning of what is left.
    pub(super) fn beginning(&self) -> &str {
        beginning(&self.bytes)
    }

    /// Some more lines; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Block>, Error> {
        let mut wanted = LINES;
        let end = loop {
            let missing = wanted.saturating_sub(self.bytes.len());
            let more = self.reader.by_ref().take(missing as u64).read_to_end(&mut self.bytes);
            if more.map_err(|e| unreadable(&e))? < missing {
                break self.bytes.len();
            }
            match memchr::memrchr(b'\n', &self.bytes) {
                Some(newline) => break newline + 1,
                None => wanted += LINES,
            }
        };
        if end == 0 {
            return Ok(None);
        }
        let rest = self.bytes.split_off(end);
        let bytes = mem::replace(&mut self.bytes, rest);
        check(&bytes)?;
        let text = String::from_utf8(bytes).or_else(|e| self.before_fault(&e))?;
        let (line, start) = (self.line, self.start);
        self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count();
        self.start += text.len();
        Ok(Some(Block { text, line, start }))
    }

    /// The lines before the first that is not UTF-8, which is left for the next time.
    fn before_fault(&mut self, e: &FromUtf8Error) -> Result<String, Error> {
        let text = beginning(e.as_bytes());
        let Some(newline) = text.rfind('\n') else {
            return Err(not_utf8(e, self.line, self.start).hint(CONVERT_OR_REPLACE));
        };
        let mut rest = e.as_bytes()[newline + 1..].to_vec();
        rest.append(&mut self.bytes);
        self.bytes = rest;
        Ok(text[..=newline].to_owned())
    }
}

impl Block {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn lines(&self) -> Vec<Line<'_>> {
        let mut start = self.start;
        let mut lines = Vec::new();
        for (text, number) in self.text.split_inclusive('\n').zip(self.line..) {
            lines.push(Line { text, number, start });
            start += text.len();
        }
        lines
    }
}

/// The beginning of a text, in no more memory than it needs: most texts are short, and kept.
fn first_bytes(reader: &mut dyn Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    reader.take(WHOLE as u64).read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
    Ok(bytes)
}

/// Counts a text of which `bytes` is the beginning.
fn stream(
    mut reader: Box<dyn Read + Send>,
    mut bytes: Vec<u8>,
    encodings: &[Encoding],
) -> Result<Vec<(Encoding, Tokens)>, Error> {
    let mut counters: Vec<_> = encodings.iter().map(|e| (*e, Counter::new(*e))).collect();
    let mut start = if bytes.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    while start < bytes.len() {
        check(&bytes)?;
        for (_, counter) in &mut counters {
            counter.push(&bytes[start..])?;
        }
        start = 0;
        bytes.resize(CHUNK, 0);
        let length = fill(&mut reader, &mut bytes)?;
        bytes.truncate(length);
    }
    counters.into_iter().map(|(encoding, counter)| Ok((encoding, counter.finish()?))).collect()
}

/// Reads until `bytes` is full or there is no more; answers how much was read.
fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> Result<usize, Error> {
    let mut length = 0;
    while length < bytes.len() {
        match reader.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(unreadable(&e)),
        }
    }
    Ok(length)
}

/// The text that some bytes begin with.
fn beginning(bytes: &[u8]) -> &str {
    let end = str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len);
    str::from_utf8(&bytes[..end]).unwrap_or_default()
}

/// The text that some bytes are.
pub(crate) fn text_of(bytes: Vec<u8>) -> Result<String, Error> {
    text(bytes, CONVERT)
}

fn text(bytes: Vec<u8>, hint: &str) -> Result<String, Error> {
    check(&bytes)?;
    String::from_utf8(bytes).map_err(|e| not_utf8(&e, 1, 0).hint(hint))
}

/// Refuses what is no text at all.
fn check(bytes: &[u8]) -> Result<(), Error> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Error::new(ErrorKind::Malformed, "this is UTF-16, not UTF-8")
            .hint("convert it, for instance with `iconv -f utf-16 -t utf-8`"));
    }
    if memchr::memchr(0, bytes).is_some() {
        return Err(Error::new(ErrorKind::Malformed, "this is a binary file, not text")
            .hint("name text files; images and documents have no local count"));
    }
    Ok(())
}

fn unreadable(e: &io::Error) -> Error {
    Error::new(ErrorKind::Malformed, format!("cannot be read: {e}"))
        .hint("check that the file is there and that you may read it")
}

fn not_utf8(e: &FromUtf8Error, line: usize, start: usize) -> Error {
    let offset = e.utf8_error().valid_up_to();
    let valid = str::from_utf8(&e.as_bytes()[..offset]).unwrap_or_default();
    Error::new(
        ErrorKind::Malformed,
        format!("byte {:#04x} at offset {} is not UTF-8", e.as_bytes()[offset], start + offset),
    )
    .at(Position::of(valid, offset).from_line(line))
}
