//! Batch files of every maker: what is taken apart, and at which price.

use outlay::catalog::Tier;
use outlay::request::{FileHint, InputFormat, Origin, read};

use crate::support::{document, refused, request};

#[test]
fn batches_of_every_maker_are_taken_apart() {
    let chat = r#"{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}"#;
    let claude = r#"{"model": "claude-opus-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}"#;
    let gemini = r#"{"contents": [{"parts": [{"text": "Hi"}]}]}"#;
    for (line, origin) in [
        (
            format!(
                r#"{{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {chat}}}"#
            ),
            Origin::Chat,
        ),
        (
            format!(
                r#"{{"custom_id": "1", "method": "POST", "url": "/chat/completions", "body": {chat}}}"#
            ),
            Origin::Chat,
        ),
        (
            format!(
                r#"{{"custom_id": "1", "url": "/openai/deployments/x/chat/completions?api-version=1", "body": {chat}}}"#
            ),
            Origin::Chat,
        ),
        (format!(r#"{{"custom_id": "1", "params": {claude}}}"#), Origin::Anthropic),
        (format!(r#"{{"recordId": "CALL0000001", "modelInput": {claude}}}"#), Origin::Anthropic),
        (format!(r#"{{"key": "1", "request": {gemini}}}"#), Origin::Gemini),
        (format!(r#"{{"request": {gemini}}}"#), Origin::Gemini),
    ] {
        for text in [line.clone(), format!("{line}\n{line}\n")] {
            let hint = FileHint::Name("x.jsonl");
            let entries = read(&text, hint, Some(InputFormat::JsonLines)).unwrap().entries;
            for entry in entries {
                let request = entry.request.unwrap();
                assert_eq!(
                    (request.origin, request.settings.tier),
                    (origin, Some(Tier::Batch)),
                    "{line}"
                );
                assert!(entry.body.unwrap().batch);
            }
        }
    }
    let two = format!(
        r#"{{"requests": [{{"custom_id": "1", "params": {claude}}}, {{"custom_id": "2", "params": {claude}}}]}}"#
    );
    assert_eq!(document(&two, "x.json").entries.len(), 2);
    let inline = format!(
        r#"{{"batch": {{"input_config": {{"requests": {{"requests": [{{"request": {gemini}}}, {{"request": {gemini}}}]}}}}}}}}"#
    );
    assert_eq!(document(&inline, "x.json").entries.len(), 2);
    // A call with its answer is one that was made, unless it has the name of a line of a batch.
    let url = r#""url": "/v1/chat/completions""#;
    for (around, tier) in [
        (format!(r#""request": {chat}, "response": {{"id": "x"}}"#), None),
        (format!(r#""key": "1", "request": {chat}, "response": {{"id": "x"}}"#), Some(Tier::Batch)),
        (format!(r#"{url}, "body": {chat}, "response": {{"id": "x"}}"#), None),
        (format!(r#"{url}, "body": {chat}"#), Some(Tier::Batch)),
        (
            format!(r#""custom_id": "1", {url}, "body": {chat}, "response": {{"id": "x"}}"#),
            Some(Tier::Batch),
        ),
    ] {
        assert_eq!(request(&format!("{{{around}}}")).settings.tier, tier, "{around}");
    }
    let embedding = r#"{"custom_id": "1", "url": "/v1/embeddings", "body": {"input": "Hi"}}"#;
    assert!(refused(embedding).message().contains("/v1/embeddings"));
}
