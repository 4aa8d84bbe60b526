//! The class of every character: 128 characters a page, equal pages stored once.

use regex_syntax::hir::{Class, HirKind};

use super::Answer;
use super::category::{
    CASELESS, HAN, KANA_OR_HAN, KNOWN_TO_GEMMA, LOWER, MARK, NEWLINE, NUMBER, OTHER, PAGE, SPACE,
    SYMBOL, UPPER,
};

/// The general categories of each class; what is in none of them is other.
const CLASSES: [(&str, u8); 7] = [
    (r"[\p{Lu}\p{Lt}]", UPPER),
    (r"\p{Ll}", LOWER),
    (r"[\p{Lo}\p{Lm}]", CASELESS),
    (r"\p{M}", MARK),
    (r"\p{N}", NUMBER),
    (r"[\s--\r\n]", SPACE),
    (r"[\r\n]", NEWLINE),
];

/// What some patterns want to know besides; a character may have several of these.
const TRAITS: [(&str, u8); 3] = [
    (r"\p{Han}", HAN),
    (r"[\x{4e00}-\x{9fa5}\x{3040}-\x{30ff}]", KANA_OR_HAN),
    (r"[\p{P}\p{S}]", SYMBOL),
];

/// Two tables, the second with what are tokens of Gemma: each has pages, and the number of the page of every 128 characters as little-endian
/// `u16`.
pub fn files(of_gemma: &[char]) -> Answer<[(&'static str, Vec<u8>); 4]> {
    let mut classes = vec![OTHER; char::MAX as usize + 1];
    for (pattern, class) in CLASSES {
        for class_of in characters(pattern)? {
            let class_of = &mut classes[class_of as usize];
            if *class_of != OTHER {
                return Err(format!("`{pattern}` overlaps another class"));
            }
            *class_of = class;
        }
    }
    let mut traits = vec![0; char::MAX as usize + 1];
    for (pattern, own) in TRAITS {
        for character in characters(pattern)? {
            traits[character as usize] |= own;
        }
    }
    for character in of_gemma {
        traits[*character as usize] |= KNOWN_TO_GEMMA;
    }
    let (pages, index) = table(&classes)?;
    let (trait_pages, trait_index) = table(&traits)?;
    Ok([
        ("classes.pages", pages),
        ("classes.index", index),
        ("traits.pages", trait_pages),
        ("traits.index", trait_index),
    ])
}

/// The characters that a pattern is a class of.
fn characters(pattern: &str) -> Answer<Vec<u32>> {
    let hir = regex_syntax::parse(pattern).map_err(|e| e.to_string())?;
    let HirKind::Class(Class::Unicode(set)) = hir.kind() else {
        return Err(format!("`{pattern}` is not a class of characters"));
    };
    Ok(set.iter().flat_map(|range| u32::from(range.start())..=u32::from(range.end())).collect())
}

fn table(of_characters: &[u8]) -> Answer<(Vec<u8>, Vec<u8>)> {
    let mut pages: Vec<&[u8]> = Vec::new();
    let mut index = Vec::new();
    for page in of_characters.chunks(PAGE) {
        let number = pages.iter().position(|known| *known == page).unwrap_or_else(|| {
            pages.push(page);
            pages.len() - 1
        });
        index.extend(u16::try_from(number).map_err(|e| e.to_string())?.to_le_bytes());
    }
    Ok((pages.concat(), index))
}
