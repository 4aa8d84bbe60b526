//! The prompt tokens of a response schema: an estimate.
//!
//! How the API writes a schema into the prompt is not public. The rule here was found by comparing counts
//! with bills of schemas of several lengths (openai/openai-cookbook#2140, 2025-09-18): the compact JSON
//! without `required`, `additionalProperties` and `$schema`, and nine tokens.

use serde_json::{Map, Value};

use super::message::ResponseSchema;
use crate::tokenizer::Encoding;
use crate::units::Tokens;

/// Tokens around the schema.
const FRAMING: Tokens = Tokens::new(9);
/// Keywords that are not written.
const LEFT_OUT: [&str; 3] = ["required", "additionalProperties", "$schema"];

/// The prompt tokens of a response schema.
pub(super) fn tokens(schema: &ResponseSchema, encoding: Encoding) -> Tokens {
    encoding.count(&written(&schema.schema, false).to_string()) + FRAMING
}

/// The schema as it is written. The keys of `names` are names of properties and no keywords.
fn written(schema: &Value, names: bool) -> Value {
    match schema {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| names || !LEFT_OUT.contains(&key.as_str()));
            let below = |key: &str| !names && matches!(key, "properties" | "$defs" | "definitions");
            let kept: Map<String, Value> =
                kept.map(|(key, value)| (key.clone(), written(value, below(key)))).collect();
            Value::Object(kept)
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| written(item, false)).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_left_out_and_properties_of_their_names_are_not() {
        let schema = serde_json::json!({
            "type": "object",
            "properties": {"required": {"type": "boolean"}},
            "required": ["required"],
            "additionalProperties": false,
        });
        let expected = r#"{"type":"object","properties":{"required":{"type":"boolean"}}}"#;
        assert_eq!(written(&schema, false).to_string(), expected);
    }
}
