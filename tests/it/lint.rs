//! `outlay lint`: every rule on a request that breaks it and on one that does not.

use std::fs;
use std::path::{Path, PathBuf};

use outlay::lint::RULES;
use serde_json::{Value, json};

use crate::support::{Folder, assert_run, assert_runs, json_of, outlay, output, stderr, stdout};

/// The folder of a rule's requests: `bad.*`, `good.*`, and the flags that they need.
fn folder(rule: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lint").join(rule)
}

fn flags(rule: &str, request: &str) -> String {
    let read = |name: &str| fs::read_to_string(folder(rule).join(name)).ok();
    let own = (request == "good").then(|| read("flags-good")).flatten();
    own.or_else(|| read("flags")).unwrap_or_default().trim().to_owned()
}

/// What the lint finds in the `bad` or the `good` request of a rule.
fn findings(rule: &str, request: &str) -> Vec<Value> {
    let files = fs::read_dir(folder(rule)).unwrap().map(|entry| entry.unwrap().path());
    let file = files.into_iter().find(|path| path.file_stem().unwrap() == request).unwrap();
    let file = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
    let arguments = format!("lint {} --isolated --json {}", file.display(), flags(rule, request));
    let run = outlay(&arguments).output().unwrap();
    assert!(run.status.code() < Some(2), "{arguments}: {}", stderr(&run));
    let report = json_of(&run);
    let requests = report["results"].as_array().unwrap();
    // A rule about what follows another request has lines of several.
    let lines = file.extension().is_some_and(|extension| extension == "jsonl");
    assert!(requests.len() == 1 || (lines && requests.len() > 1), "{arguments}");
    requests.iter().flat_map(|request| request["findings"].as_array().unwrap().clone()).collect()
}

#[test]
fn every_rule_speaks_of_the_request_that_breaks_it_and_of_no_other() {
    for rule in RULES {
        let has = |request| findings(rule.id, request).iter().any(|f| f["rule"] == rule.id);
        assert!(has("bad"), "{} is silent", rule.id);
        assert!(!has("good"), "{} speaks without a reason", rule.id);
    }
    let known = fs::read_dir(folder("")).unwrap().count();
    assert_eq!(known, RULES.len(), "a folder without a rule");
}

#[test]
fn every_finding_has_its_place_its_help_and_the_answer_of_the_api() {
    let told = RULES.iter().map(|rule| {
        let found = findings(rule.id, "bad").into_iter().filter(|f| f["rule"] == rule.id);
        let lines = found.map(|finding| {
            let api = match &finding["api"] {
                Value::Null => String::new(),
                api => format!(
                    "\n    {} {} {}{}",
                    api["status"],
                    api["code"],
                    api["message"].as_str().unwrap(),
                    if api["assumed"] == true { " (assumed)" } else { "" }
                ),
            };
            format!(
                "{} {}:{} {}\n    {}{api}\n",
                finding["level"].as_str().unwrap(),
                finding["line"],
                finding["column"],
                finding["message"].as_str().unwrap(),
                finding["help"].as_str().unwrap(),
            )
        });
        format!("{}\n  {}", rule.id, lines.collect::<Vec<_>>().join("  "))
    });
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
    });
}

const BETA: &str = r#"{
  "model": "o1-preview",
  "temperature": 0.7,
  "stream": true,
  "max_tokens": 1000,
  "messages": [
    {"role": "system", "content": "You are a careful analyst. Think step by step."},
    {"role": "user", "content": "How many primes are below 100?"}
  ]
}
"#;

#[test]
fn a_request_of_the_old_kind_is_shown_where_it_breaks() {
    let folder = Folder::new().with("old.json", BETA);
    assert_run!(folder.outlay("lint old.json"));
}

#[test]
fn the_date_decides() {
    let folder = Folder::new().with("old.json", BETA);
    let rules = |date: &str| {
        let report = json_of(
            &folder.outlay(&format!("lint old.json --json --as-of {date}")).output().unwrap(),
        );
        let findings = report["results"][0]["findings"].as_array().unwrap().clone();
        findings
            .into_iter()
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(rules("2024-11-17").contains(&"streaming-unsupported".to_owned()));
    assert!(!rules("2024-11-18").contains(&"streaming-unsupported".to_owned()));
    assert!(rules("2025-07-28").contains(&"model-shut-down".to_owned()));
}

#[test]
fn the_lists_and_the_explanations() {
    let list = json_of(&output(outlay("lint --list --json"), 0));
    assert_eq!(list["results"].as_array().unwrap().len(), RULES.len());
    assert_runs!([
        outlay("lint --list"),
        outlay("lint --explain cap-below-reserve"),
        outlay("lint --explain cap-below-reserv"),
    ]);
    for rule in RULES {
        output(outlay(&format!("lint --explain {}", rule.id)), 0);
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci/lint.md");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains(&format!("There are {} rules", RULES.len())));
}

#[test]
fn levels_come_from_the_configuration() {
    let configured = |level: &str| {
        Folder::new()
            .with(
                "a.json",
                r#"{"model": "o1-mini", "messages": [{"role": "user", "content": "hello"}]}"#,
            )
            .with("outlay.toml", format!("[lint.rules]\ncap-missing = \"{level}\"\n"))
    };
    for (level, code, n) in [("fail", 1, 1), ("warn", 0, 1), ("advice", 0, 1), ("off", 0, 0)] {
        let run = output(configured(level).outlay("lint a.json --json"), code);
        assert_eq!(json_of(&run)["results"][0]["findings"].as_array().unwrap().len(), n, "{level}");
    }
    output(configured("fail").outlay("lint a.json --exit-zero"), 0);
    output(configured("fail").outlay("lint a.json --isolated"), 0);
    let folder = configured("warn").with("outlay.toml", "[lint.rules]\ncap-mising = \"off\"\n");
    assert_run!(folder.outlay("lint a.json"));
}

#[test]
fn what_cannot_be_read_is_no_answer() {
    let folder =
        Folder::new().with("broken.json", "{\"model\": \"o1-mini\", \"messages\": [}").with(
            "unknown.json",
            r#"{"model": "o1-mni", "messages": [{"role": "user", "content": "hello"}]}"#,
        );
    let folder = folder
        .with("settings.json", "{\"a\": 1}")
        .with(
            "role.json",
            r#"{"model": "o1-mini", "messages": [{"role": "me", "content": "hello"}]}"#,
        )
        .with(
            "stored.json",
            r#"{"model": "o1-preview", "input": "hello", "previous_response_id": "resp_1"}"#,
        )
        .with("all/settings.json", "{\"a\": 1}")
        .with("all/empty.md", "")
        .with("all/a.md", "hello");
    assert_runs!([
        folder.outlay("lint settings.json"),
        folder.outlay("lint role.json"),
        folder.outlay("lint stored.json"),
        folder.outlay("lint all"),
        folder.outlay("lint all -m o1-mni"),
        folder.outlay("lint broken.json --exit-zero"),
        folder.outlay("lint unknown.json --exit-zero"),
        folder.outlay("lint missing.json"),
    ]);
}

proptest::proptest! {
    /// Whatever the text, the view of its keys ends in an answer.
    #[test]
    fn no_text_stops_the_reader_of_keys(text in "[\\[\\]{}\",:a0 \\\\ün\n-]{0,60}") {
        let hint = outlay::request::FileHint::Name("x.jsonl");
        let entries = outlay::request::read(&text, hint, None).map(|document| document.entries);
        for body in entries.into_iter().flatten().filter_map(|entry| entry.body) {
            for key in ["a", "", "\u{fc}"] {
                if let Some(value) = body.json.get(key) {
                    let _ = (value.position(), value.items().len(), value.number(), value.string());
                    proptest::prop_assert!(text.get(value.span()).is_some());
                    proptest::prop_assert!(text.get(value.value_span()).is_some());
                }
            }
        }
        proptest::prop_assert!(outlay::request::slots(&text).all(|slot| text.get(slot.span).is_some()));
    }

    #[test]
    fn a_line_is_always_blamed_when_texts_differ(then in "[ab\n]{0,20}", now in "[ab\n]{0,20}") {
        let line = outlay::budget::changed_line(&then, &now);
        proptest::prop_assert_eq!(line.is_some(), then != now);
        let last = now.lines().count().max(1);
        proptest::prop_assert!(line.is_none_or(|line| (1..=last).contains(&line)), "{:?}", line);
    }
}

#[test]
fn several_models_and_lines_are_linted_each() {
    let lines = "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"max_completion_tokens\": 40000}\n".repeat(2);
    let folder = Folder::new().with("a.jsonl", lines);
    let run = output(folder.outlay("lint a.jsonl -m o1-mini -m o1-preview --json"), 1);
    let results = json_of(&run)["results"].clone();
    let told: Vec<_> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|r| json!([r["input"], r["model"], r["verdict"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["a.jsonl:1", "o1-mini", "pass"]),
            json!(["a.jsonl:1", "o1-preview", "fail"]),
            json!(["a.jsonl:2", "o1-mini", "pass"]),
            json!(["a.jsonl:2", "o1-preview", "fail"]),
        ]
    );
    assert_eq!(results[3]["findings"][0]["line"], 2);
    assert!(stdout(&run).contains("cap-above-output-cap"));
}
