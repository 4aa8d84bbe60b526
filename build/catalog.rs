//! The models of the catalogue, packed one by one, and what they are called.

use std::fmt::Write as _;

use flate2::{Compress, Compression, FlushCompress};
use xxhash_rust::xxh3::Xxh3;

use super::Answer;

const FOLDER: &str = "pricing";
const MODEL: &str = "\n[[model]]\n";

/// What the program carries of the folder `pricing`, for `src/catalog/embedded.rs`; a test compares it
/// with the files read whole.
#[derive(Default)]
pub struct Catalog {
    /// The source of an array of models.
    pub index: String,
    /// The text of every model, deflated, one after the other.
    pub packed: Vec<u8>,
    /// A hash of the text of all files, in the order of their names.
    pub digest: u128,
    /// The last day on which an entry was compared with its source.
    pub day: String,
}

impl Catalog {
    pub fn read() -> Answer<Self> {
        let mut catalog = Self { index: String::from("&[\n"), ..Self::default() };
        let mut hash = Xxh3::new();
        for file in files()? {
            let text = std::fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))?;
            hash.update(text.as_bytes());
            let checked = text.lines().filter_map(|line| line.strip_prefix("checked = "));
            let last = checked.max().unwrap_or_default();
            if *last > *catalog.day {
                last.clone_into(&mut catalog.day);
            }
            catalog.add(&text).map_err(|e| format!("{file}: {e}"))?;
        }
        catalog.index.push(']');
        catalog.digest = hash.digest128();
        Ok(catalog)
    }

    /// Adds the models of one file.
    fn add(&mut self, text: &str) -> Answer<()> {
        let mut models = text.split(MODEL);
        let head = models.next().unwrap_or_default();
        let provider = values(head, "id");
        let provider = provider.first().ok_or("it names no provider")?;
        let shared = shared(head);
        for model in models {
            let own = model.split("\n[").next().unwrap_or_default();
            let names: Vec<&str> = ["id", "aliases", "snapshots"]
                .into_iter()
                .flat_map(|key| values(own, key))
                .collect();
            let id = names.first().ok_or("a model has no id")?;
            let text = format!("{MODEL}{model}{}", tables_of(id, model, &shared));
            let start = self.packed.len();
            self.packed.extend(deflated(text.as_bytes())?);
            writeln!(
                self.index,
                "    Place {{ provider: {provider:?}, names: &{names:?}, start: {start}, end: {}, length: {} }},",
                self.packed.len(),
                text.len()
            )
            .map_err(|e| e.to_string())?;
        }
        Ok(())
    }
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

fn deflated(text: &[u8]) -> Answer<Vec<u8>> {
    // Deflate never makes a text longer by more than this.
    let mut packed = Vec::with_capacity(text.len() + 64);
    Compress::new(Compression::best(), false)
        .compress_vec(text, &mut packed, FlushCompress::Finish)
        .map_err(|e| e.to_string())?;
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
