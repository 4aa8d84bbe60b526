//! No answer: exit code 2, one sentence with its place, a hint, and nothing half-written.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Folder, assert_run, assert_runs, json_of, outlay, output, stderr, stdout};

#[test]
fn a_name_that_no_model_has() {
    assert_runs!([
        outlay("plan --input-tokens 1k -m o1-mni"),
        outlay("plan --input-tokens 1k -m gpt-4o-2024-11-20-preview"),
        outlay("plan --input-tokens 1k -m llama"),
    ]);
}

#[test]
fn one_bad_line_among_many_is_told_and_the_rest_answered() {
    let run = output(outlay("count tests/fixtures/requests/one_bad_line.jsonl --json"), 2);
    let report = json_of(&run);
    let inputs: Vec<_> =
        report["results"].as_array().unwrap().iter().map(|r| &r["input"]).collect();
    assert_eq!(inputs.len(), 2);
    let lines: Vec<_> = report["errors"].as_array().unwrap().iter().map(|e| &e["line"]).collect();
    assert_eq!(lines, [2, 3, 5]);
    for error in report["errors"].as_array().unwrap() {
        assert_eq!(error["input"], "tests/fixtures/requests/one_bad_line.jsonl", "{error}");
    }
    assert_run!(outlay("count tests/fixtures/requests/one_bad_line.jsonl"));
}

#[test]
fn a_broken_request_is_told_with_line_and_column() {
    let folder = Folder::new()
        .with("role.json", "{\"messages\": [\n  {\"role\": \"robot\", \"content\": \"a\"}\n]}")
        .with("content.json", "{\"messages\": [\n  {\"role\": \"user\", \"content\": 7}\n]}")
        .with("stored.json", "{\"input\": \"a\", \"previous_response_id\": \"resp_1\"}");
    assert_runs!([
        outlay("count tests/fixtures/requests/broken.json"),
        folder.outlay("count role.json"),
        folder.outlay("count content.json"),
        folder.outlay("count stored.json"),
    ]);
}

#[test]
fn ten_thousand_brackets_are_an_error_and_no_crash() {
    let folder = Folder::new()
        .with("deep.json", "[".repeat(10_000))
        .with("balanced.json", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)))
        .with("parameters.json", format!(
            "{{\"messages\": [], \"tools\": [{{\"type\": \"function\", \"function\": {{\"name\": \"f\", \"parameters\": {}1{}}}}}]}}",
            "[".repeat(10_000),
            "]".repeat(10_000)
        ));
    for file in ["deep.json", "balanced.json", "parameters.json"] {
        for shape in ["", "--as chat", "--as batch"] {
            let run = folder.outlay(&format!("count {file} {shape}")).output().unwrap();
            assert!(matches!(run.status.code(), Some(0 | 2)), "{file} {shape}: {:?}", run.status);
            assert!(!stderr(&run).contains("panicked"), "{file} {shape}");
        }
    }
}

#[test]
fn what_is_no_text_is_not_counted() {
    let folder = Folder::new()
        .with("image.png", [0x89, b'P', b'N', b'G', 0, 1, 2])
        .with("latin1.txt", b"one\ncaf\xe9")
        .with("folder/.keep", "");
    assert_runs!([
        folder.outlay("count image.png"),
        folder.outlay("count latin1.txt"),
        folder.outlay("count folder"),
        folder.outlay("count missing.txt"),
    ]);
}

#[test]
fn a_directory_of_which_nothing_can_be_counted_is_no_answer() {
    let folder = Folder::new().with("prompts/empty.txt", "").with("prompts/image.png", [0, 1]);
    assert_run!(folder.outlay("count prompts"));
}

/// A file that opens and cannot be read, whoever asks: the memory of a process begins with nothing.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_told() {
    assert_run!(outlay("count /proc/self/mem"));
}

#[test]
fn the_answered_inputs_are_still_written() {
    let run = output(outlay("count missing.txt tests/fixtures/prompt.txt --json"), 2);
    let report = json_of(&run);
    assert_eq!(report["results"].as_array().unwrap().len(), 1);
    assert_eq!(report["errors"][0]["input"], "missing.txt");
    assert!(!report["errors"][0]["hint"].is_null());
}

#[test]
fn standard_output_is_empty_or_valid_when_there_is_no_answer() {
    for arguments in [
        "count missing.txt",
        "count tests/fixtures/requests/image.json",
        "estimate --input-tokens 128k",
        "estimate --input-tokens 400 -m o1-mini --tier batch",
        "plan --input-tokens 1k -m o1-mni",
        "models show zzz",
    ] {
        let json = output(outlay(&format!("{arguments} --json")), 2);
        if !json.stdout.is_empty() {
            let report: Value = serde_json::from_str(stdout(&json)).unwrap();
            assert!(report["results"].as_array().unwrap().is_empty(), "{arguments}");
            assert_eq!(report["errors"].as_array().unwrap().len(), 1, "{arguments}");
        }
        assert!(stderr(&json).starts_with("error: "), "{arguments}: {}", stderr(&json));
        for format in ["table", "csv", "markdown"] {
            let other = output(outlay(&format!("{arguments} --format {format}")), 2);
            assert_eq!(stdout(&other), "", "{arguments} {format}");
        }
    }
}

#[test]
fn absurd_numbers_are_refused_with_a_reason() {
    assert_runs!(
        [
            "--input-tokens -5",
            "--input-tokens 1.5",
            "--input-tokens 1e6",
            "--input-tokens 9999999m",
            "--input-tokens many",
            "--max-completion-tokens -1",
            "--cached -1",
            "--calls 0",
            "--calls 20k/fortnight",
            "--tier slow",
            "--format yaml",
            "--export csv",
            "--export yaml=a.yaml",
            "--export csv=",
        ]
        .map(|arguments| outlay(&format!("estimate {arguments}")))
    );
}

#[test]
fn distributions_that_cannot_be_are_refused_with_a_reason() {
    assert_runs!(
        [
            "p50=4000,p95=100",
            "4000..200",
            "0..200",
            "p50=100",
            "p95=1,p50=2",
            "p50=1,p100=2",
            "1.5",
            "lots",
            "800,1200",
        ]
        .map(|law| outlay(&format!("estimate --input-tokens 1k --completion-tokens {law}")))
    );
}

#[test]
fn half_a_declaration_is_refused_with_a_hint() {
    assert_runs!([
        outlay("estimate --input-tokens 1k --reasoning 5k"),
        outlay("estimate --input-tokens 1k --visible 500"),
        outlay("estimate --input-tokens 1k --reasoning 5k --visible 500 -m gpt-4o"),
        outlay("estimate --input-tokens 1k --completion-tokens 5k --visible 500"),
        outlay("estimate --input-tokens 1k tests/fixtures/prompt.txt"),
        outlay("estimate --input-tokens 1k --cached 1001"),
        outlay("plan --input-tokens 1k --risk 150%"),
        outlay("plan --input-tokens 1k --exit-zero"),
    ]);
}

/// Inputs that have no answer, each in a file of its own.
fn unanswerable() -> Folder {
    let message = "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]";
    Folder::new()
        .with("cap.json", format!("{message},\n \"max_completion_tokens\": -5}}"))
        .with("tier.json", format!("{message},\n \"service_tier\": \"scale\"}}"))
        .with("half.json", message)
        .with("half.jsonl", message)
        .with("messages.json", "{\"messages\": \"hello\"}")
        .with("input.json", "{\"input\": 5}")
        .with("image.json", "{\"model\": \"gpt-4o\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}")
        .with("empty.txt", "")
        .with("utf16.txt", b"\xff\xfeh\x00i\x00")
        .with("latin1.toml", b"# caf\xe9\n")
        .with("taken.toml", "[[model]]\nid = \"o1-mini\"\naliases = [\"gpt-4o\"]\n")
        .with("blank.toml", "[[model]]\nid = \"o1-mini\"\n\n[[model.price]]\nfrom = 2024-09-12\nrates = [{ tier = \"standard\", input = \"3\", output = \"12\" }]\nsource = \" \"\nchecked = 2024-09-20\n")
}

const UNANSWERABLE: [&str; 30] = [
    "count cap.json",
    "count tier.json",
    "count half.json",
    "count half.jsonl",
    "count messages.json",
    "count input.json",
    "count image.json",
    "count empty.txt",
    "count utf16.txt",
    "count -",
    "count [a",
    "count missing/*.txt",
    "count /proc/self/mem",
    "plan --input-tokens 1k --catalog missing.toml",
    "plan --input-tokens 1k --catalog latin1.toml",
    "plan --input-tokens 1k --catalog taken.toml",
    "plan --input-tokens 1k --catalog blank.toml",
    "plan --input-tokens 1k -o .",
    "plan --input-tokens 1k -o missing/plan.txt",
    "plan --input-tokens 99999999999999999999999999999999999999999",
    "plan --input-tokens 1k --cached 200%",
    "plan --input-tokens 1k --cached half",
    "plan --input-tokens 1k --calls -3",
    "plan --input-tokens 1k --as-of 2024-13-01",
    "plan --input-tokens 1k --as-of yesterday",
    "plan --input-tokens 1k --completion-tokens 5..",
    "plan --input-tokens 1k --completion-tokens ..5",
    "plan --input-tokens 1k --completion-tokens -5..200",
    "plan --input-tokens 1k -m o1-mni",
    "models show o1-mini o1-mni",
];

#[test]
fn every_error_says_what_to_do() {
    let folder = unanswerable();
    let mute: Vec<String> = UNANSWERABLE
        .into_iter()
        .map(|arguments| stderr(&output(folder.outlay(arguments), 2)).to_owned())
        .filter(|told| !told.contains("hint: "))
        .collect();
    assert!(mute.is_empty(), "{}", mute.join("\n"));
}

#[test]
fn no_error_speaks_the_language_of_a_parser() {
    const JARGON: [&str; 9] = [
        "u64",
        "a sequence",
        "EOF while parsing",
        "trailing characters",
        "digit integer",
        "stream did not contain",
        "IO error for operation",
        "`` is not",
        "unexpected argument",
    ];
    let folder = unanswerable();
    let obscure: Vec<String> = UNANSWERABLE
        .into_iter()
        .map(|arguments| stderr(&output(folder.outlay(arguments), 2)).to_owned())
        .filter(|told| JARGON.iter().any(|word| told.contains(word)))
        .collect();
    assert!(obscure.is_empty(), "{}", obscure.join("\n"));
}

#[test]
fn hints_fit_their_errors() {
    let folder = unanswerable();
    let told = |arguments: &str| stderr(&output(folder.outlay(arguments), 2)).to_owned();
    let fits = [
        ("count cap.json", false, "--as text"),
        ("count tier.json", true, "tier.json:2:"),
        ("count image.json", false, "o1-preview"),
        ("count utf16.txt", true, "iconv"),
        ("plan --input-tokens 1k --cached 200%", false, "probability"),
        ("plan --input-tokens 1k --cached half", true, "50%"),
        ("plan --input-tokens 1k --calls -3", false, "`-3` is not a whole number"),
        ("plan --input-tokens 1k --as-of yesterday", true, "YYYY-MM-DD"),
        ("plan --input-tokens 1k -m o1-mni", true, "did you mean `o1-mini`"),
    ];
    let wrong: Vec<_> = fits
        .into_iter()
        .filter(|(arguments, wanted, words)| told(arguments).contains(words) != *wanted)
        .map(|(arguments, wanted, words)| {
            format!("{} `{words}` in:\n{}", if wanted { "no" } else { "still" }, told(arguments))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_request_without_messages_is_refused() {
    let folder = Folder::new().with("request.json", "{\"messages\": []}");
    output(folder.outlay("count request.json"), 2);
}

#[test]
fn one_is_singular() {
    for arguments in [
        "plan --input-tokens 272001 -m gpt-5 --as-of 2026-01-15",
        "plan --input-tokens 103001",
        "models --provider acme --catalog tests/fixtures/catalog/new_model.toml --as-of 2025-03-05",
    ] {
        let run = output(outlay(arguments), 0);
        let text = stdout(&run);
        let plural = ["1 prompt tokens", "1 models"].iter().any(|words| {
            text.match_indices(words)
                .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_digit()))
        });
        assert!(!plural, "{arguments}: {text}");
    }
}

#[test]
fn the_other_models_are_answered_when_one_is_unknown() {
    let run = output(outlay("count tests/fixtures/prompt.txt -m o1-mini -m o1-mni --json"), 2);
    let report: Value = serde_json::from_str(stdout(&run)).unwrap();
    assert_eq!(report["results"].as_array().unwrap().len(), 1);
}

#[test]
fn a_date_before_the_release_names_the_release() {
    assert_run!(outlay("plan --input-tokens 1k -m o1-mini --as-of 2024-09-11"));
}

#[test]
fn a_broken_catalogue_is_told_with_line_and_column() {
    let run = |name: &str| {
        outlay(&format!("plan --input-tokens 1k --catalog tests/fixtures/catalog/{name}.toml"))
    };
    let folder = Folder::new()
        .with("syntax.toml", "[[model]]\nid = \"o1-mini\n")
        .with("new.toml", "[[model]]\nid = \"nova\"\nreasoning = true\n")
        .with("negative.toml", "[[model]]\nid = \"o1-mini\"\n\n[[model.price]]\nfrom = 2024-09-12\nrates = [{ tier = \"standard\", input = \"-3\", output = \"12\" }]\nsource = \"contract\"\nchecked = 2024-09-20\n");
    let own = |name: &str| folder.outlay(&format!("plan --input-tokens 1k --catalog {name}.toml"));
    assert_runs!([
        run("unknown_key"),
        run("bad_price"),
        run("no_source"),
        own("syntax"),
        own("new"),
        own("negative"),
    ]);
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let folder = Folder::new().with("folder/file.txt", "");
    for (place, option) in [
        ("folder", "-o folder"),
        ("missing/plan.txt", "-o missing/plan.txt"),
        ("folder/file.txt/plan.txt", "-o folder/file.txt/plan.txt"),
        ("missing/plan.csv", "--json --export csv=missing/plan.csv"),
    ] {
        let run = output(folder.outlay(&format!("plan --input-tokens 1k {option}")), 2);
        let told = stderr(&run);
        assert!(told.starts_with(&format!("error: cannot write `{place}`: ")), "{told}");
        assert!(!told.contains(".tmp"), "a name that nobody chose: {told}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path().join("folder")).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing half-written stays behind");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    assert_run!(outlay("plan --input-tokens 1k -o /dev/full"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_stops_early_is_no_failure() {
    let program = insta_cmd::get_cargo_bin("outlay");
    for arguments in ["models --as-of 2026-06-01", "models --as-of 2026-06-01 --json", "--help"] {
        // Closing the reader first makes the very first write fail.
        let script =
            format!("{{ sleep 0.2; '{}' {arguments}; echo $? >&2; }} | true", program.display());
        let run = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).output().unwrap();
        assert_eq!(stderr(&run), "0\n", "{arguments}");

        let script = format!("'{}' {arguments} | head -1", program.display());
        let run = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).output().unwrap();
        assert_eq!(stderr(&run), "", "{arguments}");
        assert!(run.status.success());
    }
}
