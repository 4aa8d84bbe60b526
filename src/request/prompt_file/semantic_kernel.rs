//! Prompts of Semantic Kernel: its YAML, and `skprompt.txt` beside `config.json`.

use serde_json::Value;

use super::super::beside::ReadBeside;
use super::super::message::{Message, Request, Role};
use super::super::origin::Origin;
use super::super::template::Language;
use super::tree::{self, at, malformed, shown, text};
use super::yaml;
use crate::Error;

/// The file of settings beside a text of Semantic Kernel's.
const SETTINGS: &str = "config.json";

/// Whether a text is YAML of Semantic Kernel's: a template, and in which language or how it is called.
pub(super) fn is(file: &str) -> bool {
    let key = |name: &str| file.lines().any(|line| line.starts_with(name));
    key("template:") && (key("template_format:") || key("execution_settings:"))
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
    request.messages.push(Message::text(Role::User, template));
    if let Some(settings) = at(&tree, &["execution_settings"]).and_then(Value::as_object) {
        // Settings are by service; `default` is for any.
        let chosen = settings.get("default").or_else(|| settings.values().next());
        if let Some(chosen) = chosen {
            request.settings.model = text(chosen, &["model_id"]).map(ToOwned::to_owned);
            tree::settings(chosen, &mut request)?;
        }
    }
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
