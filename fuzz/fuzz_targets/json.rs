//! JSON: what is read and what is refused is what serde_json reads and refuses, and every value stands where it
//! says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outlay::json::{Kind, Object, Value};
use serde_json::Value as Tree;

fn walk(text: &str, value: &Value<'_>) {
    assert_eq!(&text[value.value_span()], value.text());
    assert!(value.span().end <= text.len());
    let position = value.position();
    assert!(position.line >= 1 && position.column >= 1);
    let _ = (value.as_whole(), value.as_tokens(), value.text_or_json(), value.compact());
    // Half of a surrogate pair is JSON and no text.
    assert_eq!(value.string().is_some(), value.as_string().is_ok());
    assert!(value.string().is_none() || value.kind() == Kind::String);
    for item in value.items() {
        walk(text, &item);
    }
    if let Ok(fields) = value.fields() {
        for (_, member) in fields.members() {
            walk(text, &member);
        }
    }
}

fuzz_target!(|text: &str| {
    // An error looks for the line of its place, and a walk asks for one at each value.
    let Some(text) = text.get(..text.floor_char_boundary(4_096)) else { return };
    let tree = serde_json::from_str::<Tree>(text);
    let value = Value::parse(text);
    if let Ok(value) = &value {
        walk(text, value);
    }
    let Ok(tree) = tree else { return };
    let value = value.expect("serde_json reads it");
    assert_eq!(value.tree().ok(), Some(tree.clone()));
    let object = Object::<()>::read(text);
    assert_eq!(object.is_ok(), tree.is_object());
    if let (Ok(object), Tree::Object(map)) = (object, tree) {
        for (key, known) in map {
            assert_eq!(object.has(&key), !known.is_null(), "{key}");
        }
    }
});
