//! Prompts of a `promptfooconfig.yaml`: each prompt for each provider.

use serde_json::{Map, Value};

use super::super::message::{Message, Request, Role};
use super::super::origin::Origin;
use super::super::template_language::Language;
use super::tree::{self, at, malformed, shown, text};
use super::yaml;
use crate::Error;

/// How many rows of values the lists of a test may come to.
const ROWS: usize = 10_000;

pub(super) fn read(file: &str) -> Result<Vec<Result<Request, Error>>, Error> {
    let tree = yaml::parse(file, 1)?;
    let prompts = at(&tree, &["prompts"]);
    let prompts = prompts.ok_or_else(|| malformed("a configuration of promptfoo has `prompts`"))?;
    let prompts = list(prompts);
    let providers = at(&tree, &["providers", "targets"]).map(list).unwrap_or_default();
    let samples = samples(&tree)?;
    let mut requests = Vec::new();
    for prompt in prompts {
        let settings = providers.iter().copied().map(Some);
        let settings: Vec<_> = if providers.is_empty() { vec![None] } else { settings.collect() };
        for provider in settings {
            requests.push(request(prompt, provider, &samples));
        }
    }
    if requests.is_empty() {
        return Err(malformed("`prompts` is empty"));
    }
    Ok(requests)
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

fn request(
    prompt: &Value,
    provider: Option<&Value>,
    samples: &[Vec<(String, String)>],
) -> Result<Request, Error> {
    let written = prompt.as_str().or_else(|| text(prompt, &["raw", "id", "path"]));
    let written = written.ok_or_else(|| malformed("a prompt is a text, or has `raw` or `id`"))?;
    if let Some(path) = written.strip_prefix("file://") {
        return Err(malformed(format!("a prompt stands in `{path}`"))
            .hint("count that file by itself, with the model after `-m`"));
    }
    let mut request = tree::request(Origin::Promptfoo);
    match serde_json::from_str::<Value>(written) {
        Ok(list @ Value::Array(_)) => tree::messages(&list, &mut request)?,
        _ => request.messages.push(Message::text(Role::User, written)),
    }
    if let Some(provider) = provider {
        let id = provider.as_str().or_else(|| text(provider, &["id"]));
        // Some write the id as the only key.
        let key = || provider.as_object().and_then(|map| map.keys().next()).map(String::as_str);
        let id = id.or_else(key).ok_or_else(|| malformed("a provider has no `id`"))?;
        request.model = Some(model(id).to_owned());
        let config = at(provider, &["config"]).or_else(|| at(provider, &[&format!("{id}.config")]));
        if let Some(config) = config {
            tree::settings(config, &mut request)?;
        }
    }
    request.template = Some(Language::Jinja);
    request.samples = samples.to_vec();
    Ok(request)
}

/// The model of a provider such as `openai:chat:gpt-5`.
fn model(id: &str) -> &str {
    const KINDS: [&str; 6] = ["chat", "responses", "messages", "completion", "live", "realtime"];
    let Some((provider, rest)) = id.split_once(':') else { return id };
    let rest = match rest.split_once(':') {
        Some((kind, rest)) if KINDS.contains(&kind) => rest,
        _ => rest,
    };
    // A router's id keeps its name in front, so that it is not taken for the maker's.
    if provider == "openrouter" { id } else { rest }
}

/// The values of the tests, one row each; a list in them makes a row of each item.
fn samples(tree: &Value) -> Result<Vec<Vec<(String, String)>>, Error> {
    let default = at(tree, &["defaultTest.vars"]).and_then(Value::as_object);
    let tests = at(tree, &["tests"]).and_then(Value::as_array);
    let mut rows = Vec::new();
    for test in tests.into_iter().flatten() {
        let Some(own) = at(test, &["vars"]).and_then(Value::as_object) else { continue };
        let mut vars: Map<String, Value> = default.cloned().unwrap_or_default();
        vars.extend(own.clone());
        let mut some: Vec<Vec<(String, String)>> = vec![Vec::new()];
        for (name, value) in &vars {
            let values = list(value);
            if some.len().saturating_mul(values.len()) > ROWS {
                return Err(malformed(format!(
                    "the lists of a test come to more than {ROWS} rows"
                )));
            }
            let mut next = Vec::new();
            for row in &some {
                for value in &values {
                    let mut row = row.clone();
                    row.push((name.clone(), shown(value)));
                    next.push(row);
                }
            }
            some = next;
        }
        rows.extend(some);
    }
    Ok(rows)
}
