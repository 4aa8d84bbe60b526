//! Pages for a browser: sound, self-contained, and free of anything that a user could have smuggled in.

use std::process::Command;

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
    for markup in ["<script", "<b ", "onload=x>"] {
        assert!(!page.contains(markup), "{markup}: {page}");
    }
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
    assert!(page.len() < 300_000, "{}", page.len());
    assert!(page.contains("more rows are left out here"), "{}", &page[..2_000]);
    assert!(page.contains("total of 6000") || page.contains("total of 6,000"));
}
