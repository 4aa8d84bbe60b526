//! Recipes in little space: what the repository carries of each vocabulary.
//!
//! A file is the length of what follows as `u32` and that, deflated or as it is: [`NUMBERS`] numbers of 32 bits, the
//! bytes of the recipe, what of a base it shares, its own merges as six planes of bytes, the lengths of the
//! whole tokens and their bytes, the published ids, and the pilots. All numbers are little-endian.
//!
//! Some makers began with the merges of another. What is shared is a bit for each merge of the base, set
//! where it is kept, and a bit for each merge of the recipe, set where it is the next of those.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress};

use super::layout::{Found, Pilots};
use super::recipe::Recipe;

/// The numbers at the beginning: of all merges, its own, the whole tokens and the runs of published ids;
/// then of the slots and the pilots of three tables.
pub(crate) const NUMBERS: usize = 10;

/// A vocabulary, which may share merges with a base.
pub(crate) fn recipe(packed: &[u8], base: Option<&Recipe>) -> Result<(Recipe, Pilots), String> {
    let inflated = inflate(packed)?;
    let mut rest = Rest(&inflated);
    let [all, own, whole, runs, tables @ ..] = rest.numbers::<NUMBERS>()?;
    let mut recipe = Recipe { bytes: rest.take(256)?.to_vec(), ..Recipe::default() };
    let mut shared = Vec::new();
    if let Some(base) = base {
        let kept = rest.take(base.merges.len().div_ceil(8))?;
        let places = rest.take(all.div_ceil(8))?;
        shared = self::shared(base, &recipe.bytes, kept, (places, all))?;
    }
    let left = rest.ids(own)?;
    let mut own = left.zip(rest.ids(own)?);
    recipe.merges.reserve(all.min(inflated.len()));
    for (place, merge) in shared {
        let before = place - recipe.merges.len();
        recipe.merges.extend(own.by_ref().take(before));
        recipe.merges.push(merge);
    }
    recipe.merges.extend(own);
    if recipe.merges.len() != all {
        return Err(short());
    }
    let lengths = rest.take(whole)?;
    for length in lengths {
        recipe.whole.push(rest.take(usize::from(*length))?.to_vec());
    }
    for _ in 0..runs {
        let [first, published] = rest.numbers::<2>()?;
        recipe.published.push((number(first)?, number(published)?));
    }
    let mut found = |table: usize| -> Result<Found, String> {
        let pilots = rest.take(tables[2 * table + 1])?.to_vec();
        Ok(Found { slots: number(tables[2 * table])?, pilots })
    };
    let pilots = Pilots { short: found(0)?, long: found(1)?, pairs: found(2)? };
    Ok((recipe, pilots))
}

/// A pair of pieces that merges, with its place among all merges.
type PlacedMerge = (usize, (u32, u32));

/// The merges that are a base's, with their places among all.
fn shared(
    base: &Recipe,
    bytes: &[u8],
    kept: &[u8],
    (places, all): (&[u8], usize),
) -> Result<Vec<PlacedMerge>, String> {
    let ones = |bits: &[u8], count: usize| -> Vec<usize> {
        (0..count).filter(|at| bits[at / 8] >> (at % 8) & 1 == 1).collect()
    };
    let kept = ones(kept, base.merges.len());
    let places = ones(places, all);
    if kept.len() != places.len() {
        return Err("what is shared has no place".to_owned());
    }
    // Where each token of the base stands here.
    let mut ids = vec![None; 256 + base.merges.len()];
    for (id, byte) in ids.iter_mut().zip(&base.bytes) {
        *id = bytes.iter().position(|own| own == byte);
    }
    for (merge, place) in kept.iter().zip(&places) {
        ids[256 + merge] = Some(256 + place);
    }
    let id = |part: u32| ids.get(part as usize).copied().flatten().ok_or_else(short);
    let merge = |(merge, place): (&usize, &usize)| {
        let (left, right) = base.merges[*merge];
        Ok((*place, (number(id(left)?)?, number(id(right)?)?)))
    };
    kept.iter().zip(&places).map(merge).collect()
}

/// What is packed in a file.
pub(crate) fn inflate(packed: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let (length, deflated) = packed.split_first_chunk().ok_or_else(short)?;
    let length = u32::from_le_bytes(*length) as usize;
    if deflated.len() == length {
        return Ok(Cow::Borrowed(deflated));
    }
    let mut inflated = Vec::with_capacity(length);
    Decompress::new(false)
        .decompress_vec(deflated, &mut inflated, FlushDecompress::Finish)
        .map_err(|e| e.to_string())?;
    Ok(Cow::Owned(inflated))
}

/// What is not read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(short)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Ids of 24 bits, in planes of bytes from the lowest on.
    fn ids(&mut self, count: usize) -> Result<impl Iterator<Item = u32> + use<'a>, String> {
        let [low, middle, high] = [self.take(count)?, self.take(count)?, self.take(count)?];
        let bytes = low.iter().zip(middle).zip(high);
        Ok(bytes.map(|((low, middle), high)| u32::from_le_bytes([*low, *middle, *high, 0])))
    }

    fn numbers<const COUNT: usize>(&mut self) -> Result<[usize; COUNT], String> {
        let (numbers, _) = self.take(4 * COUNT)?.as_chunks::<4>();
        Ok(std::array::from_fn(|i| u32::from_le_bytes(numbers[i]) as usize))
    }
}

fn number(number: usize) -> Result<u32, String> {
    u32::try_from(number).map_err(|e| e.to_string())
}

fn short() -> String {
    "the packed vocabulary ends too early".to_owned()
}
