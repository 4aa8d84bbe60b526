//! The vocabulary of Gemma as merges of bytes.
//!
//! Its merges start from characters. Here the bytes of every character that is a token are merged
//! first, from the left, by merges that come before all others and that nothing else undergoes.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::Answer;
use super::recipe::Recipe;

/// What stands for a space.
const SPACE: &str = "\u{2581}";

pub fn recipe(json: &Value) -> Answer<Recipe> {
    let model = &json["model"];
    let vocab = model["vocab"].as_object().ok_or("no vocabulary")?;
    let id = |token: &str| -> Answer<u32> {
        let id = vocab.get(token).and_then(Value::as_u64);
        Ok(u32::try_from(id.ok_or_else(|| format!("no token is `{token}`"))?)?)
    };
    let added = json["added_tokens"].as_array().ok_or("no added tokens")?;
    // What the text is searched for before it is merged; special tokens are ordinary text.
    let words: Vec<&str> = added
        .iter()
        .filter(|token| token["special"] == false)
        .filter_map(|token| token["content"].as_str())
        .collect();
    let special: HashSet<&str> = added.iter().filter_map(|token| token["content"].as_str()).collect();

    let mut tokens: Vec<(Vec<u8>, u32)> = Vec::new();
    let mut places: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut add = |bytes: Vec<u8>, id: u32, tokens: &mut Vec<(Vec<u8>, u32)>| -> Answer<u32> {
        let place = u32::try_from(tokens.len())?;
        if places.insert(bytes.clone(), place).is_some() {
            return Err("two tokens have the same bytes".into());
        }
        tokens.push((bytes, id));
        Ok(place)
    };
    for byte in 0..=u8::MAX {
        let own = char::from(byte).to_string();
        let own = if byte == b' ' { SPACE } else { own.as_str() };
        let is_character = byte.is_ascii() && vocab.contains_key(own);
        let of_byte = format!("<0x{byte:02X}>");
        add(vec![byte], id(if is_character { own } else { &of_byte })?, &mut tokens)?;
    }
    let is_byte = |token: &str| token.len() == 6 && token.starts_with("<0x") && token.ends_with('>');
    let ordinary: Vec<&str> = vocab
        .keys()
        .map(String::as_str)
        .filter(|token| !special.contains(token) && !is_byte(token))
        .collect();

    let mut merges: Vec<(u32, u32)> = Vec::new();
    let mut prefixes: HashMap<Vec<u8>, u32> = HashMap::new();
    for token in ordinary.iter().filter(|token| token.chars().count() == 1 && token.len() > 1) {
        if *token == SPACE {
            continue;
        }
        let bytes = token.as_bytes();
        let mut left = u32::from(bytes[0]);
        for end in 2..=bytes.len() {
            let part = &bytes[..end];
            let known = prefixes.get(part).copied();
            let place = match known {
                Some(place) => place,
                None => {
                    // The beginning of a character is published as nothing: no text has it alone.
                    let published = if end == bytes.len() { id(token)? } else { 0 };
                    let place = add(part.to_vec(), published, &mut tokens)?;
                    prefixes.insert(part.to_vec(), place);
                    merges.push((left, u32::from(bytes[end - 1])));
                    place
                }
            };
            left = place;
        }
    }
    let spaced = |token: &str| token.replace(SPACE, " ").into_bytes();
    for token in ordinary.iter().filter(|token| token.chars().count() > 1) {
        add(spaced(token), id(token)?, &mut tokens)?;
    }
    for merge in model["merges"].as_array().ok_or("no merges")? {
        let (Some(left), Some(right)) = (merge[0].as_str(), merge[1].as_str()) else {
            return Err("a merge is not a pair".into());
        };
        let whole = format!("{left}{right}");
        if [left, right, whole.as_str()].iter().any(|part| special.contains(part)) {
            continue;
        }
        let place = |token: &str| places.get(&spaced(token)).copied().ok_or("a merge of no token");
        merges.push((place(left)?, place(right)?));
    }
    let mut recipe = Recipe::of_merges(&tokens, &merges, false)?;
    let made = recipe.merges.len() + 256;
    println!("{} of {} tokens are made", made, tokens.len());
    let mut next = u32::try_from(made)?;
    for word in words.iter().filter(|word| spaced(word).len() > 1) {
        recipe.whole.push(spaced(word));
        recipe.published.push((next, id(word)?));
        next += 1;
    }
    Ok(recipe)
}
