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
        Language::Jinja => trimmed(jinja(text), '-'),
        Language::Mustache => alone(sections(text)),
        Language::Handlebars => trimmed(alone(sections(text)), '~'),
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
        let rest = &text[start + 2..];
        let long = rest.strip_prefix('~').unwrap_or(rest).starts_with("!--");
        let ends: &[&str] = if long { &["--}}", "--~}}"] } else { &["}}"] };
        let ends = ends.iter().filter_map(|mark| Some(rest.find(mark)? + mark.len()));
        let Some(length) = ends.min() else { break };
        let end = start + 2 + length;
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

/// Takes white space from texts where a tag beside them says so with this mark inside its braces.
fn trimmed(mut tags: Vec<Tag<'_>>, mark: char) -> Vec<Tag<'_>> {
    for i in between(&tags) {
        let tag = tags[i].text;
        if tag[2..].starts_with(mark) {
            tags[i - 1].text = tags[i - 1].text.trim_end();
        }
        if tag[..tag.len() - 2].ends_with(mark) {
            begin_with(&mut tags[i + 1], str::trim_start);
        }
    }
    tags
}

/// The places of the tags: texts stand before, between and after them.
fn between(tags: &[Tag<'_>]) -> impl DoubleEndedIterator<Item = usize> + use<> {
    (1..tags.len()).step_by(2)
}

/// Takes what a text begins with.
fn begin_with<'a>(text: &mut Tag<'a>, rest: impl FnOnce(&'a str) -> &'a str) {
    let kept = rest(text.text);
    text.start += text.text.len() - kept.len();
    text.text = kept;
}

/// Takes the line of a tag that stands alone on it.
fn alone(mut tags: Vec<Tag<'_>>) -> Vec<Tag<'_>> {
    // From the end on, because the break that one line loses is what the next one begins after.
    for i in between(&tags).rev() {
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
        begin_with(&mut tags[i + 1], |_| rest.unwrap_or(tail));
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a text whose blocks are written once, with a bar for each tag.
    fn once(text: &str, language: Language) -> String {
        let pieces = tags(text, language);
        for piece in &pieces {
            assert!(text[piece.start..].starts_with(piece.text), "{piece:?} of {text}");
        }
        pieces.iter().map(|tag| if tag.does == Does::Text { tag.text } else { "|" }).collect()
    }

    #[test]
    fn marks_in_tags_take_the_white_space_beside_them() {
        for (text, left) in [
            ("a {% if x %} b {% endif %} c", "a | b | c"),
            ("a \n{%- if x %} b {% endif -%}\n c", "a| b |c"),
            ("a {%- if x -%} b {%- endif -%} c", "a|b|c"),
            ("a {#- a note -#} b {# - #} c", "a|b | c"),
            ("a {%- raw -%} {%- b -%} {%- endraw -%} c", "a|{%- b -%}|c"),
        ] {
            assert_eq!(once(text, Language::Jinja), left, "{text}");
        }
        for (text, left) in [
            ("a {{#if x}} b {{/if}} c", "a | b | c"),
            ("a {{~#if x~}} b {{~/if~}} c", "a|b|c"),
            ("a\n{{~#if x}}\nb\n{{/if~}}\n\n c", "a|b\n|c"),
            ("a {{~!-- a }} note --}} b {{!-- another --~}} c", "a| b |c"),
        ] {
            assert_eq!(once(text, Language::Handlebars), left, "{text}");
        }
    }

    #[test]
    fn a_tag_alone_on_its_line_takes_the_line() {
        for (text, left) in [
            ("a\n{{#x}}\nb\n{{/x}}\nc", "a\n|b\n|c"),
            ("a\n  {{#x}} \t\r\nb\n\t{{/x}}  ", "a\n|b\n|"),
            ("{{#x}}\nb {{/x}}\nc", "|b |\nc"),
            ("{{#x}} b\n{{/x}} c", "| b\n| c"),
            ("{{#x}}\n{{/x}}\n{{! a note }}\n", "|||"),
        ] {
            assert_eq!(once(text, Language::Mustache), left, "{text}");
        }
    }
}
