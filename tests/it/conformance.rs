//! The conformance kit of tests/conformance: tokens, bills, plans and forecasts against independent answers.

use std::fs;
use std::path::Path;

use outlay::catalog::{Catalog, Counting};
use outlay::request::{FileHint, prompt_tokens, read};
use outlay::tokenizer::Encoding;
use serde_json::Value;

use crate::support::{Folder, json_of, outlay, stderr};

fn data(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance").join(name);
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
    let data = data("tokens/encodings.json");
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
    let data = data("tokens/vocabularies.json");
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
    let data = data("tokens/chat.json");
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
    let data = data("tokens/tools.json");
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

/// The cases of a file, with what they are given and what they expect.
fn cases(name: &str) -> Vec<(Value, Value)> {
    let data = data(name);
    assert_eq!(data["version"], 1);
    let cases = data["cases"].as_array().unwrap().iter();
    cases.map(|case| (case["given"].clone(), case["expect"].clone())).collect()
}

/// What is given, as flags: every key is the name of one.
fn flags(given: &Value) -> String {
    let flag = |(key, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        format!("--{} {value}", key.replace('_', "-"))
    };
    given.as_object().unwrap().iter().map(flag).collect::<Vec<_>>().join(" ")
}

/// Whether a figure is the one expected, within its tolerance.
fn is(found: &Value, expected: &Value) -> bool {
    let Some(value) = expected.get("value") else { return found == expected };
    let (found, value) = (found.as_f64().unwrap(), value.as_f64().unwrap());
    let tolerance = expected.get("tolerance").and_then(Value::as_f64).unwrap_or_else(|| {
        // Amounts are whole tokens.
        expected["relative"].as_f64().unwrap() * value + 0.5
    });
    (found - value).abs() <= tolerance
}

fn check(verb: &str, name: &str) {
    let cases = cases(name);
    assert!(cases.len() > 7);
    for (given, expect) in cases {
        let result = |verb: &str| {
            let run = outlay(&format!("{verb} {} --json", flags(&given))).output().unwrap();
            assert_eq!(run.status.code(), Some(0), "{given}: {}", stderr(&run));
            json_of(&run)["results"][0].take()
        };
        let (plan, result) = (result("plan"), result(verb));
        for (key, expected) in expect.as_object().unwrap() {
            // `plan` judges the cap that is sent.
            let whole = if key.starts_with("sent.") { &plan } else { &result };
            let found = key.split('.').fold(whole, |value, key| &value[key]);
            assert!(is(found, expected), "{given}: {key} is {found}, not {expected}");
        }
    }
}

#[test]
fn plans_are_those_of_the_rules() {
    check("plan", "plans.json");
}

#[test]
fn forecasts_are_those_of_the_mathematics_written_a_second_time() {
    check("estimate", "forecasts.json");
}

#[test]
fn bills_equal_those_by_hand() {
    let cases = cases("bills.json");
    assert!(cases.len() >= 24);
    for (call, expect) in cases {
        let folder = Folder::new().with("log.jsonl", call.to_string());
        let run = folder.outlay("audit log.jsonl --json --as-of 2026-11-26").output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{call}: {}", stderr(&run));
        assert_eq!(json_of(&run)["total"]["cost_usd"], expect["cost_usd"], "{call}");
    }
}
