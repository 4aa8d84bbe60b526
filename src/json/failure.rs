//! Why a text is not the JSON that it should be.

use serde_json::error::Category;

use crate::units::Position;
use crate::{Error, ErrorKind};

/// What is wrong with a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It ends inside a value.
    Ends,
    /// It breaks the grammar of JSON.
    Syntax,
    /// It is JSON, and a value has another type than was asked for.
    Type,
}

/// Why a text could not be read as JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong.
    pub cause: Cause,
    /// The parser's own words, without the place.
    pub message: String,
    /// The byte of the text at which it was noticed.
    pub offset: usize,
}

impl Failure {
    /// The failure that the parser reported for `text`.
    #[must_use]
    pub fn of(error: &serde_json::Error, text: &str) -> Self {
        let cause = match error.classify() {
            Category::Eof => Cause::Ends,
            Category::Syntax | Category::Io => Cause::Syntax,
            Category::Data => Cause::Type,
        };
        // The parser ends its sentence with the place, which we give ourselves.
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
        Self { cause, message, offset: offset(text, error, cause) }
    }

    /// The sentence for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self.cause {
            Cause::Ends => "the text ends inside a value".to_owned(),
            Cause::Syntax => format!("this is not JSON: {}", self.message),
            Cause::Type => self.message.clone(),
        }
    }

    /// The error for people, placed in `text`.
    #[must_use]
    pub fn into_error(self, text: &str) -> Error {
        Error::new(ErrorKind::Malformed, self.sentence()).at(Position::of(text, self.offset))
    }
}

/// The byte that `serde_json` means by a line and a column, which it counts in bytes from 1.
fn offset(text: &str, error: &serde_json::Error, cause: Cause) -> usize {
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let last_read = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    if cause != Cause::Type {
        return last_read;
    }
    // A value of the wrong type is reported at what was read before it.
    let between = |b: &u8| b.is_ascii_whitespace() || matches!(b, b':' | b',');
    let rest = text.as_bytes().get(last_read..).unwrap_or_default();
    last_read + rest.iter().take_while(|b| between(b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_apart_and_have_their_place() {
        let read = |text: &str| {
            let error = serde_json::from_str::<Vec<String>>(text).unwrap_err();
            let failure = Failure::of(&error, text);
            (failure.cause, failure.into_error(text).to_string())
        };
        let expected = [
            ("[\"a\",\n\"b", Cause::Ends, "2:2: the text ends inside a value"),
            ("[\"ä\" 1]", Cause::Syntax, "1:6: this is not JSON: expected `,` or `]`"),
            ("[\"a\"] x", Cause::Syntax, "1:7: this is not JSON: trailing characters"),
            ("[\"a\", 1]", Cause::Type, "1:7: invalid type: integer `1`, expected a string"),
        ];
        for (text, cause, sentence) in expected {
            assert_eq!(read(text), (cause, sentence.to_owned()), "{text}");
        }
    }
}
