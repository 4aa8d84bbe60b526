//! The slots that a prompt declares, and those that it has.

use std::collections::BTreeSet;

use crate::cli::commands::check::samples::{malformed, rows, values};
use crate::cli::commands::check::sources::Sent;
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

/// A warning for a file with slots that nothing declares.
pub(crate) fn undeclared_slots(sent: &[Sent]) -> Option<String> {
    let mut names = BTreeSet::new();
    for sent in sent.iter().filter(|sent| sent.request.samples.is_empty()) {
        let language = sent.request.language(&|_| false);
        names.extend(sent.request.slots(language).iter().map(|slot| slot.name));
    }
    let file = &sent.first()?.source.name;
    let names: Vec<&str> = names.into_iter().collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (slot, they) = match names.len() {
        0 => return None,
        1 => ("slot", "it stands: say how large it becomes"),
        _ => ("slots", "they stand: say how large they become"),
    };
    Some(format!(
        "`{file}` has the {slot} {}, counted as {they} with {}",
        quoted.join(", "),
        slot_table(&names)
    ))
}

/// The slots that are declared and that no request of a file has.
pub(crate) fn unused_slots<'t>(slots: &'t Template, sent: &[Sent]) -> BTreeSet<&'t str> {
    let requests: Vec<&Request> = sent.iter().map(|sent| &sent.request).collect();
    slots.unused(&requests).into_iter().collect()
}

/// That no prompt has a slot that is declared.
pub(crate) fn no_such_slot(slot: &str, config: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("no prompt has the slot `{slot}`"))
        .hint("correct the name in outlay.toml, or remove the slot")
        .in_source(config)
}
