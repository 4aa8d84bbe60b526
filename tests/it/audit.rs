//! `outlay audit`: sums, groups, what has no price, single records, and the score of a forecast.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Folder, assert_runs, json_of, outlay, output, stderr, stdout};

/// The responses that only some machines have.
const RESPONSES: &str = "../shared/data/o1_responses.jsonl";

/// Whether they are there; if not, a line says so.
fn has_responses() -> bool {
    let there = Path::new(env!("CARGO_MANIFEST_DIR")).join(RESPONSES).exists();
    if !there {
        eprintln!("skipped: {RESPONSES} is not there");
    }
    there
}

/// Calls, prompt, cached, completion and reasoning tokens, and picodollars.
type Sums = [u128; 6];

/// The sum of the responses by model, from their own figures and the prices of facts 1.1, in whole
/// picodollars, with nothing of the library.
fn sums_by_hand(text: &str) -> BTreeMap<String, Sums> {
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    for line in text.lines() {
        let response: Value = serde_json::from_str(line).unwrap();
        let number = |pointer: &str| {
            u128::from(response.pointer(pointer).and_then(Value::as_u64).unwrap_or(0))
        };
        let prompt = number("/usage/prompt_tokens");
        let cached = number("/usage/prompt_tokens_details/cached_tokens");
        let completion = number("/usage/completion_tokens");
        let reasoning = number("/usage/completion_tokens_details/reasoning_tokens");
        // Picodollars per token are microdollars per million. 2024-10-01 is day 19,997 since 1970.
        let discounted = number("/created") >= 19_997 * 86_400;
        let (model, input, half, out) = match response["model"].as_str().unwrap() {
            "o1-mini-2024-09-12" => ("o1-mini", 3_000_000, 1_500_000, 12_000_000),
            "o1-preview-2024-09-12" => ("o1-preview", 15_000_000, 7_500_000, 60_000_000),
            other => panic!("{other}"),
        };
        let cached_rate = if discounted { half } else { input };
        let cost = (prompt - cached) * input + cached * cached_rate + completion * out;
        let sum = sums.entry(model.to_owned()).or_default();
        for (sum, part) in sum.iter_mut().zip([1, prompt, cached, completion, reasoning, cost]) {
            *sum += part;
        }
    }
    sums
}

/// An amount in USD as picodollars.
fn picodollars(usd: &Value) -> u128 {
    let text = usd.as_str().unwrap();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<12}").parse().unwrap()
}

fn sums_of(result: &Value) -> Sums {
    let number = |key: &str| u128::from(result[key].as_u64().unwrap());
    [
        number("calls"),
        number("prompt_tokens"),
        number("cached_tokens"),
        number("completion_tokens"),
        number("reasoning_tokens"),
        picodollars(&result["cost_usd"]),
    ]
}

#[test]
fn real_responses_add_up_to_the_sum_by_hand() {
    if !has_responses() {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(RESPONSES);
    let by_hand = sums_by_hand(&std::fs::read_to_string(path).unwrap());
    assert_eq!(by_hand.len(), 2);
    let answer = json_of(&output(outlay(&format!("audit {RESPONSES} --json")), 0));
    let results = answer["results"].as_array().unwrap();
    let found: BTreeMap<String, Sums> =
        results.iter().map(|r| (r["model"].as_str().unwrap().to_owned(), sums_of(r))).collect();
    assert_eq!(found, by_hand);
    let whole = by_hand.values().fold(Sums::default(), |a, b| std::array::from_fn(|i| a[i] + b[i]));
    assert_eq!(sums_of(&answer["total"]), whole);
    // However they are grouped, it is the same sum.
    for by in ["day", "task", "model,day,task", "day,task"] {
        let answer = json_of(&output(outlay(&format!("audit {RESPONSES} --json --by {by}")), 0));
        let groups = answer["results"].as_array().unwrap().iter().map(sums_of);
        let sum = groups.fold(Sums::default(), |a, b| std::array::from_fn(|i| a[i] + b[i]));
        assert_eq!(sum, whole, "{by}");
    }
    // And record by record.
    let each = output(outlay(&format!("audit {RESPONSES} --each")), 0);
    let cost: u128 = stdout(&each)
        .lines()
        .map(|line| picodollars(&serde_json::from_str::<Value>(line).unwrap()["cost_usd"]))
        .sum();
    assert_eq!(cost, whole[5]);
}

#[test]
fn answers_look_as_they_are_meant_to() {
    let logs = "tests/logs/chat-completions.jsonl tests/logs/litellm.jsonl tests/logs/batch.jsonl";
    assert_runs!([
        outlay(&format!("audit {logs} --as-of 2025-10-02")),
        outlay(&format!("audit {logs} --as-of 2025-10-02 --by day,model,task")),
        outlay("audit tests/logs/chat-completions.jsonl --by model,task --format csv"),
        outlay("audit tests/logs/chat-completions.jsonl --by task --format markdown"),
        outlay("audit tests/logs/chat-completions.jsonl --json"),
        outlay("audit tests/logs/litellm.jsonl --each"),
        outlay("audit tests/logs/batch.jsonl --each --format csv --as-of 2025-10-02"),
    ]);
}

#[test]
fn every_call_has_the_price_of_its_own_day() {
    let record = |day: &str| {
        format!(
            r#"{{"model":"o1-mini-2024-09-12","prompt_tokens":400,"completion_tokens":600,"time":"{day}"}}"#
        )
    };
    // The snapshot has the alias's price, before and after 2025-01-31 (facts 1.4, first row).
    let folder =
        Folder::new().with("log.jsonl", [record("2025-01-30"), record("2025-01-31")].join("\n"));
    let answer = json_of(&output(folder.outlay("audit log.jsonl --by day --json"), 0));
    let costs: Vec<_> =
        answer["results"].as_array().unwrap().iter().map(|r| r["cost_usd"].clone()).collect();
    assert_eq!(json!(costs), json!(["0.0084", "0.00308"]));
}

#[test]
fn what_has_no_price_is_listed_and_never_free() {
    let record = |model: &str, more: &str| {
        format!(
            r#"{{"model":"{model}","prompt_tokens":10,"completion_tokens":5,"time":"2024-10-02"{more}}}"#
        )
    };
    let folder = Folder::new().with(
        "log.jsonl",
        [
            record("o1-mini", ""),
            record("o1-mimi", ""),
            record("o1-mimi", ""),
            record("o1-mini", r#","service_tier":"scale""#),
            record("o1-mini", r#","service_tier":"batch""#),
            record("gpt-5", ""),
            r#"{"prompt_tokens":10,"completion_tokens":5}"#.to_owned(),
            r#"{"model":"o1-mini","completion_tokens":5}"#.to_owned(),
        ]
        .join("\n"),
    );
    assert_runs!([
        folder.outlay("audit log.jsonl"),
        folder.outlay("audit log.jsonl --skip-unpriced --json"),
    ]);
    let overlay =
        "[provider]\nid = \"openai\"\n\n[[model]]\nid = \"o1-mini\"\naliases = [\"o1-mimi\"]\n";
    let folder = folder.with("names.toml", overlay);
    let answer =
        json_of(&folder.outlay("audit log.jsonl --json --catalog names.toml").output().unwrap());
    assert_eq!(answer["total"]["calls"], 3);
}

#[test]
fn a_forecast_is_scored_on_calls_it_was_not_made_from() {
    // Completions of 100 to 1,000: the forecast has each of them 30 times, so that they speak for themselves.
    let record = |completion: u64| {
        format!(
            r#"{{"model":"o1-mini","prompt_tokens":1000,"completion_tokens":{completion},"reasoning_tokens":0,"finish_reason":"stop","time":"2024-10-02"}}"#
        )
    };
    let lines = |range: std::ops::RangeInclusive<u64>| {
        range.map(|n| record(n * 100)).collect::<Vec<_>>().join("\n")
    };
    let folder = Folder::new()
        .with("first.jsonl", vec![lines(1..=10); 30].join("\n"))
        .with("second.jsonl", lines(6..=15));
    output(folder.outlay("calibrate first.jsonl -o first.json"), 0);
    let answer =
        json_of(&output(folder.outlay("audit second.jsonl --forecast first.json --json"), 0));
    let score = &answer["total"]["forecast"][0];
    // The forecast is 550 tokens a call, the truth 1,050: 500 too few at $12 per million. 10 of the
    // 10 are off by |550 - n|: 50, 150, ..., 950 tokens, 500 in the mean.
    assert_eq!(score["bias_usd"], "-0.006");
    assert_eq!(score["mean_absolute_error_usd"], "0.006");
    // p5 to p95 is 100 to 1,000: 5 of 10.
    assert_eq!(score["coverage"], 0.5);
    let at_1000 = &score["risks"][0];
    assert_eq!((&at_1000["cap"], &at_1000["predicted"]), (&json!(1_000), &json!(0.0)));
    assert!((at_1000["observed"].as_f64().unwrap() - 0.5).abs() < 1e-9);
    // SciPy 1.17.1, beta.ppf: the interval of 5 in 10.
    assert!((at_1000["observed_low"].as_f64().unwrap() - 0.187_086_028_2).abs() < 1e-6);
    assert!((at_1000["observed_high"].as_f64().unwrap() - 0.812_913_971_8).abs() < 1e-6);
    assert_runs!([
        folder.outlay("audit second.jsonl --forecast first.json"),
        folder.outlay("audit second.jsonl --forecast o1-preview"),
        folder.outlay("audit second.jsonl --forecast missing.json"),
        folder.outlay("audit second.jsonl --forecast first.json:night"),
    ]);
}

#[test]
fn each_refuses_to_write_elsewhere() {
    let run = output(outlay("audit tests/logs/litellm.jsonl --each -o each.jsonl"), 2);
    assert!(stderr(&run).contains("--each writes to standard output only"));
}

/// Calls that go back in time pay the price of their own day, and the report has the days in their order.
#[test]
fn a_clock_that_runs_backwards_changes_no_price() {
    // o3 cost 10 and 40 until 2025-06-09, and 2 and 8 from then on.
    let call = |n: u64, created: u64| {
        format!(
            r#"{{"id":"chatcmpl-{n:08}","object":"chat.completion","created":{created},"model":"o3","choices":[],"usage":{{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}}}"#
        ) + "\n"
    };
    let log = [call(1, 1_752_000_000), call(2, 1_746_000_000), call(3, 1_752_000_001)].concat();
    let folder = Folder::new().with("log.jsonl", log);
    let run = output(folder.outlay("audit log.jsonl --by day --json --as-of 2026-11-20"), 0);
    let report = json_of(&run);
    let days = report["results"].as_array().unwrap();
    let days: Vec<_> = days.iter().map(|row| (&row["day"], &row["cost_usd"])).collect();
    assert_eq!(
        days,
        [(&"2025-04-30".into(), &"0.014".into()), (&"2025-07-08".into(), &"0.0056".into())]
    );
    assert_eq!(
        (&report["total"]["from"], &report["total"]["to"]),
        (&"2025-04-30".into(), &"2025-07-08".into())
    );
}

/// A cost in the log that the tokens contradict is named by line; the sum is that of the tokens.
#[test]
fn a_cost_that_contradicts_the_tokens_is_named() {
    let log = "model,time,prompt_tokens,completion_tokens,cost\n\
               gpt-5,2026-03-01,1000,100,0.00225\ngpt-5,2026-03-01,1000,100,9.99\n";
    let folder = Folder::new().with("log.csv", log);
    let run = output(folder.outlay("audit log.csv --json --as-of 2026-11-20"), 0);
    assert_eq!(json_of(&run)["total"]["cost_usd"], "0.0045");
    assert!(stderr(&run).contains("other costs for 1 call of 2"), "{}", stderr(&run));
    assert!(stderr(&run).contains("log.csv:3"), "{}", stderr(&run));
}
