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
    /// The position of the byte `offset` in `text`; an offset past the end is the end, and one
    /// inside a character is that character.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        let line = before.split(|&b| b == b'\n').count();
        let column = text[start..]
            .char_indices()
            .take_while(|(i, c)| start + i + c.len_utf8() <= before.len())
            .count()
            + 1;
        Self { line, column }
    }

    /// The same place when this text starts on line `first_line` of a larger one.
    #[must_use]
    pub fn from_line(self, first_line: usize) -> Self {
        Self { line: self.line + first_line - 1, column: self.column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
