//! Sessions of coding agents.

use super::answers::message;
use super::forms::Call;

pub(super) fn claude_code(c: Call, more: &str) -> String {
    format!(
        r#"{{"type":"assistant","sessionId":"s","requestId":"req_{}","uuid":"u-{}","timestamp":"2026-10-01T00:00:00Z","message":{}}}"#,
        c.n,
        c.n,
        message(c, more)
    )
}

pub(super) fn gemini_cli(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"{:08x}-long-enough","timestamp":"2026-10-01T00:00:00Z","type":"gemini","model":"gemini-2.5-pro","content":"x","tokens":{{"input":{},"cached":{},"output":{},"thoughts":{},"tool":0,"total":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.visible,
        c.reasoning,
        c.total()
    )
}

pub(super) fn qwen_code(c: Call, more: &str) -> String {
    format!(
        r#"{{"uuid":"{:08x}-long-enough","sessionId":"s","timestamp":"2026-10-01T00:00:00Z","type":"assistant","model":"qwen3-coder-plus","message":{{"role":"model","parts":[{{"text":"x"}}]}},"usageMetadata":{{"promptTokenCount":{},"cachedContentTokenCount":{},"candidatesTokenCount":{},"thoughtsTokenCount":{},"totalTokenCount":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.visible,
        c.reasoning,
        c.total()
    )
}

pub(super) fn opencode(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"msg_{:08x}","sessionID":"ses_1","role":"assistant","modelID":"claude-opus-5","providerID":"anthropic","cost":0,"time":{{"created":{}}},"tokens":{{"input":{},"output":{},"reasoning":{},"cache":{{"read":{},"write":{}}}{more}}}}}"#,
        c.n,
        1_795_000_000_000_u64 + c.n as u64,
        c.uncached,
        c.visible,
        c.reasoning,
        c.cached,
        c.written
    )
}

pub(super) fn amp(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"T-{:08x}","messages":[{{"role":"assistant","messageId":1,"usage":{{"cacheReadInputTokens":{},"cacheCreationInputTokens":{}}}}}],"usageLedger":{{"events":[{{"id":"e-{:08x}","timestamp":"2026-10-01T00:00:00Z","model":"claude-opus-5","toMessageId":1,"tokens":{{"input":{},"output":{}{more}}}}}]}}}}"#,
        c.n,
        c.cached,
        c.written,
        c.n,
        c.uncached,
        c.output()
    )
}

pub(super) fn droid(c: Call, more: &str) -> String {
    format!(
        r#"{{"sessionId":"droid-{:08x}","model":"claude-opus-5","providerLockTimestamp":"2026-10-01T00:00:00Z","tokenUsage":{{"inputTokens":{},"outputTokens":{},"cacheReadTokens":{},"cacheCreationTokens":{},"thinkingTokens":{}{more}}}}}"#,
        c.n, c.uncached, c.visible, c.cached, c.written, c.reasoning
    )
}

pub(super) fn kimi(c: Call, more: &str) -> String {
    format!(
        r#"{{"timestamp":1795000000.5,"message":{{"type":"StatusUpdate","payload":{{"message_id":"chatcmpl-{:08x}","token_usage":{{"input_other":{},"output":{},"input_cache_read":{},"input_cache_creation":{}{more}}}}}}}}}"#,
        c.n,
        c.uncached,
        c.output(),
        c.cached,
        c.written
    )
}

pub(super) fn cline(c: Call, more: &str) -> String {
    let inner = format!(
        r#"{{"request":"x","tokensIn":{},"tokensOut":{},"cacheReads":{},"cacheWrites":{}{more}}}"#,
        c.uncached,
        c.output(),
        c.cached,
        c.written
    );
    format!(
        r#"{{"ts":{},"type":"say","say":"api_req_started","text":{}}}"#,
        1_795_000_000_000_u64 + c.n as u64,
        serde_json::Value::from(inner)
    )
}

pub(super) fn pi(c: Call, more: &str) -> String {
    format!(
        r#"{{"type":"message","id":"{:08x}-long","timestamp":"2026-10-01T00:00:00Z","message":{{"role":"assistant","model":"claude-opus-5","usage":{{"input":{},"output":{},"cacheRead":{},"cacheWrite":{},"totalTokens":{}{more}}}}}}}"#,
        c.n,
        c.uncached,
        c.output(),
        c.cached,
        c.written,
        c.total()
    )
}
