//! Tables of a catalogue file on the way to what they say.
//!
//! They are read as the models that the program carries are, from JSON, so that there is one reader for both;
//! what it finds wrong is told with the place in the file.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong in a file, and where.
pub(super) type Wrong = (Range<usize>, String);

/// The tables of an array of tables.
///
/// # Errors
/// The first item that is no table, or the value where it is no array.
pub(super) fn tables<'a, 'i>(
    value: &'a Spanned<DeValue<'i>>,
    key: &str,
) -> Result<Vec<(Range<usize>, &'a DeTable<'i>)>, Wrong> {
    let no_table = |span| (span, format!("`{key}` is an array of tables: write `[[{key}]]`"));
    let items = value.get_ref().as_array().ok_or_else(|| no_table(value.span()))?;
    let table = |item: &'a Spanned<DeValue<'i>>| {
        let table = item.get_ref().as_table().ok_or_else(|| no_table(item.span()))?;
        Ok((item.span(), table))
    };
    items.iter().map(table).collect()
}

/// Reads a value.
pub(super) fn read<T: DeserializeOwned>(value: &Spanned<DeValue<'_>>) -> Result<T, Wrong> {
    let mut written = Written::default();
    written.value(value)?;
    written.read()
}

/// Reads a table, but for one key.
pub(super) fn read_table<T: DeserializeOwned>(
    span: Range<usize>,
    table: &DeTable<'_>,
    without: Option<&str>,
) -> Result<T, Wrong> {
    let mut written = Written::default();
    written.table(span, table, without)?;
    written.read()
}

/// A value in JSON.
#[derive(Default)]
struct Written {
    json: String,
    /// Where each part begins in the JSON, and where it stands in the file.
    places: Vec<(usize, Range<usize>)>,
}

impl Written {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Wrong> {
        serde_json::from_str(&self.json).map_err(|error| {
            // As many bytes were read of what is one line; a wrong list or table is not yet begun.
            let at = self.places.partition_point(|(start, _)| *start <= error.column());
            let span = self.places[..at].last().map_or(0..0, |(_, span)| span.clone());
            let message = error.to_string();
            let end = message.rfind(" at line ").unwrap_or(message.len());
            (span, message[..end].to_owned())
        })
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>) -> Result<(), Wrong> {
        let span = value.span();
        match value.get_ref() {
            DeValue::Table(table) => return self.table(span, table, None),
            DeValue::Array(items) => {
                self.put(&span, "[");
                for (i, item) in items.iter().enumerate() {
                    self.json.push_str(if i == 0 { "" } else { "," });
                    self.value(item)?;
                }
                self.end(&span, ']');
            }
            DeValue::String(text) => self.put(&span, &quoted(text)),
            DeValue::Datetime(day) => self.put(&span, &quoted(&day.to_string())),
            DeValue::Boolean(truth) => self.put(&span, if *truth { "true" } else { "false" }),
            DeValue::Integer(written) => {
                match i128::from_str_radix(written.as_str(), written.radix()) {
                    Ok(number) => self.put(&span, &number.to_string()),
                    Err(_) => return Err((span, format!("{written} is too large a number"))),
                }
            }
            DeValue::Float(written) => match written.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => self.put(&span, &format!("{number:?}")),
                _ => return Err((span, format!("{written} is not a finite number"))),
            },
        }
        Ok(())
    }

    fn table(
        &mut self,
        span: Range<usize>,
        table: &DeTable<'_>,
        without: Option<&str>,
    ) -> Result<(), Wrong> {
        self.put(&span, "{");
        let mut separator = "";
        for (key, value) in table.iter().filter(|(key, _)| Some(&**key.get_ref()) != without) {
            self.json.push_str(separator);
            separator = ",";
            self.put(&key.span(), &quoted(key.get_ref()));
            self.json.push(':');
            self.value(value)?;
        }
        self.end(&span, '}');
        Ok(())
    }

    /// Ends a list or a table; a key that is missing is missed behind it.
    fn end(&mut self, span: &Range<usize>, sign: char) {
        self.json.push(sign);
        self.put(span, "");
    }

    fn put(&mut self, span: &Range<usize>, json: &str) {
        self.places.push((self.json.len(), span.clone()));
        self.json.push_str(json);
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        name: String,
        amount: f64,
        count: Option<u8>,
        days: Option<Vec<String>>,
        inside: Option<BTreeMap<String, bool>>,
        last: Option<Last>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Last {
        day: String,
    }

    fn row(text: &str) -> Result<Row, (String, String)> {
        let table = DeTable::parse(text).unwrap();
        read_table(table.span(), table.get_ref(), Some("models"))
            .map_err(|(span, message)| (text[span].to_owned(), message))
    }

    #[test]
    fn a_value_of_each_kind_is_read() {
        let text = "name = \"a\\n\\\"é\"\namount = 1.5e3\ncount = 0x1F\ndays = [2024-09-12, \"x\"]\nmodels = 1\ninside = { a = true }";
        let days = Some(vec!["2024-09-12".to_owned(), "x".to_owned()]);
        let inside = Some(BTreeMap::from([("a".to_owned(), true)]));
        let wanted = Row {
            name: "a\n\"é".to_owned(),
            amount: 1500.0,
            count: Some(31),
            days,
            inside,
            last: None,
        };
        assert_eq!(row(text), Ok(wanted));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, place, told) in [
            ("name = \"a\"\namount = true", "true", "invalid type: boolean `true`, expected f64"),
            ("name = \"a\"\namount = inf", "inf", "inf is not a finite number"),
            (
                "name = \"a\"\namount = 1.0\ncount = 300",
                "300",
                "invalid value: integer `300`, expected u8",
            ),
            ("name = \"a\"\nnam = 1.0", "nam", "unknown field `nam`, expected one of"),
            ("name = [1]\namount = 1.0", "[1]", "invalid type: sequence, expected a string"),
            (
                "name = \"a\"\namount = 1.0\ninside = { b = 1 }",
                "1",
                "invalid type: integer `1`, expected a boolean",
            ),
            (
                "name = \"a\"\namount = 1.0\ndays = [\"é\", 2]",
                "2",
                "invalid type: integer `2`, expected a string",
            ),
            // The table of a whole file has no place of its own.
            ("amount = 1.0", "", "missing field `name`"),
            ("name = \"a\"\namount = 1.0\nlast = {}", "{}", "missing field `day`"),
            (
                "count = 340282366920938463463374607431768211456",
                "340282366920938463463374607431768211456",
                "340282366920938463463374607431768211456 is too large a number",
            ),
        ] {
            let (span, message) = row(text).unwrap_err();
            assert!(message.starts_with(told), "{text}: {message}");
            assert_eq!(span, place, "{text}");
        }
    }
}
