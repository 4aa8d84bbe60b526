//! Tokenizers in files of the user's own.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::tokenizer::Encoding;
use crate::{Error, ErrorKind};

/// The tokenizer in a file, by its path from a folder. Behind a `#` may stand the encoding that splits
/// text as it does.
pub(crate) fn read(file: &str, folder: &Path) -> Result<Encoding, Error> {
    let (path, like) = match file.rsplit_once('#') {
        Some((path, like)) => (path, Some(like.parse()?)),
        None => (file, None),
    };
    let mut contents = Vec::new();
    // A byte more than is taken, so that what is too large is refused and not read to its end.
    let bounded = File::open(folder.join(path)).map(|file| file.take(Encoding::LARGEST_FILE + 1));
    bounded.and_then(|mut file| file.read_to_end(&mut contents)).map_err(|e| {
        Error::new(ErrorKind::Usage, format!("the tokenizer cannot be read: {e}")).in_source(path)
    })?;
    Encoding::from_file(file, like, &contents)
}

/// Reads every tokenizer file that a catalogue file names as an encoding, so that its models find them.
pub(crate) fn read_all(catalog: &str, folder: &Path) -> Result<(), Error> {
    // What is wrong with the file is said where its models are read.
    let Ok(table) = catalog.parse::<toml::Table>() else { return Ok(()) };
    let models = table.get("model").and_then(toml::Value::as_array).into_iter().flatten();
    let encodings = models.filter_map(|model| model.get("counting")?.get("encoding")?.as_str());
    for file in encodings.filter(|name| name.parse::<Encoding>().is_err() && is_file(name)) {
        read(file, folder)?;
    }
    Ok(())
}

/// Whether an encoding is named like a file rather than like one that is built in.
fn is_file(name: &str) -> bool {
    let path = Path::new(name.split('#').next().unwrap_or(name));
    path.extension().is_some_and(|ending| ending == "json" || ending == "tiktoken")
}
