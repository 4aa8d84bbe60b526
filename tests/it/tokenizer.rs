//! The engine against tiktoken-rs, whose vocabularies it is built from.

use std::borrow::Cow;
use std::fmt::Write as _;

use outlay::tokenizer::{Counter, Encoding};
use proptest::prelude::*;
use tiktoken_rs::CoreBPE;

/// The vocabularies of tiktoken-rs.
const ENCODINGS: [Encoding; 6] = [
    Encoding::Cl100kBase,
    Encoding::O200kBase,
    Encoding::O200kHarmony,
    Encoding::P50kBase,
    Encoding::P50kEdit,
    Encoding::R50kBase,
];

fn reference(encoding: Encoding) -> &'static CoreBPE {
    match encoding {
        Encoding::Cl100kBase => tiktoken_rs::cl100k_base_singleton(),
        Encoding::O200kBase => tiktoken_rs::o200k_base_singleton(),
        Encoding::O200kHarmony => tiktoken_rs::o200k_harmony_singleton(),
        Encoding::P50kBase => tiktoken_rs::p50k_base_singleton(),
        Encoding::P50kEdit => tiktoken_rs::p50k_edit_singleton(),
        Encoding::R50kBase => tiktoken_rs::r50k_base_singleton(),
        _ => panic!("tiktoken-rs has no {encoding}"),
    }
}

fn chunked(encoding: Encoding, text: &str, size: usize) -> u64 {
    let mut counter = Counter::new(encoding);
    for chunk in text.as_bytes().chunks(size) {
        counter.push(chunk).unwrap();
    }
    counter.finish().unwrap().get()
}

/// Ids and count equal the reference, alone and with enough text around it for the window of the
/// engine.
fn assert_exact(text: &str) {
    let before = "The quick brown fox jumps over the lazy dog, then sleeps. ".repeat(2);
    let around = format!("{before}x{text}{before}");
    for encoding in ENCODINGS {
        for text in [text, &around] {
            let ids = reference(encoding).encode_ordinary(text);
            assert_eq!(encoding.encode(text), ids, "{encoding} {text:?}");
            assert_eq!(encoding.count(text).get(), ids.len() as u64, "{encoding} {text:?}");
        }
    }
}

/// The pieces of `o200k_base`.
fn pieces(text: &str) -> Vec<Cow<'_, str>> {
    pieces_of(Encoding::O200kBase, text)
}

fn pieces_of(encoding: Encoding, text: &str) -> Vec<Cow<'_, str>> {
    encoding.pieces(text).into_iter().map(|piece| piece.text).collect()
}

/// What a hand-written splitter gets wrong, each with the pieces of `o200k_base`.
const TRAPS: [(&str, &[&str]); 28] = [
    ("it's's", &["it's", "'s"]),
    ("it'sfoo", &["it's", "foo"]),
    (" 'sfoo", &[" '", "sfoo"]),
    ("a'ſ", &["a'ſ"]),
    ("A'LL", &["A'LL"]),
    ("中B", &["中", "B"]),
    ("\u{301}B", &["\u{301}", "B"]),
    (".\u{301}B", &[".\u{301}", "B"]),
    ("aǅ", &["a", "ǅ"]),
    ("}\n/}", &["}\n/", "}"]),
    ("}/\n/\na", &["}/\n/\n", "a"]),
    ("a\n/\nb", &["a", "\n", "/\n", "b"]),
    ("\t.", &["\t", "."]),
    ("\ta", &["\ta"]),
    ("\u{a0}a", &["\u{a0}a"]),
    ("\u{85}a", &["\u{85}a"]),
    (" .foo", &[" .", "foo"]),
    (".foo", &[".foo"]),
    ("..foo", &["..", "foo"]),
    ("“foo", &["“foo"]),
    ("\n \n", &["\n \n"]),
    ("\n  x", &["\n", " ", " x"]),
    ("\n  ", &["\n", "  "]),
    ("\n  \u{3000}\n", &["\n  \u{3000}\n"]),
    ("٣1２4", &["٣1２", "4"]),
    ("\u{b}\u{1c}", &["\u{b}", "\u{1c}"]),
    ("ABCdeF", &["ABCde", "F"]),
    ("<|endoftext|>", &["<", "|endo", "ftext", "|>"]),
];

#[test]
fn traps_are_split_as_the_pattern_says() {
    for (text, wanted) in TRAPS {
        if text != "<|endoftext|>" {
            assert_eq!(pieces(text), wanted, "{text:?}");
        }
        assert_exact(text);
    }
}

/// In `(?i:'s)` a long s is an s, wherever it stands. HuggingFace's tokenizers 0.23.3, for which the pattern is
/// published, splits these so, as Python's `regex` does. The crate tiktoken 4.1.2 parts `HT` and `'ſ` against its own
/// pattern.
#[test]
fn a_long_s_is_a_contraction_for_minimax_too() {
    let texts: [(&str, &[&str]); 3] = [
        (" HT'ſ'Sa\n", &[" HT'ſ", "'Sa", "\n"]),
        ("ヨەHT'ſ'Sa\nIntr", &["ヨە", "HT'ſ", "'Sa", "\n", "Intr"]),
        ("a'ſ", &["a'ſ"]),
    ];
    for (text, wanted) in texts {
        assert_eq!(pieces_of(Encoding::MiniMaxM2, text), wanted, "{text:?}");
        assert_eq!(pieces(text), wanted, "{text:?}");
    }
}

#[test]
fn special_tokens_are_ordinary_text() {
    for text in ["<|endoftext|>", "<|im_start|>user", "<|fim_prefix|>a<|start|>"] {
        assert_exact(text);
    }
    assert_eq!(Encoding::O200kBase.count("<|endoftext|>").get(), 7);
}

/// Every string of up to three of these characters, a few of each class.
#[test]
fn short_strings_are_exact() {
    let alphabet = ["a", "B", " ", "\n", "\t", "'", "s", ".", "/", "1", "é", "中", "\u{301}"];
    let mut texts = vec![String::new()];
    for _ in 0..3 {
        texts = texts
            .iter()
            .flat_map(|text| alphabet.iter().map(move |letter| format!("{text}{letter}")))
            .collect();
        for text in &texts {
            for encoding in [Encoding::O200kBase, Encoding::Cl100kBase, Encoding::R50kBase] {
                let ids = reference(encoding).encode_ordinary(text);
                assert_eq!(encoding.encode(text), ids, "{encoding} {text:?}");
            }
        }
    }
}

/// Characters and bits of text on which rules depend.
const TRICKY: [&str; 92] = [
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{a0}",
    "\u{3000}",
    "\u{2028}",
    "\u{1c}",
    "\0",
    "\u{7f}",
    "a",
    "b",
    "s",
    "t",
    "re",
    "ve",
    "ll",
    "d",
    "m",
    "A",
    "B",
    "S",
    "T",
    "LL",
    "Re",
    "foo",
    "Bar",
    "FOO",
    "x",
    "'",
    "'s",
    "'S",
    "'ll",
    "'LL",
    "'re",
    "'ſ",
    "ſ",
    "’",
    "\"",
    "“",
    "”",
    ".",
    ",",
    "..",
    "...",
    "/",
    "//",
    "\\",
    "-",
    "_",
    "(",
    ")",
    "{",
    "}",
    ";",
    "=",
    "==",
    "<|",
    "|>",
    "—",
    "1",
    "12",
    "123",
    "1234",
    "٣",
    "²",
    "Ⅷ",
    "é",
    "ß",
    "ǅ",
    "Ж",
    "ж",
    "привет",
    "Ω",
    "中",
    "日本",
    "カ",
    "글",
    "ʰ",
    "\u{301}",
    "\u{345}",
    "\u{200d}",
    "👍",
    "👨‍👩‍👧",
    "\u{10d50}",
];

fn tricky(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&TRICKY), length).prop_map(|parts| parts.concat())
}

/// Few different bits repeated, so that pieces grow long.
fn monotonous() -> impl Strategy<Value = String> {
    let bits = prop::collection::vec((prop::sample::select(&TRICKY), 1..60_usize), 1..8);
    bits.prop_map(|bits| bits.iter().map(|(bit, n)| bit.repeat(*n)).collect())
}

/// Words without spaces between them.
fn long_words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{60,400}",
        "[a-c]{60,400}",
        "[ぁ-ん]{30,150}",
        "[=.~#-]{60,300}",
        "[A-Za-z0-9+/]{60,400}",
        "[一-龥]{30,150}",
    ]
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![tricky(1..24), tricky(24..120), monotonous(), long_words(), any::<String>()]
}

fn encodings() -> impl Strategy<Value = Encoding> {
    prop_oneof![Just(Encoding::O200kBase), prop::sample::select(&ENCODINGS)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text_is_exact(text in texts(), encoding in encodings()) {
        let ids = reference(encoding).encode_ordinary(&text);
        prop_assert_eq!(encoding.encode(&text), &ids[..]);
        prop_assert_eq!(encoding.count(&text).get(), ids.len() as u64);
    }

    #[test]
    fn a_text_in_chunks_counts_as_a_whole(
        text in texts(),
        encoding in encodings(),
        size in 1..200_usize,
    ) {
        prop_assert_eq!(chunked(encoding, &text, size), encoding.count(&text).get());
    }

    #[test]
    fn pieces_are_the_text(text in texts(), encoding in encodings()) {
        let pieces = encoding.pieces(&text);
        prop_assert_eq!(pieces.iter().map(|piece| &*piece.text).collect::<String>(), &text[..]);
        for piece in pieces {
            prop_assert_eq!(piece.tokens[0].start, 0);
            prop_assert!(piece.tokens.is_sorted_by(|a, b| a.start < b.start));
            prop_assert!(piece.tokens.iter().all(|token| token.start < piece.text.len()));
        }
    }
}

/// Text that is large, of one kind, and hard for some tokenizers.
fn adversaries() -> Vec<(&'static str, String)> {
    const SIZE: usize = 1_000_000;
    let mut state = 1_u64;
    let mut random = move |below: u32| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 33) % u64::from(below)).unwrap()
    };
    let mut of = |first: u32, count: u32, length: usize| {
        (0..length).filter_map(|_| char::from_u32(first + random(count))).collect::<String>()
    };
    let letters = of(u32::from('a'), 26, SIZE);
    let capitals = of(u32::from('A'), 26, SIZE);
    let kana = of(0x3041, 80, SIZE / 3);
    let han = of(0x4e00, 20_000, SIZE / 3);
    let thai = of(0xe01, 57, SIZE / 3);
    let any = of(0x20, 0xd000, SIZE / 3);
    let mut runs = String::new();
    for run in of(0, 300, SIZE / 150).chars() {
        let sign = ["=", "-", "*", "#", ".", "~", "_", "+", "!", "?"][run as usize % 10];
        runs.push_str(&sign.repeat(run as usize));
    }
    vec![
        ("spaces", " ".repeat(SIZE)),
        ("tabs", "\t".repeat(SIZE)),
        ("line breaks", "\n".repeat(SIZE)),
        ("line breaks of Windows", "\r\n".repeat(SIZE / 2)),
        ("spaces and line breaks", "  \n".repeat(SIZE / 3)),
        ("a", "a".repeat(SIZE)),
        ("equals signs", "=".repeat(SIZE)),
        ("one Han character", "中".repeat(SIZE / 3)),
        ("combining marks", "\u{301}".repeat(SIZE / 2)),
        ("a family", "👨‍👩‍👧‍👦".repeat(SIZE / 25)),
        ("contractions", "a's".repeat(SIZE / 3)),
        ("digits", "1234567890".repeat(SIZE / 10)),
        ("a Han character, then capitals", format!("中{}", "B".repeat(SIZE))),
        ("comments", "}\n//".repeat(SIZE / 4)),
        ("letters", letters),
        ("capitals", capitals),
        ("kana", kana),
        ("Han characters", han),
        ("Thai", thai),
        ("any characters", any),
        ("runs", runs),
    ]
}

/// Each is counted in some milliseconds; a quadratic or recursive step would not end here.
#[test]
fn a_megabyte_of_anything_is_counted() {
    for (name, text) in adversaries() {
        let tokens = Encoding::O200kBase.count(&text).get();
        assert!(tokens > 0 && tokens <= text.len() as u64, "{name}");
        let beginning: String = text.chars().take(50_000).collect();
        for encoding in ENCODINGS {
            let tokens = encoding.count(&beginning).get();
            assert_eq!(chunked(encoding, &beginning, 10_000), tokens, "{name} {encoding}");
        }
    }
}

/// Those on which the reference does not give up. It takes its time.
#[test]
#[ignore = "takes minutes"]
fn a_megabyte_of_anything_counts_as_the_reference_counts_it() {
    for (name, text) in adversaries() {
        for encoding in [Encoding::O200kBase, Encoding::Cl100kBase, Encoding::R50kBase] {
            let tokens = encoding.count(&text).get();
            match reference(encoding).count(&text, &std::collections::HashSet::new()) {
                Ok(wanted) => assert_eq!(tokens, wanted as u64, "{name} {encoding}"),
                Err(_) => eprintln!("{encoding} gave up on {name}"),
            }
        }
    }
}

/// Every character after and before characters of each class, alone and in the middle of a window.
fn every_character_is_exact_in_every_context(encoding: Encoding) {
    let contexts = ["", "a", "A", "1", ".", " ", "\n", "\t", "'", "é", "中", "\u{301}", " .", "a'"];
    let filler = "and so on until the window of the engine is full of text. ".repeat(2);
    let characters: Vec<char> = (0..=u32::from(char::MAX)).filter_map(char::from_u32).collect();
    let filler = &filler;
    // Many contexts in one text, parted by what no piece crosses.
    std::thread::scope(|scope| {
        for share in characters.chunks(characters.len() / 2 + 1) {
            scope.spawn(move || {
                for characters in share.chunks(64) {
                    let mut text = String::new();
                    for character in characters {
                        for before in contexts {
                            for after in ["", "a", "A", "s", " ", "\n", ".", "1"] {
                                let _ = write!(text, "x\n{before}{character}{after}x y");
                            }
                        }
                        text.push_str(filler);
                        text.push(*character);
                        text.push_str(filler);
                    }
                    let ids = reference(encoding).encode_ordinary(&text);
                    let near = format!("{encoding} U+{:04X}", u32::from(characters[0]));
                    assert!(encoding.encode(&text) == ids, "{near}");
                    assert!(encoding.count(&text).get() == ids.len() as u64, "{near}");
                }
            });
        }
    });
}

#[test]
#[ignore = "takes minutes"]
fn every_character_of_o200k_base_is_exact() {
    every_character_is_exact_in_every_context(Encoding::O200kBase);
}

#[test]
#[ignore = "takes minutes"]
fn every_character_of_cl100k_base_is_exact() {
    every_character_is_exact_in_every_context(Encoding::Cl100kBase);
}

#[test]
#[ignore = "takes minutes"]
fn every_character_of_r50k_base_is_exact() {
    every_character_is_exact_in_every_context(Encoding::R50kBase);
}

/// `cargo test --release --test it five_million -- --ignored`
#[test]
#[ignore = "takes minutes"]
fn five_million_texts_are_exact() {
    std::thread::scope(|scope| {
        for seed in 0..2_u64 {
            scope.spawn(move || {
                let mut state = seed * 2 + 1;
                let mut random = move |below: usize| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    usize::try_from(state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap()
                        % below
                };
                for number in 0..2_500_000 {
                    let mut text = String::new();
                    // Mostly short; now and then a choice of few bits over and over.
                    let few = 1 + random(TRICKY.len());
                    let first = random(TRICKY.len());
                    let length = if number % 4 == 0 { 60 } else { 1 + random(20) };
                    for _ in 0..length {
                        text.push_str(TRICKY[(first + random(few)) % TRICKY.len()]);
                    }
                    let encoding = match number % 8 {
                        0 => Encoding::Cl100kBase,
                        1 => Encoding::P50kBase,
                        2 => Encoding::R50kBase,
                        _ => Encoding::O200kBase,
                    };
                    let tokens = encoding.count(&text).get();
                    let wanted = reference(encoding).encode_ordinary(&text).len();
                    assert_eq!(tokens, wanted as u64, "{encoding} {text:?}");
                }
            });
        }
    });
}
