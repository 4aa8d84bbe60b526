//! Counts a file once with one counter, in a process of its own: `peers COUNTER FILE`.
//!
//! Prints the tokens, the seconds to load the counter, and the seconds of its first count.

use std::time::Instant;

use outlay::tokenizer::Encoding;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, counter, file] = arguments.as_slice() else { panic!("usage: peers COUNTER FILE") };
    let text = std::fs::read_to_string(file).expect("the file is text");
    let start = Instant::now();
    let count: Box<dyn Fn(&str) -> u64> = match counter.as_str() {
        "outlay" => Box::new(|text| Encoding::O200kBase.count(text).get()),
        "tiktoken-rs" => {
            let vocabulary = tiktoken_rs::o200k_base_singleton();
            Box::new(move |text| {
                vocabulary.count(text, &Default::default()).expect("a count") as u64
            })
        }
        "tiktoken" => {
            let vocabulary = tiktoken::get_encoding("o200k_base").expect("the encoding");
            Box::new(move |text| vocabulary.count(text) as u64)
        }
        "bpe-openai" => {
            let vocabulary = bpe_openai::o200k_base();
            Box::new(move |text| vocabulary.count(text) as u64)
        }
        _ => panic!("no counter is called {counter}"),
    };
    let loaded = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let tokens = count(&text);
    println!("{tokens} {loaded} {}", start.elapsed().as_secs_f64());
}
