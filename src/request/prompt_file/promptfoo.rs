//! Prompts of a `promptfooconfig.yaml`: each prompt for each provider.

use std::ffi::OsStr;
use std::path::Path;

use serde_json::{Map, Value};

use super::super::beside::ReadBeside;
use super::super::format::FileHint;
use super::super::message::{Message, Request, Role};
use super::super::origin::Origin;
use super::super::template::{DataRow, Language, data_rows};
use super::shape::{Inside, Shape};
use super::tree::{self, at, lacks, malformed, shown, text};
use super::{parameters, yaml};
use crate::Error;

const FILE: Shape = Shape {
    inside: &[
        ("defaultTest", Inside::Of(&TEST)),
        ("prompts", Inside::Of(&PROMPT)),
        ("providers", Inside::Of(&PROVIDER)),
        ("targets", Inside::Of(&PROVIDER)),
        ("tests", Inside::Of(&TEST)),
    ],
    ..Shape::new(
        &["defaultTest", "prompts", "providers", "scenarios", "targets", "tests"],
        &["promptLabels", "prompt_templates", "strategies"],
    )
};
const PROMPT: Shape = Shape {
    costly: &[("config", "it changes the parameters of this prompt alone, and is not read here")],
    ..Shape::new(&["id", "path", "raw"], &[])
};
const PROVIDER: Shape = Shape::new(&["config", "id"], &[]);
const TEST: Shape =
    Shape { inside: &[("options", Inside::Of(&OPTIONS))], ..Shape::new(&["options", "vars"], &[]) };
const OPTIONS: Shape =
    Shape { costly: &[("prefix", ADDED), ("suffix", ADDED)], ..Shape::new(&[], &[]) };
const ADDED: &str = "it is added to prompts, and is not read here";

/// How many rows of values the lists of a test may come to.
const ROWS: usize = 10_000;

/// Values of slots, a row each.
type Samples = Vec<Vec<(String, String)>>;

pub(super) fn read(
    file: &str,
    beside: &dyn ReadBeside,
) -> Result<Vec<Result<Request, Error>>, Error> {
    let tree = yaml::parse(file, 1)?;
    let prompts = at(&tree, &["prompts"]);
    let prompts = prompts.ok_or_else(|| malformed("a configuration of promptfoo has `prompts`"))?;
    let prompts = list(prompts).into_iter().map(|prompt| written(prompt, beside));
    let providers = at(&tree, &["providers", "targets"]).map(list).unwrap_or_default();
    let samples = samples(&tree, beside);
    let mut requests = Vec::new();
    for prompt in prompts {
        let texts = match prompt {
            Ok(texts) => texts,
            Err(error) => {
                requests.push(Err(error));
                continue;
            }
        };
        for text in &texts {
            let settings = providers.iter().copied().map(Some);
            let settings: Vec<_> =
                if providers.is_empty() { vec![None] } else { settings.collect() };
            for provider in settings {
                requests.push(request(text, provider, &samples, &tree));
            }
        }
    }
    if requests.is_empty() {
        return Err(malformed("`prompts` is empty"));
    }
    // What is said of the file is said once.
    if let Some(first) = requests.iter_mut().find_map(|request| request.as_mut().ok()) {
        FILE.check(&tree, first);
    }
    Ok(requests)
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

/// The texts of a prompt: its own, or those of the file that it names.
fn written(prompt: &Value, beside: &dyn ReadBeside) -> Result<Vec<String>, Error> {
    let written = prompt.as_str().or_else(|| text(prompt, &["raw", "id", "path"]));
    let written = written.ok_or_else(|| malformed("a prompt is a text, or has `raw` or `id`"))?;
    match file_name(written) {
        Some(name) => texts_of(name, beside),
        None => Ok(vec![written.to_owned()]),
    }
}

/// The file that a text names: after `file://`, or by a name that has an ending and nothing else.
fn file_name(written: &str) -> Option<&str> {
    const ENDINGS: [&str; 12] =
        ["txt", "md", "j2", "json", "jsonl", "yaml", "yml", "csv", "py", "js", "mjs", "ts"];
    let is_name = || {
        let of_name = |c: char| c.is_alphanumeric() || "._-/*\\".contains(c);
        let ending = written.rsplit_once('.').map(|(_, ending)| ending);
        written.chars().all(of_name) && ending.is_some_and(|ending| ENDINGS.contains(&ending))
    };
    written.strip_prefix("file://").or_else(|| is_name().then_some(written))
}

fn texts_of(name: &str, beside: &dyn ReadBeside) -> Result<Vec<String>, Error> {
    refuse_programs(name, "a prompt")?;
    let text = beside.read_beside(name)?;
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let texts: Vec<String> = match ending {
        "json" => vec![text],
        // Messages, as JSON has them.
        "yaml" | "yml" => {
            let tree = yaml::parse(&text, 1).map_err(|e| e.in_source(name))?;
            vec![tree.as_str().map_or_else(|| tree.to_string(), ToOwned::to_owned)]
        }
        "jsonl" => text.lines().map(ToOwned::to_owned).collect(),
        "csv" => {
            let rows = data_rows(&text, FileHint::Name(name)).map_err(|e| e.in_source(name))?;
            rows.iter().filter_map(|row| row.cell("prompt").map(ToOwned::to_owned)).collect()
        }
        _ => parted(&text),
    };
    let texts: Vec<String> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
    if texts.is_empty() {
        return Err(malformed(format!("there is no prompt in `{name}`")));
    }
    Ok(texts)
}

/// The prompts of a text, which stand between lines of `---`.
fn parted(text: &str) -> Vec<String> {
    let mut prompts = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            prompts.push(String::new());
        } else if let Some(prompt) = prompts.last_mut() {
            prompt.push_str(line);
        }
    }
    prompts.into_iter().map(|prompt| prompt.trim().to_owned()).collect()
}

/// Refuses what only running it would tell, and patterns of names.
fn refuse_programs(name: &str, what: &str) -> Result<(), Error> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let file = file.split(':').next().unwrap_or(file);
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    if matches!(ending, "py" | "js" | "mjs" | "cjs" | "ts" | "rb" | "go") {
        return Err(malformed(format!("{what} is made by the program `{name}`, which is not run"))
            .hint("write down what it makes, and count that"));
    }
    if name.contains('*') {
        return Err(
            malformed(format!("`{name}` is a pattern of names")).hint("name each file by itself")
        );
    }
    Ok(())
}

fn request(
    written: &str,
    provider: Option<&Value>,
    samples: &Result<Samples, Error>,
    tree: &Value,
) -> Result<Request, Error> {
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
        if id.starts_with("file://") {
            return Err(malformed(format!("the provider `{id}` stands in a file of its own"))
                .hint("write its model here, or name one with `-m`"));
        }
        request.settings.model = Some(model(id).to_owned());
        let config = at(provider, &["config"]).or_else(|| provider.get(id)?.get("config"));
        if let Some(config) = config {
            parameters::read(config, &mut request)?;
        }
    }
    request.template = Some(Language::Jinja);
    match samples {
        Ok(samples) => request.samples.clone_from(samples),
        Err(error) => {
            lacks("tests", format!("their values cannot be read: {error}"), &mut request);
        }
    }
    if at(tree, &["scenarios"]).is_some() {
        lacks("scenarios", "they make further calls", &mut request);
    }
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
fn samples(tree: &Value, beside: &dyn ReadBeside) -> Result<Samples, Error> {
    let default = at(tree, &["defaultTest.vars"]).and_then(Value::as_object);
    let mut rows = Vec::new();
    for own in tests(tree, beside)? {
        let mut vars: Map<String, Value> = default.cloned().unwrap_or_default();
        vars.extend(own);
        let mut some: Samples = vec![Vec::new()];
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
                    row.push((name.clone(), value_of(value, beside)?));
                    next.push(row);
                }
            }
            some = next;
        }
        rows.extend(some);
    }
    Ok(rows)
}

/// The values of each test, whether it stands here or in another file.
fn tests(tree: &Value, beside: &dyn ReadBeside) -> Result<Vec<Map<String, Value>>, Error> {
    let mut all = Vec::new();
    for test in at(tree, &["tests"]).map(list).into_iter().flatten() {
        match test.as_str() {
            Some(name) => all.extend(tests_of(name.trim_start_matches("file://"), beside)?),
            None => all.extend(at(test, &["vars"]).and_then(Value::as_object).cloned()),
        }
    }
    Ok(all)
}

fn tests_of(name: &str, beside: &dyn ReadBeside) -> Result<Vec<Map<String, Value>>, Error> {
    refuse_programs(name, "a test")?;
    let text = beside.read_beside(name)?;
    let ending = Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default();
    if ["yaml", "yml", "json"].iter().any(|tree| ending.eq_ignore_ascii_case(tree)) {
        let tree = yaml::parse(&text, 1).map_err(|e| e.in_source(name))?;
        let vars = |test: &Value| at(test, &["vars"]).and_then(Value::as_object).cloned();
        return Ok(list(&tree).into_iter().filter_map(vars).collect());
    }
    let rows = data_rows(&text, FileHint::Name(name)).map_err(|e| e.in_source(name))?;
    // What stands under these names is about the answer.
    let vars = |row: &DataRow| {
        let names = row.columns().filter(|name| !name.starts_with("__"));
        let text = |name| Some((String::from(name), Value::from(row.cell(name)?)));
        names.filter_map(text).collect()
    };
    Ok(rows.iter().map(vars).collect())
}

/// The text of a value, which may stand in a file.
fn value_of(value: &Value, beside: &dyn ReadBeside) -> Result<String, Error> {
    let Some(name) = value.as_str().and_then(|text| text.strip_prefix("file://")) else {
        return Ok(shown(value));
    };
    refuse_programs(name, "a value")?;
    beside.read_beside(name)
}
