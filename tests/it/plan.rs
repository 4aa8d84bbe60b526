//! `outlay plan`: the room, the cap to send, and the cap that is sent.

use serde_json::{Value, json};

use crate::support::{Folder, assert_run, assert_runs, json_of, outlay, output, result, stdout};

/// A model that reasons and of which nothing was measured.
const UNMEASURED: &str =
    "-m acme-think --catalog tests/fixtures/catalog/new_model.toml --as-of 2025-03-05";

fn plan(arguments: &str) -> Value {
    result(&format!("plan {arguments}"))
}

/// Room, recommended cap, the term that decided, status, and the tokens to cut.
fn outcome(arguments: &str) -> Value {
    let plan = plan(arguments);
    json!([
        plan["room"],
        plan["recommended_max_completion_tokens"],
        plan["binding"],
        plan["status"],
        plan["cut_tokens"],
    ])
}

#[test]
fn the_recommendation_follows_the_room() {
    for (prompt, expected) in [
        (1_000, json!([65_536, 25_000, "reserve", "ok", null])),
        (100_000, json!([28_000, 25_000, "reserve", "ok", null])),
        (103_000, json!([25_000, 25_000, "reserve", "ok", null])),
        (103_001, json!([24_999, 24_999, "window", "below_reserve", 1])),
        (110_000, json!([18_000, 18_000, "window", "below_reserve", 7_000])),
        (127_999, json!([1, 1, "window", "below_reserve", 24_999])),
        (128_000, json!([0, null, "window", "no_room", 25_000])),
    ] {
        assert_eq!(outcome(&format!("--input-tokens {prompt} -m o1-mini")), expected, "{prompt}");
    }
}

#[test]
fn the_output_cap_ends_the_room_of_short_prompts() {
    assert_eq!(plan("--input-tokens 1000 -m o1-preview")["room"], 32_768);
    assert_eq!(
        outcome("--input-tokens 1000 -m gpt-4o --as-of 2024-11-01"),
        json!([16_384, 16_384, "output_cap", "ok", null])
    );
    assert_eq!(plan("--input-tokens 1000 -m gpt-4o")["reserve"], Value::Null);
}

#[test]
fn a_model_with_an_input_limit_ends_there() {
    let at = |prompt: u64| outcome(&format!("--input-tokens {prompt} -m gpt-5 --as-of 2026-01-15"));
    assert_eq!(at(272_000), json!([128_000, 25_000, "reserve", "ok", null]));
    assert_eq!(at(272_001), json!([0, null, "input_limit", "no_room", 1]));
}

#[test]
fn every_situation_ends_in_a_sentence_that_says_what_to_do() {
    assert_runs!([
        outlay("plan --input-tokens 100k"),
        outlay("plan --input-tokens 110k"),
        outlay("plan --input-tokens 128k"),
        outlay(&format!("plan --input-tokens 40k {UNMEASURED}")),
        outlay("plan --input-tokens 280k -m gpt-5 --as-of 2026-01-15"),
        outlay("plan --input-tokens 1k -m gpt-4o --visible 500"),
    ]);
}

#[test]
fn a_declared_completion_gives_the_risk_and_the_cost() {
    assert_run!(outlay(
        "plan tests/fixtures/prompt.txt --reasoning p50=4288,p95=11072 --visible 200..1200 --risk 0.1%"
    ));
}

#[test]
fn a_risk_below_what_the_reserve_gives_raises_the_cap() {
    let law = "--reasoning 5k..30k --visible 200..1200 --input-tokens 1k";
    let plan = plan(&format!("{law} --risk 1%"));
    assert_eq!(plan["binding"], "risk");
    assert_eq!(plan["risk_target"], 0.01);
    assert!(plan["length_risk"].as_f64().unwrap() <= 0.01 + 1e-8);
    let cap = plan["recommended_max_completion_tokens"].as_u64().unwrap();
    assert!(cap > 30_000, "{cap}");
    let one_less = self::plan(&format!("{law} --risk 1% --max-completion-tokens {}", cap - 1));
    assert_eq!(one_less["sent"]["verdict"], "risk_above_target");
}

#[test]
fn the_cap_that_is_sent_is_judged() {
    for (arguments, verdict) in [
        ("--input-tokens 1k --max-completion-tokens 25k", "ok"),
        ("--input-tokens 1k --max-completion-tokens 4k --completion-tokens 1k", "ok"),
        (
            "--input-tokens 1k --max-completion-tokens 4k --completion-tokens 1k..12k",
            "risk_above_target",
        ),
        ("--input-tokens 1k --max-completion-tokens 65537", "refused"),
        ("--input-tokens 100k --max-completion-tokens 28k", "ok"),
        ("--input-tokens 100k --max-completion-tokens 28001", "refused"),
        // The API asks for at least 1.
        ("--input-tokens 1k --max-completion-tokens 0", "refused"),
        // The request's own cap of 4,096: below the reserve while nothing is known of the work.
        ("tests/fixtures/requests/chat.json", "below_reserve"),
        ("tests/fixtures/requests/chat.json --profile o1-preview", "risk_above_target"),
        ("tests/fixtures/requests/chat.json --kind code", "risk_above_target"),
        ("tests/fixtures/requests/chat.json --completion-tokens 1k", "ok"),
        ("tests/fixtures/requests/chat.json --max-completion-tokens 30k", "ok"),
    ] {
        assert_eq!(plan(arguments)["sent"]["verdict"], verdict, "{arguments}");
    }
    for (cap, verdict) in [(24_999, "below_reserve"), (25_000, "ok"), (32_001, "refused")] {
        let plan = plan(&format!("--input-tokens 1k --max-completion-tokens {cap} {UNMEASURED}"));
        assert_eq!(plan["sent"]["verdict"], verdict, "{cap}");
    }
    let sent = plan("--input-tokens 100k --max-completion-tokens 28001")["sent"].take();
    assert_eq!(sent["api"]["status"], 400);
    assert_eq!(sent["api"]["code"], "context_length_exceeded");
    assert_eq!(plan("--input-tokens 1k")["sent"], Value::Null);
}

#[test]
fn a_judged_cap_is_told_in_words() {
    assert_runs!([
        outlay("plan tests/fixtures/requests/chat.json"),
        outlay("plan --input-tokens 1k --max-completion-tokens 65537"),
        outlay("plan --input-tokens 100k --max-completion-tokens 40k"),
        outlay(
            "plan --input-tokens 1k --max-completion-tokens 4k --reasoning 1k..12k --visible 500"
        ),
    ]);
}

#[test]
fn a_recommended_cap_is_never_zero() {
    let cap = plan(&format!("--input-tokens 1k --reserve 0 {UNMEASURED}"))
        ["recommended_max_completion_tokens"]
        .take();
    assert_ne!(cap, 0);
}

#[test]
fn strict_fails_what_is_not_ok_and_exit_zero_forgives_it() {
    for (arguments, code) in [
        ("--input-tokens 100k", 0),
        ("--input-tokens 110k", 1),
        ("--input-tokens 128k", 1),
        ("--input-tokens 1k --max-completion-tokens 4k", 1),
        ("--input-tokens 1k --max-completion-tokens 4k --completion-tokens 1k", 0),
        ("--input-tokens 1k --completion-tokens 1k..200k", 1),
        ("--input-tokens 1k -m o1-mini -m o1-preview", 0),
        ("--input-tokens 100k -m o1-mini -m o1-preview --reserve 30k", 1),
        ("tests/fixtures/requests/chat.json", 1),
        ("tests/fixtures/requests/chat.json --completion-tokens 1k", 0),
        ("tests/fixtures/missing.txt", 2),
        ("tests/fixtures/missing.txt tests/fixtures/requests/chat.json", 2),
    ] {
        output(outlay(&format!("plan {arguments}")), if code == 2 { 2 } else { 0 });
        output(outlay(&format!("plan --strict {arguments}")), code);
        output(
            outlay(&format!("plan --strict --exit-zero {arguments}")),
            if code == 2 { 2 } else { 0 },
        );
    }
}

#[test]
fn what_strict_fails_is_not_praised_in_the_last_line() {
    for arguments in [
        "--input-tokens 100k --max-completion-tokens 40k -m o1-mini -m o1-preview",
        "--input-tokens 1k --max-completion-tokens 4k -m o1-mini -m o1-preview",
    ] {
        let run = output(outlay(&format!("plan --strict {arguments}")), 1);
        let last = stdout(&run).lines().last().unwrap();
        assert!(!last.contains(" ok"), "{arguments}: {last}");
    }
}

#[test]
fn a_cap_that_is_fine_is_not_followed_by_another_one_to_send() {
    let run = output(outlay("plan --input-tokens 1k --max-completion-tokens 30k"), 0);
    let last = stdout(&run).lines().last().unwrap();
    assert!(!last.contains("25000"), "{last}");
}

#[test]
fn the_volume_of_calls_is_planned_or_refused() {
    let run = outlay("plan --input-tokens 1k --calls 20k/month").output().unwrap();
    let told = stdout(&run).contains("20,000") || run.status.code() == Some(2);
    assert!(told, "{}", stdout(&run));
}

#[test]
fn a_model_that_is_gone_is_planned_with_a_word_about_it() {
    assert_run!(outlay("plan --input-tokens 1k -m o1-mini --as-of 2026-01-15"));
}

/// Zero of 1,273 is no proof of zero.
#[test]
fn a_measured_risk_of_nothing_is_not_certainty() {
    let run = output(outlay("plan --input-tokens 1k -m o1-mini"), 0);
    let line = stdout(&run).lines().find(|line| line.trim_start().starts_with("length risk"));
    assert!(line.is_some_and(|line| !line.contains("  0 %")), "{line:?}");
}

#[test]
fn a_refusal_is_in_the_words_of_its_own_api() {
    let said = |model: &str, flags: &str| {
        let run = outlay(&format!("plan -m {model} {flags} --as-of 2026-11-20 --json"));
        let report = json_of(&output(run, 0));
        report["results"][0]["sent"]["api"]["message"].as_str().unwrap_or_default().to_owned()
    };
    let large = "--input-tokens 10 --max-completion-tokens 900000";
    assert!(said("gpt-4o", large).starts_with("max_completion_tokens is too large: 900000."));
    assert_eq!(
        said("claude-sonnet-4-5", large),
        "max_tokens: 900000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5"
    );
    let plain = "the cap of 900,000 is above the 65,536 output tokens of `gemini-2.5-pro`";
    assert_eq!(said("gemini-2.5-pro", large), plain);
    let none = "--input-tokens 10 --max-completion-tokens 0";
    assert_eq!(said("deepseek-v4-pro", none), "a cap of 0 leaves no room for an answer");
    // It fills the cache of Anthropic.
    assert_eq!(said("claude-sonnet-4-5", none), "");
}

#[test]
fn of_many_plans_a_terminal_has_the_worst_and_data_has_all() {
    let request = |cap: usize| {
        let message = json!({"role": "user", "content": "Sort the list, please."});
        json!({"model": "o1-mini", "messages": [message], "max_completion_tokens": cap})
    };
    // The last but one asks for more than the model writes.
    let caps = (0..30).map(|i| if i == 28 { 70_000 } else { 30_000 + i });
    let lines: String = caps.map(|cap| request(cap).to_string() + "\n").collect();
    let folder = Folder::new().with("log.jsonl", lines);
    let run = |arguments: &str, code| {
        output(folder.outlay(&format!("plan log.jsonl --as-of 2024-10-20 {arguments}")), code)
    };
    let table = run("--strict", 1);
    let table = stdout(&table);
    assert!(table.contains("30 plans, those that fail first, then the longest prompts"), "{table}");
    let rows: Vec<&str> = table.lines().filter(|line| line.contains("log.jsonl:")).collect();
    let first = rows.iter().find(|row| !row.contains("that you send")).unwrap();
    assert!(first.contains("log.jsonl:29"), "{table}");
    assert!(table.contains("and 10 more; --format csv lists all"), "{table}");
    assert!(table.contains("log.jsonl:29: the cap of 70,000 that you send is refused"), "{table}");
    assert!(table.contains("what is to say of 10 other plans is left out"), "{table}");
    assert!(table.trim_end().ends_with("1 of 30 plans fail"), "{table}");
    let report = json_of(&run("--json --strict", 1));
    let inputs: Vec<&str> =
        report["results"].as_array().unwrap().iter().filter_map(|r| r["input"].as_str()).collect();
    let expected: Vec<String> = (1..=30).map(|line| format!("log.jsonl:{line}")).collect();
    assert_eq!(inputs, expected);
    assert_eq!(report["total"], Value::Null);
    assert_eq!(stdout(&run("--format csv", 0)).lines().count(), 31);
}

#[test]
fn many_models_for_one_input_all_stay_beside_each_other() {
    let run =
        output(outlay("plan --input-tokens 1k -m gpt-* --as-of 2026-11-20 --format table"), 0);
    let report =
        json_of(&output(outlay("plan --input-tokens 1k -m gpt-* --as-of 2026-11-20 --json"), 0));
    let results = report["results"].as_array().unwrap();
    assert!(results.len() > 20, "{}", results.len());
    for result in results {
        assert!(stdout(&run).contains(result["model"].as_str().unwrap()), "{result}");
    }
}

/// The prompts that are shown are of one model, those that are left out of another.
#[test]
fn what_the_plans_that_are_shown_have_in_common_is_said_of_them_alone() {
    let line = |model: &str, words: usize| {
        let content = "word ".repeat(words);
        let message = json!({"role": "user", "content": content});
        format!("{}\n", json!({"model": model, "messages": [message]}))
    };
    let long = (0..25).map(|i| line("gpt-4o", 900 - i));
    let lines: String = long.chain((0..5).map(|_| line("o1-preview", 9))).collect();
    let folder = Folder::new().with("lines.jsonl", lines);
    let told = output(folder.outlay("plan lines.jsonl --as-of 2024-10-20 --width 60"), 0);
    let told = stdout(&told);
    assert!(told.contains("of these 20: room: 16,384"), "{told}");
}
