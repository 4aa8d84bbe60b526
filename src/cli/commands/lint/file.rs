//! The findings of one file.

use std::path::Path;

use crate::Error;
use crate::cli::input::beside::FilesBeside;
use crate::cli::input::discover::{Source, is_binary_name, left_out};
use crate::lint::{LintOptions, LintText};
use crate::report::LintResult;

/// The results of a file, and a warning where it is left out.
pub(crate) type Linted = (Vec<Result<LintResult, Error>>, Option<String>);

pub(crate) fn lint(source: &Source, options: &LintOptions<'_>) -> Linted {
    let name = source.name();
    let text = match source.text() {
        Ok(text) => text,
        Err(error) if source.is_found() && is_binary_name(Path::new(&name)) => {
            return (Vec::new(), Some(left_out(&name, &error)));
        }
        Err(error) => return (vec![Err(error.in_source(&name))], None),
    };
    let file = LintText::of(&text);
    match options.lint(&file, source.naming(), &FilesBeside::of(&name)) {
        Ok(requests) => {
            let result = |request: Result<_, Error>| match request {
                Ok(request) => Ok(LintResult::new(&name, &file, request)),
                Err(error) => Err(error.in_source(&name)),
            };
            (requests.into_iter().map(result).collect(), None)
        }
        // Empty, or data that is no request.
        Err(error) if source.is_found() => (Vec::new(), Some(left_out(&name, &error))),
        Err(error) => (vec![Err(error.in_source(&name))], None),
    }
}
