//! What means nothing is refused where it is written, and what means what another form means is read.

use std::process::Stdio;

use serde_json::json;

use crate::support::{Folder, json_of, output, stderr, stdout};

/// A run that ends with 2 and says why.
fn refused(folder: &Folder, arguments: &str, why: &str) {
    let run = output(folder.outlay(arguments), 2);
    assert!(stderr(&run).contains(why), "{arguments}: {}", stderr(&run));
}

#[test]
fn a_model_that_is_not_named_is_no_model() {
    let folder = Folder::new().with("p.md", "Be brief.");
    for model in ["", ",", " , "] {
        let mut command = folder.outlay("count p.md");
        let run = command.args(["-m", model]).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{model:?}");
        assert!(stderr(&run).contains("no model is named"), "{}", stderr(&run));
    }
    for model in ["[]", "\"\"", "[\"o1-mini\", \"\"]"] {
        let folder = folder_with(&format!("model = {model}\nturns = 2\n"));
        refused(&folder, "simulate s.toml", "s.toml:1:9: `model`: no model is named here");
    }
}

fn folder_with(scenario: &str) -> Folder {
    Folder::new().with("s.toml", scenario)
}

#[test]
fn shares_and_limits_below_their_range_are_refused() {
    let folder = Folder::new().with("p.md", "Be brief.");
    refused(&folder, "plan p.md -m o1-mini --risk=-0", "`-0` is not a probability");
    for limit in ["-1", "\"-0.05\"", "{ p95 = \"-1\" }"] {
        let config = format!(
            "[call]\nmodel = \"o1-mini\"\n[budget]\nmax_cost_per_call = {limit}\n[[prompt]]\npaths = [\"p.md\"]\n"
        );
        let folder = Folder::new().with("p.md", "Be brief.").with("outlay.toml", config);
        refused(&folder, "check", "is no limit of a cost");
    }
}

#[test]
fn a_catalogue_without_a_model_or_a_name_is_refused() {
    let folder = Folder::new().with("p.md", "Be brief.").with("none.toml", "");
    refused(&folder, "count p.md -m o1-mini --catalog none.toml", "the file is empty");
    let alias = "[[model]]\nid = \"o1-mini\"\naliases = [\"\"]\n";
    let folder = folder.with("alias.toml", alias);
    refused(&folder, "count p.md -m o1-mini --catalog alias.toml", "a name without a letter");
}

/// PowerShell begins the files that it writes with a byte order mark.
#[test]
fn a_mark_before_a_profile_or_a_report_is_no_part_of_it() {
    let call = |n: u64| {
        json!({"id": format!("chatcmpl-{n:08}"), "object": "chat.completion", "created": 1_727_900_000 + n,
            "model": "o1-mini", "choices": [{"finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 500 + n,
                "completion_tokens_details": {"reasoning_tokens": 300}}})
        .to_string()
    };
    let log: Vec<String> = (0..40).map(call).collect();
    let folder = Folder::new().with("p.md", "Be brief.").with("log.jsonl", log.join("\n") + "\n");
    output(folder.outlay("calibrate log.jsonl --save p.json"), 0);
    let marked = format!("\u{feff}{}", folder.read("p.json"));
    let folder = folder.with("marked.json", marked);
    let plan = |profile: &str| {
        let arguments = format!("plan p.md -m o1-mini --profile {profile} --format csv");
        stdout(&output(folder.outlay(&arguments), 0)).replace(profile, "")
    };
    assert_eq!(plan("p.json"), plan("marked.json"));
    let report = stdout(&output(folder.outlay("count p.md -m o1-mini --json"), 0)).to_owned();
    let folder = folder.with("a.json", &report).with("b.json", format!("\u{feff}{report}"));
    output(folder.outlay("diff a.json b.json"), 0);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_a_file_as_well() {
    let folder = Folder::new().with("p.md", "Be brief.");
    let report = output(folder.outlay("count p.md -m o1-mini --json"), 0);
    let folder = folder.with("a.json", &report.stdout);
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, &report.stdout).unwrap();
    drop(writer);
    let mut command = folder.outlay("diff /dev/stdin a.json --json");
    command.stdin(Stdio::from(reader));
    json_of(&output(command, 0));
}

/// Frames without data, such as the index of a seekable file, before, between and after those with data.
#[test]
fn a_frame_without_data_is_skipped() {
    let packed = |text: &str| {
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        ruzstd::encoding::compress_to_vec(text.as_bytes(), level)
    };
    let call = |n: u64| {
        format!(
            "{{\"id\":\"call-{n:08}\",\"model\":\"o1-mini\",\"prompt_tokens\":{n},\"completion_tokens\":1}}\n"
        )
    };
    let (first, second) = (packed(&call(1_000)), packed(&call(2_000)));
    let skipped = [b"\x5e\x2a\x4d\x18\x05\0\0\0".as_slice(), b"index"].concat();
    let folder = Folder::new()
        .with("plain.jsonl", call(1_000) + &call(2_000))
        .with(
            "skipped.zst",
            [&skipped, &first, &skipped, &second, &skipped].map(Vec::as_slice).concat(),
        )
        .with("short.zst", [&first, &skipped[..9]].concat())
        .with("cut.zst", &second[..second.len() - 6]);
    let audit = |name: &str| stdout(&output(folder.outlay(&format!("audit {name}")), 0)).to_owned();
    assert_eq!(
        audit("plain.jsonl").replace("plain.jsonl", ""),
        audit("skipped.zst").replace("skipped.zst", "")
    );
    for name in ["short.zst", "cut.zst"] {
        refused(&folder, &format!("audit {name}"), "the zstd data end too early");
    }
}

#[test]
fn a_call_that_its_model_cannot_take_is_told() {
    let log = |tokens: u64| {
        json!({"id": "chatcmpl-00000001", "object": "chat.completion", "model": "o1-mini", "created": 1_727_900_000,
            "choices": [{"finish_reason": "stop"}],
            "usage": {"prompt_tokens": tokens, "completion_tokens": 1}})
        .to_string()
            + "\n"
    };
    for (tokens, is_told) in [(128_000, false), (128_001, true), (1_000_000_000_000, true)] {
        let folder = Folder::new().with("log.jsonl", log(tokens));
        let run = output(folder.outlay("audit log.jsonl"), 0);
        let told = stderr(&run).contains(
            "1 call with a longer prompt than the window of the model: the first is log.jsonl:1",
        );
        assert_eq!(told, is_told, "{tokens}: {}", stderr(&run));
    }
    // A row of a table may be a sum, but of no million calls.
    for (tokens, is_told) in [(1_000_000_000, false), (1_000_000_000_000_u64, true)] {
        let row = json!({"model": "o1-mini", "prompt_tokens": tokens, "completion_tokens": 1});
        let folder = Folder::new().with("log.jsonl", format!("{row}\n"));
        let run = output(folder.outlay("audit log.jsonl"), 0);
        assert_eq!(stderr(&run).contains("the window of the model"), is_told, "{tokens}");
    }
}
