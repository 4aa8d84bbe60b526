//! What keeps a cache from finding a prompt again, and what an API refuses of its history.

use std::ops::Range;

use super::finding::Finding;
use super::rule::{CACHE_PREFIX_VOLATILE, TOOL_PAIR_BROKEN, TOOLS_REORDERED};
use super::target::LintTarget;
use crate::request::{Message, Request, Role, check_tool_pairs};

/// Names of slots that are filled with another value in every request.
const VOLATILE: [&str; 9] = [
    "now",
    "time",
    "timestamp",
    "datetime",
    "current_time",
    "uuid",
    "session_id",
    "request_id",
    "trace_id",
];

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    [volatile(target), broken_pair(target), reordered(target)].into_iter().flatten().collect()
}

/// The tools of the request before it, in another order.
fn reordered(target: &LintTarget<'_>) -> Option<Finding> {
    let names = |request: &Request| -> Vec<String> {
        request.functions.iter().map(|function| function.name.clone()).collect()
    };
    let (now, before) = (names(target.request?), names(target.before?));
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort_unstable();
        names
    };
    if now == before || sorted(&now) != sorted(&before) {
        return None;
    }
    let first = now.iter().zip(&before).find(|(now, before)| now != before);
    let (now, before) = first?;
    let message = format!(
        "`{now}` stands where the request before has `{before}`: the same tools in another order"
    );
    let help = "write the tools in one order, such as that of their names";
    let place = target.body.and_then(|body| body.json.get("tools"));
    Some(Finding::new(&TOOLS_REORDERED, message, help).at(place))
}

fn broken_pair(target: &LintTarget<'_>) -> Option<Finding> {
    let error = check_tool_pairs(target.request?).err()?;
    let help = "keep each call with its result, or leave both out";
    Some(Finding::new(&TOOL_PAIR_BROKEN, error.message().to_owned(), help))
}

/// A clock or an id in the first half of the first message of a prompt that is long enough to be cached.
fn volatile(target: &LintTarget<'_>) -> Option<Finding> {
    let least = target.model.cache.as_ref()?.min_prefix?;
    let count = target.count.filter(|count| count.prompt_tokens() >= least)?;
    let first = target.request?.messages.first()?;
    let span = first.span.as_ref()?.text.clone();
    let text = target.text.get(span.clone())?;
    let found = volatile_text(text, first)?;
    // Behind the first half, most of the message is cached all the same; what follows it is not.
    if found.start > text.len() / 2 && target.request?.messages.len() == 1 {
        return None;
    }
    let message = format!(
        "`{}` differs from request to request: of {} prompt tokens, what follows it is never read from the \
         cache",
        &text[found.clone()],
        count.prompt_tokens()
    );
    let help = "move it behind what stays the same, such as into the last message";
    let place = span.start + found.start..span.start + found.end;
    Some(Finding::new(&CACHE_PREFIX_VOLATILE, message, help).within(place))
}

/// The first clock, id or slot for one; clocks and ids in instructions alone, because material may hold any.
fn volatile_text(text: &str, message: &Message) -> Option<Range<usize>> {
    let instructs = matches!(message.role, Role::System | Role::Developer);
    let written = |shape: &str| shape_at(text, shape).filter(|_| instructs);
    let uuid = || written("hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh");
    let clock = || written("dddd-dd-ddTdd:dd").or_else(|| written("dddd-dd-dd dd:dd"));
    slot(text).or_else(clock).or_else(uuid)
}

/// The first place of a shape in which `d` is a digit, `h` a hexadecimal digit, and all else itself.
fn shape_at(text: &str, shape: &str) -> Option<Range<usize>> {
    let (text, shape) = (text.as_bytes(), shape.as_bytes());
    let fits = |(is, wanted): (&u8, &u8)| match wanted {
        b'd' => is.is_ascii_digit(),
        b'h' => is.is_ascii_hexdigit(),
        other => is == other,
    };
    let start = text.windows(shape.len()).position(|part| part.iter().zip(shape).all(fits))?;
    Some(start..start + shape.len())
}

/// The first slot, in two braces, whose name says that it is filled anew in every request.
fn slot(text: &str) -> Option<Range<usize>> {
    text.match_indices("{{").find_map(|(start, _)| {
        let end = start + text[start..].find("}}")?;
        let name = text[start + 2..end].trim().to_ascii_lowercase();
        VOLATILE.contains(&name.as_str()).then_some(start..end + 2)
    })
}
