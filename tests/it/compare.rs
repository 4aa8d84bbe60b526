//! `outlay compare`: models side by side, and the sentence to quote.

use serde_json::Value;

use crate::support::{Folder, assert_run, json, json_of, outlay, output, stdout};

const PAIR: &str = "compare -m o1-mini -m o1-preview --input-tokens 1000";

fn offers(arguments: &str) -> Vec<Value> {
    let report = json(outlay(&format!("{arguments} --json")));
    report["results"].as_array().unwrap().iter().map(|result| result["offer"].clone()).collect()
}

fn last_line(arguments: &str) -> String {
    stdout(&output(outlay(arguments), 0)).trim_end().replace('\n', " ")
}

#[test]
fn the_pair_at_launch_and_after_the_cut() {
    for (day, ratio, words) in [
        ("2024-09-20", 5.0, "at equal tokens 80 % less"),
        ("2025-02-01", 15.0 / 1.1, "at equal tokens 92.7 % less"),
    ] {
        let offers = offers(&format!("{PAIR} --as-of {day}"));
        let found = offers[1]["ratio_at_equal_tokens"].as_f64().unwrap();
        assert!((found - ratio).abs() < 1e-9, "{day}: {found}");
        assert!(last_line(&format!("{PAIR} --as-of {day}")).contains(words), "{day}");
    }
}

#[test]
fn sellers_at_one_price_cost_the_same() {
    let run = "compare --input-tokens 150k --completion-tokens 2k -m gpt-6-luna -m azure/gpt-6-luna \
               --calls 1k/month --as-of 2026-11-22";
    // 150,000 at 0.125, which is what writing to the cache costs, and 2,000 at 0.50.
    assert!(
        last_line(run)
            .ends_with("A call with gpt-6-luna costs as much as with azure/gpt-6-luna ($0.02).")
    );
}

#[test]
fn declared_tokens_are_the_same_for_every_model() {
    let offers = offers(&format!("{PAIR} --completion-tokens 5000 --as-of 2024-09-20"));
    assert_eq!(offers[0]["cost_usd"]["expected"], "0.063");
    assert_eq!(offers[1]["cost_usd"]["expected"], "0.315");
    assert_eq!(offers[1]["ratio_to_first"], 5.0);
    assert_eq!(offers[0]["break_even_tokens"], Value::Null);
    // (63,000 - 15,000) / 300,000 microdollars.
    assert!((offers[1]["break_even_tokens"].as_f64().unwrap() - 0.16).abs() < 1e-12);
}

#[test]
fn a_risk_makes_a_usable_answer_dearer_than_a_call() {
    let offers = offers(&format!("{PAIR} --max-completion-tokens 8000"));
    for offer in &offers {
        let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
        let (call, usable) =
            (number(&offer["cost_usd"]["expected"]), number(&offer["cost_per_usable_usd"]));
        let success = 1.0 - offer["length_risk"].as_f64().unwrap();
        assert!(success < 1.0);
        assert!((usable - call / success).abs() < 1e-9, "{usable} {call} {success}");
    }
}

#[test]
fn a_model_that_cannot_do_the_job_says_why() {
    let image = r#"{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}]}"#;
    let system = r#"{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]}"#;
    let tools = r#"{"messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function", "function": {"name": "f"}}]}"#;
    let folder = Folder::new()
        .with("image.json", image)
        .with("system.json", system)
        .with("tools.json", tools);
    let reasons = |arguments: &str, code: i32| -> Vec<String> {
        let report = json_of(&output(folder.outlay(&format!("compare {arguments} --json")), code));
        let results = report["results"].as_array().unwrap();
        results.iter().map(|r| r["cannot"].as_str().unwrap_or("it can").to_owned()).collect()
    };
    let both = "-m o1-mini -m gpt-4o --as-of 2024-10-20";
    assert_eq!(
        reasons(&format!("system.json {both}"), 0),
        ["it refuses a system message", "it can"]
    );
    assert_eq!(reasons(&format!("tools.json {both}"), 0), ["it refuses tools", "it can"]);
    let images = reasons(&format!("image.json {both}"), 2);
    assert_eq!(images[0], "it refuses images");
    assert!(images[1].contains("image_url"), "{}", images[1]);
    let small = reasons("--input-tokens 150k -m o1-mini -m o1 --as-of 2025-01-15", 0);
    assert!(small[0].contains("maximum context length is 128000"), "{}", small[0]);
    assert_eq!(small[1], "it can");
    let gone = reasons("--input-tokens 1k -m o1-mini -m gpt-6-sol --as-of 2026-11-21", 0);
    assert_eq!(
        gone,
        ["it was shut down on 2025-10-27; use gpt-5.6-terra, or take an earlier --as-of", "it can"]
    );
}

#[test]
fn a_page_for_a_product_manager() {
    assert_run!(outlay(&format!("{PAIR} --calls 20k/month --as-of 2024-10-20")));
}

#[test]
fn conversations_are_compared_on_the_same_draws() {
    assert_run!(outlay(
        "compare --turns 6 --base 2k --user 200 --reasoning 4000 --visible 600 --as-of 2024-10-20"
    ));
}

#[test]
fn one_profile_serves_both_models_when_it_is_named() {
    let offers = offers(&format!("{PAIR} --profile o1-mini --as-of 2024-10-20"));
    assert_eq!(offers[0]["completion_tokens"], offers[1]["completion_tokens"]);
    let told = last_line(&format!("{PAIR} --profile o1-mini --as-of 2024-10-20 -v"));
    assert!(told.contains("measured on o1-mini, not on o1-preview"), "{told}");
}
