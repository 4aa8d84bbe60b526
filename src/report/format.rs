//! The output formats.

use std::fmt;
use std::str::FromStr;

use super::envelope::{Answer, Report};
use super::{csv, json, markdown};
use crate::{Error, ErrorKind};

/// How a report is written.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal, with ANSI styles.
    #[default]
    Table,
    /// The contract for scripts.
    Json,
    /// One record per result, nested keys with dots.
    Csv,
    /// For a comment or a wiki.
    Markdown,
}

impl Format {
    const ALL: [Self; 4] = [Self::Table, Self::Json, Self::Csv, Self::Markdown];

    const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("`{text}` is not an output format"))
                .hint(format!("the formats are {}", Self::ALL.map(Self::name).join(", ")))
        })
    }
}

/// Writes a report. `width` is the terminal's, in characters; only the table form looks at it.
///
/// # Errors
/// [`ErrorKind::Usage`] for the table form in a build without the feature `cli`.
pub fn render<T: Answer>(report: &Report<T>, format: Format, width: u16) -> Result<String, Error> {
    match format {
        Format::Json => json::render(report),
        Format::Csv => csv::render(report),
        Format::Markdown => Ok(markdown::render(&T::page(report))),
        #[cfg(feature = "cli")]
        Format::Table => Ok(super::table::render(&T::page(report), width)),
        #[cfg(not(feature = "cli"))]
        Format::Table => {
            let _ = width;
            Err(Error::new(ErrorKind::Usage, "the table form needs the feature `cli`"))
        }
    }
}
