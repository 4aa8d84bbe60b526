//! Prompts that `LangChain` has serialised, and the files that it read before.

use std::borrow::Cow;

use serde_json::Value;

use super::super::beside::ReadBeside;
use super::super::message::{Message, Part, Request, Role};
use super::super::origin::Origin;
use super::super::template::Language;
use super::super::unknown::Unknown;
use super::tree::{self, at, malformed, shown, text};
use super::yaml;
use crate::units::Position;
use crate::{Error, ErrorKind};

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
        request.messages.push(Message::text(Role::User, older(&tree, beside)?));
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
fn older(tree: &Value, beside: &dyn ReadBeside) -> Result<String, Error> {
    if text(tree, &["_type"]) != Some("few_shot") {
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

fn walk(value: &Value, request: &mut Request) -> Result<(), Error> {
    let Some(class) = class(value) else { return Ok(()) };
    let Some(kwargs) = at(value, &["kwargs"]) else { return Ok(()) };
    match class {
        "ChatPromptTemplate" => {
            for message in at(kwargs, &["messages"]).and_then(Value::as_array).into_iter().flatten()
            {
                self::message(message, request);
            }
        }
        "PromptTemplate" => template(Role::User, value, request),
        name if name.contains("FewShot") => {
            unknown(name, "selects or fills examples when it is run", request);
        }
        name if name.contains("Chat") && at(kwargs, &["model", "model_name"]).is_some() => {
            request.settings.model = text(kwargs, &["model", "model_name"]).map(ToOwned::to_owned);
            tree::settings(kwargs, request)?;
        }
        _ => {
            for key in ["tools", "functions"] {
                if at(kwargs, &[&format!("kwargs.{key}")]).is_some() {
                    request.warn("tools that are bound to the model are not in the figures");
                }
            }
            for key in ["first", "last", "bound", "prompt", "llm"] {
                if let Some(inside) = at(kwargs, &[key]) {
                    walk(inside, request)?;
                }
            }
            for inside in at(kwargs, &["middle"]).and_then(Value::as_array).into_iter().flatten() {
                walk(inside, request)?;
            }
        }
    }
    Ok(())
}

fn message(value: &Value, request: &mut Request) {
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
    request.template = Some(language(text(value, &["kwargs.template_format"])));
    request.messages.push(Message::text(role, written));
    if let Some(Value::Object(known)) = at(value, &["kwargs.partial_variables"]) {
        let row = known.iter().map(|(name, value)| (name.clone(), shown(value))).collect();
        request.samples = vec![row];
    }
}
