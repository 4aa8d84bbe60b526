//! CSV: one record per result, the same columns whatever the answer; lists of objects are JSON in one cell.

use serde_json::Value;

use super::json::unserialisable;
use crate::Error;
use crate::report::answer::{Answer, Report};

pub(crate) fn render<T: Answer>(report: &Report<T>) -> Result<String, Error> {
    let records = T::records(report).map_err(unserialisable)?;
    if records.is_empty() {
        return Ok(String::new());
    }
    Ok(row(T::COLUMNS.iter().copied())? + &rows(T::COLUMNS, &records)?)
}

/// A line for each record.
pub(crate) fn rows(columns: &[&str], records: &[Value]) -> Result<String, Error> {
    records.iter().map(|record| row(columns.iter().map(|column| cell(record, column)))).collect()
}

/// A line of cells.
pub(crate) fn row<C: AsRef<[u8]>>(cells: impl Iterator<Item = C>) -> Result<String, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(unserialisable)?;
    let bytes = writer.into_inner().map_err(unserialisable)?;
    String::from_utf8(bytes).map_err(unserialisable)
}

/// The text under a key such as `cost_usd.expected`; nothing where there is none.
fn cell(record: &Value, column: &str) -> String {
    let value = column.split('.').try_fold(record, |value, key| value.get(key));
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        Some(other) => other.to_string(),
    }
}
