//! Requests and prompt files of every format: no text makes a reader or a count panic.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use outlay::catalog::Catalog;
use outlay::request::{FileHint, Request, read};
use outlay::workload::Workload;
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);

fuzz_target!(|text: &str| {
    for name in [
        "chat.json",
        "batch.jsonl",
        "a.prompt",
        "a.prompt.yml",
        "promptfooconfig.yaml",
        "a.prompty",
        "a.md.j2",
    ] {
        let _ = read(text, FileHint::Name(name), None);
    }
    let _ = read(text, FileHint::Nothing, None);
    let day = date(2026, 11, 20);
    if let Ok(model) = CATALOG.resolve("gpt-4o", day) {
        let request = Request::from_text(text);
        if let Ok(workload) = Workload::new(model, day).prompt(&request) {
            let _ = workload.quote();
        }
    }
});
