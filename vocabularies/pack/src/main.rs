//! Packs a vocabulary: `pack NAME SOURCE FILE`. `vocabularies/make.sh` says of what each was made.
//!
//! SOURCE is a `tokenizer.json`, a `tekken.json` or a `.tiktoken` file, `gemma:` and the `tokenizer.json`
//! of Gemma, or `crate` for a vocabulary that the crate tiktoken carries. A fourth argument is the
//! packed vocabulary, or `crate:` and the name of one, whose merges are the first of this.

use std::collections::HashSet;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value;

#[path = "../../../src/tokenizer/vocabulary/borders.rs"]
#[allow(dead_code)]
mod borders;
#[path = "../../../src/tokenizer/vocabulary/canonical.rs"]
#[allow(dead_code)]
mod canonical;
mod gemma;
#[path = "../../../src/tokenizer/vocabulary/hash.rs"]
#[allow(dead_code)]
mod hash;
#[path = "../../../src/tokenizer/vocabulary/layout.rs"]
mod layout;
#[path = "../../../src/tokenizer/vocabulary/packed.rs"]
mod packed;
#[path = "../../../src/tokenizer/vocabulary/perfect.rs"]
mod perfect;
#[path = "../../../src/tokenizer/vocabulary/recipe.rs"]
mod recipe;
#[path = "../../../src/tokenizer/vocabulary/source.rs"]
mod source;

use layout::Pilots;
use recipe::Recipe;
use source::{Config, Model, TekkenToken, tekken, tiktoken};

type Answer<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Answer<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, source, file, base @ ..] = arguments.as_slice() else {
        return Err("usage: pack NAME SOURCE FILE [BASE]".into());
    };
    let recipe = recipe(name, source)?;
    let (layout, is_ordered) = recipe.layout(None)?;
    let base = base.first().map(|base| self::base(base)).transpose()?.unwrap_or_default();
    if !recipe.merges.starts_with(&base.merges) || !base.bytes.is_empty() && base.bytes != recipe.bytes {
        return Err("its merges do not begin with those of the base".into());
    }
    let packed = pack(&recipe, base.merges.len(), &layout.pilots)?;
    let (again, pilots) = packed::recipe(&packed, base.merges)?;
    if again != recipe || pilots != layout.pilots {
        return Err("what is packed is not what comes out".into());
    }
    std::fs::write(file, &packed)?;
    println!(
        "{name}: {} tokens, {} of them whole, {} runs of ids, {}, {} bytes",
        256 + recipe.merges.len() + recipe.whole.len(),
        recipe.whole.len(),
        recipe.published.len(),
        if is_ordered { "ordered" } else { "not ordered" },
        packed.len()
    );
    Ok(())
}

fn recipe(name: &str, source: &str) -> Answer<Recipe> {
    if source == "crate" {
        return Ok(Recipe::of_ranks(of_crate(name)?)?);
    }
    if let Some(file) = source.strip_prefix("gemma:") {
        return gemma::recipe(&serde_json::from_slice(&std::fs::read(file)?)?);
    }
    let text = std::fs::read_to_string(source)?;
    if !text.starts_with('{') {
        return Ok(tiktoken(&text)?);
    }
    let mut json: Value = serde_json::from_str(&text)?;
    if json["model"].is_object() {
        let model: Model = serde_json::from_value(json["model"].take())?;
        return Ok(model.recipe()?);
    }
    let config: Config = serde_json::from_value(json["config"].take())?;
    let tokens: Vec<TekkenToken> = serde_json::from_value(json["vocab"].take())?;
    Ok(tekken(&config, &tokens)?)
}

fn base(base: &str) -> Answer<Recipe> {
    match base.strip_prefix("tiktoken:") {
        Some(file) => Ok(tiktoken(&std::fs::read_to_string(file)?)?),
        None => Ok(packed::recipe(&std::fs::read(base)?, Vec::new())?.0),
    }
}

/// The ordinary tokens of a vocabulary of the crate tiktoken.
fn of_crate(name: &str) -> Answer<Vec<(Vec<u8>, u32)>> {
    let encoding = tiktoken::get_encoding(name).ok_or("the crate has no such vocabulary")?;
    let ids = 0..u32::try_from(encoding.vocab_size())?;
    let tokens: Vec<(Vec<u8>, u32)> = ids.map(|id| (encoding.decode(&[id]), id)).collect();
    let known: HashSet<&[u8]> = tokens.iter().map(|(bytes, _)| bytes.as_slice()).collect();
    if known.len() != tokens.len() || known.contains([].as_slice()) {
        return Err("its ids are not 0, 1, 2 and so on".into());
    }
    drop(known);
    Ok(tokens)
}

/// See `src/tokenizer/vocabulary/packed.rs`.
fn pack(recipe: &Recipe, base: usize, pilots: &Pilots) -> Answer<Vec<u8>> {
    let own = &recipe.merges[base..];
    let mut text = Vec::new();
    let mut number = |number: usize| -> Answer<()> {
        text.extend(u32::try_from(number)?.to_le_bytes());
        Ok(())
    };
    number(own.len())?;
    number(recipe.whole.len())?;
    number(recipe.published.len())?;
    for table in [&pilots.short, &pilots.long, &pilots.pairs] {
        number(table.slots as usize)?;
        number(table.pilots.len())?;
    }
    text.extend(&recipe.bytes);
    for part in [|merge: &(u32, u32)| merge.0, |merge: &(u32, u32)| merge.1] {
        for plane in 0..3 {
            text.extend(own.iter().map(|merge| part(merge).to_le_bytes()[plane]));
        }
    }
    for whole in &recipe.whole {
        text.push(u8::try_from(whole.len())?);
    }
    text.extend(recipe.whole.concat());
    for (first, published) in &recipe.published {
        text.extend([*first, *published].map(u32::to_le_bytes).concat());
    }
    for table in [&pilots.short, &pilots.long, &pilots.pairs] {
        text.extend(&table.pilots);
    }
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&text)?;
    let mut file = u32::try_from(text.len())?.to_le_bytes().to_vec();
    file.extend(packed.finish()?);
    Ok(file)
}
