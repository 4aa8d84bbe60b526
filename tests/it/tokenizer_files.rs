//! Tokenizers in files of the user's own: `--tokenizer FILE`, and `encoding` in a catalogue file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json as value};

use crate::support::{Folder, json, output, stderr};

/// The character that stands for a byte in `tokenizer.json`.
fn character(byte: u8) -> char {
    let is_plain = |byte: u8| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..);
    if is_plain(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|other| !is_plain(*other)).count();
    char::from_u32(0x100 + u32::try_from(before).unwrap()).unwrap()
}

/// A `tokenizer.json` of all bytes and these merges, which splits as Qwen does.
fn json_file(merges: &[(&str, &str)]) -> Value {
    let mut vocab = serde_json::Map::new();
    for byte in 0..=u8::MAX {
        vocab.insert(character(byte).to_string(), byte.into());
    }
    for (left, right) in merges {
        let id = vocab.len();
        vocab.insert(format!("{left}{right}"), id.into());
    }
    let pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    value!({
        "normalizer": { "type": "NFC" },
        "pre_tokenizer": { "type": "Sequence", "pretokenizers": [
            { "type": "Split", "pattern": { "Regex": pattern }, "behavior": "Isolated", "invert": false },
            { "type": "ByteLevel", "add_prefix_space": false, "use_regex": false },
        ] },
        "model": {
            "type": "BPE",
            "vocab": vocab,
            "merges": merges.iter().map(|(l, r)| value!([l, r])).collect::<Vec<_>>(),
        },
    })
}

/// A `.tiktoken` file of all bytes and these tokens.
fn tiktoken_file(tokens: &[&[u8]]) -> String {
    let bytes: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
    let all = bytes.iter().map(Vec::as_slice).chain(tokens.iter().copied());
    let lines = all.zip(0..).map(|(token, rank)| format!("{} {rank}", STANDARD.encode(token)));
    lines.collect::<Vec<_>>().join("\n")
}

/// The content tokens of a text, counted with a file of this name.
fn count(name: &str, contents: &str, like: &str, text: &str) -> u64 {
    let folder = Folder::new().with("prompt.txt", text).with(name, contents);
    let arguments = format!("count prompt.txt --json -m gpt-4o --tokenizer {name}{like}");
    let mut result = json(folder.outlay(&arguments))["results"][0].take();
    assert_eq!(result["fidelity"], "estimate");
    assert_eq!(result["encoding"], format!("{name}{like}"));
    result["content_tokens"].take().as_u64().unwrap()
}

/// A file that is refused, and why.
fn refused(name: &str, contents: &str, reason: &str) {
    let folder = Folder::new().with("prompt.txt", "x").with(name, contents);
    let output = output(folder.outlay(&format!("count prompt.txt --tokenizer {name}")), 2);
    let said = stderr(&output);
    assert!(said.contains(name) && said.contains(reason), "{said}");
}

#[test]
fn a_tokenizer_json_counts_as_its_merges_say() {
    let file = json_file(&[("a", "b"), ("Ġ", "ab"), ("Ã", "©")]).to_string();
    // ab, space ab, 1, 2, and c: five tokens.
    assert_eq!(count("tokenizer.json", &file, "", "ab ab12c"), 5);
    // An e with an accent is composed first: its two bytes are one token.
    assert_eq!(count("tokenizer.json", &file, "", "e\u{301}"), 1);
}

#[test]
fn a_tiktoken_file_counts_as_its_ranks_say() {
    let file = tiktoken_file(&[b"12", b"123", b" x"]);
    // Three digits go together in o200k_base, one by one in Qwen's.
    assert_eq!(count("mine.tiktoken", &file, "#o200k_base", "123 x"), 2);
    assert_eq!(count("mine.tiktoken", &file, "#qwen2", "123 x"), 4);
}

#[test]
fn a_catalogue_file_may_name_a_tokenizer_file() {
    let catalogue = "[[model]]\nid = \"gpt-4o\"\n\n[model.counting]\n\
                     encoding = \"mine.tiktoken#o200k_base\"\nfidelity = \"exact\"\n\
                     source = \"mine\"\nchecked = 2026-11-25\n";
    let folder = Folder::new()
        .with("prompt.txt", "hello")
        .with("own/mine.tiktoken", tiktoken_file(&[b"hello"]))
        .with("own/catalogue.toml", catalogue);
    let report =
        json(folder.outlay("count prompt.txt --json -m gpt-4o --catalog own/catalogue.toml"));
    // No two letters merge but to the whole word, so that only the piece itself is a token.
    assert_eq!(report["results"][0]["content_tokens"], 1);
    assert_eq!(report["results"][0]["encoding"], "mine.tiktoken#o200k_base");
}

#[test]
fn a_file_with_gaps_and_merges_out_of_order_counts_as_its_makers_do() {
    // An id may be missing: only the order matters.
    let gap = tiktoken_file(&[b"12"]).replace(" 256", " 4000")
        + "\n"
        + &STANDARD.encode(b"123")
        + " 5000";
    assert_eq!(count("mine.tiktoken", &gap, "#o200k_base", "123"), 1);
    // The first merge can only happen after the second.
    let mut json = json_file(&[("a", "b"), ("ab", "c")]);
    json["model"]["merges"] = value!([["ab", "c"], ["a", "b"]]);
    assert_eq!(count("tokenizer.json", &json.to_string(), "", "abc ab"), 3);
    // A merge of what nothing makes never happens.
    let mut json = json_file(&[("a", "b"), ("ab", "c")]);
    json["model"]["merges"] = value!([["ab", "c"]]);
    assert_eq!(count("tokenizer.json", &json.to_string(), "", "abc"), 3);
}

#[test]
fn a_merge_that_makes_one_of_its_parts_is_refused() {
    // Nothing merges with nothing, so no token can be made of itself.
    let mut json = json_file(&[("a", "b")]);
    for circle in [value!([["", "ab"]]), value!([["ab", ""]])] {
        json["model"]["merges"] = circle;
        refused("t.json", &json.to_string(), "merge 1 is of a token that is not in the vocabulary");
    }
}

#[test]
fn a_million_tokens_are_laid_out() {
    let mut lines = tiktoken_file(&[b"ab"]);
    for rank in 257..1_000_000_u32 {
        let token = STANDARD.encode(rank.to_be_bytes());
        lines.push_str(&format!("\n{token} {rank}"));
    }
    assert_eq!(count("mine.tiktoken", &lines, "#o200k_base", "ab ab"), 3);
}

#[test]
fn a_file_of_another_format_is_refused_by_name() {
    let folder = Folder::new()
        .with("prompt.txt", "x")
        .with(
            "tokenizer.model",
            [0x0a, 0x0e, 0x0a, 0x05, b'<', b'u', b'n', b'k', b'>', 0x15, 0, 0, 0xff],
        )
        .with("model.json", [b'G', b'G', b'U', b'F', 3, 0, 0, 0, 0xfe])
        .with("folder.json/x", "x");
    for (file, why) in [
        ("tokenizer.model", "a SentencePiece `.model` is not read"),
        ("model.json", "is not UTF-8"),
        ("folder.json", "cannot be read"),
        ("missing.json", "cannot be read"),
    ] {
        let run = output(folder.outlay(&format!("count prompt.txt --tokenizer {file}")), 2);
        assert!(stderr(&run).contains(why), "{file}: {}", stderr(&run));
    }
}

#[test]
fn a_file_that_cannot_be_counted_with_is_refused_by_name() {
    refused("mine.tiktoken", &tiktoken_file(&[]), "does not say how text is split");
    refused("o200k_base.tiktoken", "AA== 0\n", "of 256 bytes are tokens");
    refused("o200k_base.tiktoken", "AA== zero\n", "line 1 is not a token in base64");
    refused("o200k_base.tiktoken", "AA== 1\nAQ== 1\n", "two tokens have the rank 1");
    refused("t.json", "{}", "neither a `model`");
    refused("t.json", "{\"model\": {", "is not read");
    let mut json = json_file(&[("a", "b")]);
    json["model"]["merges"][0] = value!(["a", "zz"]);
    refused("t.json", &json.to_string(), "merge 1 is of a token that is not in the vocabulary");
    json["model"]["merges"][0] = value!(["b", "a"]);
    refused("t.json", &json.to_string(), "what merge 1 makes is not in the vocabulary");
    let mut json = json_file(&[]);
    json["model"]["type"] = value!("Unigram");
    refused("t.json", &json.to_string(), "its model is Unigram, not BPE");
    let mut json = json_file(&[]);
    json["pre_tokenizer"] = value!({ "type": "Whitespace" });
    refused("t.json", &json.to_string(), "which this engine does not do");
    let mut json = json_file(&[]);
    json["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = value!("\\w+");
    refused("t.json", &json.to_string(), "a pattern that this engine does not know");
    let mut json = json_file(&[]);
    json["normalizer"] = value!({ "type": "Lowercase" });
    refused("t.json", &json.to_string(), "its normalizer is");
}

#[test]
fn a_tiktoken_file_that_lacks_a_byte_of_a_token_is_refused() {
    refused("cl100k_base.tiktoken", "YQ== 0\nYWI= 2\n", "cannot be counted with");
}
