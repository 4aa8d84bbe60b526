//! Requests of every maker, by shape: which API it is for, and what of it is counted.

use outlay::catalog::{Catalog, Fidelity, Tier};
use outlay::request::{
    FileHint, InputFormat, Origin, Request, Role, ThinkingSetting, ToolChoice, known_prompt_tokens,
    prompt_tokens, read,
};
use outlay::units::Tokens;

use crate::support::{alone, document, refused, request};

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

#[test]
fn a_tier_has_the_names_of_every_api() {
    let tier = |keys: &str| request(&format!("{{{keys}}}")).settings.tier;
    let chat = r#""messages": [{"role": "user", "content": "Hi"}]"#;
    let gemini = r#""contents": [{"parts": [{"text": "Hi"}]}]"#;
    for (base, name, wanted) in [
        (chat, r#""service_tier": "auto""#, None),
        (chat, r#""service_tier": "default""#, Some(Tier::Standard)),
        (chat, r#""service_tier": "on_demand""#, Some(Tier::Standard)),
        (chat, r#""service_tier": "flex""#, Some(Tier::Flex)),
        (
            chat,
            r#""max_tokens": 9, "system": "x", "service_tier": "standard_only""#,
            Some(Tier::Standard),
        ),
        (
            chat,
            r#""max_tokens": 9, "system": "x", "service_tier": "priority""#,
            Some(Tier::Priority),
        ),
        (gemini, r#""serviceTier": "SERVICE_TIER_FLEX""#, Some(Tier::Flex)),
        (gemini, r#""service_tier": "unspecified""#, None),
    ] {
        assert_eq!(tier(&format!("{base}, {name}")), wanted, "{name}");
    }
}
