//! Recipes in little space: what the repository carries of each vocabulary besides OpenAI's.
//!
//! A file is the length of what follows as `u32` and that, deflated: [`NUMBERS`] numbers of 32 bits, the
//! bytes of the recipe, its merges as six planes of bytes, the lengths of the whole tokens and their
//! bytes, the published ids, and the pilots. All numbers are little-endian.

use flate2::{Decompress, FlushDecompress};

use super::layout::{Found, Pilots};
use super::recipe::Recipe;

/// The numbers at the beginning: of the merges, the whole tokens and the runs of published ids; then of
/// the slots and the pilots of three tables.
pub(crate) const NUMBERS: usize = 9;

/// A vocabulary whose merges begin with these of another.
pub(crate) fn recipe(packed: &[u8], base: Vec<(u32, u32)>) -> Result<(Recipe, Pilots), String> {
    let inflated = inflate(packed)?;
    let mut rest = Rest(&inflated);
    let [merges, whole, runs, tables @ ..] = rest.numbers::<NUMBERS>()?;
    let mut recipe = Recipe { bytes: rest.take(256)?.to_vec(), merges: base, ..Recipe::default() };
    let planes = rest.take(merges.checked_mul(6).ok_or_else(short)?)?;
    let id = |plane: usize, at: usize| {
        let byte = |i: usize| u32::from(planes[(plane + i) * merges + at]);
        byte(0) | byte(1) << 8 | byte(2) << 16
    };
    recipe.merges.extend((0..merges).map(|at| (id(0, at), id(3, at))));
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

fn inflate(packed: &[u8]) -> Result<Vec<u8>, String> {
    let (length, deflated) = packed.split_first_chunk().ok_or_else(short)?;
    let mut inflated = Vec::with_capacity(u32::from_le_bytes(*length) as usize);
    Decompress::new(false)
        .decompress_vec(deflated, &mut inflated, FlushDecompress::Finish)
        .map_err(|e| e.to_string())?;
    Ok(inflated)
}

/// What is not read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(short)?;
        self.0 = rest;
        Ok(taken)
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
