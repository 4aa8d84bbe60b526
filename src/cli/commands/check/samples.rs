//! Files of samples for slots: a JSON array, or a JSON value per line.

use crate::units::Position;
use crate::{Error, ErrorKind};

/// The rows of a file of samples: objects whose keys are slots.
pub(super) fn rows(text: &str) -> Result<Vec<Vec<(String, String)>>, Error> {
    let row = |value: serde_json::Value| match value {
        serde_json::Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| Ok((name, as_text(value)?))).collect()
        }
        _ => Err(malformed("a row of samples is an object whose keys are slots")),
    };
    values_of(text)?.into_iter().map(row).collect()
}

/// The values of a file of samples for one slot.
pub(super) fn values(text: &str) -> Result<Vec<String>, Error> {
    values_of(text)?.into_iter().map(as_text).collect()
}

/// A JSON array, or a JSON value per line.
fn values_of(text: &str) -> Result<Vec<serde_json::Value>, Error> {
    let values: Vec<serde_json::Value> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|e| at(&e, 0))?
    } else {
        let lines = text.lines().zip(0..).filter(|(line, _)| !line.trim().is_empty());
        let read =
            |(line, number): (&str, usize)| serde_json::from_str(line).map_err(|e| at(&e, number));
        lines.map(read).collect::<Result<_, _>>()?
    };
    if values.is_empty() {
        return Err(malformed("there are no samples"));
    }
    Ok(values)
}

fn as_text(value: serde_json::Value) -> Result<String, Error> {
    match value {
        serde_json::Value::String(text) => Ok(text),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        serde_json::Value::Bool(value) => Ok(value.to_string()),
        _ => Err(malformed("the sample of a slot is a text")),
    }
}

pub(super) fn malformed(message: &str) -> Error {
    Error::new(ErrorKind::Malformed, message).hint(
        "write a JSON array, or one JSON value per line: strings for one slot, objects for several",
    )
}

fn at(e: &serde_json::Error, lines_before: usize) -> Error {
    let line = e.line().max(1) + lines_before;
    malformed("this is no JSON").at(Position { line, column: e.column().max(1) })
}
