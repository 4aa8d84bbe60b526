//! A JSON text in which pieces are found again.

use std::cell::Cell;

use serde_json::value::RawValue;

use super::failure::Failure;
use crate::units::Position;

/// A JSON text; every piece borrowed from it can be found in it again.
#[derive(Debug)]
pub struct Source<'a> {
    text: &'a str,
    /// A byte whose place is known. A text may be one line of megabytes, of which only what follows this
    /// byte is looked at.
    mark: Cell<(usize, Position)>,
}

impl<'a> Source<'a> {
    /// The source of a text.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self { text, mark: Cell::new((0, Position::START)) }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The whole text as one value.
    ///
    /// # Errors
    /// A [`Failure`] for text that is not JSON.
    pub fn value(&self) -> Result<&'a RawValue, Failure> {
        serde_json::from_str(self.text).map_err(|e| Failure::of(&e, self.text))
    }

    /// Where a piece of the text is.
    #[must_use]
    pub fn position(&self, piece: &str) -> Position {
        self.place(offset(self.text, piece))
    }

    /// Where a record is; pieces that follow it are found from there.
    pub fn begin(&self, record: &str) -> Position {
        let offset = offset(self.text, record);
        let position = self.place(offset);
        self.mark.set((offset, position));
        position
    }

    fn place(&self, offset: usize) -> Position {
        let (mut from, mut at) = self.mark.get();
        if offset < from {
            (from, at) = (0, Position::START);
        }
        let between = Position::of(self.text.get(from..offset).unwrap_or_default(), usize::MAX);
        let column = if between.line == 1 { at.column - 1 } else { 0 };
        Position { line: at.line - 1 + between.line, column: column + between.column }
    }
}

/// The byte at which a piece of `text` stands.
pub(crate) fn offset(text: &str, piece: &str) -> usize {
    // Both are parts of one string, so the difference of their addresses is the distance.
    let offset = (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    offset.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_whatever_was_looked_at_before() {
        let written = "[{\"ä\": 1}, {\"b\":\n2}, \"é\", 4]";
        let source = Source::of(written);
        let items: Vec<&RawValue> = serde_json::from_str(source.value().unwrap().get()).unwrap();
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            for item in order.map(|i| items[i].get()) {
                assert_eq!(source.begin(item), Position::of(written, offset(written, item)));
                let last = items[3].get();
                assert_eq!(source.position(last), Position::of(written, offset(written, last)));
            }
        }
    }
}
