//! What templates make of the definitions of tools.

use serde::Serialize as _;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Map, Value, json};

use crate::request::message::FunctionDefinition;

/// How a template writes definitions.
pub(super) struct Definitions {
    /// The text of a definition.
    pub(super) form: Form,
    /// Tokens of the instructions and marks around the definitions, where no system text is sent.
    pub(super) alone: u64,
    /// Tokens around them beside a system text that ends in a full stop.
    pub(super) beside_system: u64,
}

/// The text that definitions become.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A function as JSON, one a line.
    Function,
    /// A function with its type, as JSON of several lines.
    Indented,
    /// A list of functions with their types as JSON without spaces, its keys in the order of the alphabet.
    SortedList,
    /// A list of functions with their types as JSON.
    SpacedList,
    /// Names, descriptions and keys, each counted alone.
    Texts,
    /// A function as JSON in a mark that is text, one a line.
    Tool,
    /// A namespace of functions in the manner of TypeScript.
    TypeScript,
    /// A function with its type as JSON, one a line.
    Wrapped,
}

impl Form {
    /// The texts that the definitions become, each counted alone; nothing for a form that is not JSON of
    /// the definitions.
    pub(super) fn texts(self, functions: &[FunctionDefinition]) -> Option<Vec<String>> {
        let bare = functions.iter().map(function);
        let wrapped =
            functions.iter().map(|it| json!({ "type": "function", "function": function(it) }));
        Some(match self {
            Self::TypeScript => return None,
            Self::Texts => functions.iter().flat_map(texts).collect(),
            Self::Function => vec![bare.map(|it| spaced(&it) + "\n").collect()],
            Self::Tool => {
                vec![bare.map(|it| ["<tool>", &spaced(&it), "</tool>\n"].concat()).collect()]
            }
            Self::Wrapped => vec![wrapped.map(|it| spaced(&it) + "\n").collect()],
            Self::Indented => vec![wrapped.map(|it| indented(&it) + "\n\n").collect()],
            Self::SpacedList => vec![spaced(&wrapped.collect())],
            Self::SortedList => vec![sorted(wrapped.collect()).to_string()],
        })
    }
}

fn function(definition: &FunctionDefinition) -> Value {
    let mut function = Map::new();
    function.insert("name".to_owned(), definition.name.as_str().into());
    if let Some(description) = &definition.description {
        function.insert("description".to_owned(), description.as_str().into());
    }
    if let Some(parameters) = &definition.parameters {
        function.insert("parameters".to_owned(), parameters.clone());
    }
    function.into()
}

/// The texts of a definition that `PyPI` google-genai 3.6.1 counts.
fn texts(definition: &FunctionDefinition) -> Vec<String> {
    let mut texts = vec![definition.name.clone()];
    texts.extend(definition.description.clone());
    if let Some(parameters) = &definition.parameters {
        texts_of_schema(parameters, &mut texts);
    }
    texts
}

fn texts_of_schema(schema: &Value, texts: &mut Vec<String>) {
    for key in ["format", "description"] {
        texts.extend(schema.get(key).and_then(Value::as_str).map(str::to_owned));
    }
    for key in ["enum", "required"] {
        let values = schema.get(key).and_then(Value::as_array).into_iter().flatten();
        texts.extend(values.filter_map(Value::as_str).map(str::to_owned));
    }
    if let Some(items) = schema.get("items") {
        texts_of_schema(items, texts);
    }
    for (key, value) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        texts.push(key.clone());
        texts_of_schema(value, texts);
    }
}

/// JSON with its keys in the order of the alphabet, throughout.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// JSON as Python writes it: a space behind each comma and colon.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            format!("[{}]", values.iter().map(spaced).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let member = |(key, value)| format!("{}: {}", Value::from(key), spaced(value));
            let members = map.iter().map(|(key, value)| member((key.as_str(), value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// JSON of several lines, four spaces deeper on each level.
fn indented(value: &Value) -> String {
    let mut bytes = Vec::new();
    let form = PrettyFormatter::with_indent(b"    ");
    // Neither a value nor a vector fails to be written.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut bytes, form));
    String::from_utf8(bytes).unwrap_or_default()
}
