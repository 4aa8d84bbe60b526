//! What a request has and no reader knows, or nothing can count: it is named, never left out in silence.

use outlay::ErrorKind;
use outlay::catalog::{Catalog, Fidelity};
use outlay::request::{MediaKind, Part, known_prompt_tokens, prompt_tokens};
use outlay::units::Tokens;
use serde_json::json;

use crate::support::request;

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
    for quiet in [
        format!(r#"{{{user}, "prediction": null, "logit_bias": {{}}, "store": true, "modalities": ["text"]}}"#),
        format!(r#"{{{user}, "search_parameters": {{"mode": "off"}}, "best_of": 1, "agent_count": 1, "plugins": []}}"#),
        r#"{"modelId": "m", "messages": [{"role": "user", "content": [{"text": "Hi"}]}], "performanceConfig": {"latency": "standard"}}"#.to_owned(),
        r#"{"modelId": "m", "messages": [{"role": "user", "content": [{"text": "Hi"}]}], "performanceConfig": null}"#.to_owned(),
    ] {
        assert_eq!(request(&quiet).warnings, [""; 0], "{quiet}");
    }
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
        (chat, "modalities", r#""audio""#),
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
        (converse, "serviceTier", r#"{"type": "reserved"}"#),
        (interactions, "service_tier", r#""gold""#),
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
        (interactions, "response_modalities", r#"["image"]"#),
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
        // A budget of several calls is no cost of this one; of all else no gate may say that it fits.
        let bars = key != "task_budget";
        let key = key.replace("thinking", "thinking.type");
        let is_unread = request.unread.iter().any(|unread| key.starts_with(&unread.what));
        assert_eq!(is_unread, bars, "{body}: {:?}", request.unread);
    }
}
