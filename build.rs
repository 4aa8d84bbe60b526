//! Lays out the tables of the vocabulary that is counted with most, the class of every character from
//! the Unicode tables of regex-syntax, and packs the models in `pricing/`.
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
#[path = "src/tokenizer/vocabulary/spelling.rs"]
mod spelling;
#[path = "build/tables.rs"]
mod tables;
#[path = "build/vocabularies.rs"]
mod vocabularies;

use std::path::Path;

/// The vocabulary that is counted with most.
const LAID_OUT: &str = "o200k_base";
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
    // The tables of a program that is built for speed, not for size.
    let laid_out = std::env::var_os("CARGO_FEATURE_LAID_OUT").is_some();
    let catalog = catalog::Catalog::read(laid_out)?;
    write(folder, "providers.rs", catalog.providers.as_bytes())?;
    write(folder, "catalog.rs", catalog.index.as_bytes())?;
    write(folder, "catalog.names", catalog.names.as_bytes())?;
    write(folder, "catalog.deflate", &catalog.packed)?;
    write(folder, "catalog.digest", &catalog.digest.to_le_bytes())?;
    write(folder, "catalog.day", catalog.day.as_bytes())?;
    for (name, bytes) in classes::files(&characters_of_gemma()?)? {
        write(folder, name, &bytes)?;
    }
    for (name, bytes) in claude::files()? {
        write(folder, &name, &bytes)?;
    }
    // The others are laid out when a count asks for one.
    for (name, bytes) in vocabularies::files(laid_out)? {
        write(folder, &name, &bytes)?;
    }
    if laid_out {
        for (table, bytes) in tables::files(LAID_OUT)? {
            write(folder, &format!("{LAID_OUT}.{table}"), &bytes)?;
        }
    }
    Ok(())
}

/// The characters that are tokens of Gemma, which decide where its pieces end.
fn characters_of_gemma() -> Answer<Vec<char>> {
    let packed = std::fs::read(GEMMA).map_err(|e| format!("{GEMMA}: {e}"))?;
    let (recipe, _) = packed::recipe(&packed, None)?;
    let spellings = spelling::Spellings::of(&recipe)?;
    let texts = spellings.all().filter_map(|token| str::from_utf8(token).ok());
    Ok(texts.filter_map(|token| token.parse().ok()).collect())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Answer<()> {
    std::fs::write(folder.join(name), bytes).map_err(|e| format!("{name}: {e}"))
}
