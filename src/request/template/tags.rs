//! The tags that steer a template: blocks, comments, and texts from elsewhere.

use memchr::memmem;

use super::language::Language;

/// What a piece of a template does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does<'a> {
    /// It stands as it is, slots included.
    Text,
    /// It begins a block that is written once or not at all, such as `if`.
    Open(&'a str),
    /// It begins a block that may be written many times, such as `for`.
    Repeat(&'a str),
    /// It parts the branches of a block, such as `else`.
    Part,
    /// It ends a block.
    Close(&'a str),
    /// It writes nothing: a comment, or a variable that is set.
    Nothing,
    /// It writes a text that stands elsewhere.
    Elsewhere(&'a str),
}

/// A piece of a template.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    pub(super) does: Does<'a>,
    /// The text that stands there; that of a tag with its braces.
    pub(super) text: &'a str,
    /// What stands between the braces, without marks; empty for text.
    pub(super) inside: &'a str,
    /// The byte at which it begins.
    pub(super) start: usize,
}

/// Words that end with a tag of their own in Jinja, Nunjucks and Liquid.
const BLOCKS: [&str; 14] = [
    "if",
    "unless",
    "case",
    "block",
    "filter",
    "call",
    "with",
    "autoescape",
    "set",
    "macro",
    "capture",
    "comment",
    "trans",
    "ifchanged",
];
const LOOPS: [&str; 3] = ["for", "asyncEach", "tablerow"];
const PARTS: [&str; 4] = ["else", "elif", "elsif", "when"];
const ELSEWHERE: [&str; 6] = ["include", "render", "extends", "layout", "import", "from"];

/// The pieces of a text in their order; all of it is text in a language without blocks.
pub(super) fn tags(text: &str, language: Language) -> Vec<Tag<'_>> {
    match language {
        Language::Jinja => trimmed(jinja(text)),
        Language::Mustache | Language::Handlebars => alone(sections(text)),
        Language::Braces | Language::LooseBraces | Language::Dollar => {
            vec![plain(text, 0, text.len())]
        }
    }
}

fn plain(text: &str, start: usize, end: usize) -> Tag<'_> {
    Tag { does: Does::Text, text: &text[start..end], inside: "", start }
}

/// `{% … %}` and `{# … #}`; what stands within `raw` is text.
fn jinja(text: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let (mut done, mut from, mut raw) = (0, 0, false);
    while let Some(found) = memchr::memchr(b'{', &text.as_bytes()[from..]) {
        let start = from + found;
        let end_mark = match text.as_bytes().get(start + 1) {
            Some(b'%') => "%}",
            Some(b'#') if !raw => "#}",
            _ => {
                from = start + 1;
                continue;
            }
        };
        let Some(length) = text[start + 2..].find(end_mark) else { break };
        let end = start + 2 + length + 2;
        let inside = text[start + 2..end - 2].trim_matches(['-', '+']).trim();
        let word = inside.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
        from = end;
        if raw && word != "endraw" {
            continue;
        }
        let does = if end_mark == "#}" { Does::Nothing } else { statement(word, inside) };
        raw = word == "raw" && end_mark == "%}";
        tags.push(plain(text, done, start));
        tags.push(Tag { does, text: &text[start..end], inside, start });
        done = end;
    }
    tags.push(plain(text, done, text.len()));
    tags
}

fn statement<'a>(word: &'a str, inside: &str) -> Does<'a> {
    match word {
        "set" if inside.contains('=') => Does::Nothing,
        _ if LOOPS.contains(&word) => Does::Repeat(word),
        _ if BLOCKS.contains(&word) => Does::Open(word),
        _ if PARTS.contains(&word) => Does::Part,
        _ if ELSEWHERE.contains(&word) => Does::Elsewhere(word),
        "raw" | "endraw" => Does::Nothing,
        _ => {
            word.strip_prefix("end").filter(|of| !of.is_empty()).map_or(Does::Nothing, Does::Close)
        }
    }
}

/// `{{#x}}`, `{{^x}}`, `{{/x}}`, `{{else}}`, `{{! … }}`, `{{> x}}`.
fn sections(text: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some(found) = memmem::find(&text.as_bytes()[from..], b"{{") {
        let start = from + found;
        let long = text[start..].starts_with("{{!--");
        let end_mark = if long { "--}}" } else { "}}" };
        let Some(length) = text[start + 2..].find(end_mark) else { break };
        let end = start + 2 + length + end_mark.len();
        from = end;
        // `\{{` is a brace that is meant.
        if text[..start].ends_with('\\') {
            continue;
        }
        let inside = text[start + 2..end - 2].trim_matches(['~', ' ', '\t', '\n', '\r']);
        let Some(does) = section(inside) else { continue };
        tags.push(plain(text, done, start));
        tags.push(Tag { does, text: &text[start..end], inside, start });
        done = end;
    }
    tags.push(plain(text, done, text.len()));
    tags
}

fn section(inside: &str) -> Option<Does<'_>> {
    let word = |rest: &'_ str| -> usize { rest.find(char::is_whitespace).unwrap_or(rest.len()) };
    let mark = inside.chars().next()?;
    let rest = inside[mark.len_utf8()..].trim_start();
    let first = &rest[..word(rest)];
    Some(match mark {
        '#' if matches!(first, "if" | "unless" | "with") => Does::Open(first),
        // A section of Mustache is written for each item of a list.
        '#' => Does::Repeat(first),
        '^' if !first.is_empty() => Does::Open(first),
        '^' => Does::Part,
        '/' => Does::Close(first),
        '!' => Does::Nothing,
        '>' => Does::Elsewhere(first),
        _ if inside == "else" || inside.starts_with("else ") => Does::Part,
        _ => return None,
    })
}

/// Takes white space from texts where a tag beside them says so with `-`.
fn trimmed(mut tags: Vec<Tag<'_>>) -> Vec<Tag<'_>> {
    for i in 1..tags.len() {
        if tags[i].does == Does::Text && tags[i - 1].text.ends_with("-%}") {
            let kept = tags[i].text.trim_start();
            tags[i].start += tags[i].text.len() - kept.len();
            tags[i].text = kept;
        }
        if tags[i].text.starts_with("{%-") && tags[i].does != Does::Text {
            tags[i - 1].text = tags[i - 1].text.trim_end();
        }
    }
    tags
}

/// Takes the line of a tag that stands alone on it.
fn alone(mut tags: Vec<Tag<'_>>) -> Vec<Tag<'_>> {
    for i in (1..tags.len().saturating_sub(1)).step_by(2) {
        let (before, after) = (tags[i - 1].text, tags[i + 1].text);
        let head = before.trim_end_matches([' ', '\t']);
        let tail = after.trim_start_matches([' ', '\t']);
        let begins = head.ends_with('\n') || (head.is_empty() && i == 1);
        let rest = tail.strip_prefix("\r\n").or_else(|| tail.strip_prefix('\n'));
        let last = i + 2 == tags.len() && tail.is_empty();
        if !begins || !(rest.is_some() || last) {
            continue;
        }
        tags[i - 1].text = head;
        let rest = rest.unwrap_or(tail);
        tags[i + 1].start += after.len() - rest.len();
        tags[i + 1].text = rest;
    }
    tags
}
