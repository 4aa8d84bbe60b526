//! Slots in single braces, as `str.format` has them.

use std::ops::Range;

/// A slot of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its bytes in the text, what marks it included.
    pub span: Range<usize>,
}

/// `{name}`, `{name!r}`, `{name:>10}`; what else stands in braces, such as JSON, is text.
pub(super) fn single(text: &str) -> Vec<Slot<'_>> {
    let mut slots = Vec::new();
    let mut from = 0;
    while let Some(open) = memchr::memchr(b'{', &text.as_bytes()[from..]) {
        let start = from + open;
        from = start + 1;
        let rest = &text[from..];
        if rest.starts_with('{') {
            from += 1;
            continue;
        }
        if !rest.starts_with(begins_name) {
            continue;
        }
        let Some(length) = memchr::memchr2(b'{', b'}', rest.as_bytes())
            .filter(|end| rest.as_bytes()[*end] == b'}')
        else {
            continue;
        };
        let name = rest[..length].split(['!', ':']).next().unwrap_or_default();
        if is_name(name) {
            slots.push(Slot { name, span: start..from + length + 1 });
            from += length + 1;
        }
    }
    slots
}

pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(begins_name)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}
