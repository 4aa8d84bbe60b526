//! The bytes of every token of a recipe.

use super::hash::{SHORT, short_key};
use super::recipe::Recipe;

/// The bytes of tokens by their ids.
#[derive(Debug)]
pub(crate) struct Spellings {
    /// The keys of short tokens. Of others where they begin in `long` and their length, and [`ELSEWHERE`] in place
    /// of the length of a key.
    slots: Vec<[u8; 16]>,
    /// The bytes of the tokens that are not short, in a row.
    long: Vec<u8>,
}

/// The slot of a token that is not spelled yet, which no key equals.
const OPEN: [u8; 16] = [0; 16];
/// The length that no key has.
const ELSEWHERE: u8 = u8::MAX;
/// How many bytes long tokens may have together; no published vocabulary has a tenth of it.
const MOST: usize = 1 << 28;

impl Spellings {
    /// Those of a recipe, in which a token may come before one that it is made of.
    pub(crate) fn of(recipe: &Recipe) -> Result<Self, String> {
        let bytes = recipe.bytes.len();
        let made = bytes + recipe.merges.len();
        let mut slots = Vec::with_capacity(made + recipe.whole.len());
        slots.extend(recipe.bytes.iter().map(|byte| short_key(&[*byte]).to_le_bytes()));
        slots.resize(made, OPEN);
        let mut spellings = Self { slots, long: Vec::new() };
        let mut open = Vec::new();
        for (id, merge) in (bytes..).zip(&recipe.merges) {
            if spellings.slots[id] != OPEN {
                continue;
            }
            let Some(missing) = spellings.join(id, *merge)? else { continue };
            open.extend([id, missing]);
            while let Some(id) = open.last().copied() {
                let merge = id.checked_sub(bytes).and_then(|merge| recipe.merges.get(merge));
                let merge = merge.ok_or_else(|| format!("the token {id} has no bytes"))?;
                match spellings.join(id, *merge)? {
                    Some(missing) => open.push(missing),
                    None => open.truncate(open.len() - 1),
                }
                if open.len() > made {
                    return Err(format!("the token {id} is made of itself"));
                }
            }
        }
        for whole in &recipe.whole {
            let slot = match whole.len() {
                0..=SHORT => short_key(whole).to_le_bytes(),
                _ => spellings.put(|long| long.extend(whole))?,
            };
            spellings.slots.push(slot);
        }
        Ok(spellings)
    }

    /// Spells a token by its parts; else answers the part that is not spelled yet.
    #[inline]
    fn join(&mut self, id: usize, (left, right): (u32, u32)) -> Result<Option<usize>, String> {
        let (left, right) = (left as usize, right as usize);
        let (Some(first), Some(second)) = (self.slots.get(left), self.slots.get(right)) else {
            return Err(format!("the token {id} is made of one that is not there"));
        };
        let (first, second) = (*first, *second);
        if first == OPEN || second == OPEN {
            return Ok(Some(if first == OPEN { left } else { right }));
        }
        let length = |slot: [u8; 16]| usize::from(slot[SHORT]);
        let both = length(first) + length(second);
        self.slots[id] = if both <= SHORT {
            let bytes = |slot| u128::from_le_bytes(slot) << 8 >> 8;
            let joined = bytes(first) | bytes(second) << (8 * length(first));
            (joined | (both as u128) << (8 * SHORT)).to_le_bytes()
        } else {
            self.join_long([first, second])?
        };
        Ok(None)
    }

    #[cold]
    fn join_long(&mut self, parts: [[u8; 16]; 2]) -> Result<[u8; 16], String> {
        self.put(|long| {
            for part in parts {
                match elsewhere(part) {
                    Some((start, length)) => long.extend_from_within(start..start + length),
                    None => long.extend(&part[..usize::from(part[SHORT])]),
                }
            }
        })
    }

    /// The slot of what is put behind the bytes of other long tokens.
    fn put(&mut self, more: impl FnOnce(&mut Vec<u8>)) -> Result<[u8; 16], String> {
        let start = self.long.len();
        more(&mut self.long);
        let length = self.long.len() - start;
        if self.long.len() > MOST {
            return Err(format!("its tokens have more than {MOST} bytes"));
        }
        let numbers = (length as u128) << 32 | start as u128;
        Ok((numbers | u128::from(ELSEWHERE) << (8 * SHORT)).to_le_bytes())
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The bytes of a token.
    pub(crate) fn get(&self, id: usize) -> &[u8] {
        let slot = &self.slots[id];
        match elsewhere(*slot) {
            Some((start, length)) => &self.long[start..start + length],
            None => &slot[..usize::from(slot[SHORT])],
        }
    }

    /// The bytes of every token, by their ids.
    pub(crate) fn all(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|id| self.get(id))
    }

    /// The keys of the short ones with their ids.
    #[inline]
    pub(crate) fn short(&self) -> impl Iterator<Item = (u128, u32)> {
        let slots = self.slots.iter().zip(0..).filter(|(slot, _)| slot[SHORT] != ELSEWHERE);
        slots.map(|(slot, id)| (u128::from_le_bytes(*slot), id))
    }

    /// Where the others begin in a row of their bytes and how long they are, with their ids.
    pub(crate) fn long(&self) -> impl Iterator<Item = ((usize, usize), u32)> {
        self.slots.iter().zip(0..).filter_map(|(slot, id)| Some((elsewhere(*slot)?, id)))
    }

    /// That row.
    pub(crate) fn into_long_text(self) -> Vec<u8> {
        self.long
    }
}

/// Where the bytes of a slot begin among the long ones, and how many they are.
#[inline]
fn elsewhere(slot: [u8; 16]) -> Option<(usize, usize)> {
    let [start, length, ..] = slot.as_chunks::<4>().0 else { return None };
    let number = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes) as usize;
    (slot[SHORT] == ELSEWHERE).then(|| (number(start), number(length)))
}
