//! What changed, and what is to blame: baselines, commits, prices.

use serde_json::{Value, json};

use crate::support::{Folder, assert_run, git, json_of, output, stderr, stdout};

/// Rates that outlay.toml adds to the catalogue, at `input` USD per million.
fn rates(input: &str) -> String {
    format!(
        "[[model]]\nid = \"o1-mini\"\n[[model.price]]\nfrom = 2024-09-12\nsource = \"contract\"\nchecked = 2024-10-01\n\
         rates = [{{ tier = \"standard\", input = \"{input}\", output = \"{input}\" }}]\n"
    )
}

const CONFIG: &str = r#"catalog = ["rates.toml"]

[call]
model = "o1-mini"
calls = "1k/month"
reasoning = 900
visible = 100

[budget]
max_prompt_tokens = 30
max_cost_per_call = "0.0011"

[[prompt]]
name = "prompts"
paths = ["prompts/*.md"]
"#;

/// A repository with two prompts and one commit.
fn repository() -> Folder {
    let folder = Folder::new()
        .with("outlay.toml", CONFIG)
        .with("rates.toml", rates("1"))
        .with("prompts/a.md", "Be brief.\nAnswer in French.\n")
        .with("prompts/b.md", "Count the words.\n");
    git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(&folder);
    folder
}

fn commit(folder: &Folder) {
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "change"]);
}

fn report(folder: &Folder, arguments: &str, code: i32) -> Value {
    json_of(&output(folder.outlay(&format!("{arguments} --json")), code))
}

/// Name, verdict, standing, file and line of every budget that is not met.
fn red(report: &Value) -> Vec<Value> {
    let results = report["results"].as_array().unwrap().iter();
    let budgets = results.flat_map(|result| result["budgets"].as_array().unwrap());
    budgets
        .filter(|b| b["verdict"] != "pass")
        .map(|b| json!([b["name"], b["verdict"], b["standing"], b["file"], b["line"]]))
        .collect()
}

#[test]
fn a_change_of_one_prompt_is_blamed_on_its_file_and_line() {
    let folder = repository();
    let longer = "Be brief.\nThe manual says: press the green button, wait for the lamp, then open the lid and take out the sheet.\nAnswer in French.\n";
    let folder = folder.with("prompts/a.md", longer);
    let found = report(&folder, "check --base HEAD", 1);
    assert_eq!(red(&found), [json!(["max_prompt_tokens", "fail", "new", "prompts/a.md", 2])]);
    assert_run!(folder.outlay("check --base main"));
    // Once it is merged it is known, and the next change is not to blame.
    commit(&folder);
    let folder = folder.with("prompts/b.md", "Count the letters.\n");
    let found = report(&folder, "check --base HEAD", 0);
    assert_eq!(red(&found), [json!(["max_prompt_tokens", "warn", "known", "prompts/a.md", 2])]);
    // A change that makes it worse is.
    let folder = folder.with("prompts/a.md", format!("{longer}And be polite.\n"));
    let found = report(&folder, "check --base HEAD", 1);
    assert_eq!(red(&found), [json!(["max_prompt_tokens", "fail", "worse", "prompts/a.md", 4])]);
    // Without a base everything that is red fails.
    output(folder.outlay("check"), 1);
    let folder = folder.with("prompts/a.md", "Be brief.\n");
    let found = report(&folder, "check --base HEAD", 0);
    assert_eq!(found["results"][0]["budgets"][1]["standing"], "fixed");
}

#[test]
fn a_change_of_prices_alone_is_price_drift_and_fails_no_prompt() {
    let folder = repository().with("rates.toml", rates("2"));
    let found = report(&folder, "check --base HEAD", 0);
    let standings: Vec<_> = red(&found).iter().map(|row| json!([row[0], row[1], row[2]])).collect();
    assert_eq!(standings, vec![json!(["max_cost_per_call", "warn", "price"]); 2]);
    let drift = &found["results"][0]["drift"];
    // 17 prompt and 1,000 completion tokens at $1, then at $2 per million.
    let tokens = found["results"][0]["size"]["prompt_tokens"]["high"].as_u64().unwrap() + 1_000;
    let cost = |rate: u64| {
        let text = format!("0.{:06}", tokens * rate);
        text.trim_end_matches('0').to_owned()
    };
    assert_eq!(
        drift,
        &json!({
            "of": "expected",
            "then_usd": cost(1),
            "then_at_new_prices_usd": cost(2),
            "now_at_old_prices_usd": cost(1),
            "now_usd": cost(2),
            "price_drift_usd": cost(1),
            "model_drift_usd": "0",
            "prompt_drift_usd": "0",
        })
    );
    assert_eq!(found["total"]["base"]["same_catalog"], false);
    assert_run!(folder.outlay("check --base HEAD"));
    // Both at once: the prompt pays for itself, at the new prices.
    let folder =
        folder.with("prompts/b.md", "Count the words. Count the words. Count the words.\n");
    let found = report(&folder, "check --base HEAD", 1);
    let drift = &found["results"][1]["drift"];
    assert!(drift["prompt_drift_usd"].as_str().unwrap().starts_with("0.00001"), "{drift}");
    assert_eq!(red(&found)[0][2], "price");
    assert_eq!(red(&found)[1][2], "worse");
    assert_run!(folder.outlay("diff HEAD ."));
}

#[test]
fn a_baseline_keeps_tokens_and_rates_and_no_costs() {
    let folder = repository();
    output(folder.outlay("check --update-baseline"), 0);
    let written = folder.read("outlay.baseline.json");
    let baseline: Value = serde_json::from_str(&written).unwrap();
    assert!(baseline["catalog_digest"].as_str().unwrap().starts_with("xxh3:"));
    assert_eq!(baseline["prices"]["o1-mini"][0]["input"], "1");
    assert!(!written.contains("cost"), "{written}");
    // Checking reads it and never writes it.
    let folder = folder
        .with("prompts/b.md", "Count the words, all of them, in every chapter.\n")
        .with("rates.toml", rates("2"));
    let found = report(&folder, "check --baseline outlay.baseline.json", 1);
    assert_eq!(folder.read("outlay.baseline.json"), written);
    let drift = &found["results"][1]["drift"];
    assert!(drift["price_drift_usd"] != "0" && drift["prompt_drift_usd"] != "0", "{drift}");
    // A baseline is the same from any folder.
    let mut deep = folder.outlay("check --json --baseline ../outlay.baseline.json");
    deep.current_dir(folder.path().join("prompts"));
    let same = json_of(&deep.output().unwrap());
    assert_eq!(same["results"][1]["drift"], *drift);
    let folder = folder.with("prompts/b.md", "Count the words.\n").with("rates.toml", rates("1"));
    output(folder.outlay("check --update-baseline"), 0);
    assert_eq!(folder.read("outlay.baseline.json"), written);
}

#[test]
fn what_cannot_be_measured_is_no_baseline() {
    let folder = repository().with("prompts/c.md", "\u{0}");
    output(folder.outlay("check --update-baseline"), 2);
    let folder = folder.with("outlay.toml", CONFIG.replace("prompts/*.md", "prompts/c.md"));
    output(folder.outlay("check --update-baseline"), 2);
    assert!(!folder.path().join("outlay.baseline.json").exists());
}

#[test]
fn growth_is_a_budget_of_its_own() {
    let config = CONFIG.replace("max_prompt_tokens = 30", "max_increase = \"5%\"");
    let folder = repository().with("outlay.toml", &config);
    commit(&folder);
    // Without a base there is no growth to judge: that is said, and everything else is judged.
    let alone = output(folder.outlay("check"), 0);
    assert!(stderr(&alone).contains("`max_increase` is not judged"), "{}", stderr(&alone));
    output(folder.outlay("check --base HEAD"), 0);
    let folder = folder
        .with("prompts/a.md", "Be brief.\nAnswer in French.\nAnd again.\n")
        .with("prompts/new.md", "New.\n");
    let found = report(&folder, "check --base HEAD", 1);
    assert_eq!(red(&found), [json!(["max_increase", "fail", "new", "prompts/a.md", 3])]);
    // A prompt that the base does not have has not grown.
    let new = &found["results"][2]["budgets"][1];
    assert_eq!((&new["name"], &new["measured"]), (&json!("max_increase"), &Value::Null));
    // The base may be named once and for all.
    let named = format!("base = \"main\"\n{config}");
    output(folder.with("outlay.toml", named).outlay("check"), 1);
}

#[test]
fn a_model_that_changes_is_a_change_of_the_prompt() {
    let folder = repository().with("outlay.toml", CONFIG.replace("\"o1-mini\"", "\"o1-preview\""));
    let found = report(&folder, "check --base HEAD", 1);
    let result = &found["results"][0];
    assert_eq!(
        (&result["model"], &result["before_model"]),
        (&json!("o1-preview"), &json!("o1-mini"))
    );
    assert_eq!(result["drift"]["price_drift_usd"], "0");
    // The text is the same, so that the model did it all.
    assert_eq!(result["drift"]["prompt_drift_usd"], "0");
    assert_ne!(result["drift"]["model_drift_usd"], "0");
    let run = folder.outlay("check --base HEAD --format markdown").output().unwrap();
    let title = stdout(&run).lines().find(|line| line.starts_with("###")).unwrap();
    assert!(title.contains("o1-mini → o1-preview"), "{title}");
}

#[test]
fn a_renamed_prompt_is_the_same_prompt() {
    let config = CONFIG.replace("max_prompt_tokens = 30", "max_increase = \"5%\"");
    let folder = repository().with("outlay.toml", &config);
    commit(&folder);
    git(folder.path(), &["mv", "prompts/a.md", "prompts/renamed.md"]);
    let found = report(&folder, "check --base HEAD", 0);
    assert_eq!(found["total"]["base"]["renamed"], json!(["prompts/a.md → prompts/renamed.md"]));
    assert_eq!(found["total"]["base"]["removed"], json!([]));
    let results = found["results"].as_array().unwrap();
    let renamed = results.iter().find(|result| result["input"] == "prompts/renamed.md").unwrap();
    assert_eq!(renamed["drift"]["prompt_drift_usd"], "0");
}

#[test]
fn what_is_wrong_with_the_base_is_told() {
    let folder = repository().with("broken.json", "{\"outlay_baseline\": 7}");
    let mut alone = folder.outlay("check --base HEAD");
    alone.env("PATH", "");
    let plain = Folder::new()
        .with("outlay.toml", CONFIG)
        .with("rates.toml", rates("1"))
        .with("prompts/a.md", "a");
    for (command, told) in [
        (folder.outlay("check --base no-such-branch"), "git knows no commit `no-such-branch`"),
        (folder.outlay("check --base=--exec=x"), "git knows no commit `--exec=x`"),
        (alone, "git cannot be run"),
        (plain.outlay("check --base HEAD"), "this is not a git repository"),
        (folder.outlay("check --baseline none.json"), "the baseline cannot be read"),
        (folder.outlay("check --baseline broken.json"), "this is not a baseline"),
        (folder.outlay("check --baseline outlay.toml"), "this is not a baseline"),
        (folder.outlay("check --exit-zero --base no-such-branch"), "git knows no commit"),
    ] {
        let run = output(command, 2);
        assert!(stderr(&run).contains(told), "{told}: {}", stderr(&run));
    }
    let before = repository();
    git(before.path(), &["rm", "-q", "--cached", "outlay.toml"]);
    git(before.path(), &["commit", "-q", "-m", "no budgets yet"]);
    // Budgets that come with the change are enforced on every prompt.
    let run = output(before.outlay("check --base HEAD"), 0);
    let told = "warning: `HEAD` has no outlay.toml: every prompt is new";
    assert!(stderr(&run).contains(told), "{}", stderr(&run));
    let config = CONFIG.replace("max_prompt_tokens = 30", "max_prompt_tokens = 3");
    let before = before.with("outlay.toml", config);
    assert_eq!(red(&report(&before, "check --base HEAD", 1))[0][2], "new");
    // A base that cannot be measured does not block the change that repairs it; what it lacks is new.
    git(before.path(), &["add", "-A"]);
    git(before.path(), &["rm", "-q", "--cached", "rates.toml"]);
    git(before.path(), &["commit", "-q", "-m", "no rates"]);
    let run = output(before.outlay("check --base HEAD"), 1);
    assert_eq!(red(&report(&before, "check --base HEAD", 1))[0][2], "new");
    assert!(stderr(&run).contains("HEAD:outlay.toml:1:12: `rates.toml`"), "{}", stderr(&run));
}

/// What a report tells of each prompt.
fn changes(found: &Value) -> Vec<Value> {
    let results = found["results"].as_array().unwrap().iter();
    results.map(|result| json!([result["input"], result["change"]])).collect()
}

#[test]
fn reports_are_compared_too() {
    let folder = repository();
    output(folder.outlay("estimate prompts -o then.json --json --completion-tokens 600"), 0);
    output(folder.outlay("check --json -o checked.json"), 0);
    let folder = folder.with("prompts/a.md", "Be brief.\n").with("prompts/c.md", "New.\n");
    output(folder.outlay("estimate prompts -o now.json --json --completion-tokens 600"), 0);
    std::fs::remove_file(folder.path().join("prompts/b.md")).unwrap();
    output(folder.outlay("count prompts -o counted.json --json"), 0);
    let found = report(&folder, "diff then.json now.json", 0);
    let told = changes(&found);
    assert_eq!(told, [json!(["prompts/a.md", "changed"]), json!(["prompts/c.md", "added"])]);
    assert_eq!(found["total"]["unchanged"], 1);
    let found = report(&folder, "diff then.json counted.json", 0);
    let told = changes(&found);
    assert!(told.contains(&json!(["prompts/b.md", "removed"])), "{told:?}");
    let same = output(folder.outlay("diff then.json then.json"), 0);
    assert!(stdout(&same).contains("nothing differs: 2 prompts"), "{}", stdout(&same));
    for (arguments, told) in [
        ("diff then.json none.json", "there is no such file"),
        ("diff then.json rates.toml", "neither a report nor a baseline"),
        ("diff then.json no-such-ref", "git knows no commit"),
    ] {
        let run = output(folder.outlay(arguments), 2);
        assert!(stderr(&run).contains(told), "{arguments}: {}", stderr(&run));
    }
}

#[test]
fn two_commits_are_compared() {
    let folder = repository().with("prompts/a.md", "Be brief, and answer in French.\n");
    commit(&folder);
    let found = report(&folder, "diff HEAD~1 HEAD", 0);
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    assert_eq!(found["results"][0]["drift"]["price_drift_usd"], "0");
    assert_eq!(found["total"]["then"]["name"], "HEAD~1");
}
