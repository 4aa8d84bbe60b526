//! More of what makers, clouds and agents bill: known answers by hand, and money that no figure shows.

use serde_json::{Value, json};

use crate::support::{Folder, json_of, stderr};

/// What a log costs, and what is said about it.
struct Audited {
    cost: Value,
    calls: Value,
    code: Option<i32>,
    said: String,
}

fn audited(name: &str, log: &str, arguments: &str) -> Audited {
    let folder = Folder::new().with(name, log);
    let day = if arguments.contains("--as-of") { "" } else { "--as-of 2026-11-25" };
    let run = folder.outlay(&format!("audit {name} --json {day} {arguments}")).output().unwrap();
    let mut report = json_of(&run);
    let said = format!("{} {}", stderr(&run), report["warnings"]);
    let total = &mut report["total"];
    Audited {
        cost: total["cost_usd"].take(),
        calls: total["calls"].take(),
        code: run.status.code(),
        said,
    }
}

/// Logs that must be read and priced to the last digit.
fn assert_bills(bills: &[(&str, Value, &str, u64, &str)]) {
    let mut wrong = Vec::new();
    for (name, log, arguments, calls, cost) in bills {
        let found = audited("log.json", &log.to_string(), arguments);
        if found.code != Some(0) || found.cost != *cost || found.calls != *calls {
            wrong.push(format!(
                "{name}: {} calls for {}, not {calls} for {cost}: {}",
                found.calls, found.cost, found.said
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Logs of which something costs money that is not in the sum: it is named, and the exit code is 2.
fn assert_named(logs: &[(&str, Value, &str, &str)]) {
    let mut silent = Vec::new();
    for (name, log, arguments, what) in logs {
        let found = audited("log.json", &log.to_string(), arguments);
        if found.code != Some(2) || !found.said.contains(what) {
            silent.push(format!("{name}: {:?} {} {}", found.code, found.cost, found.said));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

fn chat(model: &str, created: u64, usage: &Value) -> Value {
    json!({"id": format!("chatcmpl-{model}-0001"), "object": "chat.completion", "created": created,
        "model": model, "usage": usage,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "done"}}]})
}

/// 2026-11-15 12:00 UTC, a Sunday.
const SUNDAY: u64 = 1_794_744_000;
/// 2026-11-16 02:00 UTC, a Monday in peak hours.
const MONDAY: u64 = 1_794_794_400;

#[test]
fn makers_that_answer_like_openai() {
    let deepseek = |created| {
        chat(
            "deepseek-flash",
            created,
            &json!({"prompt_tokens": 9_000, "prompt_cache_hit_tokens": 6_000,
                "prompt_cache_miss_tokens": 3_000, "completion_tokens": 800, "total_tokens": 9_800}),
        )
    };
    assert_bills(&[
        // 6,000 at .003, 3,000 at .15, 800 at .60; twice as much in peak hours
        ("DeepSeek on a Sunday", deepseek(SUNDAY), "", 1, "0.000948"),
        ("DeepSeek at its peak", deepseek(MONDAY), "", 1, "0.001896"),
        // 4,000 at .95, 6,000 at .16, 700 at 4
        (
            "Kimi",
            chat(
                "kimi-k2.6",
                SUNDAY,
                &json!({"prompt_tokens": 10_000, "cached_tokens": 6_000,
                "prompt_tokens_details": {"cached_tokens": 6_000}, "completion_tokens": 700, "total_tokens": 10_700}),
            ),
            "",
            1,
            "0.00756",
        ),
        // 3,000 at 1.4, 5,000 at .26, 900 at 4.4
        (
            "GLM",
            chat(
                "glm-5.2",
                SUNDAY,
                &json!({"prompt_tokens": 8_000,
                "prompt_tokens_details": {"cached_tokens": 5_000}, "completion_tokens": 900, "total_tokens": 8_900}),
            ),
            "",
            1,
            "0.00946",
        ),
        // 2,000 at .3, 6,000 at .06, 1,500 at 1.2
        (
            "MiniMax",
            chat(
                "MiniMax-M3",
                SUNDAY,
                &json!({"prompt_tokens": 8_000,
                "prompt_tokens_details": {"cached_tokens": 6_000}, "completion_tokens": 1_500, "total_tokens": 9_500}),
            ),
            "",
            1,
            "0.00276",
        ),
        // 6,000 at 2, 4,000 at .25, 700 at 6
        (
            "Qwen",
            chat(
                "qwen3.8-max",
                SUNDAY,
                &json!({"prompt_tokens": 10_000,
                "prompt_tokens_details": {"cached_tokens": 4_000}, "completion_tokens": 700, "total_tokens": 10_700}),
            ),
            "",
            1,
            "0.0172",
        ),
    ]);
}

#[test]
fn clouds_and_frameworks() {
    let converse = json!({"ResponseMetadata": {"RequestId": "11111111-aaaa"}, "stopReason": "end_turn",
        "output": {"message": {"role": "assistant", "content": [{"text": "x"}]}}, "metrics": {"latencyMs": 800},
        "usage": {"inputTokens": 40, "cacheReadInputTokens": 8_000, "cacheWriteInputTokens": 2_000,
            "outputTokens": 500, "totalTokens": 10_540}});
    let cohere = json!({"id": "22222222-bbbb", "finish_reason": "COMPLETE",
        "message": {"role": "assistant", "content": [{"type": "text", "text": "x"}]},
        "usage": {"billed_units": {"input_tokens": 2_000, "output_tokens": 300},
            "tokens": {"input_tokens": 2_511, "output_tokens": 308}}});
    let first_cohere = json!({"response_id": "33333333-cccc", "text": "x", "finish_reason": "COMPLETE",
        "meta": {"api_version": {"version": "1"}, "billed_units": {"input_tokens": 2_000, "output_tokens": 300},
            "tokens": {"input_tokens": 2_511, "output_tokens": 308}}});
    let llama_index = json!({"message": {"role": "assistant", "blocks": []}, "delta": null,
        "raw": chat("gpt-5-mini", SUNDAY, &json!({"prompt_tokens": 4_000, "completion_tokens": 200,
            "total_tokens": 4_200})),
        "additional_kwargs": {"prompt_tokens": 4_000, "completion_tokens": 200, "total_tokens": 4_200}});
    let kwargs = json!({"message": {"role": "assistant"}, "raw": null, "model": "gpt-5-mini",
        "additional_kwargs": {"prompt_tokens": 4_000, "completion_tokens": 200, "total_tokens": 4_200}});
    let old_langchain = json!({"type": "ai", "content": "x", "id": "run-44444444",
        "response_metadata": {"model_name": "gpt-5-mini", "finish_reason": "stop", "token_usage":
            {"prompt_tokens": 4_000, "completion_tokens": 200, "total_tokens": 4_200}}});
    let embeddings = json!({"object": "list", "data": [{"object": "embedding", "embedding": [0.1], "index": 0}],
        "model": "gpt-5-mini", "usage": {"prompt_tokens": 4_000, "total_tokens": 4_000}});
    let gateway = json!({"model": "gpt-5-mini", "usage": {"inputTokens": 4_000, "outputTokens": 200,
        "totalTokens": 4_200}, "providerMetadata": {"gateway": {"cost": "0.0017"}}});
    let perplexity = chat(
        "sonar-pro",
        SUNDAY,
        &json!({"prompt_tokens": 1_000, "completion_tokens": 500, "total_tokens": 1_500,
            "search_context_size": "medium", "num_search_queries": 2, "cost": {"input_tokens_cost": 0.003,
                "output_tokens_cost": 0.0075, "request_cost": 0.01, "total_cost": 0.0205}}),
    );
    assert_bills(&[
        // 40 at 1, 8,000 at .1, 2,000 at 1.25, 500 at 5
        ("Bedrock", converse, "-m global.anthropic.claude-haiku-4-5-20251001-v1:0", 1, "0.00584"),
        // 2.50 and 10
        ("Cohere", cohere, "-m command-a-03-2025", 1, "0.008"),
        ("Cohere's first version", first_cohere, "-m command-a-03-2025", 1, "0.008"),
        // .25 and 2
        ("LlamaIndex", llama_index, "", 1, "0.0014"),
        ("LlamaIndex without the answer", kwargs, "", 1, "0.0014"),
        ("LangChain of old", old_langchain, "", 1, "0.0014"),
        ("embeddings", embeddings, "", 1, "0.001"),
        ("a gateway's charge", gateway, "", 1, "0.0017"),
        ("Perplexity's charge", perplexity, "", 1, "0.0205"),
    ]);
}

#[test]
fn sessions_of_agents() {
    // Each: 100 plain, 2,000 read, 400 written, 300 out at 3, 0.30, 3.75 and 15.
    let amp = json!({"id": "T-1", "messages": [{"role": "assistant", "messageId": 1, "usage":
            {"inputTokens": 100, "outputTokens": 300, "cacheReadInputTokens": 2_000, "cacheCreationInputTokens": 400}}],
        "usageLedger": {"events": [{"id": "e1", "timestamp": "2026-03-01T10:00:00Z", "model": "claude-sonnet-4-5",
            "credits": 2, "toMessageId": 1, "tokens": {"input": 100, "output": 300}}]}});
    let droid = json!({"model": "custom:claude-sonnet-4-5", "providerLockTimestamp": "2026-03-01T10:00:00Z",
        "tokenUsage": {"inputTokens": 100, "outputTokens": 260, "cacheReadTokens": 2_000,
            "cacheCreationTokens": 400, "thinkingTokens": 40}});
    let cline = json!([{"ts": 1_772_359_200_000_u64, "type": "say", "say": "text", "text": "hi"},
        {"ts": 1_772_359_201_000_u64, "type": "say", "say": "api_req_started", "modelInfo": {"modelId": "claude-sonnet-4-5"},
            "text": r#"{"request":"x","tokensIn":100,"tokensOut":300,"cacheReads":2000,"cacheWrites":400,"cost":0.0069}"#}]);
    let kimi = json!([{"timestamp": 1_772_359_200.5, "message": {"type": "TurnBegin", "payload": {"user_input": "x"}}},
        {"timestamp": 1_772_359_201.5, "message": {"type": "StatusUpdate", "payload": {"message_id": "chatcmpl-aaaa1111",
            "token_usage": {"input_other": 100, "output": 300, "input_cache_read": 2_000, "input_cache_creation": 400}}}}]);
    let qwen = json!([{"uuid": "u-1", "sessionId": "s", "timestamp": "2026-03-01T10:00:00Z", "type": "user", "message": {"role": "user"}},
        {"uuid": "aaaaaaaa-1111", "sessionId": "s", "timestamp": "2026-03-01T10:00:01Z", "type": "assistant",
            "model": "gemini-2.5-pro", "message": {"role": "model", "parts": [{"text": "x"}]},
            "usageMetadata": {"promptTokenCount": 3_000, "cachedContentTokenCount": 1_000, "candidatesTokenCount": 200,
                "thoughtsTokenCount": 100, "totalTokenCount": 3_300}}]);
    assert_bills(&[
        ("Amp", amp, "", 1, "0.0069"),
        ("Droid", droid, "", 1, "0.0069"),
        ("Cline", cline, "", 1, "0.0069"),
        ("Kimi CLI", kimi, "-m claude-sonnet-4-5", 1, "0.0069"),
        // 2,000 at 1.25, 1,000 at .125, 300 at 10
        ("Qwen Code", qwen, "", 1, "0.005625"),
    ]);
}

/// Reports that sum up calls: DeepSeek's export, Anthropic's console.
#[test]
fn reports_of_accounts() {
    let deepseek = "user_id,start_time_iso,end_time_iso,model,api_key_name,api_key,type,price,amount\n\
        u,2026-11-15T12:00:00+00:00,2026-11-15T13:00:00+00:00,deepseek-flash,k,sk-1,input_cache_hit_tokens,0.000000003,6000\n\
        u,2026-11-15T12:00:00+00:00,2026-11-15T13:00:00+00:00,deepseek-flash,k,sk-1,input_cache_miss_tokens,0.00000015,3000\n\
        u,2026-11-15T12:00:00+00:00,2026-11-15T13:00:00+00:00,deepseek-flash,k,sk-1,output_tokens,0.0000006,800\n\
        u,2026-11-15T12:00:00+00:00,2026-11-15T13:00:00+00:00,deepseek-flash,k,sk-1,request_count,0,4\n";
    let found = audited("amount-2026-11.csv", deepseek, "");
    assert_eq!(
        (found.cost, found.calls, found.code),
        (json!("0.000948"), json!(4), Some(0)),
        "{}",
        found.said
    );
    let costs = |currency: &str| {
        format!(
            "user_id,utc_date,model,wallet_type,cost,currency\nu,2026-11-15,deepseek-flash,NORMAL,1.25,{currency}\n"
        )
    };
    let found = audited("cost-2026-11.csv", &costs("USD"), "");
    assert_eq!((found.cost, found.code), (json!("1.25"), Some(0)), "{}", found.said);
    let found = audited("cost-2026-11.csv", &costs("CNY"), "");
    assert!(found.code == Some(2) && found.said.contains("is in CNY"), "{}", found.said);

    // 46,000 at 5, 16,000 at 6.25, 17,000 at 25
    let console = "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,\
        usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,\
        web_search_count,inference_geo,speed\n\
        2026-09-01,claude-opus-5,key,ws,standard,≤ 200k,46000,16000,0,0,17000,0,global,\n";
    let found = audited("console.csv", console, "");
    assert_eq!((found.cost, found.code), (json!("0.755"), Some(0)), "{}", found.said);
    // A day's sum is no long prompt: 3 and 15, where prompts over 200,000 cost twice as much.
    let sonnet = console
        .replace("2026-09-01,claude-opus-5", "2025-12-01,claude-sonnet-4-5")
        .replace("46000,16000", "460000,0");
    let found = audited("console.csv", &sonnet, "");
    assert_eq!((found.cost, found.code), (json!("1.635"), Some(0)), "{}", found.said);
    let found = audited("console.csv", &sonnet.replace('≤', ">"), "");
    assert_eq!((found.cost, found.code), (json!("3.1425"), Some(0)), "{}", found.said);

    // OpenAI's usage as CSV: a row of a batch costs half.
    let usage = "start_time_iso,end_time_iso,model,batch,num_model_requests,input_tokens,input_cached_tokens,output_tokens\n\
        2025-09-01T00:00:00+00:00,2025-09-02T00:00:00+00:00,gpt-4o-2024-08-06,True,100,400000,0,20000\n";
    let found = audited("usage.csv", usage, "");
    assert_eq!(
        (found.cost, found.calls, found.code),
        (json!("0.6"), json!(100), Some(0)),
        "{}",
        found.said
    );
}

#[test]
fn searches_have_fees_in_every_form() {
    let search = |model: &str, created: u64, tool: &str| {
        json!({"id": "resp_0001", "object": "response", "created_at": created, "model": model, "status": "completed",
            "output": [{"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search"}},
                {"type": "web_search_call", "id": "ws_2", "status": "completed", "action": {"type": "open_page"}},
                {"type": "message", "content": [{"type": "output_text", "text": "x"}]}],
            "tools": [{"type": tool}],
            "usage": {"input_tokens": 1_000, "output_tokens": 100, "total_tokens": 1_100}})
    };
    // 2025-07-15, 2025-08-20 and 2026-03-01.
    let (july, august, march) = (1_752_580_800, 1_755_691_200, 1_772_366_400);
    let of_4o = chat(
        "gpt-4o-search-preview",
        march,
        &json!({"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}),
    );
    assert_bills(&[
        // 1.25 and 10, and one cent for the search
        ("gpt-5 in August", search("gpt-5", august, "web_search"), "", 1, "0.01225"),
        ("gpt-5 in March", search("gpt-5", march, "web_search"), "", 1, "0.01225"),
        ("o3 in July", search("o3", july, "web_search_preview"), "", 1, "0.0128"),
        // 2.50 and 10, and two and a half cents
        ("gpt-4o in July", search("gpt-4o", july, "web_search_preview"), "", 1, "0.0285"),
        ("a model that always searches", of_4o, "", 1, "0.0285"),
    ]);
    let glm = {
        let mut glm = chat(
            "glm-5.2",
            SUNDAY,
            &json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}),
        );
        glm["web_search"] = json!([{"title": "x", "link": "https://example.com"}]);
        glm
    };
    let kimi = {
        let mut kimi = chat(
            "kimi-k2.6",
            SUNDAY,
            &json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}),
        );
        kimi["choices"][0]["message"]["tool_calls"] = json!([{"id": "t", "type": "builtin_function", "function": {"name": "$web_search", "arguments": "{}"}}]);
        kimi
    };
    let qwen = chat(
        "qwen3.8-max",
        SUNDAY,
        &json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "plugins": {"search": {"count": 1}}}),
    );
    assert_named(&[
        (
            "gpt-4o before sizes had one price",
            search("gpt-4o", 1_744_000_000, "web_search_preview"),
            "",
            "1 web_search_preview",
        ),
        ("GLM", glm, "", "1 web_search"),
        ("Kimi", kimi, "", "1 web_search"),
        ("Qwen", qwen, "", "plugins.search.count"),
    ]);
}

/// Other spellings, nestings and makers of what the readers know.
#[test]
fn neighbours_of_known_logs_are_read() {
    let day = "2026-03-01T10:00:00Z";
    let flat = json!({"model": "claude-sonnet-4-5", "time": day, "input_tokens": 1_000,
        "cache_read_input_tokens": 2_000, "cache_creation_5m_input_tokens": 100,
        "cache_creation_1h_input_tokens": 200, "output_tokens": 500});
    let text = json!({"timestamp": day, "model": "claude-sonnet-4-5", "usage": json!({"input_tokens": 1_000,
        "cache_read_input_tokens": 2_000, "output_tokens": 500, "cache_creation_input_tokens": 300,
        "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200}}).to_string()});
    let audio = json!({"model_version": "gemini-2.5-flash", "response_id": "r-000000001", "create_time": day,
        "candidates": [], "usage_metadata": {"prompt_token_count": 10_000, "cached_content_token_count": 4_000,
            "candidates_token_count": 500, "thoughts_token_count": 300, "total_token_count": 10_800,
            "prompt_tokens_details": [{"modality": "TEXT", "token_count": 1_000}, {"modality": "AUDIO", "token_count": 9_000}],
            "cache_tokens_details": [{"modality": "AUDIO", "token_count": 4_000}]}});
    let run = json!({"id": "run-000000001", "run_type": "llm", "start_time": day,
        "extra": {"metadata": {"ls_model_name": "gpt-5-mini"}},
        "prompt_tokens": 4_000, "completion_tokens": 200, "total_tokens": 4_200});
    let longer = json!({"traceId": "t", "spanId": "span-0001-long", "startTime": day, "attributes": {
        "gen_ai.operation.name": "chat", "gen_ai.response.model": "claude-sonnet-4-5",
        "gen_ai.usage.input_tokens": 3_300, "gen_ai.usage.output_tokens": 500,
        "gen_ai.usage.cache_read.input_tokens": 2_000, "gen_ai.usage.cache_creation.input_tokens": 300,
        "gen_ai.usage.cache_creation.ephemeral_1h_input_tokens": 200}});
    assert_bills(&[
        // 1,000 at 3, 2,000 at .30, 100 at 3.75, 200 at 6, 500 at 15
        ("writes by lifetime in columns", flat, "", 1, "0.012675"),
        ("usage as text", text, "", 1, "0.012675"),
        ("writes by lifetime in spans", longer, "", 1, "0.012675"),
        // 1,000 at .30, 5,000 of sound at 1, 4,000 of it cached at .10, 800 at 2.50
        ("sound from the cache", audio, "", 1, "0.0077"),
        ("LangSmith", run, "", 1, "0.0014"),
    ]);
}

/// A log's own mark of success: what a success cost, with the failures.
#[test]
fn a_success_costs_what_was_spent_until_it_came() {
    let usage = json!({"prompt_tokens": 4_000, "completion_tokens": 200, "total_tokens": 4_200});
    let day = "2026-11-15T12:00:00Z";
    let flat = |n: u64, passed: Value| {
        json!({"id": format!("call-{n}-long-enough"), "model": "gpt-5-mini", "time": day,
            "prompt_tokens": 4_000, "completion_tokens": 200, "passed": passed})
    };
    let langfuse = |n: u64, value: u64| {
        json!({"id": format!("gen-{n}-long-enough"), "traceId": "t", "type": "GENERATION", "startTime": day,
            "model": "gpt-5-mini", "usageDetails": {"input": 4_000, "output": 200, "total": 4_200},
            "scores": [{"name": "solved", "dataType": "BOOLEAN", "value": value},
                {"name": "style", "dataType": "NUMERIC", "value": 0.4}]})
    };
    let span = |n: u64, label: &str| {
        json!({"traceId": "t", "spanId": format!("span-{n}-long-enough"), "startTime": day,
            "attributes": {"gen_ai.operation.name": "chat", "gen_ai.response.model": "gpt-5-mini",
                "gen_ai.usage.input_tokens": 4_000, "gen_ai.usage.output_tokens": 200},
            "events": [{"name": "gen_ai.evaluation.result", "attributes":
                {"gen_ai.evaluation.name": "correctness", "gen_ai.evaluation.score.label": label}},
                {"name": "gen_ai.evaluation.result", "attributes":
                {"gen_ai.evaluation.name": "tone", "gen_ai.evaluation.score.label": "good"}}]})
    };
    let item = |n: u64, passed: bool| {
        json!({"object": "eval.run.output_item", "id": format!("outputitem_{n}-long"), "created_at": SUNDAY,
            "results": [{"name": "match", "passed": passed, "score": 1}, {"name": "form", "passed": true, "score": 1}],
            "sample": {"model": "gpt-5-mini", "finish_reason": "stop", "usage": usage}})
    };
    let result = |n: u64, success: bool| {
        json!({"id": format!("result-{n}-long-enough"), "success": success, "promptIdx": 0, "testIdx": n,
            "provider": {"id": "openai:chat:gpt-5-mini"}, "gradingResult": {"pass": success},
            "response": {"tokenUsage": {"prompt": 4_000, "completion": 200, "total": 4_200, "numRequests": 1}}})
    };
    let cached = json!({"id": "result-9-long-enough", "success": true, "promptIdx": 0, "testIdx": 9,
        "provider": {"id": "openai:chat:gpt-5-mini"}, "gradingResult": {"pass": true},
        "response": {"cached": true, "tokenUsage": {"total": 4_200, "cached": 4_200}}});
    // A trace has its score once, whatever number of calls it took.
    let trace = |n: u64, value: u64| {
        json!({"id": format!("trace-{n}"), "scores": [{"name": "solved", "dataType": "BOOLEAN", "value": value}],
            "observations": [{"id": format!("obs-{n}-a-long-enough"), "traceId": "t", "type": "GENERATION",
                "startTime": day, "model": "gpt-5-mini",
                "usageDetails": {"input": 4_000, "output": 200, "total": 4_200}}]})
    };
    let rows = format!(
        "id,model,time,prompt_tokens,completion_tokens,success\n{}",
        [("a", "true"), ("b", "FAIL"), ("c", "1")]
            .map(|(id, mark)| format!("call-{id}-long-enough,gpt-5-mini,{day},4000,200,{mark}\n"))
            .concat()
    );
    let lines = |records: &[Value]| {
        records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n"
    };
    for (name, file, log) in [
        (
            "flat",
            "log.jsonl",
            lines(&[flat(1, json!(true)), flat(2, json!("failed")), flat(3, json!(1))]),
        ),
        ("CSV", "log.csv", rows),
        ("Langfuse", "log.jsonl", lines(&[langfuse(1, 1), langfuse(2, 0), langfuse(3, 1)])),
        ("traces", "log.jsonl", lines(&[trace(1, 1), trace(2, 0), trace(3, 1)])),
        ("spans", "log.jsonl", lines(&[span(1, "pass"), span(2, "fail"), span(3, "correct")])),
        (
            "evals",
            "log.json",
            json!({"object": "list", "data": [item(1, true), item(2, false), item(3, true)]})
                .to_string(),
        ),
        (
            "promptfoo",
            "log.json",
            json!({"evalId": "eval-1", "results": {"version": 3, "stats": {"successes": 3},
            "results": [result(1, true), result(2, false), result(3, true), cached]}})
            .to_string(),
        ),
    ] {
        let folder = Folder::new().with(file, log);
        let run =
            folder.outlay(&format!("audit {file} --json --as-of 2026-11-25")).output().unwrap();
        let total = json_of(&run)["total"].take();
        let found = [&total["calls"], &total["succeeded"], &total["failed"]]
            .map(|n| n.as_u64().unwrap_or(0));
        assert_eq!(found, [3, 2, 1], "{name}: {}", stderr(&run));
        // 4,000 at .25 and 200 at 2, three times, for two.
        assert_eq!(
            (&total["cost_usd"], &total["usd_per_success"]),
            (&json!("0.0042"), &json!("0.0021")),
            "{name}"
        );
        assert_eq!(run.status.code(), Some(0), "{name}: {}", stderr(&run));
    }
}

/// Money that no figure shows.
#[test]
fn what_is_charged_besides_is_named() {
    let image = json!({"id": "resp_0002", "object": "response", "created_at": 1_772_366_400_u64, "model": "gpt-5",
        "status": "completed", "output": [{"type": "image_generation_call", "id": "ig_1", "status": "completed"}],
        "usage": {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}});
    let container = json!({"id": "resp_0003", "object": "response", "created_at": 1_775_366_400_u64, "model": "gpt-5",
        "status": "completed", "output": [{"type": "code_interpreter_call", "id": "ci_1", "container_id": "cntr_1"}],
        "tools": [{"type": "code_interpreter", "container": {"type": "auto", "memory_limit": "4g"}}],
        "usage": {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}});
    let fast_bedrock = json!({"stopReason": "end_turn", "metrics": {"latencyMs": 1}, "performanceConfig": {"latency": "optimized"},
        "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}});
    let committed = json!({"id": "msg_0004", "type": "message", "model": "claude-sonnet-4-5", "content": [],
        "usage": {"input_tokens": 10, "output_tokens": 5, "service_tier": "priority"}});
    let provisioned = json!({"modelVersion": "gemini-2.5-pro", "responseId": "r-5", "candidates": [],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15,
            "trafficType": "PROVISIONED_THROUGHPUT"}});
    let rank = json!({"id": "66666666-dddd", "results": [{"index": 0, "relevance_score": 0.9}],
        "meta": {"billed_units": {"search_units": 1}}});
    let mistral = chat(
        "mistral-large-2512",
        SUNDAY,
        &json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "prompt_audio_seconds": 12}),
    );
    let invocation = json!({"schemaType": "ModelInvocationLog", "timestamp": "2026-03-01T00:00:00Z", "requestId": "77777777",
        "operation": "Converse", "modelId": "global.anthropic.claude-haiku-4-5-20251001-v1:0",
        "input": {"inputTokenCount": 10, "inputVideoTokenCount": 4}, "output": {"outputTokenCount": 5}});
    assert_named(&[
        ("an image", image, "", "image_generation_call"),
        ("a large container", container, "", "container of 4g"),
        (
            "optimised latency",
            fast_bedrock,
            "-m global.anthropic.claude-haiku-4-5-20251001-v1:0",
            "optimized",
        ),
        ("committed spend", committed, "", "priority"),
        ("provisioned throughput", provisioned, "", "PROVISIONED_THROUGHPUT"),
        ("a ranking", rank, "-m command-a-03-2025", "search_units"),
        ("seconds of sound", mistral, "", "prompt_audio_seconds"),
        ("video of Bedrock", invocation, "", "inputVideoTokenCount"),
    ]);
}

/// Anthropic charges nothing for a message that was refused before any output.
#[test]
fn a_refusal_without_output_is_not_billed() {
    let refused = |output: u64| {
        json!({"id": "msg_0009", "type": "message", "model": "claude-opus-5", "content": [],
            "stop_reason": "refusal", "usage": {"input_tokens": 1_000, "output_tokens": output}})
    };
    let found = audited("log.json", &refused(0).to_string(), "");
    assert_eq!(
        (found.cost, found.calls, found.code),
        (json!("0"), json!(0), Some(0)),
        "{}",
        found.said
    );
    // 1,000 at 5 and 4 at 25.
    let found = audited("log.json", &refused(4).to_string(), "");
    assert_eq!(
        (found.cost, found.calls, found.code),
        (json!("0.0051"), json!(1), Some(0)),
        "{}",
        found.said
    );
}

/// Answers of the realtime API end with an event of their own.
#[test]
fn realtime_answers_are_calls() {
    let done = json!({"type": "response.done", "event_id": "ev", "response": {"id": "resp_0008",
        "object": "realtime.response", "status": "completed", "output": [],
        "usage": {"total_tokens": 1_300, "input_tokens": 1_000, "output_tokens": 300,
            "input_token_details": {"text_tokens": 200, "audio_tokens": 800, "cached_tokens": 0},
            "output_token_details": {"text_tokens": 100, "audio_tokens": 200}}}});
    // 200 at 4, 800 at 32, 100 at 16, 200 at 64.
    let found = audited("log.json", &done.to_string(), "-m gpt-realtime");
    assert_eq!(found.calls, 1, "{}", found.said);
    assert!(found.code == Some(2) || found.cost == "0.0408", "{} {}", found.cost, found.said);
}

/// Databases and archives are refused by name, with what to do.
#[test]
fn files_that_are_no_logs_are_named() {
    let database = |schema: &str| format!("SQLite format 3\0\u{10}\0\u{1}\u{1}\0@  {schema}\0\0");
    for (name, bytes, said) in [
        (
            "opencode.db",
            database("CREATE TABLE message (id text, session_id text, data text)"),
            "as OpenCode",
        ),
        (
            "sessions.db",
            database("CREATE TABLE sessions (accumulated_input_tokens INTEGER)"),
            "as Goose",
        ),
        ("state.db", database("CREATE TABLE sessions (billing_provider TEXT)"), "as Hermes"),
        ("other.db", database("CREATE TABLE x (y)"), "this is an SQLite database, not a log"),
        ("logs.zip", "PK\u{3}\u{4}rest\n".to_owned(), "a zip archive"),
    ] {
        let folder = Folder::new().with(name, bytes);
        let run = folder.outlay(&format!("audit {name}")).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{name}");
        assert!(stderr(&run).contains(said), "{name}: {}", stderr(&run));
        assert!(stderr(&run).contains("hint:"), "{name}: {}", stderr(&run));
    }
}
