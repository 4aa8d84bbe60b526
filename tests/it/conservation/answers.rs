//! Answers of the makers' APIs, as they come.

use super::forms::Call;

/// The usage of `OpenAI`'s Chat Completions.
pub(super) fn chat_usage(c: Call, more: &str) -> String {
    format!(
        r#"{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{}}},"completion_tokens_details":{{"reasoning_tokens":{}}}{more}}}"#,
        c.prompt(),
        c.output(),
        c.total(),
        c.cached,
        c.reasoning
    )
}

pub(super) fn chat(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-{:08x}","object":"chat.completion","created":1795000000,"model":"gpt-5","choices":[{{"finish_reason":"stop","message":{{"content":"a, \"b\""}}}}],"usage":{}}}"#,
        c.n,
        chat_usage(c, more)
    )
}

pub(super) fn chunk(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-{:08x}","object":"chat.completion.chunk","created":1795000000,"model":"gpt-5","choices":[],"usage":{}}}"#,
        c.n,
        chat_usage(c, more)
    )
}

pub(super) fn responses(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"resp_{:08x}","object":"response","status":"completed","created_at":1795000000,"model":"gpt-5.6-sol","output":[],"usage":{{"input_tokens":{},"input_tokens_details":{{"cached_tokens":{},"cache_write_tokens":{}}},"output_tokens":{},"output_tokens_details":{{"reasoning_tokens":{}}},"total_tokens":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.written,
        c.output(),
        c.reasoning,
        c.total()
    )
}

pub(super) fn message(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"msg_{:08x}","type":"message","role":"assistant","model":"claude-opus-5","content":[{{"type":"text","text":"x"}}],"stop_reason":"end_turn","usage":{{"input_tokens":{},"cache_read_input_tokens":{},"cache_creation_input_tokens":{},"cache_creation":{{"ephemeral_5m_input_tokens":{},"ephemeral_1h_input_tokens":0}},"output_tokens":{}{more}}}}}"#,
        c.n,
        c.uncached,
        c.cached,
        c.written,
        c.written,
        c.output()
    )
}

/// A whole stream of Anthropic's, as one text of several lines.
pub(super) fn stream(c: Call, more: &str) -> String {
    format!(
        "{}\n{}\n{}",
        format_args!(
            r#"{{"type":"message_start","message":{{"id":"msg_{:08x}","model":"claude-opus-5","usage":{{"input_tokens":{},"cache_read_input_tokens":{},"cache_creation_input_tokens":{},"output_tokens":1}}}}}}"#,
            c.n, c.uncached, c.cached, c.written
        ),
        format_args!(
            r#"{{"type":"message_delta","delta":{{"stop_reason":"end_turn"}},"usage":{{"output_tokens":{}{more}}}}}"#,
            c.output()
        ),
        r#"{"type":"message_stop"}"#
    )
}

pub(super) fn gemini(c: Call, more: &str) -> String {
    format!(
        r#"{{"responseId":"resp-{:08x}-long","modelVersion":"gemini-2.5-pro","createTime":"2026-10-01T00:00:00Z","candidates":[{{"content":{{"parts":[{{"text":"x"}}]}},"finishReason":"STOP"}}],"usageMetadata":{{"promptTokenCount":{},"cachedContentTokenCount":{},"candidatesTokenCount":{},"thoughtsTokenCount":{},"totalTokenCount":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.visible,
        c.reasoning,
        c.total()
    )
}

pub(super) fn bedrock_usage(c: Call, more: &str) -> String {
    format!(
        r#"{{"inputTokens":{},"cacheReadInputTokens":{},"cacheWriteInputTokens":{},"outputTokens":{},"totalTokens":{}{more}}}"#,
        c.uncached,
        c.cached,
        c.written,
        c.output(),
        c.total()
    )
}

pub(super) fn converse(c: Call, more: &str) -> String {
    format!(
        r#"{{"ResponseMetadata":{{"RequestId":"req-{:08x}-long"}},"output":{{"message":{{"role":"assistant"}}}},"stopReason":"end_turn","metrics":{{"latencyMs":9}},"usage":{}}}"#,
        c.n,
        bedrock_usage(c, more)
    )
}

pub(super) fn invocation(c: Call, more: &str) -> String {
    format!(
        r#"{{"schemaType":"ModelInvocationLog","timestamp":"2026-10-01T00:00:00Z","requestId":"req-{:08x}-long","operation":"Converse","modelId":"global.anthropic.claude-haiku-4-5-20251001-v1:0","input":{{"inputTokenCount":{},"cacheReadInputTokenCount":{},"cacheWriteInputTokenCount":{}{more}}},"output":{{"outputTokenCount":{}}}}}"#,
        c.n,
        c.uncached,
        c.cached,
        c.written,
        c.output()
    )
}

pub(super) fn cohere(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"{:08x}-aaaa-bbbb","finish_reason":"COMPLETE","message":{{"role":"assistant","content":[{{"type":"text","text":"x"}}]}},"usage":{{"billed_units":{{"input_tokens":{},"output_tokens":{}{more}}},"tokens":{{"input_tokens":9999,"output_tokens":99}},"cached_tokens":{}}}}}"#,
        c.n,
        c.prompt(),
        c.output(),
        c.cached
    )
}

pub(super) fn batch(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"batch_req_{}","custom_id":"c-{}","response":{{"status_code":200,"body":{}}},"error":null}}"#,
        c.n,
        c.n,
        chat(c, more)
    )
}

pub(super) fn batch_of_messages(c: Call, more: &str) -> String {
    format!(
        r#"{{"custom_id":"c-{}","result":{{"type":"succeeded","message":{}}}}}"#,
        c.n,
        message(c, more)
    )
}

pub(super) fn pair(c: Call, more: &str) -> String {
    format!(
        r#"{{"request":{{"model":"gpt-5","max_completion_tokens":9000}},"response":{}}}"#,
        chat(c, more)
    )
}

pub(super) fn deepseek(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"d-{:08x}-long","object":"chat.completion","created":1795000000,"model":"deepseek-flash","choices":[],"usage":{{"prompt_tokens":{},"prompt_cache_hit_tokens":{},"prompt_cache_miss_tokens":{},"completion_tokens":{},"total_tokens":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.uncached,
        c.output(),
        c.total()
    )
}
