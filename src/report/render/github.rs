//! Workflow commands that GitHub shows as annotations.
//!
//! GitHub keeps 10 of each kind per step and 50 per job (actions/toolkit, `@actions/core`), so that the
//! worst come first and the last place says how many are left out.

use crate::report::diagnostic::{Diagnostic, Severity};

/// How many annotations of a kind a step may have.
const PER_KIND: usize = 10;

pub(crate) fn render(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for (command, weights) in [
        ("error", &[Severity::Error, Severity::Fail][..]),
        ("warning", &[Severity::Warn]),
        ("notice", &[Severity::Advice]),
    ] {
        let of_kind: Vec<&Diagnostic> = weights
            .iter()
            .flat_map(|severity| {
                diagnostics.iter().filter(move |diagnostic| diagnostic.severity == *severity)
            })
            .collect();
        let shown = if of_kind.len() > PER_KIND { PER_KIND - 1 } else { of_kind.len() };
        for diagnostic in &of_kind[..shown] {
            out.push_str(&annotation(command, diagnostic));
        }
        if let left @ 1.. = of_kind.len() - shown {
            out.push_str(&format!(
                "::{command} title=outlay::and {left} more; the report has them all\n"
            ));
        }
    }
    out
}

fn annotation(command: &str, diagnostic: &Diagnostic) -> String {
    let mut properties = vec![("title", format!("outlay: {}", diagnostic.kind.id))];
    if let Some(spot) = diagnostic.annotations.first() {
        properties.push(("file", spot.file.replace('\\', "/")));
        properties.push(("line", spot.line.to_string()));
        // Columns are only read where the annotation stays on one line.
        properties.push(("endLine", spot.line.to_string()));
        properties.push(("col", spot.column.to_string()));
        properties.extend(spot.end_column().map(|column| ("endColumn", column.to_string())));
    }
    let properties: Vec<_> =
        properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    let mut message = diagnostic.message.clone();
    for help in &diagnostic.help {
        message.push_str(&format!("\n{help}"));
    }
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

/// Escapes a message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
