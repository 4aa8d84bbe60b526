//! The formats that CI reads: annotations, SARIF, JUnit, code quality, comments.

use std::fs;
use std::path::Path;

use quick_junit::Report;
use serde_json::Value;

use crate::support::{Folder, assert_run, assert_runs, json_of, outlay, output, stderr, stdout};

/// Budgets that are met, tolerated, exceeded and unmeasurable, on a path that needs escaping.
fn mixed() -> Folder {
    Folder::new()
        .with("a, b/50% off: x.md", "one two three\n<b>& \"four\" 'five'\n")
        .with("plain.md", "one two three")
        .with("broken.json", "{\"messages\": [")
        .with(
            "outlay.toml",
            "[call]\nmodel = \"o1-mini\"\n[budget]\nmax_prompt_tokens = 12\nmin_room = { limit = 66000, tolerance = \"1%\" }\n\
             [[prompt]]\npaths = [\"a, b/50% off: x.md\", \"plain.md\", \"broken.json\"]\n",
        )
}

fn in_format(folder: &Folder, verb: &str, format: &str) -> String {
    let run = folder.outlay(&format!("{verb} --format {format}")).output().unwrap();
    assert!(run.status.code() < Some(3));
    stdout(&run).to_owned()
}

#[test]
fn sarif_is_valid_under_the_official_schema() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schemas/sarif-2.1.0-rtm.5.json");
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    // One pattern of the published schema has a stray bracket, of a property that we do not write.
    for definition in ["run", "toolComponent"] {
        let language = format!("/definitions/{definition}/properties/language/pattern");
        *schema.pointer_mut(&language).unwrap() = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let lint = "lint tests/fixtures/lint --isolated --format sarif --as-of 2025-06-01";
    let lint = stdout(&outlay(lint).output().unwrap()).to_owned();
    for text in [in_format(&mixed(), "check", "sarif"), lint] {
        let log: Value = serde_json::from_str(&text).unwrap();
        if let Err(error) = validator.validate(&log) {
            panic!("{error} at {}", error.instance_path());
        }
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        assert!(!results.is_empty());
        let mut prints: Vec<_> = results
            .iter()
            .map(|r| r["partialFingerprints"]["outlay/v1"].as_str().unwrap())
            .collect();
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert!(
                region["startLine"].as_u64() > Some(0) && region["startColumn"].as_u64() > Some(0)
            );
        }
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), results.len());
    }
}

#[test]
fn sarif_names_files_as_uris_and_tells_what_has_no_answer() {
    let log: Value = serde_json::from_str(&in_format(&mixed(), "check", "sarif")).unwrap();
    let run = &log["runs"][0];
    let uri = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%2C%20b/50%25%20off%3A%20x.md");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(
        notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "broken.json"
    );
}

#[test]
fn junit_is_read_by_a_parser_of_junit_files() {
    let text = in_format(&mixed(), "check", "junit");
    let report = Report::deserialize_from_str(&text).unwrap();
    let suite = &report.test_suites[0];
    assert_eq!((suite.tests, suite.failures, suite.errors), (5, 1, 1));
    let failed: Vec<_> = suite
        .test_cases
        .iter()
        .filter(|case| format!("{:?}", case.status).contains("Failure"))
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].name.as_str(), "max_prompt_tokens");
    assert!(failed[0].classname.as_ref().unwrap().as_str().contains("50% off: x.md"));
    let lint = stdout(
        &outlay("lint tests/fixtures/lint/many-examples --isolated --format junit")
            .output()
            .unwrap(),
    )
    .to_owned();
    assert_eq!(Report::deserialize_from_str(&lint).unwrap().test_suites[0].tests, 2);
}

#[test]
fn what_xml_does_not_allow_is_left_out() {
    let folder = Folder::new()
        .with("a\u{1}&b.md", "one two three")
        .with("outlay.toml", "[budget]\nmax_prompt_tokens = 1\n[[prompt]]\npaths = [\"*.md\"]\n");
    let text = in_format(&folder, "check", "junit");
    assert!(text.contains("a&amp;b.md") && !text.contains('\u{1}'), "{text}");
    Report::deserialize_from_str(&text).unwrap();
}

#[test]
fn gitlab_has_the_documented_fields() {
    let issues: Value = serde_json::from_str(&in_format(&mixed(), "check", "gitlab")).unwrap();
    let issues = issues.as_array().unwrap();
    assert_eq!(issues.len(), 4);
    let mut prints = Vec::new();
    for issue in issues {
        let keys: Vec<_> = issue.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["description", "check_name", "fingerprint", "severity", "location"]);
        assert!(
            ["info", "minor", "major", "critical", "blocker"]
                .contains(&issue["severity"].as_str().unwrap())
        );
        assert!(issue["location"]["lines"]["begin"].as_u64() > Some(0));
        let path = issue["location"]["path"].as_str().unwrap();
        assert!(!path.starts_with("./") && !path.starts_with('/'), "{path}");
        let name = issue["check_name"].as_str().unwrap();
        assert!(issue["description"].as_str().unwrap().starts_with(name));
        prints.push(issue["fingerprint"].as_str().unwrap());
    }
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), issues.len());
}

#[test]
fn a_fingerprint_does_not_move_with_the_line() {
    let config = "[budget]\nmax_prompt_tokens = 1\n[[prompt]]\npaths = [\"a.md\"]\n";
    let print = |text: &str, config: &str| {
        let folder = Folder::new().with("a.md", text).with("outlay.toml", config);
        let issues: Value = serde_json::from_str(&in_format(&folder, "check", "gitlab")).unwrap();
        (issues[0]["fingerprint"].clone(), issues[0]["location"]["lines"]["begin"].clone())
    };
    let (first, second) =
        (print("long line\n", config), print("a\n\nlonger line\n", &format!("\n\n{config}")));
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
}

#[test]
fn github_annotations_are_escaped_and_limited() {
    let folder = mixed();
    let text = in_format(&folder, "check", "github");
    let error = text.lines().find(|line| line.contains("max_prompt_tokens")).unwrap();
    assert!(error.starts_with("::error title=outlay%3A max_prompt_tokens,file=a%2C b/50%25 off%3A x.md,line=2,endLine=2,col=1,endColumn="), "{error}");
    assert!(error.contains("%0Acut "), "{error}");
    assert_eq!(text.lines().filter(|line| line.starts_with("::warning ")).count(), 2);
    let many = (0..30).fold(Folder::new(), |folder, i| {
        folder.with(&format!("p/{i}.md"), "one two three".repeat(i + 1))
    });
    let many = many.with("outlay.toml", "[budget]\nmax_prompt_tokens = 1\nmin_room = { limit = 66000, level = \"warn\" }\n[[prompt]]\npaths = [\"p\"]\n");
    let text = in_format(&many, "check", "github");
    for kind in ["::error ", "::warning "] {
        let lines: Vec<_> = text.lines().filter(|line| line.starts_with(kind)).collect();
        assert_eq!(lines.len(), 10, "{kind}");
        assert!(lines[9].contains("and 21 more"), "{}", lines[9]);
    }
    // The worst comes first.
    assert!(text.lines().next().unwrap().contains("p/29.md"), "{text}");
}

#[test]
fn a_comment_on_a_pull_request() {
    let folder = mixed();
    assert_run!(folder.outlay("check --format markdown"));
    assert_run!(outlay("lint tests/fixtures/lint/n-fixed/bad.json --isolated --format markdown"));
}

#[test]
fn a_comment_is_never_too_long() {
    let many = (0..700).fold(Folder::new(), |folder, i| {
        folder.with(&format!("prompts/a-rather-long-folder-name/{i}.md"), "one two three")
    });
    let many = many.with(
        "outlay.toml",
        "[budget]\nmax_prompt_tokens = 1\n[[prompt]]\npaths = [\"prompts\"]\n",
    );
    let text = in_format(&many, "check", "markdown");
    assert!(text.chars().count() <= 65_536, "{}", text.chars().count());
    assert!(text.starts_with("[//]: <> (outlay-check)\n"));
    assert!(text.contains("700 of 700 budgets") && text.contains("more</sub>"));
}

#[test]
fn a_summary_is_added_to_what_earlier_steps_wrote() {
    let folder = mixed().with("summary.md", "# Tests\n\nAll well.\n\n");
    let run = "check --export summary=summary.md --export sarif=o.sarif --export junit=o.xml --export gitlab=o.json --export github=- -o /dev/null";
    let first = output(folder.outlay(run), 2);
    assert!(stdout(&first).starts_with("::error "));
    let once = folder.read("summary.md");
    assert!(once.starts_with("# Tests\n\nAll well.\n\n### Prompt budgets"), "{once}");
    assert!(!once.contains("[//]:"));
    output(folder.outlay(run), 2);
    assert_eq!(folder.read("summary.md").matches("### Prompt budgets").count(), 2);
    for file in ["o.sarif", "o.xml", "o.json"] {
        assert!(!folder.read(file).is_empty(), "{file}");
    }
}

#[test]
fn every_answer_of_a_gate_keeps_its_published_schema() {
    let folder = mixed().with("then.json", "");
    let broken = folder.read("outlay.toml").replace(", \"broken.json\"", "");
    let folder = folder.with("outlay.toml", broken);
    output(folder.outlay("check --update-baseline"), 0);
    for (schema, arguments) in [
        ("check", "check"),
        ("check", "check --baseline outlay.baseline.json"),
        ("check-config", "check --show-config"),
        ("diff", "diff outlay.baseline.json ."),
        ("lint", "lint plain.md"),
        ("lint-list", "lint --list"),
        ("lint-explain", "lint --explain n-fixed"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{schema}.json"));
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let answer = json_of(&folder.outlay(&format!("{arguments} --json")).output().unwrap());
        if let Err(error) = jsonschema::validate(&schema, &answer) {
            panic!("{arguments}: {error} at {}", error.instance_path());
        }
    }
    let lint = json_of(&outlay("lint tests/fixtures/lint --isolated --json").output().unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/lint.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(jsonschema::is_valid(&schema, &lint));
}

#[test]
fn other_verbs_have_no_such_form() {
    assert_runs!(
        ["github", "sarif"]
            .map(|format| outlay(&format!("count tests/prompts/refactor.md --format {format}")))
    );
    let run = output(outlay("plan --input-tokens 1k --export junit=/dev/null"), 2);
    assert!(stderr(&run).contains("forms of check and lint"));
    // Markdown and its summary are forms of every verb.
    output(outlay("count tests/prompts/refactor.md --format summary"), 0);
}
