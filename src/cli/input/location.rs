//! Where a request is among the inputs.

use std::fmt;
use std::sync::Arc;

use crate::Error;
use crate::units::Position;

/// Where a request is.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    /// `-` or the path.
    source: Arc<str>,
    /// The line, in a file of many requests.
    line: Option<usize>,
    /// The template that a row of a dataset fills.
    template: Option<String>,
}

impl Location {
    /// A source, or a line of it.
    pub(crate) fn new(source: impl Into<Arc<str>>, line: Option<usize>) -> Self {
        Self { source: source.into(), line, template: None }
    }

    /// The same row of a dataset in a template.
    pub(crate) fn in_template(self, template: String) -> Self {
        Self { template: Some(template), ..self }
    }

    /// The template that a row of a dataset fills.
    pub(crate) fn template(&self) -> Option<&str> {
        self.template.as_deref()
    }

    /// `-` or the path.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The line, in a file of many requests.
    pub(crate) fn line(&self) -> Option<usize> {
        self.line
    }

    /// Adds this location to an error.
    pub(crate) fn of(&self, error: Error) -> Error {
        let error = error.in_source(&*self.source);
        match (error.position(), self.line) {
            (None, Some(line)) => error.at(Position { line, column: 1 }),
            _ => error,
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}
