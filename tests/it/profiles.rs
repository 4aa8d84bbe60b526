//! The built-in profiles against the records they are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::conversations::assert_near;
use crate::support::result;

/// One billed request.
struct Record {
    task: String,
    completion: u64,
    cut_off: bool,
}

/// The records of each model that do not contradict themselves; `None` where the table is not at hand.
fn records() -> Option<BTreeMap<String, Vec<Record>>> {
    let path = "../shared/data/reasoning_usage.csv";
    if !Path::new(path).exists() {
        eprintln!("skipped: {path} is not here");
        return None;
    }
    let mut models: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for row in csv::Reader::from_path(path).unwrap().deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let model = row["model"].split("-20").next().unwrap().to_owned();
        let task = match row["effort"].as_str() {
            "" => row["task_type"].clone(),
            effort => format!("{}:{effort}", row["task_type"]),
        };
        let [completion, reasoning] =
            ["completion_tokens", "reasoning_tokens"].map(|column| row[column].parse().unwrap());
        if reasoning <= completion {
            let cut_off = row["finish_reason"] == "length";
            models.entry(model).or_default().push(Record { task, completion, cut_off });
        }
    }
    Some(models)
}

/// The share of requests that are longer than `cap`, by the product-limit estimate of Kaplan and Meier;
/// without requests that were cut off it is the plain share.
fn share_longer(records: &[&Record], cap: u64) -> f64 {
    if records.iter().all(|record| !record.cut_off) {
        let longer = records.iter().filter(|record| record.completion > cap).count();
        return longer as f64 / records.len() as f64;
    }
    let finished = records.iter().filter(|r| !r.cut_off && r.completion <= cap);
    let lengths: BTreeSet<u64> = finished.map(|record| record.completion).collect();
    let stays = |length: &u64| {
        let at_risk = records.iter().filter(|r| r.completion >= *length).count();
        let ends = records.iter().filter(|r| !r.cut_off && r.completion == *length).count();
        1.0 - ends as f64 / at_risk as f64
    };
    lengths.iter().map(stays).product()
}

fn assert_risks(profile: &str, records: &[&Record]) {
    for cap in [8_000, 16_000, 25_000] {
        let plan = result(&format!(
            "plan --input-tokens 1k -m o1-mini --profile {profile} --max-completion-tokens {cap}"
        ));
        assert_eq!(plan["profile"]["n"], records.len(), "{profile}");
        let risk = plan["sent"]["length_risk"].as_f64().unwrap();
        assert_near(risk, share_longer(records, cap), 1e-9, &format!("{profile} at {cap}"));
    }
}

/// All tasks of a model together, and each of them.
fn assert_profile(records: &BTreeMap<String, Vec<Record>>, model: &str) {
    let records: Vec<_> = records[model].iter().collect();
    assert_risks(model, &records);
    let tasks: BTreeSet<_> = records.iter().map(|record| &record.task).collect();
    for task in tasks {
        let of_task: Vec<_> = records.iter().copied().filter(|r| r.task == *task).collect();
        assert_risks(&format!("{model}:{task}"), &of_task);
    }
}

#[test]
fn the_risks_of_built_in_profiles_are_those_of_their_records() {
    let Some(records) = records() else { return };
    for model in ["o1-mini", "o1-preview", "o3-mini"] {
        assert!(records[model].iter().all(|record| !record.cut_off), "{model}");
        assert_profile(&records, model);
    }
}

#[test]
fn requests_that_were_cut_off_count_as_at_least_that_long() {
    let Some(records) = records() else { return };
    assert_eq!(records["o4-mini"].iter().filter(|record| record.cut_off).count(), 10);
    assert_profile(&records, "o4-mini");
}

#[test]
fn the_profile_of_o3_is_that_of_the_records_that_do_not_contradict_themselves() {
    let Some(records) = records() else { return };
    assert_eq!(records["o3"].len(), 96);
    assert_profile(&records, "o3");
}
