//! `outlay check`: budgets, exit codes, configuration, templates.

use serde_json::{Value, json};

use crate::support::{Folder, assert_run, assert_runs, json_of, output, stderr};

/// A folder with a prompt of 10 tokens and these budgets.
fn with_budget(budget: &str) -> Folder {
    Folder::new().with("prompts/a.md", "one two three").with(
        "outlay.toml",
        format!(
            "[call]\nmodel = \"o1-mini\"\nprofile = \"o1-mini\"\n[budget]\n{budget}\n[[prompt]]\npaths = [\"prompts\"]\n"
        ),
    )
}

/// The budgets of the first prompt.
fn budgets(folder: &Folder, arguments: &str) -> Vec<Value> {
    let report = json_of(&folder.outlay(&format!("check --json {arguments}")).output().unwrap());
    report["results"][0]["budgets"].as_array().cloned().unwrap_or_default()
}

#[test]
fn every_kind_of_budget_is_measured() {
    let at_limit = "max_prompt_tokens = 10\nmin_room = 65536\nmax_length_risk = \"1%\"\n\
                    max_cost_per_call = { expected = \"0.06\", p95 = \"0.14\", worst_case = \"0.31\" }\n\
                    max_monthly_cost = 1200";
    let folder = with_budget(at_limit);
    // Ten prompt tokens at $3 per million; 4,902 expected, 11,094 p95 and 25,000 most at $12.
    let config = folder.read("outlay.toml").replace("[call]", "[call]\ncalls = \"20k/month\"");
    let folder = folder.with("outlay.toml", config);
    let measured: Vec<_> = budgets(&folder, "")
        .iter()
        .map(|b| json!([b["name"], b["of"], b["unit"], b["measured"], b["margin"], b["verdict"]]))
        .collect();
    for expected in [
        json!(["max_prompt_tokens", null, "tokens", 10, 0, "pass"]),
        json!(["min_room", null, "tokens", 65_536, 0, "pass"]),
        json!(["max_length_risk", null, "share", 0.0, 0.01, "pass"]),
        json!(["max_cost_per_call", "expected", "usd", "0.058854", "0.001146", "pass"]),
        json!(["max_cost_per_call", "p95", "usd", "0.133158", "0.006842", "pass"]),
        json!(["max_cost_per_call", "worst_case", "usd", "0.30003", "0.00997", "pass"]),
        // From the unrounded mean, 4,902.201885 tokens.
        json!(["max_monthly_cost", "expected", "usd", "1177.128456", "22.871544", "pass"]),
    ] {
        assert!(measured.contains(&expected), "{expected} in {measured:?}");
    }
    assert_eq!(measured.len(), 7);
}

#[test]
fn levels_and_tolerances_decide_what_comes_of_it() {
    for (budget, code, verdict) in [
        ("max_prompt_tokens = 9", 1, "fail"),
        ("max_prompt_tokens = 9\nlevel = \"warn\"", 0, "warn"),
        ("max_prompt_tokens = 9\ntolerance = \"20%\"", 0, "warn"),
        ("max_prompt_tokens = 9\ntolerance = \"10%\"", 1, "fail"),
        ("max_prompt_tokens = { limit = 9, level = \"warn\" }", 0, "warn"),
        ("max_prompt_tokens = { limit = 9, tolerance = 0.2 }\nlevel = \"fail\"", 0, "warn"),
        ("max_prompt_tokens = 10", 0, "pass"),
        ("max_prompt_tokens = \"0.01k\"", 0, "pass"),
        ("min_room = 65537", 1, "fail"),
        ("min_room = 65537\ntolerance = \"1%\"", 0, "warn"),
    ] {
        let folder = with_budget(budget);
        let run = output(folder.outlay("check --json"), code);
        assert_eq!(json_of(&run)["results"][0]["budgets"][0]["verdict"], verdict, "{budget}");
    }
}

#[test]
fn an_inherited_budget_can_be_taken_back() {
    let folder = with_budget("max_prompt_tokens = 9\nmin_room = 1");
    let config = folder.read("outlay.toml");
    let folder =
        folder.with("outlay.toml", format!("{config}budget = {{ max_prompt_tokens = \"off\" }}\n"));
    output(folder.outlay("check"), 0);
    let own = format!("{config}budget = {{ max_prompt_tokens = 10, level = \"warn\" }}\n");
    output(folder.with("outlay.toml", own).outlay("check"), 0);
}

#[test]
fn what_to_change_is_enough() {
    let advised = |budget: &str, request: &str| {
        let config = format!(
            "[call]\ncalls = \"1k/month\"\n[budget]\n{budget}\n[[prompt]]\npaths = [\"a.json\"]\n"
        );
        let folder = Folder::new().with("a.json", request).with("outlay.toml", config);
        let found = budgets(&folder, "")[0].clone();
        assert_eq!(found["verdict"], "fail", "{found}");
        found["help"].as_str().unwrap().to_owned()
    };
    let request = |cap: u64, n: u64| {
        format!(
            "{{\"model\": \"gpt-4o\", \"n\": {n}, \"max_completion_tokens\": {cap}, \"messages\": [{{\"role\": \"user\", \"content\": \"hello\"}}]}}"
        )
    };
    // $2.50 and $10 per million since 2024-10-02: 8 prompt tokens are $0.00002, 1,000 tokens of answer $0.01.
    let bar = "max_cost_per_call = { worst_case = \"0.00502\" }";
    assert_eq!(advised(bar, &request(1_000, 1)), "send max_completion_tokens = 500 or less");
    assert_eq!(advised(bar, &request(1_000, 2)), "send max_completion_tokens = 250 or less");
    assert_eq!(
        advised("max_prompt_tokens = 5", &request(1_000, 1)),
        "cut 3 tokens from the prompt"
    );
}

#[test]
fn exit_codes() {
    let ok = "max_prompt_tokens = 10";
    let red = "max_prompt_tokens = 9";
    output(with_budget(ok).outlay("check"), 0);
    output(with_budget(red).outlay("check"), 1);
    output(with_budget(red).outlay("check --exit-zero"), 0);
    let broken = |from: &str, to: &str| {
        let folder = with_budget(red);
        let config = folder.read("outlay.toml").replace(from, to);
        assert!(config.contains(to));
        folder.with("outlay.toml", config)
    };
    let unanswered = [
        ("unknown model", broken("model = \"o1-mini\"", "model = \"o1-mni\"")),
        ("bad config", broken("max_prompt_tokens", "max_promt_tokens")),
        ("missing price", broken("[budget]", "tier = \"batch\"\n[budget]")),
        ("empty glob", broken("\"prompts\"", "\"templates/*.md\"")),
        ("no prompt", broken("[[prompt]]\npaths = [\"prompts\"]", "# nothing")),
        ("no budget", broken(red, "# nothing")),
        ("no calls", broken(red, "max_monthly_cost = 1")),
    ];
    for (what, folder) in &unanswered {
        for arguments in ["check", "check --exit-zero", "check --json --exit-zero"] {
            let run = folder.outlay(arguments).output().unwrap();
            assert_eq!(run.status.code(), Some(2), "{what}: {arguments}");
            assert!(stderr(&run).contains("hint: "), "{what}: {}", stderr(&run));
        }
    }
    assert_runs!(
        unanswered.iter().map(|(_, folder)| folder.outlay("check --exit-zero -o /dev/null"))
    );
}

#[test]
fn what_is_red_does_not_hide_what_has_no_answer() {
    let folder =
        with_budget("max_prompt_tokens = 9").with("prompts/broken.json", "{\"messages\": [");
    let run = output(folder.outlay("check --json"), 2);
    let report = json_of(&run);
    assert_eq!(report["total"]["fail"], 1);
    assert_eq!(report["errors"][0]["input"], "prompts/broken.json");
}

#[test]
fn a_prompt_that_fits_nowhere_fails_its_budgets_and_has_no_cost() {
    let long = " a".repeat(8_300);
    let config = "[call]\nmodel = \"gpt-4\"\nvisible = 100\n[budget]\nmax_prompt_tokens = 8000\n[[prompt]]\npaths = [\"long.md\"]\n";
    let folder = Folder::new().with("long.md", long).with("outlay.toml", config);
    output(folder.outlay("check"), 1);
    let costly = config.replace("max_prompt_tokens = 8000", "max_cost_per_call = 1");
    let run = output(folder.with("outlay.toml", costly).outlay("check"), 2);
    assert!(stderr(&run).contains("the API would refuse this request"), "{}", stderr(&run));
}

#[test]
fn a_page_of_budgets() {
    let folder = Folder::new()
        .with("prompts/review.json", include_str!("../prompts/review.json"))
        .with("prompts/refactor.md", include_str!("../prompts/refactor.md"))
        .with(
            "outlay.toml",
            r#"[call]
calls = "20k/month"

[budget]
max_prompt_tokens = { limit = 200, tolerance = "25%" }
max_length_risk = "1%"
max_cost_per_call = { expected = "0.10", p95 = "0.25" }

[total]
max_monthly_cost = "2000"

[[prompt]]
name = "docs"
paths = ["prompts/*"]
"#,
        );
    assert_run!(folder.outlay("check"));
    assert_run!(folder.outlay("check --format csv"));
    assert_run!(folder.outlay("check --show-config --config outlay.toml"));
}

#[test]
fn the_configuration_is_found_going_up_to_the_repository() {
    let folder = with_budget("max_prompt_tokens = 9").with("prompts/deep/b.md", "one");
    let deep = |arguments: &str| {
        let mut command = folder.outlay(arguments);
        command.current_dir(folder.path().join("prompts/deep"));
        command
    };
    let run = output(deep("check --json"), 1);
    let report = json_of(&run);
    assert_eq!(report["results"][0]["input"], "../../prompts/a.md");
    assert_eq!(report["total"]["config"], "../../outlay.toml");
    output(deep("check --isolated"), 2);
    std::fs::create_dir(folder.path().join("prompts/.git")).unwrap();
    let run = output(deep("check"), 2);
    assert!(stderr(&run).contains("no outlay.toml here or above"), "{}", stderr(&run));
}

#[test]
fn mistakes_in_the_configuration_are_told_with_line_and_column() {
    let folder = |text: &str| Folder::new().with("outlay.toml", text);
    assert_runs!(
        [
            folder("[budget]\nmax_prompt_tokns = 9\n").outlay("check"),
            folder("[budget]\nmax_prompt_tokens = \"many\"\n").outlay("check"),
            folder("[budget]\nmax_prompt_tokens = { limit = 9, levle = \"warn\" }\n")
                .outlay("check"),
            folder("[budget]\nmax_length_risk = 3\n").outlay("check"),
            folder("[budget]\nlevel = \"advice\"\n").outlay("check"),
            folder("[budget\n").outlay("check"),
            folder("[call]\ncalls = 500\n").outlay("check"),
            folder("[call]\nvisible = \"4000..200\"\n").outlay("check"),
            folder("[[prompt]]\nname = \"a\"\n").outlay("check"),
            folder("[lint.rules]\nno-such-rule = \"off\"\n").outlay("check"),
            folder("as_of = 2024-10-20T10:00:00\n[[prompt]]\npaths = [\"a\"]\n").outlay("check"),
            folder("catalog = [\"none.toml\"]\n[[prompt]]\npaths = [\"a\"]\n").outlay("check"),
        ]
        .map(|mut command| {
            // The pinned date of the tests would hide the one of the file.
            command.env("NO_COLOR", "1");
            command
        })
    );
}

#[test]
fn a_template_is_budgeted_at_its_real_size() {
    let config = |slots: &str| {
        format!("[budget]\nmax_prompt_tokens = 1000\n[[prompt]]\npaths = [\"t.md\"]\n{slots}\n")
    };
    let folder = |slots: &str| {
        Folder::new()
            .with("t.md", "Hello {{name}}:\n{{ text | trim }}")
            .with("rows.jsonl", "{\"name\": \"Ada\", \"text\": \"one two three\"}\n{\"name\": \"Bo\", \"text\": \"one\"}\n")
            .with("names.json", "[\"Ada\", \"Bo\", \"Grace Hopper\"]")
            .with("outlay.toml", config(slots))
    };
    let size = |slots: &str| {
        let report = json_of(&output(folder(slots).outlay("check --json"), 0));
        report["results"][0]["size"]["prompt_tokens"].clone()
    };
    let count = |text: &str| {
        let run = Folder::new().with("t.md", text);
        json_of(&output(run.outlay("count t.md --json"), 0))["results"][0]["prompt_tokens"]
            .as_u64()
            .unwrap()
    };
    // Samples are counted as the API would see them.
    let (long, short) = (count("Hello Ada:\none two three"), count("Hello Bo:\none"));
    let mean = (long + short).div_ceil(2);
    assert_eq!(size("samples = \"rows.jsonl\""), json!({"expected": mean, "high": long}));
    // Declared sizes are added to the text around them.
    let bare = count("Hello :\n");
    assert_eq!(
        size("slots = { name = 5, text = 100 }"),
        json!({"expected": bare + 105, "high": bare + 105})
    );
    let mixed = size("slots = { name = { samples = \"names.json\" }, text = \"50..400\" }");
    assert_eq!(mixed["high"], count("Hello Grace Hopper:\n") + 400);
    assert!(mixed["expected"].as_u64().unwrap() < mixed["high"].as_u64().unwrap());
    assert_runs!([
        folder("").outlay("check"),
        folder("slots = { name = 5 }").outlay("check"),
        folder("slots = { name = 5, text = 1, title = 3 }").outlay("check -o /dev/null"),
        folder("samples = \"missing.jsonl\"").outlay("check"),
    ]);
}

#[test]
fn a_request_that_is_a_template_is_filled_in_its_messages() {
    let request = r#"{"model": "o1-preview", "messages": [{"role": "user", "content": "Say {{word}}"}], "max_completion_tokens": 30000}"#;
    let config = "[budget]\nmax_prompt_tokens = 1000\n[[prompt]]\npaths = [\"t.json\"]\nslots = { word = { samples = \"words.json\" } }\n";
    let folder = Folder::new()
        .with("t.json", request)
        .with("words.json", "[\"yes\"]")
        .with("outlay.toml", config);
    let report = json_of(&output(folder.outlay("check --json"), 0));
    assert_eq!(report["results"][0]["size"]["prompt_tokens"]["high"], 2 + 7);
    assert_eq!(report["results"][0]["size"]["cap"], 30_000);
    assert_eq!(report["results"][0]["model"], "o1-preview");
}

/// A size says how large a list becomes, whatever the loop makes of it.
#[test]
fn what_a_loop_goes_through_has_its_declared_size() {
    for text in [
        "Answer from:\n{% for doc in documents %}{{ doc }}\n{% endfor %}",
        "Answer from:\n{{#each documents}}{{this}}\n{{/each}}",
        "Answer from:\n{{#documents}}{{.}}\n{{/documents}}",
        "Answer from:\n{{documents}}",
    ] {
        let config = "[budget]\nmax_prompt_tokens = 4000\n[call]\nmodel = \"gpt-4o\"\n[[prompt]]\npaths = [\"qa.txt\"]\nslots = { documents = 4500 }\n";
        let folder = Folder::new().with("qa.txt", text).with("outlay.toml", config);
        let report = json_of(&output(folder.outlay("check --as-of 2025-06-01 --json"), 1));
        let measured = report["results"][0]["budgets"][0]["measured"].as_u64().unwrap();
        assert!((4_505..4_540).contains(&measured), "{text}: {measured}");
    }
}

#[test]
fn a_conversation_is_a_prompt_too() {
    let scenario =
        "model = \"o1-mini\"\nturns = 3\nbase = 1000\nuser = 100\nreasoning = 500\nvisible = 200\n";
    let config = "[call]\ncalls = \"1k/month\"\n[budget]\nmax_prompt_tokens = 2000\nmax_length_risk = \"1%\"\nmax_cost_per_call = \"1\"\nmax_monthly_cost = 100\n[[prompt]]\nname = \"chat\"\nscenario = \"chat.toml\"\n";
    let folder = Folder::new().with("chat.toml", scenario).with("outlay.toml", config);
    let report = json_of(&output(folder.outlay("check --json"), 0));
    let simulated = json_of(&output(folder.outlay("simulate chat.toml --json"), 0));
    let simulated = &simulated["results"][0];
    let checked = &report["results"][0];
    assert_eq!(
        checked["size"]["prompt_tokens"]["high"],
        simulated["turns"][2]["prompt_tokens"]["p95"]
    );
    assert_eq!(checked["cost_usd"]["expected"], simulated["total_cost_usd"]["mean"]);
    assert_eq!(checked["cost_usd"]["p95"], simulated["total_cost_usd"]["p95"]);
    // 1,000 of 3 turns that are always the same, a thousand times $0.034287 at most.
    assert_eq!(checked["monthly_cost_usd"]["p95"], "34.287");
    let (below, above) = ("{ p95 = 30 }", "{ p95 = 40 }");
    let with = |limit: &str| {
        config.replace("max_monthly_cost = 100", &format!("max_monthly_cost = {limit}"))
    };
    let folder = folder.with("outlay.toml", with(below));
    output(folder.outlay("check"), 1);
    output(folder.with("outlay.toml", with(above)).outlay("check"), 0);
}

#[test]
fn some_files_alone_are_checked_for_a_hook() {
    let folder =
        with_budget("max_prompt_tokens = 9").with("prompts/b.md", "one").with("other.md", "other");
    let prompts = |arguments: &str| {
        let report =
            json_of(&folder.outlay(&format!("check --json {arguments}")).output().unwrap());
        report["total"]["prompts"].as_u64().unwrap()
    };
    assert_eq!(
        (prompts("prompts/b.md"), prompts("./prompts/b.md prompts/a.md"), prompts("outlay.toml")),
        (1, 2, 2)
    );
    output(folder.outlay("check prompts/b.md"), 0);
    let run = output(folder.outlay("check other.md"), 0);
    assert!(stderr(&run).contains("none of these files is a prompt"), "{}", stderr(&run));
    output(folder.outlay("check missing.md"), 2);
}

#[test]
fn the_files_of_the_gate_are_no_prompts() {
    let config = "[budget]\nmax_prompt_tokens = 20\n[[prompt]]\npaths = [\".\"]\n";
    let folder = Folder::new().with("a.md", "one two three").with("outlay.toml", config);
    output(folder.outlay("init --schema"), 0);
    output(folder.outlay("check --update-baseline"), 0);
    let report = json_of(&output(folder.outlay("check --json"), 0));
    assert_eq!(report["total"]["prompts"], 1);
    assert_eq!(report["results"][0]["input"], "a.md");
}

#[test]
fn init_writes_a_sound_configuration_and_never_over_another() {
    let folder = Folder::new().with("prompts/a.md", "one two three");
    output(folder.outlay("init"), 0);
    output(folder.outlay("check"), 0);
    let written = folder.read("outlay.toml");
    let folder = folder.with("outlay.toml", "[budget]\n");
    let again = output(folder.outlay("init"), 2);
    assert!(stderr(&again).contains("--force"), "{}", stderr(&again));
    assert_eq!(folder.read("outlay.toml"), "[budget]\n");
    output(folder.outlay("init --force"), 0);
    assert_eq!(folder.read("outlay.toml"), written);
    output(folder.outlay("init --schema"), 0);

    serde_json::from_str::<Value>(&folder.read("outlay.schema.json")).unwrap();
    output(folder.outlay("init -o -"), 0);
}

/// Two prompts with half of the calls each are known as well as one with all of them, and what is not known of
/// the work does not cancel out between them.
#[test]
fn the_p95_of_a_month_is_that_of_the_sum() {
    let month = |names: &[&str], calls: &str| -> [f64; 3] {
        let prompts: Vec<String> =
            names.iter().map(|name| format!("[[prompt]]\npaths = [\"{name}.md\"]\n")).collect();
        let prompts = prompts.concat();
        let config = format!(
            "[call]\nmodel = \"o1-mini\"\nprofile = \"own.json\"\ncalls = \"{calls}\"\n[total]\nmax_monthly_cost = {{ p95 = 9999 }}\n{prompts}"
        );
        let rows: Vec<String> =
            (0..400).map(|i| format!("[100, {}, null, 1, 0]", 200 + i * i)).collect();
        let profile = format!(
            "{{\"schema_version\": 1, \"model\": \"o1-mini\", \"origin\": \"logs\", \"period\": null, \"n\": 400, \"columns\": [\"reasoning\", \"completion\", \"content\", \"count\", \"censored\"], \"tasks\": {{\"all\": [{}]}}}}",
            rows.join(",")
        );
        let folder = Folder::new().with("a.md", "one two three").with("b.md", "one two four");
        let folder = folder.with("own.json", profile).with("outlay.toml", config);
        let report = json_of(&folder.outlay("check --json --as-of 2024-10-20").output().unwrap());
        let month = &report["total"]["monthly_cost_usd"];
        ["expected", "p95", "worst_case"].map(|end| month[end].as_str().unwrap().parse().unwrap())
    };
    let (one, two) = (month(&["a"], "20/month"), month(&["a", "b"], "10/month"));
    let half = month(&["a"], "10/month");
    assert!((two[0] / one[0] - 1.0).abs() < 1e-3, "{two:?} {one:?}");
    assert!((two[1] / one[1] - 1.0).abs() < 0.01, "{two:?} {one:?}");
    assert!(two[1] < 1.95 * half[1], "{two:?} {half:?}");
    assert!((two[2] / one[2] - 1.0).abs() < 1e-3, "{two:?} {one:?}");
}

/// Tables that name the same files say of each what each table says alone, whatever they share and however they differ.
#[test]
fn tables_that_share_files_say_what_each_says_alone() {
    let tables = [
        "name = \"alike\"\npaths = [\"prompts\"]\n",
        "name = \"again\"\npaths = [\"prompts/*.md\", \"gone.md\"]\n[prompt.budget]\nmax_prompt_tokens = 9\n",
        "paths = [\"prompts\"]\n",
        "name = \"named\"\npaths = [\"prompts/a.md\", \"prompts/empty.md\"]\n",
        "name = \"dear\"\npaths = [\"prompts\"]\n[prompt.call]\nmodel = [\"gpt-4o\", \"o1\"]\ncalls = \"5/month\"\n",
        "name = \"chat\"\nas = \"chat\"\npaths = [\"prompts\"]\n",
        "name = \"sized\"\npaths = [\"prompts\"]\n[prompt.slots]\nname = \"50..400\"\n",
        "name = \"two\"\npaths = [\"prompts\"]\n[prompt.slots]\nname = \"50..400\"\nother = 5\n",
        "name = \"lines\"\npaths = [\"prompts/r.jsonl\"]\n",
    ];
    let head = "[call]\nmodel = \"o1-mini\"\n[budget]\nmax_prompt_tokens = 1000\nmin_room = 20\n";
    let line = |text: &str| {
        json!({"model": "gpt-4o", "messages": [{"role": "user", "content": text}]}).to_string()
    };
    let mut folder = Folder::new()
        .with("prompts/a.md", "one two three")
        .with("prompts/b.md", "Greet {{name}}.")
        .with("prompts/empty.md", " ")
        .with("prompts/r.jsonl", format!("{}\n{}\nnot JSON\n", line("hi"), line("a longer one")));
    let mut all = [Vec::new(), Vec::new(), Vec::new()];
    let mut checked = |config: String| {
        let taken = std::mem::replace(&mut folder, Folder::new());
        folder = taken.with("outlay.toml", config);
        let arguments = "check --json --as-of 2024-12-20";
        let mut report = json_of(&folder.outlay(arguments).output().unwrap());
        ["results", "errors", "warnings"].map(|key| {
            let mut found = report[key].as_array().unwrap().clone();
            // Where in outlay.toml a budget or a path stands depends on what is before it.
            for entry in &mut found {
                if entry.get("line").is_some() && entry["input"] == "outlay.toml" {
                    entry["line"] = Value::Null;
                }
                let budgets = entry.get_mut("budgets").and_then(Value::as_array_mut);
                for budget in budgets.into_iter().flatten() {
                    budget["declared_in"] = Value::Null;
                }
            }
            report[key] = Value::Null;
            let mut found: Vec<String> = found.iter().map(Value::to_string).collect();
            found.sort();
            found
        })
    };
    for table in tables {
        let alone = checked(format!("{head}[[prompt]]\n{table}"));
        all.iter_mut().zip(alone).for_each(|(all, alone)| all.extend(alone));
    }
    let together = tables.map(|table| format!("[[prompt]]\n{table}")).concat();
    let together = checked(format!("{head}{together}"));
    for (mut all, together) in all.into_iter().zip(together) {
        all.sort();
        assert_eq!(all, together);
    }
}
