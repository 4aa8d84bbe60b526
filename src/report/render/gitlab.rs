//! The code quality report of GitLab: a JSON array of the documented fields (GitLab documentation, "Code
//! Quality", "Code Quality report format").

use serde_json::{Value, json};

use super::json::unserialisable;
use crate::Error;
use crate::report::diagnostic::{Diagnostic, Severity, fingerprints};

/// The file that a remark without a place is shown at.
const NOWHERE: &str = "outlay.toml";

pub(crate) fn render(diagnostics: &[Diagnostic]) -> Result<String, Error> {
    let shown: Vec<&Diagnostic> =
        diagnostics.iter().filter(|diagnostic| diagnostic.severity > Severity::Pass).collect();
    let issues: Vec<Value> = shown
        .iter()
        .zip(fingerprints(&shown))
        .map(|(diagnostic, print)| issue(diagnostic, &print))
        .collect();
    let mut text = serde_json::to_string_pretty(&issues).map_err(unserialisable)?;
    text.push('\n');
    Ok(text)
}

fn issue(diagnostic: &Diagnostic, fingerprint: &str) -> Value {
    let spot = diagnostic.annotations.first();
    let severity = match diagnostic.severity {
        Severity::Pass | Severity::Advice => "info",
        Severity::Warn => "minor",
        Severity::Fail => "major",
        Severity::Error => "blocker",
    };
    json!({
        // GitLab does not show `check_name`.
        "description": format!("{}: {}", diagnostic.kind.id, diagnostic.message),
        "check_name": diagnostic.kind.id,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": spot.map_or_else(|| NOWHERE.to_owned(), |spot| spot.file.replace('\\', "/")),
            "lines": { "begin": spot.map_or(1, |spot| spot.line) },
        },
    })
}
