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

    /// The byte at which a piece of the document stands.
    pub(super) fn offset(self, piece: &str) -> usize {
        // Both are parts of one string, so the difference of their addresses is the distance.
        (piece.as_ptr() as usize).saturating_sub(self.0.as_ptr() as usize)
    }
}

/// The byte that `serde_json` means by a line and a column, which it counts in bytes from 1.
fn offset_in(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let last_read = start + column.saturating_sub(1);
    // A value of the wrong type is told at what was read before it.
    let between = |b: &u8| b.is_ascii_whitespace() || matches!(b, b':' | b',');
    let rest = text.as_bytes().get(last_read..).unwrap_or_default();
    last_read + rest.iter().take_while(|b| between(b)).count()
}

/// The message without the place, which we give ourselves, and in words for people.
fn sentence(e: &serde_json::Error) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("EOF while parsing", "the text ends inside"),
        ("trailing characters", "something follows the JSON"),
        ("invalid type: ", "found "),
        ("invalid value: ", "found "),
        ("expected u64", "expected a whole number"),
        ("a sequence", "an array"),
        ("a map", "an object"),
        (" any valid JSON value", " a value"),
    ];
    let text = e.to_string();
    let place = format!(" at line {} column {}", e.line(), e.column());
    let text = text.strip_suffix(&place).unwrap_or(&text).to_owned();
    let text = WORDS.iter().fold(text, |text, (word, plain)| text.replace(word, plain));
    // `struct RawMessage` is a name of ours.
    match text.split_once("struct ") {
        Some((before, rest)) => {
            let after =
                rest.split_once(' ').map(|(_, after)| format!(" {after}")).unwrap_or_default();
            format!("{before}an object{after}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Naming, read};

    #[test]
    fn errors_are_in_words_and_have_their_place() {
        for (text, shown) in [
            ("{\"messages\": [\n{\"role\": \"user\",\n", "3:1: the text ends inside"),
            ("{\"messages\": {}}", "1:14: found map, expected an array"),
            ("{\"messages\": [{\"role\": \"me\"}]}", "1:15: `me` is not the role of a message"),
            ("{\"messages\": [{\"role\": 1}]}", "1:24: found integer `1`, expected a string"),
            ("{\"messages\": [{}]}", "1:16: missing field `role`"),
            ("{\"messages\": [3]}", "1:15: found integer `3`, expected an object"),
            ("{\"messages\": [], \"n\": -1}", "1:24: found integer `-1`, expected a whole number"),
        ] {
            let error = read(text, Naming::Extension("json"), None).unwrap_err();
            assert!(error.to_string().starts_with(shown), "{error}\n{text}");
        }
    }

    #[test]
    fn a_piece_knows_its_place() {
        let source = Source("{\n  \"ä\": [1, 2]}");
        let raw: &RawValue =
            source.parse::<std::collections::BTreeMap<String, &RawValue>>(source.0).unwrap()["ä"];
        assert_eq!(source.position(raw.get()), Position { line: 2, column: 8 });
    }
}
