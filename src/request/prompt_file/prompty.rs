//! `.prompty` files, of both versions.

use serde_json::Value;

use super::super::message::{ContentSpan, Message, Request, Role};
use super::super::origin::Origin;
use super::super::template::Language;
use super::shape::{Inside, Shape};
use super::tree::{self, at, malformed, shown, text};
use super::{front_matter, parameters, yaml};
use crate::Error;

const FILE: Shape = Shape {
    inside: &[
        ("inputs", Inside::Named(&INPUT)),
        ("model", Inside::Of(&MODEL)),
        ("tools", Inside::Of(&parameters::TOOL)),
    ],
    ..Shape::new(
        &["inputs", "model", "sample", "template", "tools"],
        &["example", "examples", "inputSchema"],
    )
};
const INPUT: Shape = Shape::new(&["default", "name", "sample"], &["example", "examples"]);
const MODEL: Shape = Shape {
    inside: &[("configuration", Inside::Of(&CONFIGURATION))],
    ..Shape::new(&["configuration", "id", "options", "parameters"], &[])
};
const CONFIGURATION: Shape =
    Shape::new(&["azure_deployment", "name"], &["azure_ad_token", "azure_endpoint"]);

pub(super) fn read(file: &str) -> Result<Request, Error> {
    let parts = front_matter::split(file)?;
    let tree = yaml::parse(parts.matter, parts.matter_line)?;
    let mut request = tree::request(Origin::Prompty);
    let model =
        ["model.id", "model.configuration.azure_deployment", "model.configuration.name", "model"];
    request.settings.model = text(&tree, &model).map(ToOwned::to_owned);
    for parameters in ["model.options", "model.parameters", "model.options.additionalProperties"] {
        if let Some(parameters) = at(&tree, &[parameters]) {
            parameters::read(parameters, &mut request)?;
        }
    }
    messages(parts.body, parts.body_start, &mut request);
    if let Some(tools) = at(&tree, &["tools"]) {
        parameters::tools(tools, &mut request);
    }
    FILE.check(&tree, &mut request);
    let mustache = text(&tree, &["template.format", "template"]) == Some("mustache");
    request.template = Some(if mustache { Language::Mustache } else { Language::Jinja });
    request.samples = samples(&tree);
    if request.messages.is_empty() {
        return Err(malformed("this file has front matter and no prompt below it"));
    }
    Ok(request)
}

/// The messages of a body: each begins at a line that is a role and a colon.
fn messages(body: &str, body_start: usize, request: &mut Request) {
    let mut role = Role::System;
    let mut from = 0;
    let mut at = 0;
    let mut push = |role: Role, range: std::ops::Range<usize>| {
        let text = body[range.clone()].trim();
        if !text.is_empty() {
            let mut message = Message::text(role, text);
            message.span =
                Some(ContentSpan::of_text(body_start + range.start..body_start + range.end));
            request.messages.push(message);
        }
    };
    for line in body.split_inclusive('\n') {
        let next = marker(line);
        if let Some(next) = next {
            push(role, from..at);
            role = next;
            from = at + line.len();
        }
        at += line.len();
    }
    push(role, from..at);
}

/// The role that a line names, such as `system:` or `# user:`.
fn marker(line: &str) -> Option<Role> {
    let word = line.trim().trim_start_matches('#').trim().strip_suffix(':')?;
    // A newer form puts attributes in brackets behind the role.
    let word = word.split('[').next().unwrap_or(word).trim().to_lowercase();
    match word.as_str() {
        "system" => Some(Role::System),
        "developer" => Some(Role::Developer),
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        _ => None,
    }
}

/// The values that a file gives its slots: one row.
fn samples(tree: &Value) -> Vec<Vec<(String, String)>> {
    let mut row: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: &Value| {
        if !row.iter().any(|(known, _)| known == name) && !is_reference(value) {
            row.push((name.to_owned(), shown(value)));
        }
    };
    if let Some(sample) = at(tree, &["sample"]).and_then(Value::as_object) {
        sample.iter().for_each(|(name, value)| add(name, value));
    }
    match at(tree, &["inputs"]) {
        Some(Value::Object(inputs)) => {
            for (name, input) in inputs {
                if let Some(value) = at(input, &["sample", "default"]) {
                    add(name, value);
                }
            }
        }
        Some(Value::Array(inputs)) => {
            for input in inputs {
                if let (Some(name), Some(value)) =
                    (text(input, &["name"]), at(input, &["sample", "default"]))
                {
                    add(name, value);
                }
            }
        }
        _ => {}
    }
    if row.is_empty() { Vec::new() } else { vec![row] }
}

/// Whether a value refers to the content of another file.
fn is_reference(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("${"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_its_own_names_the_role_of_what_follows() {
        for (line, role) in [
            ("system:\n", Some(Role::System)),
            ("developer:", Some(Role::Developer)),
            ("# User:\r\n", Some(Role::User)),
            ("  assistant[name=\"a\"]:\n", Some(Role::Assistant)),
            ("function:\n", None),
            ("user\n", None),
            ("the user:\n", None),
            ("\n", None),
        ] {
            assert_eq!(marker(line), role, "{line}");
        }
    }
}
