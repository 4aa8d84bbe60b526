//! The prompt tokens of tool definitions: an estimate.
//!
//! The API renders function definitions into text before the model reads them. The rendering is not
//! public; this one was found by comparing counts with bills: `namespace functions` in the manner of
//! TypeScript (first described by hmarr/openai-chat-tokens), here without indentation and with
//! objects on one line where no property has a description. It meets all 20 counts that were checked
//! live against gpt-3.5, gpt-4 and gpt-4o and published by pamelafox/openai-messages-token-helper and
//! by the OpenAI cookbook, two of its rules having been chosen on these cases; only one of them is of
//! `o200k_base`.

use serde_json::{Map, Value};

use super::message::FunctionDefinition;
use super::settings::ToolChoice;
use crate::tokenizer::Encoding;
use crate::units::Tokens;

/// Tokens around the rendered definitions.
const DEFINITIONS: u64 = 9;
/// Tokens that a system message saves when definitions follow it.
const SHARED_WITH_SYSTEM: u64 = 4;
/// Tokens for a setting that allows no tool, to use one by `tool_choice`, or by `function_call`.
const CHOICE_NONE: u64 = 1;
const CHOICE_TOOL: u64 = 7;
const CHOICE_FUNCTION: u64 = 4;

/// The prompt tokens of the definitions and of the choice among them.
pub(super) fn tokens(
    functions: &[FunctionDefinition],
    choice: Option<&ToolChoice>,
    has_system_message: bool,
    encoding: Encoding,
) -> Tokens {
    let mut total = Tokens::ZERO;
    if !functions.is_empty() {
        total = encoding.count(&render(functions)) + Tokens::new(DEFINITIONS);
        if has_system_message {
            total = total.saturating_sub(Tokens::new(SHARED_WITH_SYSTEM));
        }
    }
    total
        + match choice {
            None | Some(ToolChoice::Any) => Tokens::ZERO,
            Some(ToolChoice::None) => Tokens::new(CHOICE_NONE),
            Some(ToolChoice::Tool(name)) => encoding.count(name) + Tokens::new(CHOICE_TOOL),
            Some(ToolChoice::Function(name)) => encoding.count(name) + Tokens::new(CHOICE_FUNCTION),
        }
}

fn render(functions: &[FunctionDefinition]) -> String {
    let mut out = String::from("namespace functions {\n\n");
    for function in functions {
        if let Some(description) = function.description.as_deref().filter(|text| !text.is_empty()) {
            out.push_str(&format!("// {description}\n"));
        }
        let parameters = function.parameters.as_ref().and_then(Value::as_object).and_then(object);
        match parameters {
            None => out.push_str(&format!("type {} = () => any;\n\n", function.name)),
            Some(object) => {
                out.push_str(&format!("type {} = (_: {object}) => any;\n\n", function.name));
            }
        }
    }
    out.push_str("} // namespace functions");
    out
}

/// An object type; `None` without properties.
fn object(schema: &Map<String, Value>) -> Option<String> {
    let properties = schema.get("properties")?.as_object().filter(|map| !map.is_empty())?;
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let described = properties.values().any(|property| description(property).is_some());
    let fields = properties.iter().map(|(key, property)| {
        let optional = if required.contains(&key.as_str()) { "" } else { "?" };
        let field = format!("{key}{optional}: {}", type_of(property));
        match description(property) {
            Some(text) if described => format!("// {text}\n{field}"),
            _ => field,
        }
    });
    Some(if described {
        format!("{{\n{}}}", fields.map(|field| field + ",\n").collect::<String>())
    } else {
        format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
    })
}

fn description(property: &Value) -> Option<&str> {
    property.get("description")?.as_str().filter(|text| !text.is_empty())
}

fn type_of(schema: &Value) -> String {
    let Some(map) = schema.as_object() else {
        return "any".to_owned();
    };
    if let Some(alternatives) =
        map.get("anyOf").or_else(|| map.get("oneOf")).and_then(Value::as_array)
    {
        return union(alternatives.iter().map(type_of));
    }
    let name = match map.get("type") {
        Some(Value::String(name)) => name.as_str(),
        Some(Value::Array(names)) => {
            return union(names.iter().map(|name| {
                let mut single = map.clone();
                single.insert("type".to_owned(), name.clone());
                type_of(&Value::Object(single))
            }));
        }
        _ => return "any".to_owned(),
    };
    match (name, map.get("enum").and_then(Value::as_array)) {
        ("string" | "integer" | "number", Some(values)) if !values.is_empty() => {
            // A JSON string is written with its quotes, a number bare, as the rendering has them.
            union(values.iter().map(Value::to_string))
        }
        ("string", _) => "string".to_owned(),
        ("integer" | "number", _) => "number".to_owned(),
        ("boolean", _) => "boolean".to_owned(),
        ("null", _) => "null".to_owned(),
        ("array", _) => map.get("items").map_or_else(|| "any".to_owned(), type_of) + "[]",
        ("object", _) => object(map).unwrap_or_else(|| "object".to_owned()),
        _ => "any".to_owned(),
    }
}

fn union(alternatives: impl Iterator<Item = String>) -> String {
    let joined = alternatives.collect::<Vec<_>>().join(" | ");
    if joined.is_empty() { "any".to_owned() } else { joined }
}
