//! Names of strangers in every format: tables and messages have no control characters and no commands, JSON parses,
//! CSV has as many cells in every row, XML and HTML have only their own elements.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outlay::cli::{RunInput, call};

fn log(model: &str, task: &str) -> Vec<u8> {
    let call = |model: &str, task: &str, n: u32| {
        serde_json::json!({"id": format!("call-{n:08}"), "model": model, "metadata": {"task": task},
            "prompt_tokens": 100, "completion_tokens": 10 + n})
    };
    format!(
        "{}\n{}\n{}\n",
        call("gpt-5", "plain", 1),
        call(model, "plain", 2),
        call("gpt-5", task, 3)
    )
    .into_bytes()
}

fn audit(model: &str, task: &str, format: &str) -> (u8, String, String) {
    let given = RunInput { input: log(model, task), ..RunInput::default() };
    let run = [
        "outlay",
        "audit",
        "-",
        "--by",
        "model,task",
        "--isolated",
        "--as-of",
        "2026-11-20",
        "--format",
        format,
    ];
    let ran = call(run, given);
    assert!(ran.failure.is_none(), "{:?}", ran.failure);
    (ran.code, String::from_utf8(ran.output).expect("text"), ran.messages)
}

/// The text without the colours that are the program's own: `ESC [ 1;31 m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(part.len());
        match part[end..].strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => plain.push_str(&format!("{}{part}", "\u{1b}[")),
        }
    }
    plain
}

fn is_plain(text: &str) {
    let text = &without_colours(text);
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    assert!(!text.contains(['\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}']), "{text:?}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
}

fuzz_target!(|input: (&str, &str)| {
    let (model, task) = input;
    let (code, table, messages) = audit(model, task, "table");
    is_plain(&table);
    is_plain(&messages);
    let (same, json, _) = audit(model, task, "json");
    assert_eq!(code, same);
    serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
    for format in ["csv", "focus"] {
        let (same, text, _) = audit(model, task, format);
        assert_eq!(code, same);
        let mut widths = None;
        for row in csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes()).records() {
            let row = row.expect("CSV");
            assert_eq!(*widths.get_or_insert(row.len()), row.len());
            for cell in &row {
                let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!is_formula || cell.parse::<f64>().is_ok(), "{cell:?}");
            }
        }
    }
    let (_, plain, _) = audit("a-model", "a-task", "html");
    let (_, page, _) = audit(model, task, "html");
    for mark in ["<script", "<img", "<svg onload", "<iframe", "</script"] {
        assert_eq!(page.matches(mark).count(), plain.matches(mark).count(), "{mark}");
    }
    let _ = audit(model, task, "markdown");
    let _ = audit(model, task, "slack");
});
