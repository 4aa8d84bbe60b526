//! The models of the catalogue, packed one by one, and what they are called.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use flate2::{Compress, Compression, FlushCompress};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::Xxh3;

use super::Answer;

const FOLDER: &str = "pricing";
/// The tables of a file that hold for several of its models, see `src/catalog/file/shared.rs`; and whether a model
/// has all of a kind that are about it, or the first.
const SHARED: [(&str, bool); 6] = [
    ("api", false),
    ("cache", false),
    ("thinking", false),
    ("fee", true),
    ("multiplier", true),
    ("turnaround", true),
];
/// How far back deflate looks, in bytes.
const WINDOW: usize = 32 << 10;

/// What the program carries of the folder `pricing`, for `src/catalog/embedded.rs`; a test compares it
/// with the files read whole.
#[derive(Default)]
pub struct Catalog {
    /// The source of the static of providers.
    pub providers: String,
    /// The source of an array of models.
    pub index: String,
    /// What they are called, one name after the other, each in a line of its own.
    pub names: String,
    /// One after the other: the dictionary of every provider, and behind it each of its models in JSON, which is
    /// read in a fraction of the time of TOML, deflated under that dictionary.
    pub packed: Vec<u8>,
    /// Whether dictionaries are stored as they are, not deflated: larger, and quicker to read.
    for_speed: bool,
    /// A hash of the text of all files, in the order of their names.
    pub digest: u128,
    /// The last day on which an entry was compared with its source.
    pub day: String,
}

impl Catalog {
    pub fn read(for_speed: bool) -> Answer<Self> {
        let mut catalog = Self { index: String::from("&[\n"), for_speed, ..Self::default() };
        let mut hash = Xxh3::new();
        let files = files()?;
        for (at, file) in files.iter().enumerate() {
            let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
            hash.update(text.as_bytes());
            let checked = text.lines().filter_map(|line| line.strip_prefix("checked = "));
            let last = checked.max().unwrap_or_default();
            if *last > *catalog.day {
                last.clone_into(&mut catalog.day);
            }
            catalog.add(at, &text).map_err(|e| format!("{file}: {e}"))?;
        }
        catalog.providers = format!(
            "#[expect(clippy::unreadable_literal, reason = \"the build script wrote it\")]\n\
             static PROVIDERS: [Provider; {}] = [\n{}];",
            files.len(),
            catalog.providers
        );
        catalog.index.push(']');
        catalog.digest = hash.digest128();
        Ok(catalog)
    }

    /// Adds the models of one file, that of the provider at this place.
    fn add(&mut self, at: usize, text: &str) -> Answer<()> {
        let Value::Object(mut file) = json(toml::from_str(text).map_err(|e| e.to_string())?) else {
            return Err("it is no table".to_owned());
        };
        let provider = file.get("provider").and_then(|provider| provider["id"].as_str());
        let id = provider.ok_or("it names no provider")?.to_owned();
        let models = tables(&mut file, "model")?;
        let shared = Shared::of(&mut file)?;
        let models: Vec<Entry> =
            models.into_iter().map(|model| Entry::new(model, &shared)).collect::<Answer<_>>()?;
        let dictionary = dictionary(models.iter().flat_map(|model| &model.parts));
        let place = if self.for_speed {
            self.put(dictionary.as_bytes(), dictionary.len())
        } else {
            self.pack(dictionary.as_bytes(), &[])?
        };
        writeln!(
            self.providers,
            "    Provider {{ id: {id:?}, dictionary: {place}, inflated: OnceLock::new() }},"
        )
        .map_err(|e| e.to_string())?;
        for Entry { names, parts } in &models {
            let text = format!("{{{}}}", parts.join(","));
            let place = self.pack(text.as_bytes(), dictionary.as_bytes())?;
            let start = self.names.len();
            self.names.push_str(&names.join("\n"));
            let end = self.names.len();
            self.names.push('\n');
            writeln!(
                self.index,
                "    Place {{ provider: {at}, names: ({start}, {end}), text: {place} }},"
            )
            .map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// Packs a text under a dictionary; answers the source of where it is.
    fn pack(&mut self, text: &[u8], dictionary: &[u8]) -> Answer<String> {
        Ok(self.put(&deflated(text, dictionary)?, text.len()))
    }

    fn put(&mut self, bytes: &[u8], length: usize) -> String {
        let start = self.packed.len();
        self.packed.extend(bytes);
        let end = self.packed.len();
        format!("Span {{ start: {start}, end: {end}, length: {length} }}")
    }
}

/// A model of a file.
struct Entry {
    /// Its id, its aliases and its snapshots.
    names: Vec<String>,
    /// Its keys and their values in JSON, with the tables of the file that hold for it.
    parts: Vec<String>,
}

impl Entry {
    fn new(mut model: Map<String, Value>, shared: &[Shared]) -> Answer<Self> {
        let id = model.get("id").and_then(Value::as_str).ok_or("a model has no id")?.to_owned();
        let mut names = vec![id.clone()];
        for key in ["aliases", "snapshots"] {
            let list = model.get(key).and_then(Value::as_array).into_iter().flatten();
            names.extend(list.filter_map(Value::as_str).map(str::to_owned));
        }
        for (kind, all) in SHARED {
            if model.contains_key(kind) {
                continue;
            }
            let about = shared.iter().filter(|shared| shared.kind == kind && shared.is_about(&id));
            let mut tables = about.map(|shared| shared.table.clone()).peekable();
            if tables.peek().is_some() && all {
                model.insert(kind.to_owned(), tables.collect());
            } else if let Some(table) = tables.next() {
                model.insert(kind.to_owned(), table);
            }
        }
        let parts = model.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        Ok(Self { names, parts })
    }
}

/// What deflate is to look back at before the texts of these parts: the tables that many of them have, the ones
/// that save most nearest, and the first tables where there is room.
fn dictionary<'a>(parts: impl Iterator<Item = &'a String> + Clone) -> String {
    let tables = parts.flat_map(|part| part.split_inclusive("},"));
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for table in tables.clone() {
        *times.entry(table).or_default() += 1;
    }
    let mut saved: Vec<(usize, &str)> =
        times.into_iter().map(|(table, times)| ((times - 1) * table.len(), table)).collect();
    saved.sort_by(|a, b| b.cmp(a));
    let mut left = WINDOW;
    let mut kept = Vec::new();
    for (saved, table) in saved {
        let length = table.len() + 1;
        if saved > 0 && length <= left {
            left -= length;
            kept.push(table);
        }
    }
    let mut dictionary: String = tables.flat_map(str::chars).take(left / 4).collect();
    for table in kept.into_iter().rev() {
        dictionary.push_str(table);
        dictionary.push(',');
    }
    dictionary
}

/// Every file of the folder, by name.
fn files() -> Answer<Vec<String>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(FOLDER).map_err(|e| format!("{FOLDER}: {e}"))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().and_then(|name| name.to_str());
            files.push(format!("{FOLDER}/{}", name.ok_or("a name in pricing/ is not UTF-8")?));
        }
    }
    files.sort();
    Ok(files)
}

fn deflated(text: &[u8], dictionary: &[u8]) -> Answer<Vec<u8>> {
    // Deflate never makes a text longer by more than this.
    let mut packed = Vec::with_capacity(text.len() + 64);
    let mut deflate = Compress::new(Compression::best(), false);
    if !dictionary.is_empty() {
        deflate.set_dictionary(dictionary).map_err(|e| e.to_string())?;
    }
    deflate.compress_vec(text, &mut packed, FlushCompress::Finish).map_err(|e| e.to_string())?;
    Ok(packed)
}

/// A table of a file that holds for several of its models.
struct Shared {
    kind: &'static str,
    models: Vec<String>,
    /// The table without the key `models`.
    table: Value,
}

impl Shared {
    /// Takes them out of a file.
    fn of(file: &mut Map<String, Value>) -> Answer<Vec<Self>> {
        let mut shared = Vec::new();
        for (kind, _) in SHARED {
            for mut table in tables(file, kind)? {
                let models =
                    table.remove("models").ok_or("a table of several models needs `models`")?;
                let models = serde_json::from_value(models).map_err(|e| e.to_string())?;
                shared.push(Self { kind, models, table: Value::Object(table) });
            }
        }
        Ok(shared)
    }

    fn is_about(&self, id: &str) -> bool {
        self.models.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => id.starts_with(start),
            None => id == pattern,
        })
    }
}

/// Takes an array of tables out of a file.
fn tables(file: &mut Map<String, Value>, key: &str) -> Answer<Vec<Map<String, Value>>> {
    let tables = file.remove(key).unwrap_or_else(|| Value::Array(Vec::new()));
    serde_json::from_value(tables).map_err(|e| format!("`{key}`: {e}"))
}

/// A value of TOML in JSON: a date is a string.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            table.into_iter().map(|(key, value)| (key, json(value))).collect()
        }
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
    }
}
