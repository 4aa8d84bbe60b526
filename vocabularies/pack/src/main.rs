//! Packs a vocabulary: `pack NAME SOURCE FILE`. `vocabularies/make.sh` says of what each was made.
//!
//! SOURCE is a `tokenizer.json`, a `tekken.json` or a `.tiktoken` file, `gemma:` and the `tokenizer.json`
//! of Gemma, or `crate` for a vocabulary that the crate tiktoken carries. Further arguments are packed
//! vocabularies with which it shares merges: each is the base of the one before it, if that has one.

use std::collections::HashSet;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value;

#[path = "../../../src/tokenizer/vocabulary/canonical.rs"]
#[allow(dead_code)]
mod canonical;
mod gemma;
mod shared;
#[path = "../../../src/tokenizer/vocabulary/hash.rs"]
#[allow(dead_code)]
mod hash;
#[path = "../../../src/tokenizer/vocabulary/layout.rs"]
#[allow(dead_code)]
mod layout;
#[path = "../../../src/tokenizer/vocabulary/packed.rs"]
mod packed;
#[path = "../../../src/tokenizer/vocabulary/perfect.rs"]
mod perfect;
#[path = "../../../src/tokenizer/vocabulary/recipe.rs"]
#[allow(dead_code, unexpected_cfgs)]
mod recipe;
#[path = "../../../src/tokenizer/vocabulary/source.rs"]
mod source;
#[path = "../../../src/tokenizer/vocabulary/spelling.rs"]
mod spelling;

use layout::{MergeTables, Pilots, WordTables};
use recipe::Recipe;
use source::{Config, Model, TekkenToken, tekken, tiktoken};

type Answer<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Answer<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, source, file, base @ ..] = arguments.as_slice() else {
        return Err("usage: pack NAME SOURCE FILE [BASE]".into());
    };
    let recipe = recipe(name, source)?;
    let merges = MergeTables::of(&recipe, None)?;
    let words = WordTables::of(&recipe, None, None)?;
    let found =
        Pilots { short: words.short_pilots, long: words.long_pilots, pairs: merges.pilots };
    let base = self::base(base)?;
    let shared = base.as_ref().map(|base| shared::merges(&recipe, base)).transpose()?;
    let packed = pack(&recipe, base.as_ref().zip(shared.as_deref()), &found)?;
    let (again, pilots) = packed::recipe(&packed, base.as_ref())?;
    if again != recipe || pilots != found {
        return Err("what is packed is not what comes out".into());
    }
    std::fs::write(file, &packed)?;
    println!(
        "{name}: {} tokens, {} of them whole, {} shared, {} runs of ids, {}, {} bytes",
        256 + recipe.merges.len() + recipe.whole.len(),
        recipe.whole.len(),
        shared.map_or(0, |shared| shared.len()),
        recipe.published.len(),
        if merges.is_ordered { "ordered" } else { "not ordered" },
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

/// The first of some packed vocabularies, the others being its bases.
fn base(files: &[String]) -> Answer<Option<Recipe>> {
    let Some((file, bases)) = files.split_first() else { return Ok(None) };
    let base = self::base(bases)?;
    Ok(Some(packed::recipe(&std::fs::read(file)?, base.as_ref())?.0))
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
fn pack(
    recipe: &Recipe,
    base: Option<(&Recipe, &[(usize, usize)])>,
    pilots: &Pilots,
) -> Answer<Vec<u8>> {
    let shared: HashSet<usize> =
        base.iter().flat_map(|(_, shared)| *shared).map(|(place, _)| *place).collect();
    let own: Vec<(u32, u32)> =
        (0..).zip(&recipe.merges).filter(|(at, _)| !shared.contains(at)).map(|(_, m)| *m).collect();
    let mut text = Vec::new();
    let mut number = |number: usize| -> Answer<()> {
        text.extend(u32::try_from(number)?.to_le_bytes());
        Ok(())
    };
    number(recipe.merges.len())?;
    number(own.len())?;
    number(recipe.whole.len())?;
    number(recipe.published.len())?;
    for table in [&pilots.short, &pilots.long, &pilots.pairs] {
        number(table.slots as usize)?;
        number(table.pilots.len())?;
    }
    text.extend(&recipe.bytes);
    if let Some((base, shared)) = base {
        text.extend(bits(base.merges.len(), shared.iter().map(|(_, merge)| *merge)));
        text.extend(bits(recipe.merges.len(), shared.iter().map(|(place, _)| *place)));
    }
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

/// So many bits, of which these are set.
fn bits(count: usize, set: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut bits = vec![0; count.div_ceil(8)];
    set.for_each(|at| bits[at / 8] |= 1 << (at % 8));
    bits
}
