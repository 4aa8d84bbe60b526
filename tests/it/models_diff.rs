//! `outlay models diff`: two sources of prices side by side.

use serde_json::Value;

use crate::support::{Folder, assert_run, json, outlay, output};

const DAY: &str = "--as-of 2026-11-22";

fn diff(sides: &str) -> Value {
    json(outlay(&format!("models diff {sides} {DAY} --json")))
}

/// The result about a model and a matter.
fn about(report: &Value, model: &str, tier: Option<&str>, matter: &str) -> Value {
    let results = report["results"].as_array().unwrap();
    let found = results.iter().find(|result| {
        result["model"] == model && result["tier"].as_str() == tier && result["about"] == matter
    });
    found.unwrap_or_else(|| panic!("{model} {matter}: {report:#}")).clone()
}

#[test]
fn nothing_disagrees_with_itself() {
    let report = diff("catalog catalog");
    assert_eq!(report["results"], Value::Array(Vec::new()));
    assert_eq!(report["total"]["pairs"], report["total"]["agreeing"]);
    assert_eq!(report["total"]["one_sided"], Value::Array(Vec::new()));
    output(outlay(&format!("models diff catalog catalog --strict {DAY}")), 0);
}

#[test]
fn the_money_of_a_wrong_rate_is_told() {
    let report = diff("catalog tests/fixtures/feeds/models-dev.json");
    let cached = about(&report, "gpt-5-nano", Some("standard"), "cached input");
    assert_eq!((&cached["a"], &cached["b"]), (&"0.005".into(), &"0.01".into()));
    // 100,000 calls with 5,000 cached tokens each, $0.005 per million apart.
    assert_eq!(cached["moved_usd"], "2.5");
    let declared = "--input-tokens 2k --cached 100% --completion-tokens 10 --calls 1m";
    let report = diff(&format!("catalog tests/fixtures/feeds/models-dev.json {declared}"));
    let cached = about(&report, "gpt-5-nano", Some("standard"), "cached input");
    assert_eq!(cached["moved_usd"], "10");
    assert_eq!(report["total"]["workload"]["calls"], 1_000_000);
}

#[test]
fn the_other_direction_moves_the_other_way() {
    let feed = "tests/fixtures/feeds/litellm.json";
    let there = about(&diff(&format!("catalog {feed}")), "gpt-4.1", Some("standard"), "input");
    let back = about(&diff(&format!("{feed} catalog")), "gpt-4.1", Some("standard"), "input");
    assert_eq!(there["moved_usd"], "500");
    assert_eq!(back["moved_usd"], "-500");
    assert_eq!((&there["a"], &there["b"]), (&back["b"], &back["a"]));
    assert_eq!((&there["line_b"], &back["line_a"]), (&17.into(), &17.into()));
}

#[test]
fn the_money_of_a_cliff_moves_only_beyond_it() {
    let feed = "catalog tests/fixtures/feeds/genai-prices.json";
    let cliff = |report: &Value| {
        let found = about(report, "gpt-5.4", Some("standard"), "cached input");
        assert_eq!(found["over"], 272_000);
        found["moved_usd"].clone()
    };
    assert_eq!(cliff(&diff(feed)), "0");
    assert_eq!(cliff(&diff(&format!("{feed} --input-tokens 300k --calls 1"))), "-0.0375");
}

#[test]
fn the_list_in_force_on_the_day_is_compared() {
    let feed = "models diff catalog tests/fixtures/feeds/genai-prices.json --json";
    let early = json(outlay(&format!("{feed} --as-of 2025-05-01")));
    assert_eq!(about(&early, "o3", Some("standard"), "cached input")["a"], "2.5");
    let late = json(outlay(&format!("{feed} --as-of 2025-07-01")));
    let results = late["results"].as_array().unwrap();
    assert!(results.iter().all(|result| result["model"] != "o3"), "{late:#}");
    let batch = json(outlay(&format!("{feed} {DAY}")));
    assert_eq!(about(&batch, "o3", Some("batch"), "input")["b"], "1.5");
}

#[test]
fn a_resold_model_is_compared_with_that_of_its_maker() {
    let report = diff("catalog tests/fixtures/feeds/openrouter.json");
    assert_eq!(report["total"]["pairs"], 1);
    assert_eq!(report["total"]["agreeing"], 1);
    let langfuse = diff("catalog tests/fixtures/feeds/langfuse.json");
    assert_eq!(langfuse["total"]["pairs"], 3);
    assert_eq!(about(&langfuse, "gpt-5.4", Some("standard"), "input")["b"], "3");
}

#[test]
fn another_seller_is_another_model() {
    let report = diff("catalog tests/fixtures/feeds/litellm.json");
    let only = report["total"]["only_b"].as_array().unwrap();
    assert!(only.contains(&"github_copilot/gpt-4.1".into()), "{only:?}");
    assert_eq!(about(&report, "azure/gpt-4.1", Some("standard"), "input")["b"], "2.2");
    assert_eq!(about(&report, "gpt-4.1", Some("standard"), "input")["b"], "3");
    let unusable = report["total"]["b"]["unusable"].as_array().unwrap();
    assert!(unusable.iter().any(|row| row.as_str().unwrap().contains("written-per-million")));
}

#[test]
fn a_catalogue_file_is_a_side_of_its_own() {
    let report = diff("catalog tests/fixtures/catalog/negotiated.toml");
    assert_eq!(report["total"]["pairs"], report["total"]["b"]["models"]);
    assert_ne!(report["results"], Value::Array(Vec::new()));
}

#[test]
fn what_an_import_writes_agrees_with_its_feed() {
    let folder = Folder::new();
    for feed in ["litellm", "models-dev", "genai-prices", "langfuse", "openrouter"] {
        let path = format!("{}/tests/fixtures/feeds/{feed}.json", env!("CARGO_MANIFEST_DIR"));
        output(folder.outlay(&format!("models import {path} -o {feed}.toml {DAY} -q")), 0);
        let sides = format!("models diff {feed}.toml {path} --json {DAY}");
        let report = json(folder.outlay(&sides));
        let prices: Vec<_> = report["results"].as_array().unwrap().iter().collect();
        let wrong: Vec<_> = prices
            .iter()
            // The fixture's own contradiction between a model and its snapshot.
            .filter(|result| !result["tier"].is_null() && result["other"] != "gpt-4.1-2025-04-14")
            .collect();
        assert!(wrong.is_empty(), "{feed}: {wrong:#?}");
        assert_ne!(report["total"]["pairs"], 0, "{feed}");
    }
}

#[test]
fn disagreement_fails_only_on_request() {
    let sides = format!("models diff catalog tests/fixtures/feeds/models-dev.json {DAY}");
    output(outlay(&sides), 0);
    output(outlay(&format!("{sides} --strict")), 1);
    output(outlay(&format!("{sides} --input-tokens 10 --cached 20")), 2);
    output(outlay("models diff catalog tests/fixtures/missing.json"), 2);
    output(outlay("models diff catalog tests/fixtures/prompt.txt"), 2);
}

#[test]
fn most_money_comes_first() {
    let report = diff("catalog tests/fixtures/feeds/litellm.json");
    let results = report["results"].as_array().unwrap();
    let moved: Vec<f64> = results
        .iter()
        .filter_map(|result| result["moved_usd"].as_str()?.parse::<f64>().ok())
        .map(f64::abs)
        .collect();
    assert!(moved.len() > 2 && moved.windows(2).all(|pair| pair[0] >= pair[1]), "{moved:?}");
}

/// Two sources that no change of the catalogue touches.
const FEEDS: &str = "tests/fixtures/feeds/models-dev.json tests/fixtures/feeds/genai-prices.json";

#[test]
fn as_table() {
    assert_run!(outlay(&format!("models diff {FEEDS} {DAY} -v")));
}

#[test]
fn as_csv() {
    assert_run!(outlay(&format!("models diff {FEEDS} {DAY} --format csv")));
}

#[test]
fn as_markdown() {
    assert_run!(outlay(&format!("models diff {FEEDS} {DAY} --format markdown")));
}

#[test]
fn as_json() {
    assert_run!(outlay(&format!("models diff {FEEDS} {DAY} --json")));
}
