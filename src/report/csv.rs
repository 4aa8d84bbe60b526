//! CSV: one record per result, nested keys with dots, lists of objects as JSON in one cell.

use serde_json::Value;

use super::envelope::{Answer, Report};
use super::json::unserialisable;
use crate::Error;

pub(super) fn render<T: Answer>(report: &Report<T>) -> Result<String, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut columns: Option<Vec<String>> = None;
    for record in T::records(report).map_err(unserialisable)? {
        let mut cells = Vec::new();
        flatten("", &record, &mut cells);
        if columns.is_none() {
            let names: Vec<_> = cells.iter().map(|(name, _)| name.clone()).collect();
            writer.write_record(&names).map_err(unserialisable)?;
            columns = Some(names);
        }
        writer.write_record(cells.iter().map(|(_, cell)| cell)).map_err(unserialisable)?;
    }
    let bytes = writer.into_inner().map_err(unserialisable)?;
    String::from_utf8(bytes).map_err(unserialisable)
}

fn flatten(prefix: &str, value: &Value, cells: &mut Vec<(String, String)>) {
    let cell = match value {
        Value::Object(map) => {
            for (key, value) in map {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&name, value, cells);
            }
            return;
        }
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    };
    cells.push((prefix.to_owned(), cell));
}
