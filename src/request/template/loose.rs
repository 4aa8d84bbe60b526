//! `{name}` in texts of which nothing says that they are templates.

use std::ops::Range;

use super::slot::{Slot, single};

/// The slots of a text in single braces; the arguments of formulas, such as `\frac{a}{b}` and `x_{i}`, are none.
pub(super) fn loose(text: &str) -> Vec<Slot<'_>> {
    let mut slots = single(text);
    let mut end_of_last = 0;
    slots.retain(|slot| {
        let before = &text[..slot.span.start];
        let is_slot = slot.span.start == end_of_last || !is_argument(before);
        if is_slot {
            end_of_last = slot.span.end;
        }
        is_slot
    });
    slots
}

/// Whether braces after this text hold the argument of a formula or of a command of LaTeX.
fn is_argument(before: &str) -> bool {
    let Some(last) = before.chars().next_back() else { return false };
    match last {
        '^' | '}' | '\\' => true,
        // `x_{i}` and `\sum_{i}`, but not `order_{id}`.
        '_' => {
            let (_, word) = word_at_end(&before[..before.len() - 1]);
            word.chars().count() <= 1 || is_command(&before[..before.len() - 1])
        }
        _ => is_command(before),
    }
}

/// Whether a text ends with a command such as `\frac`; a new line that is written as `\n` is none.
fn is_command(text: &str) -> bool {
    let (before, word) = word_at_end(text);
    before.ends_with('\\') && !matches!(word, "n" | "r" | "t")
}

/// A text parted before the ASCII letters that it ends with.
fn word_at_end(text: &str) -> (&str, &str) {
    let start = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    text.split_at(start)
}

/// Whether a text is more likely a template of `str.format` than what is sent: a slot stands in it where prose
/// goes on, not in code, paths, formulas or sets.
pub(in super::super) fn is_likely(text: &str) -> bool {
    if memchr::memchr(b'{', text.as_bytes()).is_none() {
        return false;
    }
    let slots = loose(text);
    if slots.iter().any(|slot| TYPES.contains(&slot.name)) {
        return false;
    }
    let mut slots = slots.into_iter().peekable();
    let (mut start, mut is_fenced, mut after_fence) = (0, false, false);
    for line in text.split_inclusive('\n') {
        if slots.peek().is_none() {
            return false;
        }
        let end = start + line.len();
        while let Some(slot) = slots.next_if(|slot| slot.span.start < end) {
            let in_line = slot.span.start - start..slot.span.end.min(end) - start;
            if !is_telling(&slot, &line[in_line.clone()]) {
                continue;
            }
            let stands = if is_fenced {
                // A block of code that is nothing else than a slot.
                let is_all = after_fence && is_fence(&text[end..]);
                is_all && line.trim() == &line[in_line]
            } else {
                stands_in_prose(line, &in_line)
            };
            if stands {
                return true;
            }
        }
        after_fence = is_fence(line);
        is_fenced ^= after_fence;
        start = end;
    }
    false
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

/// Whether the name of a slot, and how it is to be written out, are those of `str.format`. One letter is as
/// likely a variable of mathematics.
fn is_telling(slot: &Slot<'_>, written: &str) -> bool {
    let tail = written.get(1 + slot.name.len()..written.len() - 1).unwrap_or_default();
    let tail = ["!r", "!s", "!a"].iter().find_map(|how| tail.strip_prefix(how)).unwrap_or(tail);
    let is_format = tail.is_empty() || tail.strip_prefix(':').is_some_and(is_format);
    slot.name.chars().nth(1).is_some() && !slot.name.contains('.') && is_format
}

/// Whether a text is a format of `str.format`, such as `>10`, `,.2f` or `%Y-%m-%d`, and no type or value.
fn is_format(text: &str) -> bool {
    if text.starts_with('%') {
        return true;
    }
    let mut chars = text.chars();
    let is_align = |c: Option<char>| c.is_some_and(|c| "<>=^".contains(c));
    let (first, second) = (chars.next(), chars.clone().next());
    let rest = match first {
        // Any character may fill what is aligned.
        Some(_) if is_align(second) => &chars.as_str()[1..],
        _ if is_align(first) => chars.as_str(),
        _ => text,
    };
    let rest = rest.trim_start_matches(['+', '-', ' ', '#']);
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || ",_.".contains(c));
    !text.is_empty() && rest.len() <= 1 && rest.chars().all(|c| "bcdeEfFgGnosxX%".contains(c))
}

/// Types in the documentation of programs, which stand in braces as well.
const TYPES: [&str; 6] = ["string", "boolean", "integer", "Object", "Function", "Array"];
/// What stands in lines of code.
const CODE: [&str; 10] = ["=>", "::", "/>", "&&", "||", "f\"", "f'", "println!", "format!", ");"];
/// What lines of code begin with.
const STATEMENTS: [&str; 7] =
    ["import ", "export ", "const ", "let ", "var ", "function ", "#include"];

/// Whether a slot of a line goes on with what is written before it, and names no role of what is quoted behind it.
fn stands_in_prose(line: &str, slot: &Range<usize>) -> bool {
    let before = &line[..slot.start];
    let whole = line.trim();
    let is_quoted = || before.bytes().filter(|byte| *byte == b'`').count() % 2 == 1;
    let is_role = line[slot.end..].starts_with('`') || before.trim_end().ends_with('`');
    // What takes the longest comes last.
    let is_code = || {
        whole.ends_with([';', '{'])
            || STATEMENTS.iter().any(|word| whole.starts_with(word))
            || CODE.iter().any(|mark| whole.contains(mark))
    };
    !is_role && begins(before) && !is_quoted() && !is_code()
}

/// Whether prose may go on with a slot after this text: not within a word, a path or a call.
fn begins(before: &str) -> bool {
    let is_call =
        |before: &str| before.ends_with(|c: char| c.is_ascii_alphanumeric() || "_!$".contains(c));
    let Some(last) = before.chars().next_back() else { return true };
    let outside = &before[..before.len() - last.len_utf8()];
    match last {
        '(' | '[' | '"' | '\'' => {
            !is_call(outside)
                && outside.strip_suffix('(').is_none_or(|before| last == '(' || !is_call(before))
        }
        '>' => !outside.ends_with(['=', '-']),
        _ if last.is_whitespace() => {
            !is_set(before.trim_end()) && !before.trim_end().ends_with("()")
        }
        // A new line that is written as `\n`.
        'n' | 'r' | 't' if outside.ends_with('\\') => true,
        _ => !last.is_ascii_alphanumeric() && !"/\\$#@%=&~_)]}`".contains(last),
    }
}

/// Whether what follows is more likely a set: after `S =`, `∈` and the like.
fn is_set(before: &str) -> bool {
    if before.ends_with(['∈', '∉', '⊂', '⊆', '⊃', '⊇', '∪', '∩', '∖']) {
        return true;
    }
    let Some(left) = before.strip_suffix('=').map(str::trim_end) else { return false };
    let start = left.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    left[start..].chars().count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        loose(text).into_iter().map(|slot| slot.name).collect()
    }

    #[test]
    fn arguments_of_formulas_are_no_slots() {
        assert_eq!(
            names(r"Solve {problem} with \frac{a}{b}, x_{i}, x^{n} and \sum_{k}"),
            ["problem"]
        );
        assert_eq!(names(r"\begin{align}{c} \{set}"), Vec::<&str>::new());
        assert_eq!(names(r"{first}{last} of order_{id}\n{text}"), ["first", "last", "id", "text"]);
    }

    #[test]
    fn templates_are_told_from_what_is_sent() {
        for text in [
            "Hello {customer}, your order {order_id} has shipped.",
            "{question}",
            "Answer from the context.\n\nContext: {context}\n\nQuestion: {question}\nAnswer:",
            "<document>\n{document}\n</document>",
            "<document id=\"{doc_id}\">{document}</document>",
            "Review this:\n```python\n{code}\n```\n",
            "The total is {total:,.2f} on {day:%Y-%m-%d} for {name!r} or {name:>10}",
            "Say \"{phrase}\" and '{other}' (or {third})",
            "Reply with {{\"answer\": \"...\"}}. The user said: {input}",
            "请根据{context}回答问题：{question}",
            "- **{title}**",
            "Solve {problem}. Write \\frac{a}{b} for fractions.",
            "question = {question}",
            "Step 1\\n{steps}",
        ] {
            assert!(is_likely(text), "{text}");
        }
    }

    #[test]
    fn formulas_code_paths_and_sets_are_no_templates() {
        for text in [
            "no braces",
            r"Simplify \frac{alpha}{beta} + x^{max} and \mathbb{R}^{dim}, \sum_{item} x_{min}.",
            r"\begin{align} \text{profit} \end{align}",
            "Let S = {apple} and T = {x}, x ∈ {red}; {n} of them.",
            "{\"name\": \"Ann\", \"tags\": {\"a\": {}}}",
            "{name: string, age: number} and {a: 1} and {kind:string}",
            "GET /users/{user_id}/orders/{order_id}",
            "Use `{name}` for the name.",
            "Explain:\n```js\nconst x = {name};\nfoo(\n{children}\n)\n```",
            "import {useState} from 'react'",
            "const {name} = props",
            "println!(\"{name}\")",
            "print(f\"{name}\")",
            "x = f'{name}'",
            "call({name})",
            "use std::{fmt}",
            "items.map(x =>{item})",
            "echo ${HOME} and @{user} and #{count}",
            "function f() {return}",
            "- `name` {Buffer} The name.\n- Returns: {string}",
            "See {ref}`the guide` and\n```{note}\ntext\n```",
            "{0} and {} and { name } and {two words}",
            "{self.name}",
            "Text {i} of {n}",
            "{{name}} is {{ meant }}",
        ] {
            assert!(!is_likely(text), "{text}");
        }
    }
}
