//! YAML into the values of JSON, within bounds.

use std::collections::HashMap;

use serde_json::{Map, Value};
use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::{Marker, TScalarStyle};

use crate::units::Position;
use crate::{Error, ErrorKind};

/// How many values a file may come to, those that aliases repeat included.
const VALUES: usize = 200_000;
/// How deep values may be nested.
const DEPTH: usize = 100;

/// Reads the first document of a YAML text that begins on `first_line` of its file.
pub(super) fn parse(text: &str, first_line: usize) -> Result<Value, Error> {
    let mut parser = Parser::new_from_str(text);
    let mut reader = Reader { first_line, open: Vec::new(), anchors: HashMap::new(), values: 0 };
    loop {
        let (event, mark) = parser
            .next_token()
            .map_err(|e| reader.error(e.marker(), format!("this is not YAML: {}", e.info())))?;
        match event {
            Event::StreamEnd | Event::DocumentEnd => return Ok(Value::Null),
            event => {
                if let Some(value) = reader.take(event, &mark)? {
                    return Ok(value);
                }
            }
        }
    }
}

/// A list or map that is not finished.
struct Open {
    value: Value,
    /// The key of the next value of a map.
    key: Option<String>,
    anchor: usize,
}

struct Reader {
    first_line: usize,
    open: Vec<Open>,
    /// Finished values by anchor, each with how many values it holds.
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
}

impl Reader {
    /// Takes an event; the document when it is complete.
    fn take(&mut self, event: Event, mark: &Marker) -> Result<Option<Value>, Error> {
        match event {
            Event::SequenceStart(anchor, _) => self.begin(Value::Array(Vec::new()), anchor, mark),
            Event::MappingStart(anchor, _) => self.begin(Value::Object(Map::new()), anchor, mark),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { value, anchor, .. }) => self.add(value, anchor, mark),
                None => Ok(None),
            },
            Event::Scalar(text, style, anchor, _) => {
                let value =
                    if style == TScalarStyle::Plain { plain(&text) } else { Value::String(text) };
                self.add(value, anchor, mark)
            }
            Event::Alias(anchor) => {
                let Some((value, size)) = self.anchors.get(&anchor).cloned() else {
                    return Err(
                        self.error(mark, "this alias stands inside the value that it repeats")
                    );
                };
                self.grow(size, mark)?;
                self.add(value, 0, mark)
            }
            _ => Ok(None),
        }
    }

    fn begin(
        &mut self,
        value: Value,
        anchor: usize,
        mark: &Marker,
    ) -> Result<Option<Value>, Error> {
        if self.open.len() >= DEPTH {
            return Err(self.error(mark, format!("values are nested deeper than {DEPTH} levels")));
        }
        self.open.push(Open { value, key: None, anchor });
        Ok(None)
    }

    fn grow(&mut self, by: usize, mark: &Marker) -> Result<(), Error> {
        self.values += by;
        if self.values > VALUES {
            return Err(self.error(mark, format!("the file comes to more than {VALUES} values")));
        }
        Ok(())
    }

    /// Adds a finished value to what is open.
    fn add(&mut self, value: Value, anchor: usize, mark: &Marker) -> Result<Option<Value>, Error> {
        self.grow(1, mark)?;
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), size(&value)));
        }
        let Some(open) = self.open.last_mut() else { return Ok(Some(value)) };
        match (&mut open.value, open.key.take()) {
            (Value::Array(items), _) => items.push(value),
            (Value::Object(map), Some(key)) if key == "<<" => merge(map, value),
            (Value::Object(map), Some(key)) => {
                map.insert(key, value);
            }
            (_, None) => open.key = Some(key_of(&value)),
            _ => {}
        }
        Ok(None)
    }

    fn error(&self, mark: &Marker, message: impl Into<String>) -> Error {
        // Lines count from 1, columns from 0.
        let at = Position { line: mark.line().max(1), column: mark.col() + 1 };
        Error::new(ErrorKind::Malformed, message)
            .at(at.from_line(self.first_line))
            .hint("fix the YAML, or pass `--as text` to count the file as it stands")
    }
}

/// Adds the pairs that a merge key brings; those of the map itself win.
fn merge(map: &mut Map<String, Value>, value: Value) {
    match value {
        Value::Object(more) => {
            for (key, value) in more {
                map.entry(key).or_insert(value);
            }
        }
        Value::Array(items) => items.into_iter().for_each(|item| merge(map, item)),
        _ => {}
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

fn key_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a scalar without quotes means (YAML 1.2, core schema).
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            let number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
            let whole = text.parse::<i64>().ok().filter(|_| number).map(Into::into);
            let real = || text.parse::<f64>().ok().filter(|_| number).map(Into::into);
            whole.or_else(real).unwrap_or_else(|| Value::String(text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_lists_maps_and_aliases_are_read() {
        let text = "a: &x {b: 1, c: [true, ~, '2']}\nd: *x\ne:\n  <<: *x\n  b: 3.5\nf: |\n  two\n  lines\n";
        let inside = json!({"b": 1, "c": [true, null, "2"]});
        let expected = json!({
            "a": inside, "d": inside, "e": {"b": 3.5, "c": [true, null, "2"]}, "f": "two\nlines\n",
        });
        assert_eq!(parse(text, 1).unwrap(), expected);
        assert_eq!(parse("", 1).unwrap(), Value::Null);
    }

    #[test]
    fn what_is_broken_or_too_large_is_an_error_with_its_place() {
        let bomb: String = std::iter::once("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned())
            .chain(
                (1..12).map(|i| format!("a{i}: &a{i} [{}]\n", format!("*a{},", i - 1).repeat(10))),
            )
            .collect();
        for (text, message) in [
            ("a: [1, 2", "this is not YAML"),
            ("a: &a [*a]", "inside the value"),
            (bomb.as_str(), "more than"),
            (&"[".repeat(150), "nested deeper"),
        ] {
            let error = parse(text, 4).unwrap_err();
            assert!(error.message().contains(message), "{error}");
            assert!(error.position().unwrap().line >= 4);
        }
    }
}
