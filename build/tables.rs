//! The tables of the vocabularies that tiktoken-rs carries, as files.

use std::collections::HashSet;

use tiktoken_rs::CoreBPE;

use super::Answer;
use super::canonical;
use super::layout::{Layout, Token};

/// No id of these vocabularies is above this.
const MOST: u32 = 1 << 18;

/// Every ordinary token and its id, which is its rank.
pub fn tokens(vocabulary: &CoreBPE) -> Vec<(Vec<u8>, u32)> {
    let special: HashSet<&[u8]> =
        vocabulary.special_tokens().into_iter().map(str::as_bytes).collect();
    (0..MOST)
        .filter_map(|id| Some((vocabulary.decode_bytes(&[id]).ok()?, id)))
        .filter(|(bytes, _)| !special.contains(bytes.as_slice()))
        .collect()
}

/// The tables by the ending of their file, little-endian.
pub fn files(tokens: &[(Vec<u8>, u32)]) -> Answer<Vec<(&'static str, Vec<u8>)>> {
    let tokens: Vec<Token<'_>> = tokens.iter().map(|(bytes, id)| (bytes.as_slice(), *id)).collect();
    let (merges, whole) = canonical::merges(&tokens);
    if let Some(id) = whole.first() {
        return Err(format!("the token {id} does not come of merging two others"));
    }
    if let Some(merge) = merges.iter().find(|merge| merge.left.max(merge.right) > merge.id) {
        return Err(format!("the token {} is older than a part of it", merge.id));
    }
    let layout = Layout::new(&tokens, &merges, None)?;
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
        ("borders", layout.borders),
    ])
}
