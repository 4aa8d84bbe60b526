//! Forecasts of every model: by kind of work, of unknown work, by effort, of many calls, from own logs.

use jiff::civil::date;
use outlay::catalog::Catalog;
use outlay::units::Tokens;
use outlay::workload::{CallSpec, Workload};
use serde_json::{Value, json};

use crate::support::{Folder, json_of, outlay, output, result, stderr, stdout};

const DAY: &str = "--as-of 2026-11-25";

fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        value => value.as_f64().unwrap(),
    }
}

/// Expected, p5 and p95 of a range.
fn range(range: &Value) -> [f64; 3] {
    ["expected", "p5", "p95"].map(|key| number(&range[key]))
}

#[test]
fn every_model_has_a_forecast_with_and_without_a_kind() {
    let (catalog, day) = (Catalog::embedded(), date(2026, 11, 25));
    let mut forecast = 0;
    for model in catalog.models() {
        for kind in [None, Some("step"), Some("code"), Some("search")] {
            let kind = kind.map(|kind| kind.parse().unwrap());
            let call = CallSpec { kind, ..CallSpec::default() };
            let quote =
                Workload::new(model, day).prompt_tokens(Tokens::new(100)).call(call).quote();
            // Without a price on that day there is nothing to say.
            let Ok(quote) = quote else { continue };
            let estimate = quote.estimate.as_ref().unwrap();
            let (cost, all) = (estimate.cost, estimate.completion);
            let expected = cost.expected.unwrap();
            assert!(cost.p5.unwrap() <= expected && expected <= cost.p95.unwrap(), "{}", model.id);
            assert!(all.p95.unwrap() <= all.worst_case, "{}", model.id);
            assert_eq!(kind.is_some(), quote.plan.work_is_known, "{}", model.id);
            assert!(quote.plan.length_risk.is_some(), "{}", model.id);
            forecast += 1;
        }
    }
    assert!(forecast > 1_000, "{forecast}");
}

/// Of unknown work the reserve alone decides: 128,000 - 100,000 is a room of 28,000.
#[test]
fn unknown_work_leaves_the_cap_to_the_reserve() {
    for (prompt, room, cap, binding, status) in [
        ("1k", 65_536, json!(25_000), "reserve", "ok"),
        ("100k", 28_000, json!(25_000), "reserve", "ok"),
        ("110k", 18_000, json!(18_000), "window", "below_reserve"),
        ("127999", 1, json!(1), "window", "below_reserve"),
        ("128k", 0, Value::Null, "window", "no_room"),
    ] {
        let plan = result(&format!("plan --input-tokens {prompt} -m o1-mini --as-of 2024-10-20"));
        assert_eq!(plan["room"], room, "{prompt}");
        assert_eq!(plan["recommended_max_completion_tokens"], cap, "{prompt}");
        assert_eq!((&plan["binding"], &plan["status"]), (&json!(binding), &json!(status)));
    }
    // The risk of 5 % is that of any work, and no reason to fail.
    let strict = outlay(&format!("plan --input-tokens 1k -m gpt-6.1-sol --strict {DAY}"));
    let text = stdout(&output(strict, 0)).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("over all kinds of work") && text.contains("say --kind code"), "{text}");
    assert!(text.contains("next: outlay plan --input-tokens 1000 -m gpt-6.1-sol --kind code"));
    // With a kind, a cap above the reserve follows from the risk.
    let code = result(&format!("plan --input-tokens 1k -m gpt-6.1-sol --kind code {DAY}"));
    assert_eq!(code["binding"], "risk");
    assert!(number(&code["recommended_max_completion_tokens"]) > 25_000.0);
    assert!(number(&code["length_risk"]) <= 0.01 + 1e-6);
}

#[test]
fn many_calls_are_no_surer_than_their_mean() {
    let run = "estimate --input-tokens 500 -m gpt-6.1-sol --kind write";
    let all =
        |calls: &str| range(&result(&format!("{run} --calls {calls} {DAY}"))["calls_cost_usd"]);
    for calls in ["10", "1k", "1m"] {
        let [expected, p5, p95] = all(calls);
        assert!(p5 < expected && expected < p95, "{calls}");
        assert!(p95 / p5 > 9.0, "the workload is not known: {p5} to {p95}");
    }
    // A declared range is taken to be worth twenty calls, an amount is certain.
    let declared = |dist: &str| {
        let run =
            format!("estimate --input-tokens 0 -m o1-mini --completion-tokens {dist} --calls 20k");
        range(&result(&run)["calls_cost_usd"])
    };
    let [expected, p5, p95] = declared("300..900");
    assert!(p5 < 0.95 * expected && p95 > 1.05 * expected, "{p5} {expected} {p95}");
    let [expected, p5, p95] = declared("600");
    assert!((p5 - expected).abs() + (p95 - expected).abs() < 1e-12);
    // A few long answers raise the mean above the 95 % quantile of one call; the range holds it.
    let folder = Folder::new().with("p.json", profile("o1-mini", &[(100, 960), (60_000, 40)]));
    let run = "estimate --input-tokens 0 -m o1-mini --profile p.json --json";
    let one = json_of(&output(folder.outlay(run), 0))["results"][0]["cost_usd"].take();
    let [expected, p5, p95] = range(&one);
    assert!(p5 <= expected && expected <= p95 && expected > 0.01, "{one}");
}

#[test]
fn effort_is_read_from_every_request() {
    let message = r#""messages":[{"role":"user","content":"Prove it."}]"#;
    let requests = |level: &str| {
        vec![
            ("gpt-6.1-sol", format!(r#"{{"model":"m",{message},"reasoning_effort":"{level}"}}"#)),
            (
                "gpt-6.1-sol",
                format!(r#"{{"model":"m",{message},"reasoning":{{"effort":"{level}"}}}}"#),
            ),
            (
                "gpt-6.1-sol",
                format!(
                    r#"{{"model":"m","input":"Prove it.","reasoning":{{"effort":"{level}"}}}}"#
                ),
            ),
            (
                "gemini-3.8-flash",
                format!(
                    r#"{{"contents":[{{"role":"user","parts":[{{"text":"Prove it."}}]}}],
                "generationConfig":{{"thinkingConfig":{{"thinkingLevel":"{level}"}}}}}}"#
                ),
            ),
            (
                "claude-opus-5-5",
                format!(
                    r#"{{"model":"m","max_tokens":64000,{message},"thinking":{{"type":"adaptive"}},
                "output_config":{{"effort":"{level}"}}}}"#
                ),
            ),
        ]
    };
    let costs = |level: &str, verb: &str| -> Vec<f64> {
        let of = |(model, request): &(&str, String)| {
            let folder = Folder::new().with("r.json", request);
            let run =
                folder.outlay(&format!("{verb} r.json -m {model} --kind puzzle {DAY} --json"));
            let answer = json_of(&output(run, 0))["results"][0].take();
            assert_eq!(answer["effort"], level, "{model} {verb}: {answer}");
            number(&answer["cost_usd"]["expected"])
        };
        requests(level).iter().map(of).collect()
    };
    for verb in ["plan", "estimate"] {
        let (low, high) = (costs("low", verb), costs("high", verb));
        for (i, (low, high)) in low.iter().zip(&high).enumerate() {
            assert!(low < high, "{verb} {i}: {low} {high}");
        }
    }
    for (model, request) in requests("highest") {
        let folder = Folder::new().with("r.json", request);
        let run = output(folder.outlay(&format!("plan r.json -m {model} {DAY}")), 2);
        let told = stderr(&run);
        assert!(told.contains("no effort `highest`") && told.contains("its levels are"), "{told}");
    }
}

/// A model, and a request for it with this budget of reasoning tokens, in the form of each API.
fn with_budget(budget: &str) -> Vec<(&'static str, String)> {
    let messages = r#""messages":[{"role":"user","content":"Prove it."}]"#;
    let claude = format!(
        r#""max_tokens":60000,{messages},"thinking":{{"type":"enabled","budget_tokens":{budget}}}"#
    );
    let converse = r#""messages":[{"role":"user","content":[{"text":"Prove it."}]}]"#;
    vec![
        ("claude-sonnet-4-5", format!(r#"{{"model":"claude-sonnet-4-5",{claude}}}"#)),
        (
            "bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            format!(r#"{{"anthropic_version":"bedrock-2023-05-31",{claude}}}"#),
        ),
        (
            "bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            format!(
                r#"{{{converse},"additionalModelRequestFields":{{"thinking":{{"type":"enabled","budget_tokens":{budget}}}}}}}"#
            ),
        ),
        (
            "gemini-2.5-flash",
            format!(
                r#"{{"contents":[{{"role":"user","parts":[{{"text":"Prove it."}}]}}],
                "generationConfig":{{"thinkingConfig":{{"thinkingBudget":{budget}}}}}}}"#
            ),
        ),
        ("qwen3.6-plus", format!(r#"{{{messages},"thinking_budget":{budget}}}"#)),
        (
            "qwen3.6-plus",
            format!(
                r#"{{"model":"qwen3.6-plus","input":{{{messages}}},"parameters":{{"thinking_budget":{budget}}}}}"#
            ),
        ),
        ("claude-sonnet-4-5", format!(r#"{{{messages},"reasoning":{{"max_tokens":{budget}}}}}"#)),
    ]
}

#[test]
fn a_budget_of_reasoning_bounds_the_forecast_of_every_verb() {
    let cost = |verb: &str, model: &str, request: &str| {
        let config = format!(
            "[call]\nkind = \"puzzle\"\nmodel = \"{model}\"\n[budget]\nmax_prompt_tokens = 1000\n\
             [[prompt]]\npaths = [\"r.json\"]\n"
        );
        let folder = Folder::new().with("r.json", request).with("outlay.toml", &config);
        let args = match verb {
            "check" => "check --as-of 2026-11-20 --json".to_owned(),
            "simulate" => {
                format!("simulate r.json -m {model} --turns 1 --runs 500 --as-of 2026-11-20 --json")
            }
            verb => format!("{verb} r.json -m {model} --as-of 2026-11-20 --json"),
        };
        let mut answer = json_of(&output(folder.outlay(&args), 0))["results"][0].take();
        let budget = answer["thinking_budget"].take();
        let found = match verb {
            "simulate" => &answer["total_cost_usd"]["mean"],
            "compare" => &answer["offer"]["cost_usd"]["expected"],
            _ => &answer["cost_usd"]["expected"],
        };
        (number(found), budget)
    };
    for verb in ["plan", "estimate", "compare", "simulate", "check"] {
        let (small, large) = (with_budget("1024"), with_budget("20000"));
        for ((model, small), (_, large)) in small.iter().zip(&large) {
            let ((low, budget), (high, _)) = (cost(verb, model, small), cost(verb, model, large));
            assert!(low < 0.95 * high, "{verb} {small}: {low}, {high}");
            if ["plan", "estimate", "simulate"].contains(&verb) {
                assert_eq!(budget, 1_024, "{verb} {small}");
            }
        }
    }
}

#[test]
fn a_budget_that_is_named_goes_before_that_of_the_request() {
    let claude = &with_budget("20000")[0].1;
    let folder = Folder::new().with("r.json", claude);
    let plan = |flags: &str| {
        let run =
            folder.outlay(&format!("plan r.json --kind code --as-of 2026-11-20 --json {flags}"));
        json_of(&output(run, 0))["results"][0].take()
    };
    let (own, named) = (plan(""), plan("--thinking-budget 4096"));
    assert_eq!(
        (&own["thinking_budget"], &named["thinking_budget"]),
        (&json!(20_000), &json!(4_096))
    );
    assert!(range(&named["cost_usd"])[0] < range(&own["cost_usd"])[0]);
    // Nothing comes out empty at a cap above the budget, and no cap is recommended below it.
    let large = plan("--thinking-budget 32k");
    assert_eq!(named["empty_risk"], 0.0);
    assert!(number(&large["recommended_max_completion_tokens"]) > 32_000.0, "{large}");
    for (model, budget, message, hint) in [
        ("gpt-4o", "2k", "`gpt-4o` does not reason", "leave --thinking-budget out"),
        (
            "o3",
            "2k",
            "`o3` takes no budget of reasoning tokens",
            "levels of effort are low, medium, high",
        ),
        (
            "gemini-2.5-pro",
            "0",
            "a budget of 0 reasoning tokens is not one",
            "it takes 128 to 32,768",
        ),
        (
            "gemini-2.5-flash",
            "50k",
            "is not one that `gemini-2.5-flash` takes",
            "0 turns reasoning off",
        ),
        (
            "claude-sonnet-4-5",
            "100",
            "is not one that `claude-sonnet-4-5` takes",
            "1,024 to the cap",
        ),
    ] {
        let run = outlay(&format!(
            "plan --input-tokens 10 -m {model} --thinking-budget {budget} --as-of 2026-11-20"
        ));
        let run = output(run, 2);
        let told = stderr(&run);
        assert!(told.contains(message) && told.contains(hint), "{told}");
    }
}

#[test]
fn a_budget_of_nothing_turns_reasoning_off_and_a_dynamic_one_bounds_nothing() {
    let plan = |budget: &str| {
        let folder = Folder::new().with("r.json", &with_budget(budget)[3].1);
        let run = folder
            .outlay("plan r.json -m gemini-2.5-flash --kind puzzle --as-of 2026-11-20 --json");
        json_of(&output(run, 0))["results"][0].take()
    };
    let (none, dynamic, target) = (plan("0"), plan("-1"), plan("1024"));
    assert_eq!((&none["reserve"], &none["thinking_budget"]), (&json!(0), &Value::Null));
    assert_eq!((&dynamic["reserve"], &dynamic["thinking_budget"]), (&json!(25_000), &Value::Null));
    let told = target["assumptions"].to_string();
    assert!(told.contains("aims at it and may go over"), "{told}");
    let unheard = Folder::new().with("r.json", &with_budget("2000")[6].1);
    let run = unheard.outlay("plan r.json -m gpt-6.1-sol --kind puzzle --as-of 2026-11-20 --json");
    let told = json_of(&output(run, 0))["results"][0]["assumptions"].to_string();
    assert!(told.contains("bounds nothing, as `gpt-6.1-sol` takes none"), "{told}");
}

#[test]
fn a_transcript_says_how_much_to_reason_before_the_settings_do() {
    let chat = |more: &str| {
        format!(r#"{{"model":"o3","messages":[{{"role":"user","content":"Prove it."}}]{more}}}"#)
    };
    let effort = |more: &str, flags: &str| {
        let folder = Folder::new()
            .with("r.json", chat(more))
            .with("outlay.toml", "[call]\neffort = \"low\"\nkind = \"puzzle\"\n");
        let run = folder.outlay(&format!(
            "simulate r.json --turns 1 --runs 100 --as-of 2026-11-20 --json {flags}"
        ));
        json_of(&output(run, 0))["results"][0]["effort"].take()
    };
    let high = r#","reasoning_effort":"high""#;
    assert_eq!(effort(high, ""), "high");
    assert_eq!(effort(high, "--effort medium"), "medium");
    assert_eq!(effort("", ""), "low");
}

#[test]
fn a_mistyped_level_behind_a_model_names_the_nearest() {
    for verb in [
        "plan --input-tokens 10",
        "estimate --input-tokens 10",
        "compare --input-tokens 10",
        "simulate",
    ] {
        let run = output(outlay(&format!("{verb} -m o3:hgih {DAY}")), 2);
        let told = stderr(&run);
        assert!(told.contains("`o3` has no effort `hgih`"), "{told}");
        assert!(told.contains("did you mean o3:high? its levels are low, medium, high"), "{told}");
    }
    let run = output(outlay(&format!("plan --input-tokens 10 -m gpt-5:mini {DAY}")), 2);
    let told = stderr(&run);
    assert!(told.contains("the catalogue has no model `gpt-5:mini`"), "{told}");
}

#[test]
fn a_sum_over_equal_inputs_is_known_as_well_as_its_calls_of_one() {
    let texts = ["a.txt", "b.txt", "c.txt", "d.txt"];
    let folder =
        texts.iter().fold(Folder::new(), |folder, name| folder.with(name, "Prove that it holds."));
    let run = |inputs: &str, calls: u64| {
        let run = folder.outlay(&format!(
            "estimate {inputs} -m o1-mini --as-of 2025-01-10 --kind code --calls {calls} --json"
        ));
        json_of(&output(run, 0))
    };
    let (one, all) = (run("a.txt", 400), run(&texts.join(" "), 400));
    let (one, all) =
        (range(&one["total"]["calls_cost_usd"]), range(&all["total"]["calls_cost_usd"]));
    for (one, all) in one.iter().zip(all) {
        assert!((one / all - 1.0).abs() < 1e-3, "{one}, {all}");
    }
}

#[test]
fn levels_of_effort_stand_side_by_side() {
    let run =
        "compare --input-tokens 1k --kind code -m o3:low -m o3:high --as-of 2025-07-01 --json";
    let answer = json_of(&output(outlay(run), 0));
    let results = answer["results"].as_array().unwrap();
    let efforts: Vec<&Value> = results.iter().map(|result| &result["effort"]).collect();
    assert_eq!(efforts, [&json!("low"), &json!("high")]);
    let cost = |i: usize| number(&results[i]["offer"]["cost_usd"]["expected"]);
    assert!(cost(0) < cost(1));
    let text = stdout(&output(outlay(&run.replace(" --json", "")), 0)).to_owned();
    assert!(text.contains("o3:low") && text.contains("o3:high"), "{text}");
    let run = "compare --input-tokens 1k -m o3:max -m o3:high --as-of 2025-07-01 --json";
    let answer = json_of(&output(outlay(run), 0));
    assert_eq!(answer["results"][0]["cannot"], "`o3` has no effort `max`");
}

/// What the workload does to both models is one factor.
#[test]
fn that_one_model_costs_less_has_a_probability() {
    let run = format!(
        "compare --input-tokens 1k --kind write -m gpt-6.1-sol -m claude-opus-5-5 {DAY} --json"
    );
    let answer = json_of(&output(outlay(&run), 0));
    let less =
        |answer: &Value, i: usize| answer["results"][i]["offer"]["costs_less_than_first"].clone();
    assert_eq!(less(&answer, 0), Value::Null);
    let p = number(&less(&answer, 1));
    assert!(p > 0.0 && p < 0.5, "the dearer rates cost less with {p}");
    // At the same rates and forecast, either may be cheaper.
    let same = format!(
        "compare --input-tokens 1k --kind write -m gpt-6.1-sol -m azure/gpt-6.1-sol {DAY} --json"
    );
    let same = outlay(&same).output().unwrap();
    if same.status.success() {
        assert!((number(&less(&json_of(&same), 1)) - 0.5).abs() < 0.01);
    }
    // Where nothing is uncertain, there is nothing to say.
    let run = "compare --input-tokens 1k --completion-tokens 500 --as-of 2024-10-20 --json";
    assert_eq!(less(&json_of(&output(outlay(run), 0)), 1), Value::Null);
}

fn profile(model: &str, rows: &[(u64, u64)]) -> String {
    let n: u64 = rows.iter().map(|(_, times)| times).sum();
    let rows: Vec<Value> =
        rows.iter().map(|(t, times)| json!([t / 2, t, null, times, 0])).collect();
    json!({
        "schema_version": 1, "model": model, "origin": "here", "period": null, "n": n,
        "columns": ["reasoning", "completion", "content", "count", "censored"],
        "tasks": {"a": rows},
    })
    .to_string()
}

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

#[test]
fn extreme_declarations_and_broken_logs_are_answered() {
    for dist in ["1..100000000", "1..2", "p50=1,p99=400000000"] {
        let run =
            format!("estimate --input-tokens 10 -m o1-mini --completion-tokens {dist} --calls 1m");
        let all = result(&run)["calls_cost_usd"].take();
        let [expected, p5, p95] = range(&all);
        assert!(p5 <= expected && expected <= p95 && p95 <= number(&all["worst_case"]), "{all}");
    }
    let record = r#"{"model":"o1-mini","prompt_tokens":9,"completion_tokens":100,"reasoning_tokens":400,"finish_reason":"stop"}"#;
    let folder = Folder::new().with("log.jsonl", record);
    let told = output(folder.outlay("calibrate log.jsonl"), 2);
    assert!(stderr(&told).contains("reasoning"), "{}", stderr(&told));
}
