//! Nothing that a log says is lost or counted twice, in any form: every record that was written is read
//! as a call, a duplicate, a request without a bill, no call, or an error, and the sum is that of the
//! calls, or there is an error.

use outlay::logs::{Dedup, Entry, LogRecord, ReadOptions, Splitter};
use proptest::prelude::*;
use proptest::sample::Index;

/// A call as it was made: tokens in parts that do not overlap.
#[derive(Debug, Clone, Copy)]
struct Call {
    n: usize,
    uncached: u64,
    cached: u64,
    written: u64,
    visible: u64,
    reasoning: u64,
}

impl Call {
    fn prompt(self) -> u64 {
        self.uncached + self.cached + self.written
    }

    fn output(self) -> u64 {
        self.visible + self.reasoning
    }

    fn total(self) -> u64 {
        self.prompt() + self.output()
    }

    fn parts(self) -> [u64; 4] {
        [self.uncached, self.cached, self.written, self.output()]
    }
}

/// How a form writes a call; the second argument goes into its usage object.
type Write = fn(Call, &str) -> String;

/// A form of log.
#[derive(Clone, Copy)]
struct Form {
    name: &'static str,
    write: Write,
    /// Whether it has the tokens read from the cache.
    has_reads: bool,
    /// Whether it has the tokens written to the cache.
    has_writes: bool,
    /// Whether its records have ids, so that a record that is there twice counts once.
    has_ids: bool,
    /// The header, where the form is a table.
    header: &'static str,
}

const fn form(name: &'static str, write: Write) -> Form {
    Form { name, write, has_reads: true, has_writes: false, has_ids: true, header: "" }
}

const fn with_writes(name: &'static str, write: Write) -> Form {
    Form { has_writes: true, ..form(name, write) }
}

const fn without_reads(form: Form) -> Form {
    Form { has_reads: false, ..form }
}

const fn without_ids(form: Form) -> Form {
    Form { has_ids: false, ..form }
}

const fn table(header: &'static str, form: Form) -> Form {
    Form { header, ..form }
}

/// The usage of `OpenAI`'s Chat Completions.
fn chat_usage(c: Call, more: &str) -> String {
    format!(
        r#"{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{}}},"completion_tokens_details":{{"reasoning_tokens":{}}}{more}}}"#,
        c.prompt(),
        c.output(),
        c.total(),
        c.cached,
        c.reasoning
    )
}

fn chat(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-{:08x}","object":"chat.completion","created":1795000000,"model":"gpt-5","choices":[{{"finish_reason":"stop","message":{{"content":"a, \"b\""}}}}],"usage":{}}}"#,
        c.n,
        chat_usage(c, more)
    )
}

fn chunk(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-{:08x}","object":"chat.completion.chunk","created":1795000000,"model":"gpt-5","choices":[],"usage":{}}}"#,
        c.n,
        chat_usage(c, more)
    )
}

fn responses(c: Call, more: &str) -> String {
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

fn message(c: Call, more: &str) -> String {
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
fn stream(c: Call, more: &str) -> String {
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

fn gemini(c: Call, more: &str) -> String {
    format!(
        r#"{{"responseId":"resp-{:08x}-long","modelVersion":"gemini-2.5-pro","createTime":"2026-03-01T00:00:00Z","candidates":[{{"content":{{"parts":[{{"text":"x"}}]}},"finishReason":"STOP"}}],"usageMetadata":{{"promptTokenCount":{},"cachedContentTokenCount":{},"candidatesTokenCount":{},"thoughtsTokenCount":{},"totalTokenCount":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.visible,
        c.reasoning,
        c.total()
    )
}

fn bedrock_usage(c: Call, more: &str) -> String {
    format!(
        r#"{{"inputTokens":{},"cacheReadInputTokens":{},"cacheWriteInputTokens":{},"outputTokens":{},"totalTokens":{}{more}}}"#,
        c.uncached,
        c.cached,
        c.written,
        c.output(),
        c.total()
    )
}

fn converse(c: Call, more: &str) -> String {
    format!(
        r#"{{"ResponseMetadata":{{"RequestId":"req-{:08x}-long"}},"output":{{"message":{{"role":"assistant"}}}},"stopReason":"end_turn","metrics":{{"latencyMs":9}},"usage":{}}}"#,
        c.n,
        bedrock_usage(c, more)
    )
}

fn invocation(c: Call, more: &str) -> String {
    format!(
        r#"{{"schemaType":"ModelInvocationLog","timestamp":"2026-03-01T00:00:00Z","requestId":"req-{:08x}-long","operation":"Converse","modelId":"anthropic.claude-opus-5","input":{{"inputTokenCount":{},"cacheReadInputTokenCount":{},"cacheWriteInputTokenCount":{}{more}}},"output":{{"outputTokenCount":{}}}}}"#,
        c.n,
        c.uncached,
        c.cached,
        c.written,
        c.output()
    )
}

fn cohere(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"{:08x}-aaaa-bbbb","finish_reason":"COMPLETE","message":{{"role":"assistant","content":[{{"type":"text","text":"x"}}]}},"usage":{{"billed_units":{{"input_tokens":{},"output_tokens":{}{more}}},"tokens":{{"input_tokens":9999,"output_tokens":99}},"cached_tokens":{}}}}}"#,
        c.n,
        c.prompt(),
        c.output(),
        c.cached
    )
}

fn batch(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"batch_req_{}","custom_id":"c-{}","response":{{"status_code":200,"body":{}}},"error":null}}"#,
        c.n,
        c.n,
        chat(c, more)
    )
}

fn batch_of_messages(c: Call, more: &str) -> String {
    format!(
        r#"{{"custom_id":"c-{}","result":{{"type":"succeeded","message":{}}}}}"#,
        c.n,
        message(c, more)
    )
}

fn pair(c: Call, more: &str) -> String {
    format!(
        r#"{{"request":{{"model":"gpt-5","max_completion_tokens":9000}},"response":{}}}"#,
        chat(c, more)
    )
}

fn litellm(c: Call, more: &str) -> String {
    format!(
        r#"{{"request_id":"chatcmpl-{:08x}","call_type":"acompletion","startTime":"2026-03-01T00:00:00Z","model":"claude-opus-5","prompt_tokens":{},"completion_tokens":{},"total_tokens":{},"spend":0,"metadata":{{"usage_object":{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{},"cache_creation_tokens":{}}},"completion_tokens_details":{{"reasoning_tokens":{}}}{more}}}}}}}"#,
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

fn langfuse(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"gen-{:08x}-long","traceId":"t","type":"GENERATION","startTime":"2026-03-01T00:00:00Z","model":"gpt-5","usageDetails":{{"input":{},"input_cached_tokens":{},"output":{},"output_reasoning_tokens":{},"total":{}{more}}}}}"#,
        c.n,
        c.uncached,
        c.cached,
        c.visible,
        c.reasoning,
        c.total()
    )
}

fn helicone(c: Call, more: &str) -> String {
    format!(
        r#"{{"response_id":"req-{:08x}-long","request_created_at":"2026-03-01T00:00:00Z","response_status":200,"request_model":"gpt-5","prompt_tokens":{},"prompt_cache_read_tokens":{},"prompt_cache_write_tokens":{},"completion_tokens":{},"total_tokens":{}{more}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.written,
        c.output(),
        c.total()
    )
}

fn span(c: Call, more: &str) -> String {
    let more = more.replace("\"telepathy", "\"gen_ai.usage.telepathy");
    format!(
        r#"{{"traceId":"t","spanId":"span-{:08x}-long","startTime":"2026-03-01T00:00:00Z","attributes":{{"gen_ai.operation.name":"chat","gen_ai.response.model":"gpt-5","gen_ai.usage.input_tokens":{},"gen_ai.usage.output_tokens":{},"gen_ai.usage.cache_read.input_tokens":{},"gen_ai.usage.cache_creation.input_tokens":{},"gen_ai.usage.reasoning.output_tokens":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.output(),
        c.cached,
        c.written,
        c.reasoning
    )
}

fn open_inference(c: Call, more: &str) -> String {
    let more = more.replace("\"telepathy", "\"llm.token_count.telepathy");
    format!(
        r#"{{"trace_id":"t","span_id":"span-{:08x}-long","start_time":"2026-03-01T00:00:00Z","attributes":{{"openinference.span.kind":"LLM","llm.model_name":"gpt-5","llm.token_count.prompt":{},"llm.token_count.completion":{},"llm.token_count.total":{},"llm.token_count.prompt_details.cache_read":{},"llm.token_count.prompt_details.cache_write":{},"llm.token_count.completion_details.reasoning":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.output(),
        c.total(),
        c.cached,
        c.written,
        c.reasoning
    )
}

fn langchain(c: Call, more: &str) -> String {
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

fn llama_index(c: Call, more: &str) -> String {
    format!(
        r#"{{"message":{{"role":"assistant"}},"raw":{},"additional_kwargs":{{"prompt_tokens":{},"completion_tokens":{}}}}}"#,
        chat(c, more),
        c.prompt(),
        c.output()
    )
}

fn ai_sdk(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"aitxt-{:08x}-long","timestamp":"2026-03-01T00:00:00Z","model":"claude-opus-5","usage":{{"inputTokens":{},"inputTokenDetails":{{"noCacheTokens":{},"cacheReadTokens":{},"cacheWriteTokens":{}}},"outputTokens":{},"outputTokenDetails":{{"textTokens":{},"reasoningTokens":{}}},"totalTokens":{}{more}}}}}"#,
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

fn claude_code(c: Call, more: &str) -> String {
    format!(
        r#"{{"type":"assistant","sessionId":"s","requestId":"req_{}","uuid":"u-{}","timestamp":"2026-03-01T00:00:00Z","message":{}}}"#,
        c.n,
        c.n,
        message(c, more)
    )
}

fn gemini_cli(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"{:08x}-long-enough","timestamp":"2026-03-01T00:00:00Z","type":"gemini","model":"gemini-2.5-pro","content":"x","tokens":{{"input":{},"cached":{},"output":{},"thoughts":{},"tool":0,"total":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.visible,
        c.reasoning,
        c.total()
    )
}

fn qwen_code(c: Call, more: &str) -> String {
    format!(
        r#"{{"uuid":"{:08x}-long-enough","sessionId":"s","timestamp":"2026-03-01T00:00:00Z","type":"assistant","model":"qwen3-coder-plus","message":{{"role":"model","parts":[{{"text":"x"}}]}},"usageMetadata":{{"promptTokenCount":{},"cachedContentTokenCount":{},"candidatesTokenCount":{},"thoughtsTokenCount":{},"totalTokenCount":{}{more}}}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.visible,
        c.reasoning,
        c.total()
    )
}

fn opencode(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"msg_{:08x}","sessionID":"ses_1","role":"assistant","modelID":"claude-opus-5","providerID":"anthropic","cost":0,"time":{{"created":{}}},"tokens":{{"input":{},"output":{},"reasoning":{},"cache":{{"read":{},"write":{}}}{more}}}}}"#,
        c.n,
        1_795_000_000_000 + c.n,
        c.uncached,
        c.visible,
        c.reasoning,
        c.cached,
        c.written
    )
}

fn amp(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"T-{:08x}","messages":[{{"role":"assistant","messageId":1,"usage":{{"cacheReadInputTokens":{},"cacheCreationInputTokens":{}}}}}],"usageLedger":{{"events":[{{"id":"e-{:08x}","timestamp":"2026-03-01T00:00:00Z","model":"claude-opus-5","toMessageId":1,"tokens":{{"input":{},"output":{}{more}}}}}]}}}}"#,
        c.n,
        c.cached,
        c.written,
        c.n,
        c.uncached,
        c.output()
    )
}

fn droid(c: Call, more: &str) -> String {
    format!(
        r#"{{"sessionId":"droid-{:08x}","model":"claude-opus-5","providerLockTimestamp":"2026-03-01T00:00:00Z","tokenUsage":{{"inputTokens":{},"outputTokens":{},"cacheReadTokens":{},"cacheCreationTokens":{},"thinkingTokens":{}{more}}}}}"#,
        c.n, c.uncached, c.visible, c.cached, c.written, c.reasoning
    )
}

fn kimi(c: Call, more: &str) -> String {
    format!(
        r#"{{"timestamp":1795000000.5,"message":{{"type":"StatusUpdate","payload":{{"message_id":"chatcmpl-{:08x}","token_usage":{{"input_other":{},"output":{},"input_cache_read":{},"input_cache_creation":{}{more}}}}}}}}}"#,
        c.n,
        c.uncached,
        c.output(),
        c.cached,
        c.written
    )
}

fn cline(c: Call, more: &str) -> String {
    let inner = format!(
        r#"{{"request":"x","tokensIn":{},"tokensOut":{},"cacheReads":{},"cacheWrites":{}{more}}}"#,
        c.uncached,
        c.output(),
        c.cached,
        c.written
    );
    format!(
        r#"{{"ts":{},"type":"say","say":"api_req_started","text":{}}}"#,
        1_795_000_000_000 + c.n,
        serde_json::Value::from(inner)
    )
}

fn pi(c: Call, more: &str) -> String {
    format!(
        r#"{{"type":"message","id":"{:08x}-long","timestamp":"2026-03-01T00:00:00Z","message":{{"role":"assistant","model":"claude-opus-5","usage":{{"input":{},"output":{},"cacheRead":{},"cacheWrite":{},"totalTokens":{}{more}}}}}}}"#,
        c.n,
        c.uncached,
        c.output(),
        c.cached,
        c.written,
        c.total()
    )
}

fn flat(c: Call, more: &str) -> String {
    format!(
        r#"{{"id":"call-{:08x}-long","model":"gpt-5","time":"2026-03-01T00:00:00Z","prompt_tokens":{},"cached_tokens":{},"completion_tokens":{},"reasoning_tokens":{}{more}}}"#,
        c.n,
        c.prompt(),
        c.cached,
        c.output(),
        c.reasoning
    )
}

fn deepseek(c: Call, more: &str) -> String {
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

fn report(c: Call, more: &str) -> String {
    format!(
        r#"{{"object":"bucket","start_time":1795000000,"results":[{{"object":"organization.usage.completions.result","input_tokens":{},"input_cached_tokens":{},"output_tokens":{},"num_model_requests":1,"model":"gpt-5","batch":false{more}}}]}}"#,
        c.prompt(),
        c.cached,
        c.output()
    )
}

fn promptfoo(c: Call, more: &str) -> String {
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

fn output_item(c: Call, more: &str) -> String {
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
fn enveloped(c: Call, more: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-03-01T00:00:00Z","status":200,"latency_ms":4,"result":{{"body":{}}}}}"#,
        message(c, more)
    )
}

/// The same as text, as queues and tables keep it.
fn as_text(c: Call, more: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-03-01T00:00:00Z","payload":{}}}"#,
        serde_json::Value::from(chat(c, more))
    )
}

fn row(c: Call, _: &str) -> String {
    format!(
        "call-{:08x}-long,gpt-5,2026-03-01T00:00:00Z,\"a \"\"note\"\", on\ntwo lines\",{},{},{},stop",
        c.n,
        c.prompt(),
        c.cached,
        c.output()
    )
}

fn figures_last(c: Call, _: &str) -> String {
    format!("call-{:08x}-long;gpt-5;2026-03-01;{};{};{}", c.n, c.cached, c.prompt(), c.output())
}

fn console_row(c: Call, _: &str) -> String {
    format!(
        "2026-03-01,claude-opus-5,key,ws,standard,≤ 200k,{},{},0,{},{},0,global,",
        c.uncached,
        c.written,
        c.cached,
        c.output()
    )
}

const FORMS: [Form; 39] = [
    form("chat", chat),
    form("chunk", chunk),
    with_writes("responses", responses),
    with_writes("anthropic", message),
    with_writes("anthropic stream", stream),
    form("gemini", gemini),
    with_writes("converse", converse),
    with_writes("invocation", invocation),
    form("cohere", cohere),
    form("batch", batch),
    with_writes("batch of messages", batch_of_messages),
    form("pair", pair),
    with_writes("litellm", litellm),
    form("langfuse", langfuse),
    with_writes("helicone", helicone),
    with_writes("opentelemetry", span),
    with_writes("openinference", open_inference),
    with_writes("langchain", langchain),
    form("llama-index", llama_index),
    with_writes("ai sdk", ai_sdk),
    with_writes("claude code", claude_code),
    form("gemini cli", gemini_cli),
    form("qwen code", qwen_code),
    with_writes("opencode", opencode),
    with_writes("amp", amp),
    with_writes("droid", droid),
    with_writes("kimi", kimi),
    without_ids(with_writes("cline", cline)),
    with_writes("pi", pi),
    form("flat", flat),
    form("deepseek", deepseek),
    without_ids(form("usage report", report)),
    without_reads(form("promptfoo", promptfoo)),
    form("eval", output_item),
    with_writes("enveloped", enveloped),
    form("as text", as_text),
    table(
        "id,model,time,note,prompt_tokens,cached_tokens,completion_tokens,finish_reason",
        form("csv", row),
    ),
    table(
        "id;model;time;cached_tokens;prompt_tokens;completion_tokens",
        form("csv of figures", figures_last),
    ),
    table(
        "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed",
        without_ids(with_writes("console csv", console_row)),
    ),
];

/// What was found in logs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    calls: usize,
    duplicates: usize,
    errors: Vec<String>,
    unread: Vec<String>,
    parts: [u64; 4],
}

/// Reads logs one after another, each in pieces of this many bytes.
fn read(logs: &[&[u8]], piece: usize) -> Found {
    let options = ReadOptions::default();
    let (mut dedup, mut entered, mut found) = (Dedup::default(), Vec::new(), Found::default());
    for log in logs {
        dedup.next_source(&mut entered);
        let mut splitter = Splitter::new();
        let pieces = log.chunks(piece.max(1)).map(Some).chain([None]);
        for piece in pieces {
            let block = match piece {
                Some(bytes) => splitter.push(bytes, &options),
                None => splitter.finish(&options),
            };
            let faults = splitter.faults();
            found.errors.extend(faults.iter().map(ToString::to_string));
            match block {
                Ok(block) => {
                    for record in block.iter().flat_map(|block| block.read(&options)) {
                        dedup.enter(record, &mut entered);
                    }
                }
                Err(error) => {
                    found.errors.push(error.to_string());
                    break;
                }
            }
        }
        dedup.finish(&mut entered);
    }
    for LogRecord { entry, .. } in entered {
        match entry {
            Ok(Entry::Call(call)) => {
                found.calls += 1;
                let usage = call.bill.usage;
                let written = usage.written() + usage.written_extended();
                let parts = [usage.uncached(), usage.cached(), written, usage.completion()];
                for (sum, tokens) in found.parts.iter_mut().zip(parts) {
                    *sum += tokens.get();
                }
                if call.same_id_as.is_some() && call.has_strong_id() {
                    found.errors.push("contested".to_owned());
                }
                found.unread.extend(call.unread);
            }
            Ok(Entry::Duplicate(_)) => found.duplicates += 1,
            Ok(_) => {}
            Err(error) => found.errors.push(error.to_string()),
        }
    }
    found
}

fn sum(calls: &[Call]) -> [u64; 4] {
    calls.iter().fold([0; 4], |sum, call| std::array::from_fn(|i| sum[i] + call.parts()[i]))
}

impl Form {
    /// The calls as this form can tell them.
    fn calls(&self, drawn: &[[u64; 5]]) -> Vec<Call> {
        let call =
            |(n, [uncached, cached, written, visible, reasoning]): (usize, &[u64; 5])| Call {
                n,
                uncached: *uncached,
                cached: if self.has_reads { *cached } else { 0 },
                written: if self.has_writes { *written } else { 0 },
                visible: *visible,
                reasoning: *reasoning,
            };
        drawn.iter().enumerate().map(call).collect()
    }

    /// The log: header and records, each with a line end.
    fn log(&self, records: &[String]) -> String {
        let lines = records.iter().map(String::as_str);
        let header = Some(self.header).filter(|header| !header.is_empty());
        header.into_iter().chain(lines).flat_map(|line| [line, "\n"]).collect()
    }

    fn is_json(&self) -> bool {
        self.header.is_empty()
    }

    /// Whether each record is one JSON value.
    fn is_one_value(&self) -> bool {
        self.is_json() && self.name != "anthropic stream"
    }
}

fn drawn() -> impl Strategy<Value = Vec<[u64; 5]>> {
    let tokens = || prop_oneof![Just(0_u64), 1..99_999_u64];
    let call = (1..99_999_u64, tokens(), tokens(), 1..99_999_u64, tokens()).prop_map(
        |(uncached, cached, written, visible, reasoning)| {
            [uncached, cached, written, visible, reasoning]
        },
    );
    prop::collection::vec(call, 2..7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lines, arrays, values over several lines, with any line end and in any pieces: all calls are there.
    #[test]
    fn every_call_is_read_once(drawn in drawn(), piece in 1..400_usize) {
        for form in &FORMS {
            let calls = form.calls(&drawn);
            let records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
            let mut logs = vec![form.log(&records), form.log(&records).replace('\n', "\r\n")];
            if form.is_one_value() {
                logs.push(format!("[{}]", records.join(",")));
                logs.push(format!("[\n {}\n]\n", records.join(",\n ")));
                logs.push(records.join("\n").replace(",\"", ",\n  \"") + "\n");
            }
            for log in logs {
                let found = read(&[log.as_bytes()], piece);
                prop_assert_eq!(&found.errors, &Vec::<String>::new(), "{}: {}", form.name, log);
                prop_assert_eq!(&found.unread, &Vec::<String>::new(), "{}", form.name);
                prop_assert_eq!((found.calls, found.duplicates), (calls.len(), 0), "{}: {}", form.name, log);
                prop_assert_eq!(found.parts, sum(&calls), "{}: {}", form.name, log);
            }
        }
    }

    /// Swapped and repeated records, in one file or the next: the same calls, and the repetitions told.
    #[test]
    fn order_and_repetition_change_no_sum(drawn in drawn(), order in any::<[Index; 9]>(), twice in any::<[Index; 3]>()) {
        for form in &FORMS {
            let calls = form.calls(&drawn);
            let mut records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
            for index in order {
                let i = index.index(records.len());
                let record = records.remove(i);
                records.push(record);
            }
            let found = read(&[form.log(&records).as_bytes()], 1 << 16);
            prop_assert_eq!((found.parts, found.errors.len()), (sum(&calls), 0), "{}", form.name);
            if !form.has_ids {
                continue;
            }
            let again: Vec<String> = twice.iter().map(|i| i.get(&records).clone()).collect();
            let both = form.log(&[records.clone(), again.clone()].concat());
            let second = form.log(&again);
            for logs in [vec![both.as_bytes()], vec![form.log(&records).as_bytes(), second.as_bytes()]] {
                let found = read(&logs, 1 << 16);
                prop_assert_eq!(&found.errors, &Vec::<String>::new(), "{}", form.name);
                prop_assert_eq!((found.calls, found.duplicates), (calls.len(), 3), "{}", form.name);
                prop_assert_eq!(found.parts, sum(&calls), "{}", form.name);
            }
        }
    }

    /// Wherever a log is cut off, the calls before the cut are counted, and a cut inside a record is told.
    #[test]
    fn a_cut_is_told(drawn in drawn(), at in any::<Index>(), as_array: bool) {
        for form in &FORMS {
            let calls = form.calls(&drawn);
            let records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
            let as_array = as_array && form.is_one_value();
            let log = if as_array { format!("[{}]", records.join(",\n")) } else { form.log(&records) };
            let mut cut = at.index(log.len());
            while !log.is_char_boundary(cut) {
                cut -= 1;
            }
            let found = read(&[&log.as_bytes()[..cut]], 1 << 16);
            if !found.errors.is_empty() {
                continue;
            }
            prop_assert!(!as_array, "{}: an open array at {} of {}", form.name, cut, log);
            let mut end = form.header.len() + usize::from(!form.is_json());
            let mut whole = Vec::new();
            for (call, record) in calls.iter().zip(&records) {
                end += record.len();
                if end <= cut {
                    whole.push(*call);
                }
                end += 1;
            }
            // What stands behind the figures of a row may be cut off without harm to the sum.
            let with_next = &calls[..(whole.len() + usize::from(!form.is_json())).min(calls.len())];
            let is_right = [sum(&whole), sum(with_next)].contains(&found.parts);
            prop_assert!(is_right, "{} at {}: {}", form.name, cut, &log[..cut]);
        }
    }

    /// A record that is damaged is told, and the others are counted.
    #[test]
    fn damage_is_told_and_the_rest_is_counted(drawn in drawn(), at in any::<Index>(), cut in any::<Index>()) {
        for form in &FORMS {
            let calls = form.calls(&drawn);
            let records: Vec<String> = calls.iter().map(|call| (form.write)(*call, "")).collect();
            let i = at.index(records.len());
            let record = &records[i];
            let rest: Vec<Call> = calls.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, c)| *c).collect();
            let output = calls[i].output().to_string();
            let mut damaged = vec!["noise".to_owned(), record.replace(&output, "\"NaN\"")];
            if form.is_one_value() {
                let mut end = 1 + cut.index(record.len() - 1);
                while !record.is_char_boundary(end) {
                    end -= 1;
                }
                damaged.push(record[..end].to_owned());
                damaged.push(format!("\0\0\0{record}"));
                damaged.push(record.replace(&format!(":{output}"), &format!(":-{output}")));
                damaged.push(record.replace(&format!(":{output}"), ":1e18"));
            }
            for line in damaged {
                if line == *record {
                    continue;
                }
                let mut lines = records.clone();
                lines[i].clone_from(&line);
                let found = read(&[form.log(&lines).as_bytes()], 1 << 16);
                prop_assert!(!found.errors.is_empty(), "{}: {}", form.name, line);
                // A file that begins with zeros is none of ours: nothing of it is read.
                if i > 0 || !line.starts_with('\0') {
                    prop_assert_eq!(found.parts, sum(&rest), "{}: {} {:?}", form.name, line, found.errors);
                }
            }
        }
    }

    /// All forms in one file.
    #[test]
    fn forms_may_be_mixed(drawn in drawn()) {
        let (mut lines, mut parts, mut calls) = (String::new(), [0; 4], 0);
        for (f, form) in FORMS.iter().enumerate().filter(|(_, form)| form.is_json()) {
            let all = form.calls(&drawn);
            for call in &all {
                // Some forms wrap others, and would repeat their ids.
                let call = Call { n: call.n + 100 * f, ..*call };
                lines += &((form.write)(call, "") + "\n");
            }
            calls += all.len();
            let sum = sum(&all);
            parts = std::array::from_fn(|i| parts[i] + sum[i]);
        }
        let found = read(&[lines.as_bytes()], 4_096);
        prop_assert_eq!(&found.errors, &Vec::<String>::new());
        prop_assert_eq!((found.calls, found.duplicates, found.parts), (calls, 0, parts));
    }
}

/// A figure under a key that nobody knows is named, in every form, beside the figures that it stands with.
#[test]
fn what_nobody_knows_is_named() {
    let mut silent = Vec::new();
    for form in FORMS.iter().filter(|form| form.is_json()) {
        let call = form.calls(&[[100, 40, 20, 30, 10]])[0];
        let log = (form.write)(call, ",\"telepathy_tokens\":7") + "\n";
        let found = read(&[log.as_bytes()], 1 << 16);
        let is_named =
            found.unread.iter().chain(&found.errors).any(|what| what.contains("telepathy"));
        if !is_named {
            silent.push(format!("{}: {found:?}", form.name));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// The same id with other figures is counted, and told.
#[test]
fn an_id_that_is_used_twice_is_told() {
    for form in FORMS.iter().filter(|form| form.has_ids) {
        let calls = form.calls(&[[100, 40, 20, 30, 10], [500, 40, 20, 33, 10]]);
        let same = [calls[0], Call { n: 0, ..calls[1] }];
        let records: Vec<String> = same.iter().map(|call| (form.write)(*call, "")).collect();
        let found = read(&[form.log(&records).as_bytes()], 1 << 16);
        // A response that grew is its last record; sessions are logged while they run.
        let is_snapshot =
            ["claude code", "gemini cli", "qwen code", "chunk", "gemini"].contains(&form.name);
        let is_told = !found.errors.is_empty() && found.parts == sum(&calls);
        // These tell calls apart by more than their ids.
        let is_apart = ["opencode", "amp"].contains(&form.name) && found.calls == 2;
        assert!(
            is_told || is_apart || (is_snapshot && found.calls + found.duplicates == 2),
            "{}: {found:?}",
            form.name
        );
    }
}
