//! Forecasts of every model: by kind of work, of unknown work, of many calls.

use jiff::civil::date;
use outlay::catalog::Catalog;
use outlay::units::Tokens;
use outlay::workload::{CallSpec, Workload};
use serde_json::{Value, json};

use crate::support::{
    Folder, json_of, number, outlay, output, profile, range, result, stderr, stdout,
};

const DAY: &str = "--as-of 2026-11-25";

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
