//! Where a request stands among the inputs.

use std::fmt;

use crate::Error;
use crate::units::Position;

/// Where a request stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// `-` or the path.
    source: String,
    /// The line, in a file of many requests.
    line: Option<usize>,
}

impl Place {
    /// A source, or a line of it.
    pub(crate) fn new(source: &str, line: Option<usize>) -> Self {
        Self { source: source.to_owned(), line }
    }

    /// `-` or the path.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The line, in a file of many requests.
    pub(crate) fn line(&self) -> Option<usize> {
        self.line
    }

    /// Says of an error that it is about this request.
    pub(crate) fn of(&self, error: Error) -> Error {
        let error = error.in_source(&self.source);
        match (error.position(), self.line) {
            (None, Some(line)) => error.at(Position { line, column: 1 }),
            _ => error,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}
