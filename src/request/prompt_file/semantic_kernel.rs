//! Prompts of Semantic Kernel: its YAML, and `skprompt.txt` beside `config.json`.

use serde_json::Value;

use super::super::beside::ReadBeside;
use super::super::message::{Message, Request, Role};
use super::super::origin::Origin;
use super::super::template::Language;
use super::super::unknown::Unknown;
use super::shape::{Inside, Shape};
use super::tree::{self, at, lacks, malformed, shown, text};
use super::{parameters, yaml};
use crate::Error;
use crate::units::Position;

const FILE: Shape = Shape {
    inside: &[("input_variables", Inside::Of(&INPUT))],
    ..Shape::new(
        &["execution_settings", "input_variables", "template"],
        &["input", "output_variable", "template_format"],
    )
    .with_elsewhere(&["messages", "prompt"])
};
const INPUT: Shape = Shape::new(&["default", "name"], &[]);

/// The file of settings beside a text of Semantic Kernel's.
const SETTINGS: &str = "config.json";

/// Whether a text is YAML or JSON of Semantic Kernel's: a template, and in which language or how it is called.
pub(super) fn is(file: &str) -> bool {
    let json = file.trim_start().starts_with('{');
    let key = |name: &str| {
        let of_line = |line: &str| {
            line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        if json { file.contains(&format!("\"{name}\"")) } else { file.lines().any(of_line) }
    };
    key("template") && (key("template_format") || key("execution_settings"))
}

/// Reads YAML, or a text whose settings are in the file beside it, if there is one.
pub(super) fn read(file: &str, beside: &dyn ReadBeside) -> Result<Request, Error> {
    let mut request = tree::request(Origin::SemanticKernel);
    let (template, tree) = if is(file) {
        let tree = yaml::parse(file, 1)?;
        let template = text(&tree, &["template"]).map(ToOwned::to_owned);
        (template.ok_or_else(|| malformed("`template` is not a text"))?, tree)
    } else {
        let settings = beside.read_beside(SETTINGS).ok();
        let settings = settings.map(|text| yaml::parse(&text, 1)).transpose();
        (file.to_owned(), settings.map_err(|e| e.in_source(SETTINGS))?.unwrap_or_default())
    };
    request.template = Some(match text(&tree, &["template_format"]) {
        Some("handlebars") => Language::Handlebars,
        Some("liquid") => Language::Jinja,
        _ => Language::Mustache,
    });
    add(&template, request.template, &mut request);
    if let Some(settings) = at(&tree, &["execution_settings"]).and_then(Value::as_object) {
        // Settings are by service; `default` is for any.
        let chosen = settings.get("default").or_else(|| settings.values().next());
        if let Some(chosen) = chosen {
            request.settings.model = text(chosen, &["model_id"]).map(ToOwned::to_owned);
            parameters::read(chosen, &mut request)?;
            if at(chosen, &["function_choice_behavior"]).is_some() {
                let why = "the functions that it may call are not in the file";
                lacks("function_choice_behavior", why, &mut request);
            }
        }
    }
    FILE.check(&tree, &mut request);
    let mut row = Vec::new();
    for input in at(&tree, &["input_variables"]).and_then(Value::as_array).into_iter().flatten() {
        let value = at(input, &["default"]).map(shown).filter(|value| !value.is_empty());
        if let (Some(name), Some(value)) = (text(input, &["name"]), value) {
            row.push((name.trim_start_matches('$').to_owned(), value));
        }
    }
    if !row.is_empty() {
        request.samples = vec![row];
    }
    Ok(request)
}

/// Adds the messages of a template: those that its tags of `<message>` mark, else one of the user.
fn add(template: &str, language: Option<Language>, request: &mut Request) {
    // Variables of its own language begin with a dollar sign; others write them without.
    let own = language == Some(Language::Mustache);
    let plain = if own {
        template.replace("{{$", "{{").replace("{{ $", "{{ ")
    } else {
        template.to_owned()
    };
    if own {
        for call in calls(&plain) {
            request.unknown.push(Unknown {
                what: call.to_owned(),
                why: "calls a function whose text only the program has".to_owned(),
                position: Position::START,
            });
        }
    }
    let messages = marked(&plain);
    if messages.is_empty() {
        request.messages.push(Message::text(Role::User, plain));
        return;
    }
    request.doubts.push("its messages are marked by tags, which may hold more than text".into());
    request.messages.extend(messages.into_iter().map(|(role, text)| Message::text(role, text)));
}

/// The messages that `<message role="...">` marks.
fn marked(template: &str) -> Vec<(Role, &str)> {
    template.split("<message").skip(1).filter_map(message).collect()
}

/// A message behind `<message`: its role, and the text up to the tag that ends it.
fn message(part: &str) -> Option<(Role, &str)> {
    let (attributes, rest) = part.split_once('>')?;
    let (text, _) = rest.split_once("</message>")?;
    let (_, role) = attributes.split_once("role=")?;
    let role = match role.trim_matches(['"', '\'', ' ']) {
        "system" => Role::System,
        "developer" => Role::Developer,
        "assistant" => Role::Assistant,
        "tool" => Role::Tool,
        _ => Role::User,
    };
    Some((role, text.trim()))
}

/// What `{{plugin.function argument}}` calls: what stands in double braces and is no name.
fn calls(template: &str) -> Vec<&str> {
    let inside = template.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
    inside
        .map(|(inside, _)| inside.trim())
        .filter(|inside| inside.contains([' ', '"', '\'']))
        .collect()
}
