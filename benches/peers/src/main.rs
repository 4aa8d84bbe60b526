//! Counts a file once with one counter, in a process of its own: `peers COUNTER FILE [ENCODING]`.
//!
//! Prints the tokens, the seconds to load the counter, and the seconds of its first count: of CPU time, so that
//! what else the machine does counts for nobody.

use cpu_time::ProcessTime;

use outlay::tokenizer::Encoding;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, counter, file, encoding @ ..] = arguments.as_slice() else {
        panic!("usage: peers COUNTER FILE [ENCODING]")
    };
    let encoding = encoding.first().map_or("o200k_base", String::as_str);
    let text = std::fs::read_to_string(file).expect("the file is text");
    let start = ProcessTime::now();
    let count: Box<dyn Fn(&str) -> u64> = match counter.as_str() {
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
