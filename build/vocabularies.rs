//! The packed vocabularies as the program carries them.

use flate2::Compression;
#[cfg(not(feature = "small"))]
use flate2::{Compress, FlushCompress};

use super::{Answer, packed};

const FOLDER: &str = "vocabularies";
/// The one that is counted with most of those that are laid out when a count asks for them, and on which others build.
const STORED: &str = "cl100k_base.vocabulary";

/// The files by name, made for speed or for size. For speed they are as they are, but one is stored without being
/// deflated, for inflating it takes longer than laying it out. For size they lack the pilots of their tables, a sixth
/// of them, which are searched for again when the tables are laid out.
pub fn files(for_speed: bool) -> Answer<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(FOLDER).map_err(|e| format!("{FOLDER}: {e}"))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.extension().is_none_or(|extension| extension != "vocabulary") {
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or("a name in vocabularies/ is not UTF-8")?.to_owned();
        let bytes = std::fs::read(&path).map_err(|e| format!("{name}: {e}"))?;
        let bytes = match (for_speed, name.as_str()) {
            (false, _) => smaller(&bytes)?,
            (true, STORED) => packed(&packed::inflate(&bytes)?, None)?,
            (true, _) => bytes,
        };
        files.push((name, bytes));
    }
    Ok(files)
}

/// The same vocabulary, whose pilots are not known.
fn smaller(file: &[u8]) -> Answer<Vec<u8>> {
    let mut text = packed::inflate(file)?.into_owned();
    // For three tables the number of slots and that of pilots, which come last.
    let tables = 4 * (packed::NUMBERS - 6)..4 * packed::NUMBERS;
    let (numbers, _) = text[tables.clone()].as_chunks::<4>();
    let pilots: u32 = numbers.iter().skip(1).step_by(2).map(|n| u32::from_le_bytes(*n)).sum();
    text.truncate(text.len() - pilots as usize);
    text[tables].fill(0);
    packed(&text, Some(Compression::best()))
}

fn packed(text: &[u8], compression: Option<Compression>) -> Answer<Vec<u8>> {
    let length = u32::try_from(text.len()).map_err(|e| e.to_string())?.to_le_bytes();
    let Some(compression) = compression else { return Ok([&length, text].concat()) };
    Ok([length.as_slice(), &deflated(text, compression)?].concat())
}

#[cfg(not(feature = "small"))]
fn deflated(text: &[u8], compression: Compression) -> Answer<Vec<u8>> {
    // Deflate never makes a text longer by more than this.
    let mut deflated = Vec::with_capacity(text.len() + 1024);
    Compress::new(compression, false)
        .compress_vec(text, &mut deflated, FlushCompress::Finish)
        .map_err(|e| e.to_string())?;
    Ok(deflated)
}

/// By zopfli, in five rounds.
#[cfg(feature = "small")]
fn deflated(text: &[u8], _: Compression) -> Answer<Vec<u8>> {
    let rounds = std::num::NonZeroU64::new(5).ok_or("five is not zero")?;
    let options = zopfli::Options { iteration_count: rounds, ..zopfli::Options::default() };
    let mut deflated = Vec::new();
    zopfli::compress(options, zopfli::Format::Deflate, text, &mut deflated)
        .map_err(|e| e.to_string())?;
    Ok(deflated)
}
