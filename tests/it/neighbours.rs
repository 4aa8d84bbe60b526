//! Logs like those that are known, and otherwise written: other makers, exporters, spellings, tables. What they
//! cost is worked out by hand, from the rates of the makers; or they are refused for a stated reason.
//!
//! `by_hand` says how: dollars, or tokens times rates of a million. `g5` are gpt-5's plain, answered and cached
//! tokens, at 1.25, 10 and .125; `s45` claude-sonnet-4-5's plain, read, written for 5 minutes and for an hour,
//! and answered ones, at 3, .30, 3.75, 6 and 15.

use serde_json::Value;

use crate::support::{Folder, json_of, stderr};

const LOGS: &str = include_str!("../fixtures/bills/neighbours.jsonl");

#[test]
fn what_they_cost_is_right_or_they_are_refused() {
    let mut wrong = Vec::new();
    for line in LOGS.lines() {
        let log: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| log[key].as_str().unwrap_or_default();
        let folder = Folder::new().with(text("file"), text("log"));
        let day = if text("arguments").contains("--as-of") { "" } else { "--as-of 2026-11-26" };
        let arguments = format!("audit {} --json {} {day}", text("file"), text("arguments"));
        let run = folder.outlay(&arguments).output().unwrap();
        let total = json_of(&run)["total"].take();
        let is_right = match text("said") {
            "" => {
                run.status.code() == Some(0)
                    && total["cost_usd"] == log["cost"]
                    && total["calls"] == log["calls"]
            }
            said => run.status.code() == Some(2) && stderr(&run).contains(said),
        };
        if !is_right {
            wrong.push(format!(
                "{}: {} for {}: {}",
                text("name"),
                total["calls"],
                total["cost_usd"],
                stderr(&run)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
