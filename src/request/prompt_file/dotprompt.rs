//! `.prompt` files of Dotprompt.

use serde_json::Value;

use super::super::media::Media;
use super::super::message::{ContentSpan, Message, Part, Request, ResponseSchema, Role};
use super::super::origin::Origin;
use super::super::template::Language;
use super::super::unknown::Unknown;
use super::shape::{Inside, Shape};
use super::tree::{self, at, lacks, malformed, shown, text};
use super::{front_matter, parameters, yaml};
use crate::Error;
use crate::units::Position;

const FILE: Shape = Shape {
    inside: &[("input", Inside::Of(&INPUT)), ("output", Inside::Of(&OUTPUT))],
    ..Shape::new(&["config", "input", "model", "output", "toolDefs", "tools"], &["toolChoice"])
};
const INPUT: Shape = Shape::new(&["default"], &[]);
const OUTPUT: Shape = Shape::new(&["schema"], &[]);

pub(super) fn read(file: &str) -> Result<Request, Error> {
    let parts = front_matter::split(file)?;
    let tree = yaml::parse(parts.matter, parts.matter_line)?;
    let mut request = tree::request(Origin::Dotprompt);
    request.settings.model = text(&tree, &["config.version", "model"]).map(ToOwned::to_owned);
    if let Some(config) = at(&tree, &["config"]) {
        parameters::read(config, &mut request)?;
    }
    messages(file, parts.body, parts.body_start, &mut request)?;
    if let Some(schema) = at(&tree, &["output.schema"]) {
        request.response_schema = Some(ResponseSchema { name: None, schema: schema.clone() });
        request.doubts.push("the schema of the output is counted as it is written here".to_owned());
    }
    if at(&tree, &["tools"]).is_some() {
        lacks("tools", "the tools that it names are defined elsewhere", &mut request);
    }
    if at(&tree, &["toolDefs"]).is_some() {
        lacks("toolDefs", "the tools that it defines are sent as well", &mut request);
    }
    FILE.check(&tree, &mut request);
    request.template = Some(Language::Handlebars);
    let row = at(&tree, &["input.default"]).and_then(Value::as_object);
    let row = row.map(|row| row.iter().map(|(key, value)| (key.clone(), shown(value))).collect());
    request.samples = row.into_iter().collect();
    if request.messages.is_empty() {
        return Err(malformed("this file has front matter and no prompt below it"));
    }
    Ok(request)
}

/// Parts a body at its helpers: `{{role "…"}}` begins a message, `{{media …}}` is an image.
fn messages(file: &str, body: &str, body_start: usize, request: &mut Request) -> Result<(), Error> {
    let mut message = Message::new(Role::User, Vec::new());
    let mut from = 0;
    let mut at = 0;
    while let Some(open) = body[at..].find("{{") {
        let start = at + open;
        let Some(length) = body[start..].find("}}") else {
            let position = Position::of(file, body_start + start);
            return Err(malformed("this `{{` has no `}}`").at(position));
        };
        let end = start + length + 2;
        let inside = body[start + 2..end - 2].trim_matches(['~', ' ', '{']);
        let mut words = inside.splitn(2, char::is_whitespace);
        let (helper, argument) =
            (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        at = end;
        let position = Position::of(file, body_start + start);
        match helper {
            "role" => {
                finish(&mut message, &body[from..start], request);
                message = Message::new(
                    role(argument).ok_or_else(|| {
                        malformed(format!("{argument} is not a role"))
                            .hint("the roles are \"system\", \"user\" and \"model\"")
                            .at(position)
                    })?,
                    Vec::new(),
                );
                message.span =
                    Some(ContentSpan::of_text(body_start + end..body_start + body.len()));
                from = end;
            }
            "history" => {
                push_text(&mut message, &body[from..start]);
                let (what, why) = (
                    "history".to_owned(),
                    "is the conversation before, which only the call knows".to_owned(),
                );
                message.content.push(Part::Unknown(Unknown { what, why, position }));
                from = end;
            }
            "media" => {
                push_text(&mut message, &body[from..start]);
                message.content.push(Part::Media(Media::image_of_a_slot("media", position)));
                from = end;
            }
            "section" => {
                push_text(&mut message, &body[from..start]);
                from = end;
            }
            _ if helper.starts_with('>') => {
                let what = helper.trim_start_matches('>').trim();
                let what = if what.is_empty() { argument } else { what };
                push_text(&mut message, &body[from..start]);
                let why = "is a partial, which stands in a file of its own".to_owned();
                message.content.push(Part::Unknown(Unknown {
                    what: format!(">{what}"),
                    why,
                    position,
                }));
                from = end;
            }
            _ => {}
        }
    }
    finish(&mut message, &body[from..], request);
    Ok(())
}

fn role(argument: &str) -> Option<Role> {
    match argument.trim().trim_matches(['"', '\'']) {
        "system" => Some(Role::System),
        "user" => Some(Role::User),
        "model" | "assistant" => Some(Role::Assistant),
        "tool" => Some(Role::Tool),
        _ => None,
    }
}

fn push_text(message: &mut Message, text: &str) {
    if !text.trim().is_empty() {
        message.content.push(Part::Text(text.to_owned()));
    }
}

/// Ends a message; one of white space alone is none.
fn finish(message: &mut Message, rest: &str, request: &mut Request) {
    let text = if message.content.is_empty() { rest.trim() } else { rest };
    push_text(message, text);
    if !message.content.is_empty() {
        request.messages.push(message.clone());
    }
}
