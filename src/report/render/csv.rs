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
    let columns = columns(T::COLUMNS);
    Ok(row(columns.iter())? + &rows(&columns, &records)?)
}

/// The first line.
#[cfg(feature = "cli")]
pub(crate) fn head<T: Answer>() -> Result<String, Error> {
    row(columns(T::COLUMNS).iter())
}

/// The line of a result in its [`columns`], for answers whose results are their records.
#[cfg(feature = "cli")]
pub(crate) fn line<T: Answer>(result: &T, columns: &[String]) -> Result<String, Error> {
    let record = serde_json::to_value(result).map_err(unserialisable)?;
    rows(columns, &[record])
}

/// The columns of a list in braces: `a.{b,c.{d,e}}` is `a.b`, `a.c.d` and `a.c.e`.
pub(crate) fn columns(list: &[&str]) -> Vec<String> {
    list.iter().flat_map(|item| unfolded(item)).collect()
}

fn unfolded(item: &str) -> Vec<String> {
    let Some((prefix, inside)) =
        item.split_once('{').and_then(|(prefix, rest)| Some((prefix, rest.strip_suffix('}')?)))
    else {
        return vec![item.to_owned()];
    };
    let mut depth = 0;
    let parts = inside.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    parts.flat_map(unfolded).map(|part| format!("{prefix}{part}")).collect()
}

/// A line for each record.
pub(crate) fn rows(columns: &[String], records: &[Value]) -> Result<String, Error> {
    records
        .iter()
        .map(|record| row(columns.iter().map(|column| inert(cell(record, column)))))
        .collect()
}

/// A line of cells.
pub(crate) fn row<C: AsRef<[u8]>>(cells: impl Iterator<Item = C>) -> Result<String, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(unserialisable)?;
    let bytes = writer.into_inner().map_err(unserialisable)?;
    String::from_utf8(bytes).map_err(unserialisable)
}

/// The text under a key such as `cost_usd.expected`; nothing where there is none.
pub(super) fn cell(record: &Value, column: &str) -> String {
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

/// Text that a spreadsheet would take for a formula, with a quote before it: names of files, tasks and models
/// are from strangers. Numbers stay as they are.
pub(crate) fn inert(text: String) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula && text.parse::<f64>().is_err() { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_text_and_numbers_are_numbers() {
        for (text, written) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2+3", "'-2+3"),
            ("+cmd", "'+cmd"),
            ("-0.25", "-0.25"),
            ("+1e3", "+1e3"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(inert(text.to_owned()), written);
        }
    }

    #[test]
    fn braces_stand_for_the_columns_of_an_object() {
        assert_eq!(
            columns(&["a", "b.{c,d.{e,f},g}", "h.i"]),
            ["a", "b.c", "b.d.e", "b.d.f", "b.g", "h.i"]
        );
    }
}
