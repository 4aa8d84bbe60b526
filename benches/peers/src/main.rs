//! Counts a file once with one counter, in a process of its own: `peers COUNTER FILE [ENCODING]`.
//!
//! Prints the tokens, the seconds to load the counter, and the seconds of its first count: of CPU time, so that
//! what else the machine does counts for nobody.
//!
//! `peers --strings COUNTER ENCODING` reads strings from standard input, each behind its length as four bytes,
//! and prints a line of ids for each. `peers --tokens ENCODING` prints the bytes of each token of the crate tiktoken, a
//! line of hexadecimal digits each.

use std::io::{BufWriter, Read, Write};

use cpu_time::ProcessTime;

use outlay::tokenizer::{Counter, Encoding};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let arguments: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match *arguments.as_slice() {
        ["--strings", counter, encoding] => strings(counter, encoding),
        ["--tokens", encoding] => tokens(encoding),
        [counter, file] => time(counter, file, "o200k_base"),
        [counter, file, encoding] => time(counter, file, encoding),
        _ => panic!("usage: peers COUNTER FILE [ENCODING], peers --strings COUNTER ENCODING"),
    }
}

/// Prints the ids of strings.
fn strings(counter: &str, encoding: &str) {
    let ids: Box<dyn FnMut(&str) -> Vec<u32>> = match counter {
        "outlay" => {
            let encoding: Encoding = encoding.parse().expect("the encoding");
            // Remembers what it has counted, as in a run over many texts.
            let mut counter = Counter::sized(encoding, 1 << 20);
            Box::new(move |text| {
                let ids = encoding.encode(text);
                let counts = [encoding.count(text), counter.whole(text)];
                let right = counts.iter().all(|count| count.get() == ids.len() as u64);
                assert!(right, "{counts:?} of {} tokens: {text:?}", ids.len());
                ids
            })
        }
        "tiktoken" => {
            let vocabulary = tiktoken::get_encoding(encoding).expect("the encoding");
            Box::new(move |text| vocabulary.encode(text))
        }
        _ => panic!("no ids of {counter}"),
    };
    print_ids(ids);
}

fn print_ids(mut ids: impl FnMut(&str) -> Vec<u32>) {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).expect("strings");
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut rest = input.as_slice();
    while let Some((length, behind)) = rest.split_first_chunk() {
        let (text, others) = behind.split_at(u32::from_le_bytes(*length) as usize);
        let ids = ids(str::from_utf8(text).expect("a string"));
        let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
        writeln!(output, "{}", ids.join(" ")).expect("an output");
        rest = others;
    }
}

/// Prints the ordinary tokens of the crate tiktoken.
fn tokens(encoding: &str) {
    let vocabulary = tiktoken::get_encoding(encoding).expect("the encoding");
    let mut output = BufWriter::new(std::io::stdout().lock());
    for id in 0..u32::try_from(vocabulary.vocab_size()).expect("ids of 32 bits") {
        let bytes = vocabulary.decode(&[id]);
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(output, "{}", digits.concat()).expect("an output");
    }
}

/// Times the first count of a file.
fn time(counter: &str, file: &str, encoding: &str) {
    let text = std::fs::read_to_string(file).expect("the file is text");
    let start = ProcessTime::now();
    let count: Box<dyn Fn(&str) -> u64> = match counter {
        "outlay" => {
            let encoding: Encoding = encoding.parse().expect("the encoding");
            // A vocabulary is laid out when it is first asked for, which is loading.
            let _ = encoding.count("");
            Box::new(move |text| encoding.count(text).get())
        }
        "tiktoken-rs" => {
            let vocabulary = tiktoken_rs::o200k_base_singleton();
            Box::new(move |text| {
                vocabulary.count(text, &Default::default()).expect("a count") as u64
            })
        }
        "tiktoken" => {
            let name = if encoding == "tekken" { "mistral_v3" } else { encoding };
            let vocabulary = tiktoken::get_encoding(name).expect("the encoding");
            Box::new(move |text| vocabulary.count(text) as u64)
        }
        "bpe-openai" => {
            let vocabulary = bpe_openai::o200k_base();
            Box::new(move |text| vocabulary.count(text) as u64)
        }
        _ => panic!("no counter is called {counter}"),
    };
    let loaded = start.elapsed().as_secs_f64();
    let start = ProcessTime::now();
    let tokens = count(&text);
    println!("{tokens} {loaded} {}", start.elapsed().as_secs_f64());
}
