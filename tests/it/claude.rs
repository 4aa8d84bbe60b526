//! Counting as Claude does, against the package that reconstructs it.

use std::fs;
use std::path::Path;

use outlay::tokenizer::{Counter, Encoding};
use proptest::prelude::*;
use serde_json::Value;

const FAMILIES: [(Encoding, &str, u64); 3] = [
    (Encoding::ClaudeV3, "v3", 7),
    (Encoding::ClaudeV47, "v4_7", 11),
    (Encoding::ClaudeV48, "v4_8", 6),
];

fn count(encoding: Encoding, text: &str) -> u64 {
    encoding.count(text).unwrap().get()
}

fn chunked(encoding: Encoding, text: &[u8], size: usize) -> u64 {
    let mut counter = Counter::new(encoding);
    for chunk in text.chunks(size) {
        counter.push(chunk).unwrap();
    }
    counter.finish().unwrap().get()
}

#[test]
fn texts_count_as_the_reconstruction_counts_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/counting/claude.json");
    let data: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let vectors = data["vectors"].as_array().unwrap();
    assert!(vectors.len() > 70);
    for vector in vectors {
        let text = vector["text"].as_str().unwrap();
        for (encoding, _, _) in FAMILIES {
            let wanted = vector["tokens"][encoding.name()].as_u64().unwrap();
            let name = &vector["name"];
            assert_eq!(count(encoding, text), wanted, "{encoding}: {name}");
            assert_eq!(chunked(encoding, text.as_bytes(), 1), wanted, "{encoding}: {name}");
        }
    }
}

/// Runs that are longer than any cache, with counts of the same package.
#[test]
fn long_runs_count_as_the_reconstruction_counts_them() {
    let texts = [
        (".".repeat(40_000), [314, 2501, 2500]),
        (format!("a{}b", "\n".repeat(20_000)), [159, 627, 627]),
        (format!("a{}b", " ".repeat(20_000)), [1252, 1252, 1252]),
    ];
    for (text, wanted) in texts {
        for ((encoding, _, _), wanted) in FAMILIES.into_iter().zip(wanted) {
            assert_eq!(count(encoding, &text), wanted, "{encoding} {:?}", &text[..2]);
        }
    }
}

/// Lines of `{"text": …, "v3": …, "v4_7": …, "v4_8": …}`, each with the tokens of one user's message.
#[test]
fn a_file_of_vectors_has_no_differences() {
    let Some(path) = std::env::var_os("OUTLAY_CLAUDE_VECTORS") else {
        eprintln!("skipped: OUTLAY_CLAUDE_VECTORS names no file of vectors");
        return;
    };
    let lines = fs::read_to_string(path).unwrap();
    let mut differences = Vec::new();
    for (i, line) in lines.lines().enumerate() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let text = vector["text"].as_str().unwrap();
        for (encoding, key, frame) in FAMILIES {
            let wanted = vector[key].as_u64().unwrap();
            let whole = count(encoding, text) + frame;
            let parts = chunked(encoding, text.as_bytes(), 1 + i % 61) + frame;
            if (whole, parts) != (wanted, wanted) {
                differences.push(format!("line {}: {key} {wanted}, not {whole}, {parts}", i + 1));
            }
        }
    }
    eprintln!("{} texts, {} differences", lines.lines().count(), differences.len());
    assert_eq!(differences, [""; 0]);
}

const BITS: [&str; 44] = [
    "a",
    "B",
    "word",
    "Word",
    "WORD",
    " ",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "'",
    "'s",
    "'ll",
    "s",
    ".",
    "..",
    "====",
    "/",
    "}",
    "1",
    "1234",
    "٣",
    "१",
    "é",
    "É",
    "ǅ",
    "İ",
    "Ж",
    "привет",
    "中",
    "。",
    "，",
    "“",
    "’",
    "\u{301}",
    "\u{e4d}",
    "\u{e32}",
    "\u{a0}",
    "\u{3000}",
    "\u{fe0f}",
    "👍",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn chunks_count_as_much_as_the_whole(
        bits in prop::collection::vec(prop::sample::select(&BITS), 0..60),
        size in 1..40_usize,
    ) {
        let text = bits.concat();
        for (encoding, _, _) in FAMILIES {
            prop_assert_eq!(chunked(encoding, text.as_bytes(), size), count(encoding, &text));
        }
    }

    #[test]
    fn any_characters_are_counted(text in "\\PC{0,80}|[\\x00-\\u{10ffff}]{0,80}") {
        for (encoding, _, _) in FAMILIES {
            let tokens = count(encoding, &text);
            // A character is four bytes at most, and brings three marks at most.
            prop_assert!(tokens <= 7 * text.chars().count() as u64 + 1);
        }
    }
}

#[test]
fn a_text_on_several_threads_counts_as_much_as_its_lines() {
    let line = "Several threads share a text — cut after words, in every line, naïvely 中，文。";
    let text = vec![line; 40_000].join("\n");
    for (encoding, _, _) in FAMILIES {
        let (one, two) = (count(encoding, line), count(encoding, &[line; 2].join("\n")));
        let first_to_last = one + 39_999 * (two - one);
        assert_eq!(count(encoding, &text), first_to_last, "{encoding}");
        assert_eq!(chunked(encoding, text.as_bytes(), 100_003), first_to_last, "{encoding}");
    }
}
