//! What a gate has to say about a place in a file: the common form of every format that CI reads.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::units::Lines;

/// How much a remark weighs, from the lightest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A check that is met.
    Pass,
    /// Something to know.
    Advice,
    /// Something to look at.
    Warn,
    /// A gate that fails.
    Fail,
    /// A question without an answer.
    Error,
}

/// What is remarked upon: a rule or a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiagnosticKind {
    /// Its stable id.
    pub id: &'static str,
    /// What it is about, in half a sentence.
    pub summary: &'static str,
    /// Why it exists and what to do about it.
    pub explanation: &'static str,
}

/// The check behind an input that has no answer.
pub(crate) const NO_ANSWER: DiagnosticKind = DiagnosticKind {
    id: "no-answer",
    summary: "an input that cannot be measured",
    explanation: "A gate fails closed: what cannot be read, counted or priced is an error, never a pass.",
};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is there, in a few words.
    pub label: String,
    /// The line itself, and the bytes of it that are meant; `None` where it is too long to be shown.
    pub excerpt: Option<(String, Range<usize>)>,
}

impl Annotation {
    /// Longer lines are named and not shown.
    const LONGEST_LINE: usize = 1_000;

    /// A place in a text; without a span the whole line is meant.
    #[must_use]
    pub fn new(
        file: impl Into<String>,
        text: &str,
        lines: &Lines,
        (line, column): (usize, usize),
        span: Option<Range<usize>>,
        label: impl Into<String>,
    ) -> Self {
        let (start, content) = lines.line(text, line);
        let indent = content.len() - content.trim_start().len();
        let whole = indent..content.trim_end().len().max(indent);
        let inside = span.map_or(whole, |span| {
            let from = span.start.saturating_sub(start).min(content.len());
            from..span.end.saturating_sub(start).clamp(from, content.len())
        });
        let shown = content.len() <= Self::LONGEST_LINE
            && content.is_char_boundary(inside.start)
            && content.is_char_boundary(inside.end);
        Self {
            file: file.into(),
            line,
            column,
            label: label.into(),
            excerpt: shown.then(|| (content.to_owned(), inside)),
        }
    }

    /// The character after the last one that is meant, from 1, on the same line.
    pub(crate) fn end_column(&self) -> Option<usize> {
        let (line, span) = self.excerpt.as_ref()?;
        let start = line.get(..span.start)?.chars().count() + 1;
        (start == self.column).then(|| start + line[span.clone()].chars().count())
    }
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule or budget.
    pub kind: DiagnosticKind,
    /// How much it weighs.
    pub severity: Severity,
    /// What was checked, such as `support · prompts/support.md · o1-mini`.
    pub subject: String,
    /// What is wrong, or fine; one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Vec<String>,
    /// Where; the first place is the one to go to.
    pub annotations: Vec<Annotation>,
}

impl Diagnostic {
    /// What distinguishes this remark from others, whatever its line.
    fn identity(&self) -> String {
        let Some(spot) = self.annotations.first() else {
            return format!("{}\0\0{}", self.kind.id, self.subject);
        };
        // A line of a file with many requests is part of its name.
        let subject = self.subject.replace(&format!("{}:{}", spot.file, spot.line), &spot.file);
        format!("{}\0{}\0{subject}", self.kind.id, spot.file)
    }
}

/// 32 hexadecimal digits per remark, unique among them and free of line numbers.
pub(crate) fn fingerprints(diagnostics: &[&Diagnostic]) -> Vec<String> {
    let mut seen = BTreeMap::<String, u32>::new();
    diagnostics
        .iter()
        .map(|diagnostic| {
            let identity = diagnostic.identity();
            let nth = seen.entry(identity.clone()).or_default();
            *nth += 1;
            let text = format!("{identity}\0{nth}");
            format!("{:032x}", xxhash_rust::xxh3::xxh3_128(text.as_bytes()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_shows_its_line_and_what_is_meant() {
        let text = "first\n  näxt line\n";
        let spot = |text: &str, place, span| {
            Annotation::new("a.md", text, &Lines::of(text), place, span, "")
        };
        let whole = spot(text, (2, 1), None);
        assert_eq!(whole.excerpt, Some(("  näxt line".to_owned(), 2..12)));
        let word = spot(text, (2, 3), Some(8..13));
        assert_eq!(word.end_column(), Some(7));
        let long = spot(&"x".repeat(2_000), (1, 1), None);
        assert_eq!(long.excerpt, None);
        assert!(spot("", (9, 1), None).excerpt.is_some());
    }
}
