//! Advice on prompts for models that reason by themselves (OpenAI guide "Reasoning models", 2024-09,
//! "Advice on prompting"). The guide names the habits; where a rule needs a figure, it is ours and the
//! rule's explanation says so.

use std::collections::HashMap;
use std::ops::Range;

use super::finding::Finding;
use super::rule::{
    ASKS_FOR_STEP_BY_STEP, LARGE_RETRIEVED_CONTEXT, MANY_EXAMPLES, MATERIAL_WITHOUT_DELIMITERS,
};
use super::target::LintTarget;
use crate::request::{Message, Part, Role};
use crate::units::Tokens;

/// Requests to think aloud, as prompts word them; in lower case.
const STEP_BY_STEP: [&str; 10] = [
    "step by step",
    "step-by-step",
    "chain of thought",
    "chain-of-thought",
    "explain your reasoning",
    "explain your thinking",
    "show your reasoning",
    "show your work",
    "think out loud",
    "think aloud",
];
/// From how many examples on a prompt has many.
const EXAMPLES: usize = 3;
/// From how many characters on a message is long enough to hold pasted material.
const LONG_MESSAGE: usize = 1_500;
/// From how many tokens on a single message is a very large context.
const LARGE_CONTEXT: Tokens = Tokens::new(20_000);

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let Some(request) = target.request else { return Vec::new() };
    let mut findings = Vec::new();
    let parts = target.count.map(|count| count.parts.as_slice()).unwrap_or_default();
    let sizes = parts.iter().map(|part| (part.part.as_str(), part.tokens)).collect();
    for (i, message) in request.messages.iter().enumerate() {
        if !matches!(message.role, Role::User | Role::System | Role::Developer) {
            continue;
        }
        let text = joined(message);
        let place = Place::of(target, message);
        let found = [
            step_by_step(&text, &place),
            examples(&text, &place),
            delimiters(&text, &place),
            large(&sizes, message, i, &place),
        ];
        findings.extend(found.into_iter().flatten());
    }
    let named = request.messages.iter().filter(|message| is_named_example(message)).count();
    if named >= EXAMPLES
        && !findings.iter().any(|finding| finding.rule.id == MANY_EXAMPLES.id)
        && let Some(first) = request.messages.iter().find(|message| is_named_example(message))
    {
        findings.push(Place::of(target, first).mark(many(named, "example messages"), None));
    }
    findings
}

/// The text of a message, its parts joined.
fn joined(message: &Message) -> String {
    message
        .content
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Media(_) | Part::Unknown(_) => "",
        })
        .collect()
}

/// Where in the file the text of a message stands.
struct Place<'a> {
    text: &'a str,
    span: Range<usize>,
}

impl<'a> Place<'a> {
    fn of(target: &LintTarget<'a>, message: &Message) -> Self {
        let span = message.span.as_ref().map(|span| span.text.clone());
        let span = span.filter(|span| target.text.get(span.clone()).is_some());
        let span = span.unwrap_or(0..target.text.len());
        Self { text: target.text, span }
    }

    /// The bytes of `needle`, in lower case, in the text as it is written.
    fn find(&self, needle: &str) -> Option<Range<usize>> {
        let here = self.text.get(self.span.clone())?;
        let start = here
            .as_bytes()
            .windows(needle.len())
            .position(|window| window.eq_ignore_ascii_case(needle.as_bytes()))?;
        let start = self.span.start + start;
        Some(start..start + needle.len())
    }

    /// The finding at `span`, or at the beginning of the message.
    fn mark(&self, finding: Finding, span: Option<Range<usize>>) -> Finding {
        let first_line = || {
            let here = self.text.get(self.span.clone()).unwrap_or_default();
            let length = here.lines().next().map_or(0, str::len).min(40);
            let length = (0..=length).rev().find(|end| here.is_char_boundary(*end)).unwrap_or(0);
            self.span.start..self.span.start + length
        };
        finding.within(span.unwrap_or_else(first_line))
    }
}

fn step_by_step(text: &str, place: &Place<'_>) -> Option<Finding> {
    let lower = text.to_ascii_lowercase();
    let phrase = STEP_BY_STEP.into_iter().find(|phrase| lower.contains(phrase))?;
    let message = format!("the prompt says `{phrase}`, and the model reasons by itself");
    let help = "say what is wanted and leave out how to think; it may not help and can hinder";
    Some(place.mark(Finding::new(&ASKS_FOR_STEP_BY_STEP, message, help), place.find(phrase)))
}

fn examples(text: &str, place: &Place<'_>) -> Option<Finding> {
    const MARKS: [&str; 5] = ["example", "<example", "input:", "q:", "question:"];
    let begins = |line: &str, mark: &str| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || "#*->".contains(c));
        let Some(start) = line.get(..mark.len()) else { return false };
        let rest = &line[mark.len()..];
        // `Example 2:` heads an example, `Examples of good style are` does not.
        let heads = mark != "example"
            || rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == ':')
            || rest.trim().is_empty();
        start.eq_ignore_ascii_case(mark) && heads
    };
    let count = |mark: &str| text.lines().filter(|line| begins(line, mark)).count();
    let (mark, n) = MARKS.into_iter().map(|mark| (mark, count(mark))).max_by_key(|(_, n)| *n)?;
    if n < EXAMPLES {
        return None;
    }
    Some(place.mark(many(n, "examples"), place.find(mark)))
}

fn many(n: usize, what: &str) -> Finding {
    let message = format!("the prompt gives {n} {what}; few-shot prompts may not help here");
    let help = "describe the result and its form; keep one example at most, if the form is unusual";
    Finding::new(&MANY_EXAMPLES, message, help)
}

fn is_named_example(message: &Message) -> bool {
    message.name.as_deref().is_some_and(|name| name.starts_with("example"))
}

fn delimiters(text: &str, place: &Place<'_>) -> Option<Finding> {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).count();
    if text.len() < LONG_MESSAGE || paragraphs < 2 || is_delimited(text) {
        return None;
    }
    let message = format!("{paragraphs} paragraphs stand together without delimiters");
    let help = "part instructions from material with triple quotes, XML tags or section titles";
    Some(place.mark(Finding::new(&MATERIAL_WITHOUT_DELIMITERS, message, help), None))
}

/// Whether a text has triple quotes, a closing tag, or a section title.
fn is_delimited(text: &str) -> bool {
    let fenced = ["\"\"\"", "'''", "```", "~~~", "</", "/>"];
    let is_title = |line: &str| {
        let line = line.trim();
        let rule = line.len() >= 3 && line.chars().all(|c| "-=*_".contains(c));
        let heading = line.starts_with('#') && line.trim_start_matches('#').starts_with(' ');
        // `Instructions:` on a line of its own.
        let label = line.ends_with(':') && line.split_whitespace().count() <= 6;
        rule || heading || label
    };
    fenced.iter().any(|fence| text.contains(fence)) || text.lines().any(is_title)
}

fn large(
    sizes: &HashMap<&str, Tokens>,
    message: &Message,
    index: usize,
    place: &Place<'_>,
) -> Option<Finding> {
    let wanted = message.part_name(index);
    let tokens = *sizes.get(wanted.as_str())?;
    if tokens < LARGE_CONTEXT {
        return None;
    }
    let message = format!("this message alone has {tokens} tokens");
    let help =
        "give only the most relevant passages; more context can make the answer overly complicated";
    Some(place.mark(Finding::new(&LARGE_RETRIEVED_CONTEXT, message, help), None))
}
