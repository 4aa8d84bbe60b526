//! The code quality report of GitLab: a JSON array of the documented fields (GitLab documentation, "Code
//! Quality", "Code Quality report format").

use serde_json::{Value, json};

use super::json::unserialisable;
use super::remark::{Remark, Weight, fingerprints};
use crate::Error;

/// The file that a remark without a place is shown at.
const NOWHERE: &str = "outlay.toml";

pub(super) fn render(remarks: &[Remark]) -> Result<String, Error> {
    let shown: Vec<&Remark> =
        remarks.iter().filter(|remark| remark.weight > Weight::Pass).collect();
    let issues: Vec<Value> = shown
        .iter()
        .zip(fingerprints(&shown))
        .map(|(remark, print)| issue(remark, &print))
        .collect();
    let mut text = serde_json::to_string_pretty(&issues).map_err(unserialisable)?;
    text.push('\n');
    Ok(text)
}

fn issue(remark: &Remark, fingerprint: &str) -> Value {
    let spot = remark.spots.first();
    let severity = match remark.weight {
        Weight::Pass | Weight::Advice => "info",
        Weight::Warn => "minor",
        Weight::Fail => "major",
        Weight::Error => "blocker",
    };
    json!({
        // GitLab does not show `check_name`.
        "description": format!("{}: {}", remark.check.id, remark.message),
        "check_name": remark.check.id,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": spot.map_or_else(|| NOWHERE.to_owned(), |spot| spot.file.replace('\\', "/")),
            "lines": { "begin": spot.map_or(1, |spot| spot.line) },
        },
    })
}
