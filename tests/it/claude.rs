//! Counting as Claude does, against the package that reconstructs it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use outlay::catalog::{Catalog, Fidelity};
use outlay::request::{FileHint, PromptCount, prompt_tokens, read};
use outlay::tokenizer::{Counter, Encoding};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Folder, json as answer_of, outlay};

const FAMILIES: [(Encoding, &str, u64); 3] = [
    (Encoding::ClaudeV3, "v3", 7),
    (Encoding::ClaudeV47, "v4_7", 11),
    (Encoding::ClaudeV48, "v4_8", 6),
];

fn count(encoding: Encoding, text: &str) -> u64 {
    encoding.count(text).get()
}

fn chunked(encoding: Encoding, text: &[u8], size: usize) -> u64 {
    let mut counter = Counter::new(encoding);
    for chunk in text.chunks(size) {
        counter.push(chunk).unwrap();
    }
    counter.finish().unwrap().get()
}

#[test]
fn texts_count_as_the_reconstruction_counts_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/tokens/claude.json");
    let data: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let vectors = data["vectors"].as_array().unwrap();
    assert!(vectors.len() > 70);
    for vector in vectors {
        let text = vector["text"].as_str().unwrap();
        for (encoding, _, _) in FAMILIES {
            let wanted = vector["tokens"][encoding.name()].as_u64().unwrap();
            let name = &vector["name"];
            assert_eq!(count(encoding, text), wanted, "{encoding}: {name}");
            assert_eq!(chunked(encoding, text.as_bytes(), 1), wanted, "{encoding}: {name}");
        }
    }
}

/// Runs that are longer than any cache, with counts of the same package.
#[test]
fn long_runs_count_as_the_reconstruction_counts_them() {
    let texts = [
        (".".repeat(40_000), [314, 2501, 2500]),
        (format!("a{}b", "\n".repeat(20_000)), [159, 627, 627]),
        (format!("a{}b", " ".repeat(20_000)), [1252, 1252, 1252]),
    ];
    for (text, wanted) in texts {
        for ((encoding, _, _), wanted) in FAMILIES.into_iter().zip(wanted) {
            assert_eq!(count(encoding, &text), wanted, "{encoding} {:?}", &text[..2]);
        }
    }
}

/// Lines of `{"text": …, "v3": …, "v4_7": …, "v4_8": …}`, each with the tokens of one user's message.
#[test]
fn a_file_of_vectors_has_no_differences() {
    let Some(path) = std::env::var_os("OUTLAY_CLAUDE_VECTORS") else {
        eprintln!("skipped: OUTLAY_CLAUDE_VECTORS names no file of vectors");
        return;
    };
    let lines = fs::read_to_string(path).unwrap();
    let mut differences = Vec::new();
    for (i, line) in lines.lines().enumerate() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let text = vector["text"].as_str().unwrap();
        for (encoding, key, frame) in FAMILIES {
            let wanted = vector[key].as_u64().unwrap();
            let whole = count(encoding, text) + frame;
            let parts = chunked(encoding, text.as_bytes(), 1 + i % 61) + frame;
            if (whole, parts) != (wanted, wanted) {
                differences.push(format!("line {}: {key} {wanted}, not {whole}, {parts}", i + 1));
            }
        }
    }
    eprintln!("{} texts, {} differences", lines.lines().count(), differences.len());
    assert_eq!(differences, [""; 0]);
}

const BITS: [&str; 44] = [
    "a",
    "B",
    "word",
    "Word",
    "WORD",
    " ",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "'",
    "'s",
    "'ll",
    "s",
    ".",
    "..",
    "====",
    "/",
    "}",
    "1",
    "1234",
    "٣",
    "१",
    "é",
    "É",
    "ǅ",
    "İ",
    "Ж",
    "привет",
    "中",
    "。",
    "，",
    "“",
    "’",
    "\u{301}",
    "\u{e4d}",
    "\u{e32}",
    "\u{a0}",
    "\u{3000}",
    "\u{fe0f}",
    "👍",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn chunks_count_as_much_as_the_whole(
        bits in prop::collection::vec(prop::sample::select(&BITS), 0..60),
        size in 1..40_usize,
    ) {
        let text = bits.concat();
        for (encoding, _, _) in FAMILIES {
            prop_assert_eq!(chunked(encoding, text.as_bytes(), size), count(encoding, &text));
        }
    }

    #[test]
    fn any_characters_are_counted(text in "\\PC{0,80}|[\\x00-\\u{10ffff}]{0,80}") {
        for (encoding, _, _) in FAMILIES {
            let tokens = count(encoding, &text);
            // A character is four bytes at most, and brings three marks at most.
            prop_assert!(tokens <= 7 * text.chars().count() as u64 + 1);
        }
    }
}

#[test]
fn a_text_on_several_threads_counts_as_much_as_its_lines() {
    let line = "Several threads share a text — cut after words, in every line, naïvely 中，文。";
    let text = vec![line; 40_000].join("\n");
    for (encoding, _, _) in FAMILIES {
        let (one, two) = (count(encoding, line), count(encoding, &[line; 2].join("\n")));
        let first_to_last = one + 39_999 * (two - one);
        assert_eq!(count(encoding, &text), first_to_last, "{encoding}");
        assert_eq!(chunked(encoding, text.as_bytes(), 100_003), first_to_last, "{encoding}");
    }
}

fn prompt(json: &str, model: &str) -> PromptCount {
    let document = read(json, FileHint::Name("a.json"), None).unwrap();
    let request = document.entries[0].request.as_ref().unwrap();
    let catalog = Catalog::embedded();
    prompt_tokens(request, &catalog.get(model).unwrap().counting).unwrap()
}

fn user(text: &str) -> String {
    json!({"messages": [{"role": "user", "content": text}]}).to_string()
}

/// The package's own figures of a message of one user.
#[test]
fn a_single_message_has_the_measured_frame() {
    for (text, wanted) in [
        ("hello, world", [10, 15, 10]),
        ("Hello, Claude", [10, 18, 13]),
        ("What is the capital of France?", [14, 19, 14]),
        ("NASA likes tokenizers", [11, 21, 16]),
        ("it's", [9, 13, 8]),
        ("", [8, 12, 6]),
    ] {
        let models = ["claude-opus-4-5", "claude-opus-4-7", "claude-opus-4-8"];
        for (model, wanted) in models.into_iter().zip(wanted) {
            let count = prompt(&user(text), model);
            assert_eq!(count.prompt_tokens().get(), wanted, "{model} {text:?}");
            assert_eq!(count.fidelity, Fidelity::Reconstructed, "{model}");
            assert!(count.basis.unwrap().contains("962,05"), "{model}");
        }
    }
}

/// Anthropic's published count of a system text and a message: 14.
#[test]
fn a_system_text_has_no_frame_as_published() {
    let request = json!({"messages": [
        {"role": "system", "content": "You are a scientist"},
        {"role": "user", "content": "Hello, Claude"},
    ]});
    let count = prompt(&request.to_string(), "claude-opus-4-5");
    assert_eq!(count.prompt_tokens().get(), 14);
    assert_eq!(count.fidelity, Fidelity::Estimate);
    let range = count.range().unwrap();
    assert!(range.low.get() <= 14 && 14 < range.high.get());
}

#[test]
fn what_is_not_known_of_the_framing_is_an_estimate_with_a_range() {
    let turns = json!({"messages": [
        {"role": "user", "content": "Hello, Claude"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "it's"},
    ]});
    let count = prompt(&turns.to_string(), "claude-opus-4-5");
    assert_eq!(count.fidelity, Fidelity::Estimate);
    assert_eq!(count.framing.get(), 7 + 2 * 4);
    let range = count.range().unwrap();
    assert_eq!(range.mean, count.prompt_tokens());
    assert!(range.low < range.mean && range.mean < range.high);

    let of_parts = |texts: &[&str]| {
        let parts: Vec<_> =
            texts.iter().map(|text| json!({"type": "text", "text": text})).collect();
        let body = json!({"messages": [{"role": "user", "content": parts}]});
        let count = prompt(&body.to_string(), "claude-opus-4-5");
        (count.fidelity, count.reasons.iter().any(|reason| reason.contains("several parts")))
    };
    assert_eq!(of_parts(&["Hello, Claude"]), (Fidelity::Reconstructed, false));
    assert_eq!(of_parts(&["Hello, ", "Claude"]), (Fidelity::Estimate, true));
    assert_eq!(of_parts(&["Hello", ", ", "Claude"]), (Fidelity::Estimate, true));

    let call =
        json!({"id": "1", "type": "function", "function": {"name": "now", "arguments": "{}"}});
    let calls = json!({"messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "noon"},
    ]});
    let count = prompt(&calls.to_string(), "claude-opus-4-5");
    assert!(count.reasons.iter().any(|reason| reason.contains("tool calls and their results")));
    // Three tokens more around each of two messages, and twenty around the call and its result.
    let range = count.range().unwrap();
    assert_eq!(range.high.get() - range.mean.get(), 2 * (7 - 4) + 2 * 20);

    let tool = json!({"type": "function", "function": {"name": "now", "parameters": {}}});
    let tools = json!({"messages": [{"role": "user", "content": "hi"}], "tools": [tool]});
    // The published size of the system prompt that comes with tools.
    assert_eq!(prompt(&tools.to_string(), "claude-opus-4-5").framing.get(), 7 + 496);
    let unknown = prompt(&tools.to_string(), "claude-fable-5");
    assert!(unknown.reasons.iter().any(|reason| reason.contains("tools is not public")));
}

#[test]
fn a_model_whose_tokenizer_is_assumed_is_no_reconstruction() {
    let count = prompt(&user("hello, world"), "claude-opus-5-5");
    assert_eq!(count.fidelity, Fidelity::Estimate);
    assert!(count.reasons[0].contains("is not measured"));
}

#[test]
fn one_text_in_every_tokenizer_of_the_catalogue() {
    let answer =
        answer_of(outlay("count tests/fixtures/prompt.txt --all-models --as-of 2026-11-25 --json"));
    let results = answer["results"].as_array().unwrap();
    let encodings: BTreeSet<_> = results.iter().map(|r| r["encoding"].as_str().unwrap()).collect();
    for encoding in ["claude_v3", "claude_v4_7", "claude_v4_8", "o200k_base"] {
        assert!(encodings.contains(encoding), "{encodings:?}");
    }
    let tokens = |encoding: &str| {
        let result = results.iter().find(|r| r["encoding"] == encoding).unwrap();
        result["prompt_tokens"].as_u64().unwrap()
    };
    assert!(tokens("claude_v4_7") > tokens("claude_v3"));
    // Alternatives have no sum.
    assert_eq!(answer["total"], Value::Null);
}

#[test]
fn tokens_without_ids_are_not_shown_in_silence() {
    let arguments = "count tests/fixtures/prompt.txt -m claude-opus-4-5 --show-tokens";
    let output = outlay(&format!("{arguments} --as-of 2026-11-25")).output().unwrap();
    let warnings = String::from_utf8(output.stderr).unwrap();
    assert!(warnings.contains("`claude_v3` has no public ids of tokens to show"), "{warnings}");
}

#[test]
fn a_cap_that_an_estimated_prompt_may_not_leave_room_for_is_named() {
    let turns: Vec<_> = (0..12_000)
        .map(|i| if i % 2 == 0 { "user" } else { "assistant" })
        .map(|role| json!({"role": role, "content": "a b c d e"}))
        .collect();
    let folder = Folder::new().with("turns.json", json!({"messages": turns}).to_string());
    let plan = |cap: u64| {
        let arguments = "plan turns.json -m claude-opus-4-5 --as-of 2026-11-25 --json";
        let answer =
            answer_of(folder.outlay(&format!("{arguments} --max-completion-tokens {cap}")));
        answer["results"][0].clone()
    };
    let result = plan(1_000);
    let low = result["room_range"]["low"].as_u64().unwrap();
    assert!(low < result["room_range"]["high"].as_u64().unwrap());
    assert!(low < result["room"].as_u64().unwrap());
    assert_eq!(plan(low.max(1))["room_range"]["cap_may_not_fit"], low == 0);
    assert_eq!(plan(low + 1)["room_range"]["cap_may_not_fit"], true);
    let result = plan(1_000);
    let cost =
        |key: &str| -> f64 { result["cost_usd_range"][key].as_str().unwrap().parse().unwrap() };
    assert!(cost("low") < cost("mean") && cost("mean") < cost("high"));
}
