//! The answer of `outlay lint`.

use serde::Serialize;

use crate::gate::{Level, Verdict};
use crate::lint::{ApiAnswer, Finding, LintText, LintedRequest, Rule};
use crate::report::answer::{Answer, Report};
use crate::report::diagnostic::{Annotation, Diagnostic, DiagnosticKind, Severity};
use crate::report::document::{Document, Emphasis};
use crate::units::{Lines, grouped, plural};

/// A rule that a request breaks, and where.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlacedFinding {
    /// The id of the rule.
    pub rule: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What the API answers, where that was recorded.
    pub api: Option<ApiAnswer>,
    #[serde(skip)]
    remark: Diagnostic,
}

impl PlacedFinding {
    /// A finding in a file with these lines; where it has no place, it stands at the `first` one; `subject` is the request it is about.
    fn new(
        finding: Finding,
        file: &str,
        (text, lines): (&str, &Lines),
        first: usize,
        subject: String,
    ) -> Self {
        let (line, column) = finding.position.map_or((first, 1), |at| (at.line, at.column));
        let spot = Annotation::new(file, text, lines, (line, column), finding.span.clone(), "");
        let mut help = vec![finding.help.clone()];
        if let Some(api) = &finding.api {
            help.insert(0, answer(api));
        }
        let remark = Diagnostic {
            kind: finding.rule.into(),
            severity: severity(finding.level),
            subject,
            message: finding.message.clone(),
            help,
            annotations: vec![spot],
        };
        Self {
            rule: finding.rule.id,
            level: finding.level,
            message: finding.message,
            help: finding.help,
            file: file.to_owned(),
            line,
            column,
            api: finding.api,
            remark,
        }
    }
}

/// What the API answers, as a sentence.
fn answer(api: &ApiAnswer) -> String {
    let code = api.code.map(|code| format!(", {code}")).unwrap_or_default();
    let assumed = if api.assumed { " (wording assumed from a sibling)" } else { "" };
    format!("the API answers {}{code}: {}{assumed}", api.status, api.message)
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Off => Severity::Pass,
        Level::Advice => Severity::Advice,
        Level::Warn => Severity::Warn,
        Level::Fail => Severity::Fail,
    }
}

impl From<&'static Rule> for DiagnosticKind {
    fn from(rule: &'static Rule) -> Self {
        Self { id: rule.id, summary: rule.summary, explanation: rule.explanation }
    }
}

/// Findings that a page shows; the other formats have them all.
const SHOWN: usize = 100;

/// What a request without findings is checked against.
const ALL_RULES: DiagnosticKind = DiagnosticKind {
    id: "lint",
    summary: "every rule",
    explanation: "`outlay lint --list` names the rules.",
};

/// One request for one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LintResult {
    /// The file, `-`, or `file:line`.
    pub input: String,
    /// The model.
    pub model: String,
    /// The worst of the findings.
    pub verdict: Verdict,
    /// What was found, in the order of the file.
    pub findings: Vec<PlacedFinding>,
}

impl LintResult {
    /// The findings of a request of the file `name`.
    #[must_use]
    pub fn new(name: &str, file: &LintText<'_>, request: LintedRequest<'_>) -> Self {
        let LintedRequest { line, model, findings } = request;
        let input = line.map_or_else(|| name.to_owned(), |line| format!("{name}:{line}"));
        let subject = format!("{input} · {}", model.id);
        let (text, first) = ((file.text, &file.lines), line.unwrap_or(1));
        let finding = |finding| PlacedFinding::new(finding, name, text, first, subject.clone());
        let findings: Vec<PlacedFinding> = findings.into_iter().map(finding).collect();
        let verdict = findings.iter().map(|finding| finding.level.verdict()).max();
        let verdict = verdict.unwrap_or(Verdict::Pass);
        Self { input, model: model.id.clone(), verdict, findings }
    }
}

/// How many findings of each level there are.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LintTotal {
    /// Requests, each once per model.
    pub requests: usize,
    /// Findings that fail the gate.
    pub fail: usize,
    /// Warnings.
    pub warn: usize,
    /// Advice.
    pub advice: usize,
}

impl LintTotal {
    /// The sum of these results.
    #[must_use]
    pub fn of(results: &[LintResult]) -> Self {
        let count = |level| {
            results.iter().flat_map(|result| &result.findings).filter(|f| f.level == level).count()
        };
        Self {
            requests: results.len(),
            fail: count(Level::Fail),
            warn: count(Level::Warn),
            advice: count(Level::Advice),
        }
    }
}

impl Answer for LintResult {
    const COMMAND: &'static str = "lint";
    const HEADING: &'static str = "Requests against the rules";
    const COLUMNS: &'static [&'static str] = &[
        "input",
        "model",
        "verdict",
        "rule",
        "level",
        "message",
        "help",
        "file",
        "line",
        "column",
        "api.{status,code,message,assumed,source}",
    ];
    type Total = LintTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let findings = || report.results.iter().flat_map(|result| &result.findings);
        for finding in findings().take(SHOWN) {
            document.diagnostic(finding.remark.clone());
        }
        if let Some(left @ 1..) = findings().count().checked_sub(SHOWN) {
            let left = plural(left, "finding");
            document.line(Emphasis::Muted, format!("{left} more in the other formats"));
        }
        if let Some(total) = report.total.as_ref().filter(|total| total.requests > 0) {
            conclude(&mut document, total);
        }
        document
    }

    fn diagnostics(report: &Report<Self>) -> Option<Vec<Diagnostic>> {
        let clean = |result: &LintResult| Diagnostic {
            kind: ALL_RULES,
            severity: Severity::Pass,
            subject: format!("{} · {}", result.input, result.model),
            message: "nothing was found".to_owned(),
            help: Vec::new(),
            annotations: Vec::new(),
        };
        let mut remarks: Vec<Diagnostic> = Vec::new();
        for result in &report.results {
            if result.findings.is_empty() {
                remarks.push(clean(result));
            }
            remarks.extend(result.findings.iter().map(|finding| finding.remark.clone()));
        }
        remarks.sort_by_key(|remark| std::cmp::Reverse(remark.severity));
        Some(remarks)
    }

    fn records(report: &Report<Self>) -> serde_json::Result<Vec<serde_json::Value>> {
        let mut records = Vec::new();
        for result in &report.results {
            for finding in &result.findings {
                let mut record = serde_json::to_value(finding)?;
                record["input"] = result.input.clone().into();
                record["model"] = result.model.clone().into();
                record["verdict"] = result.verdict.to_string().into();
                records.push(record);
            }
        }
        Ok(records)
    }
}

fn conclude(document: &mut Document, total: &LintTotal) {
    let requests = plural(total.requests, "request");
    let findings = total.fail + total.warn + total.advice;
    if findings == 0 {
        document.headline("nothing", format!("to find in {requests}"), "");
        document.line(Emphasis::Good, format!("{requests}, nothing found"));
        return;
    }
    let of = [
        (total.fail, "refused or failing"),
        (total.warn, "to look at"),
        (total.advice, "to consider"),
    ];
    let told: Vec<_> = of
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", grouped(n)))
        .collect();
    let of_findings = if findings == 1 { "finding" } else { "findings" };
    document.headline(grouped(findings), format!("{of_findings} in {requests}"), told.join(", "));
    let tone = match total {
        LintTotal { fail: 1.., .. } => Emphasis::Bad,
        LintTotal { warn: 1.., .. } => Emphasis::Caution,
        _ => Emphasis::Plain,
    };
    let line = format!("{requests}: {}; `outlay lint --explain RULE` says why", told.join(", "));
    document.line(tone, line);
}
