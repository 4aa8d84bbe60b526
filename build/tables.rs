//! The tables of the vocabularies that the program has laid out, as files.

use super::layout::Layout;
use super::spelling::Spellings;
use super::{Answer, borders, packed};

/// The tables by the ending of their file, little-endian.
pub fn files(name: &str) -> Answer<Vec<(&'static str, Vec<u8>)>> {
    let path = format!("vocabularies/{name}.vocabulary");
    let packed = std::fs::read(&path).map_err(|e| format!("{path}: {e}"))?;
    let (recipe, pilots) = packed::recipe(&packed, None)?;
    let layout = Layout::of(&recipe, Some(pilots))?;
    if !layout.is_merged || !recipe.published.is_empty() {
        return Err(format!("{path}: its ids are not those of its merges"));
    }
    if !layout.is_ordered {
        return Err(format!("{path}: a token is older than a part of it"));
    }
    Ok(vec![
        ("short", layout.short.concat()),
        ("short_ids", layout.short_ids.concat()),
        ("short_pilots", layout.pilots.short.pilots),
        ("long", layout.long.concat()),
        ("long_text", layout.long_text),
        ("long_pilots", layout.pilots.long.pilots),
        ("pairs", layout.pairs.concat()),
        ("pair_pilots", layout.pilots.pairs.pilots),
        ("bytes", layout.bytes.concat()),
        ("byte_pairs", layout.byte_pairs.concat()),
        ("characters", layout.characters.concat()),
        ("borders", borders::marks(Spellings::of(&recipe)?.all()).concat()),
    ])
}
