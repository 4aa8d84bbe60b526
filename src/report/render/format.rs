//! The output formats.

use std::path::Path;
use std::str::FromStr;

#[cfg(feature = "cli")]
use super::slack;
use super::{csv, github, gitlab, html, json, junit, markdown, sarif, svg};
use crate::names;
use crate::report::answer::{Answer, Report};
use crate::report::diagnostic::Diagnostic;
use crate::report::terminal::TerminalOptions;
use crate::{Error, ErrorKind};

/// How a report is written.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
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
    /// One page for a browser, which asks for nothing else.
    Html,
    /// The pictures alone, for documents and messages.
    Svg,
    /// A workbook for spreadsheets; a file, not text.
    Xlsx,
    /// For a message in Slack: the answer first, tables in fixed width.
    Slack,
    /// Workflow commands that GitHub shows as annotations.
    Github,
    /// The code quality report of GitLab.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Markdown for the step summary of GitHub; added to the end of a file.
    Summary,
    /// Rows of FOCUS 1.4, the `FinOps` Open Cost and Usage Specification, as CSV.
    Focus,
}

impl Format {
    /// The format that the ending of a file's name says, if it says one.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Table),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "md" | "markdown" => Some(Self::Markdown),
            "htm" | "html" => Some(Self::Html),
            "svg" => Some(Self::Svg),
            "sarif" => Some(Self::Sarif),
            "xlsx" => Some(Self::Xlsx),
            "xml" => Some(Self::Junit),
            _ => None,
        }
    }

    /// Every format.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        names::variant(text, ErrorKind::Usage, "an output format", "formats")
    }
}

/// Writes a report as text; `workbook` writes the form that is none.
///
/// # Errors
/// [`ErrorKind::Usage`] for the table form in a build without the feature `cli`, and for a form that CI
/// reads when the command checks nothing.
pub fn render<T: Answer>(
    report: &Report<T>,
    format: Format,
    layout: TerminalOptions,
) -> Result<String, Error> {
    match format {
        Format::Json => json::render(report),
        Format::Csv => csv::render(report),
        Format::Markdown => Ok(markdown::render(&T::comment(report))),
        Format::Html => html::render(&html::Cover::of(report), &T::document(report)),
        Format::Svg => svg::render(T::COMMAND, &T::document(report)),
        #[cfg(feature = "cli")]
        Format::Slack => Ok(slack::render(&T::comment(report))),
        Format::Summary => Ok(markdown::summary(&T::comment(report))),
        Format::Github => Ok(github::render(&diagnostics(report, format)?)),
        Format::Gitlab => gitlab::render(&diagnostics(report, format)?),
        Format::Junit => junit::render(T::COMMAND, &diagnostics(report, format)?),
        Format::Sarif => sarif::render(&diagnostics(report, format)?),
        Format::Focus => T::focus(report).unwrap_or_else(|| {
            let message = format!("`outlay {}` has no form `focus`", T::COMMAND);
            Err(Error::new(ErrorKind::Usage, message).hint("focus is a form of audit"))
        }),
        Format::Xlsx => {
            let message = "the form xlsx is a file, not text";
            Err(Error::new(ErrorKind::Usage, message).hint("name a file, such as -o report.xlsx"))
        }
        #[cfg(feature = "cli")]
        Format::Table => Ok(super::table::render(&T::document(report).printable(), layout)),
        #[cfg(not(feature = "cli"))]
        Format::Table | Format::Slack => {
            let _ = layout;
            Err(Error::new(ErrorKind::Usage, "the forms table and slack need the feature `cli`"))
        }
    }
}

/// The same, bit by bit where it is long: `put` takes one after the other.
#[cfg(feature = "cli")]
pub(crate) fn render_in_parts<T: Answer>(
    report: &Report<T>,
    format: Format,
    layout: TerminalOptions,
    put: &mut dyn FnMut(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    match format {
        Format::Table => super::table::put(&T::document(report).printable(), layout, put),
        format => put(&render(report, format, layout)?),
    }
}

/// What a report has to remark, and its inputs without an answer.
fn diagnostics<T: Answer>(report: &Report<T>, format: Format) -> Result<Vec<Diagnostic>, Error> {
    let diagnostics = T::diagnostics(report).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("`outlay {}` has no form `{format}`", T::COMMAND))
            .hint("github, gitlab, junit and sarif are forms of check and lint")
    })?;
    Ok(report.errors.iter().map(Diagnostic::from).chain(diagnostics).collect())
}
