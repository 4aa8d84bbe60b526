//! The same calls in every tier, with the time that their answers take, and what writing to a cache costs in each.

use serde_json::{Value, json};

use crate::support::{outlay, output, result, stdout};

/// The tiers of an answer with the cost of a call in each.
fn costs(arguments: &str) -> Vec<(String, String)> {
    let answer = result(arguments);
    let offers = answer["tiers"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    offers
        .iter()
        .map(|offer| (text(&offer["tier"]), text(&offer["cost_usd"]["expected"])))
        .collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(tier, cost)| ((*tier).to_owned(), (*cost).to_owned())).collect()
}

/// By hand, of prices since 2026-07-30 in USD per million: standard 2 and 12, batch and flex 1 and 6, priority 4
/// and 24; 1,000 prompt tokens and 500 completion tokens.
#[test]
fn every_tier_on_sale_stands_beside_the_others() {
    let call = "--input-tokens 1000 --completion-tokens 500 --calls 1k --as-of 2026-11-25";
    let expected = pairs(&[
        ("standard", "0.008"),
        ("batch", "0.004"),
        ("flex", "0.004"),
        ("priority", "0.016"),
    ]);
    for verb in ["estimate", "plan"] {
        assert_eq!(costs(&format!("{verb} -m gpt-5.6-terra {call}")), expected, "{verb}");
        let table = output(outlay(&format!("{verb} -m gpt-5.6-terra {call}")), 0);
        let table = stdout(&table).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(table.contains("50 % less within 24 h or not at all"), "{table}");
        assert!(table.contains("later; no time is named"), "{table}");
        assert!(table.contains("$16.00 100 % more at once"), "{table}");
    }
    // The tier that is asked for is the measure.
    let batch = output(outlay(&format!("estimate -m gpt-5.6-terra --tier batch {call}")), 0);
    assert!(stdout(&batch).contains("against batch"), "{}", stdout(&batch));
    let all = result(&format!("estimate -m gpt-5.6-terra {call}"));
    assert_eq!(all["tiers"][1]["calls_cost_usd"]["expected"], "4");
}

#[test]
fn waiting_times_are_those_that_the_provider_names() {
    let wait = |model: &str, tier: &str| {
        let call = "--input-tokens 1000 --completion-tokens 500 --as-of 2026-11-25";
        let answer = result(&format!("estimate -m {model} {call}"));
        let offers = answer["tiers"].as_array().unwrap().clone();
        let offer = offers.into_iter().find(|offer| offer["tier"] == tier);
        let wait = offer.unwrap()["turnaround"].clone();
        ["usual_seconds", "within_seconds", "expires_seconds"].map(|key| wait[key].clone())
    };
    let day = json!(86_400.0);
    let none = Value::Null;
    assert_eq!(wait("gpt-5.6-terra", "batch"), [none.clone(), day.clone(), day.clone()]);
    assert_eq!(wait("claude-opus-5-5", "batch"), [json!(3_600.0), none.clone(), day.clone()]);
    assert_eq!(wait("gemini-3.6-flash", "batch"), [none.clone(), day.clone(), none.clone()]);
    assert_eq!(wait("gemini-3.6-flash", "flex"), [none.clone(), json!(900.0), none.clone()]);
    assert_eq!(wait("mistral-large-4", "batch"), [none.clone(), none.clone(), day.clone()]);
    assert_eq!(wait("grok-4.7", "batch"), [day, none.clone(), none.clone()]);
    assert_eq!(wait("gpt-5.6-terra", "standard"), [none.clone(), none.clone(), none]);
}

#[test]
fn a_tier_that_does_not_take_the_call_is_not_offered() {
    let call = "--input-tokens 1000 --completion-tokens 500 --as-of 2024-10-20";
    for model in ["o1-mini", "o1-preview"] {
        let standard = costs(&format!("estimate -m {model} {call}"));
        assert_eq!(standard.len(), 1, "{standard:?}");
        let table = output(outlay(&format!("estimate -m {model} {call}")), 0);
        assert!(!stdout(&table).contains("in every tier"), "{}", stdout(&table));
    }
    // Over 272,000 tokens no rates of other tiers were known in this period, and none is taken for them.
    let long = "--input-tokens 300k --completion-tokens 500 --as-of 2026-07-20 -m gpt-5.6-terra";
    assert_eq!(costs(&format!("estimate {long}")).len(), 1);
    output(outlay(&format!("estimate {long} --tier flex")), 2);
}

/// The sum over inputs has the tiers that all of them can be sent to, where they are for one model.
#[test]
fn the_sum_of_several_inputs_stands_in_every_tier() {
    let of = |models: &str| {
        let call = format!("estimate tests/prompts -m {models} --completion-tokens 500 --json");
        let run = output(outlay(&format!("{call} --as-of 2026-11-25")), 0);
        serde_json::from_str::<Value>(stdout(&run)).unwrap()
    };
    let report = of("gpt-5.6-terra");
    let total = report["total"]["tiers"].as_array().unwrap().clone();
    let results = report["results"].as_array().unwrap();
    let dollars = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    assert_eq!(total.len(), 4);
    for (i, sum) in total.iter().enumerate() {
        let parts = results.iter().map(|one| dollars(&one["tiers"][i]["cost_usd"]["expected"]));
        let (parts, sum) = (parts.sum::<f64>(), dollars(&sum["cost_usd"]["expected"]));
        assert!((parts - sum).abs() < 1e-12, "{parts} is not {sum}");
    }
    assert_eq!(total[0]["cost_usd"]["p95"], report["total"]["cost_usd"]["p95"]);
    let mixed = of("gpt-5.6-terra,o3");
    assert_eq!(mixed["total"]["tiers"], json!([]));

    let call = "estimate tests/prompts -m gpt-5.6-terra --completion-tokens 500";
    let table = output(outlay(&format!("{call} --as-of 2026-11-25")), 0);
    let titles = stdout(&table).lines().find(|line| line.contains("against standard")).unwrap();
    assert!(titles.contains("one call each"), "{titles}");
}

/// By hand, of 10,000 prompt tokens and 500 completion tokens. gpt-5.6-terra writes what it does not read, at 2.5 in
/// place of 2; claude-opus-5-5 writes what is said, at 5 in place of 4 (and half of both in a batch).
#[test]
fn estimate_and_plan_charge_for_writing_to_a_cache_in_every_tier() {
    let call = "--input-tokens 10000 --completion-tokens 500 --as-of 2026-11-25";
    for verb in ["estimate", "plan"] {
        let cost = |flags: &str| {
            let answer = result(&format!("{verb} {call} {flags}"));
            assert_eq!(answer["cost_usd"], answer["tiers"][0]["cost_usd"], "{verb} {flags}");
            answer["cost_usd"]["expected"].as_str().unwrap().to_owned()
        };
        // 10,000·2.5 + 500·12; 10,000·2 + 500·12; 4,000·0.2 + 6,000·2.5 + 500·12.
        assert_eq!(cost("-m gpt-5.6-terra"), "0.031");
        assert_eq!(cost("-m gpt-5.6-terra --cache-write 0"), "0.026");
        assert_eq!(cost("-m gpt-5.6-terra --cached 40%"), "0.0218");
        // 10,000·4 + 500·20; 5,000·4 + 5,000·5 + 500·20.
        assert_eq!(cost("-m claude-opus-5-5"), "0.05");
        assert_eq!(cost("-m claude-opus-5-5 --cache-write 50%"), "0.055");
    }
    let terra = costs(&format!("estimate -m gpt-5.6-terra {call}"));
    assert_eq!(terra[1], ("batch".to_owned(), "0.0155".to_owned()));
    let opus = costs(&format!("estimate -m claude-opus-5-5 --cache-write 50% {call}"));
    assert_eq!(opus[1], ("batch".to_owned(), "0.0275".to_owned()));
    // A tier without a write rate charges none: 10,000·1.25 + 500·7.5.
    let before = "--input-tokens 10000 --completion-tokens 500 --as-of 2026-07-20";
    let earlier = costs(&format!("estimate -m gpt-5.6-terra {before}"));
    assert_eq!(earlier[1], ("batch".to_owned(), "0.01625".to_owned()));
    assert_eq!(earlier[0].1, "0.03875");
}
