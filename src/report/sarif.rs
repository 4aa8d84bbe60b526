//! SARIF 2.1.0, the exchange format of static analysis (OASIS).

use serde_json::{Value, json};

use super::json::unserialisable;
use super::remark::{Check, Remark, Spot, Weight, fingerprints};
use crate::Error;

pub(super) fn render(remarks: &[Remark]) -> Result<String, Error> {
    let of = |wanted: fn(Weight) -> bool| -> Vec<&Remark> {
        remarks.iter().filter(|remark| wanted(remark.weight)).collect()
    };
    let found = of(|weight| matches!(weight, Weight::Advice | Weight::Warn | Weight::Fail));
    let unanswered = of(|weight| weight == Weight::Error);
    let mut checks: Vec<Check> = found.iter().map(|remark| remark.check).collect();
    checks.sort_by_key(|check| check.id);
    checks.dedup_by_key(|check| check.id);
    let index = |check: Check| checks.iter().position(|known| known.id == check.id);
    let results: Vec<Value> = found
        .iter()
        .zip(fingerprints(&found))
        .map(|(remark, fingerprint)| {
            let mut result = json!({
                "ruleId": remark.check.id,
                "level": level(remark.weight),
                "message": { "text": message(remark) },
                "locations": remark.spots.iter().take(1).map(location).collect::<Vec<_>>(),
                "partialFingerprints": { "outlay/v1": fingerprint },
            });
            result["ruleIndex"] = json!(index(remark.check));
            result
        })
        .collect();
    let notifications: Vec<Value> = unanswered
        .iter()
        .map(|remark| {
            json!({
                "level": "error",
                "message": { "text": message(remark) },
                "locations": remark.spots.iter().take(1).map(location).collect::<Vec<_>>(),
            })
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "outlay",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": checks.iter().map(rule).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": notifications.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).map_err(unserialisable)?;
    text.push('\n');
    Ok(text)
}

fn rule(check: &Check) -> Value {
    json!({
        "id": check.id,
        "shortDescription": { "text": check.summary },
        "fullDescription": { "text": check.explanation },
        "help": { "text": check.explanation },
    })
}

fn level(weight: Weight) -> &'static str {
    match weight {
        Weight::Pass => "none",
        Weight::Advice => "note",
        Weight::Warn => "warning",
        Weight::Fail | Weight::Error => "error",
    }
}

fn message(remark: &Remark) -> String {
    std::iter::once(remark.message.as_str())
        .chain(remark.help.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join("\n")
}

fn location(spot: &Spot) -> Value {
    let mut region = json!({ "startLine": spot.line, "startColumn": spot.column });
    if let Some(end) = spot.end_column() {
        region["endColumn"] = json!(end);
    }
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&spot.file) },
            "region": region,
        }
    })
}

/// A relative path as a URI reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
