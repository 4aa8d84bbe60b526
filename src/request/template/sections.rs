//! Templates of Mustache and Handlebars, rendered: sections, `if`, `unless`, `each` and `with`.

use std::borrow::Cow;

use serde_json::Value;

use super::language::Language;
use super::outline::Fault;
use super::slots::slots_of;
use super::tags::{Does, Tag, tags};
use super::values::{Values, fill, structured};

/// How deep blocks may stand in each other.
const DEEPEST: usize = 100;

/// A piece of a template.
enum Node<'a> {
    Text(&'a str),
    Block { helper: Helper, subject: &'a str, body: Vec<Node<'a>>, otherwise: Vec<Node<'a>> },
}

/// What a block does with its subject.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Helper {
    If,
    Unless,
    Each,
    With,
    /// A section of Mustache: `each` for lists, `with` for objects, else `if`.
    Section,
}

/// The names that a template asks for; `None` where it does not parse.
pub(super) fn names(text: &str, language: Language) -> Option<Vec<String>> {
    fn collect(nodes: &[Node<'_>], language: Language, within: bool, names: &mut Vec<String>) {
        for node in nodes {
            match node {
                Node::Text(text) => {
                    let slots = slots_of(text, language).into_iter().map(|slot| slot.name);
                    // What stands within a block may be a name of its item.
                    let asked = slots.filter(|name| !within && !name.starts_with("this"));
                    names.extend(asked.map(ToOwned::to_owned));
                }
                Node::Block { helper, subject, body, otherwise } => {
                    if !within && !subject.starts_with(['@', '.']) {
                        names.push((*subject).to_owned());
                    }
                    let items = matches!(helper, Helper::Each | Helper::With | Helper::Section);
                    collect(body, language, within || items, names);
                    collect(otherwise, language, within, names);
                }
            }
        }
    }
    let nodes = parse(text, language).ok()?;
    let mut names = Vec::new();
    collect(&nodes, language, false, &mut names);
    Some(names)
}

/// Renders a template. A name without a value is empty in a block, and stands as it is elsewhere.
pub(super) fn render(
    text: &str,
    language: Language,
    value: Values<'_, '_>,
) -> Result<String, Fault> {
    let nodes = parse(text, language)?;
    let mut written = String::new();
    write(&nodes, language, value, &mut Vec::new(), &mut written);
    Ok(written)
}

fn parse(text: &str, language: Language) -> Result<Vec<Node<'_>>, Fault> {
    let tags = tags(text, language);
    let mut rest = tags.as_slice();
    let (nodes, ended) = branch(&mut rest, 0)?;
    match ended {
        None => Ok(nodes),
        Some(tag) => Err(Fault { message: format!("`{}` ends no block", tag.text), at: tag.start }),
    }
}

/// The nodes up to what ends or parts their block, and that.
fn branch<'a, 't>(
    rest: &mut &'t [Tag<'a>],
    depth: usize,
) -> Result<(Vec<Node<'a>>, Option<&'t Tag<'a>>), Fault> {
    let mut nodes = Vec::new();
    while let Some((tag, after)) = rest.split_first() {
        *rest = after;
        let fault = |message: String| Fault { message, at: tag.start };
        match tag.does {
            Does::Text => nodes.push(Node::Text(tag.text)),
            Does::Nothing => {}
            Does::Elsewhere(name) => {
                return Err(fault(format!("the text of `{name}` stands in a file of its own")));
            }
            Does::Part | Does::Close(_) => return Ok((nodes, Some(tag))),
            Does::Open(_) | Does::Repeat(_) if depth >= DEEPEST => {
                return Err(fault(format!("blocks stand in more than {DEEPEST} others")));
            }
            Does::Open(_) | Does::Repeat(_) => nodes.push(block(tag, rest, depth)?),
        }
    }
    Ok((nodes, None))
}

fn block<'a>(tag: &Tag<'a>, rest: &mut &[Tag<'a>], depth: usize) -> Result<Node<'a>, Fault> {
    let fault = |message: String| Fault { message, at: tag.start };
    let (helper, subject) =
        head(tag).ok_or_else(|| fault(format!("`{}` is a helper that is not known", tag.text)))?;
    let (body, mut ended) = branch(rest, depth + 1)?;
    let mut otherwise = Vec::new();
    if let Some(part) = ended.filter(|tag| tag.does == Does::Part) {
        if part.inside.starts_with("else ") {
            // `{{else if x}}` is a block in the other branch, and ends with its own.
            let (inner, subject) = chained(part)
                .ok_or_else(|| fault(format!("`{}` is a helper that is not known", part.text)))?;
            let (body, end) = branch(rest, depth + 1)?;
            let mut last = Vec::new();
            ended = end;
            if ended.is_some_and(|tag| tag.does == Does::Part) {
                (last, ended) = branch(rest, depth + 1)?;
            }
            otherwise.push(Node::Block { helper: inner, subject, body, otherwise: last });
        } else {
            (otherwise, ended) = branch(rest, depth + 1)?;
        }
    }
    match ended.map(|tag| tag.does) {
        Some(Does::Close(_)) => Ok(Node::Block { helper, subject, body, otherwise }),
        _ => Err(fault(format!("the block `{}` has no end", tag.text))),
    }
}

/// The helper and the subject of a block; `None` for helpers that are not built in.
fn head<'a>(tag: &Tag<'a>) -> Option<(Helper, &'a str)> {
    let inverted = tag.inside.starts_with('^');
    let words = tag.inside.trim_start_matches(['#', '^']).trim();
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let subject = rest.split(" as |").next().unwrap_or_default().trim();
    let helper = match first {
        _ if rest.is_empty() && inverted => return Some((Helper::Unless, first)),
        _ if rest.is_empty() => return Some((Helper::Section, first)),
        "if" => Helper::If,
        "unless" => Helper::Unless,
        "each" => Helper::Each,
        "with" => Helper::With,
        _ => return None,
    };
    // An expression such as `(eq a b)` needs a helper.
    (!subject.contains(['(', ' '])).then_some((helper, subject))
}

fn chained<'a>(part: &Tag<'a>) -> Option<(Helper, &'a str)> {
    let subject = part.inside.strip_prefix("else if ")?.trim();
    (!subject.contains(['(', ' '])).then_some((Helper::If, subject))
}

/// What a name means among the items of the blocks around it, the innermost last, else among the values.
fn look_up<'v>(name: &str, items: &'v [Value], value: Values<'_, '_>) -> Option<Cow<'v, Value>> {
    let name = name.trim_start_matches("./").trim_start_matches("this.");
    if matches!(name, "this" | ".") {
        return items.last().map(Cow::Borrowed);
    }
    let up = name.matches("../").count();
    let name = name.trim_start_matches("../");
    let seen = &items[..items.len().saturating_sub(up)];
    let part = |value: &'v Value| {
        name.split('.').try_fold(value, |value, key| match value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            other => other.get(key),
        })
    };
    if let Some(found) = seen.iter().rev().find_map(part) {
        return Some(Cow::Borrowed(found));
    }
    if let Some(whole) = value(name) {
        return Some(Cow::Owned(structured(&whole)));
    }
    let (first, rest) = name.split_once('.')?;
    let of = structured(&value(first)?);
    let found = rest.split('.').try_fold(&of, |value, key| value.get(key))?.clone();
    Some(Cow::Owned(found))
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty() && text != "false",
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => true,
    }
}

fn write(
    nodes: &[Node<'_>],
    language: Language,
    value: Values<'_, '_>,
    items: &mut Vec<Value>,
    written: &mut String,
) {
    for node in nodes {
        let (helper, subject, body, otherwise) = match node {
            Node::Text(text) => {
                let named = |name: &str| -> Option<Cow<'static, str>> {
                    let found = look_up(name, items, value);
                    let shown = found.map(|found| match found.as_ref() {
                        Value::String(text) => text.clone(),
                        Value::Null => String::new(),
                        other => other.to_string(),
                    });
                    // In a block, what is not known is empty.
                    let absent = || (!items.is_empty()).then(String::new);
                    shown.or_else(absent).map(Cow::Owned)
                };
                written.push_str(&fill(text, language, &named));
                continue;
            }
            Node::Block { helper, subject, body, otherwise } => {
                (*helper, *subject, body, otherwise)
            }
        };
        let found = look_up(subject, items, value).map(Cow::into_owned).unwrap_or_default();
        let holds = is_true(&found) == (helper != Helper::Unless);
        if !holds {
            write(otherwise, language, value, items, written);
            continue;
        }
        let each = matches!(helper, Helper::Each | Helper::Section);
        let inner: Vec<Value> = match found {
            Value::Array(all) if each => all,
            Value::Object(map) if helper == Helper::Each => {
                map.into_iter().map(|(_, v)| v).collect()
            }
            object @ Value::Object(_) if matches!(helper, Helper::With | Helper::Section) => {
                vec![object]
            }
            _ => {
                write(body, language, value, items, written);
                continue;
            }
        };
        for item in inner {
            items.push(item);
            write(body, language, value, items, written);
            items.pop();
        }
    }
}
