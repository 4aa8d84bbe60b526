//! `outlay count`: what is read, and how it is taken.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use outlay::tokenizer::Encoding;
use serde_json::Value;

use crate::support::{
    Folder, assert_run, assert_runs, json, json_of, outlay, output, result, stderr, stdout,
};

/// Runs the program with a text on standard input.
fn piped(mut command: Command, text: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = text.to_owned();
    // Results come before the end of the text.
    let writes = thread::spawn(move || input.write_all(&text).unwrap());
    let output = child.wait_with_output().unwrap();
    writes.join().unwrap();
    output
}

fn prompt_tokens(report: &Value) -> Vec<u64> {
    let results = report["results"].as_array().unwrap();
    results.iter().map(|result| result["prompt_tokens"].as_u64().unwrap()).collect()
}

#[test]
fn a_text_is_one_user_message() {
    assert_run!(outlay("count tests/fixtures/prompt.txt"));
    let result = result("count tests/fixtures/prompt.txt");
    // 3 for the message, 1 for its role, 3 that open the answer.
    assert_eq!(result["framing_tokens"], 7);
    assert_eq!(result["fidelity"], "exact");
}

#[test]
fn parts_and_framing_add_up_to_the_prompt() {
    let report = json(outlay(
        "count tests/fixtures/requests/mixed.jsonl tests/fixtures/requests/chat.json \
         tests/fixtures/requests/batch.jsonl tests/fixtures/prompt.txt --json",
    ));
    let results = report["results"].as_array().unwrap();
    for result in results {
        let parts = result["parts"].as_array().unwrap();
        let parts: u64 = parts.iter().map(|part| part["tokens"].as_u64().unwrap()).sum();
        assert_eq!(result["content_tokens"], parts);
        let framing = result["framing_tokens"].as_u64().unwrap();
        assert_eq!(result["prompt_tokens"], parts + framing);
    }
    let sum: u64 = prompt_tokens(&report).into_iter().sum();
    assert_eq!(report["total"]["prompt_tokens"], sum);
    assert_eq!(report["total"]["results"], results.len());
}

#[test]
fn every_kind_of_request_is_recognised() {
    assert_run!(outlay(
        "count --verbose --as-of 2025-01-15 \
         tests/fixtures/requests/chat.json tests/fixtures/requests/messages.json \
         tests/fixtures/requests/responses.json tests/fixtures/requests/items.json \
         tests/fixtures/requests/mixed.jsonl tests/fixtures/requests/batch.jsonl \
         tests/fixtures/prompt.txt tests/fixtures/template.txt tests/fixtures/settings.json"
    ));
}

#[test]
fn a_chat_request_is_counted_part_by_part() {
    assert_run!(outlay("count tests/fixtures/requests/chat.json"));
}

#[test]
fn a_message_array_counts_as_the_request_that_holds_it() {
    let folder = Folder::new()
        .with("bare.json", r#"[{"role": "user", "content": "Name a tree."}]"#)
        .with("request.json", r#"{"messages": [{"role": "user", "content": "Name a tree."}]}"#)
        .with(
            "parts.json",
            r#"[{"role": "user", "content": [{"type": "text", "text": "Name a tree."}]}]"#,
        )
        .with("text.md", "Name a tree.");
    let report = json(folder.outlay("count bare.json request.json parts.json text.md --json"));
    let counts = prompt_tokens(&report);
    assert!(counts.iter().all(|&count| count == counts[0]), "{counts:?}");
}

#[test]
fn a_name_costs_its_tokens_and_one_more() {
    let folder = Folder::new()
        .with("without.json", r#"[{"role": "user", "content": "Hello"}]"#)
        .with("with.json", r#"[{"role": "user", "name": "ada", "content": "Hello"}]"#)
        .with("name.txt", "ada");
    let report = json(folder.outlay("count without.json with.json name.txt --json"));
    let [without, with, name] = prompt_tokens(&report)[..] else { panic!("three results") };
    assert_eq!(with - without, name - 7 + 1);
}

#[test]
fn a_directory_leaves_out_what_is_ignored_binary_or_empty() {
    let folder = Folder::new()
        .with("prompts/.gitignore", "drafts/\n*.bak\n")
        .with("prompts/b.md", "Second.")
        .with("prompts/a.md", "First.")
        .with("prompts/deep/c.json", r#"[{"role": "user", "content": "Third."}]"#)
        .with("prompts/drafts/d.md", "Ignored.")
        .with("prompts/e.bak", "Ignored.")
        .with("prompts/.hidden.md", "Hidden.")
        .with("prompts/image.png", [0x89, b'P', b'N', b'G', 0, 1, 2])
        .with("prompts/nothing.txt", "");
    assert_run!(folder.outlay("count prompts"));
}

#[test]
fn text_in_another_encoding_is_not_left_out_of_a_directory() {
    let folder = Folder::new()
        .with("prompts/a.md", "First.")
        .with("prompts/latin1.txt", b"caf\xe9")
        .with("prompts/utf16.txt", b"\xff\xfeh\x00i\x00");
    let run = output(folder.outlay("count prompts --json"), 2);
    assert_eq!(prompt_tokens(&json_of(&run)), [9]);
    assert_eq!(json_of(&run)["errors"].as_array().unwrap().len(), 2);
}

#[test]
fn slots_in_single_braces_are_told_until_something_fills_them() {
    let text = "Hello {customer}, your order {order_id} has shipped.\nWrite x as \\frac{a}{b}.\n";
    let told = "slots that are counted as they stand: `customer`, `order_id`; say how large they \
                become with `--slot customer=50..400`, or fill them with `--rows FILE`";
    let long = text.to_owned() + &"All is well with the order. ".repeat(11_000);
    let config = "[call]\nmodel = \"gpt-4o\"\n[[prompt]]\npaths = [\"hello.txt\"]\n\
                  [budget]\nmax_prompt_tokens = 100\n";
    let rows = "customer,order_id\nAnn,A-17\nBob,A-18\n";
    let folder = Folder::new()
        .with("hello.txt", text)
        .with("long.txt", long)
        .with("rows.csv", rows)
        .with("outlay.toml", config);
    let of = |arguments: &str| stderr(&output(folder.outlay(arguments), 0)).to_owned();
    for verb in ["count", "estimate", "plan"] {
        for file in ["hello.txt", "long.txt"] {
            let said = of(&format!("{verb} {file} -m gpt-4o"));
            assert!(said.contains(&format!("`{file}` has {told}")), "{verb}: {said}");
        }
        for filled in ["--rows rows.csv", "--slot customer=5 --slot order_id=5", "--as text"] {
            let said = of(&format!("{verb} hello.txt -m gpt-4o {filled}"));
            assert!(!said.contains("slots"), "{verb} {filled}: {said}");
        }
    }
    let said = of("check");
    assert!(
        said.contains("`hello.txt` has the slots `customer`, `order_id`, counted as they stand")
    );
    let counted = |arguments: &str| json_of(&output(folder.outlay(arguments), 0));
    let open = counted("count hello.txt -m gpt-4o --json");
    assert_eq!(open["results"][0]["fidelity"], "estimate");
    let filled = counted("count hello.txt -m gpt-4o --rows rows.csv --json");
    let ann = text.replace("{customer}", "Ann").replace("{order_id}", "A-17");
    let ann = json_of(&output(
        Folder::new().with("a.txt", ann).outlay("count a.txt -m gpt-4o --json"),
        0,
    ));
    assert_eq!(prompt_tokens(&filled)[0], prompt_tokens(&ann)[0]);
}

#[test]
fn a_log_of_calls_names_the_verbs_that_read_it() {
    let run = output(outlay("estimate tests/logs/chat-completions.jsonl"), 2);
    assert!(stderr(&run).contains("hint: where it is the answer to a call, `outlay audit` says"));
}

#[test]
fn a_broken_request_in_a_directory_is_an_error() {
    let folder = Folder::new()
        .with("prompts/a.json", r#"{"messages": [{"role": "user"}"#)
        .with("prompts/b.md", "Answered.");
    assert_run!(folder.outlay("count prompts"));
}

#[test]
fn a_glob_is_expanded_where_the_shell_did_not() {
    let folder = Folder::new()
        .with("prompts/a.md", "First.")
        .with("prompts/deep/b.md", "Second.")
        .with("prompts/c.txt", "Third.")
        .with("a[1].md", "A file whose name looks like a glob.");
    assert_runs!([
        folder.outlay("count prompts/**/*.md"),
        folder.outlay("count prompts/*.md"),
        folder.outlay("count */*.{md,txt}"),
        folder.outlay("count a[1].md"),
        folder.outlay("count prompts/*.rst"),
    ]);
}

#[test]
fn standard_input_is_read_by_name_and_by_default() {
    let named = piped(outlay("count - --json"), b"Name a tree.");
    let default = piped(outlay("count --json"), b"Name a tree.");
    assert_eq!(stdout(&named), stdout(&default));
    assert_eq!(json_of(&named)["results"][0]["input"], "-");

    let lines = piped(
        outlay("count - --json"),
        b"{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n{\"messages\": [{\"role\": \"user\", \"content\": \"b\"}]}\n",
    );
    let report = json_of(&lines);
    let inputs: Vec<_> =
        report["results"].as_array().unwrap().iter().map(|r| &r["input"]).collect();
    assert_eq!(inputs, ["-:1", "-:2"]);
}

#[test]
fn the_shape_can_be_given() {
    let chat = "tests/fixtures/requests/chat.json";
    let batch = "tests/fixtures/requests/mixed.jsonl";
    assert_runs!([
        outlay(&format!("count {chat} --as text")),
        outlay(&format!("count {batch} --as text")),
        outlay(&format!("count {chat} --as chat --format csv")),
        outlay("count tests/fixtures/settings.json --as chat"),
        outlay(&format!("count {chat} --as messages")),
    ]);
}

#[test]
fn a_request_saved_under_any_name_is_still_a_request() {
    let request = r#"{"messages": [{"role": "user", "content": "Name a tree."}]}"#;
    let folder = Folder::new().with("request.txt", request).with("request.json", request);
    let counts = prompt_tokens(&json(folder.outlay("count request.txt request.json --json")));
    assert_eq!(counts[0], counts[1]);
}

#[test]
fn a_byte_order_mark_does_not_hide_a_request() {
    let folder = Folder::new()
        .with("plain.json", r#"[{"role": "user", "content": "Hello"}]"#)
        .with("marked.json", "\u{feff}[{\"role\": \"user\", \"content\": \"Hello\"}]")
        .with(
            "marked.jsonl",
            "\u{feff}{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}\n",
        );
    let report = json(folder.outlay("count plain.json marked.json marked.jsonl --json"));
    let counts = prompt_tokens(&report);
    assert_eq!(counts, [counts[0]; 3]);
}

#[test]
fn a_byte_order_mark_before_a_text_is_not_part_of_the_prompt() {
    let folder = Folder::new().with("plain.txt", "Hello").with("marked.txt", "\u{feff}Hello");
    let counts = prompt_tokens(&json(folder.outlay("count plain.txt marked.txt --json")));
    assert_eq!(counts[0], counts[1]);
}

#[test]
fn line_ends_of_windows_part_requests_and_count_in_texts() {
    let line = r#"{"messages": [{"role": "user", "content": "Hello"}]}"#;
    let folder = Folder::new()
        .with("unix.jsonl", format!("{line}\n{line}\n"))
        .with("windows.jsonl", format!("{line}\r\n{line}\r\n"));
    let counts = prompt_tokens(&json(folder.outlay("count unix.jsonl windows.jsonl --json")));
    assert_eq!(counts, [counts[0]; 4]);
}

#[test]
fn special_tokens_in_a_text_are_ordinary_text() {
    let folder = Folder::new().with("special.txt", "<|endoftext|>");
    let report = json(folder.outlay("count special.txt --json"));
    assert!(prompt_tokens(&report)[0] > 8);
}

#[test]
fn several_models_are_alternatives_without_a_sum() {
    let report = json(outlay("count tests/fixtures/prompt.txt -m o1-mini -m gpt-4 --json"));
    assert_eq!(report["results"].as_array().unwrap().len(), 2);
    assert!(report["total"].is_null());
}

/// On which tiktoken gives up. The longest run of spaces that is one token is 128; bpe-openai counts the
/// same.
#[test]
fn a_million_spaces_are_counted() {
    let spaces = " ".repeat(1_000_000);
    let folder = Folder::new()
        .with("spaces.txt", format!("a{spaces}b"))
        .with("tabs.txt", format!("a{}b", "\t".repeat(1_000_000)));
    let report = json(folder.outlay("count spaces.txt tabs.txt --json"));
    // The last space goes with the letter, and 999,999 = 7,812 x 128 + 63.
    assert_eq!(prompt_tokens(&report)[0], 1 + 7_812 + 1 + 1 + 7);
    assert!(prompt_tokens(&report)[1] > 10_000);
}

/// Long plain text is counted while it is read; the same text with a beginning that may be JSON is not.
#[test]
fn a_long_text_counts_the_same_read_in_chunks_and_whole() {
    let line = "Ein längerer Text — mit “Zeichen”, 数字 1234 and don't.\r\n";
    let text = line.repeat(3_000_000 / line.len());
    let folder = Folder::new()
        .with("long.md", &text)
        .with("marked.md", format!("\u{feff}{text}"))
        .with("whole.md", format!("[{text}"));
    let report =
        json(folder.outlay("count long.md marked.md whole.md --as text -m gpt-4o -m gpt-4 --json"));
    let tokens = prompt_tokens(&report);
    let of = |encoding: Encoding, text: &str| encoding.count(text).get() + 7;
    let (new, old) = (Encoding::O200kBase, Encoding::Cl100kBase);
    let whole = format!("[{text}");
    assert_eq!(
        tokens,
        [
            of(new, &text),
            of(old, &text),
            of(new, &text),
            of(old, &text),
            of(new, &whole),
            of(old, &whole)
        ]
    );
    let report = json_of(&piped(folder.outlay("count - --json"), text.as_bytes()));
    assert_eq!(prompt_tokens(&report)[0], of(new, &text));
}

#[test]
fn a_long_file_of_requests_counts_the_same_read_in_blocks_and_whole() {
    let request = |text: String| {
        serde_json::json!({ "messages": [{ "role": "user", "content": text }] }).to_string()
    };
    let mut lines: Vec<String> =
        (0..6000).map(|i| request(format!("line {i} {}", "and so on ".repeat(i % 200)))).collect();
    lines[1000] = "{broken".to_owned();
    lines[2000] = String::new();
    lines[3000] = r#"{"rows": 1}"#.to_owned();
    lines[4000] = request("{{#if a}}{{b}}{{/if}}".to_owned());
    let text = lines.join("\n");
    // Blocks are of 4 MiB.
    assert!(text.len() > 5 << 20);
    let mut wrong = text.clone().into_bytes();
    wrong.extend(b"\n\xe9\n");
    let folder =
        Folder::new().with("long.jsonl", &text).with("marked.jsonl", "\u{feff}".to_owned() + &text);
    let folder = folder.with("wrong.jsonl", wrong);
    for name in ["long", "marked"] {
        // With `--lossy` a file is read whole.
        let [blocks, whole] = ["", " --lossy"].map(|lossy| {
            output(folder.outlay(&format!("count {name}.jsonl -m o1-mini --json{lossy}")), 2)
        });
        assert!(blocks == whole, "{name}");
        assert_eq!(json_of(&blocks)["errors"].as_array().unwrap().len(), 2);
    }
    let piped = json_of(&piped(folder.outlay("count - -m o1-mini --json"), text.as_bytes()));
    let named = json_of(&output(folder.outlay("count long.jsonl -m o1-mini --json"), 2));
    assert_eq!(piped["total"], named["total"]);
    // What stands before a line that is no text is counted, and the line is named.
    let refused = json_of(&output(folder.outlay("count wrong.jsonl -m o1-mini --json"), 2));
    assert_eq!(refused["total"], named["total"]);
    let lines = refused["errors"].as_array().unwrap().iter().map(|error| error["line"].as_u64());
    assert_eq!(lines.collect::<Vec<_>>(), [Some(1001), Some(3001), Some(6001)]);
    let said = refused["errors"][2]["message"].as_str().unwrap();
    assert!(said.contains(&format!("at offset {} is not UTF-8", text.len() + 1)), "{said}");
}

#[test]
fn of_many_results_the_largest_are_shown_and_json_and_csv_have_all() {
    let request = |i: usize| {
        let text = format!("line {i} {}", "and so on ".repeat(i * 7 % 50));
        serde_json::json!({ "messages": [{ "role": "user", "content": text }] }).to_string()
    };
    let lines: Vec<String> = (0..1500).map(request).collect();
    let folder = Folder::new().with("many.jsonl", lines.join("\n"));
    let all =
        json(folder.outlay(
            "count many.jsonl -m o1-mini --json --export csv=all.csv --export html=page.html",
        ));
    let results = all["results"].as_array().unwrap();
    assert_eq!((results.len(), folder.read("all.csv").lines().count()), (1500, 1501));
    let tokens = |result: &Value| result["prompt_tokens"].as_u64().unwrap();
    let sum: u64 = results.iter().map(tokens).sum();
    assert_eq!(all["total"]["prompt_tokens"], sum);
    let mut sizes: Vec<u64> = results.iter().map(tokens).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let smaller: u64 = sizes[1000..].iter().sum();
    let table = output(folder.outlay("count many.jsonl -m o1-mini"), 0);
    let table = stdout(&table);
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.iter().filter(|row| row.contains("many.jsonl:")).count(), 1000, "{table}");
    let figure = |row: &str| row.split_whitespace().next().unwrap().replace(',', "");
    let row = |words: &str| figure(rows.iter().find(|row| row.contains(words)).unwrap());
    assert_eq!(row("500 smaller ones"), smaller.to_string());
    assert_eq!(row("total of 1,500"), sum.to_string());
    assert!(table.contains("the 1,000 largest are shown"), "{table}");
    assert!(folder.read("page.html").contains("500 smaller ones"));
}

#[test]
fn what_a_dataset_puts_into_a_template_is_data() {
    let folder = Folder::new()
        .with("prompt.md", "{{text}}")
        .with("rows.jsonl", "{\"text\": \"{% if x %} {{#a}} {{b}}\"}\n{\"text\": \"plain\"}\n")
        .with("same.txt", "{% if x %} {{#a}} {{b}}");
    let rows = json(folder.outlay("count prompt.md --rows rows.jsonl -m o1-mini --json"));
    let same = json(folder.outlay("count same.txt --as text -m o1-mini --json"));
    assert_eq!(rows["results"][0]["prompt_tokens"], same["results"][0]["prompt_tokens"]);
    assert_eq!(rows["results"][1]["fidelity"], "exact");
    assert_eq!(rows["errors"].as_array().unwrap().len(), 0);
}

#[test]
fn what_is_wrong_far_into_a_long_text_is_told_by_line() {
    let text = "A line of text.\n".repeat(100_000);
    let wrong = [text.as_bytes(), b"caf\xe9\n", text.as_bytes()].concat();
    let binary = [text.as_bytes(), b"\0", text.as_bytes()].concat();
    let folder = Folder::new().with("wrong.txt", wrong).with("binary.txt", binary);
    assert_runs!([
        folder.outlay("count wrong.txt"),
        folder.outlay("count binary.txt"),
        folder.outlay("count wrong.txt --lossy"),
    ]);
}

#[test]
fn tokens_are_shown_piece_by_piece() {
    let folder = Folder::new()
        .with("prompt.txt", "Don't count tokenizers by hand\n\n👩‍🚀!")
        .with("chat.json", "{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", \"content\": \"hello\"}]}");
    assert_runs!([
        folder.outlay("count prompt.txt --show-tokens"),
        folder.outlay("count prompt.txt --show-tokens --format markdown"),
        folder.outlay("count prompt.txt --show-tokens --color always"),
        folder.outlay("count chat.json prompt.txt --show-tokens"),
    ]);
    let report = json(folder.outlay("count prompt.txt --show-tokens --json"));
    let part = &report["results"][0]["parts"][0];
    let ids: usize =
        part["pieces"].as_array().unwrap().iter().map(|p| p["ids"].as_array().unwrap().len()).sum();
    assert_eq!(part["tokens"], ids);
    let report = json(folder.outlay("count prompt.txt --json"));
    assert!(report["results"][0]["parts"][0].get("pieces").is_none());
}

#[test]
fn an_engine_that_is_not_built_in_is_told() {
    let folder = Folder::new().with("prompt.txt", "hello");
    assert_runs!([
        folder.outlay("count prompt.txt --engine outlay"),
        folder.outlay("count prompt.txt --engine tiktoken"),
    ]);
    if cfg!(not(feature = "reference")) {
        assert_run!(folder.outlay("count prompt.txt --engine reference"));
    }
}

#[test]
fn five_megabytes_of_text_are_counted() {
    let line = "The quick brown fox jumps over the lazy dog, again and again.\n";
    let folder = Folder::new().with("large.txt", line.repeat(5_000_000 / line.len()));
    let report = json(folder.outlay("count large.txt --json"));
    assert!(prompt_tokens(&report)[0] > 1_000_000);
}

#[test]
fn the_prompt_tokens_of_real_requests_equal_the_bill() {
    let path = "../shared/data/o1_requests.jsonl";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = std::fs::read_to_string(root.join(path)) else {
        eprintln!("skipped: {path} is not there");
        return;
    };
    let billed: Vec<u64> = text
        .lines()
        .map(|line| {
            let request: Value = serde_json::from_str(line).unwrap();
            let billed = request["metadata"]["prompt_tokens_billed"].as_str().unwrap();
            billed.parse().unwrap()
        })
        .collect();
    let report = output(outlay(&format!("count {path} --json")), 0);
    assert_eq!(prompt_tokens(&json_of(&report)), billed);
}
