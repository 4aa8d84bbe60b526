//! outlay.toml, scenarios and globs, through the verbs that read them: an answer or an error, never a panic, and what
//! has no answer ends in 2.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use outlay::cli::{RunInput, call};

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("outlay-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("prompts")).expect("a folder");
    std::fs::create_dir_all(folder.join(".git")).expect("a folder");
    std::fs::write(folder.join("prompts/a.md"), "Be brief about {{x}}.").expect("a prompt");
    std::env::set_current_dir(&folder).expect("a folder");
    folder
});

fuzz_target!(|input: (u8, &str)| {
    let (kind, text) = input;
    // A glob from the root would go through the whole disk.
    if text.starts_with('/') || text.contains("..") {
        return;
    }
    let ran = match kind % 3 {
        0 => {
            std::fs::write(FOLDER.join("outlay.toml"), text).expect("a file");
            call(["outlay", "check", "--as-of", "2026-11-20", "--json"], RunInput::default())
        }
        1 => {
            std::fs::write(FOLDER.join("scenario.toml"), text).expect("a file");
            let run = [
                "outlay",
                "simulate",
                "scenario.toml",
                "--isolated",
                "--runs",
                "20",
                "--as-of",
                "2026-11-20",
                "--json",
            ];
            call(run, RunInput::default())
        }
        _ => {
            let _ = FOLDER.exists();
            call(["outlay", "count", "--isolated", "--json", "--", text], RunInput::default())
        }
    };
    assert!(ran.code <= 2);
    if ran.code == 2 {
        let told =
            ran.failure.is_some() || ran.messages.contains("error") || ran.output.starts_with(b"{");
        assert!(told, "{}", ran.messages);
    }
    if !ran.output.is_empty() && ran.failure.is_none() {
        let read = serde_json::from_slice::<serde_json::Value>(&ran.output);
        assert!(read.is_ok(), "{}", String::from_utf8_lossy(&ran.output));
    }
});
