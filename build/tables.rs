//! The tables of the vocabularies that the program has laid out, as files.

use super::layout::{MergeTables, WordTables};
use super::spelling::Spellings;
use super::{Answer, borders, packed};

/// The tables by the ending of their file, little-endian.
pub fn files(name: &str) -> Answer<Vec<(&'static str, Vec<u8>)>> {
    let path = format!("vocabularies/{name}.vocabulary");
    let packed = std::fs::read(&path).map_err(|e| format!("{path}: {e}"))?;
    let (recipe, pilots) = packed::recipe(&packed, None)?;
    let MergeTables { pairs, pilots: pair_pilots, bytes, byte_pairs, is_ordered } =
        MergeTables::of(&recipe, Some(pilots.pairs))?;
    if !recipe.whole.is_empty() || !recipe.published.is_empty() {
        return Err(format!("{path}: its ids are not those of its merges"));
    }
    if !is_ordered {
        return Err(format!("{path}: a token is older than a part of it"));
    }
    let words = WordTables::of(&recipe, Some(pilots.short), Some(pilots.long))?;
    Ok(vec![
        ("short", words.short.concat()),
        ("short_ids", words.short_ids.concat()),
        ("short_pilots", words.short_pilots.pilots),
        ("long", words.long.concat()),
        ("long_text", words.long_text),
        ("long_pilots", words.long_pilots.pilots),
        ("pairs", pairs.concat()),
        ("pair_pilots", pair_pilots.pilots),
        ("bytes", bytes.concat()),
        ("byte_pairs", byte_pairs.concat()),
        ("characters", words.characters.concat()),
        ("borders", borders::marks(Spellings::of(&recipe)?.all()).concat()),
    ])
}
