//! Parameters of a model in prompt files, under the names of each tool.

use outlay::request::ThinkingSetting;
use outlay::units::Tokens;

use crate::support::request;

/// Parameters that makers and tools have besides those that cost; near ones among them are told apart.
#[test]
fn parameters_of_other_tools_are_no_misspellings() {
    const OTHERS: &str = "apiHost betas cache callbacks context_window effortLevel extra_body functionCallingConfig \
        function_call generationConfig guardrailIdentifier headers include_thoughts logit_bias maxRetries max_concurrency \
        max_input_tokens max_iterations max_retries max_total_tokens max_turns metadata min_tokens mode \
        model_kwargs model_provider model_type num_ctx organization parallel_tool_calls passthrough performanceConfig \
        reasoning_format reasoning_summary region request_timeout responseMimeType response_type safetySettings seed \
        showThinking stop_sequences streaming temperature think toolConfig tool_choice tool_resources top_k \
        top_p truncation user verbosity webSearch";
    // Names that are known too, with a value that is in no figure.
    const COSTLY: [(&str, &str); 3] = [
        ("audio", "answers in sound have rates of their own"),
        ("modalities", "it asks for more than text, which has rates of its own"),
        ("service_tier", "x is not known; they are of the standard tier"),
    ];
    let warnings = |name: &str| {
        let file = format!(
            r#"{{"type": "text", "prompt": "Hello.", "labels": [], "config": {{"model": "gpt-4o", "{name}": "x"}}}}"#
        );
        request(&file).warnings
    };
    for name in OTHERS.split_whitespace() {
        assert_eq!(warnings(name), [""; 0], "{name}");
    }
    for (name, why) in COSTLY {
        assert_eq!(warnings(name), [format!("`{name}` is not in the figures: {why}")]);
    }
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
