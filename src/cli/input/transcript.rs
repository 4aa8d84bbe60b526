//! A real conversation, read from a file, to go on from.

use std::path::Path;

use crate::catalog::Model;
use crate::cli::input::discover;
use crate::cli::settings::Settings;
use crate::request::{Request, read};
use crate::workload::{MediaSpec, refusals};
use crate::{Error, ErrorKind};

/// Reads a file with one request.
pub(crate) fn load(input: &str, settings: &Settings) -> Result<Request, Error> {
    let stdin = || discover::Source::Stdin(settings.streams.clone());
    let source = if input == "-" { Ok(stdin()) } else { discover::named(Path::new(input)) };
    let request = || {
        let source = source?;
        let text = source.text()?;
        let mut entries = read(&text, source.naming(), None)?.entries;
        if entries.len() > 1 {
            let message = "this file has several requests, not one conversation";
            return Err(Error::new(ErrorKind::Usage, message)
                .hint("name a file with one Chat Completions request"));
        }
        let declared = MediaSpec::default().over(&settings.media);
        Ok(entries.remove(0).request?.with_declared(&declared).into_owned())
    };
    request().map_err(|error: Error| error.in_source(input))
}

/// Warns about what the API would refuse: it is simulated all the same.
pub(crate) fn warn(
    request: &Request,
    model: &Model,
    settings: &Settings,
    warnings: &mut Vec<String>,
) {
    let needs = request.needs();
    let refused = refusals(&needs, model, settings.as_of);
    warnings.extend(refused.map(|refused| format!("{refused}; it is simulated all the same")));
}
