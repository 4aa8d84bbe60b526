//! Builds the tokenizer's tables from the vocabularies that tiktoken-rs carries, the class of every
//! character from the Unicode tables of the regex-syntax it splits text with, and packs the models in
//! `pricing/`.
//!
//! The tables are written little-endian, ready to be used where the linker puts them: nothing is
//! parsed, hashed or allocated when the program starts. `src/tokenizer/vocabulary/tables.rs` reads them.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads its environment and writes files"
)]

#[path = "src/tokenizer/vocabulary/borders.rs"]
#[expect(dead_code, reason = "the engine needs the rest")]
mod borders;
#[path = "src/tokenizer/vocabulary/canonical.rs"]
mod canonical;
#[path = "build/catalog.rs"]
mod catalog;
#[path = "src/tokenizer/pattern/category.rs"]
mod category;
#[path = "build/classes.rs"]
mod classes;
#[path = "build/claude.rs"]
mod claude;
#[path = "src/tokenizer/vocabulary/hash.rs"]
#[expect(dead_code, reason = "the engine needs the rest")]
mod hash;
#[path = "src/tokenizer/vocabulary/layout.rs"]
mod layout;
#[path = "src/tokenizer/vocabulary/packed.rs"]
mod packed;
#[path = "src/tokenizer/vocabulary/perfect.rs"]
mod perfect;
#[path = "src/tokenizer/claude/property.rs"]
mod property;
#[path = "src/tokenizer/vocabulary/recipe.rs"]
#[expect(dead_code, reason = "the engine needs the rest")]
mod recipe;
#[path = "build/tables.rs"]
mod tables;

use std::path::Path;

use hash::R50K_BASE;
use tiktoken_rs::CoreBPE;

const GEMMA: &str = "vocabularies/gemma3.vocabulary";

type Answer<T> = Result<T, String>;

fn main() -> Answer<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=pricing");
    println!("cargo::rerun-if-changed=src/tokenizer/claude/property.rs");
    println!("cargo::rerun-if-changed=vocabularies");
    println!("cargo::rerun-if-changed=src/tokenizer/pattern/category.rs");
    println!("cargo::rerun-if-changed=src/tokenizer/vocabulary");
    let folder = std::env::var("OUT_DIR").map_err(|e| e.to_string())?;
    let folder = Path::new(&folder);
    let catalog = catalog::Catalog::read()?;
    write(folder, "catalog.rs", catalog.index.as_bytes())?;
    write(folder, "catalog.deflate", &catalog.packed)?;
    write(folder, "catalog.digest", &catalog.digest.to_le_bytes())?;
    write(folder, "catalog.day", catalog.day.as_bytes())?;
    for (name, bytes) in classes::files(&characters_of_gemma()?)? {
        write(folder, name, &bytes)?;
    }
    for (name, bytes) in claude::files()? {
        write(folder, &name, &bytes)?;
    }
    // `o200k_harmony` and `p50k_edit` differ from these in their special tokens only.
    build(folder, "o200k_base", &load(tiktoken_rs::o200k_base())?)?;
    build(folder, "cl100k_base", &load(tiktoken_rs::cl100k_base())?)?;
    let p50k_base = load(tiktoken_rs::p50k_base())?;
    build(folder, "p50k_base", &p50k_base)?;
    let mut oldest = p50k_base;
    oldest.retain(|(_, id)| *id < R50K_BASE);
    if load(tiktoken_rs::r50k_base())? != oldest {
        return Err("r50k_base is not the beginning of p50k_base".to_owned());
    }
    Ok(())
}

/// The characters that are tokens of Gemma, which decide where its pieces end.
fn characters_of_gemma() -> Answer<Vec<char>> {
    let packed = std::fs::read(GEMMA).map_err(|e| format!("{GEMMA}: {e}"))?;
    let (recipe, _) = packed::recipe(&packed, Vec::new())?;
    let (text, places) = recipe.text()?;
    let texts = places.into_iter().filter_map(|place| str::from_utf8(&text[place]).ok());
    Ok(texts.filter_map(|token| token.parse().ok()).collect())
}

fn load<E: ToString>(vocabulary: Result<CoreBPE, E>) -> Answer<Vec<(Vec<u8>, u32)>> {
    vocabulary.map(|vocabulary| tables::tokens(&vocabulary)).map_err(|e| e.to_string())
}

fn build(folder: &Path, name: &str, tokens: &[(Vec<u8>, u32)]) -> Answer<()> {
    let files = tables::files(tokens).map_err(|e| format!("{name}: {e}"))?;
    files.iter().try_for_each(|(table, bytes)| write(folder, &format!("{name}.{table}"), bytes))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Answer<()> {
    std::fs::write(folder.join(name), bytes).map_err(|e| format!("{name}: {e}"))
}
