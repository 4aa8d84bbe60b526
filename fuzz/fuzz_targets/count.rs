//! Counting never panics, whole and in chunks agree, and both equal tiktoken-rs where it has the
//! vocabulary.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outlay::tokenizer::{Counter, Encoding};

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (encoding, size, bytes) = input;
    let encoding = Encoding::ALL[usize::from(encoding) % Encoding::ALL.len()];
    let mut counter = Counter::new(encoding);
    let chunks = bytes.chunks(usize::from(size) + 1);
    let pushed = chunks.map(|chunk| counter.push(chunk)).collect::<Result<(), _>>();
    let counted = pushed.and_then(|()| counter.finish());
    match str::from_utf8(bytes) {
        Err(_) => assert!(counted.is_err()),
        Ok(text) => {
            let tokens = encoding.count(text);
            assert_eq!(counted.unwrap(), tokens);
            if let Some(reference) = reference(encoding) {
                let ids = encoding.encode(text);
                assert_eq!(tokens.get(), ids.len() as u64);
                assert_eq!(reference.encode_ordinary(text), ids);
            }
        }
    }
});

fn reference(encoding: Encoding) -> Option<&'static tiktoken_rs::CoreBPE> {
    Some(match encoding {
        Encoding::Cl100kBase => tiktoken_rs::cl100k_base_singleton(),
        Encoding::O200kBase => tiktoken_rs::o200k_base_singleton(),
        Encoding::O200kHarmony => tiktoken_rs::o200k_harmony_singleton(),
        Encoding::P50kBase => tiktoken_rs::p50k_base_singleton(),
        Encoding::P50kEdit => tiktoken_rs::p50k_edit_singleton(),
        Encoding::R50kBase => tiktoken_rs::r50k_base_singleton(),
        _ => return None,
    })
}
