//! One answer, many forms: table, JSON, CSV and Markdown, on standard output and in files.

use calamine::{DataType as _, Reader as _};
use serde_json::Value;

use crate::support::{Folder, assert_run, json, outlay, output, stderr, stdout};

const FORMATS: [&str; 4] = ["table", "json", "csv", "markdown"];

const COUNT: &str = "count tests/fixtures/requests/messages.json";
const ESTIMATE: &str = "estimate --input-tokens 400 --reasoning 300..900 --visible 100 \
                        --calls 20k/month -m o1-mini -m o1-preview";
const PLAN: &str = "plan --input-tokens 110k --max-completion-tokens 20k -m o1-mini -m o1-preview";
const MODELS: &str = "models --provider acme --as-of 2025-03-05 \
                      --catalog tests/fixtures/catalog/new_model.toml";
const SHOW: &str = "models show acme-think --as-of 2025-06-10 \
                    --catalog tests/fixtures/catalog/new_model.toml";

macro_rules! in_every_format {
    ($($name:ident: $arguments:expr;)*) => { $(
        mod $name {
            use super::*;

            #[test]
            fn as_table() {
                assert_run!(outlay(&format!("{} --format table", $arguments)));
            }

            #[test]
            fn as_json() {
                assert_run!(outlay(&format!("{} --format json", $arguments)));
            }

            #[test]
            fn as_csv() {
                assert_run!(outlay(&format!("{} --format csv", $arguments)));
            }

            #[test]
            fn as_markdown() {
                assert_run!(outlay(&format!("{} --format markdown", $arguments)));
            }
        }
    )* };
}

in_every_format! {
    count: COUNT;
    estimate: ESTIMATE;
    plan: PLAN;
    models: MODELS;
    show: SHOW;
}

/// Rows of a CSV text as maps from column to cell, all of one width.
fn records(csv: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    csv::Reader::from_reader(csv.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn csv(arguments: &str) -> String {
    stdout(&output(outlay(&format!("{arguments} --format csv")), 0)).to_owned()
}

#[test]
fn json_is_short_for_format_json() {
    let long = output(outlay(&format!("{ESTIMATE} --format json")), 0);
    let short = output(outlay(&format!("{ESTIMATE} --json")), 0);
    assert_eq!(stdout(&long), stdout(&short));
    output(outlay(&format!("{ESTIMATE} --json --format csv")), 2);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for arguments in [
        COUNT,
        ESTIMATE,
        PLAN,
        MODELS,
        SHOW,
        "count tests/fixtures/prompt.txt tests/fixtures/requests/mixed.jsonl",
    ] {
        for format in FORMATS {
            let run = || output(outlay(&format!("{arguments} --format {format}")), 0).stdout;
            assert_eq!(run(), run(), "{arguments} {format}");
        }
    }
}

#[test]
fn the_envelope_names_command_date_and_catalogue() {
    for (arguments, command) in [(COUNT, "count"), (ESTIMATE, "estimate"), (PLAN, "plan")] {
        let report = json(outlay(&format!("{arguments} --json --as-of 2024-10-02")));
        assert_eq!(report["schema_version"], 1);
        assert_eq!(report["command"], command);
        assert_eq!(report["as_of"], "2024-10-02");
        assert!(report["catalog"]["digest"].as_str().unwrap().starts_with("xxh3:"));
        assert_eq!(report["outlay"], env!("CARGO_PKG_VERSION"));
    }
}

#[test]
fn an_overlay_changes_the_digest() {
    let digest = |arguments: &str| json(outlay(arguments))["catalog"]["digest"].take();
    let overlay = "--catalog tests/fixtures/catalog/negotiated.toml";
    assert_ne!(
        digest(&format!("{ESTIMATE} --json")),
        digest(&format!("{ESTIMATE} --json {overlay}"))
    );
}

#[test]
fn plans_with_and_without_room_stand_in_one_csv() {
    let csv = csv("plan --input-tokens 150k -m o1-mini -m gpt-5 --as-of 2025-09-01");
    let records = records(&csv);
    assert_eq!(records[0]["status"], "no_room");
    assert_eq!(records[1]["recommended_max_completion_tokens"], "25000");
}

#[test]
fn refused_and_accepted_caps_stand_in_one_csv() {
    let csv = csv(
        "plan --input-tokens 100k --max-completion-tokens 30k -m o1-mini -m gpt-5 --as-of 2025-09-01",
    );
    let records = records(&csv);
    assert_eq!(records[0]["sent.verdict"], "refused");
    assert_eq!(records[1]["sent.verdict"], "ok");
}

#[test]
fn requests_with_and_without_a_cap_stand_in_one_csv() {
    assert_eq!(records(&csv("plan tests/fixtures/requests/mixed.jsonl")).len(), 3);
}

#[test]
fn the_columns_of_a_csv_do_not_depend_on_the_answer() {
    let header = |arguments: &str| csv(arguments).lines().next().unwrap().to_owned();
    assert_eq!(header("plan --input-tokens 128k"), header("plan --input-tokens 1k"));
    assert_eq!(
        header("plan --input-tokens 1k --max-completion-tokens 30k"),
        header("plan --input-tokens 1k")
    );
}

#[test]
fn a_table_in_a_pipe_is_a_hundred_columns_wide() {
    for arguments in [
        COUNT,
        ESTIMATE,
        PLAN,
        SHOW,
        "models --as-of 2026-06-01",
        "models show o1-mini o1-preview gpt-5.5 --as-of 2026-06-01",
        "estimate tests/fixtures/requests/mixed.jsonl --completion-tokens 300",
    ] {
        let output = output(outlay(arguments), 0);
        for line in stdout(&output).lines() {
            assert!(line.chars().count() <= 100, "{arguments}: {line}");
            assert!(!line.contains('\u{1b}'), "{arguments}: {line}");
            assert_eq!(line.trim_end(), line, "{arguments}");
        }
    }
}

#[test]
fn a_path_is_not_broken_in_the_middle() {
    let run =
        output(outlay("estimate tests/fixtures/requests/mixed.jsonl --completion-tokens 300"), 0);
    assert!(stdout(&run).contains("mixed.jsonl:1"), "{}", stdout(&run));
}

#[test]
fn colours_are_for_those_who_ask() {
    let coloured = output(outlay(&format!("{PLAN} --color always")), 0);
    assert!(stdout(&coloured).contains('\u{1b}'));
    for flag in ["--color never", "--color auto", "--color always --json"] {
        let plain = output(outlay(&format!("{PLAN} {flag}")), 0);
        assert!(!stdout(&plain).contains('\u{1b}'), "{flag}");
    }
}

#[test]
fn the_answer_goes_to_a_file_and_to_every_export() {
    let folder = Folder::new();
    let call = "estimate --input-tokens 400 --completion-tokens 600";
    let run = output(
        folder.outlay(&format!(
            "{call} --format json -o out.json --export csv=out.csv --export markdown=out.md --export table=out.txt"
        )),
        0,
    );
    assert_eq!((stdout(&run), stderr(&run)), ("", ""));
    for (format, file) in
        [("json", "out.json"), ("csv", "out.csv"), ("markdown", "out.md"), ("table", "out.txt")]
    {
        let direct = output(folder.outlay(&format!("{call} --format {format}")), 0);
        assert_eq!(folder.read(file), stdout(&direct), "{file}");
    }
}

#[test]
fn an_export_stands_beside_the_answer() {
    let folder = Folder::new();
    let run = output(folder.outlay("plan --input-tokens 1k --export json=plan.json"), 0);
    assert!(stdout(&run).contains("send max_completion_tokens"));
    let report: Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
    assert_eq!(report["command"], "plan");
}

#[test]
fn a_dash_is_standard_output() {
    let call = "estimate --input-tokens 400 --completion-tokens 600";
    let direct = output(outlay(&format!("{call} --json")), 0);
    let dash = output(outlay(&format!("{call} --json -o -")), 0);
    assert_eq!(stdout(&direct), stdout(&dash));
    let folder = Folder::new();
    let export = output(folder.outlay(&format!("{call} -o out.txt --export json=-")), 0);
    assert_eq!(stdout(&direct), stdout(&export));
    assert!(!folder.path().join("-").exists());
}

#[test]
fn an_existing_file_is_replaced() {
    let folder = Folder::new().with("out.json", "old ".repeat(10_000));
    output(folder.outlay("plan --input-tokens 1k --json -o out.json"), 0);
    serde_json::from_str::<Value>(&folder.read("out.json")).unwrap();
}

#[test]
fn a_failed_gate_still_writes_its_answer() {
    let folder = Folder::new();
    output(folder.outlay("plan --input-tokens 110k --strict --json -o plan.json"), 1);
    assert!(folder.read("plan.json").contains("below_reserve"));
}

#[test]
fn quiet_silences_warnings_and_nothing_else() {
    let call = "plan --input-tokens 1k -m o1-mini --as-of 2026-01-15";
    let (loud, quiet) = (output(outlay(call), 0), output(outlay(&format!("{call} -q")), 0));
    assert!(stderr(&loud).contains("warning: `o1-mini` was shut down on 2025-10-27"));
    assert_eq!(stderr(&quiet), "");
    assert_eq!(stdout(&loud), stdout(&quiet));
    let error = output(outlay("count tests/fixtures/missing.txt -q"), 2);
    assert!(stderr(&error).starts_with("error: "));
}

/// The cells of a sheet.
fn sheet(folder: &Folder, file: &str, name: &str) -> calamine::Range<calamine::Data> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join(file)).unwrap();
    book.worksheet_range(name).unwrap()
}

#[test]
fn a_workbook_has_the_report_and_every_figure() {
    let folder = Folder::new();
    output(folder.outlay(&format!("{ESTIMATE} -o cost.xlsx --export csv=cost.csv")), 0);
    let data = sheet(&folder, "cost.xlsx", "Data");
    let csv = folder.read("cost.csv");
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    assert_eq!(data.headers().unwrap(), head);
    assert_eq!(data.height(), rows.len() + 1);
    let expected = head.iter().position(|name| *name == "cost_usd.expected").unwrap();
    for (row, record) in rows.iter().enumerate() {
        let figure = data.get((row + 1, expected)).unwrap().get_float().unwrap();
        let wanted: f64 = record[expected].parse().unwrap();
        assert!((figure - wanted).abs() < 1e-12, "{figure} {wanted}");
    }
    let report = sheet(&folder, "cost.xlsx", "Report");
    let texts: Vec<&str> = report.cells().filter_map(|(.., cell)| cell.get_string()).collect();
    assert!(texts.iter().any(|text| text.contains("20,000/month")), "{texts:?}");
    let numbers: Vec<f64> = report.cells().filter_map(|(.., cell)| cell.get_float()).collect();
    assert!(numbers.contains(&179.86), "{numbers:?}");
}

#[test]
fn a_workbook_is_a_file_that_runs_no_formula_and_never_varies() {
    let folder = Folder::new().with("=1+1.md", "Hello");
    let run = "estimate =1+1.md -m o1-mini --as-of 2024-10-20 --completion-tokens 5";
    output(folder.outlay(&format!("{run} -o a.xlsx --export xlsx=b.xlsx")), 0);
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("a.xlsx"), read("b.xlsx"));
    let data = sheet(&folder, "a.xlsx", "Data");
    let input = data.get((1, 0)).unwrap();
    assert_eq!(input.get_string(), Some("=1+1.md"));
    let refused = output(folder.outlay(&format!("{run} --format xlsx")), 2);
    assert!(stderr(&refused).contains("-o report.xlsx"), "{}", stderr(&refused));
}
