//! Where in a text something stands.

use std::fmt;

/// A line and a column, both counted from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl Position {
    /// The beginning of a text.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The position of the byte `offset` in `text`; an offset past the end is the end, and one
    /// inside a character is that character.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let begun = begun(&before[start..]);
        let column = if text.is_char_boundary(before.len()) { begun + 1 } else { begun };
        Self { line, column }
    }

    /// The same place when this text starts on line `first_line` of a larger one.
    #[must_use]
    pub fn from_line(self, first_line: usize) -> Self {
        Self { line: self.line + first_line - 1, column: self.column }
    }
}

/// Where the lines of a text begin, for many questions about one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    starts: Vec<usize>,
    /// How many characters begin before every [`STEP`] bytes, so that a question about the end of a long
    /// line does not count all of it.
    characters: Vec<usize>,
}

/// How many bytes are counted at most to answer where something is.
const STEP: usize = 1 << 10;

/// How many characters begin in some bytes: every character has one byte that does not continue another.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| (**b & 0xc0) != 0x80).count()
}

impl Lines {
    /// The lines of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(i, _)| i + 1);
        let mut characters = vec![0];
        for bytes in text.as_bytes().chunks(STEP) {
            characters.push(characters.last().copied().unwrap_or_default() + begun(bytes));
        }
        Self { starts: std::iter::once(0).chain(after).collect(), characters }
    }

    /// The first byte of a line of that text, counted from 1, and the line without its end; the empty end
    /// of the text for a line that it does not have.
    #[must_use]
    pub fn line<'a>(&self, text: &'a str, number: usize) -> (usize, &'a str) {
        let start = number.checked_sub(1).and_then(|i| self.starts.get(i)).copied();
        let start = start.unwrap_or(text.len());
        (start, text.get(start..).unwrap_or_default().lines().next().unwrap_or_default())
    }

    /// The position of a byte of that text, as [`Position::of`] gives it.
    #[must_use]
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let begun = self.begun(text, offset) - self.begun(text, self.starts[line - 1]);
        let column = if text.is_char_boundary(offset) { begun + 1 } else { begun };
        Position { line, column }
    }

    /// How many characters begin before a byte.
    fn begun(&self, text: &str, offset: usize) -> usize {
        self.characters[offset / STEP] + begun(&text.as_bytes()[offset / STEP * STEP..offset])
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_index_of_lines_says_the_same(part in "[aü\n\r]{0,30}", times in 1..200_usize, offset in 0..9_000_usize) {
            let text = part.repeat(times);
            let lines = Lines::of(&text);
            let offset = offset.min(text.len());
            let at = lines.position(&text, offset);
            prop_assert_eq!(at, Position::of(&text, offset));
            let (start, line) = lines.line(&text, at.line);
            prop_assert!(start <= offset && !line.contains('\n'));
        }
    }

    #[test]
    fn lines_and_characters_count_from_one() {
        let text = "añb\nc";
        for (offset, line, column) in
            [(0, 1, 1), (1, 1, 2), (2, 1, 2), (3, 1, 3), (4, 1, 4), (5, 2, 1), (99, 2, 2)]
        {
            assert_eq!(Position::of(text, offset), Position { line, column }, "{offset}");
        }
    }
}
