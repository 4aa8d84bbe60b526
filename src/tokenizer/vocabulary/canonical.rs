//! The last two parts that the bytes of a token merge into.

use std::collections::HashMap;

/// A token's bytes and its id, which is its rank.
pub(crate) type Token<'a> = (&'a [u8], u32);

/// Two tokens and the one that they merge into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Merge {
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) id: u32,
}

/// The merges of a vocabulary whose tokens are merged by the rank of what comes of it, and the ids of
/// the tokens that no merge makes.
pub(crate) fn merges(tokens: &[Token<'_>]) -> (Vec<Merge>, Vec<u32>) {
    let ranks: HashMap<&[u8], u32> = tokens.iter().copied().collect();
    let mut merges = Vec::with_capacity(tokens.len());
    let mut whole = Vec::new();
    for (bytes, id) in tokens.iter().filter(|(bytes, _)| bytes.len() > 1) {
        match last_split(bytes, |part| ranks.get(part).copied()) {
            Some((at, rank)) if rank == *id => {
                let parts = (ranks.get(&bytes[..at]), ranks.get(&bytes[at..]));
                // A file may lack a byte, which is refused by who numbers them.
                if let (Some(left), Some(right)) = parts {
                    merges.push(Merge { left: *left, right: *right, id: *id });
                }
            }
            _ => whole.push(*id),
        }
    }
    (merges, whole)
}

/// Where the last two parts of a token meet, and the rank of that merge.
fn last_split(token: &[u8], rank: impl Fn(&[u8]) -> Option<u32>) -> Option<(usize, u32)> {
    let mut starts: Vec<usize> = (0..=token.len()).collect();
    // What the part at this place and the next merge into.
    let mut ranks: Vec<Option<u32>> = token.windows(2).map(&rank).chain([None, None]).collect();
    loop {
        let (lowest, left) = (0..starts.len() - 2).filter_map(|i| Some((ranks[i]?, i))).min()?;
        if starts.len() == 3 {
            return Some((starts[1], lowest));
        }
        starts.remove(left + 1);
        ranks.remove(left + 1);
        for i in [left.checked_sub(1), Some(left)].into_iter().flatten() {
            let end = starts.get(i + 2);
            ranks[i] = end.and_then(|end| rank(&token[starts[i]..*end]));
        }
    }
}
