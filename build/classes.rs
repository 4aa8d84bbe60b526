//! The class of every character: 128 characters a page, equal pages stored once.

use regex_syntax::hir::{Class, HirKind};

use super::Answer;
use super::category::{CASELESS, LOWER, MARK, NEWLINE, NUMBER, OTHER, PAGE, SPACE, UPPER};

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

/// The pages, and the number of the page of every 128 characters as little-endian `u16`.
pub fn files() -> Answer<[(&'static str, Vec<u8>); 2]> {
    let mut classes = vec![OTHER; char::MAX as usize + 1];
    for (pattern, class) in CLASSES {
        let hir = regex_syntax::parse(pattern).map_err(|e| e.to_string())?;
        let HirKind::Class(Class::Unicode(set)) = hir.kind() else {
            return Err(format!("`{pattern}` is not a class of characters"));
        };
        for range in set.iter() {
            for class_of in &mut classes[range.start() as usize..=range.end() as usize] {
                if *class_of != OTHER {
                    return Err(format!("`{pattern}` overlaps another class"));
                }
                *class_of = class;
            }
        }
    }
    let mut pages: Vec<&[u8]> = Vec::new();
    let mut index = Vec::new();
    for page in classes.chunks(PAGE) {
        let number = pages.iter().position(|known| *known == page).unwrap_or_else(|| {
            pages.push(page);
            pages.len() - 1
        });
        index.extend(u16::try_from(number).map_err(|e| e.to_string())?.to_le_bytes());
    }
    Ok([("classes.pages", pages.concat()), ("classes.index", index)])
}
