//! The place in a file that drives the size of a prompt.

use std::ops::Range;
use std::sync::Arc;

use crate::budget::{changed_line, longest_line};
use crate::cli::commands::check::measurement::Measured;
use crate::cli::commands::check::sources::SourceText;
use crate::report::Annotation;
use crate::request::{PartCount, language_of, slots_of};
use crate::units::Position;

/// The line that changed since the base, else the slot that takes half of the prompt, else the largest part
/// of the request, else the longest line.
pub(crate) fn driver(measured: &Measured, before: Option<&Arc<SourceText>>) -> Annotation {
    let source = &measured.seen.source;
    let text = source.text.as_str();
    // A line of a file with many requests is a request of its own.
    if let Some(line) = measured.seen.line {
        let changed = before.is_some_and(|before| source.line(line) != before.line(line));
        let label = if changed { CHANGED } else { "this request" };
        return spot(source, (line, 1), None, label);
    }
    if let Some(line) = before.and_then(|before| changed_line(&before.text, text)) {
        return at_line(source, line, CHANGED);
    }
    if let Some((name, tokens)) = &measured.seen.slot
        && let Some(slot) = slots_of(text, language_of(text, &|slot| slot == name))
            .into_iter()
            .find(|slot| slot.name == name)
    {
        let at = Position::of(text, slot.span.start);
        let label = format!("this slot, {tokens} tokens at its high end");
        return spot(source, (at.line, at.column), Some(slot.span), label);
    }
    if let Some(part) = &measured.seen.largest_part
        && let Some(spot) =
            part_of(source, part, &format!("the largest part, {} tokens", part.tokens))
    {
        return spot;
    }
    let line = longest_line(text);
    let label = if text.lines().nth(1).is_some() { "the longest line" } else { "the prompt" };
    at_line(source, line, label)
}

const CHANGED: &str = "changed since the base";

fn at_line(source: &SourceText, line: usize, label: &str) -> Annotation {
    let content = source.line(line);
    let indent = content.chars().take_while(|c| c.is_whitespace()).count();
    spot(source, (line, indent + 1), None, label)
}

/// A part of a request, where it is known where it stands.
fn part_of(source: &SourceText, part: &PartCount, label: &str) -> Option<Annotation> {
    let key = part.span.as_ref()?.key.clone();
    let at = source.lines().position(&source.text, key.start);
    Some(spot(source, (at.line, at.column), Some(key), label))
}

fn spot(
    source: &SourceText,
    place: (usize, usize),
    span: Option<Range<usize>>,
    label: impl Into<String>,
) -> Annotation {
    Annotation::new(source.name.as_str(), &source.text, source.lines(), place, span, label)
}
