//! JUnit XML: one case per check, those that are met too, so that a trend can be seen.

use super::remark::{Remark, Weight};

pub(super) fn render(command: &str, remarks: &[Remark]) -> String {
    let count = |weight| remarks.iter().filter(|remark| remark.weight == weight).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        remarks.len(),
        count(Weight::Fail),
        count(Weight::Error)
    );
    let name = format!("outlay {command}");
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{0}\" {counts}>\n  \
         <testsuite name=\"{0}\" {counts} skipped=\"0\">\n",
        escape(&name)
    );
    for remark in remarks {
        out.push_str(&case(remark));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(remark: &Remark) -> String {
    let open = format!(
        "    <testcase name=\"{}\" classname=\"{}\"",
        escape(remark.check.id),
        escape(if remark.subject.is_empty() { "outlay" } else { &remark.subject }),
    );
    let element = match remark.weight {
        Weight::Pass => return format!("{open}/>\n"),
        Weight::Advice | Weight::Warn => {
            return format!(
                "{open}>\n      <system-out>{}</system-out>\n    </testcase>\n",
                escape(&text(remark))
            );
        }
        Weight::Fail => "failure",
        Weight::Error => "error",
    };
    format!(
        "{open}>\n      <{element} message=\"{}\" type=\"{}\">{}</{element}>\n    </testcase>\n",
        escape(&remark.message),
        escape(remark.check.id),
        escape(&text(remark)),
    )
}

fn text(remark: &Remark) -> String {
    let places = remark.spots.iter().map(|s| format!("{}:{}:{}", s.file, s.line, s.column));
    let lines = std::iter::once(remark.message.clone()).chain(places).chain(remark.help.clone());
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
