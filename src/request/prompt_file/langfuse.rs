//! Prompts that Langfuse manages, as its API and its export write them.

use serde_json::Value;

use super::super::message::{Message, Request, Role};
use super::super::origin::Origin;
use super::super::template::Language;
use super::super::unknown::Unknown;
use super::parameters;
use super::shape::Shape;
use super::tree::{self, at, malformed, text};
use crate::units::Position;
use crate::{Error, ErrorKind};

const FILE: Shape =
    Shape::new(&["config", "prompt"], &["project", "projectId", "promptName", "promptVersion"])
        .with_elsewhere(&["messages"]);

/// Whether a text is a prompt of Langfuse's: `{type: text | chat, prompt, config or labels}`.
pub(super) fn is(file: &str) -> bool {
    if !file.trim_start().starts_with('{') || !file.contains("\"prompt\"") {
        return false;
    }
    let Ok(tree) = serde_json::from_str::<Value>(file) else { return false };
    let shape = match text(&tree, &["type"]) {
        Some("text") => tree["prompt"].is_string(),
        Some("chat") => tree["prompt"].is_array(),
        _ => false,
    };
    shape && ["config", "labels", "version"].iter().any(|key| tree.get(key).is_some())
}

pub(super) fn read(file: &str) -> Result<Request, Error> {
    let tree: Value = serde_json::from_str(file).map_err(|e| {
        let at = Position { line: e.line().max(1), column: e.column().max(1) };
        Error::new(ErrorKind::Malformed, "this is not JSON").at(at)
    })?;
    let mut request = tree::request(Origin::Langfuse);
    match &tree["prompt"] {
        Value::String(prompt) => request.messages.push(Message::text(Role::User, prompt.clone())),
        Value::Array(items) => {
            let (places, messages): (Vec<&Value>, Vec<&Value>) =
                items.iter().partition(|item| text(item, &["type"]) == Some("placeholder"));
            let messages: Vec<Value> = messages.into_iter().map(without_type).collect();
            tree::messages(&Value::Array(messages), &mut request)?;
            for place in places {
                request.unknown.push(Unknown {
                    what: text(place, &["name"]).unwrap_or("placeholder").to_owned(),
                    why: "is a place for messages that only the call knows".to_owned(),
                    position: Position::START,
                });
            }
        }
        _ => return Err(malformed("a prompt of Langfuse's has a text or messages in `prompt`")),
    }
    FILE.check(&tree, &mut request);
    request.template = Some(Language::Mustache);
    if let Some(config) = at(&tree, &["config"]) {
        request.settings.model =
            text(config, &["model", "modelName", "model_name"]).map(ToOwned::to_owned);
        parameters::read(config, &mut request)?;
    }
    Ok(request)
}

/// A message without Langfuse's own mark of it.
fn without_type(message: &Value) -> Value {
    let mut message = message.clone();
    if let Some(fields) = message.as_object_mut() {
        fields.remove("type");
    }
    message
}
