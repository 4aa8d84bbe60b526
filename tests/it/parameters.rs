//! Parameters of a model in prompt files, under the names of each tool.

use outlay::catalog::Tier;
use outlay::request::{Request, ThinkingSetting};
use outlay::units::Tokens;

use crate::support::request;

/// Parameters that makers and tools have besides those that cost; near ones among them are told apart.
#[test]
fn parameters_of_other_tools_are_no_misspellings() {
    const OTHERS: &str = "apiHost betas cache callbacks context_window effortLevel functionCallingConfig \
        function_call headers include_thoughts logit_bias maxRetries max_concurrency \
        max_input_tokens max_iterations max_retries max_total_tokens max_turns metadata min_tokens mode \
        model_provider model_type num_ctx organization parallel_tool_calls \
        reasoning_format reasoning_summary region request_timeout responseMimeType response_type safetySettings seed \
        showThinking stop_sequences streaming temperature think toolConfig tool_choice tool_resources top_k \
        top_p truncation user verbosity";
    for name in OTHERS.split_whitespace() {
        assert_eq!(with_parameter(name, "\"x\"").warnings, [""; 0], "{name}");
    }
}

/// A prompt of Langfuse's with a parameter.
fn with_parameter(name: &str, value: &str) -> Request {
    request(&format!(
        r#"{{"type": "text", "prompt": "Hello.", "labels": [], "config": {{"model": "gpt-4o", "{name}": {value}}}}}"#
    ))
}

#[test]
fn parameters_that_cost_what_no_figure_has_are_named() {
    for (name, value, why) in [
        ("audio", r#"{"voice": "x"}"#, "answers in sound have rates of their own"),
        (
            "modalities",
            r#"["text", "audio"]"#,
            "it asks for more than text, which has rates of its own",
        ),
        ("modalities", r#""audio""#, "it asks for more than text, which has rates of its own"),
        ("service_tier", "3", "3 is not known; they are of the standard tier"),
        ("speed", r#""turbo""#, "turbo is not known; they are of the standard tier"),
        ("model_kwargs", r#""x""#, "it is no object of parameters"),
        ("service_tier", r#""x""#, "x is not known; they are of the standard tier"),
        ("web_search_options", "{}", "searches have a fee, and what they find is input"),
        ("googleSearchRetrieval", "{}", "searches have a fee, and what they find is input"),
        ("webSearch", "true", "searches have a fee, and what they find is input"),
        ("code_execution", "true", "what the code prints is input"),
        ("mcp_servers", r#"[{"url": "x"}]"#, "the tools of the servers are part of the prompt"),
        ("inference_geo", r#""us""#, "us costs 1.1 times as much on models from 4.6 on"),
        ("speechConfig", r#"{"voice": "x"}"#, "answers in sound have rates of their own"),
        ("guardrailIdentifier", r#""x""#, "guardrails have fees of their own"),
        (
            "performanceConfig",
            r#"{"latency": "optimized"}"#,
            "optimised latency has rates of its own",
        ),
    ] {
        let told = [format!("`{name}` is not in the figures: {why}")];
        let request = with_parameter(name, value);
        assert_eq!(request.warnings, told);
        assert_eq!(request.unread.len(), 1, "{name}");
        // What a tool hands on is read in the same way.
        for key in ["extra_body", "generationConfig", "model_kwargs"] {
            let inside = with_parameter(key, &format!(r#"{{"{name}": {value}}}"#));
            assert_eq!(inside.warnings, told, "{key}");
        }
        let of_maker = format!(r#"{{"openai": {{"{name}": {value}}}}}"#);
        assert_eq!(with_parameter("providerOptions", &of_maker).warnings, told);
    }
    for (name, value) in [
        ("web_search_options", "null"),
        ("webSearch", "false"),
        ("mcp_servers", "[]"),
        ("modalities", r#"["text"]"#),
        ("responseModalities", r#""TEXT""#),
        ("inference_geo", r#""global""#),
        ("performanceConfig", r#"{"latency": "standard"}"#),
        ("search_parameters", r#"{"mode": "off"}"#),
        ("best_of", "1"),
        ("speed", "1.2"),
    ] {
        assert_eq!(with_parameter(name, value).warnings, [""; 0], "{name}");
    }
    let settings = with_parameter("speed", r#""fast""#).settings;
    assert_eq!(settings.tier, Some(Tier::Priority));
    let settings = with_parameter("extra_body", r#"{"max_tokens": 70}"#).settings;
    assert_eq!(settings.cap, Some(Tokens::new(70)));
}

#[test]
fn parameters_are_read_under_the_names_of_each_tool() {
    let settings = |parameters: &str| {
        let file = format!(
            r#"{{"type": "text", "prompt": "Hello.", "labels": [], "config": {{"model": "m", {parameters}}}}}"#
        );
        request(&file).settings
    };
    for name in
        ["max_tokens", "maxOutputTokens", "max_new_tokens", "maxTokensToSample", "max_gen_len"]
    {
        assert_eq!(settings(&format!("\"{name}\": 90")).cap, Some(Tokens::new(90)), "{name}");
    }
    for budget in [
        r#""thinking": {"type": "enabled", "budget_tokens": 2000}"#,
        r#""thinkingConfig": {"thinkingBudget": 2000}"#,
        r#""thinking_budget": 2000"#,
        r#""max_thinking_tokens": 2000"#,
    ] {
        let wanted = Some(ThinkingSetting::Budget(Tokens::new(2_000)));
        assert_eq!(settings(budget).thinking, wanted, "{budget}");
    }
    assert_eq!(
        settings(r#""thinkingConfig": {"thinkingLevel": "HIGH"}"#).effort.as_deref(),
        Some("high")
    );
    assert_eq!(settings(r#""reasoning": {"effort": "low"}"#).effort.as_deref(), Some("low"));
    assert_eq!(settings(r#""candidates": 3"#).choices, 3);
}

#[test]
fn tools_and_schemas_among_parameters_are_counted_or_named() {
    let read = |parameters: &str| {
        request(&format!(
            r#"{{"type": "text", "prompt": "Hello.", "labels": [], "config": {{{parameters}}}}}"#
        ))
    };
    let function = r#"{"name": "f", "description": "Finds it", "parameters": {"type": "object"}}"#;
    for tools in [
        format!(r#""tools": [{{"type": "function", "function": {function}}}]"#),
        format!(r#""tools": [{}]"#, function.replace("parameters", "input_schema")),
        format!(r#""functions": [{function}]"#),
    ] {
        let request = read(&tools);
        assert_eq!((request.functions.len(), request.warnings.len()), (1, 0), "{tools}");
        assert!(request.functions[0].parameters.is_some(), "{tools}");
    }
    let schema = r#"{"type": "object"}"#;
    for format in [
        format!(
            r#""response_format": {{"type": "json_schema", "json_schema": {{"name": "a", "schema": {schema}}}}}"#
        ),
        format!(r#""responseSchema": {schema}"#),
    ] {
        assert!(read(&format).response_schema.is_some(), "{format}");
    }
    for plain in [r#"{"type": "json_object"}"#, r#""text""#] {
        assert_eq!(read(&format!("\"response_format\": {plain}")).warnings, [""; 0], "{plain}");
    }
    for elsewhere in [
        r#""tools": "file://tools.json""#,
        r#""tools": [{"functionDeclarations": [{"name": "f"}]}]"#,
        r#""response_format": "file://schema.json""#,
        r#""responseSchema": "file://schema.json""#,
        r#""systemInstruction": "Be brief.""#,
        r#""system": "Be brief.""#,
    ] {
        assert_eq!(read(elsewhere).warnings.len(), 1, "{elsewhere}");
    }
}
