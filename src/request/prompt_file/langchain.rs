//! Prompts that `LangChain` has serialised as JSON.

use serde_json::Value;

use super::super::message::{Message, Part, Request, Role};
use super::super::origin::Origin;
use super::super::template_language::Language;
use super::super::unknown::Unknown;
use super::tree::{self, at, malformed, text};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// Whether a JSON text is a constructor of `LangChain`'s.
pub(super) fn is(file: &str) -> bool {
    file.trim_start().starts_with('{')
        && file.contains("\"lc\"")
        && file.contains("\"constructor\"")
}

pub(super) fn read(file: &str) -> Result<Request, Error> {
    let tree: Value = serde_json::from_str(file).map_err(|e| {
        let at = Position { line: e.line().max(1), column: e.column().max(1) };
        Error::new(ErrorKind::Malformed, "this is not JSON").at(at)
    })?;
    let mut request = tree::request(Origin::Langchain);
    walk(&tree, &mut request)?;
    if request.messages.is_empty() {
        return Err(malformed("no prompt of LangChain's is in this file"));
    }
    Ok(request)
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
        name if name.contains("Chat") && at(kwargs, &["model", "model_name"]).is_some() => {
            request.model = text(kwargs, &["model", "model_name"]).map(ToOwned::to_owned);
            tree::settings(kwargs, request)?;
        }
        _ => {
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
    let role = match class(value) {
        Some("SystemMessagePromptTemplate" | "SystemMessage") => Role::System,
        Some("AIMessagePromptTemplate" | "AIMessage") => Role::Assistant,
        Some("MessagesPlaceholder") => {
            let name = text(value, &["kwargs.variable_name"]).unwrap_or("history");
            let unknown = Unknown {
                what: name.to_owned(),
                why: "is a place for messages that only the call knows".to_owned(),
                position: Position { line: 1, column: 1 },
            };
            request.messages.push(Message::new(Role::User, vec![Part::Unknown(unknown)]));
            return;
        }
        _ => Role::User,
    };
    match at(value, &["kwargs.prompt"]) {
        Some(Value::Array(parts)) => parts.iter().for_each(|part| template(role, part, request)),
        Some(prompt) => template(role, prompt, request),
        None => {
            if let Some(content) = text(value, &["kwargs.content"]) {
                request.messages.push(Message::text(role, content));
            }
        }
    }
}

fn template(role: Role, value: &Value, request: &mut Request) {
    if let Some(written) = text(value, &["kwargs.template"]) {
        request.template = Some(match text(value, &["kwargs.template_format"]) {
            Some("mustache") => Language::Mustache,
            Some("jinja2") => Language::Jinja,
            _ => Language::Braces,
        });
        request.messages.push(Message::text(role, written));
    }
}
