//! How much a model is told to reason, by level and by budget: read from every request, and what it does to a forecast.

use serde_json::{Value, json};

use crate::support::{Folder, json_of, number, outlay, output, range, stderr, stdout};

const DAY: &str = "--as-of 2026-11-25";

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
