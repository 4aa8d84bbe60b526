//! The one error of the library: what is wrong, where, and what to do about it.

use std::fmt;

use crate::units::Position;

/// What kind of thing went wrong, for callers that react differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A number, date, share or distribution that cannot be read or lies outside its range.
    Amount,
    /// A catalogue file that does not hold what a catalogue must hold.
    Catalog,
    /// A model id that no catalogue entry has.
    UnknownModel,
    /// A date before the model could be called.
    NotReleased,
    /// A price that the catalogue does not have; nothing is ever priced at $0 instead.
    MissingPrice,
    /// Input that is not a request of the expected shape.
    Malformed,
    /// A part of a request whose tokens cannot be counted from its text.
    Uncountable,
    /// Text on which the tokenizer gave up.
    Tokenizer,
    /// A request that the API would refuse, so that it has no cost.
    Refused,
    /// A combination of inputs that has no answer.
    Usage,
}

/// One sentence about what is wrong, the place where there is one, and a hint.
///
/// ```
/// use outlay::{Error, ErrorKind};
/// use outlay::units::Position;
///
/// let error = Error::new(ErrorKind::Malformed, "expected `,` or `]`")
///     .at(Position { line: 3, column: 14 })
///     .hint("pass `--as text` to count the file as plain text");
/// assert_eq!(error.to_string(), "3:14: expected `,` or `]`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source_name: Option<String>,
    position: Option<Position>,
    hint: Option<String>,
}

impl Error {
    /// An error without a place and without a hint.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source_name: None, position: None, hint: None }
    }

    /// Adds the line and column the error is about.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// Adds the file (or `-`) the error is about.
    #[must_use]
    pub fn in_source(mut self, name: impl Into<String>) -> Self {
        self.source_name = Some(name.into());
        self
    }

    /// Adds what the reader can do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error, said in other words.
    #[must_use]
    pub fn with_message(mut self, say: impl FnOnce(&str) -> String) -> Self {
        self.message = say(&self.message);
        self
    }

    /// The same error without advice.
    #[must_use]
    pub fn without_hint(mut self) -> Self {
        self.hint = None;
        self
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence alone, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file (or `-`) the error is about.
    #[must_use]
    pub fn source_name(&self) -> Option<&str> {
        self.source_name.as_deref()
    }

    /// The line and column the error is about.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// What the reader can do about it.
    #[must_use]
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.source_name, self.position) {
            (Some(name), Some(position)) => write!(f, "{name}:{position}: ")?,
            (Some(name), None) => write!(f, "{name}: ")?,
            (None, Some(position)) => write!(f, "{position}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
