//! Counts against independent implementations, as data.

use std::fs;
use std::path::Path;

use outlay::catalog::{Catalog, Counting};
use outlay::request::{FileHint, prompt_tokens, read};
use outlay::tokenizer::Encoding;
use serde_json::Value;

fn data(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/counting").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn vectors(data: &Value) -> &Vec<Value> {
    data["vectors"].as_array().unwrap()
}

/// How o1-mini is counted: `o200k_base`, exact.
fn counting() -> Counting {
    let catalog = Catalog::embedded();
    catalog.get("o1-mini").unwrap().counting.clone()
}

fn count(request: &Value) -> u64 {
    let text = request.to_string();
    let document = read(&text, FileHint::Name("request.json"), None).unwrap();
    let request = document.entries[0].request.as_ref().unwrap();
    prompt_tokens(request, &counting()).unwrap().prompt_tokens().get()
}

#[test]
fn texts_count_as_two_other_tokenizers_count_them() {
    let data = data("encodings.json");
    assert!(vectors(&data).len() > 100);
    for vector in vectors(&data) {
        let text = vector["text"].as_str().unwrap();
        for (name, tokens) in vector["tokens"].as_object().unwrap() {
            let encoding: Encoding = name.parse().unwrap();
            assert_eq!(
                encoding.count(text).get(),
                tokens.as_u64().unwrap(),
                "{name}: {}",
                vector["name"]
            );
        }
    }
}

#[test]
fn texts_count_as_in_the_packages_of_other_makers() {
    let data = data("vocabularies.json");
    let sources = data["sources"].as_object().unwrap();
    assert!(vectors(&data).len() > 100);
    for vector in vectors(&data) {
        let text = vector["text"].as_str().unwrap();
        for name in sources.keys() {
            let encoding: Encoding = name.parse().unwrap();
            let (counted, ids) = (encoding.count(text).get(), encoding.encode(text));
            let tokens = vector["tokens"][name].as_u64().unwrap();
            assert_eq!(counted, tokens, "{name}: {}", vector["name"]);
            assert_eq!(ids.len() as u64, tokens, "{name}: {}", vector["name"]);
        }
    }
}

#[test]
fn requests_count_as_the_framing_formula_says() {
    let data = data("chat.json");
    assert!(vectors(&data).len() > 20);
    for vector in vectors(&data) {
        assert_eq!(
            count(&vector["request"]),
            vector["prompt_tokens"].as_u64().unwrap(),
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn tool_definitions_count_as_the_reference_estimator_does() {
    let data = data("tools.json");
    assert!(vectors(&data).len() > 20);
    for vector in vectors(&data) {
        let wanted = vector["prompt_tokens_estimate"].as_u64().unwrap();
        assert_eq!(count(&vector["request"]), wanted, "{}", vector["name"]);
    }
}

#[test]
fn what_is_not_confirmed_is_called_an_estimate() {
    let cases = [
        (r#"{"messages": [{"role": "user", "content": "hi"}]}"#, "exact"),
        (
            r#"{"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]}"#,
            "exact",
        ),
        (
            r#"{"messages": [{"role": "user", "content": [{"type": "text", "text": "h"}, {"type": "text", "text": "i"}]}]}"#,
            "estimate",
        ),
        (r#"{"input": "hi"}"#, "estimate"),
        (
            r#"{"messages": [{"role": "user", "content": "hi"}], "functions": [{"name": "f"}]}"#,
            "estimate",
        ),
        (r#"{"messages": [{"role": "tool", "tool_call_id": "1", "content": "hi"}]}"#, "estimate"),
        (
            r#"{"messages": [{"role": "user", "content": "hi"}], "response_format": {"type": "json_schema", "json_schema": {"name": "x"}}}"#,
            "estimate",
        ),
    ];
    for (text, fidelity) in cases {
        let document = read(text, FileHint::Name("request.json"), None).unwrap();
        let request = document.entries[0].request.as_ref().unwrap();
        let count = prompt_tokens(request, &counting()).unwrap();
        assert_eq!(count.fidelity.to_string(), fidelity, "{text}");
        assert_eq!(count.reasons.is_empty(), fidelity == "exact", "{text}");
    }
}
