//! Prompts that `LangChain` has serialised, and the files that it read before.

use std::borrow::Cow;

use serde_json::Value;

use super::super::beside::ReadBeside;
use super::super::message::{Message, Part, Request, Role};
use super::super::origin::Origin;
use super::super::template::Language;
use super::super::unknown::Unknown;
use super::shape::{Inside, Shape};
use super::tree::{self, at, malformed, shown, text};
use super::{parameters, yaml};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// A template in the older form.
const PROMPT: Shape = Shape::new(&["template", "template_path"], &["template_format"])
    .with_elsewhere(&["examples", "messages", "prefix", "suffix"]);
/// Examples in the older form.
const EXAMPLES: Shape = Shape {
    inside: &[("example_prompt", Inside::Of(&PROMPT))],
    ..Shape::new(
        &[
            "example_prompt",
            "example_prompt_path",
            "example_separator",
            "examples",
            "prefix",
            "prefix_path",
            "suffix",
            "suffix_path",
        ],
        &["example_selector", "template_format"],
    )
    .with_elsewhere(&["messages", "template"])
};
const CONSTRUCTOR: Shape = Shape::new(&["kwargs"], &[]);
const CHAT: Shape = Shape::new(&["messages", "partial_variables"], &["template_format"])
    .with_elsewhere(&["template"]);
const TEMPLATE: Shape = Shape::new(&["partial_variables", "template"], &["template_format"])
    .with_elsewhere(&["messages"]);
const MESSAGE: Shape = Shape {
    costly: &[("tool_calls", "calls of tools are sent as well, and are not read here")],
    inside: &[("content", Inside::Of(&PART))],
    ..Shape::new(&["content", "prompt"], &["template_format"]).with_elsewhere(&["template"])
};
const PART: Shape = Shape::new(&["text"], &[]);
const RUNNABLE: Shape =
    Shape::new(&["bound", "first", "kwargs", "last", "llm", "middle", "prompt"], &["llm_kwargs"]);

/// Whether a text is a constructor of `LangChain`'s, or a prompt in the form that it wrote before.
pub(super) fn is(file: &str) -> bool {
    let constructor = file.trim_start().starts_with('{')
        && file.contains("\"lc\"")
        && file.contains("\"constructor\"");
    constructor || kind_line(file)
}

/// Whether a text says `_type: prompt` or `_type: few_shot`, in YAML or in JSON.
fn kind_line(file: &str) -> bool {
    let kinds = ["prompt", "few_shot"];
    let of = |rest: &str| {
        let rest = rest.trim_start_matches([' ', ':', '"', '\'']);
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        kinds.contains(&&rest[..end])
    };
    if file.trim_start().starts_with('{') {
        return file.split_once("\"_type\"").is_some_and(|(_, rest)| of(rest));
    }
    file.lines().any(|line| line.strip_prefix("_type:").is_some_and(of))
}

pub(super) fn read(file: &str, beside: &dyn ReadBeside) -> Result<Request, Error> {
    let mut request = tree::request(Origin::Langchain);
    if kind_line(file) {
        let tree = yaml::parse(file, 1)?;
        let has_examples = text(&tree, &["_type"]) == Some("few_shot");
        request.messages.push(Message::text(Role::User, older(&tree, has_examples, beside)?));
        if has_examples { EXAMPLES } else { PROMPT }.check(&tree, &mut request);
        request.template = Some(language(text(&tree, &["template_format"])));
        return Ok(request);
    }
    let tree: Value = serde_json::from_str(file).map_err(|e| {
        let at = Position { line: e.line().max(1), column: e.column().max(1) };
        Error::new(ErrorKind::Malformed, "this is not JSON").at(at)
    })?;
    walk(&tree, &mut request)?;
    if request.messages.is_empty() {
        return Err(malformed("no prompt of LangChain's is in this file"));
    }
    Ok(request)
}

/// The text of a prompt in the older form: a template, or examples between a prefix and a suffix.
fn older(tree: &Value, has_examples: bool, beside: &dyn ReadBeside) -> Result<String, Error> {
    if !has_examples {
        return part(tree, "template", beside)?
            .ok_or_else(|| malformed("a prompt of LangChain's has `template`"));
    }
    let separator = text(tree, &["example_separator"]).unwrap_or("\n\n");
    let prompt = at(tree, &["example_prompt"])
        .ok_or_else(|| malformed("examples of LangChain's have `example_prompt`"))?;
    let template = part(prompt, "template", beside)?
        .ok_or_else(|| malformed("`example_prompt` has no `template`"))?;
    let language = language(text(prompt, &["template_format"]));
    let examples = match at(tree, &["examples"]) {
        Some(Value::String(name)) => {
            yaml::parse(&beside.read_beside(name)?, 1).map_err(|e| e.in_source(name))?
        }
        Some(list) => list.clone(),
        None => return Err(malformed("examples that a program selects are not known here")),
    };
    let mut parts: Vec<String> = part(tree, "prefix", beside)?.into_iter().collect();
    for example in examples.as_array().into_iter().flatten() {
        let value = |name: &str| at(example, &[name]).map(|value| Cow::Owned(shown(value)));
        let filled = Request::from_text(template.clone()).fill(language, value)?;
        parts.extend(filled.texts().map(ToOwned::to_owned));
    }
    parts.extend(part(tree, "suffix", beside)?);
    Ok(parts.join(separator))
}

/// A text that stands here, or in the file that `NAME_path` names.
fn part(tree: &Value, name: &str, beside: &dyn ReadBeside) -> Result<Option<String>, Error> {
    match text(tree, &[&format!("{name}_path")]) {
        Some(path) => beside.read_beside(path).map(Some),
        None => Ok(text(tree, &[name]).map(ToOwned::to_owned)),
    }
}

/// The language of `template_format`.
fn language(format: Option<&str>) -> Language {
    match format {
        Some("mustache") => Language::Mustache,
        Some("jinja2") => Language::Jinja,
        _ => Language::Braces,
    }
}

/// The class of a constructor.
fn class(value: &Value) -> Option<&str> {
    at(value, &["id"])?.as_array()?.last()?.as_str()
}

/// What the objects that make a chain of others hold them under, beside lists.
const PARTS: [&str; 5] = ["first", "last", "bound", "prompt", "llm"];

/// Whether a constructor makes a model.
fn is_model(class: &str, kwargs: &Value) -> bool {
    at(kwargs, &["model", "model_name"]).is_some()
        || (class.contains("Chat") && at(kwargs, &PARTS).is_none())
}

fn walk(value: &Value, request: &mut Request) -> Result<(), Error> {
    let Some(class) = class(value) else { return Ok(()) };
    CONSTRUCTOR.check(value, request);
    let Some(kwargs) = at(value, &["kwargs"]) else { return Ok(()) };
    match class {
        "ChatPromptTemplate" => {
            CHAT.check(kwargs, request);
            for message in at(kwargs, &["messages"]).and_then(Value::as_array).into_iter().flatten()
            {
                self::message(message, request);
            }
        }
        "PromptTemplate" => template(Role::User, value, request),
        name if name.contains("FewShot") => {
            unknown(name, "selects or fills examples when it is run", request);
        }
        name if is_model(name, kwargs) => {
            request.settings.model = text(kwargs, &["model", "model_name"]).map(ToOwned::to_owned);
            parameters::read(kwargs, request)?;
        }
        _ => {
            RUNNABLE.check(kwargs, request);
            for key in PARTS {
                if let Some(inside) = at(kwargs, &[key]) {
                    walk(inside, request)?;
                }
            }
            for inside in at(kwargs, &["middle"]).and_then(Value::as_array).into_iter().flatten() {
                walk(inside, request)?;
            }
            // What is bound to a model goes before what it has by itself.
            if let Some(bound) = at(kwargs, &["kwargs"]) {
                parameters::read(bound, request)?;
            }
        }
    }
    Ok(())
}

fn message(value: &Value, request: &mut Request) {
    CONSTRUCTOR.check(value, request);
    let class = class(value).unwrap_or_default();
    let role = match class {
        "SystemMessagePromptTemplate" | "SystemMessage" => Role::System,
        "AIMessagePromptTemplate" | "AIMessage" => Role::Assistant,
        "HumanMessagePromptTemplate"
        | "HumanMessage"
        | "ChatMessagePromptTemplate"
        | "ChatMessage" => Role::User,
        "MessagesPlaceholder" => {
            let name = text(value, &["kwargs.variable_name"]).unwrap_or("history");
            unknown(name, "is a place for messages that only the call knows", request);
            return;
        }
        other => {
            unknown(other, "is a kind of message that is not known", request);
            return;
        }
    };
    if let Some(kwargs) = at(value, &["kwargs"]) {
        MESSAGE.check(kwargs, request);
    }
    match (at(value, &["kwargs.prompt"]), at(value, &["kwargs.content"])) {
        (Some(Value::Array(parts)), _) => {
            for part in parts {
                template(role, part, request);
            }
        }
        (Some(prompt), _) => template(role, prompt, request),
        (None, Some(Value::String(content))) => {
            request.messages.push(Message::text(role, content.as_str()));
        }
        (None, Some(Value::Array(parts))) => {
            for part in parts {
                match part.as_str().or_else(|| text(part, &["text"])) {
                    Some(content) => request.messages.push(Message::text(role, content)),
                    None => unknown("content", "has a part that is no text", request),
                }
            }
        }
        _ => unknown(class, "has no text that is known here", request),
    }
}

/// Notes a part that cannot be counted.
fn unknown(what: &str, why: &str, request: &mut Request) {
    let position = Position::START;
    let unknown = Unknown { what: what.to_owned(), why: why.to_owned(), position };
    request.messages.push(Message::new(Role::User, vec![Part::Unknown(unknown)]));
}

fn template(role: Role, value: &Value, request: &mut Request) {
    let Some(written) = text(value, &["kwargs.template"]) else {
        let class = class(value).unwrap_or("prompt").to_owned();
        unknown(&class, "has no template that is a text", request);
        return;
    };
    if let Some(kwargs) = at(value, &["kwargs"]) {
        TEMPLATE.check(kwargs, request);
    }
    request.template = Some(language(text(value, &["kwargs.template_format"])));
    request.messages.push(Message::text(role, written));
    if let Some(Value::Object(known)) = at(value, &["kwargs.partial_variables"]) {
        let row = known.iter().map(|(name, value)| (name.clone(), shown(value))).collect();
        request.samples = vec![row];
    }
}
