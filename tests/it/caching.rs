//! What a request bills as written to the cache: marked prefixes, and prompts that are cached unasked.

use jiff::civil::date;
use outlay::billing::CostKind;
use outlay::catalog::Catalog;
use outlay::request::{Request, prompt_tokens};
use outlay::workload::{CallSpec, Workload};

use crate::support::request;

/// What a call of a request bills as written to the cache, for the usual and for the longer lifetime.
fn written(request: &Request, model: &str, spec: CallSpec) -> (u64, u64) {
    let (catalog, day) = (Catalog::embedded(), date(2026, 11, 20));
    let model = catalog.resolve(model, day).unwrap();
    let quote = Workload::new(model, day).prompt(request).unwrap().call(spec).quote().unwrap();
    let usage = quote.prompt_usage().unwrap();
    assert_eq!(usage.prompt(), quote.prompt.tokens);
    let lines = quote.estimate.unwrap().lines;
    let billed = |kind| {
        let line = lines.iter().find(|line| line.kind == kind);
        line.map_or(0, |line| line.tokens.get())
    };
    assert_eq!(billed(CostKind::CacheWrite), usage.written().get());
    (billed(CostKind::CacheWrite), billed(CostKind::CacheWriteExtended))
}

#[test]
fn marked_prefixes_are_billed_as_written_unless_they_are_read() {
    let long = "A rule of the house. ".repeat(600);
    let mark = r#""cache_control": {"type": "ephemeral"}"#;
    let hour = r#""cache_control": {"type": "ephemeral", "ttl": "1h"}"#;
    let body = |system: &str, more: &str| {
        let text = format!(
            r#"{{"model": "claude-sonnet-4-5", "max_tokens": 900,
                "system": [{{"type": "text", "text": "{long}"{system}}}],
                "messages": [{{"role": "user", "content": "Which rule?"}}]{more}}}"#
        );
        request(&text)
    };
    let none = || CallSpec::default();
    let model = "claude-sonnet-4-5";
    let whole = {
        let catalog = Catalog::embedded();
        let counting = &catalog.get(model).unwrap().counting;
        prompt_tokens(&body("", ""), counting).unwrap().prompt_tokens().get()
    };
    assert_eq!(written(&body("", ""), model, none()), (0, 0));
    // The system text and the frame are marked, the question is not.
    let (usual, longer) = written(&body(&format!(", {mark}"), ""), model, none());
    assert!(usual > 2_000 && usual < whole && whole - usual < 10, "{usual} of {whole}");
    assert_eq!(longer, 0);
    assert_eq!(written(&body(&format!(", {hour}"), ""), model, none()), (0, usual));
    assert_eq!(written(&body("", &format!(", {mark}")), model, none()), (whole, 0));
    // What is read from the cache is not written again.
    let read = CallSpec { cached: Some("1000".parse().unwrap()), ..CallSpec::default() };
    let marked = body(&format!(", {mark}"), "");
    assert_eq!(written(&marked, model, read), (usual - 1_000, 0));
    // A prefix below the least that is cached costs the input rate.
    let short = format!(
        r#"{{"model": "{model}", "max_tokens": 9, "messages": [{{"role": "user",
            "content": [{{"type": "text", "text": "Hi", {mark}}}]}}]}}"#
    );
    assert_eq!(written(&request(&short), model, none()), (0, 0));
    // A mark in a later message covers what is before it; Converse writes the same with a block of its own.
    let converse = format!(
        r#"{{"modelId": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "system": [{{"text": "{long}"}}, {{"cachePoint": {{"type": "default"}}}}],
            "messages": [{{"role": "user", "content": [{{"text": "Which rule?"}}]}}]}}"#
    );
    assert_eq!(written(&request(&converse), model, none()), (usual, 0));
}

#[test]
fn a_provider_that_charges_for_caching_unasked_bills_every_long_prompt_as_written() {
    let body = |words: usize, more: &str| {
        let text = "word ".repeat(words);
        request(&format!(r#"{{"messages": [{{"role": "user", "content": "{text}"}}]{more}}}"#))
    };
    let none = || CallSpec::default();
    assert_eq!(written(&body(200, ""), "gpt-5.6-sol", none()), (0, 0));
    let (whole, longer) = written(&body(2_000, ""), "gpt-5.6-sol", none());
    assert!(whole > 2_000 && longer == 0, "{whole}");
    let kept = r#", "prompt_cache_options": {"ttl": "12h"}"#;
    assert_eq!(written(&body(2_000, kept), "gpt-5.6-sol", none()), (0, whole));
    // Where writing costs the input rate it is not told apart.
    assert_eq!(written(&body(2_000, ""), "gpt-5.2", none()), (0, 0));
}
