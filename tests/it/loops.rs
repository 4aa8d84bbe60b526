//! Gates of loops: budgets of tasks with tools, lists of tools, and context that is always loaded.

use serde_json::Value;

use crate::support::{Folder, json, json_of, output, stderr};

const TASK: &str = "model = \"gpt-4o\"\nsteps = \"3..12\"\nvisible = \"50..400\"\nbase = 4000\n\
                    result_tokens = \"200..6000\"\n";

fn config(budgets: &str) -> String {
    format!("[[prompt]]\nname = \"task\"\nscenario = \"task.toml\"\n[prompt.budget]\n{budgets}\n")
}

fn rows(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = report["results"][0]["budgets"].as_array().unwrap();
    let mut rows: Vec<_> =
        rows.iter().map(|row| (text(&row["name"]), text(&row["verdict"]))).collect();
    rows.sort();
    rows
}

#[test]
fn the_ends_of_a_task_cost_in_check_what_they_cost_in_simulate() {
    let folder = Folder::new().with("task.toml", TASK).with(
        "outlay.toml",
        config("max_task_cost = { expected = 1, p95 = 2, worst_case = 9 }\nmax_steps = 20\nmax_window_risk = \"5%\""),
    );
    let simulated = json(folder.outlay("simulate task.toml --json"))["results"][0].take();
    let checked = json(folder.outlay("check --json"));
    let cost = &checked["results"][0]["cost_usd"];
    assert_eq!(cost["expected"], simulated["total_cost_usd"]["mean"]);
    assert_eq!(cost["p95"], simulated["total_cost_usd"]["p95"]);
    assert_eq!(cost["worst_case"], simulated["most_expensive_usd"]);
    let measured = |name: &str| {
        let rows = checked["results"][0]["budgets"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap()["measured"].clone()
    };
    assert_eq!(measured("max_steps"), simulated["step_totals"]["requests"]["p95"]);
    assert_eq!(measured("max_window_risk"), simulated["overflowed"]);
}

#[test]
fn a_loop_beyond_its_budgets_fails() {
    let tight =
        config("max_task_cost = { p95 = \"0.01\" }\nmax_steps = 4\nmax_window_risk = \"1%\"");
    let folder = Folder::new().with("task.toml", TASK).with("outlay.toml", tight);
    let report = json_of(&output(folder.outlay("check --json"), 1));
    let expected = [("max_steps", "fail"), ("max_task_cost", "fail"), ("max_window_risk", "pass")];
    assert_eq!(rows(&report), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    // A loop without end fills the window.
    let endless = TASK.replace("\"3..12\"", "\"endless\"\nmax_turn_usd = 50");
    let folder = folder.with("task.toml", endless);
    let report = json_of(&output(folder.outlay("check --json"), 1));
    assert!(rows(&report).contains(&("max_window_risk".to_owned(), "fail".to_owned())));
}

#[test]
fn a_loop_answers_for_what_a_change_did_to_it() {
    let folder = Folder::new().with("task.toml", TASK).with(
        "outlay.toml",
        "baseline = \"b.json\"\n".to_owned()
            + &config("max_steps = 20\nmax_task_cost = { p95 = \"0.5\" }"),
    );
    output(folder.outlay("check --update-baseline"), 0);
    let folder = folder.with("task.toml", TASK.replace("3..12", "8..40"));
    let report = json_of(&output(folder.outlay("check --json"), 1));
    for row in report["results"][0]["budgets"].as_array().unwrap() {
        assert_eq!(row["standing"], "new", "{row}");
        assert!(row["before"] != Value::Null, "{row}");
    }
    // A baseline that did not keep what a budget needs is no pass: what is exceeded counts as new.
    let mut kept: Value = serde_json::from_str(&folder.read("b.json")).unwrap();
    let conversation = &mut kept["prompts"][0]["size"]["conversation"];
    for key in ["p95", "worst_case", "steps", "window_risk"] {
        conversation.as_object_mut().unwrap().remove(key);
    }
    let folder = folder.with("b.json", kept.to_string());
    let report = json_of(&output(folder.outlay("check --json"), 1));
    assert_eq!(report["results"][0]["budgets"][0]["standing"], "new");
}

/// A call alone is a task of one step, so that general budgets hold for every prompt.
#[test]
fn a_single_call_is_a_task_of_one_step() {
    let folder = Folder::new().with("ask.txt", "Say hello.").with(
        "outlay.toml",
        "[call]\nmodel = \"gpt-4o\"\nvisible = 100\n[budget]\nmax_steps = 1\nmax_window_risk = 0\n\
         max_task_cost = { worst_case = \"1\" }\nmax_cost_per_call = { worst_case = \"1\" }\n\
         [[prompt]]\npaths = [\"ask.txt\"]\n",
    );
    let report = json(folder.outlay("check --json"));
    let rows = report["results"][0]["budgets"].as_array().unwrap();
    let measured =
        |name: &str| rows.iter().find(|row| row["name"] == name).unwrap()["measured"].clone();
    assert_eq!(measured("max_task_cost"), measured("max_cost_per_call"));
    assert_eq!(measured("max_steps"), 1);
}

#[test]
fn mistakes_in_budgets_of_loops_are_named() {
    for (budget, says) in [
        ("max_steps = \"many\"", "`many` is not a whole number"),
        ("max_task_cost = { p99 = 1 }", "p99"),
        ("max_window_risk = 7", "7"),
        ("max_task_steps = 7", "there is no key"),
    ] {
        let folder = Folder::new().with("task.toml", TASK).with("outlay.toml", config(budget));
        let refused = output(folder.outlay("check"), 2);
        assert!(stderr(&refused).contains(says), "{budget}: {}", stderr(&refused));
    }
    // What cannot be measured fails, whatever is forgiven.
    let monthly = "max_monthly_cost = { p95 = 9 }\n[prompt.call]\ncalls = \"9/month\"";
    let folder = Folder::new().with("task.toml", TASK).with("outlay.toml", config(monthly));
    let refused = output(folder.outlay("check --exit-zero"), 2);
    assert!(stderr(&refused).contains("max_monthly_cost"), "{}", stderr(&refused));
}

/// What every request of an agent carries is a prompt of its own: the tools of a server and the files that
/// are always loaded.
#[test]
fn lists_of_tools_and_context_that_is_always_loaded_have_budgets() {
    let tool = |name: &str, words: usize| {
        let says = "word ".repeat(words);
        format!(
            r#"{{"name": "{name}", "description": "{says}", "inputSchema": {{"type": "object", "properties": {{"q": {{"type": "string"}}}}}}}}"#
        )
    };
    let list = |words| {
        format!(
            r#"{{"jsonrpc": "2.0", "id": 1, "result": {{"tools": [{}, {}]}}}}"#,
            tool("find", words),
            tool("read", 5)
        )
    };
    let folder = Folder::new()
        .with("mcp/server.json", list(10))
        .with("CLAUDE.md", "Always run the tests. ".repeat(20))
        .with("AGENTS.md", "Write short commits. ".repeat(20))
        .with(".claude/skills/deploy/SKILL.md", "---\nname: deploy\n---\nDeploy with care. ".repeat(3))
        .with(
            "outlay.toml",
            "baseline = \"b.json\"\n[call]\nmodel = \"gpt-4o\"\nvisible = 100\n[budget]\nmax_prompt_tokens = 200\n\
             [[prompt]]\nname = \"tools\"\npaths = [\"mcp/server.json\"]\n\
             [[prompt]]\nname = \"context\"\npaths = [\"CLAUDE.md\", \"AGENTS.md\", \".claude/skills/deploy/SKILL.md\"]\n",
        );
    output(folder.outlay("check --update-baseline"), 0);
    let before = json(folder.outlay("check --json"));
    assert_eq!(before["results"].as_array().unwrap().len(), 4, "{before}");
    let folder = folder.with("mcp/server.json", list(300));
    let report = json_of(&output(folder.outlay("check --json"), 1));
    let tools =
        report["results"].as_array().unwrap().iter().find(|r| r["prompt"] == "tools").unwrap();
    assert_eq!(tools["budgets"][0]["standing"], "new");
    let drift = tools["drift"]["prompt_drift_usd"].as_str().unwrap();
    assert!(drift.parse::<f64>().unwrap() > 0.0, "{drift}");
}
