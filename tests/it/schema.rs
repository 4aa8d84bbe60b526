//! Every JSON answer keeps the published contract.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Folder, json_of, outlay};

#[test]
fn answers_are_valid_under_their_published_schema() {
    for (schema, arguments) in [
        ("count", "count tests/prompts"),
        ("count", "count tests/prompts/missing.md"),
        ("estimate", "estimate tests/prompts --calls 20k/month --cached 50%"),
        ("estimate", "estimate --input-tokens 400 --completion-tokens 600"),
        ("plan", "plan tests/prompts --rpm 20 --tpm 30k --quota 50/week --calls 100"),
        ("plan", "plan --input-tokens 128k"),
        ("plan", "plan --input-tokens 100k --max-completion-tokens 60k -m o1-mini -m gpt-4o"),
        ("simulate", "simulate --turns 3 --runs 100"),
        ("simulate", "simulate --turns 3 --reasoning 100 --visible 20 -m o1-mini -m o1-preview"),
        ("compare", "compare tests/prompts --as-of 2024-10-20"),
        ("compare", "compare --turns 3 --runs 100"),
        ("audit", "audit tests/logs --skip-unpriced --forecast o1-mini --by model,day,task"),
        ("audit", "audit tests/logs/missing.jsonl"),
        ("calibrate", "calibrate tests/examples/usage.csv"),
        ("calibrate", "calibrate tests/logs/missing.jsonl"),
        ("models-list", "models"),
        (
            "models-diff",
            "models diff catalog tests/fixtures/feeds/models-dev.json --as-of 2026-11-22",
        ),
        (
            "models-import",
            "models import tests/fixtures/feeds/litellm.json -o /dev/null --as-of 2026-11-22",
        ),
        (
            "models-verify",
            "models verify tests/fixtures/feeds/litellm.json tests/fixtures/feeds/models-dev.json --as-of 2026-11-25",
        ),
        ("models-check", "models check --as-of 2026-11-21"),
        ("models-check", "models check --as-of 2027-03-01 --strict --shut-down"),
        ("count", "count tests/prompts -m qwen3.8-max --as-of 2026-11-22"),
        ("models-show", "models show qwen3.8-max --as-of 2026-11-22"),
        ("models-show", "models show o1-mini gpt-5.5 gpt-4o --as-of 2026-11-21"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{schema}.json"));
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let answer = json_of(&outlay(&format!("{arguments} --json")).output().unwrap());
        if let Err(error) = jsonschema::validate(&schema, &answer) {
            panic!("{arguments}: {error} at {}", error.instance_path());
        }
    }
}

#[test]
fn the_template_is_a_sound_scenario_and_is_never_written_over() {
    let folder = Folder::new();
    assert!(folder.outlay("init --scenario").status().unwrap().success());
    let written = folder.read("scenario.toml");
    assert!(written.contains("turns = 12"));
    assert!(folder.outlay("simulate scenario.toml --runs 50").output().unwrap().status.success());
    // What is commented out is sound as well; declared amounts and a profile exclude each other, and the
    // model takes no images.
    let uncommented = written.lines().map(|line| match line.strip_prefix("# ") {
        Some(key)
            if key.contains(" = ") && !key.starts_with("profile") && !key.starts_with("image") =>
        {
            key
        }
        _ => line,
    });
    let all = uncommented.collect::<Vec<_>>().join("\n");
    assert!(all.lines().any(|line| line.starts_with("reasoning = ")), "{all}");
    let whole = folder.with("all.toml", all);
    let run = whole.outlay("simulate all.toml --runs 50").output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let again = whole.outlay("init --scenario").output().unwrap();
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(whole.read("scenario.toml"), written);
}

#[test]
fn single_records_are_valid_under_their_published_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/audit-each.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let run = outlay("audit tests/logs --each").output().unwrap();
    let lines = std::str::from_utf8(&run.stdout).unwrap().lines();
    let records: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(records.len() > 30);
    for record in records {
        if let Err(error) = jsonschema::validate(&schema, &record) {
            panic!("{record}: {error} at {}", error.instance_path());
        }
    }
}
