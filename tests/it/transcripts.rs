//! Going on from a real conversation, and conversations that cannot be.

use crate::conversations::{CONSTANT, simulate};
use crate::support::{Folder, json as report, output, stderr, stdout};

/// 6 + 4 of instructions, turns of 3 + 4 + 4 + 4 and of 2 + 4 + 1 + 4, and a question of 2.
const CHAT: &str = r#"{"model": "o1-mini", "messages": [
    {"role": "system", "content": "one two three four five six"},
    {"role": "user", "content": "one two three"},
    {"role": "assistant", "content": "one two three four"},
    {"role": "user", "content": "one two"},
    {"role": "assistant", "content": "one"},
    {"role": "user", "content": "one two"}
]}"#;

/// The prompts of the turns of a conversation that goes on in `folder`.
fn prompts(folder: &Folder, arguments: &str) -> Vec<u64> {
    let simulated = report(folder.outlay(&format!("simulate {arguments} {CONSTANT} --json")));
    let turns = simulated["results"][0]["turns"].as_array().unwrap();
    turns.iter().map(|turn| turn["prompt_tokens"]["mean"].as_u64().unwrap()).collect()
}

#[test]
fn a_transcript_is_counted_message_by_message_and_its_question_is_answered_first() {
    let (answered, _) = CHAT.rsplit_once(",\n    {").unwrap();
    let folder = Folder::new()
        .with("waiting.json", CHAT)
        .with("answered.json", format!("{answered}\n]}}"))
        .with(
            "instructions.json",
            r#"{"messages": [{"role": "developer", "content": "one two"}]}"#,
        );
    // 10 + 15 + 11 + 6 + 3; then the answer of 104 and a message of 104.
    assert_eq!(prompts(&folder, "waiting.json --turns 3"), [45, 253, 461]);
    assert_eq!(prompts(&folder, "waiting.json --turns 2 --user 10"), [45, 163]);
    assert_eq!(prompts(&folder, "waiting.json --turns 2 --base 1000"), [1_045, 1_253]);
    // 10 + 15 + 11 + 104 + 3.
    assert_eq!(prompts(&folder, "answered.json --turns 2"), [143, 351]);
    assert_eq!(prompts(&folder, "instructions.json --turns 2"), [113, 321]);
}

#[test]
fn turns_of_a_transcript_are_dropped_whole_and_its_instructions_never() {
    let folder = Folder::new().with("chat.json", CHAT);
    let first = |arguments: &str| prompts(&folder, &format!("chat.json {arguments} --turns 1"))[0];
    assert_eq!(first("--history window:2"), 45);
    assert_eq!(first("--history window:1"), 30);
    assert_eq!(first("--history window:0"), 19);
    // The reserve of 25,000 fits after 103,000 tokens. One too many costs the first turn of 15.
    for (base, prompt) in [
        (102_955, 103_000),
        (102_956, 102_986),
        (102_970, 103_000),
        (102_971, 102_990),
        (102_981, 103_000),
        (102_982, 103_001),
    ] {
        assert_eq!(first(&format!("--history drop-oldest --base {base}")), prompt, "{base}");
    }
    // A summary that is no shorter than what it replaces is not made.
    assert_eq!(first("--history summarize:22 --base 102956"), 103_001);
    assert_eq!(first("--history summarize:21 --base 102956"), 103_000);
}

#[test]
fn a_transcript_with_what_a_model_refuses_is_simulated_with_a_warning() {
    let folder = Folder::new().with("chat.json", CHAT);
    let run = output(folder.outlay(&format!("simulate chat.json {CONSTANT} --turns 1")), 0);
    assert!(
        stderr(&run).contains("warning: `o1-mini` refuses a system message"),
        "{}",
        stderr(&run)
    );
    assert!(stdout(&run).contains("chat.json · o1-mini"), "{}", stdout(&run));
    let taken = output(folder.outlay("simulate chat.json -m gpt-4o --visible 100 --turns 1"), 0);
    assert!(!stderr(&taken).contains("refuses"), "{}", stderr(&taken));
}

#[test]
fn a_price_says_what_of_the_request_its_model_refuses() {
    let folder = Folder::new().with("chat.json", CHAT);
    for verb in ["estimate", "plan"] {
        for (model, is_refused) in [("o1-mini", true), ("gpt-4o", false)] {
            let answer = report(folder.outlay(&format!("{verb} chat.json -m {model} --json")));
            let assumptions = answer["results"][0]["assumptions"].as_array().unwrap();
            let named = |said: &serde_json::Value| {
                said == "`o1-mini` refuses a system message: the API returns an error for it"
            };
            assert_eq!(
                assumptions.iter().any(named),
                is_refused,
                "{verb} {model}: {assumptions:?}"
            );
        }
    }
}

#[test]
fn a_transcript_goes_on_with_its_own_model_and_cap() {
    let own = CHAT.replace(
        r#""model": "o1-mini""#,
        r#""model": "o1-preview", "max_completion_tokens": 30000"#,
    );
    let folder = Folder::new().with("chat.json", own);
    let run = format!("simulate chat.json {CONSTANT} --turns 1 --json");
    let simulated = report(folder.outlay(&run))["results"][0].take();
    assert_eq!(simulated["model"], "o1-preview");
    assert_eq!(simulated["turns"][0]["cap"]["mean"], 30_000);
}

/// Exit code 2, one error, a hint, and nothing on standard output.
#[track_caller]
fn assert_refused(folder: &Folder, arguments: &str, reasons: &[&str]) {
    let run = output(folder.outlay(&format!("simulate {arguments}")), 2);
    let told = stderr(&run);
    assert_eq!(stdout(&run), "", "{arguments}");
    assert!(told.starts_with("error: "), "{arguments}: {told}");
    assert!(told.contains("\nhint: "), "{arguments}: {told}");
    for reason in reasons {
        assert!(told.contains(reason), "{arguments}: `{reason}` is not in\n{told}");
    }
}

#[test]
fn a_scenario_that_cannot_be_is_refused_at_its_line_and_column() {
    let folder = Folder::new()
        .with("key.toml", "model = \"o1-mini\"\nturms = 3\n")
        .with("upside.toml", "turns = 3\nuser = \"p50=400,p95=100\"\n")
        .with("negative.toml", "turns = 3\n\nbase = -800\n")
        .with("open.toml", "turns = 3\nuser = \"50..400\n")
        .with("kind.toml", "turns = true\n")
        .with("none.toml", "turns = 0\nuser = \"50..400\"\n");
    for (file, reasons) in [
        ("key.toml", ["error: key.toml:2:1: ", "no key `turms`", "did you mean `turns`?"]),
        ("upside.toml", ["error: upside.toml:2:8: ", "`user`", "p95 of 100 is below p50 of 400"]),
        ("negative.toml", ["error: negative.toml:3:8: ", "`base`", "`-800` is negative"]),
        ("open.toml", ["error: open.toml:2:", "string", "outlay init --scenario"]),
        ("kind.toml", ["error: kind.toml:1:9: ", "`turns`", "boolean"]),
        ("none.toml", ["error: none.toml: ", "0 turns", "at least one"]),
    ] {
        assert_refused(&folder, file, &reasons);
    }
}

#[test]
fn amounts_that_cannot_be_simulated_are_refused() {
    let folder = Folder::new();
    for (arguments, reason) in [
        ("--turns 0", "0 turns"),
        ("--runs 0 --user 50..400", "0 runs"),
        ("--turns 10001 --runs 10000", "more than 100,000,000 turns"),
        ("--turns 100000001 --reasoning 1 --visible 1", "more than 100,000,000 turns"),
        ("--base -1", "`-1` is negative"),
        ("--user -5", "`-5` is negative"),
        ("--turns -1", "`-1` is negative"),
        ("--user 400..50", "p95 of 50 is below p5 of 400"),
        ("--history last:3", "window:N"),
        ("--history window:-1", "window:N"),
        ("--history summarize:x", "summarize:N"),
        ("--on-length again", "stop, retry, double and continue"),
        ("--base 128k", "leaves no room in the window of 128,000"),
        ("--base 127893 --reasoning 1 --visible 1", "leaves no room"),
        ("--base 110k --max-completion-tokens 20k", "leaves 17,893, less than the cap of 20,000"),
        (
            "-m gpt-5 --base 272k --reasoning 1 --visible 1 --as-of 2025-09-01",
            "is over the limit of prompts, 272,000",
        ),
        ("--completion-tokens 600", "reasoning and visible tokens apart"),
        ("missing.toml", "missing.toml: there is no such file"),
    ] {
        assert_refused(&folder, arguments, &[reason]);
    }
    // The last prompt that leaves room.
    let last = simulate("--base 127892 --reasoning 0 --visible 1 --turns 1");
    assert_eq!(last["turns"][0]["room"]["mean"], 1);
}

#[test]
fn a_cap_of_nothing_is_refused() {
    let folder = Folder::new();
    assert_refused(&folder, &format!("{CONSTANT} --max-completion-tokens 0"), &["at least 1"]);
}

fn profile_file(version: u32, n: u32, tasks: &str) -> String {
    format!(
        r#"{{"schema_version": {version}, "model": "m", "origin": "here", "period": null, "n": {n},
        "columns": ["reasoning", "completion", "content", "count", "censored"], "tasks": {tasks}}}"#
    )
}

#[test]
fn a_profile_that_is_not_there_is_refused_with_those_that_are() {
    let folder = Folder::new()
        .with("own.json", profile_file(1, 2, r#"{"a": [[64, 70, 3, 2, 0]], "b": []}"#));
    for (profile, reasons) in [
        ("o1-mini:qa:poetry", ["no task `qa:poetry`", "planning:blocksworld:nl"]),
        ("o1-mini:qa:poetry", ["`o1-mini`", "qa:math"]),
        ("own.json:c", ["no task `c`", "a, b"]),
        ("nothing", ["no profile `nothing`", "o1-mini, o1-preview, o3, o3-mini, o4-mini"]),
    ] {
        assert_refused(&folder, &format!("--profile {profile}"), &reasons);
    }
}

#[test]
fn a_profile_that_cannot_be_read_is_refused() {
    let folder = Folder::new()
        .with("empty.json", profile_file(1, 0, "{}"))
        .with("rows.json", profile_file(1, 0, r#"{"a": []}"#))
        .with("task.json", profile_file(1, 2, r#"{"a": [[64, 70, 3, 2, 0]], "b": []}"#))
        .with("later.json", profile_file(7, 2, r#"{"a": [[64, 70, 3, 2, 0]]}"#));
    for (profile, reason) in [
        ("empty.json", "empty.json: the profile has no rows"),
        ("rows.json", "rows.json: the profile has no rows"),
        ("task.json:b", "has no rows"),
        ("later.json", "version 7 is not supported, only 1"),
    ] {
        assert_refused(&folder, &format!("--profile {profile}"), &[reason]);
    }
}

/// The API refuses a call or a result that stands alone; every verb that counts the request says so, in the words of
/// its own format.
#[test]
fn calls_and_results_that_stand_alone_are_told_by_every_verb() {
    let user = r#"{"role":"user","content":"Look it up."}"#;
    for (model, request, says) in [
        (
            "gpt-4o",
            format!(r#"{{"model":"gpt-4o","messages":[{user},{{"role":"tool","tool_call_id":"x","content":"42"}}]}}"#),
            "`messages[1]` holds the result of `x`",
        ),
        (
            "gpt-5",
            format!(r#"{{"model":"gpt-5","instructions":"Be brief.","input":[{user},{{"type":"function_call","call_id":"x","name":"f","arguments":"{{}}"}},{user}]}}"#),
            "`input[1]` calls `f` (x)",
        ),
        (
            "claude-opus-4-5",
            format!(r#"{{"model":"claude-opus-4-5","max_tokens":9,"system":"Be brief.","messages":[{user},{{"role":"assistant","content":[{{"type":"tool_use","id":"x","name":"f","input":{{}}}}]}},{user}]}}"#),
            "`messages[1]` calls `f` (x)",
        ),
        (
            "gemini-2.5-pro",
            r#"{"contents":[{"role":"user","parts":[{"text":"Look it up."}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"a":1}}}]}]}"#.to_owned(),
            "`contents[1]` holds the result of `f`",
        ),
    ] {
        let folder = Folder::new().with("r.json", request);
        for verb in ["count", "estimate", "plan", "compare"] {
            let run = folder.outlay(&format!("{verb} r.json -m {model} --as-of 2025-11-25"));
            let run = output(run, 0);
            let said = stderr(&run);
            assert!(said.contains(says) && said.contains("the API refuses that"), "{verb}: {said}");
        }
        let refused = output(folder.outlay(&format!("simulate r.json -m {model} --as-of 2025-11-25")), 2);
        assert!(stderr(&refused).contains(says), "{}", stderr(&refused));
    }
}

#[test]
fn further_turns_are_framed_by_the_template_of_the_model() {
    // Qwen 3.5 puts five tokens around each message, a text of its own before an answer, and no more.
    let folder = Folder::new().with("chat.json", CHAT);
    let model = "-m qwen3.5-397b-a17b --as-of 2026-11-20";
    let counted = report(folder.outlay(&format!("count chat.json --json {model}")));
    let first = counted["results"][0]["prompt_tokens"].as_u64().unwrap();
    let turn = 100 + 5 + 100 + 5;
    assert_eq!(
        prompts(&folder, &format!("chat.json --turns 3 {model}")),
        [first, first + turn, first + 2 * turn]
    );
    // Without a conversation that was had, a prompt begins as the template does.
    let fresh = prompts(&folder, &format!("--turns 2 --user 3 {model}"));
    let one = Folder::new().with("one.txt", "one two three");
    let alone = report(one.outlay(&format!("count one.txt --json {model}")));
    assert_eq!(fresh[0], alone["results"][0]["prompt_tokens"].as_u64().unwrap());
    assert_eq!(fresh[1], fresh[0] + 100 + 5 + 3 + 5);
}

#[test]
fn the_range_of_an_estimate_reaches_the_cost_and_the_room_of_a_conversation() {
    let folder = Folder::new().with("chat.json", CHAT.replace("o1-mini", "claude-opus-5"));
    let counted = report(folder.outlay("count chat.json --json --as-of 2026-11-20"));
    let range = &counted["results"][0]["prompt_tokens_range"];
    let simulated = report(
        folder
            .outlay(&format!("simulate chat.json --turns 3 {CONSTANT} --json --as-of 2026-11-20")),
    );
    let result = &simulated["results"][0];
    assert_eq!(&result["prompt_tokens_range"], range, "{result}");
    let cost =
        |end: &str| result["total_cost_usd_range"][end].as_str().unwrap().parse::<f64>().unwrap();
    let [low, high] = ["low", "high"].map(|end| range[end].as_f64().unwrap());
    assert!(low < high && cost("low") < cost("mean") && cost("mean") < cost("high"), "{result}");
    // Three prompts are each as much longer: at $5 a million tokens of input, nothing of them cached.
    let wanted = 3.0 * (high - low) * 5e-6;
    assert!((cost("high") - cost("low") - wanted).abs() < wanted * 0.01, "{result}");
    // A window that the most tokens fill is told.
    assert!(result.get("first_turn_below_reserve_at_most").is_some(), "{result}");
}
