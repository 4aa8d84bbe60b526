//! Counting: `cargo bench --bench tokenizer`. Every count has empty caches, as that of a new process.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use outlay::tokenizer::{Counter, Encoding};

const SIZE: usize = 1_000_000;

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }
}

/// Words of a language, the first of them the most frequent, in sentences.
fn sentences(words: &[&str], space: &str, stop: &str) -> String {
    let mut random = Random(1);
    let mut text = String::new();
    while text.len() < SIZE {
        for _ in 0..4 + random.below(14) {
            let rank = random.below(words.len()) * random.below(words.len()) / words.len();
            text.push_str(words[rank]);
            text.push_str(space);
        }
        text.push_str(stop);
    }
    text
}

/// Words made of syllables, so that many of them are rare.
fn coined(syllables: &[&str], count: usize) -> Vec<String> {
    let mut random = Random(2);
    let word =
        |_| (0..=random.below(4)).map(|_| syllables[random.below(syllables.len())]).collect();
    (0..count).map(word).collect()
}

fn prose(syllables: &[&str], space: &str, stop: &str) -> String {
    let words = coined(syllables, 20_000);
    sentences(&words.iter().map(String::as_str).collect::<Vec<_>>(), space, stop)
}

fn texts() -> Vec<(&'static str, String)> {
    let latin =
        ["the", "tion", "in", "er", "a", "com", "re", "pre", "ment", "al", "so", "un", "ly"];
    let cyrillic = ["про", "ста", "ние", "о", "ва", "ть", "по", "ли", "ко", "ра"];
    let accented = ["é", "qué", "ção", "über", "stra", "ße", "naï", "ve", "ł", "ó", "wska", "ñor"];
    let han =
        ["我们", "今天", "公园", "天气", "很", "好", "去", "模型", "的", "语言", "计数", "一"];
    let source = include_str!("tokenizer.rs");
    vec![
        ("code", source.repeat(SIZE / source.len() + 1)),
        ("prose", prose(&latin, " ", "and so on.\n")),
        ("many languages", {
            let parts = [prose(&cyrillic, " ", "да.\n"), prose(&accented, " ", "été.\n")];
            parts.concat()
        }),
        ("Chinese", prose(&han, "", "，一。\n")),
        ("spaces", " ".repeat(SIZE)),
        ("one letter", "a".repeat(SIZE)),
        ("random letters", {
            let mut random = Random(3);
            (0..SIZE).map(|_| char::from(b"abcdefghijklmnopqrstuvwxyz"[random.below(26)])).collect()
        }),
        ("runs of symbols", {
            let mut random = Random(4);
            let mut run = || "=-*#.~_+!?"[random.below(10)..][..1].repeat(1 + random.below(300));
            (0..SIZE / 150).map(|_| run()).collect()
        }),
        ("tiny", "Write a bash script that transposes a matrix.".to_owned()),
    ]
}

fn counting(criterion: &mut Criterion) {
    count_with(Encoding::O200kBase, "count", criterion);
    count_with(Encoding::ClaudeV3, "count for Claude 3 to 4.6", criterion);
    count_with(Encoding::ClaudeV47, "count for Claude 4.7", criterion);
}

fn count_with(encoding: Encoding, group: &str, criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(group);
    group.sample_size(20);
    for (name, text) in texts() {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || Counter::sized(encoding, text.len()),
                |mut counter| {
                    // In chunks below the size that several threads would share.
                    for chunk in text.as_bytes().chunks(256 << 10) {
                        counter.push(chunk)?;
                    }
                    counter.finish()
                },
                BatchSize::PerIteration,
            );
        });
    }
}

criterion_group!(benches, counting);
criterion_main!(benches);
