//! What makers, gateways and agents bill: known answers, worked out by hand from the makers' rates.

use outlay::logs::Records;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Folder, json_of, outlay, output, stderr};

/// The sum of the answer of `audit`, which must have read and priced everything.
fn audited(name: &str, log: &Value, arguments: &str) -> Value {
    let folder = Folder::new().with("log.json", log.to_string());
    let run = folder.outlay(&format!("audit log.json --json {arguments}")).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{name}: {}", stderr(&run));
    json_of(&run)["total"].take()
}

/// Calls and cost of a log on a day.
fn assert_bills(answers: &[(&str, &str, Value, u64, &str)]) {
    let mut wrong = Vec::new();
    for (name, day, log, calls, cost) in answers {
        let folder = Folder::new().with("log.json", log.to_string());
        let run = folder.outlay(&format!("audit log.json --json --as-of {day}")).output().unwrap();
        let total = json_of(&run)["total"].take();
        let found = (total["calls"].as_u64(), total["cost_usd"].as_str(), run.status.code());
        if found != (Some(*calls), Some(*cost), Some(0)) {
            wrong.push(format!("{name}: {found:?}, not {calls} for {cost}: {}", stderr(&run)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn message(model: &str, usage: &Value) -> Value {
    json!({"id": format!("msg_{model}"), "type": "message", "role": "assistant", "model": model,
        "content": [{"type": "text", "text": "done"}], "stop_reason": "end_turn", "usage": usage})
}

fn completion(model: &str, usage: &Value) -> Value {
    json!({"id": format!("chatcmpl-{model}"), "object": "chat.completion", "created": 1_795_000_000,
        "model": model, "usage": usage,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "done"}}]})
}

/// Anthropic: writes by lifetime, the flat step of Haiku 5.5 over 100,000, and requests inside a call.
#[test]
fn messages_of_anthropic_cost_what_each_part_costs() {
    let parts = json!({"input_tokens": 1_000, "cache_creation_input_tokens": 5_000,
        "cache_creation": {"ephemeral_5m_input_tokens": 2_000, "ephemeral_1h_input_tokens": 3_000},
        "cache_read_input_tokens": 50_000, "output_tokens": 800, "service_tier": "standard"});
    let mut batch = parts.clone();
    batch["service_tier"] = json!("batch");
    let compacted = json!({"input_tokens": 23_000, "output_tokens": 1_000, "iterations": [
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500},
        {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000}]});
    let advised = json!({"input_tokens": 1_760, "cache_read_input_tokens": 412, "output_tokens": 531,
        "iterations": [
            {"type": "message", "input_tokens": 1_760, "cache_read_input_tokens": 412, "output_tokens": 531},
            {"type": "advisor_message", "model": "claude-opus-5", "input_tokens": 823, "output_tokens": 1_612}]});
    let long = json!({"input_tokens": 10, "cache_read_input_tokens": 95_000,
        "cache_creation_input_tokens": 10_000, "output_tokens": 1_000});
    assert_bills(&[
        ("parts", "2026-11-25", message("claude-opus-5-5", &parts), 1, "0.064"),
        ("batch", "2026-11-25", message("claude-opus-5-5", &batch), 1, "0.032"),
        ("long", "2026-11-25", message("claude-haiku-5-5", &long), 1, "0.013505"),
        ("compacted", "2026-11-25", message("claude-opus-5", &compacted), 2, "1.1275"),
        ("advised", "2026-11-25", message("claude-sonnet-5", &advised), 2, "0.0533274"),
    ]);
}

#[test]
fn answers_of_other_makers_cost_what_each_part_costs() {
    let gemini = json!({"modelVersion": "gemini-3.8-flash", "responseId": "g1",
        "createTime": "2026-11-25T10:00:00Z",
        "candidates": [{"content": {"parts": [{"text": "done"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 10_000, "cachedContentTokenCount": 4_000,
            "candidatesTokenCount": 500, "thoughtsTokenCount": 1_500,
            "toolUsePromptTokenCount": 200, "totalTokenCount": 12_200}});
    let grok = completion(
        "grok-4.20-0309-reasoning",
        &json!({"prompt_tokens": 10_120,
        "completion_tokens": 1_499, "total_tokens": 14_428,
        "prompt_tokens_details": {"cached_tokens": 128},
        "completion_tokens_details": {"reasoning_tokens": 2_809},
        "cost_in_usd_ticks": 232_856_000}),
    );
    let mistral = completion(
        "mistral-large-2512",
        &json!({"prompt_tokens": 1_000,
        "completion_tokens": 200, "total_tokens": 1_200, "prompt_tokens_details": {"cached_tokens": 640}}),
    );
    let router = json!({"id": "gen-1", "object": "chat.completion", "provider": "Some Host",
        "created": 1_795_000_000, "model": "some-maker/some-model",
        "choices": [{"finish_reason": "stop", "message": {"content": "x"}}],
        "usage": {"prompt_tokens": 194, "completion_tokens": 2, "total_tokens": 196,
            "cost": 0.00014, "is_byok": false, "cost_details": {"upstream_inference_cost": null}}});
    let openai = json!({"id": "resp_1", "object": "response", "status": "completed",
        "created_at": 1_795_000_000, "model": "gpt-5.6-sol", "output": [],
        "usage": {"input_tokens": 10_000, "output_tokens": 1_000, "total_tokens": 11_000,
            "input_tokens_details": {"cached_tokens": 4_000, "cache_write_tokens": 6_000,
                "cache_write_tokens_details": {"ttl_30m_tokens": 6_000}}}});
    assert_bills(&[
        ("gemini", "2026-11-25", gemini, 1, "0.01245"),
        ("xAI", "2026-11-25", grok, 1, "0.0232856"),
        ("Mistral", "2026-11-25", mistral, 1, "0.000512"),
        ("OpenRouter", "2026-11-25", router, 1, "0.00014"),
        ("writes for half an hour", "2026-11-25", openai, 1, "0.0516"),
    ]);
}

#[test]
fn what_frameworks_and_reports_write_costs_the_same() {
    let sdk = json!({"timestamp": "2026-04-04T10:00:00Z", "model": "claude-sonnet-4-5-20250929",
        "finishReason": "stop", "usage": {"inputTokens": 4_740,
            "inputTokenDetails": {"noCacheTokens": 5, "cacheReadTokens": 0, "cacheWriteTokens": 4_735},
            "outputTokens": 255, "totalTokens": 4_995}});
    let langchain = json!({"type": "ai", "content": "done", "id": "run-1",
        "usage_metadata": {"input_tokens": 6_000, "output_tokens": 300, "total_tokens": 6_300,
            "input_token_details": {"cache_read": 2_048}},
        "response_metadata": {"model_name": "gpt-5-mini", "finish_reason": "stop"}});
    let span = json!({"traceId": "t", "spanId": "s", "startTime": "2026-04-04T10:00:00Z",
        "attributes": {"gen_ai.operation.name": "chat", "gen_ai.request.model": "claude-sonnet-4-5",
            "gen_ai.usage.input_tokens": 4_000, "gen_ai.usage.output_tokens": 200,
            "gen_ai.usage.cache_read.input_tokens": 1_000,
            "gen_ai.usage.cache_creation.input_tokens": 2_000}});
    let usage = json!({"object": "page", "data": [{"object": "bucket", "start_time": 1_756_684_800,
        "end_time": 1_756_771_200, "results": [
            {"object": "organization.usage.completions.result", "input_tokens": 1_000_000,
                "input_cached_tokens": 200_000, "output_tokens": 50_000, "num_model_requests": 500,
                "model": "gpt-4o-2024-08-06", "batch": false},
            {"object": "organization.usage.completions.result", "input_tokens": 400_000,
                "input_cached_tokens": 0, "output_tokens": 20_000, "num_model_requests": 100,
                "model": "gpt-4o-2024-08-06", "batch": true}]}]});
    let costs = json!({"object": "page", "data": [{"object": "bucket", "start_time": 1_756_684_800,
        "results": [{"object": "organization.costs.result", "line_item": "web search",
            "amount": {"value": 1.25, "currency": "usd"}}]}]});
    assert_bills(&[
        ("AI SDK", "2026-11-25", sdk, 1, "0.02159625"),
        ("LangChain", "2026-11-25", langchain, 1, "0.0016392"),
        ("spans", "2026-11-25", span, 1, "0.0138"),
        // $2.75, and half of 400,000 at $2.50 and 20,000 at $10 per million.
        ("usage", "2026-11-25", usage, 600, "3.35"),
        ("costs", "2026-11-25", costs, 0, "1.25"),
    ]);
}

/// A bucket of another currency, and a result of a kind without tokens, are errors.
#[test]
fn reports_that_cannot_be_added_up_are_refused() {
    let folder = Folder::new()
        .with(
            "euro.json",
            json!({"start_time": 1, "results": [
            {"object": "organization.costs.result", "amount": {"value": 1, "currency": "eur"}}]})
            .to_string(),
        )
        .with(
            "images.json",
            json!({"start_time": 1, "results": [
            {"object": "organization.usage.images.result", "images": 4}]})
            .to_string(),
        );
    for (file, why) in [("euro.json", "is in eur"), ("images.json", "is not read")] {
        let run = output(folder.outlay(&format!("audit {file} --json")), 2);
        assert!(stderr(&run).contains(why), "{file}: {}", stderr(&run));
    }
}

/// Lines of a session that are no calls, blocks of one message, and a session that repeats another.
#[test]
fn sessions_of_agents_have_each_call_once() {
    let line = |id: &str, output: u64, time: &str| {
        json!({"type": "assistant", "sessionId": "s", "requestId": format!("req_{id}"), "uuid": id,
            "timestamp": time, "message": {"id": format!("msg_{id}"), "type": "message",
                "model": "claude-sonnet-4-5", "content": [], "usage": {"input_tokens": 4,
                    "cache_creation_input_tokens": 1_000, "cache_read_input_tokens": 2_000,
                    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 1_000},
                    "output_tokens": output}}})
        .to_string()
    };
    let user = json!({"type": "user", "sessionId": "s", "uuid": "u", "message": {"role": "user"}});
    let notes = json!({"type": "file-history-snapshot", "messageId": "m", "snapshot": {}});
    let first = [
        user.to_string(),
        line("one", 1, "2026-03-01T10:00:00Z"),
        line("one", 200, "2026-03-01T10:00:01Z"),
        notes.to_string(),
        line("two", 300, "2026-03-01T10:00:05Z"),
    ]
    .join("\n");
    let resumed = [first.as_str(), &line("three", 400, "2026-03-02T10:00:00Z")].join("\n");
    let folder = Folder::new().with("a.jsonl", &first).with("b.jsonl", &resumed);
    let total = json_of(&output(folder.outlay("audit . --json"), 0))["total"].take();
    // Three messages of 4·3 + 1,000·6 + 2,000·0.3 + 15 per output token, in microdollars.
    assert_eq!(total["calls"], 3);
    assert_eq!(total["cost_usd"], "0.033336");
    assert_eq!(total["duplicates"], 4);
    assert_eq!(total["not_calls"], 4);

    let gemini = json!({"sessionId": "s", "messages": [
        {"id": "1", "type": "user", "content": "hi"},
        {"id": "2", "timestamp": "2025-10-01T10:00:05Z", "type": "gemini", "model": "gemini-2.5-pro",
            "tokens": {"input": 7_000, "output": 50, "cached": 2_000, "thoughts": 150, "tool": 0, "total": 7_200}}]});
    let pi = json!({"type": "message", "id": "abcdef", "timestamp": "2026-03-01T10:00:00Z",
        "message": {"role": "assistant", "model": "claude-sonnet-4-5", "usage": {"input": 5,
            "output": 10, "cacheRead": 100, "cacheWrite": 20, "totalTokens": 135, "cost": {"total": 0.0001}}}});
    let total = audited("gemini", &gemini, "");
    // 5,000·1.25 + 2,000·0.125 + 200·10, the cached rate of the day at a tenth.
    assert_eq!(total["cost_usd"], "0.0085");
    let total = audited("pi", &pi, "");
    assert_eq!(total["prompt_tokens"], 125);
}

/// A fork of a Codex session begins with the events of the one it was forked from.
#[test]
fn forks_of_codex_sessions_repeat_no_calls() {
    let meta = |id: &str, day: &str, parent: Option<&str>| {
        json!({"timestamp": format!("{day}T10:00:00.100Z"), "type": "session_meta",
            "payload": {"id": id, "forked_from_id": parent}})
        .to_string()
    };
    let turn = |day: &str| {
        json!({"timestamp": format!("{day}T10:00:00.200Z"), "type": "turn_context",
            "payload": {"model": "gpt-5"}})
        .to_string()
    };
    let count = |time: &str, input: u64, output: u64| {
        json!({"timestamp": time, "type": "event_msg", "payload": {"type": "token_count", "info": {
            "total_token_usage": {"input_tokens": input, "cached_input_tokens": 0,
                "output_tokens": output, "reasoning_output_tokens": 0, "total_tokens": input + output}}}})
        .to_string()
    };
    let parent = [
        meta("aaaa", "2026-03-01", None),
        turn("2026-03-01"),
        count("2026-03-01T10:00:10Z", 1_000, 100),
        count("2026-03-01T10:00:20Z", 3_000, 200),
    ];
    let fork = [
        meta("bbbb", "2026-03-05", Some("aaaa")),
        turn("2026-03-05"),
        count("2026-03-05T10:00:00.300Z", 1_000, 100),
        count("2026-03-05T10:00:00.400Z", 3_000, 200),
        count("2026-03-05T10:01:00Z", 4_000, 300),
    ];
    for (name, log) in [
        ("fork alone", fork.join("\n")),
        ("both", [parent.join("\n"), fork.join("\n")].join("\u{0}")),
    ] {
        let mut folder = Folder::new();
        for (i, part) in log.split('\u{0}').enumerate() {
            folder = folder.with(&format!("rollout-{i}.jsonl"), part);
        }
        let total = json_of(&output(folder.outlay("audit . --json"), 0))["total"].take();
        let wanted = if name == "both" { (3, 4_000, 300) } else { (1, 1_000, 100) };
        let found = ["calls", "prompt_tokens", "completion_tokens"].map(|key| total[key].clone());
        assert_eq!(json!(found), json!([wanted.0, wanted.1, wanted.2]), "{name}");
    }
}

/// Streams of events, with or without the framing of server-sent events.
#[test]
fn a_stream_is_one_call() {
    let start = json!({"type": "message_start", "message": {"id": "msg_1", "model": "claude-sonnet-4-5",
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 100, "output_tokens": 1}}});
    let delta = json!({"type": "message_delta", "delta": {"stop_reason": "max_tokens"},
        "usage": {"output_tokens": 50}});
    let stop = json!({"type": "message_stop"});
    let plain = format!("{start}\n{delta}\n{stop}\n");
    let framed = format!(
        "event: message_start\ndata: {start}\n\nevent: message_delta\ndata: {delta}\n\nevent: message_stop\ndata: {stop}\n\n"
    );
    let cut = format!("{start}\n{delta}\n");
    let folder = Folder::new()
        .with("plain.jsonl", &plain)
        .with("framed.log", &framed)
        .with("cut.jsonl", &cut);
    for file in ["plain.jsonl", "framed.log"] {
        let run = output(folder.outlay(&format!("audit {file} --json --as-of 2026-03-01")), 0);
        let total = json_of(&run)["total"].take();
        // 10·3 + 100·0.3 + 50·15 microdollars.
        assert_eq!(
            json!([total["calls"], total["cost_usd"], total["truncated"]]),
            json!([1, "0.00081", 1]),
            "{file}"
        );
    }
    let run = output(folder.outlay("audit cut.jsonl --json"), 2);
    assert!(stderr(&run).contains("no `message_stop`"), "{}", stderr(&run));
}

/// What costs money and nobody knows is named, and the sum is not whole.
#[test]
fn a_sum_that_lacks_something_says_so() {
    let log = completion(
        "gpt-5",
        &json!({"prompt_tokens": 10, "completion_tokens": 5,
        "total_tokens": 15, "telepathy_tokens": 3}),
    );
    let folder = Folder::new().with("log.json", log.to_string()).with(
        "table.csv",
        "model,prompt_tokens,completion_tokens,video_tokens,note\ngpt-5,10,5,7,x\ngpt-5,10,5,0,x\n",
    );
    for (file, what) in [("log.json", "telepathy_tokens"), ("table.csv", "video_tokens")] {
        let run = output(folder.outlay(&format!("audit {file} --json --as-of 2026-03-01")), 2);
        assert!(stderr(&run).contains(&format!("lacks `{what}` of 1 call")), "{}", stderr(&run));
        let total = json_of(&run)["total"].take();
        assert_eq!(total["lacking"][0]["what"], what);
        let skipped = output(
            folder.outlay(&format!("audit {file} --json --skip-unread --as-of 2026-03-01")),
            0,
        );
        assert_eq!(json_of(&skipped)["total"]["lacking"][0]["calls"], 1);
    }
}

#[test]
fn the_same_call_in_any_maker_and_table_has_cache_columns_of_any_spelling() {
    let table = |header: &str, row: &str| {
        let folder = Folder::new().with(
            "calls.csv",
            format!("time,model,{header}\n2026-03-01,claude-sonnet-4-5,{row}\n"),
        );
        json_of(&output(folder.outlay("audit calls.csv --json"), 0))["total"]["cost_usd"].take()
    };
    // 100·3 + 5,000·0.3 + 200·3.75 + 50·15 microdollars.
    let cost = json!("0.0033");
    assert_eq!(
        table(
            "input_tokens,output_tokens,cache_creation_input_tokens,cache_read_input_tokens",
            "100,50,200,5000"
        ),
        cost
    );
    assert_eq!(
        table(
            "prompt_tokens,completion_tokens,cached_tokens,cache_write_tokens",
            "5300,50,5000,200"
        ),
        cost
    );
    assert_eq!(
        table(
            "usage_input_tokens_no_cache,usage_output_tokens,usage_input_tokens_cache_read,usage_input_tokens_cache_write_5m",
            "100,50,5000,200"
        ),
        cost
    );
    assert_eq!(
        table(
            "inputTokens,outputTokens,cacheReadInputTokens,cacheWriteInputTokens",
            "100,50,5000,200"
        ),
        cost
    );
    let run = output(outlay("audit --map tokens=out -"), 2);
    assert!(stderr(&run).contains("is not a field"));
}

/// A log of calls with these completions, and the sum of what they bill.
fn log_of(completions: &[u64]) -> (Vec<u8>, u64) {
    let line = |(i, n): (usize, &u64)| {
        let usage = json!({"prompt_tokens": 1_000 + n, "completion_tokens": n, "total_tokens": 1_000 + 2 * n,
            "completion_tokens_details": {"reasoning_tokens": n / 2}});
        let mut call = completion("gpt-5", &usage);
        call["id"] = json!(format!("chatcmpl-{i}-{i}-{i}"));
        call.to_string() + "\n"
    };
    let sum = completions.iter().map(|n| 1_000 + 2 * n).sum();
    (completions.iter().enumerate().map(line).collect::<String>().into_bytes(), sum)
}

/// The tokens of a log, and whether anything was found to be wrong.
fn tokens_of(log: &[u8]) -> (u64, bool) {
    let (mut sum, mut is_doubtful) = (0, false);
    for record in Records::new(log) {
        match record {
            Ok(record) => {
                let usage = record.bill.usage;
                sum += usage.prompt().get() + usage.completion().get();
                is_doubtful |= !record.bill.prompt_known
                    || !record.unread.is_empty()
                    || record.same_id_as.is_some();
            }
            Err(_) => is_doubtful = true,
        }
    }
    (sum, is_doubtful)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// One byte of a log is another one: the sum is right, or something is said.
    #[test]
    fn a_damaged_log_has_the_right_sum_or_a_doubt(
        completions in prop::collection::vec(1..5_000_u64, 1..12),
        at: prop::sample::Index,
        byte in 0x20..0x7f_u8,
    ) {
        let (mut log, sum) = log_of(&completions);
        let i = at.index(log.len());
        log[i] = byte;
        let (found, is_doubtful) = tokens_of(&log);
        prop_assert!(is_doubtful || found == sum, "{found}, not {sum}: {}", String::from_utf8_lossy(&log));
    }

    /// A log that is cut inside a record says so; records that are repeated count once.
    #[test]
    fn cuts_are_found_and_repetitions_count_once(
        completions in prop::collection::vec(1..5_000_u64, 1..12),
        at: prop::sample::Index,
        again: prop::sample::Index,
    ) {
        let (log, sum) = log_of(&completions);
        let lines: Vec<&[u8]> = log.split_inclusive(|b| *b == b'\n').collect();
        let repeated = [&log[..], lines[again.index(lines.len())]].concat();
        prop_assert_eq!(tokens_of(&repeated), (sum, false));
        let array: Vec<u8> = format!("[{}]", String::from_utf8_lossy(&log).trim_end().replace('\n', ",")).into_bytes();
        prop_assert_eq!(tokens_of(&array), (sum, false));
        // Without its end an array is cut, wherever that is.
        let cut = 1 + at.index(array.len() - 1);
        let (found, is_doubtful) = tokens_of(&array[..cut]);
        prop_assert!(is_doubtful && found <= sum);
    }
}
