//! JUnit XML: one case per check, those that pass too, so that a trend can be seen.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::json::unserialisable;
use crate::Error;
use crate::report::diagnostic::{Diagnostic, Severity};

pub(super) fn render(command: &str, diagnostics: &[Diagnostic]) -> Result<String, Error> {
    let count =
        |severity| diagnostics.iter().filter(|d| d.severity == severity).count().to_string();
    let (name, all) = (allowed(&format!("outlay {command}")), diagnostics.len().to_string());
    let (failures, errors) = (count(Severity::Fail), count(Severity::Error));
    let counts =
        [("name", name.as_str()), ("tests", &all), ("failures", &failures), ("errors", &errors)];
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
    writer.write_event(Event::Decl(declaration)).map_err(unserialisable)?;
    let suites = writer.create_element("testsuites").with_attributes(counts);
    suites
        .write_inner_content(|writer| {
            let suite = writer.create_element("testsuite").with_attributes(counts);
            suite.with_attribute(("skipped", "0")).write_inner_content(|writer| {
                for diagnostic in diagnostics {
                    let (id, subject) = (allowed(diagnostic.kind.id), subject(diagnostic));
                    let case = writer
                        .create_element("testcase")
                        .with_attributes([("name", id.as_str()), ("classname", &subject)]);
                    let Some(outcome) = outcome(diagnostic.severity) else {
                        case.write_empty()?;
                        continue;
                    };
                    case.write_inner_content(|writer| {
                        let message = allowed(&diagnostic.message);
                        let mut inner = writer.create_element(outcome);
                        if outcome != PRINTED {
                            inner = inner
                                .with_attributes([("message", message.as_str()), ("type", &id)]);
                        }
                        inner.write_text_content(BytesText::new(&text(diagnostic)))?;
                        Ok(())
                    })?;
                }
                Ok(())
            })?;
            Ok(())
        })
        .map_err(unserialisable)?;
    let mut text = String::from_utf8(writer.into_inner()).map_err(unserialisable)?;
    text.push('\n');
    Ok(text)
}

/// What JUnit calls the output of a case that did not fail.
const PRINTED: &str = "system-out";

/// The element inside of a case; a case that passes has none.
fn outcome(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Pass => None,
        Severity::Advice | Severity::Warn => Some(PRINTED),
        Severity::Fail => Some("failure"),
        Severity::Error => Some("error"),
    }
}

fn subject(diagnostic: &Diagnostic) -> String {
    match diagnostic.subject.as_str() {
        "" => "outlay".to_owned(),
        subject => allowed(subject),
    }
}

fn text(diagnostic: &Diagnostic) -> String {
    let places =
        diagnostic.annotations.iter().map(|s| format!("{}:{}:{}", s.file, s.line, s.column));
    let message = std::iter::once(diagnostic.message.clone());
    let lines: Vec<_> = message.chain(places).chain(diagnostic.help.clone()).collect();
    allowed(&lines.join("\n"))
}

/// The text without the characters that XML 1.0 does not allow; the writer escapes the others.
fn allowed(text: &str) -> String {
    let is_allowed = |c: char| match c {
        '\n' | '\t' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => !c.is_control(),
    };
    text.chars().filter(|c| is_allowed(*c)).collect()
}
