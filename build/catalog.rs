//! Where the models of the catalogue begin in its files, and what they are called.

use std::fmt::Write as _;

use super::Answer;

const FOLDER: &str = "pricing";
const MODEL: &str = "\n[[model]]\n";

/// Every file of the folder `pricing`, by name.
pub fn files() -> Answer<Vec<String>> {
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

/// The source of an array of the files with their text, for `src/catalog/embedded.rs`.
pub fn texts(files: &[String]) -> Answer<String> {
    let mut source = String::from("&[\n");
    for file in files {
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{file}\"))");
        writeln!(source, "    ({file:?}, {text}),").map_err(|e| e.to_string())?;
    }
    source.push(']');
    Ok(source)
}

/// The source of an array of models, for `src/catalog/embedded.rs`, where a test compares it with
/// the files read whole.
pub fn models(files: &[String]) -> Answer<String> {
    let mut source = String::from("&[\n");
    for file in files {
        let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
        let mut starts: Vec<usize> = text.match_indices(MODEL).map(|(i, _)| i).collect();
        starts.push(text.len());
        let provider = values(&text[..starts[0]], "id");
        let provider = provider.first().ok_or_else(|| format!("{file} names no provider"))?;
        for range in starts.windows(2) {
            let model = &text[range[0]..range[1]];
            let tables = model[MODEL.len()..].find("\n[").map_or(model.len(), |i| MODEL.len() + i);
            let names: Vec<&str> = ["id", "aliases", "snapshots"]
                .into_iter()
                .flat_map(|key| values(&model[..tables], key))
                .collect();
            writeln!(
                source,
                "    Place {{ file: {file:?}, provider: {provider:?}, names: &{names:?}, start: {}, end: {} }},",
                range[0], range[1]
            )
            .map_err(|e| e.to_string())?;
        }
    }
    source.push(']');
    Ok(source)
}

/// The strings in the value of a key, which stands on one line.
fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    // Every other part between quotation marks is within them.
    value.unwrap_or_default().split('"').skip(1).step_by(2).collect()
}
