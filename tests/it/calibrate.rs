//! `outlay calibrate`: profiles from logs, what they allow, and how they are kept.

use std::fs;
use std::path::Path;

use outlay::forecast::{Observation, Profile, Sample, quantile_bounds};
use outlay::units::Tokens;
use serde_json::{Value, json};
use statrs::function::factorial::ln_factorial;

use crate::support::{Folder, assert_runs, json_of, outlay, output, stderr, stdout};

const RESPONSES: &str = "../shared/data/o1_responses.jsonl";

/// The lines of the responses of one model, where they are; a line says where not.
fn responses(model: &str) -> Option<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(RESPONSES);
    let Ok(text) = fs::read_to_string(path) else {
        eprintln!("skipped: {RESPONSES} is not there");
        return None;
    };
    let name = format!("\"model\": \"{model}");
    Some(text.lines().filter(|line| line.contains(&name)).map(ToOwned::to_owned).collect())
}

/// Two halves of the lines, drawn by a linear congruential generator (Knuth's MMIX).
fn halves(lines: &[String], seed: u64) -> (Vec<&str>, Vec<&str>) {
    let mut state = seed;
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for line in lines {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (if state >> 63 == 0 { &mut a } else { &mut b }).push(line.as_str());
    }
    (a, b)
}

fn completion(line: &str) -> u64 {
    serde_json::from_str::<Value>(line).unwrap()["usage"]["completion_tokens"].as_u64().unwrap()
}

/// How likely it is that at least `longer` of `kept` completions exceed the one of this rank among `used`
/// others of the same kind: their number is beta-binomial with `used - rank + 1` and `rank`, which is
/// the binomial error of both samples, exactly.
fn at_least(longer: u64, kept: u64, used: u64, rank: u64) -> f64 {
    let ln_choose =
        |all: u64, of: u64| ln_factorial(all) - ln_factorial(of) - ln_factorial(all - of);
    let above = used - rank + 1;
    let exactly = |n: u64| {
        let ways = ln_choose(above + n - 1, n) + ln_choose(rank + kept - n - 1, kept - n);
        (ways - ln_choose(used + kept, kept)).exp()
    };
    (longer..=kept).map(exactly).sum()
}

/// The cap at 1 % from one half cuts off 1 % of the other half, within the binomial error of both:
/// neither tail of the number that it cuts off is below 1 in 1,000 in any of 16 comparisons, and the
/// mean share of the 8 splits is within one standard deviation of 1 %.
#[test]
fn the_cap_at_one_percent_holds_on_the_half_that_was_not_used() {
    const SPLITS: u64 = 8;
    for model in ["o1-mini", "o1-preview"] {
        let Some(lines) = responses(model) else { return };
        let (mut sum, mut widest) = (0.0, 0.0_f64);
        for seed in 1..=SPLITS {
            let (used, kept) = halves(&lines, seed);
            let folder = Folder::new()
                .with("used.jsonl", used.join("\n"))
                .with("kept.jsonl", kept.join("\n"));
            let run = folder.outlay("calibrate used.jsonl --task all -o p.json --json");
            let advice = json_of(&output(run, 0))["results"][0]["recommended"][0].take();
            assert_eq!(advice["risk"], 0.01);
            let (n, m) = (used.len() as f64, kept.len() as f64);
            let share =
                |cap: u64| kept.iter().filter(|line| completion(line) > cap).count() as f64 / m;
            let error = (0.01 * 0.99 * (1.0 / n + 1.0 / m)).sqrt();
            let measured = share(advice["measured"].as_u64().unwrap());
            let cap = advice["measured"].as_u64().unwrap();
            let longer = kept.iter().filter(|line| completion(line) > cap).count() as u64;
            let rank = (used.len() * 99).div_ceil(100) as u64;
            let tail = |k: u64| at_least(k, kept.len() as u64, used.len() as u64, rank);
            assert!(tail(longer) >= 0.001, "{model} {seed}: {longer} of {m} is too many");
            assert!(1.0 - tail(longer + 1) >= 0.001, "{model} {seed}: {longer} of {m} is too few");
            sum += measured;
            widest = widest.max(error);
            // The cap at 95 % confidence is on the safe side of that.
            assert_eq!(advice["reserve_released"], true);
            let safe = share(advice["at_confidence"].as_u64().unwrap());
            assert!(safe <= measured && safe <= 0.01 + 3.0 * error, "{model} {seed}: {safe}");
            // Audit finds the same share on the other half.
            let run = folder.outlay("audit kept.jsonl --forecast p.json --json");
            let score = json_of(&output(run, 0))["total"]["forecast"][0].take();
            let risks = score["risks"].as_array().unwrap();
            let at_8000 = risks.iter().find(|risk| risk["cap"] == 8_000).unwrap();
            assert!((at_8000["observed"].as_f64().unwrap() - share(8_000)).abs() < 1e-9);
        }
        let mean = sum / SPLITS as f64;
        assert!((mean - 0.01).abs() <= widest, "{model}: {mean} ± {widest}");
    }
}

/// The completions in the profile that `calibrate` makes of these lines.
fn sample(lines: &[String]) -> Sample {
    let folder = Folder::new().with("log.jsonl", lines.join("\n"));
    output(folder.outlay("calibrate log.jsonl --task all -o profile.json"), 0);
    Profile::parse(&folder.read("profile.json")).unwrap().pooled()
}

/// Cut off at 8,000 on purpose: Kaplan-Meier still finds every quantile below 8,000 exactly, and says
/// that it does not know those above. Quantiles of the finished calls alone are all too low, and those
/// that take what was cut off as finished never rise above the cap.
#[test]
fn quantiles_survive_a_cap_that_naive_ones_do_not() {
    for model in ["o1-mini", "o1-preview"] {
        let Some(lines) = responses(model) else { return };
        let cut: Vec<String> = lines.iter().map(|line| cut_off(line, 8_000)).collect();
        let finished: Vec<String> =
            lines.iter().filter(|line| completion(line) <= 8_000).cloned().collect();
        let [whole, cut, finished] = [&lines, &cut, &finished].map(|lines| sample(lines));
        assert!(cut.censored() > 100);
        let mut compared = 0;
        for percent in 1..100 {
            let p = f64::from(percent) / 100.0;
            let truth = quantile_bounds(&whole, p).tokens.unwrap();
            let found = quantile_bounds(&cut, p).tokens;
            let naive = quantile_bounds(&finished, p).tokens.unwrap();
            if truth < Tokens::new(8_000) {
                assert_eq!(found, Some(truth), "{model} {percent} %");
                assert!(naive <= truth, "{model} {percent} %: {naive} for {truth}");
                if percent >= 30 {
                    assert!(
                        naive.as_f64() < 0.97 * truth.as_f64(),
                        "{model} {percent} %: {naive} for {truth}"
                    );
                    compared += 1;
                }
            } else {
                assert_eq!(found, None, "{model} {percent} %");
            }
        }
        assert!(compared >= 15, "{compared}");
    }
}

/// The same below random caps, which real logs have: every quantile that the caps let through.
#[test]
fn quantiles_survive_caps_of_several_sizes() {
    let Some(lines) = responses("o1-mini") else { return };
    let caps = [6_000, 9_000, 14_000, 25_000];
    let cut: Vec<String> =
        lines.iter().enumerate().map(|(i, line)| cut_off(line, caps[i % 4])).collect();
    let folder = Folder::new().with("cut.jsonl", cut.join("\n"));
    let run = folder.outlay("calibrate cut.jsonl --task all --json");
    let answer = json_of(&output(run, 0));
    let mut sorted: Vec<u64> = lines.iter().map(|line| completion(line)).collect();
    sorted.sort_unstable();
    for (percent, name) in [(50, "p50"), (90, "p90"), (95, "p95")] {
        let q = &answer["results"][0]["quantiles"][name];
        let truth = sorted[(sorted.len() * percent).div_ceil(100) - 1];
        let bound = |key: &str| q[key].as_u64().unwrap();
        assert!((bound("low")..=bound("high")).contains(&truth), "{name}: {truth} in {q}");
    }
}

/// The response as it would have been under a cap.
fn cut_off(line: &str, cap: u64) -> String {
    let mut response: Value = serde_json::from_str(line).unwrap();
    let completion = response["usage"]["completion_tokens"].as_u64().unwrap();
    if completion > cap {
        let reasoning =
            response["usage"]["completion_tokens_details"]["reasoning_tokens"].as_u64().unwrap();
        response["usage"]["completion_tokens"] = json!(cap);
        response["usage"]["completion_tokens_details"]["reasoning_tokens"] =
            json!(reasoning.min(cap));
        response["usage"]["total_tokens"] =
            json!(response["usage"]["prompt_tokens"].as_u64().unwrap() + cap);
        response["choices"][0]["finish_reason"] = json!("length");
        if reasoning >= cap {
            response["choices"][0]["message"]["content"] = json!("");
        }
    }
    response.to_string()
}

fn record(more: &str, completion: u64, reasoning: u64) -> String {
    format!(
        r#"{{"prompt_tokens":100,"completion_tokens":{completion},"reasoning_tokens":{reasoning},"time":"2024-10-02",{more}}}"#
    )
}

#[test]
fn answers_look_as_they_are_meant_to() {
    let mini = |i: u64| {
        record(
            r#""model":"o1-mini","task":"code","finish_reason":"stop","content_tokens":40"#,
            600 + i * i,
            512 + i * i,
        )
    };
    let chat = |i: u64| {
        let (completion, end) = if i < 4 { (512, "length") } else { (100 + i, "stop") };
        record(
            &format!(r#""model":"o1-mini","task":"chat","finish_reason":"{end}""#),
            completion,
            completion.min(64 + i * 64),
        )
    };
    let folder = Folder::new()
        .with("code.jsonl", (0..320).map(mini).collect::<Vec<_>>().join("\n"))
        .with("chat.jsonl", (0..20).map(chat).collect::<Vec<_>>().join("\n"));
    assert_runs!([
        folder.outlay("calibrate code.jsonl"),
        folder.outlay("calibrate code.jsonl chat.jsonl"),
        folder.outlay("calibrate chat.jsonl --json"),
        folder.outlay("calibrate code.jsonl chat.jsonl --format csv"),
        folder.outlay("calibrate chat.jsonl --task pooled --reserve 1000 --format markdown"),
    ]);
}

#[test]
fn calls_that_say_nothing_about_a_completion_are_left_out() {
    let several = r#"{"id":"a","object":"chat.completion","created":1727847180,"model":"o1-mini","choices":[{"finish_reason":"stop","message":{"content":"a"}},{"finish_reason":"stop","message":{"content":"b"}}],"usage":{"prompt_tokens":1,"completion_tokens":200,"completion_tokens_details":{"reasoning_tokens":64}}}"#;
    let folder = Folder::new().with(
        "log.jsonl",
        [
            record(r#""model":"o1-mini","finish_reason":"stop""#, 100, 64),
            record(r#""model":"o1-mini","finish_reason":"content_filter""#, 100, 64),
            record(r#""model":"o1-mini","finish_reason":"stop""#, 100, 64)
                .replace("\"reasoning_tokens\":64,", ""),
            record(r#""model":"gpt-4o","finish_reason":"stop""#, 100, 64)
                .replace("\"reasoning_tokens\":64,", ""),
            record(r#""finish_reason":"stop""#, 100, 64),
            several.to_owned(),
        ]
        .join("\n"),
    );
    let answer = json_of(&output(folder.outlay("calibrate log.jsonl --json"), 0));
    let models: Vec<_> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["model"].clone(), r["n"].clone()))
        .collect();
    assert_eq!(json!(models), json!([["gpt-4o", 1], ["o1-mini", 1]]));
    let left_out: Vec<_> = answer["total"]["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["calls"].clone())
        .collect();
    assert_eq!(json!(left_out), json!([1, 1, 1, 1]));
    // A model that does not reason has no reserve to release.
    assert_eq!(answer["results"][0]["recommended"][0]["max_completion_tokens"], 100);
}

#[test]
fn reasoning_that_fills_any_cap_is_told_from_reasoning_that_ends() {
    let at = |cap: u64, i: u64, empty: bool| {
        let more = format!(
            r#""model":"o1-mini","max_completion_tokens":{cap},"finish_reason":"{}""#,
            if empty { "length" } else { "stop" }
        );
        if empty { record(&more, cap, cap) } else { record(&more, 150 + i, 64) }
    };
    let log = |share_of: fn(u64, u64) -> bool| {
        let lines = [512_u64, 2_048, 8_192]
            .into_iter()
            .flat_map(|cap| (0..40).map(move |i| at(cap, i, share_of(cap, i))));
        lines.collect::<Vec<_>>().join("\n")
    };
    let folder = Folder::new()
        .with("fills.jsonl", log(|_, i| i % 2 == 0))
        .with("ends.jsonl", log(|cap, i| i % (cap / 256) == 0));
    let notes = |file: &str| {
        let run = folder.outlay(&format!("calibrate {file} --json"));
        json_of(&output(run, 0))["results"][0]["notes"].to_string()
    };
    assert!(notes("fills.jsonl").contains("fills any cap"));
    assert!(!notes("ends.jsonl").contains("fills any cap"));
}

#[test]
fn efforts_and_tasks_are_not_pooled_silently() {
    let folder = Folder::new().with(
        "log.jsonl",
        [
            record(
                r#""model":"o3-mini","reasoning_effort":"high","finish_reason":"stop""#,
                1_000,
                960,
            ),
            record(r#""model":"o3-mini","reasoning_effort":"low","finish_reason":"stop""#, 100, 64),
            record(r#""model":"o3-mini","task":"code","finish_reason":"stop""#, 100, 64),
        ]
        .join("\n")
        .replace("2024-10-02", "2025-10-02"),
    );
    let answer = json_of(&output(folder.outlay("calibrate log.jsonl --json"), 0));
    let tasks: Vec<_> =
        answer["results"].as_array().unwrap().iter().map(|r| r["task"].clone()).collect();
    assert_eq!(
        json!(tasks),
        json!(["code", "unlabelled at high effort", "unlabelled at low effort", null])
    );
}

#[test]
fn a_profile_is_kept_whole_or_not_at_all() {
    let folder = Folder::new()
        .with("log.jsonl", record(r#""model":"o1-mini","finish_reason":"stop""#, 100, 64));
    output(folder.outlay("calibrate log.jsonl -o profile.json"), 0);
    let written = folder.read("profile.json");
    let profile = Profile::parse(&written).unwrap();
    assert_eq!((profile.model.as_str(), profile.pooled().n()), ("o1-mini", 1));
    assert_eq!(profile.origin, "own logs: log.jsonl");
    let again = output(folder.outlay("calibrate log.jsonl -o profile.json"), 2);
    assert!(stderr(&again).contains("the profile exists already"), "{}", stderr(&again));
    assert!(stderr(&again).contains("--force"));
    assert_eq!(stdout(&again), "");
    assert_eq!(folder.read("profile.json"), written);
    output(folder.outlay("calibrate log.jsonl -o profile.json --force"), 0);
    output(folder.outlay("calibrate log.jsonl -o missing/profile.json"), 2);
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing half-written stays: {names:?}");
}

#[test]
fn a_profile_of_several_models_serves_each() {
    let line = |model: &str, completion| {
        record(
            &format!(r#""model":"{model}","task":"code","finish_reason":"stop""#),
            completion,
            64,
        )
    };
    let folder =
        Folder::new().with("log.jsonl", [line("o1-mini", 700), line("o1-preview", 900)].join("\n"));
    output(folder.outlay("calibrate log.jsonl -o both.json"), 0);
    let plan = |model: &str, profile: &str| {
        let run = folder
            .outlay(&format!("estimate --input-tokens 100 -m {model} --profile {profile} --json"));
        json_of(&output(run, 0))["results"][0].clone()
    };
    for (model, profile, measured_on, completion) in [
        ("o1-mini", "both.json", "o1-mini", 700),
        ("o1-preview", "both.json", "o1-preview", 900),
        ("o1-preview", "both.json:code", "o1-preview", 900),
        ("o1-mini", "both.json:o1-preview", "o1-preview", 900),
        ("o1-mini", "both.json:o1-preview:code", "o1-preview", 900),
    ] {
        let result = plan(model, profile);
        assert_eq!(result["profile"]["model"], measured_on, "{profile}");
        // One call says what is usual; the prior of its work still raises the mean.
        let expected = result["completion_tokens"]["expected"].as_u64().unwrap();
        assert!((completion..completion * 2).contains(&expected), "{profile}: {expected}");
    }
    let other =
        output(folder.outlay("estimate --input-tokens 100 -m gpt-4o --profile both.json"), 2);
    assert!(stderr(&other).contains("the file has no profile of `gpt-4o`"), "{}", stderr(&other));
    let score = json_of(&output(folder.outlay("audit log.jsonl --forecast both.json --json"), 0));
    assert_eq!(score["total"]["forecast"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_written_is_read_again() {
    let mut sample = Sample::default();
    for (completion, censored, content) in
        [(64, false, Some(3)), (512, true, None), (70, false, None)]
    {
        let observation = Observation {
            completion: Tokens::new(completion),
            censored,
            reasoning: Tokens::new(64),
            content: content.map(Tokens::new),
        };
        sample.add(observation, 2).unwrap();
    }
    let profile = |model: &str| Profile {
        model: model.to_owned(),
        origin: "tests".to_owned(),
        period: None,
        tasks: [("a: b".to_owned(), sample.clone())].into(),
        steps: std::collections::BTreeMap::new(),
    };
    for profiles in [vec![profile("x")], vec![profile("x"), profile("y")]] {
        let text = Profile::file(&profiles).unwrap();
        assert_eq!(Profile::parse_all(&text).unwrap(), profiles);
    }
}

#[test]
fn the_program_calibrates_what_it_audits() {
    let run = outlay(
        "calibrate tests/logs --task-from nothing --json --as-of 2025-10-02 -m o1-mini --map completion_tokens=out,prompt_tokens=in,model=deployment,time=when,reasoning_tokens=thought,finish_reason=ended",
    );
    let answer = json_of(&run_of(run));
    assert!(answer["total"]["n"].as_u64().unwrap() > 10, "{answer}");
}

fn run_of(mut command: std::process::Command) -> std::process::Output {
    command.output().unwrap()
}
