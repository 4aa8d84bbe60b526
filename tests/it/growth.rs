//! What a run takes for a list that a user can make long: four times the list is not much more than four times
//! the allocations, the bytes and the peak of memory. A square would be sixteen times as much.

use std::fmt::Write as _;
use std::process::Command;

use alloc_tracker::Session;
use serde_json::{Value, json};

use crate::support::Folder;

/// So many times as much is allowed for four times the list: tables grow by doubling.
const ALLOWED: f64 = 6.0;

/// So many bytes more of memory are allowed, at the peak, for each item of a longer list.
const MOST_BYTES: f64 = 36.0 * 1_024.0;

/// Arguments of the run that this process makes, parted by spaces, and the file for what it took.
const ARGUMENTS: &str = "OUTLAY_MEASURED";
const INTO: &str = "OUTLAY_MEASURED_INTO";

/// Not a test by itself: a process of its own runs it alone, with the program inside.
#[test]
fn one_measured_run() {
    let (Ok(arguments), Ok(into)) = (std::env::var(ARGUMENTS), std::env::var(INTO)) else { return };
    // On this thread alone, whose peak is measured.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().unwrap();
    let session = Session::new().no_stdout().no_file();
    let (all, here) = (session.operation("all"), session.operation("here"));
    let spans = (all.measure_process().iterations(1), here.measure_thread().iterations(1));
    let _ = outlay::cli::run(["outlay"].into_iter().chain(arguments.split(' ')));
    drop(spans);
    let mut took = [0.0; 3];
    for (name, measured) in session.to_report().operations() {
        if name == "all" {
            took[0] = measured.total_allocations_count() as f64;
            took[1] = measured.total_bytes_allocated() as f64;
        } else {
            took[2] = measured.peak_outstanding_bytes().unwrap_or_default();
        }
    }
    std::fs::write(into, json!(took).to_string()).unwrap();
}

/// Allocations, bytes in all, and the peak of a run in a folder.
fn took(folder: &Folder, arguments: &str) -> [f64; 3] {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["growth::one_measured_run", "--exact", "--quiet"])
        .current_dir(folder.path())
        .env(ARGUMENTS, format!("{arguments} --as-of 2026-11-20"))
        .env(INTO, folder.path().join("took.json"));
    let run = command.output().unwrap();
    assert!(run.status.success(), "{arguments}: {}", String::from_utf8_lossy(&run.stdout));
    serde_json::from_str(&folder.read("took.json")).unwrap()
}

/// A list of any length: its files, and the run over them.
struct List {
    name: &'static str,
    arguments: &'static str,
    shortest: usize,
    files: fn(usize) -> Vec<(String, String)>,
}

impl List {
    fn took(&self, n: usize) -> [f64; 3] {
        let mut folder = Folder::new();
        for (name, content) in (self.files)(n) {
            folder = folder.with(&name, content);
        }
        took(&folder, self.arguments)
    }

    /// What grows more than the list.
    fn fault(&self) -> Option<String> {
        let (short, long) = (self.took(self.shortest), self.took(4 * self.shortest));
        let grows = short.iter().zip(long).any(|(short, long)| long > ALLOWED * short);
        let each = (long[2] - short[2]) / (3 * self.shortest) as f64;
        (grows || each > MOST_BYTES).then(|| {
            format!(
                "{}: {short:?}, and {long:?} for four times as many; {each:.0} bytes each",
                self.name
            )
        })
    }
}

fn lines(n: usize, line: impl Fn(usize) -> Value) -> String {
    (0..n).map(|i| line(i).to_string() + "\n").collect()
}

fn log(n: usize, line: impl Fn(usize) -> Value) -> Vec<(String, String)> {
    vec![("log.jsonl".to_owned(), lines(n, line))]
}

fn call(i: usize, model: &str, task: &str) -> Value {
    json!({"id": format!("chatcmpl-{i:08}"), "object": "chat.completion", "created": 1_795_000_000 + i,
        "model": model, "metadata": {"task": task, "session_id": format!("s{}", i / 3)},
        "choices": [{"finish_reason": "stop"}], "usage": {"prompt_tokens": 100, "completion_tokens": 10 + i % 7,
            "completion_tokens_details": {"reasoning_tokens": 2}}})
}

fn request(i: usize) -> Value {
    json!({"model": "o1-mini", "messages": [{"role": "user", "content": format!("Sort list {i} by length, please.")}]})
}

fn long_request(i: usize) -> Value {
    let text = format!("Sort list {i} by length, please. ").repeat(15);
    json!({"model": "o1-mini", "messages": [{"role": "user", "content": text}]})
}

fn prompts(n: usize) -> Vec<(String, String)> {
    let mut config = String::new();
    let mut files = Vec::new();
    for i in 0..n {
        let _ = write!(
            config,
            "[[prompt]]\nname = \"p{i}\"\npaths = [\"p{i}.md\"]\n[prompt.budget]\nmax_prompt_tokens = 90\n"
        );
        files.push((format!("p{i}.md"), format!("Prompt number {i}.\n")));
    }
    files.push(("outlay.toml".to_owned(), config));
    files
}

fn unknown_keys(n: usize) -> Vec<(String, String)> {
    let mut chat = request(0);
    chat.as_object_mut().unwrap().extend((0..n).map(|i| (format!("key_{i}"), json!(i))));
    vec![("chat.json".to_owned(), chat.to_string())]
}

fn slots(n: usize) -> Vec<(String, String)> {
    let (mut text, mut config) = (String::new(), String::new());
    for i in 0..n {
        let _ = write!(text, "{{{{slot_{i}}}}} ");
        let _ = writeln!(config, "slot_{i} = 10");
    }
    let head =
        "[budget]\nmax_prompt_tokens = 9000000\n[[prompt]]\npaths = [\"t.md\"]\n[prompt.slots]\n";
    vec![("t.md".to_owned(), text), ("outlay.toml".to_owned(), format!("{head}{config}"))]
}

fn baseline(n: usize, tokens: usize) -> String {
    let prompts: Vec<Value> = (0..n)
        .map(|i| json!({"name": format!("p{i}.md"), "model": "o1-mini", "prompt_tokens": tokens + i % 5}))
        .collect();
    json!({"schema_version": 1, "command": "count", "results": prompts}).to_string()
}

fn models(n: usize) -> Vec<(String, String)> {
    let feed: serde_json::Map<String, Value> = (0..n)
        .map(|i| {
            let row = json!({"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6,
                "output_cost_per_token": 2e-6, "max_input_tokens": 100_000, "max_output_tokens": 9_000});
            (format!("new-{i}"), row)
        })
        .collect();
    vec![("feed.json".to_owned(), Value::from(feed).to_string())]
}

const LISTS: [List; 26] = [
    List {
        name: "audit, models",
        arguments: "audit log.jsonl",
        shortest: 2_000,
        files: |n| log(n, |i| call(i, &format!("m{i}"), "t")),
    },
    List {
        name: "audit, tasks",
        arguments: "audit log.jsonl --by task,day",
        shortest: 500,
        files: |n| log(n, |i| call(i, "gpt-5", &format!("t{i}"))),
    },
    List {
        name: "audit, rows of FOCUS",
        arguments: "audit log.jsonl --by task --format focus",
        shortest: 500,
        files: |n| log(n, |i| call(i, "gpt-5", &format!("t{i}"))),
    },
    List {
        name: "audit, records that cannot be read",
        arguments: "audit log.jsonl",
        shortest: 1_500,
        files: |n| log(n, |i| json!({"a": i})),
    },
    List {
        name: "audit, logs",
        arguments: "audit logs",
        shortest: 100,
        files: |n| {
            (0..n)
                .map(|i| (format!("logs/{i}.jsonl"), lines(3, |j| call(9 * i + j, "gpt-5", "t"))))
                .collect()
        },
    },
    List {
        name: "calibrate, tasks",
        arguments: "calibrate log.jsonl",
        shortest: 150,
        files: |n| log(n, |i| call(i, "gpt-5", &format!("t{i}"))),
    },
    List {
        name: "calibrate, models",
        arguments: "calibrate log.jsonl",
        shortest: 100,
        files: |n| log(n, |i| call(i, &format!("m{i}"), "t")),
    },
    List {
        name: "calibrate, calls",
        arguments: "calibrate log.jsonl",
        shortest: 2_000,
        files: |n| log(n, |i| call(i, "gpt-5", "t")),
    },
    List {
        name: "count, requests",
        arguments: "count log.jsonl",
        shortest: 500,
        files: |n| log(n, request),
    },
    List {
        name: "count, files",
        arguments: "count .",
        shortest: 200,
        files: |n| (0..n).map(|i| (format!("{i}.md"), format!("Prompt {i}."))).collect(),
    },
    List {
        name: "count, keys of no format",
        arguments: "count chat.json",
        shortest: 1_000,
        files: unknown_keys,
    },
    List { name: "count, messages", arguments: "count chat.json", shortest: 500, files: chat },
    List {
        name: "estimate, requests",
        arguments: "estimate log.jsonl",
        shortest: 300,
        files: |n| log(n, request),
    },
    List {
        name: "plan, requests",
        arguments: "plan log.jsonl",
        shortest: 300,
        files: |n| log(n, request),
    },
    List {
        name: "compare, requests",
        arguments: "compare log.jsonl",
        shortest: 100,
        files: |n| log(n, request),
    },
    List {
        name: "compare, models",
        arguments: "compare log.jsonl -m gpt-* --catalog feed.toml",
        shortest: 100,
        files: overlay,
    },
    List { name: "lint, messages", arguments: "lint chat.json", shortest: 500, files: chat },
    List {
        name: "count, rows of a template",
        arguments: "count t.md --rows rows.csv",
        shortest: 500,
        files: rows,
    },
    List {
        name: "lint, requests",
        arguments: "lint log.jsonl",
        shortest: 300,
        files: |n| log(n, request),
    },
    List { name: "check, prompts", arguments: "check", shortest: 100, files: prompts },
    List { name: "check, slots", arguments: "check", shortest: 300, files: slots },
    List { name: "check, tables of files", arguments: "check", shortest: 5, files: tables },
    List {
        name: "count, tokens of a text",
        arguments: "count t.md --show-tokens",
        shortest: 5_000,
        files: text,
    },
    List {
        name: "simulate, messages",
        arguments: "simulate chat.json",
        shortest: 300,
        files: chat,
    },
    List {
        name: "diff, prompts",
        arguments: "diff a.json b.json",
        shortest: 500,
        files: |n| {
            vec![("a.json".to_owned(), baseline(n, 5)), ("b.json".to_owned(), baseline(n, 9))]
        },
    },
    List {
        name: "models, rows of a feed",
        arguments: "models diff catalog feed.json",
        shortest: 200,
        files: models,
    },
];

/// So many tables that name the same 20 files.
fn tables(n: usize) -> Vec<(String, String)> {
    let file = |i: usize| (format!("prompts/{i}.md"), format!("Prompt number {i}.\n"));
    let mut files: Vec<_> = (0..20).map(file).collect();
    let table = |i: usize| format!("[[prompt]]\nname = \"p{i}\"\npaths = [\"prompts\"]\n");
    let tables: String = (0..n).map(table).collect();
    files.push(("outlay.toml".to_owned(), format!("[budget]\nmax_prompt_tokens = 90\n{tables}")));
    files
}

/// So many lines of 32 bytes.
fn text(n: usize) -> Vec<(String, String)> {
    let line = |i: usize| format!("Line {i:08} of a prompt to split\n");
    vec![("t.md".to_owned(), (0..n).map(line).collect())]
}

fn rows(n: usize) -> Vec<(String, String)> {
    let row = |i: usize| format!("{i},\"{}\"\n", format!("Sort list {i}, please. ").repeat(20));
    let table = (0..n).map(row).collect::<String>();
    vec![
        ("t.md".to_owned(), "Answer: {{text}}".to_owned()),
        ("rows.csv".to_owned(), format!("id,text\n{table}")),
    ]
}

fn chat(n: usize) -> Vec<(String, String)> {
    let roles = ["user", "assistant"];
    let messages: Vec<Value> =
        (0..n).map(|i| json!({"role": roles[i % 2], "content": format!("hi {i}")})).collect();
    let request = json!({"model": "o1-mini", "messages": messages});
    vec![("chat.json".to_owned(), request.to_string())]
}

fn overlay(n: usize) -> Vec<(String, String)> {
    let model = |i: usize| {
        format!(
            "[[model]]\nid = \"gpt-new-{i}\"\nprovider = \"openai\"\nreasoning = false\nreleased = 2026-01-01\nsource = \"a\"\nchecked = 2026-01-01\n\
             [model.counting]\nencoding = \"o200k_base\"\nfidelity = \"estimate\"\nsource = \"a\"\nchecked = 2026-01-01\n\
             [model.limits]\nwindow = 100000\noutput_cap = 9000\nsource = \"a\"\nchecked = 2026-01-01\n\
             [[model.price]]\nfrom = 2026-01-01\nrates = [{{ tier = \"standard\", input = \"1\", output = \"2\" }}]\nsource = \"a\"\nchecked = 2026-01-01\n"
        )
    };
    vec![
        ("log.jsonl".to_owned(), lines(1, request)),
        ("feed.toml".to_owned(), (0..n).map(model).collect()),
    ]
}

#[test]
fn four_times_the_list_takes_not_much_more_than_four_times_as_much() {
    let faults: Vec<String> = LISTS.iter().filter_map(List::fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is kept of each item of a list whose results are handed on as they come: so many bytes at the most, from a
/// list that is longer than what is read at once to one that is three times as long.
#[test]
fn what_is_handed_on_is_not_kept() {
    let long: fn(usize) -> Vec<(String, String)> = |n| log(n, long_request);
    // A sum keeps a number of each, a page as many as it can have, and the pieces of a text come from the text.
    let lists = [
        ("count, rows", "count t.md --rows rows.csv --json", 20_000, 20.0, rows as fn(usize) -> _),
        ("count, requests", "count log.jsonl --json", 10_000, 20.0, long),
        ("compare, requests", "compare log.jsonl -m gpt-4o,o1-mini", 10_000, 60.0, long),
        ("estimate, requests", "estimate log.jsonl", 10_000, 200.0, long),
        ("estimate, on a page", "estimate log.jsonl --format markdown", 10_000, 200.0, long),
        ("plan, requests", "plan log.jsonl", 10_000, 60.0, long),
        ("plan, requests as JSON", "plan log.jsonl --json", 10_000, 60.0, long),
        ("plan, on a page", "plan log.jsonl --format markdown", 10_000, 60.0, long),
        ("check, tables of 20 files", "check", 50, 20.0 * 1_100.0, tables),
        ("check, the same as JSON", "check --json", 50, 20.0 * 1_100.0, tables),
        ("count, tokens of a text", "count t.md --show-tokens", 50_000, 5.0 * 32.0, text),
        ("count, tokens as JSON", "count t.md --show-tokens --json", 50_000, 5.0 * 32.0, text),
    ];
    let fault = |(name, arguments, shortest, most, files)| {
        let list = List { name, arguments, shortest, files };
        let each = (list.took(3 * shortest)[2] - list.took(shortest)[2]) / (2 * shortest) as f64;
        (each > most).then(|| format!("{name}: {each:.0} bytes are kept of each"))
    };
    let faults: Vec<String> = lists.into_iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a forecast adds to the count of a line: a law is worked out once for all lines with one limit.
#[test]
fn a_forecast_adds_little_to_a_count() {
    let folder = Folder::new().with("log.jsonl", lines(2_000, request));
    let [counted, ..] = took(&folder, "count log.jsonl");
    for (verb, most) in [("estimate", 120.0), ("plan", 160.0)] {
        let [answered, ..] = took(&folder, &format!("{verb} log.jsonl"));
        let each = (answered - counted) / 2_000.0;
        assert!(each < most, "{verb}: {each:.0} allocations a line");
    }
}
