//! `outlay estimate`: the cost of a call, and of many.

use outlay::units::Money;
use serde_json::Value;

use crate::support::{
    Folder, assert_run, assert_runs, json, outlay, output, result, stderr, stdout,
};

fn expected_cost(arguments: &str) -> String {
    result(&format!("estimate {arguments}"))["cost_usd"]["expected"].as_str().unwrap().to_owned()
}

#[test]
fn the_usage_of_the_guide_costs_what_each_date_and_model_charges() {
    let usage = "--input-tokens 400 --completion-tokens 600";
    for (model, as_of, cost) in [
        ("o1-preview", "2024-09-12", "0.042"),
        ("o1-mini", "2024-09-12", "0.0084"),
        ("o1-mini", "2025-01-30", "0.0084"),
        ("o1-mini", "2025-01-31", "0.00308"),
        ("o1-mini-2024-09-12", "2025-01-31", "0.00308"),
    ] {
        assert_eq!(
            expected_cost(&format!("{usage} -m {model} --as-of {as_of}")),
            cost,
            "{model} {as_of}"
        );
    }
}

#[test]
fn o1_mini_costs_a_fifth_of_o1_preview_and_later_less() {
    let cost = |model: &str, as_of: &str| -> f64 {
        let usage = "--input-tokens 1k --completion-tokens 1k";
        expected_cost(&format!("{usage} -m {model} --as-of {as_of}")).parse().unwrap()
    };
    for (as_of, ratio) in [("2024-09-12", 0.2), ("2025-01-30", 0.2), ("2025-01-31", 0.0733)] {
        let found = cost("o1-mini", as_of) / cost("o1-preview", as_of);
        assert!((found - ratio).abs() < 0.0001, "{as_of}: {found}");
    }
}

/// The call of Niek/chatgpt-web#522: 512 tokens of reasoning, nothing to read, and a bill.
#[test]
fn a_hit_cap_is_billed_in_full() {
    let call = "--input-tokens 757 --reasoning 2k --visible 100 --max-completion-tokens 512";
    let result = result(&format!("estimate {call} -m o1-preview --as-of 2024-09-12"));
    assert_eq!(result["completion_tokens"]["expected"], 512);
    assert_eq!(result["cost_usd"]["expected"], "0.042075");
    assert_eq!(result["cost_usd"]["worst_case"], "0.042075");
}

#[test]
fn a_declared_range_gives_an_expectation_an_interval_and_a_worst_case() {
    assert_run!(outlay(
        "estimate tests/fixtures/prompt.txt --reasoning 1k..12k --visible 200..1200 --calls 20k/month"
    ));
}

#[test]
fn a_completion_of_unknown_work_has_the_range_of_all_kinds() {
    assert_run!(outlay(
        "estimate tests/fixtures/prompt.txt -m acme-think --as-of 2025-03-05 \
         --catalog tests/fixtures/catalog/new_model.toml"
    ));
}

#[test]
fn a_measured_model_is_priced_by_its_profile_and_says_so() {
    assert_run!(outlay("estimate tests/fixtures/prompt.txt --profile o1-mini"));
}

#[test]
fn cached_tokens_cost_less_where_there_is_a_rate_and_the_input_rate_elsewhere() {
    assert_runs!([
        outlay(
            "estimate --input-tokens 2k --cached 50% --completion-tokens 600 -m o1 --as-of 2025-01-15"
        ),
        outlay(
            "estimate --input-tokens 2k --cached 1024 --completion-tokens 600 --as-of 2024-09-20"
        ),
        outlay("estimate --input-tokens 2k --cached 2001 --completion-tokens 600"),
    ]);
}

#[test]
fn past_the_cliff_the_whole_call_takes_the_rates_of_long_prompts() {
    let cost = |prompt: u64| {
        expected_cost(&format!(
            "--input-tokens {prompt} --completion-tokens 1000 -m gpt-5.5 --as-of 2026-06-01"
        ))
    };
    // $5 and $30, then $10 and $45, per million.
    assert_eq!(cost(272_000), "1.39");
    assert_eq!(cost(272_001), "2.76501");
}

#[test]
fn a_batch_halves_the_price_of_gpt_4o_mini_and_takes_no_o1() {
    let batch = "tests/fixtures/requests/batch.jsonl";
    let tiers: Vec<_> = ["", "--tier standard"]
        .map(|tier| json(outlay(&format!("estimate {batch} {tier} --visible 500 --json"))))
        .into();
    assert_eq!(tiers[0]["results"][0]["tier"], "batch");
    assert_eq!(tiers[1]["results"][0]["tier"], "standard");
    let rate = |i: usize| -> f64 {
        let rate = &tiers[i]["results"][0]["lines"][1]["usd_per_mtok"];
        rate.as_str().unwrap().parse().unwrap()
    };
    assert!((rate(0) * 2.0 - rate(1)).abs() < 1e-12);

    assert_runs!([
        outlay("estimate --input-tokens 400 --completion-tokens 600 -m o1-mini --tier batch"),
        outlay("estimate --input-tokens 400 --completion-tokens 600 -m o1-preview --tier batch"),
        outlay("estimate tests/fixtures/requests/batch_o1.jsonl --completion-tokens 600"),
    ]);
}

#[test]
fn a_file_of_requests_is_priced_line_by_line_and_summed() {
    let report =
        json(outlay("estimate tests/fixtures/requests/mixed.jsonl --completion-tokens 300 --json"));
    let results = report["results"].as_array().unwrap();
    let inputs: Vec<_> = results.iter().map(|result| result["input"].as_str().unwrap()).collect();
    let path = "tests/fixtures/requests/mixed.jsonl";
    assert_eq!(inputs, [1, 2, 4].map(|line| format!("{path}:{line}")));
    // The second request has a cap of 100 of its own.
    assert_eq!(results[1]["completion_tokens"]["expected"], 100);
    // 9 and 13 prompt tokens of o1-mini at $3 and $12, 11 of gpt-4o-mini at $0.15 and $0.60.
    let costs: Vec<_> = results.iter().map(|result| &result["cost_usd"]["expected"]).collect();
    assert_eq!(costs, ["0.003627", "0.00006165", "0.003639"]);
    assert_eq!(report["total"]["cost_usd"]["expected"], "0.00732765");
}

#[test]
fn a_price_that_is_not_known_is_an_error_and_never_nothing() {
    assert_runs!([
        outlay("estimate --input-tokens 400 --visible 600 -m gpt-4o --tier flex"),
        outlay(
            "estimate --input-tokens 400 --completion-tokens 600 --tier batch --as-of 2025-03-05 \
             -m acme-think --catalog tests/fixtures/catalog/new_model.toml"
        ),
        outlay("estimate --input-tokens 400 --completion-tokens 600 -m o1-mini --as-of 2024-09-11"),
    ]);
}

#[test]
fn a_request_that_the_api_refuses_has_no_cost() {
    assert_runs!([
        outlay("estimate --input-tokens 128k"),
        outlay("estimate --input-tokens 100k --max-completion-tokens 28001"),
        outlay("estimate --input-tokens 1k --max-completion-tokens 65537"),
    ]);
}

#[test]
fn a_negotiated_price_replaces_the_price_and_leaves_the_rest() {
    let overlay = "--catalog tests/fixtures/catalog/negotiated.toml";
    let call = "--input-tokens 400 --completion-tokens 600";
    assert_eq!(expected_cost(&format!("{call} {overlay} --as-of 2025-02-01")), "0.0042");
    assert_eq!(expected_cost(&format!("{call} {overlay} -m o1-preview")), "0.042");
    let ours = result(&format!("models show o1-mini {overlay}"))["details"].take();
    let theirs = result("models show o1-mini")["details"].take();
    assert_ne!(ours["prices"], theirs["prices"]);
    assert_eq!(theirs["limits"]["window"], 128_000);
    assert_eq!(ours["limits"], theirs["limits"]);
    assert_eq!(ours["lifecycle"], theirs["lifecycle"]);
    assert_eq!(ours["snapshots"], theirs["snapshots"]);
}

#[test]
fn a_new_model_is_priced_by_any_of_its_names_at_any_of_its_dates() {
    let overlay = "--catalog tests/fixtures/catalog/new_model.toml";
    let call = "--input-tokens 1m --completion-tokens 1k";
    for name in ["acme-think", "think", "acme-think-2025-03-01", "acme/acme-think"] {
        let call = format!("--input-tokens 10k --completion-tokens 1k {overlay} -m {name}");
        assert_eq!(expected_cost(&format!("{call} --as-of 2025-05-31")), "0.028", "{name}");
        assert_eq!(expected_cost(&format!("{call} --as-of 2025-06-01")), "0.014", "{name}");
    }
    let refused =
        output(outlay(&format!("estimate {call} {overlay} -m think --as-of 2025-06-01")), 2);
    assert!(stderr(&refused).contains("takes 64,000"));
}

#[test]
fn the_last_catalogue_wins() {
    let folder = Folder::new();
    let rates = |input: u32| {
        format!(
            "[[model]]\nid = \"o1-mini\"\n[[model.price]]\nfrom = 2024-09-12\n\
             rates = [{{ tier = \"standard\", input = \"{input}\", output = \"0\" }}]\n\
             source = \"test\"\nchecked = 2024-09-12\n"
        )
    };
    let folder = folder.with("a.toml", rates(1)).with("b.toml", rates(2));
    let call = "estimate --input-tokens 1k --completion-tokens 1 --json";
    let cost = |catalogs: &str| {
        let report = json(folder.outlay(&format!("{call} {catalogs}")));
        report["results"][0]["cost_usd"]["expected"].as_str().unwrap().to_owned()
    };
    assert_eq!(cost("--catalog a.toml --catalog b.toml"), "0.002");
    assert_eq!(cost("--catalog b.toml --catalog a.toml"), "0.001");
}

#[test]
fn the_saving_of_the_cache_and_of_a_tier_is_told() {
    let dollars = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let of = |arguments: &str| {
        let report = result(&format!("estimate {arguments}"));
        (dollars(&report["calls_cost_usd"]["expected"]), report["savings"].clone())
    };
    let call = "--input-tokens 10k --completion-tokens 100 --calls 1k/month --as-of 2026-11-20";
    for model in ["gpt-4o-mini", "gpt-5.6-terra", "claude-sonnet-5"] {
        let call = format!("{call} -m {model}");
        let (without, none) = of(&call);
        assert_eq!(none, serde_json::json!([]));
        let (cached, savings) = of(&format!("{call} --cached 30%"));
        assert_eq!(savings[0]["by"], "caching");
        assert!((dollars(&savings[0]["without_usd"]) - without).abs() < 1e-9);
        assert!((dollars(&savings[0]["saved_usd"]) - (without - cached)).abs() < 1e-9);
        let (batch, savings) = of(&format!("{call} --batch"));
        assert_eq!(savings[0]["by"], "tier");
        assert!((dollars(&savings[0]["saved_usd"]) - (without - batch)).abs() < 1e-9);
        // gpt-4o-mini has no batch price for what is cached.
        let both = of(&format!("{call} --batch --cached 30%")).1.as_array().unwrap().len();
        assert_eq!(both, if model == "gpt-4o-mini" { 1 } else { 2 });
    }
    // What is written and read too seldom costs more than it saves.
    let (_, savings) = of(&format!("{call} -m claude-sonnet-5 --cached 1% --cache-write 90%"));
    assert!(dollars(&savings[0]["saved_usd"]) < 0.0);
    let told = output(outlay(&format!("estimate {call} -m gpt-4o-mini --batch")), 0);
    let line =
        "the batch tier saves $0.78 for 1,000 calls a month (50 %) against the standard tier";
    assert!(stdout(&told).contains(line), "{}", stdout(&told));
    let told = output(outlay(&format!("plan {call} -m gpt-4o-mini --cached 30%")), 0);
    assert!(stdout(&told).contains("caching saves $0.23 for 1,000 calls a month (14.4 %) against"));
    let told = output(outlay(&format!("estimate {call} -m gpt-4o-mini --tier priority")), 0);
    assert!(stdout(&told).contains("the priority tier costs"), "{}", stdout(&told));
}

/// Of few calls that many inputs share, some inputs have none.
#[test]
fn a_total_is_the_sum_of_one_call_each_and_of_the_calls_of_each() {
    let folder = (1..=5).fold(Folder::new(), |folder, i| {
        folder.with(&format!("{i}.md"), "Name a tree. ".repeat(i * i))
    });
    for calls in ["", "--calls 1", "--calls 3", "--calls 5", "--calls 12/month", "--calls 20k"] {
        let answer = json(folder.outlay(&format!("estimate . {calls} -m o1-mini --json")));
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), 5, "{calls}");
        for cost in ["cost_usd", "calls_cost_usd"] {
            for bound in ["expected", "worst_case"] {
                let of =
                    |of: &Value| -> Money { of[cost][bound].as_str().unwrap().parse().unwrap() };
                let sum: Money = results.iter().map(of).sum();
                assert_eq!(of(&answer["total"]), sum, "{calls}: {cost} {bound}");
            }
        }
    }
}
