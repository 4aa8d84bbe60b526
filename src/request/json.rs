//! JSON pieces that know where they stand in the file.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::units::Position;
use crate::{Error, ErrorKind};

/// The text of a JSON document; every [`RawValue`] borrowed from it can be found in it again.
#[derive(Clone, Copy)]
pub(super) struct Source<'a>(pub(super) &'a str);

impl<'a> Source<'a> {
    /// Reads a piece of the document; an error carries its place in the document.
    pub(super) fn parse<T: Deserialize<'a>>(self, piece: &'a str) -> Result<T, Error> {
        serde_json::from_str(piece).map_err(|e| {
            let offset = self.offset(piece) + offset_in(piece, e.line(), e.column());
            Error::new(ErrorKind::Malformed, sentence(&e)).at(Position::of(self.0, offset))
        })
    }

    /// The place of a piece of the document.
    pub(super) fn position(self, piece: &str) -> Position {
        Position::of(self.0, self.offset(piece))
    }

    /// An error about a piece of the document.
    pub(super) fn malformed(self, piece: &RawValue, message: String) -> Error {
        Error::new(ErrorKind::Malformed, message).at(self.position(piece.get()))
    }

    fn offset(self, piece: &str) -> usize {
        // Both are parts of one string, so the difference of their addresses is the distance.
        (piece.as_ptr() as usize).saturating_sub(self.0.as_ptr() as usize)
    }
}

/// The byte that `serde_json` means by a line and a column, which it counts in bytes from 1.
fn offset_in(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    start + column.saturating_sub(1)
}

/// The message without the place, which we give ourselves.
fn sentence(e: &serde_json::Error) -> String {
    let text = e.to_string();
    let place = format!(" at line {} column {}", e.line(), e.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}
