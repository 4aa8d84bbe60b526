//! `outlay plan` over time and with data: limits, quotas, speed, profiles, the released reserve.

use serde_json::Value;

use crate::support::{Folder, json, outlay, output, result, stderr, stdout};

fn plan(arguments: &str) -> Value {
    result(&format!("plan {arguments}"))
}

/// A profile of `n` requests of 1 to `n` completion tokens, the last `cut_off` of them cut off.
fn profile(n: usize, cut_off: usize) -> String {
    let rows: Vec<String> =
        (1..=n).map(|t| format!("[0,{t},null,1,{}]", u8::from(t > n - cut_off))).collect();
    format!(
        r#"{{"schema_version": 1, "model": "o1-mini", "origin": "ours", "n": {n},
        "columns": ["reasoning","completion","content","count","censored"],
        "tasks": {{"support": [{}]}}}}"#,
        rows.join(",")
    )
}

#[test]
fn ten_thousand_calls_at_twenty_a_minute_take_a_working_day() {
    let admission = plan("--input-tokens 1k --calls 10k --rpm 20")["admission"].take();
    assert_eq!(admission["seconds_for_calls"], 30_000.0);
    let told = output(outlay("plan --input-tokens 1k --calls 10k --rpm 20"), 0);
    assert!(stdout(&told).contains("10,000 calls take 8 h 20 min at 20 requests a minute"));
}

#[test]
fn the_prompt_and_the_cap_must_pass_the_minute() {
    // Usage tier 1 of o1-preview: 30,000 tokens a minute.
    let tier_1 = "--usage-tier 1 -m o1-preview --as-of 2024-11-25";
    let passes = plan(&format!("--input-tokens 1k {tier_1}"))["admission"].take();
    assert_eq!(passes["admitted"], true);
    assert_eq!(passes["tokens_per_call"], 26_000);
    // The recommended cap obeys the minute; one that is sent may not.
    let capped = plan(&format!("--input-tokens 6k {tier_1}"));
    assert_eq!(capped["recommended_max_completion_tokens"], 24_000);
    assert_eq!(capped["admission"]["admitted"], true);
    let sent = format!("--input-tokens 6k --max-completion-tokens 25k {tier_1}");
    let blocked = plan(&sent)["admission"].take();
    assert_eq!(blocked["admitted"], false);
    assert_eq!(blocked["seconds_for_calls"], Value::Null);
    let unknown = output(outlay("plan --input-tokens 1k --usage-tier 9 --as-of 2024-11-25"), 2);
    assert!(stderr(&unknown).contains("hint: known tiers: 1, 2, 3, 4, 5"), "{}", stderr(&unknown));
}

#[test]
fn calls_that_do_not_fit_their_period_fail_and_say_what_fits() {
    let asked = "--input-tokens 3037 -m o1-mini --calls 50k/month --tpm 30k";
    let plan = plan(asked);
    assert_eq!(plan["verdict"], "fail");
    assert_eq!(plan["admission"]["fits"], false);
    // A month has 43,830 minutes.
    let per_call = plan["admission"]["tokens_per_call"].as_u64().unwrap();
    let fitting = plan["admission"]["calls_that_fit"].as_u64().unwrap();
    assert_eq!(fitting, 30_000 * 43_830 / per_call);
    let cap = plan["admission"]["largest_fitting_cap"].as_u64().unwrap();
    assert_eq!(cap, 30_000 * 43_830 / 50_000 - 3_037);
    let told = output(outlay(&format!("plan {asked} --strict")), 1);
    let told = stdout(&told);
    assert!(
        told.contains("send max_completion_tokens = 25000 (decided by the reserve) for at most")
    );
    assert!(told.contains("46,898 calls a month"), "{told}");
    assert!(told.contains(&format!("{cap} for all")), "{told}");
    // What is recommended passes where it is followed.
    for follows in [
        "--input-tokens 3037 -m o1-mini --calls 46898/month --tpm 30k --strict".to_owned(),
        format!("{asked} --max-completion-tokens {cap} --reserve 1000 --strict"),
    ] {
        assert!(stdout(&output(outlay(&format!("plan {follows}")), 0)).contains("fits: "));
    }
    let blocked = format!("{asked} --max-completion-tokens 60k");
    let told = output(outlay(&format!("plan {blocked}")), 0);
    assert!(stdout(&told).contains("= 25000 instead"), "{}", stdout(&told));
    let quota = "--input-tokens 1k -m o1-mini --quota 50/week --calls";
    output(outlay(&format!("plan {quota} 200/month --strict")), 0);
    let over = output(outlay(&format!("plan {quota} 300/month --strict")), 1);
    assert!(stdout(&over).contains("does not fit: 6.0 weeks for the messages of a month"));
}

#[test]
fn the_next_command_names_a_model_that_can_be_called() {
    let told = output(outlay("plan --input-tokens 1k -m o1-mini --as-of 2026-11-20"), 0);
    assert!(
        stdout(&told)
            .contains("next: outlay plan --input-tokens 1000 -m gpt-5.6-terra --kind code")
    );
}

#[test]
fn message_quotas_are_known_by_day() {
    for (model, day, messages, period) in [
        ("o1-preview", "2024-09-12", 30, "week"),
        ("o1-preview", "2024-09-17", 50, "week"),
        ("o1-mini", "2024-09-16", 50, "week"),
        ("o1-mini", "2024-09-17", 50, "day"),
    ] {
        let arguments =
            format!("--input-tokens 1k --calls 100 --quota chatgpt -m {model} --as-of {day}");
        let quota = plan(&arguments)["quota"].take();
        assert_eq!(
            (&quota["messages"], &quota["period"]),
            (&messages.into(), &period.into()),
            "{arguments}"
        );
    }
    let weeks = plan("--input-tokens 1k --calls 200 --quota 50/week")["quota"].take();
    assert_eq!(weeks["seconds_for_calls"], 4.0 * 7.0 * 86_400.0);
    output(outlay("plan --input-tokens 1k --quota 50"), 2);
    output(outlay("plan --input-tokens 1k --quota chatgpt -m gpt-4o"), 2);
}

#[test]
fn the_measured_speed_gives_the_time_of_a_call() {
    // 162 tokens a second.
    let seconds = plan("--input-tokens 1k --completion-tokens 1620 -m o1-mini")["seconds"].take();
    assert_eq!(seconds["expected"], 10.0);
    assert_eq!(plan("--input-tokens 1k --visible 500 -m gpt-4o")["seconds"], Value::Null);
}

#[test]
fn what_to_cut_first_is_the_largest_part() {
    let material = "word ".repeat(120_000);
    let request = format!(
        r#"{{"messages": [{{"role": "user", "content": "Summarise."}}, {{"role": "user", "content": "{material}"}}]}}"#
    );
    let folder = Folder::new().with("long.json", request);
    let plan = json(folder.outlay("plan long.json --json"))["results"][0].take();
    assert_eq!(plan["status"], "below_reserve");
    assert_eq!(plan["largest_part"]["part"], "messages[1].content");
    let told = output(folder.outlay("plan long.json"), 0);
    assert!(stdout(&told).contains("messages[1].content has 1"), "{}", stdout(&told));
}

#[test]
fn only_enough_data_of_ones_own_releases_the_reserve() {
    let folder = Folder::new()
        .with("small.json", profile(19, 0))
        .with("twenty.json", profile(20, 0))
        .with("enough.json", profile(299, 0))
        .with("cut.json", profile(1_000, 20));
    let plan = |arguments: &str| {
        let command = folder.outlay(&format!("plan --input-tokens 1k {arguments} --json"));
        json(command)["results"][0].take()
    };
    let said = |plan: &Value, words: &str| plan["assumptions"].to_string().contains(words);

    let small = plan("--profile small.json --reserve auto");
    assert_eq!(small["recommended_max_completion_tokens"], 25_000);
    assert!(
        said(&small, "n is too small for 1 % at 95 % confidence (has 19, needs 20)"),
        "{small}"
    );

    // The bound of twenty calls lies above the longest of them, and may release the reserve.
    let twenty = plan("--profile twenty.json --kind judge --reserve auto");
    let cap = twenty["recommended_max_completion_tokens"].as_u64().unwrap();
    assert!((21..25_000).contains(&cap), "{twenty}");

    let enough = plan("--profile enough.json --reserve auto");
    assert_eq!(enough["recommended_max_completion_tokens"], 299);
    assert_eq!(enough["binding"], "risk");
    assert_eq!(enough["status"], "ok");

    let cut = plan("--profile cut.json --reserve auto");
    assert_eq!(cut["recommended_max_completion_tokens"], 25_000);
    assert!(said(&cut, "the cap for 1 % is at least 1,000; raise the cap and log again"), "{cut}");

    let built_in = plan("--reserve auto");
    assert_eq!(built_in["recommended_max_completion_tokens"], 25_000);
    assert!(said(&built_in, "only a profile of your own requests"), "{built_in}");
}

#[test]
fn a_profile_of_one_value_is_that_constant() {
    let one = r#"{"schema_version": 1, "model": "o1-mini", "origin": "ours", "n": 300,
        "columns": ["reasoning","completion","content","count","censored"],
        "tasks": {"support": [[640,700,60,300,0]]}}"#;
    let folder = Folder::new().with("one.json", one);
    let cost = |arguments: &str| {
        let command = folder.outlay(&format!("estimate --input-tokens 1k {arguments} --json"));
        json(command)["results"][0]["cost_usd"].take()
    };
    let constant = cost("--reasoning 640 --visible 60");
    assert_eq!(cost("--profile one.json"), constant);
    assert_eq!(cost("--profile one.json:support"), constant);
    assert_eq!(cost("--reasoning @one.json --visible @one.json"), constant);
}

/// The form of the page recommends caps, and knows no limits of a minute.
#[test]
fn a_page_has_no_form_where_a_minute_limits_tokens() {
    let page = |flags: &str| {
        let run =
            format!("plan --input-tokens 1000 -m o1-mini --as-of 2024-11-25 --format html {flags}");
        let run = output(outlay(&run), 0);
        (stdout(&run).contains("what-if-form"), stderr(&run).to_owned())
    };
    assert!(page("").0 && page("--rpm 20").0);
    for limits in ["--tpm 30k", "--usage-tier 1"] {
        let (has_form, said) = page(limits);
        assert!(!has_form && said.contains("left to the command line"), "{said}");
    }
}
