//! `outlay simulate`: tables made by hand, one law at a time, and draws against what they are drawn from.
//!
//! A message costs its content and 4, a prompt 3 more; what repeats from its start is cached in steps of 128,
//! from 1,024 on. Costs are those of the list price of that day.

use outlay::forecast::Profile;
use serde_json::{Value, json};

use crate::support::{json as report, outlay, output, result};

/// Constant amounts: a turn leaves 100 + 4 of the user and 100 + 4 of the answer.
pub const CONSTANT: &str = "--reasoning 500 --visible 100";
/// A completion whose reasoning alone fills a cap of 600.
const EMPTY: &str =
    "--reasoning 600 --visible 100 --max-completion-tokens 600 --base 2000 --turns 3";
/// Two lognormals, as a user declares them.
const DECLARED: &str = "--reasoning p50=4288,p95=11072 --visible 200..1200";

/// Prompt, cached, room, cap, billed completion and dollars of a turn.
type Row<'a> = (u64, u64, u64, u64, u64, &'a str);

pub fn simulate(arguments: &str) -> Value {
    result(&format!("simulate {arguments}"))
}

fn mean_rows(simulated: &Value) -> Vec<Value> {
    let columns =
        ["prompt_tokens", "cached_tokens", "room", "cap", "completion_tokens", "cost_usd"];
    let turns = simulated["turns"].as_array().unwrap();
    turns.iter().map(|turn| columns.map(|column| turn[column]["mean"].clone()).into()).collect()
}

/// The table of a conversation in which nothing is random, and its cost.
fn assert_table(arguments: &str, rows: &[Row<'_>], dollars: &str) {
    let simulated = simulate(arguments);
    let expected: Vec<Value> = rows.iter().map(|row| json!(row)).collect();
    assert_eq!(mean_rows(&simulated), expected, "{arguments}");
    let total = &simulated["total_cost_usd"];
    assert_eq!(
        total,
        &json!({"mean": dollars, "p5": dollars, "p50": dollars, "p95": dollars}),
        "{arguments}"
    );
    assert_eq!(simulated["runs"], 1, "{arguments}");
}

/// Whether an answer was cut off, came out empty, and whether the window overflowed.
fn shares(arguments: &str) -> [f64; 3] {
    let simulated = simulate(arguments);
    ["truncated", "empty", "overflowed"].map(|share| simulated[share].as_f64().unwrap())
}

#[track_caller]
pub fn assert_near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!(
        (found - wanted).abs() <= tolerance,
        "{what}: {found} is not {wanted} within {tolerance}"
    );
}

fn dollars(money: &Value) -> f64 {
    money.as_str().unwrap().parse().unwrap()
}

// ---- Constant amounts ----------------------------------------------------------------------------

#[test]
fn input_and_answers_pile_up_and_are_cached_from_1024_tokens_on() {
    assert_table(
        &format!("{CONSTANT} --base 900 --turns 4"),
        &[
            (1_007, 0, 65_536, 25_000, 600, "0.010221"),
            (1_215, 0, 65_536, 25_000, 600, "0.010845"),
            (1_423, 1_152, 65_536, 25_000, 600, "0.009741"),
            (1_631, 1_408, 65_536, 25_000, 600, "0.009981"),
        ],
        "0.040788",
    );
    assert_table(
        &format!("{CONSTANT} --base 2000 --turns 2 -m o1-preview"),
        &[
            (2_107, 0, 32_768, 25_000, 600, "0.067605"),
            (2_315, 2_048, 32_768, 25_000, 600, "0.055365"),
        ],
        "0.12297",
    );
}

#[test]
fn the_first_multiple_of_128_that_is_cached_is_1024() {
    // The second prompt shares base + 104 with the first.
    for (base, cached) in [(919, 0), (920, 1_024), (1_047, 1_024), (1_048, 1_152)] {
        let simulated = simulate(&format!("{CONSTANT} --base {base} --turns 2"));
        assert_eq!(simulated["turns"][1]["cached_tokens"]["mean"], cached, "{base}");
    }
}

#[test]
fn nothing_is_cached_without_a_cached_rate_or_after_five_minutes() {
    let rows = [
        (1_007, 0, 65_536, 25_000, 600, "0.010221"),
        (1_215, 0, 65_536, 25_000, 600, "0.010845"),
        (1_423, 0, 65_536, 25_000, 600, "0.011469"),
        (1_631, 0, 65_536, 25_000, 600, "0.012093"),
    ];
    let conversation = format!("{CONSTANT} --base 900 --turns 4");
    for gone in ["--as-of 2024-09-30", "--turn-gap 301s", "--turn-gap 10min"] {
        assert_table(&format!("{conversation} {gone}"), &rows, "0.044628");
    }
    for kept in ["--as-of 2024-10-01", "--turn-gap 300s", "--turn-gap 5min", "--turn-gap 0s"] {
        let simulated = simulate(&format!("{conversation} {kept}"));
        assert_eq!(simulated["total_cost_usd"]["mean"], "0.040788", "{kept}");
    }
}

#[test]
fn reasoning_is_dropped_unless_all_of_it_is_retained() {
    let conversation = format!("{CONSTANT} --base 900 --turns 4");
    let none = simulate(&format!("{conversation} --retention none"));
    let in_turn = simulate(&format!("{conversation} --retention in-turn"));
    assert_eq!(none["turns"], in_turn["turns"]);
    assert_eq!(none["turns"], simulate(&conversation)["turns"]);
    assert_table(
        &format!("{conversation} --retention all"),
        &[
            (1_007, 0, 65_536, 25_000, 600, "0.010221"),
            (1_715, 0, 65_536, 25_000, 600, "0.012345"),
            (2_423, 1_664, 65_536, 25_000, 600, "0.011973"),
            (3_131, 2_304, 65_536, 25_000, 600, "0.013137"),
        ],
        "0.047676",
    );
}

#[test]
fn a_full_history_falls_below_the_reserve_and_then_overflows() {
    let conversation = format!("{CONSTANT} --base 90k --user 12k --turns 9");
    assert_table(
        &conversation,
        &[
            (102_007, 0, 25_993, 25_000, 600, "0.313221"),
            (114_115, 101_888, 13_885, 13_885, 600, "0.196713"),
            (126_223, 114_048, 1_777, 1_777, 600, "0.214797"),
            (138_331, 126_208, 0, 0, 0, "0"),
        ],
        "0.724731",
    );
    let simulated = simulate(&conversation);
    assert_eq!(simulated["first_turn_below_reserve"], 2);
    assert_eq!(simulated["first_overflow_turn"], 4);
    assert_eq!(shares(&conversation).map(f64::to_bits), [0.0, 0.0, 1.0].map(f64::to_bits));
}

#[test]
fn a_fixed_cap_that_no_longer_fits_ends_the_conversation() {
    assert_table(
        &format!("{CONSTANT} --base 100k --user 1k --turns 5 --max-completion-tokens 25k"),
        &[
            (101_007, 0, 26_993, 25_000, 600, "0.310221"),
            (102_115, 100_992, 25_885, 25_000, 600, "0.162057"),
            (103_223, 102_016, 24_777, 25_000, 0, "0"),
        ],
        "0.472278",
    );
}

#[test]
fn dropping_the_oldest_turns_keeps_the_reserve_and_leaves_only_the_base_cached() {
    assert_table(
        &format!("{CONSTANT} --base 96k --user 3k --turns 5 --history drop-oldest"),
        &[
            (99_007, 0, 28_993, 25_000, 600, "0.304221"),
            (102_115, 98_944, 25_885, 25_000, 600, "0.165129"),
            (102_115, 96_000, 25_885, 25_000, 600, "0.169545"),
            (102_115, 96_000, 25_885, 25_000, 600, "0.169545"),
            (102_115, 96_000, 25_885, 25_000, 600, "0.169545"),
        ],
        "0.977985",
    );
    // Retained reasoning is part of the turn that is dropped.
    assert_table(
        "--reasoning 2000 --visible 100 --base 96k --user 3k --turns 3 --history drop-oldest --retention all",
        &[
            (99_007, 0, 28_993, 25_000, 2_100, "0.322221"),
            (99_007, 96_000, 28_993, 25_000, 2_100, "0.178221"),
            (99_007, 96_000, 28_993, 25_000, 2_100, "0.178221"),
        ],
        "0.678663",
    );
}

#[test]
fn a_window_of_turns_slides_over_the_history() {
    let conversation = format!("{CONSTANT} --base 1000 --user 2000 --turns 4");
    let first = (3_007, 0, 65_536, 25_000, 600, "0.016221");
    let second = (5_115, 2_944, 65_536, 25_000, 600, "0.018129");
    let slid = (5_115, 0, 65_536, 25_000, 600, "0.022545");
    assert_table(&format!("{conversation} --history window:0"), &[first; 4], "0.064884");
    assert_table(
        &format!("{conversation} --history window:1"),
        &[first, second, slid, slid],
        "0.07944",
    );
    assert_table(
        &format!("{conversation} --history window:2"),
        &[
            first,
            second,
            (7_223, 4_992, 65_536, 25_000, 600, "0.021381"),
            (7_223, 0, 65_536, 25_000, 600, "0.028869"),
        ],
        "0.0846",
    );
}

#[test]
fn a_summary_replaces_the_history_and_the_call_that_writes_it_is_billed() {
    let conversation =
        format!("{CONSTANT} --base 96k --user 3k --turns 5 --history summarize:1000");
    // At turn 3 the summary of 102,219 tokens costs 0.166221; the call itself 0.162645.
    assert_table(
        &conversation,
        &[
            (99_007, 0, 28_993, 25_000, 600, "0.304221"),
            (102_115, 98_944, 25_885, 25_000, 600, "0.165129"),
            (100_011, 96_000, 27_989, 25_000, 600, "0.328866"),
            (100_011, 96_000, 27_989, 25_000, 600, "0.325626"),
            (100_011, 96_000, 27_989, 25_000, 600, "0.325626"),
        ],
        "1.449468",
    );
    assert_table(
        &format!("{conversation} --as-of 2024-09-20"),
        &[
            (99_007, 0, 28_993, 25_000, 600, "0.304221"),
            (102_115, 0, 25_885, 25_000, 600, "0.313545"),
            (100_011, 0, 27_989, 25_000, 600, "0.62589"),
            (100_011, 0, 27_989, 25_000, 600, "0.619578"),
            (100_011, 0, 27_989, 25_000, 600, "0.619578"),
        ],
        "2.482812",
    );
}

#[test]
fn an_answer_that_is_cut_off_after_its_reasoning_is_carried_over_as_far_as_it_came() {
    let conversation = format!("{CONSTANT} --base 2000 --turns 3 --max-completion-tokens 550");
    assert_table(
        &conversation,
        &[
            (2_107, 0, 65_536, 550, 550, "0.012921"),
            (2_265, 2_048, 65_536, 550, 550, "0.010323"),
            (2_423, 2_176, 65_536, 550, 550, "0.010605"),
        ],
        "0.033849",
    );
    assert_table(
        &format!("{conversation} --retention all"),
        &[
            (2_107, 0, 65_536, 550, 550, "0.012921"),
            (2_765, 2_048, 65_536, 550, 550, "0.011823"),
            (3_423, 2_688, 65_536, 550, 550, "0.012837"),
        ],
        "0.037581",
    );
    assert_eq!(shares(&conversation).map(f64::to_bits), [1.0, 0.0, 0.0].map(f64::to_bits));
}

#[test]
fn an_empty_answer_ends_the_conversation_or_is_left_out() {
    let first = (2_107, 0, 65_536, 600, 600, "0.013521");
    assert_table(EMPTY, &[first], "0.013521");
    assert_table(&format!("{EMPTY} --on-length stop"), &[first], "0.013521");
    for retention in ["none", "all"] {
        assert_table(
            &format!("{EMPTY} --on-length continue --retention {retention}"),
            &[
                first,
                (2_211, 2_048, 65_536, 600, 600, "0.010761"),
                (2_315, 2_176, 65_536, 600, 600, "0.010881"),
            ],
            "0.035163",
        );
    }
    assert_eq!(shares(EMPTY).map(f64::to_bits), [1.0, 1.0, 0.0].map(f64::to_bits));
}

#[test]
fn an_empty_answer_is_paid_for_again_at_every_retry() {
    // The same cap fails five more times, each time with its own prompt in the cache.
    assert_table(
        &format!("{EMPTY} --on-length retry"),
        &[(2_107, 0, 65_536, 600, 3_600, "0.065766")],
        "0.065766",
    );
    assert_table(
        &format!("{EMPTY} --on-length retry --as-of 2024-09-30"),
        &[(2_107, 0, 65_536, 600, 3_600, "0.081126")],
        "0.081126",
    );
}

#[test]
fn a_doubled_cap_is_paid_for_again_up_to_the_room() {
    assert_table(
        &format!("{EMPTY} --on-length double"),
        &[
            (2_107, 0, 65_536, 1_200, 1_300, "0.02517"),
            (2_315, 2_048, 65_536, 1_200, 1_300, "0.022962"),
            (2_523, 2_304, 65_536, 1_200, 1_300, "0.023634"),
        ],
        "0.071766",
    );
    // 800 tokens are enough for 700 of reasoning and half of the answer.
    let partial = "--reasoning 700 --visible 200 --max-completion-tokens 400 --base 2000";
    assert_table(
        &format!("{partial} --turns 2 --on-length double"),
        &[
            (2_107, 0, 65_536, 800, 1_200, "0.02397"),
            (2_315, 2_048, 65_536, 800, 1_200, "0.021762"),
        ],
        "0.045732",
    );
    // 300, 600, and the 993 that are left.
    let short = "--visible 100 --max-completion-tokens 300 --base 126900 --on-length double";
    assert_table(
        &format!("{short} --reasoning 700 --turns 1"),
        &[(127_007, 0, 993, 993, 1_700, "0.782535")],
        "0.782535",
    );
    assert_table(
        &format!("{short} --reasoning 1100 --turns 2"),
        &[(127_007, 0, 993, 993, 1_893, "0.784851")],
        "0.784851",
    );
}

#[test]
fn a_limit_of_the_prompt_ends_the_conversation_before_the_window_does() {
    let conversation = format!(
        "{CONSTANT} --base 270k --user 800 --turns 4 -m gpt-5 --retention none --as-of 2025-09-01"
    );
    let first = (270_807, 0, 128_000, 25_000, 600, "0.34450875");
    let second = (271_715, 270_720, 128_000, 25_000, 600, "0.04108375");
    assert_table(&conversation, &[first, second, (272_623, 271_616, 0, 0, 0, "0")], "0.3855925");
    let slid = (271_715, 269_952, 128_000, 25_000, 600, "0.04194775");
    assert_table(
        &format!("{conversation} --history drop-oldest"),
        &[first, second, slid, slid],
        "0.469488",
    );
}

#[test]
fn a_model_that_does_not_reason_uses_its_window_to_the_end() {
    let conversation = "-m gpt-4o --visible 100 --base 126k --user 500 --turns 5";
    let begin = [
        (126_507, 0, 1_493, 100, 100, "0.3172675"),
        (127_115, 126_464, 885, 100, 100, "0.1607075"),
        (127_723, 127_104, 277, 100, 100, "0.1614275"),
    ];
    let overflow = [(128_331, 127_616, 0, 0, 0, "0")];
    assert_table(conversation, &[&begin[..], &overflow].concat(), "0.6394025");
    let slid = [(127_723, 125_952, 277, 100, 100, "0.1628675"); 2];
    assert_table(
        &format!("{conversation} --history drop-oldest"),
        &[&begin[..], &slid].concat(),
        "0.9651375",
    );
    assert_eq!(simulate(conversation)["first_turn_below_reserve"], Value::Null);
}

// ---- Draws ---------------------------------------------------------------------------------------

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_number_of_threads() {
    let written = |threads: &str, seed: u64| {
        let mut command = outlay(&format!(
            "simulate --json --turns 4 --user 50..400 --base 90k --runs 5000 --seed {seed}"
        ));
        command.env("RAYON_NUM_THREADS", threads);
        output(command, 0).stdout
    };
    let one = written("1", 7);
    assert_eq!(one, written("4", 7));
    assert_eq!(one, written("3", 7));
    assert_ne!(one, written("4", 8));
}

/// The reasoning of three turns is all that is random, so the cost of a conversation has a known mean
/// and spread: those of a lognormal with the median 2,000 and the ratio 3 of p95 to p50, at 12 $ a million.
#[test]
fn conversations_cost_on_average_what_their_law_says_whatever_the_seed() {
    let (runs, turns) = (5_000.0_f64, 3.0_f64);
    let sigma = 3.0_f64.ln() / 1.644_853_626_951_472_2;
    let mean = 2_000.0 * (sigma * sigma / 2.0).exp();
    let deviation = mean * ((sigma * sigma).exp() - 1.0).sqrt();
    // Prompts of 107, 315 and 523 tokens at 3 $ a million, and 3 times 100 visible tokens.
    let expected = (945.0 * 3.0 + turns * 12.0 * (100.0 + mean)) / 1e6;
    let error = 12.0 * deviation * (turns / runs).sqrt() / 1e6;
    let means = [1, 2, 3, 1_000_000_007].map(|seed| {
        let simulated = simulate(&format!(
            "--reasoning p50=2000,p95=6000 --visible 100 --turns 3 --runs 5000 --seed {seed} \
             --max-completion-tokens 65000"
        ));
        dollars(&simulated["total_cost_usd"]["mean"])
    });
    for (i, mean) in means.iter().enumerate() {
        assert_near(*mean, expected, 4.0 * error, "mean cost");
        for other in &means[..i] {
            assert_near(*mean, *other, 4.0 * error * 2.0_f64.sqrt(), "two seeds");
            assert!(mean.to_bits() != other.to_bits(), "two seeds, one mean of {mean}");
        }
    }
}

#[test]
fn drawn_risks_agree_with_the_exact_law() {
    let runs = 20_000_u32;
    for law in [DECLARED, "--profile o1-mini", "--profile o4-mini"] {
        for cap in [8_000, 16_000] {
            let call = format!("{law} --max-completion-tokens {cap}");
            let planned = result(&format!("plan --input-tokens 107 {call}"));
            let drawn = simulate(&format!("{call} --turns 1 --runs {runs}"));
            for risk in ["length_risk", "empty_risk"] {
                let exact = planned["sent"][risk].as_f64().unwrap();
                let share = drawn["turns"][0][risk].as_f64().unwrap();
                let error = (exact * (1.0 - exact) / f64::from(runs)).sqrt();
                assert_near(share, exact, 4.0 * error, &format!("{risk} of {call}"));
            }
        }
    }
}

#[test]
fn models_that_differ_only_by_their_rates_are_dealt_the_same_draws() {
    let simulated = report(outlay(
        "simulate -m o1-mini -m o1-preview --profile o1-mini --user 50..400 --base 2000 --turns 5 \
         --runs 3000 --json",
    ));
    let turns = |i: usize| simulated["results"][i]["turns"].as_array().unwrap();
    for (cheap, dear) in turns(0).iter().zip(turns(1)) {
        for same in ["prompt_tokens", "cached_tokens", "cap", "completion_tokens", "reached"] {
            assert_eq!(cheap[same], dear[same], "{same}, turn {}", cheap["turn"]);
        }
        // Input, cached input and output of o1-preview all cost five times as much.
        for quantile in ["p5", "p50", "p95"] {
            let [cheap, dear] = [cheap, dear].map(|turn| dollars(&turn["cost_usd"][quantile]));
            assert_near(dear, 5.0 * cheap, 1e-12, quantile);
        }
    }
    assert_eq!(turns(0).len(), 5);
    assert_eq!(turns(1).len(), 5);
}

#[test]
fn a_conversation_of_one_turn_is_an_estimate() {
    for (turn, call) in [
        ("--base 1000", CONSTANT),
        ("--base 1000", "--reasoning 500 --visible 100 --max-completion-tokens 550"),
        ("--base 1000", "--reasoning 500 --visible 100 --max-completion-tokens 500"),
        ("--base 1000 -m gpt-4o", "--visible 100"),
    ] {
        let model = if turn.contains("gpt-4o") { "-m gpt-4o" } else { "" };
        let estimate = result(&format!("estimate --input-tokens 1107 {model} {call}"));
        let played = simulate(&format!("{turn} {call} --turns 1"));
        let cost = &estimate["cost_usd"];
        assert_eq!(played["total_cost_usd"]["mean"], cost["expected"], "{call}");
        assert_eq!(played["total_cost_usd"]["p5"], cost["p5"], "{call}");
        assert_eq!(played["total_cost_usd"]["p95"], cost["p95"], "{call}");
    }
}

#[test]
fn a_drawn_turn_costs_what_the_estimate_expects() {
    let profile = Profile::builtin("o1-mini").unwrap().pooled();
    let runs = 20_000_u32;
    let n = profile.n() as f64;
    let moment = |power: i32| {
        let of = |completion: f64, times: u64| completion.powi(power) * times as f64;
        profile.observations().map(|(o, times)| of(o.completion.as_f64(), times)).sum::<f64>() / n
    };
    let (mean, square) = (moment(1), moment(2));
    let error = 12.0 * ((square - mean * mean) / f64::from(runs)).sqrt() / 1e6;
    let expected = (1_107.0 * 3.0 + mean * 12.0) / 1e6;

    // The estimate expects whole tokens.
    let estimate = result("estimate --input-tokens 1107 --profile o1-mini");
    assert_near(dollars(&estimate["cost_usd"]["expected"]), expected, 0.5 * 12e-6, "estimate");
    let played = simulate(&format!("--base 1000 --turns 1 --profile o1-mini --runs {runs}"));
    assert_near(dollars(&played["total_cost_usd"]["mean"]), expected, 4.0 * error, "simulation");
}
