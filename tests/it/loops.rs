//! Gates of loops: budgets of tasks with tools, lists of tools, and context that is always loaded.

use serde_json::Value;

use crate::support::{Folder, json, json_of, outlay, output, result, stderr, stdout};

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
    let monthly = "max_monthly_cost = { p95 = 9 }";
    let folder = Folder::new().with("task.toml", TASK).with("outlay.toml", config(monthly));
    let refused = output(folder.outlay("check --exit-zero"), 2);
    assert!(stderr(&refused).contains("max_monthly_cost"), "{}", stderr(&refused));
}

/// A month of conversations has a range of its own, which is narrower than so many times that of one.
#[test]
fn the_conversations_of_a_month_have_a_p95_and_a_worst_case() {
    let monthly =
        "max_monthly_cost = { p95 = 900, worst_case = 9000 }\n[prompt.call]\ncalls = \"90/month\"";
    let folder = Folder::new().with("task.toml", TASK).with("outlay.toml", config(monthly));
    let simulated = json(folder.outlay("simulate task.toml --calls 90/month --json"));
    let simulated = &simulated["results"][0];
    let checked = json(folder.outlay("check --json"));
    let money = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let month = &checked["results"][0]["monthly_cost_usd"];
    let close = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-9, "{a}, not {b}");
    close(money(&month["p95"]), money(&simulated["calls_cost_range_usd"]["p95"]));
    close(money(&month["worst_case"]), 90.0 * money(&simulated["most_expensive_usd"]));
    assert!(money(&month["p95"]) < 90.0 * money(&simulated["total_cost_usd"]["p95"]));
    assert_eq!(checked["results"][0]["budgets"].as_array().unwrap().len(), 2);
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

/// A log of tasks: `n` conversations of 3 to 3 + n steps, each of which adds some hundred tokens.
fn log_of_tasks(n: u64, reasoning: bool) -> String {
    let mut rows = "model,task,conversation_id,turn,prompt_tokens,completion_tokens".to_owned();
    rows += if reasoning { ",reasoning_tokens\n" } else { "\n" };
    for task in 0..n {
        let mut prompt = 2_000 + 10 * task;
        for step in 0..3 + task {
            let completion = 100 + 7 * ((task * 5 + step * 3) % 11);
            rows += &format!("o3,fix,c{task},{step},{prompt},{completion}");
            rows += if reasoning { ",64\n" } else { "\n" };
            prompt += 150 + 40 * ((task + 2 * step) % 7);
        }
    }
    rows
}

#[test]
fn steps_are_learnt_from_logs_and_played() {
    for reasoning in [true, false] {
        let folder = Folder::new().with("log.csv", log_of_tasks(24, reasoning));
        let learnt = json(folder.outlay("calibrate log.csv --save p.json --json"));
        let task = &learnt["total"]["tasks"][0];
        assert_eq!(task["tasks"], 24, "{task}");
        assert_eq!(task["steps"]["p50"], 14, "{task}");
        assert_eq!(task["first_prompt_tokens"]["p5"], 2_010, "{task}");
        assert_eq!(task["result_tokens"].is_null(), !reasoning);

        let played = "simulate -m o3 --as-of 2026-01-01 --profile p.json --steps profile --json";
        let played = json(folder.outlay(played))["results"][0].take();
        let requests = &played["step_totals"]["requests"];
        assert!((13..=16).contains(&requests["p50"].as_u64().unwrap()), "{requests}");
        assert!(requests["p95"].as_u64().unwrap() <= 26, "{requests}");
        let first = played["steps"][0]["prompt_tokens"]["p50"].as_u64().unwrap();
        assert!((2_000..2_240).contains(&first), "{first}");
        // A step of the log adds 270 tokens on average to the next prompt.
        let seventh = played["steps"][6]["prompt_tokens"]["p50"].as_u64().unwrap();
        assert!((6 * 230..6 * 310).contains(&(seventh - first)), "{first} {seventh}");
        assert_eq!(played["turns"].as_array().unwrap().len(), 1);
        // A log of calls that no agent wrote may be one of chats: its steps are offered.
        let asked = "simulate -m o3 --as-of 2026-01-01 --profile p.json -v";
        if reasoning {
            let said = output(folder.outlay(asked), 0);
            assert!(stdout(&said).contains("--steps profile plays those"), "{}", stdout(&said));
        }
    }
    let folder = Folder::new()
        .with("log.csv", "model,prompt_tokens,completion_tokens,reasoning_tokens\no3,10,90,64\n");
    output(folder.outlay("calibrate log.csv --save p.json"), 0);
    let refused = output(
        folder.outlay("simulate -m o3 --as-of 2026-01-01 --profile p.json --steps profile"),
        2,
    );
    assert!(stderr(&refused).contains("does not show how many steps"), "{}", stderr(&refused));
}

/// The sessions of agents need no flag, and what a sub-agent sends is a task of its own.
#[test]
fn the_steps_of_sessions_of_agents_are_played_without_asking() {
    let mut session = String::new();
    for (side, agent, prompts) in
        [(false, "", [1_000, 1_300, 1_900]), (true, "a1", [300, 500, 520])]
    {
        for (i, prompt) in prompts.into_iter().enumerate() {
            session += &format!(
                r#"{{"type":"assistant","sessionId":"s","isSidechain":{side},"agentId":"{agent}","requestId":"r{side}{i}","uuid":"u{side}{i}","timestamp":"2026-06-0{}T10:00:00Z","message":{{"id":"m{side}{i}","role":"assistant","model":"claude-haiku-4-5","content":[{{"type":"text","text":"done"}}],"stop_reason":"end_turn","usage":{{"input_tokens":{prompt},"output_tokens":50}}}}}}"#,
                i + 1
            );
            session += "\n";
        }
    }
    let folder = Folder::new().with("session.jsonl", session);
    let learnt =
        json(folder.outlay("calibrate session.jsonl --as-of 2026-06-10 --save p.json --json"));
    let task = &learnt["total"]["tasks"][0];
    assert_eq!((&task["tasks"], &task["steps"]["p50"]), (&2.into(), &3.into()), "{learnt}");
    assert_eq!(task["shortened"], 0);
}

#[test]
fn the_recommended_cap_obeys_the_tokens_of_a_minute() {
    let plan = |flags: &str| result(&format!("plan --input-tokens 1000 -m o1-mini {flags}"));
    let capped = plan("--tpm 10000");
    assert_eq!(capped["recommended_max_completion_tokens"], 9_000);
    assert_eq!(capped["binding"], "tokens_per_minute");
    assert_eq!(capped["admission"]["admitted"], true);
    // A prompt that takes the minute is no matter of the cap.
    assert_eq!(plan("--tpm 900")["admission"]["admitted"], false);
    assert_eq!(plan("--tpm 900")["recommended_max_completion_tokens"], 25_000);
}

#[test]
fn limits_of_a_minute_say_whether_a_month_fits() {
    let said = |flags: &str| {
        let run = output(outlay(&format!("plan --input-tokens 1000 -m o1-mini {flags}")), 0);
        stdout(&run).replace('\n', " ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    // 200,000 calls of 26,000 tokens at 110,000 a minute: 47,273 minutes are 4.7 weeks. A month has 43,830
    // minutes, in each of which 4.563 calls must pass: 24,106 tokens each, of which 1,000 are the prompt.
    let much = said("--calls 200k/month --tpm 110k");
    assert!(much.contains("does not fit: 4.7 weeks for a month"), "{much}");
    assert!(much.contains("a cap of 23,106 fits"), "{much}");
    let few = said("--calls 10k/month --tpm 110k");
    assert!(few.contains("fits: the calls of a month take"), "{few}");
    let none = said("--calls 100m/month --tpm 110k --rpm 5");
    assert!(none.contains("make fewer calls, or raise the limit"), "{none}");
}

/// The shares of conversations that have ended by a step grow to those of the whole, and are drawn.
#[test]
fn ends_of_a_loop_are_told_step_by_step() {
    let task = "simulate -m claude-haiku-4-5 --as-of 2026-11-25 --base 8k --steps 5..80 --result-tokens 500..20k \
                --reasoning 100..3k --visible 50..400 --max-turn-usd 0.6 --runs 400";
    let result = result(task);
    let steps = result["steps"].as_array().unwrap();
    for (key, whole) in [
        ("window_full", &result["overflowed"]),
        ("budget_hit", &result["step_totals"]["budget_hit"]),
    ] {
        let shares: Vec<f64> = steps.iter().map(|step| step[key].as_f64().unwrap()).collect();
        assert!(shares.is_sorted(), "{key}: {shares:?}");
        assert!(shares[0] <= 0.0, "{key}");
        let last = &steps.last().unwrap()[key];
        assert!(last.as_f64().unwrap() > 0.0, "{key}");
        assert_eq!(last, whole, "{key}");
        assert_eq!(&result["turns"][0][key], last);
    }
    let told = stdout(&output(outlay(task), 0)).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("are stopped by their budget; by step 1 to"), "{told}");
    assert!(told.contains("end because nothing fits; by step 1 to"), "{told}");
    let page = output(outlay(&format!("{task} --format html")), 0);
    let page = stdout(&page);
    assert!(page.contains("Ended early, by step"), "the page draws it");
    // Turns without steps have their curve as well.
    let turns = "simulate -m o1-preview --turns 60 --user 500..3000 --reasoning 500..5k --visible 100..1k \
                 --runs 400 --as-of 2024-10-20";
    let told = stdout(&output(outlay(turns), 0)).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("end because nothing fits any more; by turn 1 to 60 ▁"), "{told}");
}

/// A drawn step has a thousand calls at most: what would be cut there is refused.
#[test]
fn more_calls_than_are_simulated_are_refused() {
    let task = "simulate -m gpt-4o --visible 50 --steps 5 --result-tokens 100 --as-of 2024-10-20";
    for calls in ["1001", "100..2000"] {
        let refused = output(outlay(&format!("{task} --calls-per-step {calls}")), 2);
        assert!(stderr(&refused).contains("more than the 1,000 that are simulated"), "{calls}");
    }
    output(outlay(&format!("{task} --calls-per-step 1000")), 0);
    // A budget below the first step is one, though some answers are cut off in it.
    let below = output(
        outlay(
            "simulate -m gpt-4o --visible 50..400 --steps 5 --result-tokens 100 --max-turn-usd 0.0000001 --as-of 2024-10-20",
        ),
        2,
    );
    assert!(stderr(&below).contains("does not go beyond the first step"), "{}", stderr(&below));
    // Definitions of tools beyond the limit of prompts are told before they are beyond the window.
    let long = "simulate -m gpt-5.6-terra --steps 2 --result-tokens 9 --reasoning 9 --visible 9 --as-of 2026-11-20";
    let refused = output(outlay(&format!("{long} --tool-definitions 1000k")), 2);
    assert!(stderr(&refused).contains("the definitions of tools alone"), "{}", stderr(&refused));
    let refused = output(outlay(&format!("{long} --base 1000k")), 2);
    assert!(stderr(&refused).contains("is over the limit of prompts"), "{}", stderr(&refused));
}

/// A memory is sent with what it imports.
#[test]
fn imports_of_a_memory_count() {
    let folder = Folder::new()
        .with("CLAUDE.md", "Follow @docs/style.md and ask @ann. See `@docs/none.md`, @docs/gone.")
        .with("docs/style.md", "Write short functions. @more.md")
        .with("docs/more.md", "Name things once. @../CLAUDE.md @style.md")
        .with("all.txt", "Follow @docs/style.md and ask @ann. See `@docs/none.md`, @docs/gone.\n\nWrite short functions. @more.md\n\nName things once. @../CLAUDE.md @style.md")
    ;
    let tokens = |file: &str| {
        let run = output(folder.outlay(&format!("count {file} -m gpt-4o --json")), 0);
        (json_of(&run)["results"][0]["prompt_tokens"].clone(), stderr(&run).to_owned())
    };
    let (memory, said) = tokens("CLAUDE.md");
    assert_eq!(memory, tokens("all.txt").0);
    assert!(said.contains("`@docs/gone` may import a file"), "{said}");
    assert!(!said.contains("@ann") && !said.contains("none.md"), "{said}");
    // Growth of what is imported is growth of the memory.
    let folder = folder.with(
        "outlay.toml",
        "baseline = \"b.json\"\n[call]\nmodel = \"gpt-4o\"\nvisible = 9\n[budget]\nmax_increase = \"10%\"\n\
         [[prompt]]\npaths = [\"CLAUDE.md\"]\n",
    );
    output(folder.outlay("check --update-baseline"), 0);
    let folder = folder.with("docs/more.md", "Name things once. ".repeat(20));
    output(folder.outlay("check"), 1);
}
