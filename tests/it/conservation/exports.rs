//! Exports of gateways, tracing tools and reports, and tables.

use super::answers::{chat, message};
use super::forms::Call;

pub(super) fn litellm(c: Call, more: &str) -> String {
    format!(
        r#"{{"request_id":"chatcmpl-{:08x}","call_type":"acompletion","startTime":"2026-10-01T00:00:00Z","model":"claude-opus-5","prompt_tokens":{},"completion_tokens":{},"total_tokens":{},"spend":0,"metadata":{{"usage_object":{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{},"cache_creation_tokens":{}}},"completion_tokens_details":{{"reasoning_tokens":{}}}{more}}}}}}}"#,
        c.n,
        c.prompt(),
        c.output(),
        c.total(),
        c.prompt(),
        c.output(),
        c.total(),
        c.cached,
        c.written,
        c.reasoning
    )
}

pub(super) fn langfuse(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"gen-{:08x}-long","traceId":"t","type":"GENERATION","startTime":"2026-10-01T00:00:00Z","model":"gpt-5","usageDetails":{{"input":{},"input_cached_tokens":{},"output":{},"output_reasoning_tokens":{},"total":{}{more}}}}}"#,
        c.n,
        c.uncached,
        c.cached,
        c.visible,
        c.reasoning,
        c.total()
    )
}

pub(super) fn helicone(c: Call, more: &str) -> String {
    format!(
        r#"{{"response_id":"req-{:08x}-long","request_created_at":"2026-10-01T00:00:00Z","response_status":200,"request_model":"gpt-5","prompt_tokens":{},"prompt_cache_read_tokens":{},"prompt_cache_write_tokens":{},"completion_tokens":{},"total_tokens":{}{more}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.written,
        c.output(),
        c.total()
    )
}

pub(super) fn span(c: Call, more: &str) -> String {
    let more = more.replace("\"telepathy", "\"gen_ai.usage.telepathy");
    format!(
        r#"{{"traceId":"t","spanId":"span-{:08x}-long","startTime":"2026-10-01T00:00:00Z","attributes":{{"gen_ai.operation.name":"chat","gen_ai.response.model":"gpt-5","gen_ai.usage.input_tokens":{},"gen_ai.usage.output_tokens":{},"gen_ai.usage.cache_read.input_tokens":{},"gen_ai.usage.cache_creation.input_tokens":{},"gen_ai.usage.reasoning.output_tokens":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.output(),
        c.cached,
        c.written,
        c.reasoning
    )
}

pub(super) fn open_inference(c: Call, more: &str) -> String {
    let more = more.replace("\"telepathy", "\"llm.token_count.telepathy");
    format!(
        r#"{{"trace_id":"t","span_id":"span-{:08x}-long","start_time":"2026-10-01T00:00:00Z","attributes":{{"openinference.span.kind":"LLM","llm.model_name":"gpt-5","llm.token_count.prompt":{},"llm.token_count.completion":{},"llm.token_count.total":{},"llm.token_count.prompt_details.cache_read":{},"llm.token_count.prompt_details.cache_write":{},"llm.token_count.completion_details.reasoning":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.output(),
        c.total(),
        c.cached,
        c.written,
        c.reasoning
    )
}

pub(super) fn langchain(c: Call, more: &str) -> String {
    format!(
        r#"{{"type":"ai","id":"run-{:08x}-long","content":"x","usage_metadata":{{"input_tokens":{},"output_tokens":{},"total_tokens":{},"input_token_details":{{"cache_read":{},"cache_creation":{}}},"output_token_details":{{"reasoning":{}}}{more}}},"response_metadata":{{"model_name":"gpt-5"}}}}"#,
        c.n,
        c.prompt(),
        c.output(),
        c.total(),
        c.cached,
        c.written,
        c.reasoning
    )
}

pub(super) fn llama_index(c: Call, more: &str) -> String {
    format!(
        r#"{{"message":{{"role":"assistant"}},"raw":{},"additional_kwargs":{{"prompt_tokens":{},"completion_tokens":{}}}}}"#,
        chat(c, more),
        c.prompt(),
        c.output()
    )
}

pub(super) fn ai_sdk(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"aitxt-{:08x}-long","timestamp":"2026-10-01T00:00:00Z","model":"claude-opus-5","usage":{{"inputTokens":{},"inputTokenDetails":{{"noCacheTokens":{},"cacheReadTokens":{},"cacheWriteTokens":{}}},"outputTokens":{},"outputTokenDetails":{{"textTokens":{},"reasoningTokens":{}}},"totalTokens":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.uncached,
        c.cached,
        c.written,
        c.output(),
        c.visible,
        c.reasoning,
        c.total()
    )
}

pub(super) fn flat(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"call-{:08x}-long","model":"gpt-5","time":"2026-10-01T00:00:00Z","prompt_tokens":{},"cached_tokens":{},"completion_tokens":{},"reasoning_tokens":{}{more}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.output(),
        c.reasoning
    )
}

pub(super) fn report(c: Call, more: &str) -> String {
    format!(
        r#"{{"object":"bucket","start_time":1795000000,"results":[{{"object":"organization.usage.completions.result","input_tokens":{},"input_cached_tokens":{},"output_tokens":{},"num_model_requests":1,"model":"gpt-5","batch":false{more}}}]}}"#,
        c.prompt(),
        c.cached,
        c.output()
    )
}

pub(super) fn promptfoo(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"{:08x}-long-enough","success":true,"score":1,"promptIdx":0,"testIdx":{},"provider":{{"id":"openai:chat:gpt-5","label":""}},"gradingResult":{{"pass":true,"score":1,"tokensUsed":{{"total":9,"prompt":7,"completion":2}}}},"response":{{"output":"x","tokenUsage":{{"prompt":{},"completion":{},"total":{},"numRequests":1,"completionDetails":{{"reasoning":{}}}{more}}}}},"cost":0.001,"latencyMs":900}}"#,
        c.n,
        c.n,
        c.prompt(),
        c.output(),
        c.total(),
        c.reasoning
    )
}

pub(super) fn output_item(c: Call, more: &str) -> String {
    format!(
        r#"{{"object":"eval.run.output_item","id":"outputitem_{:08x}","created_at":1795000000,"run_id":"evalrun_1","eval_id":"eval_1","status":"pass","datasource_item":{{"item":{{"question":"x"}}}},"results":[{{"name":"match","passed":true,"score":1.0}}],"sample":{{"model":"gpt-5","finish_reason":"stop","error":null,"usage":{{"prompt_tokens":{},"cached_tokens":{},"completion_tokens":{},"total_tokens":{}{more}}}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.output(),
        c.total()
    )
}

/// An answer in a log of HTTP, twice wrapped.
pub(super) fn enveloped(c: Call, more: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-10-01T00:00:00Z","status":200,"latency_ms":4,"result":{{"body":{}}}}}"#,
        message(c, more)
    )
}

/// The same as text, as queues and tables keep it.
pub(super) fn as_text(c: Call, more: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-10-01T00:00:00Z","payload":{}}}"#,
        serde_json::Value::from(chat(c, more))
    )
}

pub(super) fn row(c: Call, _: &str) -> String {
    format!(
        "call-{:08x}-long,gpt-5,2026-10-01T00:00:00Z,\"a \"\"note\"\", on\ntwo lines\",{},{},{},stop",
        c.n,
        c.prompt(),
        c.cached,
        c.output()
    )
}

pub(super) fn figures_last(c: Call, _: &str) -> String {
    format!("call-{:08x}-long;gpt-5;2026-10-01;{};{};{}", c.n, c.cached, c.prompt(), c.output())
}

pub(super) fn console_row(c: Call, _: &str) -> String {
    format!(
        "2026-10-01,claude-opus-5,key,ws,standard,≤ 200k,{},{},0,{},{},0,global,",
        c.uncached,
        c.written,
        c.cached,
        c.output()
    )
}
