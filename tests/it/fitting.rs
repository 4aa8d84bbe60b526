//! Conversations that are too long: which messages to leave out, in each API's own form, and what is refused.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Folder, json, json_of, output, stderr, stdout};

/// gpt-4o-mini has a window of 128,000 tokens; of a model that does not reason one token must fit.
const LONG: &str = "words and more words to fill the window of the model with ";

fn long(thousands: usize) -> String {
    LONG.repeat(thousands * 90)
}

/// A conversation with a tool in each API's own form: instructions, three long turns, the second of which calls
/// a tool, and a question.
fn conversation(api: &str) -> Value {
    let (one, two, three) = (long(45), long(45), long(45));
    match api {
        "chat" => json!({"model": "gpt-4o-mini", "temperature": 0, "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": one}, {"role": "assistant", "content": "First."},
            {"role": "user", "content": "look"},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": two}, {"role": "assistant", "content": "Second."},
            {"role": "user", "content": three}]}),
        "responses" => json!({"model": "gpt-4o-mini", "instructions": "Be brief.", "input": [
            {"role": "user", "content": one}, {"role": "assistant", "content": "First."},
            {"role": "user", "content": "look"},
            {"type": "function_call", "call_id": "c1", "name": "find", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": two}, {"role": "assistant", "content": "Second."},
            {"role": "user", "content": three}]}),
        "anthropic" => {
            json!({"model": "claude-haiku-4-5", "max_tokens": 1000, "system": "Be brief.", "messages": [
            {"role": "user", "content": one}, {"role": "assistant", "content": "First."},
            {"role": "user", "content": "look"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "find", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": two + &long(40)}]},
            {"role": "assistant", "content": "Second."},
            {"role": "user", "content": three + &long(25)}]})
        }
        _ => json!({"systemInstruction": {"parts": [{"text": "Be brief."}]}, "contents": [
            {"role": "user", "parts": [{"text": one}]}, {"role": "model", "parts": [{"text": "First."}]},
            {"role": "user", "parts": [{"text": "look"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "find", "args": {}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "find", "response": {"text": two}}}]},
            {"role": "model", "parts": [{"text": "Second."}]},
            {"role": "user", "parts": [{"text": three}]}]}),
    }
}

fn model(api: &str) -> &'static str {
    if api == "anthropic" { "claude-haiku-4-5" } else { "gpt-4o-mini" }
}

#[test]
fn the_oldest_messages_go_and_calls_go_with_their_results() {
    for (api, list) in [
        ("chat", "messages"),
        ("responses", "input"),
        ("anthropic", "messages"),
        ("gemini", "contents"),
    ] {
        let request = serde_json::to_string_pretty(&conversation(api)).unwrap();
        let folder = Folder::new().with("long.json", &request);
        let flags = format!("-m {} --as-of 2026-06-01", model(api));
        let planned = format!("plan long.json {flags} --write-fitted short.json --json");
        let planned = folder.outlay(&planned).output().unwrap();
        assert!(planned.stdout.len() > 2, "{api}: {}", stderr(&planned));
        let fit = json_of(&planned)["results"][0]["fit"].take();
        let dropped: Vec<&str> = fit["drop"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["message"].as_str().unwrap())
            .collect();
        let first = usize::from(api == "chat");
        assert_eq!(dropped[0], format!("{list}[{first}]"), "{api}: {fit}");
        // What is left is the request as it was, without the first entries of its list.
        let mut left: Value = serde_json::from_str(&folder.read("short.json")).unwrap();
        let mut whole = conversation(api);
        let kept = left[list].take();
        let mut all = whole[list].take().as_array().unwrap().clone();
        all.drain(first..first + dropped.len());
        assert_eq!(kept, Value::Array(all), "{api}");
        assert_eq!(left, whole, "{api}");
        // It fits, and is planned as any other.
        let again = json(folder.outlay(&format!("plan short.json {flags} --json")));
        assert_eq!(again["results"][0]["prompt_tokens"], fit["prompt_tokens"], "{api}");
        assert_eq!(again["results"][0]["fit"], Value::Null, "{api}");
        assert_eq!(again["results"][0]["status"], "ok", "{api}");
    }
}

#[test]
fn every_other_byte_stays() {
    let request = serde_json::to_string(&conversation("chat")).unwrap();
    let odd = request.replace("\"temperature\":0", "\"temperature\" :\t0.0,  \"seed\":1e0");
    let folder = Folder::new().with("long.json", &odd);
    output(folder.outlay("plan long.json --write-fitted short.json"), 0);
    let short = folder.read("short.json");
    assert!(short.contains("\"temperature\" :\t0.0,  \"seed\":1e0"), "{}", &short[..200]);
    let (head, tail) = odd.split_once("{\"role\":\"user\"").unwrap();
    assert!(short.starts_with(head));
    assert!(short.ends_with(&tail[tail.len() - 200..]));
}

#[test]
fn the_ways_to_go_on_are_priced() {
    let folder = Folder::new().with("long.json", conversation("chat").to_string());
    let planned = output(folder.outlay("plan long.json --visible 300 --json"), 0);
    let outlook = json_of(&planned)["results"][0]["fit"]["outlook"].take();
    let names: Vec<&str> = outlook["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|way| way["history"].as_str().unwrap())
        .collect();
    assert_eq!(names[..3], ["full", "drop-oldest", "window:4"]);
    assert_eq!(names[3], "summarize now");
    let cost = |i: usize| {
        outlook["alternatives"][i]["cost_usd"].as_str().map(|c| c.parse::<f64>().unwrap())
    };
    assert_eq!(cost(0), None, "the request as it is does not fit: {outlook}");
    assert!(cost(1).unwrap() > cost(3).unwrap(), "{outlook}");
    assert_eq!(outlook["summary_pays_from_turn"], 1);
    let said = output(folder.outlay("plan long.json --visible 300"), 0);
    assert!(stdout(&said).contains("a summary now pays from turn 1 on"), "{}", stdout(&said));
}

#[test]
fn what_cannot_be_kept_valid_is_refused() {
    let mut orphan = conversation("chat");
    orphan["messages"].as_array_mut().unwrap().remove(4);
    let mut instructions = conversation("chat");
    instructions["messages"][0]["content"] = json!(long(140));
    let mut stored = conversation("responses");
    stored["previous_response_id"] = json!("resp_1");
    // The turn that goes on has reasoning that must be sent back with its calls.
    let thinking = json!({"model": "claude-haiku-4-5", "max_tokens": 1000, "messages": [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "tool_use", "id": "c1", "name": "find", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": long(120)}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c2", "name": "find", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c2", "content": long(120)}]}]});
    for (request, flags, says) in [
        (orphan, "", "holds the result of `c1`"),
        (instructions, "", "what must stay has"),
        (stored, "", "only the API has"),
        (thinking, "--as-of 2026-06-01 --skip-uncountable", "what must stay has"),
        (json!({"model": "gpt-4o-mini", "prompt": long(140)}), "", ""),
    ] {
        let folder = Folder::new().with("long.json", request.to_string());
        let refused = folder.outlay(&format!("plan long.json {flags} --write-fitted short.json"));
        let refused = output(refused, 2);
        assert!(stderr(&refused).contains(says), "{says}: {}", stderr(&refused));
        assert!(!folder.path().join("short.json").exists());
    }
}

#[test]
fn nothing_is_written_over() {
    let request = conversation("chat").to_string();
    let folder = Folder::new().with("long.json", &request).with("kept.json", "{}");
    fs::hard_link(folder.path().join("long.json"), folder.path().join("same.json")).unwrap();
    for name in ["long.json", "same.json", "kept.json", "./long.json"] {
        let refused = output(folder.outlay(&format!("plan long.json --write-fitted {name}")), 2);
        assert!(stderr(&refused).contains("is there already"), "{}", stderr(&refused));
    }
    assert_eq!(folder.read("long.json"), request);
    assert_eq!(folder.read("kept.json"), "{}");
    // Standard input is a file as well.
    let missing = output(folder.outlay("plan long.json --write-fitted none/short.json"), 2);
    assert!(stderr(&missing).contains("there is no directory"), "{}", stderr(&missing));
}

/// A request that fits is written as it is.
#[test]
fn a_request_that_fits_keeps_all_messages() {
    let request =
        "{\"model\": \"gpt-4o-mini\", \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}";
    let folder = Folder::new().with("short.json", request);
    output(folder.outlay("plan short.json --write-fitted same.json"), 0);
    assert_eq!(folder.read("same.json"), request);
}
