//! Pages for a browser: sound, self-contained, and free of anything that a user could have smuggled in.

use std::process::Command;

use crate::dom::Element;
use crate::support::{Folder, json, outlay, output, stdout};

/// One run of every verb, with what its page must say.
const RUNS: [(&str, &str); 13] = [
    ("count tests/prompts", "Prompt tokens"),
    ("estimate --input-tokens 400 --completion-tokens 600 --calls 20k/month", "What it costs"),
    ("estimate tests/prompts", "What it costs"),
    ("plan --input-tokens 100k --max-completion-tokens 4096", "which cap to send"),
    ("plan --input-tokens 128k", "which cap to send"),
    ("plan tests/prompts -m o1-mini -m o1-preview", "which cap to send"),
    ("simulate --turns 12 --user 50..400 --runs 200", "turn by turn"),
    ("compare --input-tokens 1000 --calls 20k/month", "side by side"),
    ("audit tests/logs --skip-unpriced --forecast o1-mini --by model,day", "What was spent"),
    ("calibrate tests/examples/usage.csv", "How long completions are"),
    ("models", "The models of the catalogue"),
    ("models show o1-mini gpt-5.5 gpt-4o --as-of 2026-11-21", "from the catalogue"),
    ("lint tests/fixtures/requests/messages.json", "against the rules"),
];

/// The page of a run, whatever its exit code.
fn page_of(mut command: Command) -> String {
    let run = command.args(["--format", "html"]).output().unwrap();
    String::from_utf8(run.stdout).unwrap()
}

fn page(arguments: &str) -> String {
    page_of(outlay(arguments))
}

#[test]
fn every_verb_has_a_page() {
    for (arguments, heading) in RUNS {
        let page = page(arguments);
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">\n"), "{arguments}");
        assert!(page.contains(heading), "{arguments}");
        assert!(page.ends_with("</html>\n"), "{arguments}");
    }
}

#[test]
fn a_page_asks_for_nothing() {
    for (arguments, _) in RUNS {
        let page = page(arguments);
        for request in
            ["src=", "url(", "@import", "href=\"h", "<link", "<iframe", "<img", "http://"]
        {
            assert!(!page.contains(request), "{arguments}: {request}");
        }
        assert!(
            page.contains("default-src &#x27;none&#x27;") || page.contains("default-src 'none'")
        );
    }
}

#[test]
fn the_same_input_gives_the_same_page() {
    for (arguments, _) in RUNS {
        assert_eq!(page(arguments), page(arguments), "{arguments}");
    }
}

#[test]
fn what_a_user_feeds_is_text_and_never_markup() {
    let evil = "<script>alert(1)</script>";
    let name = "a'\"&<b onload=x>.md";
    let folder = Folder::new().with(name, "Hello");
    let mut command = folder.outlay("plan --format html --input-tokens 100 -m o1-mini");
    command.args(["--profile", evil]);
    assert!(!stdout(&output(command, 2)).contains("<script"));
    let mut command = folder.outlay("estimate --completion-tokens 600");
    command.args([name, evil]);
    let page = page_of(command);
    assert!(page.contains("&lt;b onload=x&gt;.md"), "{page}");
    for markup in ["<script>alert", "<b "] {
        assert!(!page.contains(markup), "{markup}: {page}");
    }
    // The form brings two elements of its own, its data and its script; its data are no markup.
    assert_eq!(page.matches("<script").count(), 2, "{page}");
}

#[test]
fn a_page_is_written_to_a_file_and_as_an_export() {
    let folder = Folder::new();
    let call = "estimate --input-tokens 400 --completion-tokens 600";
    let run = output(folder.outlay(&format!("{call} --format html -o page.html")), 0);
    assert_eq!(stdout(&run), "");
    let written = folder.read("page.html");
    let report = json(folder.outlay(&format!("{call} --json --export html=again.html")));
    assert_eq!(report["command"], "estimate");
    assert_eq!(folder.read("again.html"), written);
}

#[test]
fn a_page_stays_small_however_much_there_is_to_tell() {
    let line =
        |i| format!(r#"{{"model":"o1-mini","messages":[{{"role":"user","content":"{i}"}}]}}"#);
    let lines: Vec<String> = (0..6_000).map(line).collect();
    let folder = Folder::new().with("many.jsonl", lines.join("\n"));
    let page = page_of(folder.outlay("estimate many.jsonl --completion-tokens 600"));
    assert!(page.len() < 500_000, "{}", page.len());
    assert!(page.contains("more rows are left out here"), "{}", &page[..2_000]);
    assert!(page.contains("total of 6,000"));
}

/// What a page consists of, without its figures: headings, captions, legends and the words in pictures.
fn outline(page: &Element) -> String {
    let mut lines = Vec::new();
    for element in page.named("body")[0].all() {
        let class = element.get("class");
        match element.name.as_str() {
            "h1" | "h2" | "h3" => lines.push(format!("{} {}", element.name, element.text())),
            "p" if class.starts_with("said") => {
                lines.push(format!("  {class}: {}", element.text()));
            }
            "caption" => lines.push(format!("  table: {}", element.text())),
            "ul" if class == "legend" => lines.push(format!("  legend: {}", element.text())),
            "svg" if !class.is_empty() => {
                let words: Vec<String> = element.named("text").iter().map(|t| t.text()).collect();
                lines.push(format!("  {class} {}: {}", element.get("viewbox"), words.join(" · ")));
            }
            _ => {}
        }
    }
    lines.join("\n")
}

#[test]
fn pages_are_built_as_they_are_meant_to_be() {
    for (name, arguments) in [
        ("plan", "plan --input-tokens 100k --max-completion-tokens 4096"),
        ("plans", "plan tests/prompts -m o1-mini -m o1-preview"),
        ("simulate", "simulate --turns 12 --user 50..400 --base 20k --runs 200"),
        ("compare", "compare --input-tokens 1000 --calls 20k/month"),
        ("estimate", "estimate --input-tokens 400 --completion-tokens 600 --calls 20k/month"),
        ("audit", "audit tests/logs --skip-unpriced --by model,day"),
        ("calibrate", "calibrate tests/examples/usage.csv"),
        ("check", "check --config tests/fixtures/budgets/outlay.toml"),
        ("show", "models show o1-mini --as-of 2025-02-03"),
    ] {
        insta::with_settings!({ snapshot_suffix => name }, {
            insta::assert_snapshot!(outline(&Element::parse(&page(arguments))));
        });
    }
}

#[test]
fn pages_are_sound_and_can_be_read_aloud() {
    for (arguments, _) in RUNS {
        let page = Element::parse(&page(arguments));
        assert_eq!(page.get("lang"), "en");
        assert!(!page.named("title")[0].text().is_empty());
        assert_eq!([page.named("main").len(), page.named("h1").len()], [1, 1], "{arguments}");
        let all = page.all();
        let ids: Vec<&str> = all.iter().map(|e| e.get("id")).filter(|id| !id.is_empty()).collect();
        let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{arguments}: an id is there twice");
        let mut level = 1;
        for element in &all {
            if let Some(next) = element.name.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()) {
                assert!(next <= level + 1, "{arguments}: a heading is left out");
                level = next;
            }
            for id in element.get("aria-labelledby").split_whitespace() {
                assert!(ids.contains(&id), "{arguments}: nothing has the id {id}");
            }
            let has = |name: &str| !element.named(name).is_empty();
            match element.name.as_str() {
                "table" => assert!(has("caption") && has("th"), "{arguments}"),
                "figure" => assert!(
                    (has("h2") || has("h3")) && has("details") && has("table"),
                    "{arguments}"
                ),
                "svg" if element.get("role") == "img" => assert!(has("title") && has("desc")),
                "svg" => assert_eq!(element.get("aria-hidden"), "true", "{arguments}"),
                "th" => assert!(!element.text().is_empty(), "{arguments}: a heading is empty"),
                _ => {}
            }
        }
    }
}

#[test]
fn only_digests_let_a_script_run() {
    for (arguments, _) in RUNS {
        let page = Element::parse(&page(arguments));
        let policies = page.named("meta");
        let policy = policies.iter().find(|m| m.get("http-equiv") == "Content-Security-Policy");
        let policy = policy.unwrap().get("content");
        assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; script-src "));
        assert!(policy.ends_with("; base-uri 'none'; form-action 'none'"), "{policy}");
        for element in page.all() {
            let inline = element.attributes.keys().any(|key| key.starts_with("on"));
            assert!(!inline && element.get("style").is_empty(), "{arguments}");
        }
    }
}

#[test]
fn a_page_of_many_inputs_or_remarks_stays_small() {
    let line =
        r#"{"model":"o1-mini","temperature":0.5,"messages":[{"role":"system","content":"x"}]}"#;
    let folder = Folder::new().with("many.jsonl", vec![line; 1_200].join("\n"));
    for (arguments, is_cut) in [
        ("compare many.jsonl -m gpt-4o -m gpt-4 --completion-tokens 600", false),
        ("count many.jsonl --show-tokens", true),
        ("plan missing.md many.jsonl", false),
        ("lint many.jsonl", false),
    ] {
        let page = page_of(folder.outlay(arguments));
        assert!(page.len() < 500_000, "{arguments}: {}", page.len());
        assert_eq!(page.contains("left out here"), is_cut, "{arguments}");
        Element::parse(&page);
    }
}

#[test]
fn a_thousand_turns_stay_a_small_page() {
    let page = page("simulate --turns 1000 --runs 20 --history drop-oldest");
    assert!(page.len() < 500_000, "{}", page.len());
    assert_eq!(Element::parse(&page).named("figure").len(), 3);
}
