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
    while let Some(open) = memchr::memchr2(b'{', b'}', &text.as_bytes()[from..]) {
        let start = from + open;
        if text[start + 1..].starts_with(&text[start..=start]) {
            from = start + 2;
            continue;
        }
        from = start + 1;
        if text.as_bytes()[start] == b'}' {
            continue;
        }
        let rest = &text[from..];
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
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    begins && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
