//! Fees and cache writes in estimates, by hand. Bills by hand are in tests/conformance.

use serde_json::Value;

use crate::support::{self, outlay, stderr};

/// Searches are lines of an estimate and of a comparison, at the fee of the model and the day.
#[test]
fn searches_are_in_estimates_and_comparisons() {
    let call = "--input-tokens 10k --completion-tokens 1k --as-of 2026-11-20 --json";
    let estimate = |arguments: &str| {
        support::json(outlay(&format!("estimate {call} {arguments}")))["results"][0].take()
    };
    // 10,000 at 1.25, 1,000 at 10, and $10 for a thousand searches; 500 of them for 500 calls.
    let gpt = estimate("-m gpt-5 --searches 3 --calls 500");
    assert_eq!(gpt["cost_usd"]["expected"], "0.0525");
    assert_eq!(estimate("-m gpt-5 --searches 0")["cost_usd"]["expected"], "0.0225");
    assert_eq!(gpt["calls_cost_usd"]["expected"], "26.25");
    let lines = gpt["lines"].as_array().unwrap();
    let fees = lines.iter().find(|line| line["kind"] == "fees").unwrap();
    assert_eq!(fees["cost_usd"], "0.03");
    assert!(gpt["assumptions"].to_string().contains("3 searches at $0.01 each"), "{gpt}");
    // Gemini 2.5 charges for a grounded prompt, however many searches it makes.
    let gemini = estimate("-m gemini-2.5-flash --searches 3");
    let without = estimate("-m gemini-2.5-flash");
    let money =
        |result: &Value| result["cost_usd"]["expected"].as_str().unwrap().parse::<f64>().unwrap();
    assert!((money(&gemini) - money(&without) - 0.035).abs() < 1e-9, "{gemini}");
    // Both models of a comparison; break-evens are of the whole cost.
    let compared =
        support::json(outlay(&format!("compare -m gpt-5 -m gpt-5-mini {call} --searches 3")));
    let costs: Vec<_> = compared["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["offer"]["cost_usd"]["expected"].as_str().unwrap())
        .collect();
    assert_eq!(costs, ["0.0525", "0.0345"]);
    // A fee that is not known is no fee of nothing.
    let run = outlay(
        "estimate --input-tokens 10k --completion-tokens 1k -m mistral-large-4 --searches 1 --as-of 2026-11-20",
    )
    .output()
    .unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(
        stderr(&run).contains("no fee for web_search of `mistral-large-4`"),
        "{}",
        stderr(&run)
    );
    let run = outlay(
        "simulate --turns 2 --user 10 --completion-tokens 10 -m gpt-5 --searches 1 --as-of 2026-11-20",
    )
    .output()
    .unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(
        stderr(&run).contains("--searches does not go with a conversation"),
        "{}",
        stderr(&run)
    );
}

/// What a maker writes to its cache by itself is in an estimate as well.
#[test]
fn estimates_have_the_writes_that_a_maker_makes_by_itself() {
    let estimate = |arguments: &str| {
        let call = "--input-tokens 10k --completion-tokens 1k --as-of 2026-11-20 --json";
        support::json(outlay(&format!("estimate -m gpt-5.6-sol {call} {arguments}")))["results"][0]
            ["cost_usd"]["expected"]
            .take()
    };
    // 10,000 at 5 and 1,000 at 20; without writes at 4.
    assert_eq!(estimate(""), "0.07");
    assert_eq!(estimate("--cache-write 0"), "0.06");
}
