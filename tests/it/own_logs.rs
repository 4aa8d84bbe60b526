//! Forecasts from a user's own logs: what calls and conversations are worth, for another model and another effort.

use serde_json::{Value, json};

use crate::support::{Folder, json_of, number, outlay, output, profile, stderr, stdout};

/// Ten conversations of ten calls, each conversation with a length of its own.
fn conversations() -> String {
    let call = |i: u64| {
        let (conversation, turn) = (i / 10, i % 10 + 1);
        let tokens = 800 * (1 + conversation) + 37 * turn;
        format!(
            "{{\"model\":\"o3-mini\",\"session_id\":\"s{conversation}\",\"prompt_tokens\":100,\"completion_tokens\":{tokens},\
             \"reasoning_tokens\":{},\"finish_reason\":\"stop\"}}\n",
            tokens / 2
        )
    };
    (0..100).map(call).collect()
}

#[test]
fn a_profile_keeps_what_conversations_are_worth() {
    let folder = Folder::new().with("log.jsonl", conversations());
    let run = folder.outlay("calibrate log.jsonl -o p.json --as-of 2025-07-01 --json");
    let answer = json_of(&output(run, 0));
    let found = &answer["results"][0];
    assert_eq!(found["n"], 100);
    assert!(number(&found["worth"]) < 15.0, "{found}");
    assert!(number(&found["conversation_correlation"]) > 0.8);
    let kept: Value = serde_json::from_str(&folder.read("p.json")).unwrap();
    let together = &kept["conversations"]["unlabelled"];
    assert!((number(&together["worth"]) - number(&found["worth"])).abs() < 1e-9);
    assert_eq!(together["turns"].as_object().unwrap().len(), 4, "10 turns are in four ranges");
    // Ten conversations are no twenty calls, so that the reserve stays.
    let plan = "plan --input-tokens 100 -m o3-mini --profile p.json --reserve auto --as-of 2025-07-01 --json";
    let plan = json_of(&output(folder.outlay(plan), 0))["results"][0].take();
    assert_eq!(plan["reserve"], 25_000);
    let told = plan["assumptions"].to_string();
    assert!(told.contains("has 100, worth 10, needs 20"), "{told}");
    // A conversation is as alike as the logs say, unless somebody says otherwise.
    let simulate = |more: &str| {
        let run = format!(
            "simulate --turns 10 -m o3-mini --profile p.json --as-of 2025-07-01 --runs 2000 {more} --json"
        );
        let answer = json_of(&output(folder.outlay(&run), 0))["results"][0].take();
        let told = answer["assumptions"].to_string();
        let total = &answer["total_cost_usd"];
        (number(&total["p95"]) / number(&total["p5"]), told)
    };
    let (as_logged, told) = simulate("");
    assert!(
        told.contains("measured in the logs") && told.contains("turns 1, 2-3, 4-6, 7-11"),
        "{told}"
    );
    let (apart, told) = simulate("--turn-correlation 0");
    assert!(told.contains("correlation 0.00, declared"), "{told}");
    assert!(as_logged > 1.5 * apart, "{as_logged} {apart}");
}

#[test]
fn one_conversation_says_next_to_nothing() {
    let one = conversations().replace("\"s1\"", "\"s0\"");
    let ten = one.lines().take(10).collect::<Vec<_>>().join("\n") + "\n";
    let folder = Folder::new().with("log.jsonl", ten);
    let text =
        stdout(&output(folder.outlay("calibrate log.jsonl --as-of 2025-07-01"), 0)).to_owned();
    assert!(text.contains("calls of a single conversation say next to nothing"), "{text}");
}

#[test]
fn own_logs_of_another_model_are_wider_and_release_nothing() {
    let rows: Vec<(u64, u64)> = (0..60).map(|i| (1_000 + 40 * i, 1)).collect();
    let folder = Folder::new().with("p.json", profile("o3-mini", &rows));
    let plan = |model: &str| {
        let run = format!(
            "plan --input-tokens 100 -m {model} --profile p.json --reserve auto --as-of 2025-07-01 --json"
        );
        json_of(&output(folder.outlay(&run), 0))["results"][0].take()
    };
    let (own, other) = (plan("o3-mini"), plan("o4-mini"));
    let width = |plan: &Value| {
        number(&plan["completion_tokens"]["p95"]) / number(&plan["completion_tokens"]["p5"])
    };
    assert!(width(&other) > 2.0 * width(&own), "{} {}", width(&own), width(&other));
    assert_eq!(other["reserve"], 25_000);
    assert!(number(&own["reserve"]) < 25_000.0);
    let told = other["assumptions"].to_string();
    assert!(told.contains("measured on o3-mini, not on o4-mini"), "{told}");
    assert!(told.contains("profile p.json of another model:"), "{told}");
    // What never happened to 60 calls of one model bounds nothing of another one.
    let upper = |plan: &Value| plan["profile"]["confidence"]["length_risk_upper"].clone();
    let bound = 1.0 - 0.05_f64.powf(1.0 / 60.0);
    assert!((number(&upper(&own)) - bound).abs() < 1e-6, "{}", upper(&own));
    assert!(upper(&other).is_null());
}

/// Calls of one conversation are one call, of which no share of a hundred is known.
#[test]
fn a_bound_counts_what_calls_are_worth() {
    let line = |i: u64| {
        format!(
            "{{\"model\":\"o3-mini\",\"prompt_tokens\":100,\"completion_tokens\":{},\"reasoning_tokens\":500,\
             \"finish_reason\":\"stop\",\"id\":\"{i}\",\"conversation\":\"one\"}}\n",
            1_000 + i
        )
    };
    let log: String = (0..40).map(line).collect();
    let folder = Folder::new().with("log.jsonl", log);
    output(folder.outlay("calibrate log.jsonl --save p.json --as-of 2025-07-01"), 0);
    let run = "plan --input-tokens 100 -m o3-mini --profile p.json --as-of 2025-07-01 --json";
    let plan = json_of(&output(folder.outlay(run), 0))["results"][0].take();
    let upper = number(&plan["profile"]["confidence"]["length_risk_upper"]);
    assert!(upper > 0.9, "{upper}");
}

#[test]
fn a_profile_of_one_effort_serves_another_one() {
    let record = |effort: &str, i: u64, tokens: u64| {
        format!(
            "{{\"model\":\"o3-mini\",\"reasoning_effort\":\"{effort}\",\"prompt_tokens\":100,\"completion_tokens\":{},\
             \"reasoning_tokens\":{},\"finish_reason\":\"stop\",\"id\":\"{effort}{i}\"}}\n",
            tokens + 100 + i,
            tokens + i
        )
    };
    let log: String =
        (0..30).flat_map(|i| [record("low", i, 500), record("high", i, 4_000)]).collect();
    let folder = Folder::new().with("log.jsonl", log);
    output(folder.outlay("calibrate log.jsonl -o p.json --as-of 2025-07-01"), 0);
    let plan = |effort: &str| {
        let run = format!(
            "plan --input-tokens 100 -m o3-mini --profile p.json --effort {effort} --as-of 2025-07-01 --json"
        );
        let plan = json_of(&output(folder.outlay(&run), 0))["results"][0].take();
        (number(&plan["completion_tokens"]["expected"]), plan["assumptions"].to_string())
    };
    let ((low, _), (medium, told), (high, _)) = (plan("low"), plan("medium"), plan("high"));
    assert!((low - 614.5).abs() < 2.0 && (high - 4_114.5).abs() < 2.0, "{low} {high}");
    // Low to high was eight times, so that a step is the root of it.
    assert!(medium > 1_000.0 && medium < 2_500.0, "{medium}");
    assert!(told.contains("as learnt from its levels"), "{told}");
}

#[test]
fn forecasts_are_scored_side_by_side() {
    let call = |i: u64| {
        let tokens = 4_000 + 900 * (i * 37 % 20);
        format!(
            "{{\"model\":\"o3-mini\",\"prompt_tokens\":100,\"completion_tokens\":{tokens},\"reasoning_tokens\":{},\
             \"finish_reason\":\"stop\",\"id\":\"c{i}\"}}\n",
            tokens / 2
        )
    };
    let log: String = (0..60).map(call).collect();
    let folder = Folder::new().with("first.jsonl", &log).with("second.jsonl", &log);
    output(folder.outlay("calibrate first.jsonl -o p.json --as-of 2025-07-01"), 0);
    let run = "audit second.jsonl --forecast p.json --forecast kind:code --forecast any --as-of 2025-07-01";
    let answer = json_of(&output(folder.outlay(&format!("{run} --json")), 0));
    let scores = answer["total"]["forecast"].as_array().unwrap().clone();
    let names: Vec<&Value> = scores.iter().map(|score| &score["profile"]).collect();
    assert_eq!(names, [&json!("p.json"), &json!("kind:code"), &json!("any")]);
    let text = stdout(&output(folder.outlay(run), 0)).to_owned();
    assert!(text.contains("for o3-mini trust"), "{text}");
    let error =
        output(folder.outlay("audit second.jsonl --forecast kind:cod --as-of 2025-07-01"), 2);
    assert!(stderr(&error).contains("did you mean code?"), "{}", stderr(&error));
}

#[test]
fn how_many_calls_to_log_is_known_before() {
    let run = |more: &str| json_of(&output(outlay(&format!("calibrate --plan {more} --json")), 0));
    let write = run("--kind write --within 20%");
    let rows = write["results"].as_array().unwrap();
    let reaches: Vec<&Value> = rows.iter().filter(|row| row["reaches"] == true).collect();
    assert_eq!(reaches.len(), 1);
    assert!(number(&reaches[0]["error"]) <= 0.2);
    assert!(rows[0]["cap_over_needed"].is_null() && !rows[5]["cap_over_needed"].is_null());
    let turns = run("--kind write --within 20% --turns 10");
    let of = |answer: &Value| {
        let rows = answer["results"].as_array().unwrap().clone();
        let row = rows.iter().find(|row| row["reaches"] == true).unwrap().clone();
        (number(&row["calls"]), number(&row["worth"]))
    };
    assert!(of(&turns).0 > 3.0 * of(&write).0 && (of(&turns).1 - of(&write).1).abs() < 0.5);
    output(outlay("calibrate --plan --within 0%"), 2);
}
