//! One conversation, one bill: `simulate` and `check` agree to the picodollar.

use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Folder, json, json_of};

const CONFIG: &str = r#"
[[prompt]]
scenario = "scenario.toml"
call.calls = "20k/month"
budget.max_monthly_cost = 1_000_000_000
"#;

fn folder(scenario: &str) -> Folder {
    let folder = Folder::new().with("scenario.toml", scenario);
    folder.with("outlay.toml", CONFIG).with("agent.toml", AGENT)
}

/// The cost of a conversation as `simulate` and as `check` bill it.
fn both(scenario: &str, as_of: &str) -> [Value; 2] {
    let folder = folder(scenario);
    let simulated = json(folder.outlay(&format!("simulate scenario.toml --json --as-of {as_of}")));
    let checked = json(folder.outlay(&format!("check --json --as-of {as_of}")));
    [
        simulated["results"][0]["total_cost_usd"]["mean"].clone(),
        checked["results"][0]["cost_usd"]["expected"].clone(),
    ]
}

/// Cache writes are billed, up to the mark at the end of each prompt: 13,524 tokens in all.
#[test]
fn a_conversation_that_writes_to_the_cache_costs_the_same_in_both_verbs() {
    let scenario = "model = \"claude-sonnet-4-5\"\nbase = 8000\nuser = 500\nreasoning = 0\nvisible = 500\nturns = 6\n";
    assert_eq!(both(scenario, "2026-11-22"), ["0.111624", "0.111624"]);
}

/// Each turn pays the row of its own prompt, on both sides of a long-prompt threshold.
#[test]
fn a_conversation_across_a_threshold_costs_the_same_in_both_verbs() {
    let scenario = "model = \"gemini-2.5-pro\"\nbase = 150000\nuser = 20000\nreasoning = 0\nvisible = 500\nturns = 5\n";
    assert_eq!(both(scenario, "2025-10-01"), ["0.604531", "0.604531"]);
}

fn scenarios() -> impl Strategy<Value = String> {
    let models = prop::sample::select(vec![
        "o1-mini",
        "o1-preview",
        "gpt-5.1",
        "claude-sonnet-4-5",
        "claude-opus-4-1",
        "gemini-2.5-pro",
        "deepseek-reasoner",
    ]);
    let amount =
        prop_oneof![(0..4_000_u32).prop_map(|n| n.to_string()), Just("\"200..4k\"".to_owned())];
    let histories = prop::sample::select(vec!["full", "drop-oldest", "window:2", "summarize:500"]);
    let after = prop::sample::select(vec!["stop", "retry", "double", "continue"]);
    let cap = prop_oneof![Just(None), (200..30_000_u32).prop_map(Some)];
    let call = (amount.clone(), amount.clone(), amount.clone());
    (models, 0..190_000_u32, call, 1..8_u32, histories, after, cap, task(amount), caching())
        .prop_map(|(model, base, call, turns, history, after, cap, task, caching)| {
            let (user, reasoning, visible) = call;
            let cap = cap.map(|cap| format!("max_completion_tokens = {cap}\n")).unwrap_or_default();
            format!(
                "model = \"{model}\"\nbase = {base}\nuser = {user}\nreasoning = {reasoning}\nvisible = {visible}\n\
                 turns = {turns}\nhistory = \"{history}\"\non_length = \"{after}\"\nruns = 200\n{cap}{caching}{task}"
            )
        })
}

/// Steps with tools, a budget for them, and agents; or none of it.
fn task(amount: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = String> {
    let steps = prop::sample::select(vec!["1", "4", "\"2..9\"", "\"endless\""]);
    let budget = prop::sample::select(vec![
        "max_steps = 5\n",
        "max_turn_usd = \"0.5\"\nmax_steps = 30\n",
        "max_turn_tokens = \"300k\"\n",
    ]);
    let calls = prop::sample::select(vec!["1", "2", "\"1..3\""]);
    let agents = prop_oneof![
        Just(String::new()),
        Just("[[agent]]\nscenario = \"agent.toml\"\nruns = \"1..3\"\n".to_owned())
    ];
    let task = (steps, budget, calls, amount.clone(), amount, agents).prop_map(
        |(steps, budget, calls, call, result, agents)| {
            format!(
                "steps = {steps}\n{budget}calls_per_step = {calls}\ncall_tokens = {call}\n\
                 result_tokens = {result}\ntool_definitions = 900\n{agents}"
            )
        },
    );
    prop_oneof![Just(String::new()), task]
}

/// Gaps between turns, and a way of caching that every model has.
fn caching() -> impl Strategy<Value = String> {
    let gaps = prop::sample::select(vec![
        "",
        "turn_gap = \"4min\"\n",
        "turn_gap = \"1min..30min\"\n",
        "turn_gap = \"3d\"\n",
    ]);
    let ways = prop::sample::select(vec!["", "cache = \"none\"\n"]);
    (gaps, ways).prop_map(|(gap, way)| format!("{gap}{way}"))
}

const AGENT: &str = "model = \"gpt-5.1\"\nsteps = \"1..4\"\nresult_tokens = 100\nreasoning = 50\nvisible = 80\nruns = 50\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_scenario_costs_the_same_in_both_verbs(scenario in scenarios()) {
        let folder = folder(&scenario);
        let simulated = folder.outlay("simulate scenario.toml --json --as-of 2025-10-15").output().unwrap();
        let checked = folder.outlay("check --json --as-of 2025-10-15").output().unwrap();
        prop_assert_eq!(simulated.status.code(), checked.status.code());
        if simulated.status.code() == Some(0) {
            let (simulated, checked) = (json_of(&simulated), json_of(&checked));
            let (simulated, checked) = (&simulated["results"][0], &checked["results"][0]);
            prop_assert_eq!(&simulated["total_cost_usd"]["mean"], &checked["cost_usd"]["expected"]);
            let month = checked["monthly_cost_usd"]["expected"].as_str().unwrap();
            let month: outlay::units::Money = month.parse().unwrap();
            let mean: outlay::units::Money =
                simulated["total_cost_usd"]["mean"].as_str().unwrap().parse().unwrap();
            prop_assert_eq!(mean * 20_000, month);
        }
    }
}
