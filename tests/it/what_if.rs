//! What of a comparison's page answers what-ifs. That its answers are those of the program is tested in a
//! browser, in tests/browser.

use serde_json::Value;

use crate::support::{Folder, output, stdout};

const DAY: &str = "--as-of 2024-10-20 --format html";

fn page(arguments: &str) -> String {
    stdout(&output(crate::support::outlay(&format!("compare {arguments} {DAY}")), 0)).to_owned()
}

/// The data of the form; `None` for a page without it.
fn data(page: &str) -> Option<Value> {
    let (_, rest) = page.split_once(r#"id="what-if-data">"#)?;
    Some(serde_json::from_str(rest.split_once("</script>")?.0).unwrap())
}

#[test]
fn a_comparison_of_calls_carries_what_decides_it() {
    let page = page("tests/prompts/refactor.md --calls 20k/month --cached 12.5%");
    assert!(page.len() < 500_000, "{} bytes", page.len());
    let data = data(&page).unwrap();
    assert_eq!(data["call"]["calls"], "20,000/month");
    assert_eq!(data["call"]["cached"], "12.5%");
    assert_eq!(data["chosen"], serde_json::json!(["o1-mini", "o1-preview"]));
    assert_eq!(data["flags"], serde_json::json!(["--as-of", "2024-10-20"]));
    assert_eq!(data["request"]["words"], serde_json::json!(["tests/prompts/refactor.md"]));
    // $3, $1.50 and $12 per million tokens, nothing for writing: o1-mini at launch.
    assert_eq!(data["models"][0]["id"], "o1-mini");
    let rates = serde_json::json!([[null, 3_000_000, 1_500_000, 12_000_000, null, null]]);
    assert_eq!(data["models"][0]["tiers"]["standard"], rates);
    // Every other model that can be called may be chosen, with its own count.
    let ids: Vec<&str> =
        data["models"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"gpt-4o") && !ids.contains(&"o3"), "{ids:?}");
    for id in &ids {
        assert!(data["request"]["prompts"][id]["tokens"].as_u64().unwrap() > 200, "{id}");
    }
    let n = |name: &str| -> u64 {
        let tasks = data["profiles"][name]["tasks"].as_object().unwrap().values();
        tasks.flat_map(|rows| rows.as_array().unwrap()).map(|row| row[3].as_u64().unwrap()).sum()
    };
    assert_eq!((n("o1-mini"), n("o1-preview")), (1_273, 991));
}

#[test]
fn no_other_form_has_it_and_no_page_that_it_cannot_answer_for() {
    for arguments in [
        "--turns 4 --user 100",
        "tests/prompts/refactor.md tests/prompts/review.json",
        "tests/fixtures/requests/batch.jsonl -m gpt-4o -m gpt-4o-mini",
    ] {
        let page = page(arguments);
        assert!(data(&page).is_none(), "{arguments}");
        assert!(page.contains("script-src 'none'"), "{arguments}");
    }
    for format in ["table", "json", "csv", "markdown"] {
        let run = format!("compare --input-tokens 1000 --as-of 2024-10-20 --format {format}");
        assert!(!stdout(&output(crate::support::outlay(&run), 0)).contains("what-if"), "{format}");
    }
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

#[test]
fn a_page_forecasts_by_the_effort_of_the_command_and_by_no_budget() {
    let page = |flags: &str| {
        let line = format!(
            "compare --input-tokens 3000 --as-of 2026-11-20 -m o3 -m claude-sonnet-4-5 {flags} --format html"
        );
        stdout(&output(crate::support::outlay(&line), 0)).to_owned()
    };
    let high = page("--effort high");
    let form = data(&high).unwrap();
    assert_eq!((form["call"]["effort"].as_str(), high.len() < 500_000), (Some("high"), true));
    let efforts = |i: usize| &form["models"][i]["efforts"];
    let work = form["works"].get(number(&efforts(0)["high"])).unwrap();
    assert!(work["odds"].as_f64().unwrap() > 0.6, "{work}");
    assert!(efforts(1)["high"].is_null(), "claude-sonnet-4-5 has no such level");
    let bounded = page("-m gemini-2.5-flash --thinking-budget 2k");
    assert!(data(&bounded).is_none() && bounded.contains("are left to the command line"));
}

#[test]
fn a_brought_profile_is_carried_as_far_as_a_page_can_hold_it() {
    let profile = |n: u64| {
        let rows: Vec<String> = (1..=n).map(|i| format!("[{i},{i},0,1,0]")).collect();
        format!(
            r#"{{"schema_version":1,"model":"o1-mini","origin":"here","period":null,"n":{n},
            "columns":["reasoning","completion","content","count","censored"],
            "tasks":{{"a":[{}]}}}}"#,
            rows.join(",")
        )
    };
    let folder = Folder::new().with("small.json", profile(300)).with("large.json", profile(4_001));
    let run = |name: &str| {
        let line = format!("compare --input-tokens 100 --profile {name} {DAY}");
        stdout(&output(folder.outlay(&line), 0)).to_owned()
    };
    let data = data(&run("small.json")).unwrap();
    assert_eq!(data["given"]["rows"].as_array().unwrap().len(), 1, "kept once for all models");
    assert_eq!(data["given"]["rows"][0].as_array().unwrap().len(), 300);
    let large = run("large.json");
    assert!(large.len() < 500_000 && !large.contains("what-if-data"), "{} bytes", large.len());
    assert!(large.contains("are left to the command line"));
}
