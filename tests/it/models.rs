//! `outlay models`: the catalogue as it stands at a date.

use serde_json::Value;

use crate::support::{assert_run, assert_runs, json, outlay, output, result, stderr, stdout};

fn ids(arguments: &str) -> Vec<String> {
    let report = json(outlay(&format!("models {arguments} --json")));
    let results = report["results"].as_array().unwrap();
    results.iter().map(|model| model["model"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_model_is_listed_from_its_release_on() {
    assert!(!ids("--as-of 2024-09-11").contains(&"o1-mini".to_owned()));
    assert!(ids("--as-of 2024-09-12").contains(&"o1-mini".to_owned()));
    let all = ids("list --as-of 2026-06-01");
    assert!(all.is_sorted(), "{all:?}");
    assert_eq!(all, ids("--as-of 2026-06-01"));
}

#[test]
fn one_provider_is_listed_alone() {
    let acme = "--catalog tests/fixtures/catalog/new_model.toml --as-of 2025-03-05";
    assert_eq!(ids(&format!("--provider acme {acme}")), ["acme-think"]);
    assert_run!(outlay(&format!("models list --provider acme {acme}")));
}

#[test]
fn the_history_of_a_price_is_shown_with_its_sources() {
    assert_run!(outlay(
        "models show think --catalog tests/fixtures/catalog/new_model.toml --as-of 2025-06-10"
    ));
}

#[test]
fn every_name_of_a_model_shows_the_model() {
    let show = |name: &str| result(&format!("models show {name} --as-of 2025-01-15"));
    assert_eq!(show("o1-mini-2024-09-12"), show("o1-mini"));
    assert_eq!(show("openai/o1-mini"), show("o1-mini"));
}

#[test]
fn limits_and_prices_of_the_first_pair_are_right() {
    for (model, output_cap, input, output) in
        [("o1-mini", 65_536, "3", "12"), ("o1-preview", 32_768, "15", "60")]
    {
        let shown = result(&format!("models show {model} --as-of 2024-09-12"))["details"].take();
        assert_eq!(shown["limits"]["window"], 128_000, "{model}");
        assert_eq!(shown["limits"]["output_cap"], output_cap, "{model}");
        let first = &shown["prices"][0];
        assert_eq!(first["from"], "2024-09-12", "{model}");
        assert_eq!(first["rates"][0]["input"], input, "{model}");
        assert_eq!(first["rates"][0]["output"], output, "{model}");
    }
}

#[test]
fn a_model_that_nobody_knows_gets_the_nearest_names() {
    assert_runs!([
        outlay("models show o1-mni"),
        outlay("models show gpt-4o-2024-11-20-preview"),
        outlay("models show zzz"),
    ]);
}

#[test]
fn a_model_shows_although_another_one_is_unknown() {
    let shown = output(outlay("models show o1-mini o1-mni --json"), 2);
    let report: Value = serde_json::from_str(stdout(&shown)).unwrap();
    assert_eq!(report["results"].as_array().unwrap().len(), 1);
}

#[test]
fn a_provider_that_nobody_knows_is_named_in_the_error() {
    let unknown = output(outlay("models --provider acme"), 2);
    assert!(stderr(&unknown).contains("acme"), "{}", stderr(&unknown));
    let too_early = output(outlay("models --as-of 2000-01-01"), 2);
    assert!(stderr(&too_early).contains("2000-01-01"), "{}", stderr(&too_early));
}
