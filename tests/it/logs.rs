//! Every form of log, every way to pack it, and what is wrong with logs.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Folder, assert_runs, json_of, outlay, output, stderr, stdout};

/// The sum of the answer of `audit`, whatever its exit code.
fn total(arguments: &str) -> Value {
    json_of(&outlay(&format!("audit {arguments} --json")).output().unwrap())["total"].take()
}

fn picked(total: &Value, keys: &[&str]) -> Vec<Value> {
    keys.iter().map(|key| total[*key].clone()).collect()
}

/// The columns of `tests/logs/columns.csv`.
const MAP: &str = "--map time=when,model=deployment,task=kind,prompt_tokens=in,cached_tokens=cached,\
    completion_tokens=out,reasoning_tokens=thought,finish_reason=ended";

/// Two calls are in every fixture: 2,000 prompt tokens (1,024 cached) and 700 completion tokens (640
/// reasoning); and 757 prompt tokens with a cap of 512 that reasoning filled. At the prices of o1-mini
/// since 2024-10-01 (3, 1.50 and 12 USD per million) they cost 976·3 + 1,024·1.5 + 700·12 = 12,864 and
/// 757·3 + 512·12 = 8,415 microdollars.
#[test]
fn every_form_gives_the_same_bill() {
    let keys = [
        "calls",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "cost_usd",
        "truncated",
        "empty",
        "wasted_usd",
    ];
    let whole = json!([2, 2_757, 1_024, 1_212, 1_152, "0.021279", 1, 1, "0.008415"]);
    // A rollout does not say how its calls ended.
    let rollout = json!([2, 2_757, 1_024, 1_212, 1_152, "0.021279", 0, 0, "0"]);
    // Nor do the events of exec have reasoning tokens.
    let exec = json!([2, 2_757, 1_024, 1_212, 0, "0.021279", 0, 0, "0"]);
    // This form has no cached tokens: 2,000·3 + 700·12 = 14,400.
    let arrays = json!([2, 2_757, 0, 1_212, 1_152, "0.022815", 1, 1, "0.008415"]);
    // gpt-5 in a batch costs half of 1.25, 0.125 and 10.
    let batch = json!([2, 2_757, 1_024, 1_212, 1_152, "0.007207125", 1, 1, "0.003033125"]);
    // 3, 0.30, 3.75 and 15 for 450 fresh, 500 cached, 100 written and 500 output tokens.
    let anthropic = json!([2, 1_050, 500, 500, 0, "0.009375", 1, 1, "0.00315"]);
    // 0.075, 0.01875 and 0.30 for 500 fresh, 600 cached and 500 output tokens, of them 450 thoughts.
    let gemini = json!([2, 1_100, 600, 500, 450, "0.00019875", 1, 1, "0.0000675"]);
    for (file, format, wanted) in [
        ("chat-completions.jsonl", "chat-completions", &whole),
        ("chat-completions.json", "chat-completions", &whole),
        ("responses.jsonl", "responses", &whole),
        ("batch.jsonl", "batch", &batch),
        ("request-response.jsonl", "request-response", &whole),
        ("litellm.jsonl", "litellm", &whole),
        ("langfuse.jsonl", "langfuse", &whole),
        ("helicone.jsonl", "helicone", &whole),
        ("opentelemetry.jsonl", "opentelemetry", &whole),
        ("openinference.jsonl", "openinference", &whole),
        ("codex.jsonl", "codex", &rollout),
        ("codex-exec.jsonl -m o1-mini", "codex", &exec),
        ("anthropic.jsonl --as-of 2024-10-20", "anthropic", &anthropic),
        ("gemini.jsonl", "gemini", &gemini),
        ("opencode.jsonl", "opencode", &whole),
        ("parallel-arrays.json", "parallel-arrays", &arrays),
        (&format!("columns.csv {MAP}"), "columns", &whole),
        ("columns.jsonl", "columns", &whole),
    ] {
        let total = total(&format!("tests/logs/{file}"));
        assert_eq!(json!(picked(&total, &keys)), *wanted, "{file}");
        assert_eq!(total["formats"], json!([{"format": format, "calls": 2}]), "{file}");
        assert_eq!(total["invalid"], 0, "{file}");
    }
}

#[test]
fn every_fixture_is_of_a_form_that_is_tested() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 18);
}

#[test]
fn what_was_not_billed_is_counted() {
    let unbilled = |file: &str| total(&format!("tests/logs/{file}"))["unbilled"].take();
    let one = |reason: &str| json!({"reason": reason, "requests": 1});
    assert_eq!(unbilled("batch.jsonl"), json!([one("failed"), one("expired")]));
    assert_eq!(unbilled("litellm.jsonl"), json!([one("failed"), one("proxy-cache")]));
    for file in ["responses.jsonl", "request-response.jsonl", "langfuse.jsonl", "helicone.jsonl"] {
        assert_eq!(unbilled(file), json!([one("failed")]), "{file}");
    }
}

/// Tasks come from the record, its attributes or a column.
#[test]
fn tasks_are_found_where_they_are() {
    for (arguments, tasks) in [
        ("chat-completions.jsonl", json!(["chat", "code"])),
        ("responses.jsonl", json!(["chat", "code"])),
        ("litellm.jsonl", json!(["chat", "code"])),
        ("langfuse.jsonl", json!(["chat", "code"])),
        ("opentelemetry.jsonl --task-from task", json!(["chat", "code"])),
        ("batch.jsonl --task-from custom_id", json!(["chat-1", "code-1"])),
        ("helicone.jsonl --task-from properties.task", json!(["code"])),
        ("columns.jsonl", json!(["chat", "code"])),
        ("columns.csv", json!(["chat", "code"])),
        ("parallel-arrays.json --task-from prompt_id", json!(["transpose"])),
        ("opencode.jsonl --task nightly", json!(["nightly"])),
        ("opencode.jsonl", json!([null])),
    ] {
        let map = if arguments == "columns.csv" { MAP } else { "" };
        let run = outlay(&format!("audit tests/logs/{arguments} --by task {map} --json"));
        let answer = json_of(&run_of(run));
        let found: Vec<_> =
            answer["results"].as_array().unwrap().iter().map(|r| r["task"].clone()).collect();
        assert_eq!(json!(found), tasks, "{arguments}");
    }
}

fn run_of(mut command: Command) -> std::process::Output {
    command.output().unwrap()
}

fn chat_line(id: &str, completion: u64) -> String {
    format!(
        r#"{{"id":"{id}","object":"chat.completion","created":1727847180,"model":"o1-mini","choices":[{{"finish_reason":"stop","message":{{"content":"a\n\"b\" é"}}}}],"usage":{{"prompt_tokens":10,"completion_tokens":{completion},"total_tokens":{},"completion_tokens_details":{{"reasoning_tokens":0}}}}}}"#,
        completion + 10
    )
}

/// 3,000 records, more than one block, in every packing and through standard input.
#[test]
fn packed_or_piped_the_same_calls_are_read() {
    let lines: String = (0..3_000).map(|i| chat_line(&format!("c-{i}"), i) + "\n").collect();
    assert!(lines.len() > 600_000);
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    };
    let (first, second) = lines.as_bytes().split_at(lines.len() / 2);
    let folder = Folder::new()
        .with("plain.jsonl", &lines)
        .with("packed.jsonl.gz", gzip(lines.as_bytes()))
        .with("packed.jsonl.zst", zstd(lines.as_bytes()))
        // Several members or frames, cut inside a record.
        .with("members.gz", [gzip(first), gzip(second)].concat())
        .with("frames.zst", [zstd(first), zstd(second)].concat())
        .with("windows.jsonl", lines.replace('\n', "\r\n"))
        .with("array.json", format!("[{}]", lines.trim_end().replace('\n', ",\n ")))
        .with("marked.jsonl", format!("\u{feff}{lines}"));
    let wanted = json!([3_000, 30_000, 4_498_500, "54.072"]);
    let keys = ["calls", "prompt_tokens", "completion_tokens", "cost_usd"];
    let of = |command: Command| picked(&json_of(&output(command, 0))["total"], &keys);
    for file in [
        "plain.jsonl",
        "packed.jsonl.gz",
        "packed.jsonl.zst",
        "members.gz",
        "frames.zst",
        "windows.jsonl",
        "array.json",
        "marked.jsonl",
    ] {
        assert_eq!(json!(of(folder.outlay(&format!("audit {file} --json")))), wanted, "{file}");
        let mut piped = folder.outlay("audit - --json");
        piped.stdin(Stdio::from(fs::File::open(folder.path().join(file)).unwrap()));
        assert_eq!(json!(of(piped)), wanted, "{file} through a pipe");
    }
    // All of them together hold every response eight times.
    let all = json_of(&output(folder.outlay("audit . --json"), 0));
    assert_eq!(json!(picked(&all["total"], &keys)), wanted);
    assert_eq!(all["total"]["duplicates"], 7 * 3_000);
    assert_eq!(all["total"]["logs"], 8);
}

#[test]
fn the_order_of_records_is_kept_whatever_the_threads() {
    let lines: String = (0..30_000).map(|i| chat_line(&format!("c-{i}"), i) + "\n").collect();
    assert!(lines.len() > 5 << 20);
    let folder = Folder::new().with("log.jsonl", lines);
    let run = |threads: &str| {
        let mut command = folder.outlay("audit log.jsonl --each");
        command.env("RAYON_NUM_THREADS", threads);
        output(command, 0).stdout
    };
    let one = run("1");
    assert_eq!(one, run("4"));
    let ids: Vec<String> = String::from_utf8(one)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, (0..30_000).map(|i| format!("c-{i}")).collect::<Vec<_>>());
}

/// One file with all forms: each record is read as what it is.
#[test]
fn forms_may_be_mixed_in_one_log() {
    let names = [
        "chat-completions",
        "responses",
        "batch",
        "request-response",
        "litellm",
        "langfuse",
        "helicone",
        "opentelemetry",
        "openinference",
        "codex",
        "anthropic",
        "gemini",
        "opencode",
        "columns",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mixed: String = names
        .iter()
        .map(|name| fs::read_to_string(root.join(format!("tests/logs/{name}.jsonl"))).unwrap())
        .collect();
    let folder = Folder::new().with("mixed.jsonl", mixed);
    // The same response is in several logs: it is read as what it is, and counted once.
    let each = output(folder.outlay("audit mixed.jsonl --each --as-of 2024-11-20"), 0);
    let records: Vec<Value> =
        stdout(&each).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut formats: Vec<&str> =
        records.iter().filter_map(|record| record["format"].as_str()).collect();
    formats.dedup();
    assert_eq!(formats, names);
    let calls = |duplicate: bool| {
        let is = |record: &&Value| record["format"].is_string() && record["duplicate"] == duplicate;
        records.iter().filter(is).count() as u64
    };
    let answer = json_of(&output(folder.outlay("audit mixed.jsonl --json --as-of 2024-11-20"), 0));
    assert_eq!(answer["total"]["calls"], calls(false));
    assert_eq!(answer["total"]["duplicates"], calls(true));
    assert!(calls(true) >= 6);
}

#[test]
fn broken_records_are_told_and_the_rest_is_counted() {
    let contradiction =
        chat_line("c-3", 7).replace("\"reasoning_tokens\":0", "\"reasoning_tokens\":8");
    let folder = Folder::new()
        .with(
            "log.jsonl",
            [
                chat_line("c-1", 5),
                "not JSON".to_owned(),
                chat_line("c-2", 7).replace("\"total_tokens\":17", "\"total_tokens\":18"),
                contradiction,
                r#"{"some": "other record"}"#.to_owned(),
                chat_line("c-1", 5),
                chat_line("c-4", 5).replace("\"prompt_tokens\":10", "\"prompt_tokens\":-10"),
                chat_line("c-5", 5).replace("1727847180", "\"yesterday\""),
                String::new(),
                chat_line("c-6", 6).replace("\"usage\"", "\"usages\""),
                chat_line("c-7", 6)[..200].to_owned(),
            ]
            .join("\n"),
        )
        .with("bytes.jsonl", [chat_line("c-1", 5).as_bytes(), b"\n{\"a\": \"\xff\"}\n"].concat())
        .with(
            "table.csv",
            "model,prompt_tokens,completion_tokens\no1-mini,1,2\no1-mini,1\no1-mini,x,2\n",
        )
        .with("list.json", format!("[\n{},\n3,\n{{\"a\": 1}}\n]", chat_line("c-1", 5)));
    assert_runs!([
        folder.outlay("audit log.jsonl"),
        folder.outlay("audit log.jsonl --skip-invalid"),
        folder.outlay("audit bytes.jsonl"),
        folder.outlay("audit table.csv"),
        folder.outlay("audit list.json"),
        folder.outlay("calibrate log.jsonl"),
    ]);
}

#[test]
fn what_is_no_log_is_refused() {
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let lines: String = (0..2_000).map(|i| chat_line(&format!("c-{i}"), i) + "\n").collect();
        encoder.write_all(lines.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let damaged: Vec<u8> = gzip
        .iter()
        .enumerate()
        .map(|(i, b)| if i == gzip.len() / 2 { b ^ 0xff } else { *b })
        .collect();
    let folder = Folder::new()
        .with("empty.jsonl", "")
        .with("blank.jsonl", "\n \n")
        .with("prose.txt", "This is no log.\nIt is two lines of text.\n")
        .with("other.csv", "name,size\na,1\n")
        .with("binary.bin", [1, 0, 2])
        .with("cut.jsonl.gz", &gzip[..gzip.len() / 2])
        .with("damaged.jsonl.gz", damaged)
        .with("wide.jsonl", [0xff, 0xfe, b'{', 0])
        .with(
            "nothing.jsonl",
            "{\"timestamp\":\"2024-10-02T05:33:00Z\",\"type\":\"event_msg\",\"payload\":{}}\n",
        )
        .with("notes/readme.md", "# Notes\n")
        .with("many.jsonl", "{\"a\": 1}\n".repeat(25));
    assert_runs!([
        folder.outlay("audit empty.jsonl"),
        folder.outlay("audit blank.jsonl"),
        folder.outlay("audit prose.txt"),
        folder.outlay("audit other.csv"),
        folder.outlay("audit other.csv --map completion_tokens=tokens"),
        folder.outlay("audit binary.bin"),
        folder.outlay("audit wide.jsonl"),
        folder.outlay("audit nothing.jsonl"),
        folder.outlay("audit notes"),
        folder.outlay("audit missing.jsonl"),
        folder.outlay("audit many.jsonl"),
        folder.outlay("audit --map tokens=out empty.jsonl"),
        folder.outlay("audit --by hour empty.jsonl"),
    ]);
    // What came before the break is counted.
    for file in ["cut.jsonl.gz", "damaged.jsonl.gz"] {
        let run = output(folder.outlay(&format!("audit {file} --json")), 2);
        let answer = json_of(&run);
        let calls = answer["total"]["calls"].as_u64().unwrap();
        assert!((1..2_000).contains(&calls), "{file}: {calls}");
        assert!(stderr(&run).contains("the gzip data"), "{}", stderr(&run));
        assert!(stderr(&run).contains("what came before is counted"), "{}", stderr(&run));
    }
}

#[test]
fn a_line_that_is_too_long_is_left_out_and_the_rest_is_read() {
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(17 << 20));
    let folder =
        Folder::new().with("log.jsonl", [chat_line("a", 1), long, chat_line("b", 2)].join("\n"));
    let run = output(folder.outlay("audit log.jsonl --json"), 2);
    assert_eq!(json_of(&run)["total"]["calls"], 2);
    assert!(
        stderr(&run).contains("log.jsonl:2:1: the line has more than 16 MiB"),
        "{}",
        stderr(&run)
    );
}

#[test]
fn what_is_not_closed_is_told_with_the_last_line_that_there_is() {
    let header = "id,model,prompt_tokens,completion_tokens";
    let rows = format!("{header}\na,gpt-4o,1,2\nb,\"gpt-4o,3,4\nc,gpt-4o,5,6");
    let call = r#"{"id":"a","model":"gpt-4o","usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
    let array = format!("[{call},\n{call}");
    for end in ["", "\n"] {
        let folder = Folder::new()
            .with("rows.csv", format!("{rows}{end}"))
            .with("array.json", format!("{array}{end}"));
        let told = output(folder.outlay("audit rows.csv"), 2);
        let told = stderr(&told);
        assert!(told.contains("rows.csv:3:1: a quote in line 3 is not closed"), "{told}");
        assert!(told.contains("the rows up to line 4 are one field"), "{told}");
        let told = output(folder.outlay("audit array.json"), 2);
        let told = stderr(&told);
        assert!(told.contains("array.json:2:1: the array is not closed"), "{told}");
    }
}
