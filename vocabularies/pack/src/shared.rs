//! Which merges a vocabulary shares with another, in the same order.

use std::collections::{HashMap, HashSet};

use super::Answer;
use super::recipe::Recipe;
use super::spelling::Spellings;

/// The places of the merges that are shared, each with that of the base, both ascending. The parts of each
/// are shared too.
pub fn merges(recipe: &Recipe, base: &Recipe) -> Answer<Vec<(usize, usize)>> {
    let (spellings, base_spellings) = (Spellings::of(recipe)?, Spellings::of(base)?);
    let of_base: HashMap<&[u8], usize> =
        base_spellings.all().zip(0..).take(256 + base.merges.len()).collect();
    // The token of the base that each token is.
    let same: Vec<Option<usize>> =
        spellings.all().map(|token| of_base.get(token).copied()).collect();
    let mut left_out = HashSet::new();
    loop {
        let is_shared = |id: u32| id < 256 || !left_out.contains(&(id as usize - 256));
        let candidates = (0..).zip(&recipe.merges).filter_map(|(at, (left, right))| {
            let merge = same[256 + at]?.checked_sub(256)?;
            let parts = (same[*left as usize]?, same[*right as usize]?);
            let of_base = base.merges[merge];
            let is_same = parts == (of_base.0 as usize, of_base.1 as usize);
            (is_same && is_shared(*left) && is_shared(*right)).then_some((at, merge))
        });
        let shared = ascending(&candidates.collect::<Vec<_>>());
        let kept: HashSet<usize> = shared.iter().map(|(at, _)| *at).collect();
        let others: HashSet<usize> =
            (0..recipe.merges.len()).filter(|at| !kept.contains(at)).collect();
        if others == left_out {
            return Ok(shared);
        }
        left_out = others;
    }
}

/// A longest part of a list whose second numbers ascend.
fn ascending(list: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length the end of the best part, and for each item the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; list.len()];
    for (i, (_, merge)) in list.iter().enumerate() {
        let length = ends.partition_point(|end| list[*end].1 < *merge);
        before[i] = length.checked_sub(1).map(|last| ends[last]);
        if length == ends.len() {
            ends.push(i);
        } else {
            ends[length] = i;
        }
    }
    let mut part = Vec::new();
    let mut at = ends.last().copied();
    while let Some(i) = at {
        part.push(list[i]);
        at = before[i];
    }
    part.reverse();
    part
}
