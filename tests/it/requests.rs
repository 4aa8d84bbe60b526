//! Requests of every maker, by shape: what is read, what is counted, and what is said about the rest.

use jiff::civil::date;
use outlay::billing::CostKind;
use outlay::catalog::{Catalog, Fidelity, Tier};
use outlay::request::{
    FileHint, InputFormat, MediaKind, Origin, Part, Request, RequestDocument, Role,
    ThinkingSetting, ToolChoice, known_prompt_tokens, prompt_tokens, read,
};
use outlay::tokenizer::Encoding;
use outlay::units::Tokens;
use outlay::workload::{CallSpec, Workload};
use outlay::{Error, ErrorKind};
use serde_json::json;

pub(crate) fn document<'a>(text: &'a str, name: &'a str) -> RequestDocument<'a> {
    read(text, FileHint::Name(name), None).unwrap()
}

pub(crate) fn request(text: &str) -> Request {
    named(text, "request.json")
}

pub(crate) fn named(text: &str, name: &str) -> Request {
    let mut entries = document(text, name).entries;
    assert_eq!(entries.len(), 1, "{text}");
    entries.remove(0).request.unwrap()
}

pub(crate) fn refused(text: &str) -> Error {
    match read(text, FileHint::Name("request.json"), None) {
        Ok(mut document) => document.entries.remove(0).request.unwrap_err(),
        Err(error) => error,
    }
}

/// Tokens of a text alone.
pub(crate) fn alone(text: &str) -> u64 {
    Encoding::O200kBase.count(text).get()
}

fn part(request: &Request, part: &str) -> Option<u64> {
    let catalog = Catalog::embedded();
    let counting = &catalog.get("gpt-4o").unwrap().counting;
    let count = known_prompt_tokens(request, counting);
    assert_eq!(count.fidelity, Fidelity::Estimate);
    let found = count.parts.iter().filter(|known| known.part == part);
    let tokens: Vec<u64> = found.map(|part| part.tokens.get()).collect();
    (!tokens.is_empty()).then(|| tokens.iter().sum())
}

const SYSTEM: &str = "You answer in one short sentence.";
const USER: &str = "What is the weather in Lyon?";

#[test]
fn every_api_is_recognised_by_its_shape() {
    let conversation = r#""messages": [{"role": "user", "content": "Hi"}]"#;
    let parts = r#""contents": [{"role": "user", "parts": [{"text": "Hi"}]}]"#;
    for (body, origin) in [
        (format!("{{{conversation}}}"), Origin::Chat),
        (format!(r#"{{"model": "anthropic/claude-opus-5", {conversation}}}"#), Origin::Chat),
        (format!(r#"{{"model": "claude-opus-5", "max_tokens": 9, {conversation}}}"#), Origin::Anthropic),
        (format!(r#"{{"system": "Hm", "max_tokens": 9, {conversation}}}"#), Origin::Anthropic),
        (
            format!(r#"{{"tools": [{{"name": "f", "input_schema": {{}}}}], {conversation}}}"#),
            Origin::Anthropic,
        ),
        (
            format!(r#"{{"tools": [{{"type": "bash_20250124", "name": "bash"}}], {conversation}}}"#),
            Origin::Anthropic,
        ),
        (
            format!(r#"{{"anthropic_version": "bedrock-2023-05-31", {conversation}}}"#),
            Origin::Anthropic,
        ),
        (
            r#"{"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]}]}"#.into(),
            Origin::Anthropic,
        ),
        (format!(r#"{{"inferenceConfig": {{"maxTokens": 9}}, {conversation}}}"#).replace("\"Hi\"", "[{\"text\": \"Hi\"}]"), Origin::Converse),
        (r#"{"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}"#.into(), Origin::Converse),
        (r#"{"input": "Hi"}"#.into(), Origin::Responses),
        (r#"{"input": "Hi", "generation_config": {"thinking_level": "low"}}"#.into(), Origin::Interactions),
        (format!("{{{parts}}}"), Origin::Gemini),
        (r#"{"contents": "Hi", "config": {"maxOutputTokens": 9}}"#.into(), Origin::Gemini),
        (r#"{"prompt": "Hi", "max_gen_len": 100}"#.into(), Origin::InvokeModel),
        (r#"{"inputText": "Hi", "textGenerationConfig": {"maxTokenCount": 9}}"#.into(), Origin::InvokeModel),
        (r#"{"tools": [{"name": "f", "inputSchema": {"type": "object"}}]}"#.into(), Origin::Mcp),
        (r#"{"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "f"}]}}"#.into(), Origin::Mcp),
        (r#"[{"role": "user", "parts": [{"text": "Hi"}]}]"#.into(), Origin::Gemini),
        (r#"[{"role": "user", "content": "Hi"}]"#.into(), Origin::Chat),
    ] {
        assert_eq!(request(&body).origin, origin, "{body}");
    }
}

#[test]
fn text_beside_the_messages_is_counted() {
    for (body, place) in [
        (
            format!(
                r#"{{"max_tokens": 9, "system": "{SYSTEM}", "messages": [{{"role": "user", "content": "{USER}"}}]}}"#
            ),
            "system",
        ),
        (
            format!(
                r#"{{"max_tokens": 9, "system": [{{"type": "text", "text": "{SYSTEM}", "cache_control": {{"type": "ephemeral", "ttl": "1h"}}}}], "messages": [{{"role": "user", "content": "{USER}"}}]}}"#
            ),
            "system",
        ),
        (
            format!(
                r#"{{"system": [{{"text": "{SYSTEM}"}}], "messages": [{{"role": "user", "content": [{{"text": "{USER}"}}]}}]}}"#
            ),
            "system",
        ),
        (
            format!(
                r#"{{"systemInstruction": {{"parts": [{{"text": "{SYSTEM}"}}]}}, "contents": [{{"parts": [{{"text": "{USER}"}}]}}]}}"#
            ),
            "systemInstruction",
        ),
        (
            format!(
                r#"{{"system_instruction": "{SYSTEM}", "contents": {{"parts": {{"text": "{USER}"}}}}}}"#
            ),
            "systemInstruction",
        ),
        (
            format!(r#"{{"config": {{"system_instruction": "{SYSTEM}"}}, "contents": "{USER}"}}"#),
            "systemInstruction",
        ),
        (format!(r#"{{"instructions": "{SYSTEM}", "input": "{USER}"}}"#), "instructions"),
    ] {
        let request = request(&body);
        assert_eq!(part(&request, place), Some(alone(SYSTEM)), "{body}");
        assert_eq!(request.messages.len(), 2, "{body}");
        assert!(request.warnings.is_empty(), "{:?}", request.warnings);
        // Places lead to the text in the file.
        if let Some(span) = &request.messages[1].span {
            assert!(body[span.text.clone()].contains(USER), "{body}");
        }
    }
}

#[test]
fn tools_and_their_turns_are_counted_in_every_form() {
    let schema =
        r#"{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}"#;
    let user = r#"{"role": "user", "content": "Hi"}"#;
    let mut sizes = Vec::new();
    for body in [
        format!(
            r#"{{"messages": [{user}], "tools": [{{"type": "function", "function": {{"name": "weather", "description": "Get it", "parameters": {schema}}}}}]}}"#
        ),
        format!(
            r#"{{"input": "Hi", "tools": [{{"type": "function", "name": "weather", "description": "Get it", "parameters": {schema}}}]}}"#
        ),
        format!(
            r#"{{"messages": [{user}], "tools": [{{"name": "weather", "description": "Get it", "input_schema": {schema}}}]}}"#
        ),
        format!(
            r#"{{"contents": [{{"parts": [{{"text": "Hi"}}]}}], "tools": [{{"functionDeclarations": [{{"name": "weather", "description": "Get it", "parameters": {schema}}}]}}]}}"#
        ),
        format!(
            r#"{{"messages": [{{"role": "user", "content": [{{"text": "Hi"}}]}}], "toolConfig": {{"tools": [{{"toolSpec": {{"name": "weather", "description": "Get it", "inputSchema": {{"json": {schema}}}}}}}]}}}}"#
        ),
        format!(
            r#"{{"tools": [{{"name": "weather", "description": "Get it", "inputSchema": {schema}}}]}}"#
        ),
    ] {
        sizes.push(part(&request(&body), "tools").unwrap());
    }
    assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "{sizes:?}");

    for body in [
        r#"{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "weather", "input": { "city": "Lyon" }}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": "Rain"}]}]}]}"#,
        r#"{"messages": [{"role": "user", "content": [{"text": "Hi"}]}, {"role": "assistant", "content": [{"toolUse": {"toolUseId": "1", "name": "weather", "input": {"city": "Lyon"}}}]}, {"role": "user", "content": [{"toolResult": {"toolUseId": "1", "content": [{"text": "Rain"}]}}]}]}"#,
        r#"{"input": [{"role": "user", "content": "Hi"}, {"type": "function_call", "call_id": "1", "name": "weather", "arguments": "{\"city\":\"Lyon\"}"}, {"type": "function_call_output", "call_id": "1", "output": "Rain"}]}"#,
    ] {
        let request = request(body);
        let call = &request.messages[1].tool_calls[0];
        assert_eq!(
            (call.name.as_str(), call.arguments.as_str()),
            ("weather", r#"{"city":"Lyon"}"#)
        );
        assert_eq!(request.messages[2].role, Role::Tool, "{body}");
        assert_eq!(request.messages.len(), 3);
    }
}

#[test]
fn settings_reach_the_request_by_the_names_of_each_api() {
    let user = r#""messages": [{"role": "user", "content": "Hi"}]"#;
    let claude = request(&format!(
        r#"{{"model": "claude-opus-4-5", "max_tokens": 32000, "thinking": {{"type": "enabled", "budget_tokens": 16000}},
            "output_config": {{"effort": "low"}}, "tool_choice": {{"type": "any"}}, "speed": "fast", {user}}}"#
    ));
    assert_eq!(
        (claude.settings.cap, claude.settings.cap_field),
        (Some(Tokens::new(32_000)), Some("max_tokens"))
    );
    assert_eq!(claude.settings.thinking, Some(ThinkingSetting::Budget(Tokens::new(16_000))));
    assert_eq!(
        (claude.settings.effort.as_deref(), claude.settings.tier),
        (Some("low"), Some(Tier::Priority))
    );
    assert_eq!(claude.settings.tool_choice, Some(ToolChoice::Any));

    let gemini = request(
        r#"{"contents": [{"parts": [{"text": "Hi"}]}], "serviceTier": "flex", "generationConfig":
            {"maxOutputTokens": 100, "candidateCount": 2, "thinkingConfig": {"thinkingBudget": 0, "thinkingLevel": "HIGH"}}}"#,
    );
    assert_eq!((gemini.settings.cap_field, gemini.settings.choices), (Some("maxOutputTokens"), 2));
    assert_eq!(
        (gemini.settings.thinking, gemini.settings.effort.as_deref()),
        (Some(ThinkingSetting::Off), Some("high"))
    );
    assert_eq!(gemini.settings.tier, Some(Tier::Flex));

    let converse = request(
        r#"{"modelId": "m", "messages": [{"role": "user", "content": [{"text": "Hi"}, {"cachePoint": {"type": "default"}}]}],
            "inferenceConfig": {"maxTokens": 50}, "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2000}}}"#,
    );
    assert_eq!(
        (converse.settings.model.as_deref(), converse.settings.cap_field),
        (Some("m"), Some("maxTokens"))
    );
    assert_eq!(converse.settings.cache_marks.len(), 1);
    assert_eq!(converse.settings.thinking, Some(ThinkingSetting::Budget(Tokens::new(2_000))));

    for (more, effort, thinking) in [
        (r#""reasoning_effort": "none""#, Some("none"), None),
        (r#""reasoning": {"effort": "high"}"#, Some("high"), None),
        (r#""reasoning": {"enabled": false}"#, None, Some(ThinkingSetting::Off)),
        (r#""thinking": {"type": "disabled"}"#, None, Some(ThinkingSetting::Off)),
        (r#""enable_thinking": true"#, None, Some(ThinkingSetting::Adaptive)),
    ] {
        let request = request(&format!("{{{user}, {more}}}"));
        assert_eq!(
            (request.settings.effort.as_deref(), request.settings.thinking),
            (effort, thinking),
            "{more}"
        );
        assert!(request.warnings.is_empty(), "{:?}", request.warnings);
    }
}

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

#[test]
fn what_carries_tokens_or_money_and_is_not_counted_is_named() {
    let user = r#""messages": [{"role": "user", "content": "Hi"}]"#;
    for (body, named) in [
        (format!(r#"{{{user}, "prediction": {{"type": "content"}}}}"#), "prediction"),
        // Without keys it asks for searches as they usually are.
        (format!(r#"{{{user}, "web_search_options": {{}}}}"#), "web_search_options"),
        (format!(r#"{{{user}, "something_new": 1}}"#), "something_new"),
        (format!(r#"{{{user}, "modalities": ["text", "audio"]}}"#), "modalities"),
        (format!(r#"{{"model": "claude-opus-5", {user}, "mcp_servers": [{{"url": "x"}}]}}"#), "mcp_servers"),
        (format!(r#"{{"model": "claude-opus-5", {user}, "inference_geo": "us"}}"#), "inference_geo"),
        (r#"{"contents": [{"parts": [{"text": "Hi"}]}], "tools": [{"googleSearch": {"a": 1}}]}"#.to_owned(), "googleSearch"),
        (r#"{"input": "Hi", "context_management": [1]}"#.to_owned(), "context_management"),
        (r#"{"modelId": "m", "messages": [{"role": "user", "content": [{"text": "Hi"}]}], "guardrailConfig": {"a": 1}}"#.to_owned(), "guardrailConfig"),
    ] {
        let warnings = request(&body).warnings;
        assert!(warnings.iter().any(|warning| warning.contains(named)), "{body}\n{warnings:?}");
    }
    // What asks for nothing is no reason for a word.
    let quiet = format!(r#"{{{user}, "prediction": null, "logit_bias": {{}}, "store": true}}"#);
    assert!(request(&quiet).warnings.is_empty());
}

#[test]
fn a_part_is_of_the_kind_that_its_name_says() {
    use MediaKind::{Audio, Document, Image, Video};
    let kind = |part: &str| {
        let body = format!(r#"{{"messages": [{{"role": "user", "content": [{part}]}}]}}"#);
        match request(&body).messages[0].content.first() {
            Some(Part::Media(media)) => media.kind,
            other => panic!("{part}: {other:?}"),
        }
    };
    for (name, of) in [
        ("image_url", Image),
        ("input_image", Image),
        ("input_audio", Audio),
        ("audio", Audio),
        ("audio_url", Audio),
        ("video_url", Video),
        ("input_video", Video),
        ("file", Document),
        ("document_url", Document),
    ] {
        assert_eq!(
            kind(&format!(r#"{{"type": "{name}", "{name}": {{"url": "x"}}}}"#)),
            of,
            "{name}"
        );
    }
    // Bedrock's Converse names the kind in a key.
    for (name, of) in [("image", Image), ("audio", Audio), ("video", Video), ("document", Document)]
    {
        let source = r#"{"format": "x", "name": "x", "source": {"s3Location": {"uri": "s3://x"}}}"#;
        assert_eq!(kind(&format!(r#"{{"{name}": {source}}}"#)), of, "{name}");
    }
}

#[test]
fn a_part_that_cannot_be_counted_is_an_error_of_that_part_only() {
    let catalog = Catalog::embedded();
    let counting = &catalog.get("gpt-4o").unwrap().counting;
    for (body, named) in [
        (r#"{"input": "Hi", "previous_response_id": "resp_1"}"#, "previous_response_id"),
        (r#"{"input": "Hi", "prompt": {"id": "pmpt_1"}}"#, "`prompt`"),
        (
            r#"{"input": [{"role": "user", "content": "Hi"}, {"type": "item_reference", "id": "x"}]}"#,
            "item_reference",
        ),
        (r#"{"input": "Hi", "tools": [{"type": "web_search"}]}"#, "web_search"),
        (
            r#"{"contents": [{"parts": [{"text": "Hi"}]}], "cachedContent": "cachedContents/1"}"#,
            "cachedContent",
        ),
        (
            r#"{"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "input_audio", "input_audio": {"data": "AAAA"}}]}]}"#,
            "input_audio",
        ),
        (
            r#"{"model": "claude-opus-5", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": [{"type": "redacted_thinking", "data": "x"}]}]}"#,
            "redacted_thinking",
        ),
    ] {
        let request = request(body);
        let error = prompt_tokens(&request, counting).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Uncountable, "{body}");
        assert!(error.message().contains(named) && error.position().is_some(), "{error}");
        assert!(error.hint_text().unwrap().contains("--skip-uncountable"));
        let rest = known_prompt_tokens(&request, counting);
        assert_eq!((rest.left_out.len(), rest.fidelity), (1, Fidelity::Estimate), "{body}");
        assert!(rest.prompt_tokens() >= Tokens::new(8), "{body}");
    }
}

#[test]
fn bodies_that_mix_makers_or_are_of_none_are_refused_by_name() {
    for (body, named) in [
        (r#"{"messages": [{"role": "user", "content": "Hi"}], "contents": []}"#, "contents"),
        (r#"{"messages": [{"role": "user", "content": "Hi"}], "input": "Hi"}"#, "input"),
        (
            r#"{"system": "x", "messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function", "function": {"name": "f"}}]}"#,
            "`system` is Anthropic's",
        ),
        (r#"{"message": "Hi", "chat_history": []}"#, "Cohere"),
        (
            r#"{"messages": [{"role": "user", "content": "Hi"}], "options": {"num_predict": 9}}"#,
            "Ollama",
        ),
        (r#"{"jsonrpc": "2.0", "method": "tools/list"}"#, "MCP"),
    ] {
        let error = refused(body);
        assert!(error.message().contains(named), "{error}");
        assert!(error.hint_text().is_some_and(|hint| !hint.is_empty()), "{error}");
    }
    // The user decides what it is all the same.
    let both = r#"{"messages": [{"role": "user", "content": "Hi"}], "input": "Hi"}"#;
    let format = Some(InputFormat::Of(Origin::Chat));
    let entries = read(both, FileHint::Nothing, format).unwrap().entries;
    let request = entries[0].request.as_ref().unwrap();
    assert_eq!(request.origin, Origin::Chat);
    assert!(request.warnings.iter().any(|warning| warning.contains("`input`")));
}

#[test]
fn what_fits_no_format_is_read_as_text_said_and_never_exact() {
    let catalog = Catalog::embedded();
    let counting = &catalog.get("o1-mini").unwrap().counting;
    for (text, name) in [
        (r#"{"theme": "dark"}"#, "settings.json"),
        ("key: value\n", "settings.yaml"),
        ("a,b\n1,2\n", "table.csv"),
        ("---\nname: helper\n---\nAnswer.\n", "helper.md"),
    ] {
        let document = document(text, name);
        assert!(document.note.unwrap().contains("read as plain text"), "{name}");
        let count = prompt_tokens(document.entries[0].request.as_ref().unwrap(), counting).unwrap();
        assert_eq!(count.fidelity, Fidelity::Estimate, "{name}");
        let text = read(text, FileHint::Name(name), Some(InputFormat::Text)).unwrap();
        let count = prompt_tokens(text.entries[0].request.as_ref().unwrap(), counting).unwrap();
        assert_eq!(count.fidelity, Fidelity::Exact, "{name}");
    }
    let rows = "{\"prompt\": \"Name a tree.\", \"answer\": \"Oak\"}\n{\"prompt\": \"x\", \"answer\": \"y\"}\n";
    let mut rows = read(rows, FileHint::Name("rows.jsonl"), None).unwrap();
    let row = rows.entries.remove(0).request.unwrap_err();
    assert!(row.hint_text().unwrap().contains("--rows"), "{row:?}");
}

/// A body of each API with every kind of object that it has.
fn bodies() -> Vec<serde_json::Value> {
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    vec![
        json!({"model": "m", "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "x"}}]},
            {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "w", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "1", "content": "Rain"}],
            "tools": [{"type": "function", "function": {"name": "w", "description": "d", "parameters": schema}}],
            "reasoning": {"effort": "low"}, "thinking": {"type": "enabled"},
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}}),
        json!({"model": "m", "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
            {"type": "function_call", "call_id": "1", "name": "w", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "1", "output": "Rain"}],
            "tools": [{"type": "function", "name": "w", "description": "d", "parameters": schema}],
            "reasoning": {"effort": "low"}}),
        json!({"model": "m", "max_tokens": 9, "system": [{"type": "text", "text": "Be brief."}], "messages": [
            {"role": "user", "content": [{"type": "document", "source": {"type": "text", "data": "abc"}}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "w", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": "Rain"}]}]}],
            "tools": [{"name": "w", "description": "d", "input_schema": schema}],
            "thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}),
        json!({"systemInstruction": {"parts": [{"text": "Be brief."}]}, "contents": [
            {"role": "user", "parts": [{"text": "Hi"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "w", "args": {}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "w", "response": {}}}]}],
            "tools": [{"functionDeclarations": [{"name": "w", "description": "d", "parameters": schema}]}],
            "generationConfig": {"maxOutputTokens": 9, "thinkingConfig": {"thinkingBudget": 512}}}),
        json!({"system": [{"text": "Be brief."}], "messages": [
            {"role": "user", "content": [{"text": "Hi"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "1", "name": "w", "input": {}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "1", "content": [{"text": "Rain"}]}}]}],
            "toolConfig": {"tools": [{"toolSpec": {"name": "w", "description": "d", "inputSchema": {"json": schema}}}]},
            "inferenceConfig": {"maxTokens": 9},
            "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2000}}}),
        json!({"model": "m", "input": {"messages": [{"role": "user", "content": "Hi"}]}, "parameters": {"max_tokens": 9}}),
        json!({"model": "m", "input": [{"type": "text", "text": "Hi"}], "generation_config": {"thinking_level": "low"}}),
    ]
}

/// The places of all objects in a value whose keys an API gives a meaning.
fn objects(value: &serde_json::Value, place: &str, found: &mut Vec<String>) {
    const ANY_KEY: [&str; 8] = [
        "parameters",
        "schema",
        "input_schema",
        "inputSchema",
        "args",
        "response",
        "arguments",
        "json_schema",
    ];
    match value {
        serde_json::Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                objects(item, &format!("{place}/{i}"), found);
            }
        }
        serde_json::Value::Object(fields) => {
            found.push(place.to_owned());
            for (key, inside) in fields {
                // The input of a tool has the keys of the tool; the top of DashScope's form has parameters.
                let free = ANY_KEY.contains(&key.as_str()) && !place.is_empty()
                    || key == "input" && place.contains('/');
                if !free {
                    objects(inside, &format!("{place}/{key}"), found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn text_that_no_reader_knows_is_named_at_every_depth() {
    let text = "Text that the API may count, and no reader knows.";
    let mut tried = 0;
    for body in bodies() {
        assert_eq!(request(&body.to_string()).warnings, [""; 0], "{body}");
        let mut places = Vec::new();
        objects(&body, "", &mut places);
        for place in places {
            let mut other = body.clone();
            other.pointer_mut(&place).unwrap()["novel"] = json!(text);
            let request = request(&other.to_string());
            let told = |said: &[String]| said.iter().any(|sentence| sentence.contains("`novel`"));
            assert!(told(&request.warnings) && told(&request.doubts), "{place} of {other}");
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn what_is_known_to_cost_or_not_to_be_understood_is_named() {
    let chat = r#""messages": [{"role": "user", "content": "Hi"}]"#;
    let responses = r#""input": "Hi", "instructions": "Be brief.""#;
    let anthropic =
        r#""max_tokens": 9, "system": "x", "messages": [{"role": "user", "content": "Hi"}]"#;
    let gemini = r#""contents": [{"parts": [{"text": "Hi"}]}]"#;
    let converse = r#""messages": [{"role": "user", "content": [{"text": "Hi"}]}]"#;
    let interactions = r#""input": [{"type": "text", "text": "Hi"}], "generation_config": {}"#;
    let dashscope = |inside: &str| {
        format!(r#""model": "m", "input": {{{chat}}}, "parameters": {{"max_tokens": 9, {inside}}}"#)
    };
    let nested = dashscope(r#""enable_search": true"#);
    let nested_novel = dashscope(r#""novel": 1"#);
    for (base, key, value) in [
        (chat, "prediction", r#"{"type": "content", "content": "x"}"#),
        (chat, "best_of", "3"),
        (chat, "audio", r#"{"voice": "x"}"#),
        (chat, "web_search_options", r#"{"a": 1}"#),
        (chat, "search_parameters", r#"{"a": 1}"#),
        (chat, "enable_search", "true"),
        (chat, "search_options", r#"{"a": 1}"#),
        (chat, "agent_count", "4"),
        (chat, "plugins", r#"[{"id": "web"}]"#),
        (chat, "models", r#"["a", "b"]"#),
        (chat, "transforms", r#"["middle-out"]"#),
        (chat, "data_sources", r#"[{"type": "x"}]"#),
        (chat, "safe_prompt", "true"),
        (chat, "prompt_mode", r#""reasoning""#),
        (chat, "guardrails", r#"[{"a": 1}]"#),
        (chat, "translation_options", r#"{"a": 1}"#),
        (chat, "extra_body", r#"{"a": 1}"#),
        (chat, "modalities", r#"["text", "audio"]"#),
        (chat, "novel", "1"),
        (chat, "thinking", r#""on""#),
        (chat, "reasoning", r#""high""#),
        (chat, "thinking", r#"{"type": "deep"}"#),
        (chat, "novel", r#"1, "thinking": {"type": "enabled", "novel": 1}"#),
        (chat, "novel", r#"1, "reasoning": {"effort": "low", "novel": 1}"#),
        (responses, "context_management", r#"[{"type": "compaction"}]"#),
        (responses, "background_options", r#"{"a": 1}"#),
        (responses, "multi_agent", r#"{"a": 1}"#),
        (responses, "agent_count", "4"),
        (responses, "continuation_id", r#""x""#),
        (responses, "search_parameters", r#"{"a": 1}"#),
        (responses, "plugins", r#"[{"id": "web"}]"#),
        (responses, "models", r#"["a"]"#),
        (responses, "extra_body", r#"{"a": 1}"#),
        (responses, "reasoning.mode", "1"),
        (responses, "novel", "1"),
        (anthropic, "container", r#"{"skills": [1]}"#),
        (anthropic, "mcp_servers", r#"[{"url": "x"}]"#),
        (anthropic, "context_management", r#"{"edits": [1]}"#),
        (anthropic, "fallbacks", r#"[{"model": "x"}]"#),
        (anthropic, "inference_geo", r#""us""#),
        (anthropic, "speed", r#""slow""#),
        (anthropic, "service_tier", r#""gold""#),
        (anthropic, "task_budget", r#"1, "output_config": {"task_budget": {"total": 9}}"#),
        (anthropic, "novel", "1"),
        (
            gemini,
            "responseModalities",
            r#"1, "generationConfig": {"responseModalities": ["TEXT", "IMAGE"]}"#,
        ),
        (gemini, "speechConfig", r#"1, "generationConfig": {"speechConfig": {"a": 1}}"#),
        (gemini, "image_config", r#"1, "generationConfig": {"image_config": {"a": 1}}"#),
        (gemini, "novel", r#"1, "generationConfig": {"thinkingConfig": {"novel": 1}}"#),
        (gemini, "serviceTier", r#""gold""#),
        (gemini, "googleSearch", r#"1, "tools": [{"googleSearch": {}}]"#),
        (gemini, "novel", "1"),
        (converse, "guardrailConfig", r#"{"a": 1}"#),
        (converse, "performanceConfig", r#"{"latency": "optimized"}"#),
        (converse, "novel", "1"),
        (interactions, "agent_config", r#"{"a": 1}"#),
        (interactions, "response_format", r#"{"a": 1}"#),
        (interactions, "novel", "1"),
        (&nested, "enable_search", ""),
        (&nested_novel, "novel", ""),
    ] {
        let body = match (key, value) {
            (_, "") => format!("{{{base}}}"),
            ("reasoning.mode", _) => format!(r#"{{{base}, "reasoning": {{"mode": "pro"}}}}"#),
            // The key stands where the value says.
            (_, value) if value.starts_with("1, ") => format!("{{{base}, {}}}", &value[3..]),
            (key, value) => format!(r#"{{{base}, "{key}": {value}}}"#),
        };
        let request = request(&body);
        assert!(
            request.warnings.iter().any(|told| told.contains(key)),
            "{body}: {:?}",
            request.warnings
        );
    }
}

#[test]
fn a_switch_that_is_off_goes_before_a_budget() {
    let user = r#""messages": [{"role": "user", "content": "Hi"}]"#;
    let thinking = |more: &str| request(&format!("{{{user}, {more}}}")).settings.thinking;
    let budget = Some(ThinkingSetting::Budget(Tokens::new(900)));
    assert_eq!(thinking(r#""enable_thinking": true, "thinking_budget": 900"#), budget);
    assert_eq!(
        thinking(r#""enable_thinking": false, "thinking_budget": 900"#),
        Some(ThinkingSetting::Off)
    );
    assert_eq!(thinking(r#""reasoning": {"enabled": true, "max_tokens": 900}"#), budget);
    assert_eq!(
        thinking(r#""reasoning": {"enabled": false, "max_tokens": 900}"#),
        Some(ThinkingSetting::Off)
    );
}
