//! Twenty-four bills by hand, from the makers' rules: tiers, cliffs, snapshots, routed and fine-tuned models,
//! off-peak hours, zones, cache writes. The rates stand beside each bill, in dollars per million tokens.

use serde_json::{Value, json};

use crate::support::{self, Folder, json_of, outlay, stderr};

/// A call of a flat log.
fn call(model: &str, time: &str, prompt: u64, completion: u64) -> Value {
    json!({"model": model, "time": time, "prompt_tokens": prompt, "completion_tokens": completion})
}

/// The same with more figures.
fn with(mut call: Value, more: &[(&str, Value)]) -> Value {
    for (key, value) in more {
        call[*key] = value.clone();
    }
    call
}

#[test]
fn bills_equal_those_by_hand() {
    let tier = |name: &str| [("service_tier", json!(name))];
    let bills = [
        // 2.50, 1.25 cached, 10
        (
            with(call("gpt-4o", "2025-01-15", 12_000, 1_500), &[("cached_tokens", json!(2_048))]),
            "0.04244",
        ),
        // half of 0.15 and 0.60
        (with(call("gpt-4o-mini", "2025-01-15", 20_000, 3_000), &tier("batch")), "0.0024"),
        // 2.50 doubled and 15 half as much again, over 272,000
        (call("gpt-5.4", "2026-04-01", 300_000, 2_000), "1.545"),
        (call("o1-mini", "2024-10-10", 5_000, 4_000), "0.063"),
        // 10 and 40, before 2025-06-10
        (call("o3", "2025-05-20", 3_000, 2_500), "0.13"),
        // 12.50 and 75
        (with(call("gpt-5.5", "2026-10-01", 8_000, 1_000), &tier("priority")), "0.175"),
        // 4, 0.20 read, 5 written, 20
        (
            with(
                call("claude-opus-5-5", "2026-11-20", 36_000, 1_200),
                &[("cached_tokens", json!(30_000)), ("cache_write_tokens", json!(4_000))],
            ),
            "0.058",
        ),
        (call("claude-sonnet-4-5", "2026-03-20", 6_000, 900), "0.0315"),
        // 0.50 and 2.50, over 100,000
        (call("claude-haiku-5-5", "2026-11-20", 150_000, 2_000), "0.08"),
        // 4 and 18, over 200,000
        (call("gemini-3.1-pro-preview", "2026-11-20", 250_000, 3_000), "1.054"),
        // 4 and 20, announced for that day
        (call("gemini-4-argon", "2026-12-01", 10_000, 1_000), "0.06"),
        // 4 and 12, from 200,000 on
        (call("grok-4.7", "2026-11-20", 200_000, 1_000), "0.812"),
        // 2, 0.25 cached, 6
        (
            with(
                call("qwen3.8-max", "2026-11-20", 10_000, 700),
                &[("cached_tokens", json!(4_000))],
            ),
            "0.0172",
        ),
        // 0.70 and 2.10
        (call("mistral-large-4", "2026-11-20", 9_000, 500), "0.00735"),
        // 0.625 and 5
        (with(call("gemini-2.5-pro", "2026-11-20", 20_000, 1_000), &tier("flex")), "0.0175"),
        // 15 and 90
        (with(call("gpt-5.5-pro", "2026-11-20", 10_000, 1_000), &tier("flex")), "0.24"),
        // 0.30 and 1.20, twice the rates of the model it was tuned from
        (call("ft:gpt-4o-mini-2024-07-18:acme::abc123", "2026-11-20", 10_000, 1_000), "0.0042"),
        // 5 written, 20
        (
            with(
                call("gpt-5.6-sol", "2026-11-20", 10_000, 1_000),
                &[("cache_write_tokens", json!(10_000))],
            ),
            "0.07",
        ),
        // twice 0.10 read, 2.50 written and 10
        (
            with(
                call("gpt-6.1-sol", "2026-11-20", 12_000, 2_000),
                &[
                    ("cached_tokens", json!(6_000)),
                    ("cache_write_tokens", json!(6_000)),
                    ("service_tier", json!("fast")),
                ],
            ),
            "0.0712",
        ),
        // answered by gemini-3.6-flash since 2026-10-08: 0.75 and 3.75
        (call("gemini-3.5-flash", "2026-10-20", 10_000, 2_000), "0.015"),
        // 0.66 and 1.98 on a Sunday
        (call("deepseek-v4-pro", "2026-11-15T12:00:00Z", 20_000, 3_000), "0.01914"),
        // 0.435 and 0.87, the discount of the launch
        (call("deepseek-v4-pro", "2026-05-01", 20_000, 3_000), "0.01131"),
        // 2.75 and 16.50 in a data zone
        (call("azure/us/gpt-5.4", "2026-11-20", 8_000, 1_000), "0.0385"),
        // answered by a Flash model since 2026-12-01: 0.75 and 3.75
        (call("gemini-2.5-pro", "2026-12-02", 12_000, 4_000), "0.024"),
    ];
    let mut wrong = Vec::new();
    for (call, cost) in &bills {
        let folder = Folder::new().with("log.jsonl", call.to_string());
        let run = folder.outlay("audit log.jsonl --json --as-of 2026-11-26").output().unwrap();
        let found = json_of(&run)["total"]["cost_usd"].as_str().map(ToOwned::to_owned);
        if found.as_deref() != Some(*cost) || run.status.code() != Some(0) {
            wrong.push(format!("{call}: {found:?}, not {cost}: {}", stderr(&run)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(bills.len(), 24);
}

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
