//! Vocabularies from files: what is taken counts as many tokens as it gives ids, and its tokens are the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outlay::tokenizer::Encoding;

const TEXT: &str = "Hello world, 12 apples\n\u{e9}\u{4e16}";

fuzz_target!(|contents: &[u8]| {
    for (name, like) in [
        ("tokenizer.json", None),
        ("a.tiktoken", Some(Encoding::Cl100kBase)),
        ("tekken.json", None),
    ] {
        if let Ok(encoding) = Encoding::from_file(name, like, contents) {
            assert_eq!(encoding.count(TEXT).get(), encoding.encode(TEXT).len() as u64);
        }
    }
});
