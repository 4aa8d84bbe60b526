//! `outlay simulate` of turns with tools: tables computed independently, and what differs where it must.
//!
//! A message costs its content and 4, a prompt 3 more. A step sends the turn so far: the user's message, and of
//! every step before it the retained reasoning, the visible tokens and the results.

use serde_json::{Value, json};

use crate::conversations::assert_near;
use crate::support::{Folder, json as report, json_of, outlay, output, result, stderr};

/// Two turns of five steps: 2,000 tokens of instructions, 100 of the user, 300 of reasoning, 150 visible with
/// the call among them, and results of 400.
const TASK: &str = "--turns 2 --steps 5 --base 2000 --user 100 --reasoning 300 --visible 150 \
                    --result-tokens 400";

/// Prompts of the ten steps by retention, and how many of their tokens are cached by the rules of a maker.
/// Computed by comparing prompts as lists of segments, with fractions of cents (Python).
const NONE: [u64; 10] = [2_107, 2_665, 3_223, 3_781, 4_339, 4_597, 5_155, 5_713, 6_271, 6_829];
const IN_TURN: [u64; 10] = [2_107, 2_965, 3_823, 4_681, 5_539, 4_597, 5_455, 6_313, 7_171, 8_029];
const ALL: [u64; 10] = [2_107, 2_965, 3_823, 4_681, 5_539, 6_097, 6_955, 7_813, 8_671, 9_529];

fn simulate(arguments: &str) -> Value {
    result(&format!("simulate {arguments}"))
}

fn column(simulated: &Value, name: &str) -> Vec<u64> {
    let steps = simulated["steps"].as_array().unwrap();
    steps.iter().map(|step| step[name]["mean"].as_u64().unwrap()).collect()
}

#[track_caller]
fn assert_task(arguments: &str, prompts: &[u64], cached: &[u64], dollars: &str) {
    let simulated = simulate(&format!("{TASK} {arguments}"));
    assert_eq!(column(&simulated, "prompt_tokens"), prompts, "{arguments}");
    assert_eq!(column(&simulated, "cached_tokens"), cached, "{arguments}");
    assert_eq!(simulated["total_cost_usd"]["mean"], dollars, "{arguments}");
    assert_eq!(simulated["total_cost_usd"]["p95"], dollars, "{arguments}");
    assert_eq!(simulated["runs"], 1, "{arguments}");
    assert_eq!(simulated["step_totals"]["requests"]["mean"], 10, "{arguments}");
}

#[test]
fn a_task_is_cached_in_steps_of_128_at_openai() {
    let gpt = "-m gpt-5 --as-of 2025-09-01 --retention";
    let cached = [0, 2_048, 2_560, 3_200, 3_712, 4_224, 4_480, 5_120, 5_632, 6_144];
    assert_task(&format!("{gpt} none"), &NONE, &cached, "0.05909");
    // Dropped reasoning breaks the prefix of the second turn after its first message.
    let cached = [0, 2_048, 2_944, 3_712, 4_608, 2_048, 4_480, 5_376, 6_272, 7_168];
    assert_task(&format!("{gpt} in-turn"), &IN_TURN, &cached, "0.064862");
    let cached = [0, 2_048, 2_944, 3_712, 4_608, 5_504, 6_016, 6_912, 7_808, 8_576];
    assert_task(&format!("{gpt} all"), &ALL, &cached, "0.063581");
}

#[test]
fn a_task_is_written_to_the_cache_at_its_rate_at_anthropic() {
    let claude = "-m claude-sonnet-4-5 --as-of 2026-11-01 --retention";
    let cached = [0, 2_104, 2_662, 3_220, 3_778, 4_336, 4_594, 5_152, 5_710, 6_268];
    assert_task(&format!("{claude} none"), &NONE, &cached, "0.1045347");
    let cached = [0, 2_104, 2_962, 3_820, 4_678, 2_104, 4_594, 5_452, 6_310, 7_168];
    assert_task(&format!("{claude} in-turn"), &IN_TURN, &cached, "0.1223151");
    let cached = [0, 2_104, 2_962, 3_820, 4_678, 5_536, 6_094, 6_952, 7_810, 8_668];
    assert_task(&format!("{claude} all"), &ALL, &cached, "0.1178997");
    // An hour costs twice the input rate: 9,526 written tokens at 2.25 more a million.
    assert_task(&format!("{claude} all --cache 1h"), &ALL, &cached, "0.1393332");
}

#[test]
fn a_task_is_cached_from_2048_tokens_on_at_google() {
    // No step is published: 128 is assumed.
    let gemini = "-m gemini-2.5-pro --as-of 2026-11-01 --retention";
    let cached = [0, 2_048, 2_560, 3_200, 3_712, 4_224, 4_480, 5_120, 5_632, 6_144];
    assert_task(&format!("{gemini} none"), &NONE, &cached, "0.05909");
    let cached = [0, 2_048, 2_944, 3_712, 4_608, 2_048, 4_480, 5_376, 6_272, 7_168];
    assert_task(&format!("{gemini} in-turn"), &IN_TURN, &cached, "0.064862");
    let cached = [0, 2_048, 2_944, 3_712, 4_608, 5_504, 6_016, 6_912, 7_808, 8_576];
    assert_task(&format!("{gemini} all"), &ALL, &cached, "0.063581");
    // A shorter prefix is not cached there, and is at 1,024 elsewhere.
    let short = "--steps 2 --base 1900 --user 10 --reasoning 0 --visible 10 --result-tokens 10";
    let cached = |model: &str| {
        column(&simulate(&format!("{short} -m {model} --as-of 2026-11-01")), "cached_tokens")
    };
    assert_eq!(cached("gemini-2.5-pro"), [0, 0]);
    assert_eq!(cached("claude-sonnet-4-5"), [0, 1_914]);
}

/// costgate 0.1.0 (`project`, analytic) knows neither caches nor reasoning nor framing: its 10 steps of 8,400
/// fixed tokens, 300 of output and 1,200 of a tool at $5 and $30 a million cost $0.8475.
#[test]
fn a_loop_without_cache_and_reasoning_costs_what_costgate_says() {
    let simulated = simulate(
        "-m gpt-5.5 --as-of 2026-11-01 --cache none --steps 10 --base 8193 --user 200 \
         --reasoning 0 --visible 300 --result-tokens 1192",
    );
    assert_eq!(simulated["total_cost_usd"]["mean"], "0.8475");
    let prompts: u64 = column(&simulated, "prompt_tokens").iter().sum();
    assert_eq!(prompts, 151_500);
}

#[test]
fn retention_follows_the_endpoint() {
    let total =
        |more: &str| simulate(&format!("{TASK} -m o3 --as-of 2026-01-01 {more}"))["steps"].take();
    assert_eq!(total("--endpoint responses"), total("--retention in-turn"));
    assert_eq!(total("--endpoint chat_completions"), total("--retention none"));
    assert_ne!(total("--retention none"), total("--retention in-turn"));
    assert_ne!(total("--retention in-turn"), total("--retention all"));
}

#[test]
fn calls_side_by_side_have_a_result_each() {
    let simulated = simulate(
        "-m gpt-4o --steps 2 --base 100 --user 10 --visible 20 --calls-per-step 3 --call-tokens 30 \
         --result-tokens 100 --tool-definitions 50 --cache none",
    );
    // 3 + 100 + 50 + 14, and then an answer of 20 + 3·30 with 4, and three results of 100 with 4 each.
    assert_eq!(column(&simulated, "prompt_tokens"), [167, 167 + 114 + 312]);
    assert_eq!(column(&simulated, "completion_tokens"), [110, 20]);
    assert_eq!(simulated["tool_definitions"], 50);
}

#[test]
fn a_loop_ends_at_its_budget() {
    let task = "-m gpt-4o --visible 100 --base 1000 --result-tokens 500";
    let steps = |more: &str| {
        let simulated = simulate(&format!("{task} {more}"));
        let hit = simulated["step_totals"]["budget_hit"].as_f64().unwrap();
        (simulated["steps"].as_array().unwrap().len(), hit > 0.5)
    };
    assert_eq!(steps("--steps 8"), (8, false));
    assert_eq!(steps("--steps 8 --max-steps 3"), (3, true));
    assert_eq!(steps("--steps endless --max-steps 12"), (12, true));
    assert_eq!(steps("--steps 3 --max-steps 3"), (3, false));
    // Prompts of 1,107, 1,715 and 2,323 tokens, each with 100 of completion: 5,445 after three.
    assert_eq!(steps("--steps endless --max-turn-tokens 5445"), (3, true));
    assert_eq!(steps("--steps endless --max-turn-tokens 5446"), (4, true));
    assert_eq!(steps("--steps endless --max-turn-usd 0.01 --as-of 2024-09-20"), (2, true));
    // A loop without end fills the window.
    let endless = simulate(&format!("{task} --steps endless --max-turn-usd 100"));
    assert_eq!(endless["overflowed"], 1.0);
}

#[test]
fn agents_are_scenarios_of_their_own_and_part_of_the_cost() {
    let folder = Folder::new()
        .with(
            "main.toml",
            "model = \"gpt-4o\"\nsteps = 3\nvisible = 100\nbase = 1000\nresult_tokens = 300\n\
             [[agent]]\nscenario = \"below/search.toml\"\nruns = 2\n",
        )
        .with(
            "below/search.toml",
            "model = \"gpt-4o-mini\"\nsteps = 2\nvisible = 50\nbase = 500\nresult_tokens = 100\n",
        )
        .with(
            "alone.toml",
            "model = \"gpt-4o\"\nsteps = 3\nvisible = 100\nbase = 1000\nresult_tokens = 300\n",
        )
        .with(
            "circle.toml",
            "steps = 2\nvisible = 9\nresult_tokens = 9\nmodel = \"gpt-4o\"\n\
             [[agent]]\nscenario = \"below/back.toml\"\n",
        )
        .with(
            "below/back.toml",
            "steps = 2\nvisible = 9\nresult_tokens = 9\nmodel = \"gpt-4o\"\n\
             [[agent]]\nscenario = \"../circle.toml\"\n",
        );
    let cost = |name: &str| {
        let simulated = report(folder.outlay(&format!("simulate {name} --json")));
        let simulated = &simulated["results"][0];
        let cost = &simulated["total_cost_usd"]["mean"];
        let agents = simulated["agents"].clone();
        (cost.as_str().unwrap().parse::<f64>().unwrap(), agents)
    };
    let ((main, agents), (alone, none), (below, _)) =
        (cost("main.toml"), cost("alone.toml"), cost("below/search.toml"));
    assert_near(main, alone + 2.0 * below, 1e-12, "agents are in the sum");
    assert_eq!(none, json!([]));
    assert_eq!(agents[0]["model"], "gpt-4o-mini");

    // Nothing is drawn unless agents differ in what they cost, or in how many there are.
    let exact = |runs: &str, visible: &str| {
        let main = format!(
            "model = \"gpt-4o\"\nsteps = 3\nvisible = 100\nbase = 1000\nresult_tokens = 300\n\
             [[agent]]\nscenario = \"agent.toml\"\nruns = {runs}\n"
        );
        let agent = format!("model = \"gpt-4o-mini\"\nvisible = {visible}\nbase = 500\n");
        let folder = Folder::new().with("main.toml", main).with("agent.toml", agent);
        report(folder.outlay("simulate main.toml --json"))["results"][0]["exact"].clone()
    };
    assert_eq!(exact("2", "50"), true);
    assert_eq!(exact("2", "\"20..90\""), false);
    assert_eq!(exact("\"1..4\"", "50"), false);

    // `check` prices the same.
    let config =
        "[[prompt]]\nname = \"task\"\nscenario = \"main.toml\"\nbudget.max_cost_per_call = \"1\"\n";
    let folder = folder.with("outlay.toml", config);
    let checked = report(folder.outlay("check --json"));
    let expected: f64 =
        checked["results"][0]["cost_usd"]["expected"].as_str().unwrap().parse().unwrap();
    assert_near(expected, main, 1e-12, "check prices the same");

    let refused = output(folder.outlay("simulate circle.toml --json"), 2);
    assert!(stderr(&refused).contains("start this one again"), "{}", stderr(&refused));
}

#[test]
fn mistakes_of_tasks_are_named() {
    for (arguments, message) in [
        ("--steps 0 --result-tokens 9", "a turn of 0 steps sends nothing"),
        ("--steps endless --result-tokens 9", "steps without end need a budget"),
        ("--steps 5", "nothing says what a tool returns"),
        ("--steps 5 --result-tokens 9 --calls-per-step 0", "calls at least one tool"),
        ("--max-steps 5", "says something about steps"),
        ("--steps 5 --result-tokens 9 --max-steps 0", "a turn of 0 steps"),
        ("--steps 5 --result-tokens 9 --max-turn-usd 0.0001", "does not go beyond the first step"),
        ("--steps 5 --result-tokens 9 --max-turn-tokens 10", "does not go beyond the first step"),
        (
            "--steps 5 --result-tokens 9 --tool-definitions 200k",
            "the definitions of tools alone have 200,000",
        ),
        ("--steps 5 --result-tokens 9 --base 130k", "leaves no room"),
        ("--steps 20k --result-tokens 0 --base 0 --user 0 --visible 0", "more than 10,000 steps"),
        ("--cache 1h", "keeps no prompt for 1h"),
        ("--cache soon", "is not a way of caching"),
        ("--turn-gap 5", "`5` has no unit"),
        ("--turn-gap 9min..1min", "60 s is shorter than 9 min"),
    ] {
        let visible = if arguments.contains("--visible") { "" } else { "--visible 100" };
        let command = outlay(&format!("simulate -m gpt-4o {visible} {arguments} --json"));
        let refused = output(command, 2);
        let said = format!("{}{}", stderr(&refused), String::from_utf8_lossy(&refused.stdout));
        assert!(said.contains(message), "{arguments}: {said}");
    }
}

// ---- Gaps and lifetimes --------------------------------------------------------------------------

const CHAT: &str = "--base 3000 --user 100 --reasoning 300 --visible 200 --turns 6";

fn caching(arguments: &str) -> Vec<(String, f64)> {
    let simulated = simulate(&format!("{CHAT} {arguments}"));
    let ways = simulated["caching"].as_array().unwrap();
    let way = |way: &Value| {
        let cost = way["cost_usd"].as_str().unwrap().parse().unwrap();
        (way["cache"].as_str().unwrap().to_owned(), cost)
    };
    ways.iter().map(way).collect()
}

#[test]
fn each_way_of_caching_costs_what_it_costs_alone() {
    for gap in ["0s", "10min", "30s..20min", "2h", "p50=3min,p95=50min"] {
        let arguments =
            format!("-m claude-sonnet-4-5 --as-of 2026-11-01 --turn-gap {gap} --runs 500");
        let ways = caching(&arguments);
        assert_eq!(ways.len(), 3, "5m, none and 1h");
        for (cache, cost) in ways {
            let alone = simulate(&format!("{CHAT} {arguments} --cache {cache}"));
            let alone: f64 = alone["total_cost_usd"]["mean"].as_str().unwrap().parse().unwrap();
            assert_near(cost, alone, 1e-12, &format!("{cache} at gaps of {gap}"));
        }
    }
}

#[test]
fn gaps_decide_between_five_minutes_an_hour_and_none() {
    let best = |gap: &str| {
        let ways = caching(&format!("-m claude-sonnet-4-5 --as-of 2026-11-01 --turn-gap {gap}"));
        ways.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0
    };
    assert_eq!(best("1min"), "5m");
    assert_eq!(best("20min"), "1h");
    assert_eq!(best("3h"), "none");
}

#[test]
fn a_random_gap_is_outlived_as_often_as_its_distribution_says() {
    let simulated = simulate(&format!(
        "{CHAT} -m gpt-5 --as-of 2025-09-01 --turn-gap p50=5min,p95=1h --runs 4000"
    ));
    assert_near(simulated["caching"][0]["gaps_outlived"].as_f64().unwrap(), 0.5, 1e-9, "share");
    let cached = &simulated["turns"][5]["cached_tokens"];
    let full = simulate(&format!("{CHAT} -m gpt-5 --as-of 2025-09-01"));
    let kept = full["turns"][5]["cached_tokens"]["mean"].as_f64().unwrap();
    assert_near(cached["mean"].as_f64().unwrap() / kept, 0.5, 0.03, "half of them are cached");
    // A day-long cache costs nothing more to write there, and outlives nearly all.
    assert!(simulated["caching"].as_array().unwrap().iter().any(|way| way["cache"] == "24h"));
}

#[test]
fn a_gap_beyond_every_lifetime_is_named() {
    let simulated =
        simulate(&format!("{CHAT} -m claude-sonnet-4-5 --as-of 2026-11-01 --turn-gap 3h"));
    let said = simulated["assumptions"].to_string();
    assert!(said.contains("and every other cache of the model"), "{said}");
}

/// The break-even of makers' published factors: with 1.25 and 0.1 the second use pays, with 2 the third.
#[test]
fn a_written_prefix_pays_from_the_published_use_on() {
    let uses = |model: &str| {
        let simulated = simulate(&format!("{CHAT} -m {model} --as-of 2026-11-01 --calls 5k/month"));
        let ways = simulated["caching"].as_array().unwrap().clone();
        let of = |way: &Value| {
            (way["cache"].as_str().unwrap().to_owned(), way["pays_from_use"].as_u64())
        };
        ways.iter().map(of).collect::<Vec<_>>()
    };
    let named = |cache: &str, use_: Option<u64>| (cache.to_owned(), use_);
    assert_eq!(
        uses("claude-sonnet-4-5"),
        [named("5m", Some(2)), named("none", None), named("1h", Some(3))]
    );
    // 1.25 and 2.5 of the input rate.
    assert_eq!(
        uses("gpt-5.6-terra"),
        [named("30m", Some(2)), named("none", None), named("12h", Some(3))]
    );
}

#[test]
fn the_same_seed_gives_the_same_task_whatever_the_number_of_threads() {
    let written = |threads: &str| {
        let mut command = outlay(
            "simulate --json -m gpt-4o --visible 50..400 --steps 2..9 --result-tokens 100..4000 \
             --calls-per-step 1..3 --turns 3 --turn-gap 1min..20min --runs 3000",
        );
        command.env("RAYON_NUM_THREADS", threads);
        json_of(&output(command, 0))
    };
    assert_eq!(written("1"), written("4"));
}

// ---- Transcripts with tools ----------------------------------------------------------------------

const CHAT_TOOLS: &str = r#"{"model": "gpt-4o", "messages": [
    {"role": "user", "content": "one two three"},
    {"role": "assistant", "content": null, "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "look", "arguments": "{}"}},
        {"id": "b", "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "a", "content": "one two"},
    {"role": "tool", "tool_call_id": "b", "content": "one two"},
    {"role": "assistant", "content": "one"},
    {"role": "user", "content": "one two"}
]}"#;

const RESPONSES_TOOLS: &str = r#"{"model": "gpt-4o", "input": [
    {"role": "user", "content": "one two three"},
    {"type": "function_call", "call_id": "a", "name": "look", "arguments": "{}"},
    {"type": "function_call", "call_id": "b", "name": "look", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "a", "output": "one two"},
    {"type": "function_call_output", "call_id": "b", "output": "one two"},
    {"role": "assistant", "content": "one"},
    {"role": "user", "content": "one two"}
]}"#;

const ANTHROPIC_TOOLS: &str = r#"{"model": "claude-sonnet-4-5", "max_tokens": 1000, "messages": [
    {"role": "user", "content": "one two three"},
    {"role": "assistant", "content": [
        {"type": "tool_use", "id": "a", "name": "look", "input": {}},
        {"type": "tool_use", "id": "b", "name": "look", "input": {}}]},
    {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "a", "content": "one two"},
        {"type": "tool_result", "tool_use_id": "b", "content": "one two"}]},
    {"role": "assistant", "content": "one"},
    {"role": "user", "content": "one two"}
]}"#;

const GEMINI_TOOLS: &str = r#"{"model": "gemini-2.5-pro", "contents": [
    {"role": "user", "parts": [{"text": "one two three"}]},
    {"role": "model", "parts": [{"functionCall": {"name": "look", "args": {}}},
        {"functionCall": {"name": "look", "args": {}}}]},
    {"role": "user", "parts": [
        {"functionResponse": {"name": "look", "response": {"a": "one two"}}},
        {"functionResponse": {"name": "look", "response": {"a": "one two"}}}]},
    {"role": "model", "parts": [{"text": "one"}]},
    {"role": "user", "parts": [{"text": "one two"}]}
]}"#;

#[test]
fn a_transcript_with_tools_goes_on_with_the_steps_it_shows() {
    let makers = [
        ("chat", CHAT_TOOLS),
        ("responses", RESPONSES_TOOLS),
        ("anthropic", ANTHROPIC_TOOLS),
        ("gemini", GEMINI_TOOLS),
    ];
    for (maker, text) in makers {
        let folder = Folder::new().with("chat.json", text);
        let reasoning =
            if maker == "gemini" || maker == "anthropic" { "--reasoning 0" } else { "" };
        let simulated = report(folder.outlay(&format!(
            "simulate chat.json {reasoning} --visible 50 --turns 3 --as-of 2025-12-01 --json"
        )));
        let simulated = &simulated["results"][0];
        assert_eq!(simulated["step_totals"]["requests"]["mean"], 6, "{maker}: two steps a turn");
        let said = simulated["assumptions"].to_string();
        assert!(said.contains("2 steps a turn; 2 calls a step"), "{maker}: {said}");
    }
    // A request to Anthropic that marks nothing is not cached; a marked one as it is marked.
    let folder = Folder::new()
        .with("plain.json", ANTHROPIC_TOOLS)
        .with("marked.json", ANTHROPIC_TOOLS.replace(
            "\"content\": \"one two three\"",
            r#""content": [{"type": "text", "text": "one two three", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]"#,
        ));
    for (file, cache) in [("plain.json", "none"), ("marked.json", "1h")] {
        let simulated = report(folder.outlay(&format!(
            "simulate {file} --reasoning 0 --visible 50 --turns 2 --as-of 2025-12-01 --json"
        )));
        assert_eq!(simulated["results"][0]["caching"][0]["cache"], cache);
    }
}

#[test]
fn calls_and_results_without_each_other_are_named() {
    let without = |text: &str, part: &str| {
        assert!(text.contains(part), "{part}");
        text.replacen(part, "", 1)
    };
    let cases = [
        (
            without(
                CHAT_TOOLS,
                "{\"role\": \"tool\", \"tool_call_id\": \"b\", \"content\": \"one two\"},\n",
            ),
            "`messages[1]` calls `look` (b), and no result of it follows",
        ),
        (
            CHAT_TOOLS.replacen("\"tool_call_id\": \"b\"", "\"tool_call_id\": \"c\"", 1),
            "`messages[3]` holds the result of `c`, and no message before it calls that",
        ),
        (
            without(
                RESPONSES_TOOLS,
                "{\"type\": \"function_call\", \"call_id\": \"a\", \"name\": \"look\", \"arguments\": \"{}\"},\n",
            ),
            "holds the result of `a`, and no message before it calls that",
        ),
        (
            without(
                ANTHROPIC_TOOLS,
                ",\n        {\"type\": \"tool_result\", \"tool_use_id\": \"b\", \"content\": \"one two\"}",
            ),
            "calls `look` (b), and no result of it follows",
        ),
        (
            without(
                GEMINI_TOOLS,
                ",\n        {\"functionResponse\": {\"name\": \"look\", \"response\": {\"a\": \"one two\"}}}",
            ),
            "calls `look`, and no result of it follows",
        ),
    ];
    for (text, message) in cases {
        let folder = Folder::new().with("chat.json", &text);
        let refused = output(
            folder.outlay("simulate chat.json --reasoning 0 --visible 50 --as-of 2025-12-01"),
            2,
        );
        assert!(stderr(&refused).contains(message), "{message}: {}", stderr(&refused));
    }
}
