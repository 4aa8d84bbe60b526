//! A vocabulary as what it is made of: bytes, and merges in their order.

use std::collections::HashMap;

use super::canonical::{self, Merge, Token};
use super::hash::IDS;

/// What the tables of a vocabulary follow from. Ids here are places: of the bytes, of the merges
/// in their order, of the tokens that no merge makes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// The byte that each of the first 256 ids is.
    pub(crate) bytes: Vec<u8>,
    /// The two tokens that each of the next ids is merged of.
    pub(crate) merges: Vec<(u32, u32)>,
    /// Tokens that only a whole piece can be.
    pub(crate) whole: Vec<Vec<u8>>,
    /// From which id on the published id is which.
    pub(crate) published: Vec<(u32, u32)>,
}

impl Recipe {
    /// That of nothing.
    #[cfg(feature = "laid-out")]
    pub(crate) const EMPTY: Self =
        Self { bytes: Vec::new(), merges: Vec::new(), whole: Vec::new(), published: Vec::new() };

    /// Of tokens with their ranks, the lowest of which merges first, as `.tiktoken` files have them.
    pub(crate) fn of_ranks(mut tokens: Vec<(Vec<u8>, u32)>) -> Result<Self, String> {
        tokens.retain(|(bytes, _)| !bytes.is_empty());
        tokens.sort_by_key(|(_, rank)| *rank);
        if let Some(pair) = tokens.windows(2).find(|pair| pair[0].1 == pair[1].1) {
            return Err(format!("two tokens have the rank {}", pair[0].1));
        }
        check_size(&tokens)?;
        let numbered: Vec<Token<'_>> =
            tokens.iter().zip(0..).map(|((bytes, _), id)| (bytes.as_slice(), id)).collect();
        let (merges, whole) = canonical::merges(&numbered);
        let mut recipe = Self::default();
        let mut order: Vec<u32> = Vec::with_capacity(tokens.len());
        order.extend((0..).zip(&tokens).filter(|(_, (b, _))| b.len() == 1).map(|(id, _)| id));
        recipe.bytes.extend(order.iter().map(|id| tokens[*id as usize].0[0]));
        order.extend(merges.iter().map(|merge| merge.id));
        order.extend(&whole);
        let mut places = vec![0; tokens.len()];
        for (place, id) in (0..).zip(&order) {
            places[*id as usize] = place;
        }
        let place = |id: u32| places[id as usize];
        recipe.merges = merges.iter().map(|m| (place(m.left), place(m.right))).collect();
        recipe.whole = whole.iter().map(|id| tokens[*id as usize].0.clone()).collect();
        recipe.publish(order.iter().map(|id| tokens[*id as usize].1));
        Ok(recipe)
    }

    /// Of tokens with their published ids and of merges by the places of their parts among the
    /// tokens, as `tokenizer.json` has them. A token that no merge makes is kept where a whole piece
    /// may be it.
    pub(crate) fn of_merges(
        tokens: &[(Vec<u8>, u32)],
        merges: &[(u32, u32)],
        keeps_whole: bool,
    ) -> Result<Self, String> {
        check_size(tokens)?;
        let is_byte = |at: &u32| tokens[*at as usize].0.len() == 1;
        let mut order: Vec<u32> = (0..).take(tokens.len()).filter(is_byte).collect();
        let mut recipe = Self {
            bytes: order.iter().map(|at| tokens[*at as usize].0[0]).collect(),
            ..Self::default()
        };
        let kept = Made::new(tokens, merges)?.canonical();
        order.extend(kept.iter().map(|merge| merge.id));
        let mut places = vec![None; tokens.len()];
        for (place, at) in (0..).zip(&order) {
            places[*at as usize] = Some(place);
        }
        let parts =
            kept.iter().map(|merge| places[merge.left as usize].zip(places[merge.right as usize]));
        recipe.merges.extend(parts.flatten());
        if keeps_whole {
            let is_made = |at: u32| places[at as usize].is_some();
            let whole: Vec<u32> =
                (0..).zip(tokens).map(|(at, _)| at).filter(|at| !is_made(*at)).collect();
            recipe.whole = whole.iter().map(|at| tokens[*at as usize].0.clone()).collect();
            order.extend(whole);
        }
        recipe.publish(order.iter().map(|at| tokens[*at as usize].1));
        Ok(recipe)
    }

    /// The beginning of it, before an id.
    pub(crate) fn until(mut self, end: u32) -> Self {
        self.merges.truncate((end as usize).saturating_sub(self.bytes.len()));
        self
    }

    /// Notes the published ids, where they do not go on as before.
    fn publish(&mut self, ids: impl Iterator<Item = u32>) {
        let mut next = 0;
        for (id, published) in (0..).zip(ids) {
            if published != next {
                self.published.push((id, published));
            }
            next = published + 1;
        }
    }
}

/// How much work it may be to merge every token of its bytes. Published vocabularies need a thousandth.
const MOST_WORK: u64 = 1 << 34;

/// Refuses what would take minutes or has no place in the tables.
fn check_size(tokens: &[(Vec<u8>, u32)]) -> Result<(), String> {
    if tokens.len() >= IDS as usize {
        return Err(format!("it has {} tokens; {} are the most", tokens.len(), IDS - 1));
    }
    let work = tokens.iter().fold(0_u64, |work, (bytes, _)| {
        let length = bytes.len() as u64;
        work.saturating_add(length.saturating_mul(length))
    });
    if work > MOST_WORK {
        return Err("its tokens are too long to be checked".to_owned());
    }
    Ok(())
}

/// What merges make of the tokens of a vocabulary.
struct Made<'a> {
    tokens: &'a [(Vec<u8>, u32)],
    merges: &'a [(u32, u32)],
    /// The places of the single bytes.
    bytes: [Option<u32>; 256],
    /// What two tokens merge into, and the rank of that merge.
    by_pair: HashMap<(u32, u32), (u32, u32)>,
}

impl<'a> Made<'a> {
    fn new(tokens: &'a [(Vec<u8>, u32)], merges: &'a [(u32, u32)]) -> Result<Self, String> {
        let of_bytes: HashMap<&[u8], u32> =
            tokens.iter().zip(0..).map(|((bytes, _), at)| (bytes.as_slice(), at)).collect();
        let place = |bytes: &[u8]| of_bytes.get(bytes).copied();
        let mut made = Self {
            tokens,
            merges,
            bytes: std::array::from_fn(|byte| place(&[u8::try_from(byte).unwrap_or_default()])),
            by_pair: HashMap::with_capacity(merges.len()),
        };
        let mut bytes = Vec::new();
        for (rank, (left, right)) in (0..).zip(merges) {
            bytes.clear();
            bytes.extend(&tokens[*left as usize].0);
            bytes.extend(&tokens[*right as usize].0);
            let made_of = place(&bytes)
                .ok_or_else(|| format!("what merge {} makes is not in the vocabulary", rank + 1))?;
            made.by_pair.entry((*left, *right)).or_insert((rank, made_of));
        }
        Ok(made)
    }

    /// One merge of each token that merging can make, in the order of their ranks: the last that its
    /// own bytes undergo.
    fn canonical(&self) -> Vec<Merge> {
        let mut kept: Vec<(u32, u32)> = (0..)
            .zip(self.tokens)
            .filter(|(_, (bytes, _))| bytes.len() > 1)
            .filter_map(|(at, _)| Some((self.last_merge(at)?, at)))
            .collect();
        kept.sort_unstable();
        let merge = |(rank, id): (u32, u32)| {
            let (left, right) = self.merges[rank as usize];
            Merge { left, right, id }
        };
        kept.into_iter().map(merge).collect()
    }

    /// The rank of the last merge when a token is made of its bytes.
    fn last_merge(&self, at: u32) -> Option<u32> {
        let bytes = self.tokens[at as usize].0.iter();
        let mut parts: Vec<u32> =
            bytes.map(|b| self.bytes[usize::from(*b)]).collect::<Option<_>>()?;
        let pair =
            |parts: &[u32], i: usize| self.by_pair.get(&(parts[i], *parts.get(i + 1)?)).copied();
        let mut ranks: Vec<Option<(u32, u32)>> =
            (0..parts.len()).map(|i| pair(&parts, i)).collect();
        loop {
            let found = ranks.iter().zip(0..).filter_map(|(merge, i)| Some(((*merge)?, i))).min();
            let ((rank, made), i) = found?;
            if parts.len() == 2 {
                return (made == at).then_some(rank);
            }
            parts[i] = made;
            parts.remove(i + 1);
            ranks.remove(i + 1);
            ranks[i] = pair(&parts, i);
            if let Some(left) = i.checked_sub(1) {
                ranks[left] = pair(&parts, left);
            }
        }
    }
}
