//! Reads the sizes and samples of the slots that a prompt declares.

use std::collections::BTreeSet;

use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::config::values::SlotTable;
use crate::cli::input::source_tree::Tree;
use crate::request::{Request, slots_of};
use crate::units::Position;
use crate::workload::Template;
use crate::{Error, ErrorKind};

/// Reads the slots that a prompt declares.
pub(crate) fn template(
    prompt: &PromptTable,
    config: &Config,
    tree: &Tree,
) -> Result<Template, Error> {
    let mut slots = Template::default();
    if let Some(path) = &prompt.samples {
        let text = tree.read_prompt(&config.folder, path.get_ref());
        let text = text.map_err(|e| config.unread(&e, path))?;
        let rows = rows(&text).map_err(|e| e.in_source(path.get_ref()))?;
        let n = rows.len();
        for (name, value) in rows.into_iter().flatten() {
            slots.samples.entry(name).or_default().push(value);
        }
        if let Some(name) = slots.samples.iter().find(|(_, v)| v.len() != n).map(|(k, _)| k) {
            let error = malformed(&format!("not every row has the slot `{name}`"));
            return Err(error.in_source(path.get_ref()));
        }
    }
    for (name, slot) in &prompt.slots {
        match slot {
            SlotTable::Size(dist) => {
                slots.sizes.insert(name.clone(), dist.clone());
            }
            SlotTable::Samples(path) => {
                let text = tree.read_prompt(&config.folder, path.get_ref());
                let text = text.map_err(|e| config.unread(&e, path))?;
                let values = values(&text).map_err(|e| e.in_source(path.get_ref()))?;
                slots.samples.insert(name.clone(), values);
            }
        }
    }
    Ok(slots)
}

/// What declares slots in `outlay.toml`, such as `slots = { question = "50..400" }`.
pub(crate) fn slot_table(names: &[&str]) -> String {
    let is_bare = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    // A key of other characters is a string, in which TOML and Rust write quotes and backslashes alike.
    let entry = |name: &&str| {
        if is_bare(name) {
            format!("{name} = \"50..400\"")
        } else {
            format!("{name:?} = \"50..400\"")
        }
    };
    format!("slots = {{ {} }}", names.iter().map(entry).collect::<Vec<_>>().join(", "))
}

/// Refuses slots that nothing is known about. `text` is that of the file, for the place of the first.
pub(crate) fn check_slots(template: &Template, request: &Request, text: &str) -> Result<(), Error> {
    let language = template.language(request);
    let root = |name: &str| name.split('.').next().is_some_and(|first| template.knows(first));
    let all = request.names(language);
    let unknown: BTreeSet<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|name| !template.knows(name) && !root(name))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let place = slots_of(text, language).into_iter().find(|slot| unknown.contains(slot.name));
    let names: Vec<&str> = unknown.into_iter().collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let message = match quoted.as_slice() {
        [one] => format!("nothing says how large the slot {one} becomes"),
        several => format!("nothing says how large the slots {} become", several.join(", ")),
    };
    let error = Error::new(ErrorKind::Usage, message).hint(format!(
        "write {} for this prompt in outlay.toml, or name samples",
        slot_table(&names)
    ));
    Err(match place {
        Some(slot) => error.at(Position::of(text, slot.span.start)),
        None => error,
    })
}

/// The rows of a file of samples: objects whose keys are slots.
fn rows(text: &str) -> Result<Vec<Vec<(String, String)>>, Error> {
    let row = |value: serde_json::Value| match value {
        serde_json::Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| Ok((name, as_text(value)?))).collect()
        }
        _ => Err(malformed("a row of samples is an object whose keys are slots")),
    };
    values_of(text)?.into_iter().map(row).collect()
}

/// The values of a file of samples for one slot.
fn values(text: &str) -> Result<Vec<String>, Error> {
    values_of(text)?.into_iter().map(as_text).collect()
}

/// A JSON array, or a JSON value per line.
fn values_of(text: &str) -> Result<Vec<serde_json::Value>, Error> {
    let values: Vec<serde_json::Value> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|e| at(&e, 0))?
    } else {
        let lines = text.lines().zip(0..).filter(|(line, _)| !line.trim().is_empty());
        let read =
            |(line, number): (&str, usize)| serde_json::from_str(line).map_err(|e| at(&e, number));
        lines.map(read).collect::<Result<_, _>>()?
    };
    if values.is_empty() {
        return Err(malformed("there are no samples"));
    }
    Ok(values)
}

fn as_text(value: serde_json::Value) -> Result<String, Error> {
    match value {
        serde_json::Value::String(text) => Ok(text),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        serde_json::Value::Bool(value) => Ok(value.to_string()),
        _ => Err(malformed("the sample of a slot is a text")),
    }
}

fn malformed(message: &str) -> Error {
    Error::new(ErrorKind::Malformed, message).hint(
        "write a JSON array, or one JSON value per line: strings for one slot, objects for several",
    )
}

fn at(e: &serde_json::Error, lines_before: usize) -> Error {
    let line = e.line().max(1) + lines_before;
    malformed("this is no JSON").at(Position { line, column: e.column().max(1) })
}
