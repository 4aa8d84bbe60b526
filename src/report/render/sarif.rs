//! SARIF 2.1.0, the exchange format of static analysis (OASIS).

use serde_json::{Value, json};

use super::json::unserialisable;
use crate::Error;
use crate::report::diagnostic::{Annotation, Diagnostic, DiagnosticKind, Severity, fingerprints};

pub(crate) fn render(diagnostics: &[Diagnostic]) -> Result<String, Error> {
    let of = |wanted: fn(Severity) -> bool| -> Vec<&Diagnostic> {
        diagnostics.iter().filter(|diagnostic| wanted(diagnostic.severity)).collect()
    };
    let found =
        of(|severity| matches!(severity, Severity::Advice | Severity::Warn | Severity::Fail));
    let unanswered = of(|severity| severity == Severity::Error);
    let mut checks: Vec<DiagnosticKind> = found.iter().map(|diagnostic| diagnostic.kind).collect();
    checks.sort_by_key(|check| check.id);
    checks.dedup_by_key(|check| check.id);
    let index = |check: DiagnosticKind| checks.iter().position(|known| known.id == check.id);
    let results: Vec<Value> = found
        .iter()
        .zip(fingerprints(&found))
        .map(|(diagnostic, fingerprint)| {
            let mut result = json!({
                "ruleId": diagnostic.kind.id,
                "level": level(diagnostic.severity),
                "message": { "text": message(diagnostic) },
                "locations": diagnostic.annotations.iter().take(1).map(location).collect::<Vec<_>>(),
                "partialFingerprints": { "outlay/v1": fingerprint },
            });
            result["ruleIndex"] = json!(index(diagnostic.kind));
            result
        })
        .collect();
    let notifications: Vec<Value> = unanswered
        .iter()
        .map(|diagnostic| {
            json!({
                "level": "error",
                "message": { "text": message(diagnostic) },
                "locations": diagnostic.annotations.iter().take(1).map(location).collect::<Vec<_>>(),
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

fn rule(check: &DiagnosticKind) -> Value {
    json!({
        "id": check.id,
        "shortDescription": { "text": check.summary },
        "fullDescription": { "text": check.explanation },
        "help": { "text": check.explanation },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Pass => "none",
        Severity::Advice => "note",
        Severity::Warn => "warning",
        Severity::Fail | Severity::Error => "error",
    }
}

fn message(diagnostic: &Diagnostic) -> String {
    std::iter::once(diagnostic.message.as_str())
        .chain(diagnostic.help.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join("\n")
}

fn location(spot: &Annotation) -> Value {
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
