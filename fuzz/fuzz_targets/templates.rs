//! Templates of every language, and the rows that fill them: slots stand where they say, and what is filled with the
//! slots themselves is the text as it was.
#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use outlay::request::{FileHint, Language, Request, data_rows, language_of, slots_of};

const LANGUAGES: [Language; 6] = [
    Language::Mustache,
    Language::Handlebars,
    Language::Jinja,
    Language::Braces,
    Language::LooseBraces,
    Language::Dollar,
];

fuzz_target!(|input: (&str, &str)| {
    let (text, value) = input;
    let request = Request::from_text(text);
    for language in LANGUAGES {
        let mut from = 0;
        for slot in slots_of(text, language) {
            assert!(slot.span.start >= from, "{language:?}: slots overlap");
            assert!(text[slot.span.clone()].contains(slot.name));
            from = slot.span.end;
        }
        let untouched = request.fill_slots(language, |_| None);
        if matches!(language, Language::Mustache | Language::Handlebars | Language::Jinja) {
            assert_eq!(untouched.messages, request.messages);
        }
        let _ = request.names(language);
        let _ = request.fill(language, |_| Some(Cow::Borrowed(value)));
    }
    let _ = language_of(text, &|name| name == "question");
    for name in ["a.csv", "a.tsv", "a.jsonl"] {
        let Ok(rows) = data_rows(text, FileHint::Name(name)) else { continue };
        assert!(!rows.is_empty());
        let lines = text.lines().count().max(1);
        assert!(rows.iter().all(|row| (1..=lines).contains(&row.line)));
    }
});
