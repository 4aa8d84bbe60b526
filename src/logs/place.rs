//! Where a record stands.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::Error;
use crate::units::Position;

/// A line of a log; written as `source:line`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The log: a path, or `-` for standard input.
    pub source: String,
    /// The line, from 1.
    pub line: usize,
}

impl Place {
    /// An error about this place.
    #[must_use]
    pub fn marks(&self, error: Error) -> Error {
        error.in_source(&self.source).at(Position { line: self.line, column: 1 })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.line)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
