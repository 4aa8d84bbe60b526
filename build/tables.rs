//! The tables of one vocabulary.

use std::collections::{HashMap, HashSet};

use tiktoken_rs::CoreBPE;

use super::Answer;
use super::hash::{
    NONE, SHORT, of_long, of_pair, of_short, pair_key, pair_pilot, pair_slot, pilot, short_key,
    slot,
};
use super::perfect::{self, Perfect, Plan};

/// Ids must fit into 18 bits: a pair and what it becomes share a slot of 64.
const IDS: u32 = 1 << 18;

/// A token's bytes and its id, which is its rank.
pub type Token = (Vec<u8>, u32);

type Ranks<'a> = HashMap<&'a [u8], u32>;

/// Every ordinary token.
pub fn tokens(vocabulary: &CoreBPE) -> Vec<Token> {
    let special: HashSet<&[u8]> =
        vocabulary.special_tokens().into_iter().map(str::as_bytes).collect();
    (0..IDS)
        .filter_map(|id| Some((vocabulary.decode_bytes(&[id]).ok()?, id)))
        .filter(|(bytes, _)| !special.contains(bytes.as_slice()))
        .collect()
}

/// The tables by the ending of their file.
pub fn files(tokens: &[Token]) -> Answer<Vec<(&'static str, Vec<u8>)>> {
    let ranks: Ranks<'_> = tokens.iter().map(|(bytes, id)| (bytes.as_slice(), *id)).collect();
    let mut files = Vec::new();
    files.extend(short(tokens)?);
    files.extend(long(tokens)?);
    files.extend(pairs(tokens, &ranks)?);
    files.extend(bytes(&ranks)?);
    Ok(files)
}

/// A table in little space: 106 slots and 67 pilots for a hundred keys. With fewer some group finds no
/// free places under any of 256 pilots.
fn dense(hashes: &[u64]) -> Answer<Perfect> {
    let pilots = hashes.len() * 67 / 100 + 1;
    let slots = hashes.len() * 106 / 100 + 1;
    perfect::build(
        hashes,
        &Plan {
            pilots,
            slots,
            pilot: |hash| pilot(hash, pilots),
            slot: |hash, by| slot(hash, by, slots),
        },
    )
}

/// Tokens of at most 15 bytes: slots of 16 bytes and, beside them, the ids in 3 bytes each.
fn short(tokens: &[Token]) -> Answer<[(&'static str, Vec<u8>); 3]> {
    let short: Vec<&Token> = tokens.iter().filter(|(bytes, _)| bytes.len() <= SHORT).collect();
    let keys: Vec<u128> = short.iter().map(|(bytes, _)| short_key(bytes)).collect();
    let table = dense(&keys.iter().map(|key| of_short(*key)).collect::<Vec<_>>())?;
    // No token has the length 0, so an empty slot equals no key.
    let slots = table.slots.iter().flat_map(|key| key.map_or(0, |key| keys[key]).to_le_bytes());
    let ids = table.slots.iter().map(|key| key.map_or(NONE, |key| short[key].1).to_le_bytes());
    let ids = ids.flat_map(|[low, middle, high, _]| [low, middle, high]);
    Ok([("short", slots.collect()), ("short_ids", ids.collect()), ("short_pilots", table.pilots)])
}

/// Longer tokens: their bytes in a row, and slots of where they start, how long they are, their id.
fn long(tokens: &[Token]) -> Answer<[(&'static str, Vec<u8>); 3]> {
    let long: Vec<&Token> = tokens.iter().filter(|(bytes, _)| bytes.len() > SHORT).collect();
    let table = dense(&long.iter().map(|(bytes, _)| of_long(bytes)).collect::<Vec<_>>())?;
    let mut starts = Vec::new();
    let mut text = Vec::new();
    for (bytes, _) in &long {
        starts.push(u32::try_from(text.len()).map_err(|e| e.to_string())?);
        text.extend(bytes);
    }
    let mut slots = Vec::new();
    for key in table.slots {
        let (start, length, id) = match key {
            Some(key) => {
                let (bytes, id) = long[key];
                (starts[key], u32::try_from(bytes.len()).map_err(|e| e.to_string())?, *id)
            }
            None => (0, 0, NONE),
        };
        for number in [start, length, id] {
            slots.extend(number.to_le_bytes());
        }
    }
    Ok([("long", slots), ("long_text", text), ("long_pilots", table.pilots)])
}

/// Which two tokens merge into which.
///
/// One pair per token is enough, the last two parts that its own bytes merge into: whenever two
/// neighbours in a text make up this token, no merge has crossed its borders, so that all merges
/// inside came in the same order as in the token alone.
fn pairs(tokens: &[Token], ranks: &Ranks<'_>) -> Answer<[(&'static str, Vec<u8>); 2]> {
    let mut pairs = Vec::new();
    for (bytes, id) in tokens.iter().filter(|(bytes, _)| bytes.len() > 1) {
        let middle = last_split(bytes, *id, ranks)
            .ok_or_else(|| format!("the token {id} does not come of merging two others"))?;
        let (left, right) = (ranks[&bytes[..middle]], ranks[&bytes[middle..]]);
        if left.max(right) > *id {
            return Err(format!("the token {id} is older than a part of it"));
        }
        pairs.push((pair_key(left, right), *id));
    }
    let hashes: Vec<u64> = pairs.iter().map(|(key, _)| of_pair(*key)).collect();
    let slots = (hashes.len() * 5 / 4).next_power_of_two();
    let table = perfect::build(
        &hashes,
        &Plan {
            pilots: 1 << 16,
            slots,
            pilot: pair_pilot,
            slot: |hash, pilot| pair_slot(hash, pilot, 32 - slots.ilog2()),
        },
    )?;
    let slots = table.slots.iter().flat_map(|pair| {
        pair.map_or(u64::MAX, |pair| pairs[pair].0 << 18 | u64::from(pairs[pair].1)).to_le_bytes()
    });
    Ok([("pairs", slots.collect()), ("pair_pilots", table.pilots)])
}

/// Where the last two parts of a token meet, when its bytes are merged by the ranks below its own.
fn last_split(token: &[u8], id: u32, ranks: &Ranks<'_>) -> Option<usize> {
    let mut starts: Vec<usize> = (0..=token.len()).collect();
    while starts.len() > 3 {
        let rank = |i: usize| ranks.get(&token[starts[i]..starts[i + 2]]).copied();
        let (rank, left) = (0..starts.len() - 2).filter_map(|i| Some((rank(i)?, i))).min()?;
        if rank >= id {
            return None;
        }
        starts.remove(left + 1);
    }
    Some(starts[1])
}

/// The ids of single bytes, and what every two of them merge into.
fn bytes(ranks: &Ranks<'_>) -> Answer<[(&'static str, Vec<u8>); 2]> {
    let mut single = Vec::new();
    let mut double = Vec::new();
    for a in 0..=u8::MAX {
        let id = ranks.get([a].as_slice()).ok_or_else(|| format!("no token is the byte {a}"))?;
        single.extend(id.to_le_bytes());
        for b in 0..=u8::MAX {
            double.extend(ranks.get([a, b].as_slice()).unwrap_or(&NONE).to_le_bytes());
        }
    }
    Ok([("bytes", single), ("byte_pairs", double)])
}
