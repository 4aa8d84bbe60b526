//! The models of the catalogue, packed one by one, and what they are called.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use flate2::{Compress, Compression, FlushCompress};
use xxhash_rust::xxh3::Xxh3;

use super::Answer;

const FOLDER: &str = "pricing";
const MODEL: &str = "\n[[model]]\n";
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
    /// One after the other: the dictionary of every provider, and behind it the text of each of its models,
    /// deflated under that dictionary.
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
        let mut models = text.split(MODEL);
        let head = models.next().unwrap_or_default();
        let id = values(head, "id");
        let id = id.first().ok_or("it names no provider")?;
        let shared = shared(head);
        let models: Vec<Entry<'_>> =
            models.map(|model| Entry::new(model, &shared)).collect::<Answer<_>>()?;
        let dictionary = dictionary(models.iter().map(|model| model.text.as_str()));
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
        for Entry { names, text } in &models {
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
struct Entry<'a> {
    names: Vec<&'a str>,
    /// The model with the tables of the file that hold for it.
    text: String,
}

impl<'a> Entry<'a> {
    fn new(model: &'a str, shared: &[Shared<'_>]) -> Answer<Self> {
        let own = model.split("\n[").next().unwrap_or_default();
        let names: Vec<&str> =
            ["id", "aliases", "snapshots"].into_iter().flat_map(|key| values(own, key)).collect();
        let id = names.first().ok_or("a model has no id")?;
        let text = format!("{MODEL}{model}{}", tables_of(id, model, shared));
        Ok(Self { names, text })
    }
}

/// What deflate is to look back at before each of these texts: the tables that many of them have, the ones
/// that save most nearest, and the first texts where there is room.
fn dictionary<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> String {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for table in texts.clone().flat_map(|text| text.split("\n[")) {
        *times.entry(table).or_default() += 1;
    }
    let mut tables: Vec<(usize, &str)> =
        times.into_iter().map(|(table, times)| ((times - 1) * table.len(), table)).collect();
    tables.sort_by(|a, b| b.cmp(a));
    let mut left = WINDOW;
    let mut kept = Vec::new();
    for (saved, table) in tables {
        let length = table.len() + "\n[".len();
        if saved > 0 && length <= left {
            left -= length;
            kept.push(table);
        }
    }
    let mut dictionary: String = texts.flat_map(str::chars).take(left / 4).collect();
    for table in kept.into_iter().rev() {
        dictionary.push_str("\n[");
        dictionary.push_str(table);
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

/// The strings in the value of a key, which is on one line.
fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    // Every other part between quotation marks is within them.
    value.unwrap_or_default().split('"').skip(1).step_by(2).collect()
}

/// A table of a file that holds for several of its models, see `src/catalog/shared.rs`.
struct Shared<'a> {
    kind: &'a str,
    models: Vec<&'a str>,
    /// The table without its head and without the key `models`.
    rows: Vec<&'a str>,
}

/// The tables before the first model.
fn shared<'a>(head: &'a str) -> Vec<Shared<'a>> {
    let tables = head.split("\n[[").skip(1).filter_map(|table| table.split_once("]]\n"));
    let of_the_table = |line: &&str| !line.starts_with("models = ") && !line.starts_with('#');
    let rows = |text: &'a str| text.lines().filter(of_the_table).collect();
    tables
        .map(|(kind, text)| Shared { kind, models: values(text, "models"), rows: rows(text) })
        .collect()
}

/// The tables about a model, as its own: of fees, multipliers and turnarounds all, of other kinds the first; none
/// of a kind that the model has itself.
fn tables_of(id: &str, model: &str, shared: &[Shared<'_>]) -> String {
    let mut text = String::new();
    for Shared { kind, models, rows } in shared {
        let about = models.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => id.starts_with(start),
            None => id == *pattern,
        });
        let several = matches!(*kind, "fee" | "multiplier" | "turnaround");
        let head = if several { format!("[[model.{kind}]]") } else { format!("[model.{kind}]") };
        if about && !model.contains(&head) && (several || !text.contains(&head)) {
            text.push_str(&format!("\n{head}\n{}\n", rows.join("\n")));
        }
    }
    text
}
