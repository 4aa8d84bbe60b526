//! JSON, the contract for scripts.

use crate::report::answer::{Answer, Report};
use crate::{Error, ErrorKind};

pub(crate) fn render<T: Answer>(report: &Report<T>) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(report).map_err(unserialisable)?;
    text.push('\n');
    Ok(text)
}

/// Reports are plain data, so this would be a mistake of ours; it is still no reason to panic.
pub(crate) fn unserialisable(e: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Usage, format!("the report cannot be written: {e}"))
}
