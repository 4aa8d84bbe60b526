//! JUnit XML: one case per check, those that are met too, so that a trend can be seen.

use crate::report::diagnostic::{Diagnostic, Severity};

pub(crate) fn render(command: &str, diagnostics: &[Diagnostic]) -> String {
    let count =
        |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        diagnostics.len(),
        count(Severity::Fail),
        count(Severity::Error)
    );
    let name = format!("outlay {command}");
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{0}\" {counts}>\n  \
         <testsuite name=\"{0}\" {counts} skipped=\"0\">\n",
        escape(&name)
    );
    for diagnostic in diagnostics {
        out.push_str(&case(diagnostic));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(diagnostic: &Diagnostic) -> String {
    let open = format!(
        "    <testcase name=\"{}\" classname=\"{}\"",
        escape(diagnostic.kind.id),
        escape(if diagnostic.subject.is_empty() { "outlay" } else { &diagnostic.subject }),
    );
    let element = match diagnostic.severity {
        Severity::Pass => return format!("{open}/>\n"),
        Severity::Advice | Severity::Warn => {
            return format!(
                "{open}>\n      <system-out>{}</system-out>\n    </testcase>\n",
                escape(&text(diagnostic))
            );
        }
        Severity::Fail => "failure",
        Severity::Error => "error",
    };
    format!(
        "{open}>\n      <{element} message=\"{}\" type=\"{}\">{}</{element}>\n    </testcase>\n",
        escape(&diagnostic.message),
        escape(diagnostic.kind.id),
        escape(&text(diagnostic)),
    )
}

fn text(diagnostic: &Diagnostic) -> String {
    let places =
        diagnostic.annotations.iter().map(|s| format!("{}:{}:{}", s.file, s.line, s.column));
    let lines =
        std::iter::once(diagnostic.message.clone()).chain(places).chain(diagnostic.help.clone());
    lines.collect::<Vec<_>>().join("\n")
}

/// Escapes markup and leaves out what XML 1.0 does not allow.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
