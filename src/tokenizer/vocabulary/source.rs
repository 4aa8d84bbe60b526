//! The tokens and merges that files in the formats of others hold, as recipes.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::recipe::Recipe;

/// The model of a `tokenizer.json`.
#[derive(Deserialize)]
pub(crate) struct Model {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    vocab: Value,
    #[serde(default)]
    merges: Vec<Pair>,
    #[serde(default)]
    ignore_merges: bool,
    #[serde(default)]
    byte_fallback: bool,
    dropout: Option<f64>,
    continuing_subword_prefix: Option<String>,
    end_of_word_suffix: Option<String>,
}

/// Two tokens, as both versions of the format have them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Pair {
    Two(String, String),
    One(String),
}

/// What a `tekken.json` says of itself.
#[derive(Deserialize)]
pub(crate) struct Config {
    pub(crate) pattern: String,
    default_vocab_size: u32,
    default_num_special_tokens: u32,
}

/// A token of a `tekken.json`.
#[derive(Deserialize)]
pub(crate) struct TekkenToken {
    rank: u32,
    token_bytes: String,
}

impl Model {
    /// Its recipe, where it merges bytes and nothing else.
    pub(crate) fn recipe(&self) -> Result<Recipe, String> {
        let kind = self.kind.as_deref().unwrap_or("BPE");
        if kind != "BPE" {
            return Err(format!("its model is {kind}, not BPE"));
        }
        if self.byte_fallback {
            return Err("its model falls back to bytes, as SentencePiece does".to_owned());
        }
        if self.dropout.is_some_and(|dropout| dropout > 0.0) {
            return Err("its merges are dropped at random".to_owned());
        }
        for part in [&self.continuing_subword_prefix, &self.end_of_word_suffix] {
            if part.as_ref().is_some_and(|part| !part.is_empty()) {
                return Err("its tokens are marked as parts of words".to_owned());
            }
        }
        let Value::Object(vocab) = &self.vocab else {
            return Err("its `vocab` is not an object".to_owned());
        };
        let bytes_of = byte_of_characters();
        let mut tokens = Vec::with_capacity(vocab.len());
        for (token, id) in vocab {
            let id = id.as_u64().and_then(|id| u32::try_from(id).ok());
            let id = id.ok_or_else(|| format!("the id of `{token}` is not a number of 32 bits"))?;
            let bytes: Option<Vec<u8>> = token.chars().map(|c| bytes_of.get(&c).copied()).collect();
            // A token that is not written in bytes is a special one.
            let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { continue };
            tokens.push((token.as_str(), bytes, id));
        }
        tokens.sort_by_key(|(_, _, id)| *id);
        let places: HashMap<&str, u32> =
            tokens.iter().zip(0..).map(|(token, at)| (token.0, at)).collect();
        let mut merges = Vec::with_capacity(self.merges.len());
        for (merge, number) in self.merges.iter().zip(1..) {
            let parts = match merge {
                Pair::Two(left, right) => Some((left.as_str(), right.as_str())),
                Pair::One(both) => both.split_once(' '),
            };
            let parts =
                parts.and_then(|(left, right)| Some((places.get(left)?, places.get(right)?)));
            let (left, right) = parts.ok_or_else(|| {
                format!("merge {number} is of a token that is not in the vocabulary")
            })?;
            merges.push((*left, *right));
        }
        let tokens: Vec<(Vec<u8>, u32)> =
            tokens.into_iter().map(|(_, bytes, id)| (bytes, id)).collect();
        Recipe::of_merges(&tokens, &merges, self.ignore_merges)
    }
}

/// The byte that each character stands for in `tokenizer.json`: itself where it can be printed, and
/// one from U+0100 on elsewhere.
fn byte_of_characters() -> HashMap<char, u8> {
    let mut next = 0x100;
    (0..=u8::MAX)
        .map(|byte| {
            if matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..) {
                return (char::from(byte), byte);
            }
            next += 1;
            (char::from_u32(next - 1).unwrap_or_default(), byte)
        })
        .collect()
}

/// Tokens of Mistral, of which only the first are used.
pub(crate) fn tekken(config: &Config, tokens: &[TekkenToken]) -> Result<Recipe, String> {
    let special = config.default_num_special_tokens;
    let used = config.default_vocab_size.saturating_sub(special);
    let mut ranks = Vec::with_capacity(tokens.len());
    for token in tokens.iter().filter(|token| token.rank < used) {
        let bytes = base64(&token.token_bytes)
            .ok_or_else(|| format!("`{}` is not base64", token.token_bytes))?;
        ranks.push((bytes, token.rank));
    }
    let mut recipe = Recipe::of_ranks(ranks)?;
    // Ranks begin behind the special tokens.
    if recipe.published.first().is_none_or(|(first, _)| *first > 0) {
        recipe.published.insert(0, (0, 0));
    }
    for (_, published) in &mut recipe.published {
        *published = published.saturating_add(special);
    }
    Ok(recipe)
}

/// Lines of a token in base64 and its rank.
pub(crate) fn tiktoken(text: &str) -> Result<Recipe, String> {
    let mut tokens = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let token = line.split_once(' ').and_then(|(token, rank)| {
            Some((base64(token)?, rank.trim_ascii().parse::<u32>().ok()?))
        });
        tokens.push(token.ok_or_else(|| {
            format!("line {number} is not a token in base64, a space and its rank")
        })?);
    }
    Recipe::of_ranks(tokens)
}

/// Base64 with its padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    (text.len().is_multiple_of(4) && !text.is_empty()).then_some(bytes)
}
